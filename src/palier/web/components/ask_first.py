"""Asking first, for buttons of one kind in a list: the dialog opens and closes in the browser alone."""

from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Input, Output, dcc, html
from dash.development.base_component import Component

from palier.web.components.attributes import named
from palier.web.components.confirm import confirm_dialog
from palier.web.routing import PalierDash

__all__ = ["Ask"]


@dataclass(frozen=True, slots=True)
class Ask:
    """One kind of question on one page, such as "Revoke this key?".

    Examples
    --------
    >>> Ask("account", "revoke").yes
    'account-revoke-yes'
    """

    page: str
    do: str
    """Together with the page unique."""

    @property
    def dialog(self) -> str:
        """Return the id of the dialog."""
        return f"{self.page}-{self.do}-dialog"

    @property
    def yes(self) -> str:
        """Return the id of the button that agrees."""
        return f"{self.page}-{self.do}-yes"

    @property
    def no(self) -> str:
        """Return the id of the button that keeps things as they are."""
        return f"{self.page}-{self.do}-no"

    @property
    def chosen(self) -> str:
        """Return the id of the store of what was asked about."""
        return f"{self.page}-{self.do}-chosen"

    def button(self, text: str, x: str, *, label: str | None = None, danger: bool = False, **options: Any) -> Component:
        """Return a button that asks about `x`."""
        attributes = {} if label is None else named(aria_label=label)
        id = {"page": self.page, "ask": self.do, "x": x}  # noqa: A001
        look: dict[str, Any] = {"variant": "default", "size": "xs"} | options
        made: Component = dmc.Button(text, id=id, className="danger" if danger else None, **look, **attributes)
        return made

    def dialog_of(self, title: str, text: str | Component, *, yes: str, danger: bool = True) -> Component:
        """Return the question itself, once per page."""
        dialog = confirm_dialog(
            title, text, dialog_id=self.dialog, yes_id=self.yes, no_id=self.no, yes=yes, danger=danger
        )
        return html.Div([dialog, dcc.Store(id=self.chosen)], className="ask")

    def register(self, app: PalierDash) -> None:
        """Open and close the dialog; whoever acts listens to `yes` and reads `chosen`."""
        app.visual(
            "ask",
            Output(self.dialog, "opened"),
            Output(self.chosen, "data"),
            Input({"page": self.page, "ask": self.do, "x": ALL}, "n_clicks"),
            Input(self.no, "n_clicks"),
            Input(self.yes, "n_clicks"),
            prevent_initial_call=True,
        )
