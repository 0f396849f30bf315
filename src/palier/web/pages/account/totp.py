"""The authenticator: a code every 30 seconds; and recovery codes for the day it is lost."""

import base64
from typing import TYPE_CHECKING

import dash_mantine_components as dmc
from dash import Input, Output, State, html
from dash.development.base_component import Component

from palier.app.accounts.factors import Enrolment
from palier.app.roles import Actor
from palier.web.components.ask_first import Ask
from palier.web.components.badge import badge
from palier.web.components.enter_form import enter_form
from palier.web.components.press import require_press
from palier.web.components.secret import secret
from palier.web.i18n import t
from palier.web.pages.account.codes import codes_shown
from palier.web.request import current_actor
from palier.web.routing import PalierDash

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["content", "register"]

_STATE, _CODES = "account-totp-state", "account-totp-codes"
_BEGIN, _CODE, _CONFIRM = "account-totp-begin", "account-totp-code", "account-totp-confirm"
_REMOVE = Ask("account", "totp-remove")
_RENEW = Ask("account", "codes-renew")


def content(services: "Services", actor: Actor) -> Component:
    """Return the section."""
    return html.Div(
        [
            html.P(t("account.totp_text"), className="note"),
            html.Div(_state(services, actor), id=_STATE, className="stack"),
            html.Div(id=_CODES, role="status"),
            _REMOVE.dialog_of(
                t("account.totp_remove_title"), t("account.totp_remove_text"), yes=t("account.totp_remove")
            ),
            _RENEW.dialog_of(
                t("account.codes_renew"), t("account.codes_renew_text"), yes=t("account.codes_renew"), danger=False
            ),
        ],
        className="stack",
    )


def _state(services: "Services", actor: Actor) -> list[Component]:
    me = services.accounts.profile.me(actor)
    state = badge("✓", t("account.totp_on"), "good") if me.has_totp else badge("–", t("account.totp_off"), "none")
    change = (
        _REMOVE.button(t("account.totp_remove"), "totp", danger=True)
        if me.has_totp
        else dmc.Button(t("account.totp_begin"), id=_BEGIN, variant="default", size="xs")
    )
    parts: list[Component] = [html.Div([state, change], className="line")]
    if me.second_factor_required:
        parts.append(html.P(t("account.factor_required"), className="note"))
    if me.has_totp or me.passkeys:
        left = html.Span(t("account.codes_left", n=me.recovery_codes_left))
        parts.append(html.Div([left, _RENEW.button(t("account.codes_renew"), "codes")], className="line"))
    return parts


def _enrolment(made: Enrolment) -> list[Component]:
    picture = "data:image/svg+xml;base64," + base64.b64encode(_whole(made.qr_svg).encode()).decode()
    return [
        html.Div(
            [
                html.Img(src=picture, alt=t("account.totp_qr"), className="qr"),
                html.Div(
                    [
                        html.P(t("account.totp_scan")),
                        html.P(t("account.totp_by_hand"), className="note"),
                        secret(made.secret, label=t("account.totp_secret")),
                        enter_form(
                            [
                                dmc.TextInput(
                                    id=_CODE, label=t("account.totp_code"), description=t("account.totp_code_hint"),
                                    value="", autoComplete="one-time-code",
                                ),
                                dmc.Button(t("account.totp_confirm"), id=_CONFIRM),
                            ],
                            press=_CONFIRM,
                            className="field-line",
                        ),
                    ],
                    className="stack",
                ),
            ],
            className="enrolment panel",
        )
    ]  # fmt: skip


def _whole(svg: str) -> str:
    """Return a picture that stands by itself, outside a document that names its namespace."""
    return svg if "xmlns=" in svg else svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)


def register(app: PalierDash, services: "Services") -> None:
    """Make the section react."""
    factors = services.accounts.factors
    _REMOVE.register(app)
    _RENEW.register(app)

    @app.callback(Output(_STATE, "children"), Input(_BEGIN, "n_clicks"), prevent_initial_call=True)
    def begin(_clicks: int) -> list[Component]:
        require_press()
        return _enrolment(factors.begin_totp(current_actor()))

    @app.callback(
        Output(_STATE, "children", allow_duplicate=True),
        Output(_CODES, "children", allow_duplicate=True),
        Input(_CONFIRM, "n_clicks"),
        State(_CODE, "value"),
        prevent_initial_call=True,
    )
    def confirm(_clicks: int, code: str | None) -> tuple[list[Component], list[Component]]:
        require_press()
        codes = factors.confirm_totp(current_actor(), code or "")
        return _state(services, current_actor()), codes_shown(codes)

    @app.callback(
        Output(_STATE, "children", allow_duplicate=True),
        Output(_CODES, "children", allow_duplicate=True),
        Input(_REMOVE.yes, "n_clicks"),
        prevent_initial_call=True,
    )
    def remove(_clicks: int) -> tuple[list[Component], list[Component]]:
        require_press()
        factors.remove_totp(current_actor())
        return _state(services, current_actor()), []

    @app.callback(
        Output(_STATE, "children", allow_duplicate=True),
        Output(_CODES, "children", allow_duplicate=True),
        Input(_RENEW.yes, "n_clicks"),
        prevent_initial_call=True,
    )
    def renew(_clicks: int) -> tuple[list[Component], list[Component]]:
        require_press()
        codes = factors.new_recovery_codes(current_actor())
        return _state(services, current_actor()), codes_shown(codes)
