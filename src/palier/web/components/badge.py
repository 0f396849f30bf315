"""A state in a few words: a symbol and words, never colour alone."""

from typing import Literal

from dash import html
from dash.development.base_component import Component

from palier.web.components.attributes import named
from palier.web.i18n import t

__all__ = ["Tone", "badge", "simulated_badge"]

Tone = Literal["good", "bad", "warn", "info", "none"]


def badge(symbol: str, words: str | Component, tone: Tone) -> Component:
    """Show a state."""
    mark = html.Span(symbol, className="badge-symbol", **named(aria_hidden="true"))
    return html.Span([mark, words], className=f"badge tone-{tone}")


def simulated_badge() -> Component:
    """Say that something holds, or has learnt from, simulated recordings."""
    return html.Span(t("shell.simulated"), className="badge-simulated")
