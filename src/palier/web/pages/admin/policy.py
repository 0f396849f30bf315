"""Of which roles a second factor is demanded."""

from typing import TYPE_CHECKING

import dash_mantine_components as dmc
from dash import ALL, Input, Output, ctx, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from palier.app.roles import Actor, Role
from palier.web.i18n import t
from palier.web.request import current_actor
from palier.web.routing import Address, PalierDash

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["content", "register"]

_SAID = "admin-policy-said"


def content(services: "Services", actor: Actor, _address: Address) -> Component:
    """Return the part."""
    demanded = services.accounts.people.second_factor_policy(actor)
    switches = [
        dmc.Switch(
            id={"page": "admin", "policy": role.value},
            label=t(f"roles.{role.value}"),
            description=t(f"admin.role_{role.value}"),
            checked=demanded[role],
        )
        for role in Role
    ]
    return html.Section(
        [
            html.H2(t("admin.policy_title")),
            html.P(t("admin.policy_text"), className="page-lead"),
            html.Div(switches, className="stack switches"),
            html.P(id=_SAID, role="status", className="note"),
        ],
        className="stack",
    )


def register(app: PalierDash, services: "Services") -> None:
    """Make the part react."""
    people = services.accounts.people

    @app.callback(
        Output(_SAID, "children"), Input({"page": "admin", "policy": ALL}, "checked"), prevent_initial_call=True
    )
    def demand(_checked: list[bool]) -> str:
        if not ctx.triggered_id:
            raise PreventUpdate
        role, wanted = Role(ctx.triggered_id["policy"]), bool(ctx.triggered[0]["value"])
        people.require_second_factor(current_actor(), role, required=wanted)
        return t("admin.policy_on" if wanted else "admin.policy_off", role=t(f"roles.{role.value}"))
