"""Where a velocity lies among the zones of ISO 20816-3."""

from collections.abc import Sequence
from itertools import pairwise

from dash import html
from dash.development.base_component import Component

from palier.web.components.attributes import named
from palier.web.i18n import number, quantity, t

__all__ = ["zone_bar"]


def zone_bar(value_mm_s: float, limits_mm_s: Sequence[float], zone: str) -> Component:
    """Show the four zones, drawn to scale, and the value among them."""
    end = max(limits_mm_s[-1] * 1.4, value_mm_s * 1.1)
    edges = [0.0, *limits_mm_s, end]
    widths = [(high - low) / end * 100 for low, high in pairwise(edges)]
    parts = [
        html.Span(k, className=f"zone-{k}", style={"width": f"{w:.2f}%"}) for k, w in zip("ABCD", widths, strict=True)
    ]
    mark = html.I(style={"left": f"{min(value_mm_s / end, 0.995) * 100:.2f}%"})
    ticks = [html.Span(number(v), style={"left": f"{v / end * 100:.2f}%"}) for v in limits_mm_s]
    said = t("zone.said", zone=zone, value=quantity(value_mm_s, "mm/s"))
    return html.Div(
        [
            html.P(said, className="zone-said"),
            html.Div([*parts, mark], className="zone-bar", **named(aria_hidden="true")),
            html.Div(ticks, className="zone-limits", **named(aria_hidden="true")),
            html.P(t(f"zone.{zone}"), className="note"),
        ],
        className="zones",
    )
