"""What stands in the place of something that is on its way."""

from dash import html
from dash.development.base_component import Component

from palier.web.components.attributes import named
from palier.web.i18n import t

__all__ = ["loading_state"]


def loading_state(text: str | None = None) -> Component:
    """Say that something is being fetched."""
    return html.P(
        [html.Span(className="loading-dot", **named(aria_hidden="true")), text or t("shell.loading")],
        className="loading",
        role="status",
    )
