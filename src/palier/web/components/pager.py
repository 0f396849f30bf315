"""The way through a list that is longer than a page."""

from dash import dcc, html
from dash.development.base_component import Component

from palier.web.i18n import t

__all__ = ["pager"]


def pager(*, first: str | None, next: str | None) -> Component:  # noqa: A002
    """Show links to the newest entries (where this is not the first page) and to older ones (where there are)."""
    links = [(t("shell.newer"), first), (t("shell.older"), next)]
    return html.Div(
        [dcc.Link(text, href=href, className="button-link quiet") for text, href in links if href is not None],
        className="pager",
    )
