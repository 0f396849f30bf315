"""Home: the state of the machines, what is being worked on, the last answers; and what to do first."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from dash import Input, Output, dcc, html
from dash.development.base_component import Component

from palier.app.roles import Actor, Permission
from palier.app.views import DiagnosisView, JobView, MachineView, WorkspaceView
from palier.web.components.empty_state import empty_state
from palier.web.components.job_progress import OPEN, job_progress, job_words
from palier.web.components.page_header import page_header
from palier.web.components.sparkline import sparkline
from palier.web.components.table import Column, table
from palier.web.components.verdict_badge import verdict_badge
from palier.web.components.when import age
from palier.web.components.zone_badge import zone_badge
from palier.web.i18n import quantity, t
from palier.web.request import current_actor, now
from palier.web.routing import Address, Page, PalierDash

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["register"]

_STATE = "home-state"
_TICK = "home-tick"
_JOBS, _DIAGNOSES = 6, 8


def register(app: PalierDash, services: "Services") -> None:
    """Serve the page."""

    def layout(_address: Address) -> Component:
        actor = current_actor()
        content, idle = _content(services, actor)
        return html.Div(
            [
                page_header(t("home.title"), lead=t("home.lead"), actions=_actions(actor)),
                html.Div(content, id=_STATE),
                dcc.Interval(id=_TICK, interval=3000, disabled=idle),
            ]
        )

    app.add_page(Page("/", "home.title", layout, nav=10))

    @app.callback(
        Output(_STATE, "children"), Output(_TICK, "disabled"), Input(_TICK, "n_intervals"), prevent_initial_call=True
    )
    def refresh(_ticks: int) -> tuple[list[Component], bool]:
        return _content(services, current_actor())


def _actions(actor: Actor) -> list[Component]:
    if not actor.may(Permission.DIAGNOSE):
        return []
    return [dcc.Link(t("home.upload"), href="/diagnose", className="button-link")]


def _content(services: "Services", actor: Actor) -> tuple[list[Component], bool]:
    """Return what the page shows, and whether nothing goes on, so that it need not be asked for again."""
    machines = services.machines.all(actor)
    jobs = services.jobs.page(actor, status=OPEN, limit=_JOBS)
    diagnoses = services.diagnoses.page(actor, limit=_DIAGNOSES)
    if not (machines or jobs or diagnoses):
        return [_first(services, actor)], True
    parts = [
        _section(t("home.machines"), _machines(machines, now(), actor), more=(t("home.machines_all"), "/machines")),
        html.Div(
            [
                _section(t("home.diagnoses"), _diagnoses(diagnoses, now())),
                _section(t("home.open_jobs"), _jobs(jobs, now()), more=(t("home.open_jobs_all"), "/jobs")),
            ],
            className="columns",
        ),
    ]
    return parts, not jobs


def _first(services: "Services", actor: Actor) -> Component:
    actions: list[Component] = []
    if actor.may(Permission.DIAGNOSE):
        actions.append(dcc.Link(t("home.upload"), href="/diagnose", className="button-link"))
    if actor.may(Permission.MANAGE_MACHINES):
        actions.append(dcc.Link(t("home.add_machine"), href="/machines?add=1", className="button-link quiet"))
    samples = [w for w in services.workspaces.mine(actor) if w.simulated and w.id != actor.workspace_id]
    return empty_state(t("home.first"), t("home.first_text"), actions=[*actions, *(_sample(w) for w in samples[:1])])


def _sample(workspace: WorkspaceView) -> Component:
    """Return what opens a sample workspace: a form, for the session gets a new id."""
    return html.Form(
        [
            dcc.Input(type="hidden", name="workspace_id", value=workspace.id),
            html.Button(t("home.sample"), type="submit", className="button-link quiet"),
        ],
        action="/workspace",
        method="POST",
    )


def _section(title: str, content: Component, *, more: tuple[str, str] | None = None) -> Component:
    links = [] if more is None else [dcc.Link(more[0], href=more[1])]
    return html.Section([html.Div([html.H2(title), *links], className="section-head"), content], className="section")


def _machines(machines: Sequence[MachineView], at: datetime, actor: Actor) -> Component:
    if not machines:
        add = dcc.Link(t("home.add_machine"), href="/machines?add=1", className="button-link quiet")
        may = actor.may(Permission.MANAGE_MACHINES)
        return empty_state(t("home.no_machines"), t("home.no_machines_text"), actions=[add] if may else [])
    columns = [
        Column(t("home.machine")),
        Column(t("home.verdict")),
        Column(t("home.zone")),
        Column(t("home.trend"), hide_on_phone=True),
        Column(t("home.measured"), align="right", hide_on_phone=True),
    ]
    rows = [_machine(view, at) for view in sorted(machines, key=_urgency)]
    return table(columns, rows, caption=t("home.machines_caption"))


def _urgency(view: MachineView) -> tuple[int, str, str]:
    damaged = view.latest is not None and view.latest.verdict in {"damage", "damage_type_unclear"}
    zone = view.worst_zone or "A"
    return (0 if damaged else 1, chr(255 - ord(zone)), view.machine.name.casefold())


def _machine(view: MachineView, at: datetime) -> list[Component]:
    machine = view.machine
    name = [
        dcc.Link(machine.name, href=f"/machines/{machine.id}"),
        html.Span(machine.location or t("shell.recordings", n=view.recordings), className="cell-sub"),
    ]
    verdict = verdict_badge(None if view.latest is None else view.latest.verdict)
    if view.latest is not None:
        verdict = dcc.Link(verdict, href=f"/diagnoses/{view.latest.id}", className="plain")
    return [
        html.Div(name),
        verdict,
        zone_badge(view.worst_zone),
        sparkline([level for _, level in view.trend]),
        age(view.latest_at, at),
    ]


def _diagnoses(diagnoses: Sequence[DiagnosisView], at: datetime) -> Component:
    if not diagnoses:
        return html.P(t("home.diagnoses_none"), className="note")
    columns = [
        Column(t("home.recording")),
        Column(t("home.diagnosis")),
        Column(t("home.when"), align="right", hide_on_phone=True),
    ]
    return table(columns, [_diagnosis(view, at) for view in diagnoses], caption=t("home.diagnoses_caption"))


def _diagnosis(view: DiagnosisView, at: datetime) -> list[Component]:
    own = view.diagnosis
    where = " · ".join(n for n in (view.machine and view.machine.name, view.point and view.point.name) if n)
    name = [dcc.Link(view.recording.file_name, href=f"/diagnoses/{own.id}"), html.Span(where, className="cell-sub")]
    pending = view.job is not None and view.job.status in OPEN
    if own.finished_at is not None:
        answer = verdict_badge(own.verdict)
    else:
        answer = html.Span(t("home.diagnosing" if pending else "home.no_answer"), className="note")
    level = html.Span(quantity(own.rms, view.recording.unit), className="cell-sub") if own.rms is not None else None
    return [html.Div(name), html.Div([answer, level]), age(own.created_at, at)]


def _jobs(jobs: Sequence[JobView], at: datetime) -> Component:
    if not jobs:
        return html.P(t("home.open_jobs_none"), className="note")
    rows = [
        html.Li(
            [
                html.Div(
                    [
                        html.P(dcc.Link(view.job.title or view.job.kind, href=f"/jobs/{view.job.id}")),
                        html.P(job_words(view.job.kind, view.kind_words), className="note"),
                    ],
                    className="job-name",
                ),
                job_progress(view.job, at, queue_position=view.queue_position),
            ]
        )
        for view in jobs
    ]
    return html.Ul(rows, className="job-list")
