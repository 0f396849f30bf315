"""Which page an address shows."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

import dash
from dash import ClientsideFunction
from dash.development.base_component import Component

from palier.app.roles import Permission
from palier.web.i18n import t

__all__ = ["Address", "Page", "PalierDash", "link"]


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an address that a page reads its state from."""

    path: str
    ids: Mapping[str, str] = field(default_factory=dict)
    """Parts of the path, by the names in the page's pattern."""
    query: Mapping[str, str] = field(default_factory=dict)
    """Of a name that stands there several times, the last."""
    pairs: tuple[tuple[str, str], ...] = ()
    """The whole query, in its order."""

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a name of the query."""
        return tuple(v for k, v in self.pairs if k == name)


@dataclass(frozen=True, slots=True)
class Page:
    """A page: where it is, what it is called, and what it shows."""

    path: str
    """Such as ``/jobs`` or ``/jobs/<job_id>``."""
    title: str
    """Key of the catalogue."""
    layout: Callable[[Address], Component]
    permission: Permission = Permission.READ
    nav: int | None = None
    """Place in the navigation; None where it is not there."""
    follows_query: bool = False
    """The page itself follows changes of the query; otherwise it is shown anew."""

    def match(self, path: str) -> dict[str, str] | None:
        """Return the ids that a path holds, or None where it is not this page's.

        Examples
        --------
        >>> Page("/jobs/<job_id>", "jobs.title", layout=lambda _: None).match("/jobs/7")
        {'job_id': '7'}
        """
        pattern = re.sub(r"<(\w+)>", r"(?P<\1>[^/]+)", self.path.rstrip("/")) or "/"
        found = re.fullmatch(pattern, path.rstrip("/") or "/")
        return None if found is None else {k: unquote(v) for k, v in found.groupdict().items()}


class PalierDash(dash.Dash):
    """Dash with its pages beside it, and a first answer in the language and colours of whoever asks."""

    def __init__(self, *, page_attributes: Callable[[], Mapping[str, str]], **options: Any) -> None:
        self.all_pages: list[Page] = []
        self._page_attributes = page_attributes
        super().__init__(**options)

    def visual(self, function: str, *dependencies: Any, prevent_initial_call: bool = False) -> None:
        """Call a function of ``window.dash_clientside.palier`` in the browser; no request is made."""
        self.clientside_callback(  # type: ignore[no-untyped-call]  # Dash has no types here
            ClientsideFunction("palier", function), *dependencies, prevent_initial_call=prevent_initial_call
        )

    def add_page(self, page: Page) -> None:
        """Serve a page."""
        self.all_pages.append(page)

    def find_page(self, path: str, search: str | None = None) -> tuple[Page, Address] | None:
        """Return the page of an address, and the address in parts; None where there is none."""
        pairs = tuple(parse_qsl((search or "").removeprefix("?")))
        for page in self.all_pages:
            ids = page.match(path)
            if ids is not None:
                return page, Address(path, ids, dict(pairs), pairs)
        return None

    def interpolate_index(self, **parts: str) -> str:  # type: ignore[override]  # Dash names each part
        """Return the first answer."""
        attributes = "".join(f' {name}="{escape(value)}"' for name, value in self._page_attributes().items())
        parts["app_entry"] = parts["app_entry"].replace("Loading...", t("shell.loading"))
        html: str = super().interpolate_index(**parts)  # type: ignore[no-untyped-call]  # nor here
        return html.replace("<html>", f"<html{attributes}>", 1)


def link(path: str, /, **query: str | None) -> str:
    """Write an address; what is None is left away.

    Examples
    --------
    >>> link("/jobs", status="open", after=None)
    '/jobs?status=open'
    """
    given = {k: v for k, v in query.items() if v is not None}
    return path + (f"?{urlencode(given)}" if given else "")
