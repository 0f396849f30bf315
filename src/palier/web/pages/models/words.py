"""What is said of models in words."""

from collections.abc import Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

from palier.web.i18n import has, percent, t

__all__ = ["entry_text", "entry_words", "interval", "score", "share_of"]


def entry_words(name: str) -> str:
    """Return the name of a row of the catalogue."""
    return t(f"models.entry_{name}") if has(f"models.entry_{name}") else name


def entry_text(name: str, fallback: str) -> str:
    """Return what a row of the catalogue does."""
    return t(f"models.entry_{name}_text") if has(f"models.entry_{name}_text") else fallback


def interval(figure: Mapping[str, Any]) -> str:
    """Write an interval."""
    return t("models.interval", low=percent(figure["low"]), high=percent(figure["high"]))


def score(result: Mapping[str, Any] | None) -> Component | str:
    """Show the share that is right, with its interval."""
    if not result:
        return "–"
    accuracy = result["figures"]["accuracy"]
    return html.Div(
        [html.Strong(percent(accuracy["value"])), html.Span(interval(accuracy), className="cell-sub nowrap")]
    )


def share_of(result: Mapping[str, Any], column: str) -> float | None:
    """Return what a column of a result gets right: honest, leaky or majority."""
    found = next((c for c in result["columns"] if c["name"] == column), None)
    return None if found is None else float(found["accuracy"]["value"])
