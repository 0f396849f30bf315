"""The page, and what its buttons do."""

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from palier.app.entities import Recording
from palier.app.roles import Actor, Permission
from palier.app.specs import Declaration
from palier.app.submission import plain_json
from palier.web.components.file_drop import file_drop
from palier.web.components.notice import NOTICES, notice
from palier.web.components.page_header import page_header
from palier.web.components.plot import plot_id
from palier.web.figures import Figure
from palier.web.i18n import t
from palier.web.pages.diagnose.detail import LOOK, OPENED, REMOVE, RUN, RUN_ALL, SAVE, detail, look
from palier.web.pages.diagnose.form import CHANNEL, FORM, Form, declaration_of, point_of, spec_of
from palier.web.pages.diagnose.prepared import Prepared, prepare_list, prepared_of
from palier.web.request import current_actor, now
from palier.web.routing import Address, Page, PalierDash

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["register"]

_LIST, _STATE, _DETAIL, _TICK, _REMOVED, _UNDO = (
    f"diagnose-{part}" for part in ("list", "state", "detail", "tick", "removed", "undo")
)
_LOCATION = "location"
_PATH = "/diagnose"


def register(app: PalierDash, services: "Services") -> None:
    """Serve the page."""
    app.add_page(Page(_PATH, "diagnose.title", lambda address: _layout(services, address), nav=20, follows_query=True))
    _register_polling(app, services)
    _register_run(app, services)
    _register_keep(app, services)


def _layout(services: "Services", address: Address) -> Component:
    actor = current_actor()
    prepared = prepared_of(services, actor, address)
    drop = file_drop(point_id=address.query.get("point"))
    allowed = actor.may(Permission.DIAGNOSE)
    return html.Div(
        [
            page_header(t("diagnose.title"), lead=t("diagnose.lead")),
            drop if allowed else html.P(t("diagnose.not_allowed"), className="note"),
            dcc.Store(id=_STATE, data=prepared.state),
            dcc.Store(id=_REMOVED),
            html.Div(prepare_list(prepared, now()), id=_LIST),
            html.Div(detail(services, actor, prepared), id=_DETAIL),
            dcc.Interval(id=_TICK, interval=1500, disabled=not prepared.busy),
        ]
    )


def _register_polling(app: PalierDash, services: "Services") -> None:
    @app.callback(
        Output(_LIST, "children"),
        Output(_STATE, "data"),
        Output(_TICK, "disabled"),
        Input(_TICK, "n_intervals"),
        Input(_LOCATION, "search"),
        Input(_REMOVED, "data"),
        State(_STATE, "data"),
        prevent_initial_call=True,
    )
    def refresh(_ticks: int, search: str, _removed: str, state: str | None) -> tuple[Any, Any, bool]:
        prepared = _prepared(app, services, current_actor(), search)
        return prepare_list(prepared, now()), _changed(prepared, state), not prepared.busy

    @app.callback(
        Output(_DETAIL, "children"), Input(_STATE, "data"), State(_LOCATION, "search"), prevent_initial_call=True
    )
    def show(_state: str | None, search: str) -> list[Component]:
        actor = current_actor()
        return detail(services, actor, _prepared(app, services, actor, search))

    @app.callback(
        Output(plot_id(LOOK), "figure"), Input(CHANNEL, "value"), State(OPENED, "data"), prevent_initial_call=True
    )
    def channel(name: str | None, opened: dict[str, Any]) -> Figure:
        actor = current_actor()
        recording = services.recordings.get(actor, opened["open"])
        return look(services, actor, recording, name or None)


def _changed(prepared: Prepared, state: str | None) -> Any:
    return no_update if prepared.state == state else prepared.state


def _prepared(app: PalierDash, services: "Services", actor: Actor, search: str | None) -> Prepared:
    found = app.find_page(_PATH, search)
    if found is None:
        raise PreventUpdate
    return prepared_of(services, actor, found[1])


def _register_run(app: PalierDash, services: "Services") -> None:
    @app.callback(
        output=Output(_LOCATION, "href", allow_duplicate=True),
        inputs={"clicks": Input(RUN, "n_clicks")},
        state={"form": FORM, "opened": State(OPENED, "data")},
        prevent_initial_call=True,
    )
    def run(clicks: int | None, form: Form, opened: dict[str, Any]) -> str:
        if not clicks:
            raise PreventUpdate
        return f"/diagnoses/{_diagnose(services, current_actor(), opened['open'], form)}"

    @app.callback(
        output=Output(_TICK, "disabled", allow_duplicate=True),
        inputs={"clicks": Input(RUN_ALL, "n_clicks")},
        state={"form": FORM, "opened": State(OPENED, "data")},
        prevent_initial_call=True,
    )
    def run_all(clicks: int | None, form: Form, opened: dict[str, Any]) -> bool:
        if not clicks:
            raise PreventUpdate
        for recording_id in opened["all"]:
            _diagnose(services, current_actor(), recording_id, form)
        return False


def _diagnose(services: "Services", actor: Actor, recording_id: str, form: Form) -> str:
    """Keep what the form says of the recording, and ask for the diagnosis; return its id."""
    recording = _keep(services, actor, services.recordings.get(actor, recording_id), form)
    return services.diagnoses.create(actor, recording.id, spec_of(form, recording)).diagnosis.id


def _keep(services: "Services", actor: Actor, recording: Recording, form: Form) -> Recording:
    """Store the point and the declarations that have changed."""
    point_id = point_of(form)
    if point_id != recording.point_id:
        recording = services.recordings.assign(actor, recording.id, point_id, version=recording.version)
    declared = declaration_of(form, recording)
    if _plain(declared) != (recording.declared_json or {}):
        recording = services.recordings.declare(actor, recording.id, declared, version=recording.version)
    return recording


def _plain(declared: Declaration) -> dict[str, Any]:
    return {k: v for k, v in plain_json(declared).items() if v is not None and k != "taken_at"}


def _register_keep(app: PalierDash, services: "Services") -> None:
    @app.callback(
        output=[
            Output(_TICK, "disabled", allow_duplicate=True),
            Output(NOTICES, "sendNotifications", allow_duplicate=True),
        ],
        inputs={"clicks": Input(SAVE, "n_clicks")},
        state={"form": FORM, "opened": State(OPENED, "data")},
        prevent_initial_call=True,
    )
    def save(clicks: int | None, form: Form, opened: dict[str, Any]) -> list[Any]:
        if not clicks:
            raise PreventUpdate
        actor = current_actor()
        recording = _keep(services, actor, services.recordings.get(actor, opened["open"]), form)
        return [False, [notice(t("diagnose.saved", file=recording.file_name), tone="good")]]

    @app.callback(
        Output(_DETAIL, "children", allow_duplicate=True),
        Output(_REMOVED, "data"),
        Input(REMOVE, "n_clicks"),
        State(OPENED, "data"),
        prevent_initial_call=True,
    )
    def remove(clicks: int | None, opened: dict[str, Any]) -> tuple[Any, Any]:
        if not clicks:
            raise PreventUpdate
        recording = services.recordings.get(current_actor(), opened["open"])
        services.recordings.remove(current_actor(), recording.id)
        return _gone(recording), recording.id

    @app.callback(
        Output(_REMOVED, "data", allow_duplicate=True),
        Output(_STATE, "data", allow_duplicate=True),
        Input(_UNDO, "n_clicks"),
        State(_REMOVED, "data"),
        prevent_initial_call=True,
    )
    def restore(clicks: int | None, recording_id: str) -> tuple[None, str]:
        if not clicks:
            raise PreventUpdate
        services.recordings.restore(current_actor(), recording_id)
        return None, f"restored {recording_id}"


def _gone(recording: Recording) -> list[Component]:
    text = html.P(t("diagnose.removed", file=recording.file_name))
    return [
        html.Div(
            [text, dmc.Button(t("shell.undo"), id=_UNDO, variant="default", size="xs")],
            className="message tone-info line",
        )
    ]
