"""Every machine with its state, and the way to add one."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from palier.app.roles import Actor, Permission
from palier.app.views import MachineView
from palier.web.components.empty_state import empty_state
from palier.web.components.notice import NOTICES, notice
from palier.web.components.page_header import page_header
from palier.web.components.sparkline import sparkline
from palier.web.components.table import Column, table
from palier.web.components.verdict_badge import verdict_badge
from palier.web.components.when import age
from palier.web.components.zone_badge import zone_badge
from palier.web.i18n import count, t
from palier.web.pages.machines.fields import MACHINE, Form, machine_fields, machine_spec
from palier.web.request import current_actor, now
from palier.web.routing import Address, Page, PalierDash

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["register"]

_ADD, _DIALOG, _SAVE, _CANCEL, _LIST, _UNDO, _REMOVED = (
    f"machines-{part}" for part in ("add", "dialog", "save", "cancel", "list", "undo", "removed")
)


def register(app: PalierDash, services: "Services") -> None:
    """Serve the list."""
    app.add_page(Page("/machines", "machines.title", lambda address: _layout(services, address), nav=30))

    @app.callback(
        output=Output("location", "href", allow_duplicate=True),
        inputs={"clicks": Input(_SAVE, "n_clicks")},
        state={"form": MACHINE},
        prevent_initial_call=True,
    )
    def add(clicks: int | None, form: Form) -> str:
        if not clicks:
            raise PreventUpdate
        return f"/machines/{services.machines.add(current_actor(), machine_spec(form)).id}"

    @app.callback(
        Output(_LIST, "children"),
        Output(NOTICES, "sendNotifications", allow_duplicate=True),
        Input(_UNDO, "n_clicks"),
        State(_REMOVED, "data"),
        prevent_initial_call=True,
    )
    def restore(clicks: int | None, machine_id: str) -> tuple[Any, list[Any]]:
        if not clicks:
            raise PreventUpdate
        services.machines.restore(current_actor(), machine_id)
        return _list(services, current_actor()), [notice(t("machines.restored"), tone="good")]

    app.visual(
        "opened",
        Output(_DIALOG, "opened"),
        Input(_ADD, "n_clicks"),
        Input(_CANCEL, "n_clicks"),
        prevent_initial_call=True,
    )


def _layout(services: "Services", address: Address) -> Component:
    actor = current_actor()
    may = actor.may(Permission.MANAGE_MACHINES)
    add = [dmc.Button(t("machines.add"), id=_ADD)] if may else []
    removed = address.query.get("removed")
    return html.Div(
        [
            page_header(t("machines.title"), lead=t("machines.lead"), actions=add),
            *([_dialog(opened="add" in address.query)] if may else []),
            *([_undo(removed)] if removed and may else []),
            html.Div(_list(services, actor), id=_LIST),
        ]
    )


def _dialog(*, opened: bool) -> Component:
    buttons = [
        dmc.Button(t("shell.cancel"), id=_CANCEL, variant="default"),
        dmc.Button(t("machines.add"), id=_SAVE),
    ]
    made: Component = dmc.Modal(
        [machine_fields(None), html.Div(buttons, className="dialog-actions")],
        id=_DIALOG,
        title=t("machines.add"),
        opened=opened,
        closeButtonProps={"aria-label": t("shell.close")},
    )
    return made


def _undo(machine_id: str) -> Component:
    return html.Div(
        [
            dcc.Store(id=_REMOVED, data=machine_id),
            html.P(t("machines.removed")),
            dmc.Button(t("shell.undo"), id=_UNDO, variant="default", size="xs"),
        ],
        className="message tone-info line",
        role="status",
    )


def _list(services: "Services", actor: Actor) -> list[Component]:
    machines = services.machines.all(actor)
    if not machines:
        return [empty_state(t("machines.empty"), t("machines.empty_text"))]
    return [_table(machines, now())]


def _table(machines: Sequence[MachineView], at: datetime) -> Component:
    columns = [
        Column(t("machines.machine")),
        Column(t("machines.verdict")),
        Column(t("machines.zone")),
        Column(t("machines.trend"), hide_on_phone=True),
        Column(t("machines.points"), align="right", hide_on_phone=True),
        Column(t("machines.recordings"), align="right", hide_on_phone=True),
        Column(t("machines.measured"), align="right", hide_on_phone=True),
    ]
    return table(columns, [_row(view, at) for view in machines], caption=t("machines.caption"))


def _row(view: MachineView, at: datetime) -> list[Any]:
    machine, latest = view.machine, view.latest
    sub = " · ".join(p for p in (machine.location, machine.description) if p)
    verdict = verdict_badge(None if latest is None else latest.verdict)
    return [
        html.Div([dcc.Link(machine.name, href=f"/machines/{machine.id}"), html.Span(sub, className="cell-sub")]),
        verdict if latest is None else dcc.Link(verdict, href=f"/diagnoses/{latest.id}", className="plain"),
        zone_badge(view.worst_zone),
        sparkline([level for _, level in view.trend]),
        count(len(view.points)),
        count(view.recordings),
        age(view.latest_at, at),
    ]
