"""Changing the password."""

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import Input, Output, State, html
from dash.development.base_component import Component

from palier.app.roles import Actor
from palier.web.components.enter_form import enter_form
from palier.web.components.notice import NOTICES, notice
from palier.web.components.press import require_press
from palier.web.i18n import t
from palier.web.request import current_actor
from palier.web.routing import PalierDash

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["content", "register"]

_CURRENT, _NEW, _SAVE = "account-password-current", "account-password-new", "account-password-save"


def content(services: "Services", actor: Actor) -> Component:
    """Return the section."""
    whose = dmc.TextInput(  # unseen: it tells password managers whose password this is
        value=services.accounts.profile.me(actor).email, label=t("account.email"), autoComplete="username",
        readOnly=True,
        className="unshown",
    )  # fmt: skip
    fields = [
        _field(_CURRENT, t("account.password_current"), None, "current-password"),
        _field(_NEW, t("account.password_new"), t("account.password_rules"), "new-password"),
    ]
    return enter_form(
        [
            whose,
            html.P(t("account.password_text"), className="note"),
            html.Div(fields, className="fields fields-end"),
            html.Div(dmc.Button(t("account.password_save"), id=_SAVE, variant="default")),
        ],
        press=_SAVE,
        className="stack",
    )


def _field(id: str, label: str, description: str | None, complete: str) -> Component:  # noqa: A002
    made: Component = dmc.PasswordInput(
        id=id,
        label=label,
        description=description,
        autoComplete=complete,
        value="",
        visibilityToggleButtonProps={"aria-label": t("account.password_show")},
    )
    return made


def register(app: PalierDash, services: "Services") -> None:
    """Make the section react."""

    @app.callback(
        Output(NOTICES, "sendNotifications", allow_duplicate=True),
        Output(_CURRENT, "value"),
        Output(_NEW, "value"),
        Input(_SAVE, "n_clicks"),
        State(_CURRENT, "value"),
        State(_NEW, "value"),
        prevent_initial_call=True,
    )
    def change(_clicks: int, current: str | None, new: str | None) -> tuple[list[Any], str, str]:
        require_press()
        services.accounts.profile.change_password(current_actor(), current=current or "", new=new or "")
        return [notice(t("account.password_saved"), tone="good")], "", ""
