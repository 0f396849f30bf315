"""The verdict of a diagnosis, with a symbol and words: never colour alone."""

from dash import html
from dash.development.base_component import Component

from palier.web.components.attributes import named
from palier.web.i18n import t

__all__ = ["VERDICTS", "verdict_badge"]

#: Symbol and tone of each verdict.
VERDICTS: dict[str, tuple[str, str]] = {
    "no_damage_found": ("✓", "good"),
    "damage": ("▲", "bad"),
    "damage_type_unclear": ("△", "bad"),
    "not_enough_data": ("?", "warn"),
}


def verdict_badge(verdict: str | None) -> Component:
    """Show a verdict, or that there is none."""
    if verdict is None:
        return html.Span([_symbol("–"), t("verdict.none")], className="badge tone-none")
    symbol, tone = VERDICTS[verdict]
    return html.Span([_symbol(symbol), t(f"verdict.{verdict}")], className=f"badge tone-{tone}")


def _symbol(text: str) -> Component:
    return html.Span(text, className="badge-symbol", **named(aria_hidden="true"))
