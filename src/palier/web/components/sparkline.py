"""A trend as small as a word. The browser draws it as SVG from the numbers given (``assets/40-live.js``)."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from palier.web.components.attributes import named
from palier.web.i18n import t

__all__ = ["sparkline"]


def sparkline(values: Sequence[float], *, label: str | None = None) -> Component:
    """Show values in their order; fewer than two are no trend."""
    if len(values) < 2:
        return html.Span("–", className="spark-none", title=t("shell.no_trend"))
    return html.Span(
        className="spark",
        role="img",
        **named(
            aria_label=label or t("shell.trend_of", n=len(values)),
            data_spark=" ".join(f"{v:.4g}" for v in values),
        ),
    )
