"""Passkeys: the device or a security key proves who one is. The browser's part is ``assets/64-passkey.js``."""

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html
from dash.development.base_component import Component

from palier.app.roles import Actor
from palier.errors import ParameterError
from palier.web.components.ask_first import Ask
from palier.web.components.enter_form import enter_form
from palier.web.components.press import require_press
from palier.web.components.table import Column, table
from palier.web.components.when import age
from palier.web.i18n import t
from palier.web.pages.account.codes import codes_shown
from palier.web.request import current_actor, now
from palier.web.routing import PalierDash

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["content", "register"]

_LIST, _CODES = "account-passkeys", "account-passkey-codes"
_NAME, _ADD = "account-passkey-name", "account-passkey-add"
_OFFERED, _ANSWER = "account-passkey-offered", "account-passkey-answer"
_REMOVE = Ask("account", "passkey-remove")


def content(services: "Services", actor: Actor) -> Component:
    """Return the section."""
    return html.Div(
        [
            html.P(t("account.passkeys_text"), className="note"),
            html.Div(_list(services, actor), id=_LIST),
            enter_form(
                [
                    dmc.TextInput(
                        id=_NAME, label=t("account.passkey_name"), description=t("account.passkey_name_hint"), value="",
                        autoComplete="off",
                    ),
                    dmc.Button(t("account.passkey_add"), id=_ADD, variant="default"),
                ],
                press=_ADD,
                className="field-line",
            ),
            html.Div(id=_CODES, role="status"),
            dcc.Store(id=_OFFERED),
            dcc.Store(id=_ANSWER),
            _REMOVE.dialog_of(
                t("account.passkey_remove_title"), t("account.passkey_remove_text"), yes=t("account.passkey_remove")
            ),
        ],
        className="stack",
    )  # fmt: skip


def _list(services: "Services", actor: Actor) -> Component:
    there = services.accounts.factors.passkeys(actor)
    if not there:
        return html.P(t("account.passkeys_none"), className="note")
    at = now()
    columns = [
        Column(t("account.passkey_name")),
        Column(t("account.made"), hide_on_phone=True),
        Column(t("account.used")),
        Column(t("account.actions"), align="right", unseen=True),
    ]
    rows = [
        [
            p.name,
            age(p.created_at, at),
            age(p.last_used_at, at) if p.last_used_at else t("account.never"),
            _REMOVE.button(
                t("account.passkey_remove"), p.id, label=t("account.passkey_remove_of", name=p.name), danger=True
            ),
        ]
        for p in there
    ]
    return table(columns, rows, caption=t("account.passkeys_caption"))


def register(app: PalierDash, services: "Services") -> None:
    """Make the section react: ask the server, then the browser, then the server."""
    factors = services.accounts.factors
    _REMOVE.register(app)

    @app.callback(Output(_OFFERED, "data"), Input(_ADD, "n_clicks"), State(_NAME, "value"), prevent_initial_call=True)
    def offer(_clicks: int, name: str | None) -> dict[str, Any]:
        require_press()
        if not (name or "").strip():
            raise ParameterError(t("account.passkey_needs_name"))
        return factors.passkey_options(current_actor())

    app.visual(
        "makePasskey",
        Output(_ANSWER, "data"),
        Input(_OFFERED, "data"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(_LIST, "children"),
        Output(_CODES, "children"),
        Output(_NAME, "value"),
        Input(_ANSWER, "data"),
        State(_NAME, "value"),
        prevent_initial_call=True,
    )
    def add(answer: dict[str, Any], name: str) -> tuple[Component, list[Component], str]:
        require_press()
        codes = factors.add_passkey(current_actor(), _made(answer), name=name)
        return _list(services, current_actor()), codes_shown(codes), ""

    @app.callback(
        Output(_LIST, "children", allow_duplicate=True),
        Input(_REMOVE.yes, "n_clicks"),
        State(_REMOVE.chosen, "data"),
        prevent_initial_call=True,
    )
    def remove(_clicks: int, passkey_id: str) -> Component:
        require_press()
        factors.remove_passkey(current_actor(), passkey_id)
        return _list(services, current_actor())


def _made(answer: dict[str, Any]) -> dict[str, Any]:
    """Return what the browser made; raises ParameterError where it made nothing, and says why."""
    if "made" not in answer:
        raise ParameterError(t(f"account.passkey_{answer['failed']}"))
    made: dict[str, Any] = answer["made"]
    return made
