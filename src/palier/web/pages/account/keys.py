"""One's own API keys."""

from datetime import timedelta
from typing import TYPE_CHECKING

import dash_mantine_components as dmc
from dash import Input, Output, State, html
from dash.development.base_component import Component

from palier.app.roles import Actor, Permission
from palier.app.views import NewKey
from palier.web.components.ask_first import Ask
from palier.web.components.key_table import key_table
from palier.web.components.press import require_press
from palier.web.components.secret import secret
from palier.web.i18n import t
from palier.web.request import current_actor, now
from palier.web.routing import PalierDash

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["content", "register"]

_LIST, _SECRET = "account-keys", "account-key-secret"
_NAME, _SCOPES, _LIFE, _MAKE = "account-key-name", "account-key-scopes", "account-key-life", "account-key-make"
_REVOKE = Ask("account", "key-revoke")
#: Days that a key lives; 0 is for ever.
_LIVES = ("30", "90", "365", "0")


def content(services: "Services", actor: Actor) -> Component:
    """Return the section."""
    return html.Div(
        [
            html.P(t("account.keys_text"), className="note"),
            html.Div(_list(services, actor), id=_LIST),
            html.Div(id=_SECRET, role="status"),
            html.Div([html.H3(t("account.key_new")), _form(actor)], className="panel stack"),
            _REVOKE.dialog_of(t("keys.revoke_title"), t("keys.revoke_text"), yes=t("keys.revoke")),
        ],
        className="stack",
    )


def _list(services: "Services", actor: Actor) -> Component:
    return key_table(services.accounts.keys.mine(actor), now(), revoke=_REVOKE)


def _form(actor: Actor) -> Component:
    scopes = [p.value for p in Permission if actor.may(p)]
    return html.Div(
        [
            html.Div(
                [
                    dmc.TextInput(
                        id=_NAME,
                        label=t("keys.name"),
                        description=t("account.key_name_hint"),
                        value="",
                        autoComplete="off",
                    ),
                    dmc.Select(
                        id=_LIFE,
                        label=t("account.key_life"),
                        description=t("account.key_life_hint"),
                        value="90",
                        data=[{"value": d, "label": t(f"account.key_life_{d}")} for d in _LIVES],
                        allowDeselect=False,
                    ),
                ],
                className="fields",
            ),
            dmc.CheckboxGroup(
                html.Div([dmc.Checkbox(label=t(f"keys.scope_{s}"), value=s) for s in scopes], className="checks"),
                id=_SCOPES,
                label=t("keys.scopes"),
                description=t("account.key_scopes_hint"),
                value=["read"],
            ),
            html.Div(dmc.Button(t("account.key_make"), id=_MAKE)),
        ],
        className="stack",
    )


def _shown(made: NewKey) -> list[Component]:
    return [
        html.Div(
            [
                html.Strong(t("account.key_made", name=made.key.name)),
                html.P(t("account.key_made_text")),
                secret(made.secret, label=t("account.key_secret")),
            ],
            className="message tone-warn stack",
            role="alert",
        )
    ]


def register(app: PalierDash, services: "Services") -> None:
    """Make the section react."""
    keys = services.accounts.keys
    _REVOKE.register(app)

    @app.callback(
        Output(_LIST, "children"),
        Output(_SECRET, "children"),
        Output(_NAME, "value"),
        Input(_MAKE, "n_clicks"),
        State(_NAME, "value"),
        State(_SCOPES, "value"),
        State(_LIFE, "value"),
        prevent_initial_call=True,
    )
    def make(_clicks: int, name: str | None, scopes: list[str], days: str) -> tuple[Component, list[Component], str]:
        require_press()
        until = now() + timedelta(days=int(days)) if days != "0" else None
        made = keys.make(current_actor(), name=name or "", scopes=tuple(scopes), expires_at=until)
        return _list(services, current_actor()), _shown(made), ""

    @app.callback(
        Output(_LIST, "children", allow_duplicate=True),
        Input(_REVOKE.yes, "n_clicks"),
        State(_REVOKE.chosen, "data"),
        prevent_initial_call=True,
    )
    def revoke(_clicks: int, key_id: str) -> Component:
        require_press()
        keys.revoke(current_actor(), key_id)
        return _list(services, current_actor())
