"""Jobs: what waits, runs and is done; one job with its log; workers and their age."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import ALL, Input, Output, State, dcc, html, set_props
from dash.development.base_component import Component

from palier.app.entities import JobLogLine, JobStatus, WorkerBeat
from palier.app.roles import Actor
from palier.app.views import JobView, QueueView
from palier.web.components.attributes import named
from palier.web.components.empty_state import empty_state
from palier.web.components.facts import facts
from palier.web.components.job_progress import OPEN, job_progress, job_words, status_badge
from palier.web.components.notice import NOTICES, notice
from palier.web.components.page_header import page_header
from palier.web.components.pager import pager
from palier.web.components.press import pressed
from palier.web.components.table import Column, table
from palier.web.components.tabs import tabs
from palier.web.components.when import age, moment
from palier.web.i18n import count, duration, has, t
from palier.web.request import current_actor, now
from palier.web.routing import Address, Page, PalierDash, link

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["register"]

_LIST, _ONE, _SHOWN = "jobs-list", "jobs-one", "jobs-shown"
_TICK, _ONE_TICK = "jobs-tick", "jobs-one-tick"
_PAGE = 50
#: A worker that was not heard of for so long is silent.
_SILENT = timedelta(seconds=30)
#: What each tab shows.
_FILTERS: dict[str, tuple[JobStatus, ...] | None] = {
    "open": OPEN,
    "done": (JobStatus.DONE,),
    "failed": (JobStatus.FAILED, JobStatus.CANCELLED),
    "all": None,
}


def register(app: PalierDash, services: "Services") -> None:
    """Serve the list and the page of one job."""
    app.add_page(Page("/jobs", "jobs.title", lambda address: _list_page(services, address), nav=60))
    app.add_page(Page("/jobs/<job_id>", "jobs.title", lambda address: _one_page(services, address)))

    @app.callback(
        Output(_LIST, "children"),
        Output(_TICK, "disabled"),
        Input(_TICK, "n_intervals"),
        State(_SHOWN, "data"),
        prevent_initial_call=True,
    )
    def refresh(_ticks: int, shown: dict[str, Any]) -> tuple[list[Component], bool]:
        return _list(services, current_actor(), **shown)

    @app.callback(
        Output(_ONE, "children"),
        Output(_ONE_TICK, "disabled"),
        Input(_ONE_TICK, "n_intervals"),
        State(_SHOWN, "data"),
        prevent_initial_call=True,
    )
    def refresh_one(_ticks: int, job_id: str) -> tuple[list[Component], bool]:
        return _one(services, current_actor(), job_id)

    _register_cancel_and_retry(app, services)


def _register_cancel_and_retry(app: PalierDash, services: "Services") -> None:
    """The buttons wake the polling of the page they are on: the next tick shows what came of it."""

    @app.callback(
        Output(NOTICES, "sendNotifications", allow_duplicate=True),
        Input({"page": "jobs", "do": "cancel", "job": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def cancel(_clicks: list[int]) -> list[Any]:
        view = services.jobs.cancel(current_actor(), pressed()["job"])
        _wake()
        return [notice(t("jobs.cancelling", title=view.job.title))]

    @app.callback(
        Output(NOTICES, "sendNotifications", allow_duplicate=True),
        Input({"page": "jobs", "do": "retry", "job": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def retry(_clicks: list[int]) -> list[Any]:
        view = services.jobs.retry(current_actor(), pressed()["job"])
        _wake()
        return [notice(t("jobs.retried", title=view.job.title), tone="good")]


def _wake() -> None:
    """Ask for the state again, now and until nothing is open; of the two pages only one is there."""
    for tick in (_TICK, _ONE_TICK):
        set_props(tick, {"disabled": False})


# ---------------------------------------------------------------------- the list


def _list_page(services: "Services", address: Address) -> Component:
    shown = address.query.get("status", "open")
    wanted: dict[str, Any] = {"status": shown if shown in _FILTERS else "open", "after": address.query.get("after")}
    content, idle = _list(services, current_actor(), **wanted)
    entries = [(key, t(f"jobs.filter_{key}"), link("/jobs", status=key)) for key in _FILTERS]
    return html.Div(
        [
            page_header(t("jobs.title"), lead=t("jobs.lead")),
            tabs(entries, current=wanted["status"] or "open", label=t("jobs.filter")),
            dcc.Store(id=_SHOWN, data=wanted),
            html.Div(content, id=_LIST),
            dcc.Interval(id=_TICK, interval=2000, disabled=idle),
        ]
    )


def _list(services: "Services", actor: Actor, *, status: str, after: str | None = None) -> tuple[list[Component], bool]:
    """Return the list, and whether nothing goes on."""
    views = services.jobs.page(actor, status=_FILTERS[status], after=after, limit=_PAGE)
    at = now()
    more = link("/jobs", status=status, after=views[-1].job.id) if len(views) == _PAGE else None
    content = [
        _table(views, at, status) if views else _empty(status),
        pager(first=link("/jobs", status=status) if after else None, next=more),
        _workers(services.jobs.workers(actor), services.jobs.queues(actor), at),
    ]
    return content, not any(v.job.status in OPEN for v in views)


def _empty(status: str) -> Component:
    if status == "open":
        start = dcc.Link(t("jobs.upload"), href="/diagnose", className="button-link quiet")
        return empty_state(t("jobs.empty_open"), t("jobs.empty_open_text"), actions=[start])
    return empty_state(t("jobs.empty_other"), t("jobs.empty_other_text"))


def _table(views: Sequence[JobView], at: datetime, status: str) -> Component:
    columns = [
        Column(t("jobs.what")),
        Column(t("jobs.state")),
        Column(t("jobs.progress") if status == "open" else t("jobs.took")),
        Column(t("jobs.by"), hide_on_phone=True),
        Column(t("jobs.submitted"), hide_on_phone=True),
        Column(t("jobs.actions"), align="right", unseen=True),
    ]
    return table(columns, [_row(view, at) for view in views], caption=t("jobs.caption"))


def _row(view: JobView, at: datetime) -> list[Any]:
    job = view.job
    name = [
        dcc.Link(job.title or job_words(job.kind, view.kind_words), href=f"/jobs/{job.id}"),
        html.Span(job_words(job.kind, view.kind_words), className="cell-sub"),
    ]
    going_on = job.status in OPEN
    return [
        html.Div(name),
        status_badge(job),
        job_progress(job, at, queue_position=view.queue_position) if going_on else _took(view),
        view.created_by_name,
        age(job.created_at, at),
        html.Div(_actions(view), className="row-actions"),
    ]


def _took(view: JobView) -> str:
    job = view.job
    if job.started_at is None or job.finished_at is None:
        return "–"
    return duration(round((job.finished_at - job.started_at).total_seconds(), 1))


def _actions(view: JobView) -> list[Component]:
    job, found = view.job, []
    if view.can_cancel:
        found.append(_button("cancel", job.id))
    if view.can_retry:
        found.append(_button("retry", job.id))
    if view.result_link is not None:
        found.append(dcc.Link(t("jobs.result"), href=view.result_link))
    return found


def _button(do: str, job_id: str) -> Component:
    button_id = {"page": "jobs", "do": do, "job": job_id}
    made: Component = dmc.Button(t(f"jobs.{do}"), id=button_id, variant="default", size="xs")
    return made


# ---------------------------------------------------------------------- workers


def _workers(workers: Sequence[WorkerBeat], queues: Sequence[QueueView], at: datetime) -> Component:
    alive = [w for w in workers if at - w.seen_at < timedelta(days=1)]
    shown = _worker_table(alive, at) if alive else empty_state(t("jobs.no_workers"), t("jobs.no_workers_text"))
    columns = [
        Column(t("jobs.queue")),
        Column(t("jobs.waiting"), align="right"),
        Column(t("jobs.running"), align="right"),
        Column(t("jobs.oldest"), align="right"),
    ]
    return html.Div(
        [
            html.Section([html.H2(t("jobs.workers")), shown], className="section"),
            html.Section(
                [
                    html.H2(t("jobs.queues_title")),
                    table(columns, [_queue_row(q) for q in queues], caption=t("jobs.queues_caption")),
                ],
                className="section",
            ),
        ],
        className="columns",
    )


def _queue_row(queue: QueueView) -> list[str]:
    oldest = duration(round(queue.oldest_s)) if queue.waiting else "–"
    return [_queue(queue.name), count(queue.waiting), count(queue.running), oldest]


def _queue(name: str) -> str:
    return t(f"jobs.queue_{name}") if has(f"jobs.queue_{name}") else name


def _worker_table(workers: Sequence[WorkerBeat], at: datetime) -> Component:
    columns = [
        Column(t("jobs.worker")),
        Column(t("jobs.state")),
        Column(t("jobs.doing")),
        Column(t("jobs.seen"), align="right"),
    ]
    return table(columns, [_worker(w, at) for w in workers], caption=t("jobs.workers_caption"))


def _worker(worker: WorkerBeat, at: datetime) -> list[Any]:
    silent = at - worker.seen_at > _SILENT
    doing: Any = (
        t("jobs.idle") if worker.job_id is None else dcc.Link(worker.job_id[-8:], href=f"/jobs/{worker.job_id}")
    )
    mark = html.Span("!" if silent else "✓", className="badge-symbol", **named(aria_hidden="true"))
    queues = ", ".join(_queue(q) for q in worker.queues.replace(",", " ").split())
    return [
        html.Div([f"{worker.host}:{worker.pid}", html.Span(queues, className="cell-sub")]),
        html.Span(
            [mark, t("jobs.silent" if silent else "jobs.alive")], className=f"badge tone-{'warn' if silent else 'good'}"
        ),
        doing,
        age(worker.seen_at, at),
    ]


# ---------------------------------------------------------------------- one job


def _one_page(services: "Services", address: Address) -> Component:
    job_id = address.ids["job_id"]
    actor = current_actor()
    view = services.jobs.get(actor, job_id)
    content, idle = _one(services, actor, job_id)
    words = job_words(view.job.kind, view.kind_words)
    return html.Div(
        [
            page_header(
                view.job.title or words,
                lead=words,
                above=dcc.Link(t("jobs.back"), href="/jobs"),
            ),
            dcc.Store(id=_SHOWN, data=job_id),
            html.Div(content, id=_ONE, className="stack"),
            dcc.Interval(id=_ONE_TICK, interval=1000, disabled=idle),
        ]
    )


def _one(services: "Services", actor: Actor, job_id: str) -> tuple[list[Component], bool]:
    """Return what is shown of one job, and whether it is over."""
    view = services.jobs.get(actor, job_id)
    job, at = view.job, now()
    known = [
        (t("jobs.state"), status_badge(job)),
        (t("jobs.submitted"), moment(job.created_at)),
        (t("jobs.by"), view.created_by_name),
        (t("jobs.attempt"), t("jobs.attempt_of", n=job.attempt, most=job.max_attempts)),
        (t("jobs.took"), _took(view)),
    ]
    going_on = job.status in OPEN
    content = [
        facts(known),
        *([job_progress(job, at, queue_position=view.queue_position)] if going_on else []),
        *([_failure(job.error)] if job.error else []),
        html.Div(_actions(view), className="line"),
        _log(services.jobs.log(actor, job_id)),
    ]
    return content, not going_on


def _failure(text: str) -> Component:
    return html.Div([html.Strong(t("jobs.error")), html.P(text)], className="message tone-bad")


def _log(lines: Sequence[JobLogLine]) -> Component:
    rows = [
        html.Li([moment(line.at), html.Span(line.text, lang="en")], className=f"log-{line.level}") for line in lines
    ]
    shown = html.Ol(rows, className="log", tabIndex=0) if rows else html.P(t("jobs.log_empty"), className="note")
    return html.Section([html.H2(t("jobs.log"), id="jobs-log-title"), shown], className="section")
