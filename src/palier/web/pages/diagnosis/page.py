"""The page: the job while it runs, the answer once it is there."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import ALL, Input, Output, State, dcc, html
from dash.development.base_component import Component

from palier.app.roles import Actor, Permission
from palier.app.specs import OpinionSpec
from palier.app.views import DiagnosisView
from palier.errors import ParameterError
from palier.web.components.job_progress import OPEN, job_progress
from palier.web.components.notice import NOTICES, notice
from palier.web.components.page_header import page_header
from palier.web.components.press import pressed
from palier.web.components.simulated_badge import simulated_badge
from palier.web.components.when import moment
from palier.web.i18n import t
from palier.web.pages.diagnosis.answer import answer, severity
from palier.web.pages.diagnosis.evidence import evidence, remarks
from palier.web.pages.diagnosis.model_opinion import model_opinion
from palier.web.pages.diagnosis.opinion import FAULT, NOTE, OPINION, SAID, SAVE, opinion, said
from palier.web.pages.diagnosis.plots import SHOWN, plots, register_plots
from palier.web.pages.diagnosis.result import result_of
from palier.web.request import current_actor, now
from palier.web.routing import Address, Page, PalierDash, link

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["register"]

_BODY, _TICK, _ACTIONS = "diagnosis-body", "diagnosis-tick", "diagnosis-actions"
_CANCEL, _RETRY = ({"page": "diagnosis", "do": do, "job": ALL} for do in ("cancel", "retry"))


def register(app: PalierDash, services: "Services") -> None:
    """Serve the page of a diagnosis."""

    def layout(address: Address) -> Component:
        actor = current_actor()
        view = services.diagnoses.get(actor, address.ids["diagnosis_id"])
        return html.Div(
            [
                _header(view),
                dcc.Store(id=SHOWN, data=view.diagnosis.id),
                html.Div(_body(services, actor, view, address.query), id=_BODY),
                dcc.Interval(id=_TICK, interval=1000, disabled=not _pending(view)),
            ]
        )

    app.add_page(Page("/diagnoses/<diagnosis_id>", "diagnosis.title", layout))
    register_plots(app, services)
    _register_job(app, services)
    _register_opinion(app, services)


def _register_job(app: PalierDash, services: "Services") -> None:
    @app.callback(
        Output(_BODY, "children"),
        Output(_ACTIONS, "children"),
        Output(_TICK, "disabled"),
        Input(_TICK, "n_intervals"),
        State(SHOWN, "data"),
        prevent_initial_call=True,
    )
    def refresh(_ticks: int, diagnosis_id: str) -> tuple[list[Component], list[Component], bool]:
        actor = current_actor()
        view = services.diagnoses.get(actor, diagnosis_id)
        return _body(services, actor, view, {}), _actions(view), not _pending(view)

    @app.callback(
        Output(NOTICES, "sendNotifications", allow_duplicate=True),
        Input(_CANCEL, "n_clicks"),
        prevent_initial_call=True,
    )
    def cancel(_clicks: list[int]) -> list[Any]:
        view = services.jobs.cancel(current_actor(), pressed()["job"])
        return [notice(t("jobs.cancelling", title=view.job.title))]

    @app.callback(
        Output(_TICK, "disabled", allow_duplicate=True),
        Input(_RETRY, "n_clicks"),
        prevent_initial_call=True,
    )
    def retry(_clicks: list[int]) -> bool:
        services.jobs.retry(current_actor(), pressed()["job"])
        return False


def _register_opinion(app: PalierDash, services: "Services") -> None:
    @app.callback(
        Output(SAID, "children"),
        Input(SAVE, "n_clicks"),
        State(OPINION, "value"),
        State(FAULT, "value"),
        State(NOTE, "value"),
        State(SHOWN, "data"),
        prevent_initial_call=True,
    )
    def save(_clicks: int, choice: str | None, fault: str | None, note: str | None, diagnosis_id: str) -> list[Any]:
        if choice is None:
            raise ParameterError(t("diagnosis.opinion_needed"))
        spec = OpinionSpec(choice, fault or None, note or "")  # type: ignore[arg-type]  # the service refuses others
        return said(services.diagnoses.opine(current_actor(), diagnosis_id, spec).diagnosis)


def _pending(view: DiagnosisView) -> bool:
    return view.diagnosis.finished_at is None and view.job is not None and view.job.status in OPEN


def _header(view: DiagnosisView) -> Component:
    recording = view.recording
    above = dcc.Link(t("diagnosis.back"), href="/diagnose")
    where: list[Any] = []
    if view.machine is not None and view.point is not None:
        above = dcc.Link(view.machine.name, href=f"/machines/{view.machine.id}")
        where = [f"{view.machine.name} · {view.point.name} · "]
    taken = recording.taken_at or recording.uploaded_at
    lead = html.P([*where, moment(taken), " ", *simulated_badge(recording)], className="page-lead")
    title = t("diagnosis.of", file=recording.file_name)
    actions = [html.Div(_actions(view), id=_ACTIONS, className="line")]
    return page_header(recording.file_name, lead=lead, above=above, actions=actions, document_title=title)


def _actions(view: DiagnosisView) -> list[Component]:
    again = link("/diagnose", recordings=view.recording.id, open=view.recording.id)
    actions: list[Component] = [dcc.Link(t("diagnosis.again"), href=again, className="button-link quiet")]
    if view.diagnosis.finished_at is not None:
        report = f"/api/v1/diagnoses/{view.diagnosis.id}/report"
        actions.insert(0, html.A(t("diagnosis.report"), href=report, download="", className="button-link quiet"))
    return actions


def _body(services: "Services", actor: Actor, view: DiagnosisView, query: Mapping[str, str]) -> list[Component]:
    if view.diagnosis.finished_at is None:
        return [_waiting(services, actor, view)]
    result = result_of(view.diagnosis)
    parts = [
        answer(result),
        plots(result, query),
        evidence(result),
        severity(result),
        model_opinion(result),
        remarks(result),
        opinion(view.diagnosis, may=actor.may(Permission.DIAGNOSE)),
    ]
    return [p for p in parts if p is not None]


def _waiting(services: "Services", actor: Actor, view: DiagnosisView) -> Component:
    """Show how far the job is, or why there is no answer."""
    if view.job is None:
        return html.Div(html.P(t("diagnosis.no_job")), className="message tone-warn")
    job = services.jobs.get(actor, view.job.id)
    parts: list[Component] = [html.H2(t("diagnosis.running") if _pending(view) else t("diagnosis.failed"))]
    if _pending(view):
        parts.append(job_progress(job.job, now(), queue_position=job.queue_position))
    elif job.job.error:
        parts.append(html.Div(html.P(job.job.error, lang="en"), className="message tone-bad"))
    return html.Section([*parts, html.Div(_job_actions(view, job), className="line")], className="panel stack")


def _job_actions(view: DiagnosisView, job: Any) -> list[Component]:
    actions: list[Component] = []
    if job.can_cancel:
        actions.append(dmc.Button(t("jobs.cancel"), id=_CANCEL | {"job": job.job.id}, variant="default"))
    if job.can_retry:
        actions.append(dmc.Button(t("jobs.retry"), id=_RETRY | {"job": job.job.id}, variant="default"))
    if not _pending(view):
        change = link("/diagnose", recordings=view.recording.id, open=view.recording.id)
        actions.append(dcc.Link(t("diagnosis.change"), href=change, className="button-link"))
    actions.append(dcc.Link(t("diagnosis.job"), href=f"/jobs/{job.job.id}"))
    return actions
