"""Facts: what is it, and how much."""

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

__all__ = ["facts"]


def facts(pairs: Sequence[tuple[str, Any]]) -> Component:
    """Show names and values beside each other."""
    return html.Dl([html.Div([html.Dt(name), html.Dd(value)]) for name, value in pairs], className="facts")
