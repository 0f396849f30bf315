"""Name, address, language and colours."""

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import Input, Output, State, html
from dash.development.base_component import Component

from palier.app.roles import Actor
from palier.web.components.enter_form import enter_form
from palier.web.components.facts import facts
from palier.web.components.notice import NOTICES, notice
from palier.web.components.press import require_press
from palier.web.components.when import moment
from palier.web.i18n import LANGUAGES, t
from palier.web.request import current_actor
from palier.web.routing import PalierDash
from palier.web.shell import APPEARANCE, LANGUAGE

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["content", "register"]

_NAME, _SAVE_NAME = "account-name", "account-name-save"
_EMAIL, _SAVE_EMAIL = "account-email", "account-email-save"
_LANGUAGE, _APPEARANCE = "account-language", "account-appearance"


def content(services: "Services", actor: Actor) -> Component:
    """Return the section."""
    me = services.accounts.profile.me(actor)
    known = [(t("account.role"), t(f"roles.{me.role.value}")), (t("account.since"), moment(me.created_at))]
    return html.Div(
        [
            facts(known),
            enter_form(
                [
                    dmc.TextInput(id=_NAME, label=t("account.name"), value=me.name, autoComplete="name"),
                    dmc.Button(t("account.save_name"), id=_SAVE_NAME, variant="default"),
                ],
                press=_SAVE_NAME,
                className="field-line",
            ),
            enter_form(
                [
                    dmc.TextInput(
                        id=_EMAIL, label=t("account.email"), description=t("account.email_hint"), value=me.email,
                        autoComplete="email",
                    ),
                    dmc.Button(t("account.save_email"), id=_SAVE_EMAIL, variant="default"),
                ],
                press=_SAVE_EMAIL,
                className="field-line",
            ),
            html.Div([_language(me.language), _appearance(me.colour_scheme)], className="fields"),
        ],
        className="stack",
    )  # fmt: skip


def _language(value: str) -> Component:
    made: Component = dmc.Select(
        id=_LANGUAGE,
        label=t("shell.language"),
        data=[{"value": k, "label": t(f"shell.language_{k}")} for k in LANGUAGES],
        value=value,
        allowDeselect=False,
    )
    return made


def _appearance(value: str) -> Component:
    made: Component = dmc.Select(
        id=_APPEARANCE,
        label=t("shell.appearance"),
        data=[{"value": k, "label": t(f"shell.scheme_{k}")} for k in ("light", "dark", "auto")],
        value=value,
        allowDeselect=False,
    )
    return made


def register(app: PalierDash, services: "Services") -> None:
    """Make the section react. Language and colours go the way of the menu at the top."""

    @app.callback(
        Output(NOTICES, "sendNotifications", allow_duplicate=True),
        Input(_SAVE_NAME, "n_clicks"),
        State(_NAME, "value"),
        prevent_initial_call=True,
    )
    def rename(_clicks: int, name: str | None) -> list[Any]:
        require_press()
        me = services.accounts.profile.change_name(current_actor(), name or "")
        return [notice(t("account.name_saved", name=me.name), tone="good")]

    @app.callback(
        Output(NOTICES, "sendNotifications", allow_duplicate=True),
        Input(_SAVE_EMAIL, "n_clicks"),
        State(_EMAIL, "value"),
        prevent_initial_call=True,
    )
    def move(_clicks: int, email: str | None) -> list[Any]:
        require_press()
        me = services.accounts.profile.change_email(current_actor(), email or "")
        return [notice(t("account.email_saved", email=me.email), tone="good")]

    for own, shared in ((_LANGUAGE, LANGUAGE), (_APPEARANCE, APPEARANCE)):
        app.visual(
            "same",
            Output(shared, "value"),
            Input(own, "value"),
            prevent_initial_call=True,
        )
