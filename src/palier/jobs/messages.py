"""Messages to people, from templates: one text per template and language, and one HTML page around it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from palier.errors import ParameterError

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["LANGUAGES", "TEMPLATES", "Message", "render"]

#: What the payload of each template must hold. ``language``, and ``expires_at`` (a text) of links, may be left out.
TEMPLATES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "invitation": ("link", "workspace", "by"),
        "password_reset": ("link", "name"),
        "diagnosis_damage": ("link", "name", "recording", "place", "sentence", "simulated"),
    }
)

#: The first is used where a payload names none that is known.
LANGUAGES: Final = ("en", "fr")

_FOLDER: Final = Path(__file__).parent / "templates"
_LONGEST_SUBJECT: Final = 150


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it is sent."""

    subject: str
    text: str
    html: str


def render(template: str, payload: Mapping[str, Any]) -> Message:
    """Fill in a template.

    Parameters
    ----------
    template : str
        A key of `TEMPLATES`.
    payload : mapping
        Its values; ``language`` chooses the language.

    Raises
    ------
    ParameterError
        If there is no such template, or a value is missing.

    Examples
    --------
    >>> told = {"link": "https://example.org/set/1", "name": "Ada", "expires_at": "2026-11-24 08:00 UTC"}
    >>> render("password_reset", told).subject
    'Set a new password for palier'
    """
    if template not in TEMPLATES:
        raise ParameterError(f"no message {template!r}; there are {', '.join(TEMPLATES)}")
    missing = [name for name in TEMPLATES[template] if name not in payload]
    if missing:
        raise ParameterError(f"the message {template} needs {', '.join(missing)}")
    language = payload.get("language")
    language = language if language in LANGUAGES else LANGUAGES[0]
    values = {name: _one_line(value) if isinstance(value, str) else value for name, value in payload.items()}
    lines = _environment().get_template(f"{template}.{language}.txt").render(values).strip().splitlines()
    subject, text = lines[0].removeprefix("Subject: "), "\n".join(lines[1:]).strip()
    link = values.get("link")
    paragraphs = [p.replace("\n", " ") for p in text.split("\n\n")]
    html = _environment().get_template("layout.html").render(
        language=language, subject=subject, link=link, paragraphs=paragraphs
    )  # fmt: skip
    return Message(subject[:_LONGEST_SUBJECT], text + "\n", html)


def _one_line(value: str) -> str:
    """Return a value that cannot begin a line of its own: a header or a paragraph."""
    return " ".join(value.split())


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    return Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
