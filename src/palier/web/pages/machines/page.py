"""One machine."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import ALL, Input, Output, State, dcc, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from palier.app.roles import Actor, Permission
from palier.app.views import MachineView
from palier.web.components.confirm import confirm_dialog
from palier.web.components.facts import facts
from palier.web.components.page_header import page_header
from palier.web.components.press import pressed
from palier.web.components.tabs import tabs
from palier.web.components.verdict_badge import verdict_badge
from palier.web.components.zone_badge import zone_badge
from palier.web.i18n import count, t
from palier.web.pages.machines.fields import (
    MACHINE,
    POINT,
    Form,
    machine_fields,
    machine_spec,
    point_fields,
    point_spec,
)
from palier.web.pages.machines.history import recordings_table, trends
from palier.web.pages.machines.points import points
from palier.web.pages.machines.spectra import register_spectra, spectra
from palier.web.request import current_actor
from palier.web.routing import Address, Page, PalierDash, link

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["register"]

_BODY, _SHOWN, _POINTS = "machine-body", "machine-shown", "machine-points"
_EDIT, _DIALOG, _SAVE, _CANCEL = (f"machine-{part}" for part in ("edit", "dialog", "save", "cancel"))
_REMOVE, _SURE, _YES, _NO = (f"machine-{part}" for part in ("remove", "sure", "yes", "no"))
_POINT_DIALOG, _POINT_FORM, _POINT_EDITED, _POINT_SAVE, _POINT_CANCEL = (
    f"point-{part}" for part in ("dialog", "form", "edited", "save", "cancel")
)
#: Recordings whose trends are drawn.
_MOST = 200


def register(app: PalierDash, services: "Services") -> None:
    """Serve the page of a machine."""
    app.add_page(Page("/machines/<machine_id>", "machines.title", lambda address: _layout(services, address)))
    register_spectra(app, services)
    _register_machine(app, services)
    _register_points(app, services)
    _register_dialogs(app)


def _layout(services: "Services", address: Address) -> Component:
    actor = current_actor()
    view = services.machines.get(actor, address.ids["machine_id"])
    may = actor.may(Permission.MANAGE_MACHINES)
    return html.Div(
        [
            _header(view, may=may),
            dcc.Store(id=_SHOWN, data={"machine": view.machine.id, "version": view.machine.version}),
            *(_dialogs(view) if may else []),
            facts(_facts(view)),
            html.Div(points(view.points, may=may), id=_POINTS),
            html.Div(_measured(services, actor, view, address.query), id=_BODY),
        ]
    )


def _header(view: MachineView, *, may: bool) -> Component:
    machine = view.machine
    actions: list[Component] = []
    if may:
        actions = [
            dmc.Button(t("machines.edit"), id=_EDIT, variant="default"),
            dmc.Button(t("shell.remove"), id=_REMOVE, variant="subtle", color="crimson"),
        ]
    above = dcc.Link(t("machines.back"), href="/machines")
    return page_header(machine.name, lead=machine.description or None, actions=actions, above=above)


def _facts(view: MachineView) -> list[tuple[str, Any]]:
    machine, undeclared = view.machine, t("shell.not_declared")
    verdict: Component = verdict_badge(None if view.latest is None else view.latest.verdict)
    if view.latest is not None:
        verdict = dcc.Link(verdict, href=f"/diagnoses/{view.latest.id}", className="plain")
    return [
        (t("machines.verdict"), verdict),
        (t("machines.zone"), zone_badge(view.worst_zone)),
        (t("machines.location"), machine.location or "–"),
        (t("machines.group"), t(f"machines.group_{machine.machine_group}") if machine.machine_group else undeclared),
        (t("machines.support"), t(f"machines.support_{machine.support}") if machine.support else undeclared),
        (t("machines.recordings"), count(view.recordings)),
    ]


def _measured(services: "Services", actor: Actor, view: MachineView, query: Mapping[str, str]) -> list[Component]:
    """Return everything that recordings tell, of one point or of all."""
    machine_id, point_id = view.machine.id, query.get("point")
    known = {p.id: p for p in view.points}
    if point_id not in known:
        point_id = view.points[0].id if len(view.points) == 1 else None
    if not view.points:
        return []
    entries = services.machines.history(actor, machine_id, point_id=point_id, limit=_MOST)
    results = services.diagnoses.results(actor, [e.diagnosis.id for e in entries if e.diagnosis is not None])
    choices = [("", t("machines.all_points"), link(f"/machines/{machine_id}"))]
    choices += [(p.id, p.name, link(f"/machines/{machine_id}", point=p.id)) for p in view.points]
    return [
        html.Section(
            [
                html.H2(t("machines.history")),
                *([tabs(choices, current=point_id or "", label=t("machines.points"))] if len(known) > 1 else []),
                trends(entries, results),
            ],
            className="section stack",
        ),
        html.Section([html.H2(t("machines.recordings")), recordings_table(entries, known)], className="section stack"),
        spectra(entries, query),
    ]


# ---------------------------------------------------------------------- dialogs


def _dialogs(view: MachineView) -> list[Component]:
    name = view.machine.name
    return [
        _modal(
            _DIALOG, t("machines.edit_title", name=name), [machine_fields(view.machine)], save=_SAVE, cancel=_CANCEL
        ),
        _modal(
            _POINT_DIALOG,
            t("machines.point"),
            [html.Div(point_fields(None), id=_POINT_FORM), dcc.Store(id=_POINT_EDITED)],
            save=_POINT_SAVE,
            cancel=_POINT_CANCEL,
        ),
        confirm_dialog(
            t("machines.remove_title", name=name),
            t("machines.remove_text"),
            dialog_id=_SURE,
            yes_id=_YES,
            no_id=_NO,
            yes=t("shell.remove"),
        ),
    ]


def _modal(id: str, title: str, content: list[Component], *, save: str, cancel: str) -> Component:  # noqa: A002
    buttons = [
        dmc.Button(t("shell.cancel"), id=cancel, variant="default"),
        dmc.Button(t("shell.save"), id=save),
    ]
    made: Component = dmc.Modal(
        [*content, html.Div(buttons, className="dialog-actions")],
        id=id,
        title=title,
        opened=False,
        size="lg",
        closeButtonProps={"aria-label": t("shell.close")},
    )
    return made


def _register_dialogs(app: PalierDash) -> None:
    """Open and close, in the browser alone."""
    for dialog, opens, closes in ((_DIALOG, _EDIT, _CANCEL), (_SURE, _REMOVE, _NO)):
        app.visual(
            "opened",
            Output(dialog, "opened"),
            Input(opens, "n_clicks"),
            Input(closes, "n_clicks"),
            prevent_initial_call=True,
        )


def _register_machine(app: PalierDash, services: "Services") -> None:
    @app.callback(
        output=Output("location", "href", allow_duplicate=True),
        inputs={"clicks": Input(_SAVE, "n_clicks")},
        state={"form": MACHINE, "shown": State(_SHOWN, "data")},
        prevent_initial_call=True,
    )
    def change(clicks: int | None, form: Form, shown: dict[str, Any]) -> str:
        if not clicks:
            raise PreventUpdate
        services.machines.change(current_actor(), shown["machine"], machine_spec(form), version=shown["version"])
        return f"/machines/{shown['machine']}?saved={shown['version']}"

    @app.callback(
        Output("location", "href", allow_duplicate=True),
        Input(_YES, "n_clicks"),
        State(_SHOWN, "data"),
        prevent_initial_call=True,
    )
    def remove(clicks: int | None, shown: dict[str, Any]) -> str:
        if not clicks:
            raise PreventUpdate
        services.machines.remove(current_actor(), shown["machine"])
        return link("/machines", removed=shown["machine"])


def _register_points(app: PalierDash, services: "Services") -> None:
    @app.callback(
        Output(_POINT_FORM, "children"),
        Output(_POINT_EDITED, "data"),
        Output(_POINT_DIALOG, "opened"),
        Input({"page": "machine", "do": "add-point", "point": ALL}, "n_clicks"),
        Input({"page": "machine", "do": "edit-point", "point": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def edit_point(_add: list[int], _edit: list[int]) -> tuple[Component, Any, bool]:
        point_id = pressed()["point"]
        point = services.machines.get_point(current_actor(), point_id) if point_id else None
        return point_fields(point), {"id": point.id, "version": point.version} if point else None, True

    @app.callback(
        output=[Output(_POINTS, "children"), Output(_POINT_DIALOG, "opened", allow_duplicate=True)],
        inputs={"clicks": Input(_POINT_SAVE, "n_clicks")},
        state={"form": POINT, "edited": State(_POINT_EDITED, "data"), "shown": State(_SHOWN, "data")},
        prevent_initial_call=True,
    )
    def save_point(clicks: int | None, form: Form, edited: dict[str, Any] | None, shown: dict[str, Any]) -> list[Any]:
        if not clicks:
            raise PreventUpdate
        actor, spec = current_actor(), point_spec(form)
        if edited is None:
            services.machines.add_point(actor, shown["machine"], spec)
        else:
            services.machines.change_point(actor, edited["id"], spec, version=edited["version"])
        return [_points(services, actor, shown), False]

    _register_point_removal(app, services)
    app.visual(
        "closed",
        Output(_POINT_DIALOG, "opened", allow_duplicate=True),
        Input(_POINT_CANCEL, "n_clicks"),
        prevent_initial_call=True,
    )


def _register_point_removal(app: PalierDash, services: "Services") -> None:
    @app.callback(
        Output(_POINTS, "children", allow_duplicate=True),
        Input({"page": "machine", "do": "remove-point", "point": ALL}, "n_clicks"),
        State(_SHOWN, "data"),
        prevent_initial_call=True,
    )
    def remove_point(_clicks: list[int], shown: dict[str, Any]) -> list[Component]:
        actor, point_id = current_actor(), pressed()["point"]
        point = services.machines.get_point(actor, point_id)
        services.machines.remove_point(actor, point_id)
        return [_undo(point.id, point.name), *_points(services, actor, shown)]

    @app.callback(
        Output(_POINTS, "children", allow_duplicate=True),
        Input({"page": "machine", "do": "restore-point", "point": ALL}, "n_clicks"),
        State(_SHOWN, "data"),
        prevent_initial_call=True,
    )
    def restore_point(_clicks: list[int], shown: dict[str, Any]) -> list[Component]:
        services.machines.restore_point(current_actor(), pressed()["point"])
        return _points(services, current_actor(), shown)


def _points(services: "Services", actor: Actor, shown: Mapping[str, Any]) -> list[Component]:
    view = services.machines.get(actor, shown["machine"])
    return [points(view.points, may=actor.may(Permission.MANAGE_MACHINES))]


def _undo(point_id: str, name: str) -> Component:
    button = dmc.Button(
        t("shell.undo"), id={"page": "machine", "do": "restore-point", "point": point_id}, variant="default", size="xs"
    )
    return html.Div(
        [html.P(t("machines.point_removed", name=name)), button], className="message tone-info line", role="status"
    )
