"""Asking before something is done that cannot be taken back at once."""

from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from palier.web.i18n import t

__all__ = ["confirm_dialog"]


def confirm_dialog(
    title: str, text: str | Component, *, dialog_id: Any, yes_id: Any, no_id: Any, yes: str, danger: bool = True
) -> Component:
    """Return a dialog, closed; whoever opens it listens to `yes_id` and `no_id`."""
    made: Component = dmc.Modal(
        [
            html.P(text) if isinstance(text, str) else text,
            html.Div(
                [
                    dmc.Button(t("shell.keep"), id=no_id, variant="default"),
                    dmc.Button(yes, id=yes_id, color="crimson" if danger else None),
                ],
                className="dialog-actions",
            ),
        ],
        id=dialog_id,
        title=title,
        opened=False,
        closeButtonProps={"aria-label": t("shell.close")},
    )
    return made
