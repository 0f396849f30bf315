"""Which button was pressed, where many share one callback."""

from typing import Any

from dash import ctx
from dash.exceptions import PreventUpdate

__all__ = ["pressed"]


def pressed() -> dict[str, Any]:
    """Return the id of the button that was pressed; stop where buttons have only just appeared."""
    press = ctx.triggered[0] if ctx.triggered else None
    if press is None or not press["value"] or not isinstance(ctx.triggered_id, dict):
        raise PreventUpdate
    return dict(ctx.triggered_id)
