"""Renders the pages on the way in, in the language of whoever comes."""

from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, StrictUndefined

from palier.web.i18n import LANGUAGES, current_language, t, use_language
from palier.web.i18n.phrases import french

__all__ = ["page", "preferred_language", "safe_next", "said"]


def preferred_language(request: Request, *, default: str) -> str:
    """Return the first language of the browser that palier speaks.

    Parameters
    ----------
    request : Request
    default : str
        Where none of them is.
    """
    asked = []
    for part in request.headers.get("accept-language", "").split(",")[:20]:
        tag, _, weight = part.strip().partition(";q=")
        try:
            asked.append((-float(weight or 1), tag.partition("-")[0].lower()))
        except ValueError:
            continue
    return next((tag for _, tag in sorted(asked, key=lambda a: a[0]) if tag in LANGUAGES), default)


def safe_next(value: str | None) -> str:
    """Return where to go on: an address on this host, else the home page.

    Examples
    --------
    >>> [safe_next(v) for v in ("/machines?x=1", "//evil.example", "https://evil.example", "/\\\\evil")]
    ['/machines?x=1', '/', '/', '/']
    """
    if value is None or not value.startswith("/") or value.startswith(("//", "/\\")) or len(value) > 2000:
        return "/"
    return value if value.isprintable() and "\\" not in value else "/"


def said(text: str) -> str:
    """Return what a service refused, in the language of whoever came."""
    return (french(text) or text) if current_language() == "fr" else text


def page(
    request: Request, template: str, /, *, status: int = 200, default_language: str, **values: Any
) -> HTMLResponse:
    """Return a page; `error` among the values is shown at its top and read out."""
    use_language(preferred_language(request, default=default_language))
    known = {"error": None, "next": "/", "email": "", "name": ""}
    if values.get("error"):
        values["error"] = said(values["error"])
    text = _environment().get_template(f"{template}.html").render(lang=current_language(), **(known | values))
    return HTMLResponse(text, status_code=status)


@cache
def _environment() -> Environment:
    from jinja2 import FunctionLoader

    folder = files("palier.web.entry") / "templates"
    made = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(lambda name: (folder / name).read_text(encoding="utf-8")),
    )
    made.globals["t"] = t
    return made
