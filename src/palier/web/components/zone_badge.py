"""The zone of ISO 20816-3: its letter on its colour."""

from dash import html
from dash.development.base_component import Component

from palier.web.i18n import t

__all__ = ["zone_badge"]


def zone_badge(zone: str | None) -> Component:
    """Show a zone, or that it is not rated."""
    if zone is None:
        return html.Span("–", className="zone-none", title=t("zone.none"))
    return html.Span(
        [html.Span(t("zone.word") + " ", className="unseen"), zone],
        className=f"zone zone-{zone}",
        title=t(f"zone.{zone}"),
    )
