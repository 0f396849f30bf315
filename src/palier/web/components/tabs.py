"""Ways to look at one page: links, so that each has its address."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from palier.web.components.attributes import named

__all__ = ["tabs"]


def tabs(entries: Sequence[tuple[str, str, str]], *, current: str, label: str) -> Component:
    """Show links beside each other; entries are key, text and address."""
    links = [
        dcc.Link(text, href=href, className="tab-link tab-link-current" if key == current else "tab-link")
        for key, text, href in entries
    ]
    return html.Nav(links, className="tabs", **named(aria_label=label))
