"""Which button was pressed, where many share one callback."""

from typing import Any

from dash import ctx
from dash.exceptions import PreventUpdate

__all__ = ["pressed", "require_press"]


def pressed() -> dict[str, Any]:
    """Return the id of the button that was pressed; stop where buttons have only just appeared."""
    press = ctx.triggered[0] if ctx.triggered else None
    if press is None or not press["value"] or not isinstance(ctx.triggered_id, dict):
        raise PreventUpdate
    return dict(ctx.triggered_id)


def require_press() -> None:
    """Stop where a button has only just appeared: Dash calls what listens to it then, too."""
    if not (ctx.triggered and ctx.triggered[0]["value"]):
        raise PreventUpdate
