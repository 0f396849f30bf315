"""What a page shows when it could not be made: one clear message, and the name under which the log has it."""

from dash import html
from dash.development.base_component import Component

from palier.web.components.page_header import page_header
from palier.web.i18n import t

__all__ = ["error_state"]


def error_state(title: str, text: str, *, request_id: str) -> Component:
    """Say what went wrong, what to do, and what to tell whoever runs the service."""
    return html.Div(
        [
            page_header(title),
            html.P(text, className="error-text"),
            html.P([t("errors.request"), " ", html.Code(request_id)], className="note"),
            html.P(html.A(t("errors.home"), href="/", className="button-link")),
        ],
        className="error-state",
        role="alert",
    )
