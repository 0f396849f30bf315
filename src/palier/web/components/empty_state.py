"""What a list shows when nothing is in it: why, and what to do first."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

__all__ = ["empty_state"]


def empty_state(title: str, text: str, *, actions: Sequence[Component] = ()) -> Component:
    """Say that nothing is here yet and what to do first."""
    return html.Div(
        [html.P(title, className="empty-title"), html.P(text, className="empty-text"), html.Div(list(actions))],
        className="empty",
    )
