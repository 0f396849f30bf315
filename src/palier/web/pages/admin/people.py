"""Who belongs to the workspace, and inviting somebody."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html
from dash.development.base_component import Component

from palier.app.roles import Actor, Role
from palier.app.views import PersonView
from palier.web.components.enter_form import enter_form
from palier.web.components.press import require_press
from palier.web.components.secret import secret
from palier.web.components.table import Column, table
from palier.web.components.when import age
from palier.web.i18n import t
from palier.web.pages.admin.words import access_badge, factor_badge
from palier.web.request import current_actor, now
from palier.web.routing import Address, PalierDash

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["content", "register"]

_EMAIL, _ROLE, _INVITE, _LINK = "admin-invite-email", "admin-invite-role", "admin-invite", "admin-invite-link"


def content(services: "Services", actor: Actor, _address: Address) -> Component:
    """Return the part."""
    return html.Div(
        [
            _table(services.accounts.people.all(actor), now()),
            html.Section(
                [html.H2(t("admin.invite_title")), html.P(t("admin.invite_text"), className="note"), _form()],
                className="panel stack",
            ),
        ],
        className="stack wide-gap",
    )


def _table(people: Sequence[PersonView], at: datetime) -> Component:
    columns = [
        Column(t("admin.person")),
        Column(t("admin.role")),
        Column(t("admin.factor"), hide_on_phone=True),
        Column(t("admin.access")),
        Column(t("admin.seen"), align="right", hide_on_phone=True),
    ]
    return table(columns, [_row(p, at) for p in people], caption=t("admin.people_caption"))


def _row(person: PersonView, at: datetime) -> list[Any]:
    return [
        html.Div(
            [dcc.Link(person.name, href=f"/admin/people/{person.id}"), html.Span(person.email, className="cell-sub")]
        ),
        t(f"roles.{person.role.value}"),
        factor_badge(person),
        access_badge(person),
        t("account.never") if person.last_seen_at is None else age(person.last_seen_at, at),
    ]


def _form() -> Component:
    return html.Div(
        [
            enter_form(
                [
                    dmc.TextInput(id=_EMAIL, label=t("account.email"), value="", autoComplete="off"),
                    dmc.Select(
                        id=_ROLE,
                        label=t("admin.role"),
                        value=Role.VIEWER.value,
                        allowDeselect=False,
                        data=[{"value": r.value, "label": t(f"roles.{r.value}")} for r in Role],
                    ),
                    dmc.Button(t("admin.invite"), id=_INVITE),
                ],
                press=_INVITE,
                className="field-line",
            ),
            html.Ul(
                [html.Li([html.Strong(t(f"roles.{r.value}")), " ", t(f"admin.role_{r.value}")]) for r in Role],
                className="role-list note",
            ),
            html.Div(id=_LINK, role="status"),
        ],
        className="stack",
    )


def register(app: PalierDash, services: "Services") -> None:
    """Make the part react."""

    @app.callback(
        Output(_LINK, "children"),
        Output(_EMAIL, "value"),
        Input(_INVITE, "n_clicks"),
        State(_EMAIL, "value"),
        State(_ROLE, "value"),
        prevent_initial_call=True,
    )
    def invite(_clicks: int, email: str | None, role: str) -> tuple[list[Component], str]:
        require_press()
        made = services.accounts.people.invite(current_actor(), email=email or "", role=Role(role))
        return link_shown(made, t("admin.invited", email=email), t("admin.link_text")), ""


def link_shown(made: str, title: str, text: str) -> list[Component]:
    """Show a link that does one thing once."""
    parts = [html.Strong(title), html.P(text), secret(made, label=title)]
    return [html.Div(parts, className="message tone-warn stack", role="alert")]
