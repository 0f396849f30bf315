"""Says of a recording that nobody measured it."""

from dash import html
from dash.development.base_component import Component

from palier.app.entities import Recording
from palier.web.i18n import t

__all__ = ["simulated_badge"]


def simulated_badge(recording: Recording) -> list[Component]:
    """Return the badge of a simulated recording; nothing for a measured one."""
    if not recording.simulated:
        return []
    return [html.Span(t("shell.simulated"), className="badge-simulated", title=t("shell.simulated_recording"))]
