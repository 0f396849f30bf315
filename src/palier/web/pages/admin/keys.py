"""API keys of everybody."""

from typing import TYPE_CHECKING

from dash import Input, Output, State, dcc, html
from dash.development.base_component import Component

from palier.app.roles import Actor
from palier.web.components.ask_first import Ask
from palier.web.components.key_table import key_table
from palier.web.components.press import require_press
from palier.web.i18n import t
from palier.web.request import current_actor, now
from palier.web.routing import Address, PalierDash

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["content", "register"]

_LIST = "admin-keys"
_REVOKE = Ask("admin", "key-revoke")


def content(services: "Services", actor: Actor, _address: Address) -> Component:
    """Return the part."""
    return html.Div(
        [
            html.P([t("admin.keys_text"), " ", dcc.Link(t("admin.keys_own"), href="/account")], className="note"),
            html.Div(_list(services, actor), id=_LIST),
            _REVOKE.dialog_of(t("keys.revoke_title"), t("keys.revoke_text"), yes=t("keys.revoke")),
        ],
        className="stack",
    )


def _list(services: "Services", actor: Actor) -> Component:
    return key_table(services.accounts.keys.all(actor), now(), revoke=_REVOKE, owners=True)


def register(app: PalierDash, services: "Services") -> None:
    """Make the part react."""
    _REVOKE.register(app)

    @app.callback(
        Output(_LIST, "children"),
        Input(_REVOKE.yes, "n_clicks"),
        State(_REVOKE.chosen, "data"),
        prevent_initial_call=True,
    )
    def revoke(_clicks: int, key_id: str) -> Component:
        require_press()
        services.accounts.keys.revoke(current_actor(), key_id)
        return _list(services, current_actor())
