"""How far a job is, when it will be done, and the way to stop it."""

from datetime import datetime
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from palier.app.entities import Job, JobStatus
from palier.web.components.attributes import named
from palier.web.i18n import duration as _duration
from palier.web.i18n import has, percent, t

__all__ = ["OPEN", "job_progress", "job_words", "status_badge"]

#: States in which a job still goes on.
OPEN = (JobStatus.QUEUED, JobStatus.RUNNING)

_SYMBOLS = {
    JobStatus.QUEUED: ("…", "none"),
    JobStatus.RUNNING: ("▶", "info"),
    JobStatus.DONE: ("✓", "good"),
    JobStatus.FAILED: ("✕", "bad"),
    JobStatus.CANCELLED: ("–", "none"),
}


def status_badge(job: Job) -> Component:
    """Show where a job stands."""
    symbol, tone = _SYMBOLS[job.status]
    stopping = job.cancel_requested and job.status is JobStatus.RUNNING
    words = t("jobs.status_stopping") if stopping else t(f"jobs.status_{job.status.value}")
    mark = html.Span(symbol, className="badge-symbol", **named(aria_hidden="true"))
    return html.Span([mark, words], className=f"badge tone-{tone}")


def job_words(kind: str, fallback: str) -> str:
    """Return what a kind of job does."""
    return t(f"jobs.kind_{kind}") if has(f"jobs.kind_{kind}") else fallback


def job_progress(job: Job, now: datetime, *, queue_position: int | None = None, cancel_id: Any = None) -> Component:
    """Show a bar, what is being done, and how long it will still take.

    Parameters
    ----------
    job : Job
    now : datetime
    queue_position : int, optional
        1 for the next.
    cancel_id : optional
        Id of a button that cancels; none without it.
    """
    share = 1.0 if job.status is JobStatus.DONE else (job.progress or 0.0)
    waiting = job.status is JobStatus.QUEUED
    bar = html.Div(
        html.Div(className="bar-fill", style={"width": f"{100 * share:.1f}%"}),
        className="bar bar-waiting" if waiting else "bar",
        role="progressbar",
        **named(
            aria_label=t("jobs.progress_of", title=job.title or job.kind),
            aria_valuemin="0",
            aria_valuemax="100",
            aria_valuenow=f"{100 * share:.0f}",
        ),
    )
    cancel = [] if cancel_id is None else [dmc.Button(t("jobs.cancel"), id=cancel_id, variant="default", size="xs")]
    return html.Div(
        [
            html.Div([bar, *cancel], className="progress-line"),
            html.P(_note(job, now, queue_position), className="note"),
        ],
        className="job-progress",
    )


def _note(job: Job, now: datetime, queue_position: int | None) -> str:
    if job.status is JobStatus.QUEUED:
        if job.not_before > now:
            return t("jobs.waits_until", time=_duration((job.not_before - now).total_seconds()))
        return t("jobs.waits") if queue_position is None else t("jobs.waits_at", place=queue_position)
    if job.status is not JobStatus.RUNNING:
        return t(f"jobs.status_{job.status.value}")
    parts = [percent(job.progress or 0.0), _doing(job.progress_note)]
    if job.eta_at is not None and job.eta_at > now:
        parts.append(t("jobs.still", time=_duration(max(1, round((job.eta_at - now).total_seconds())))))
    return " · ".join(p for p in parts if p)


def _doing(note: str) -> str:
    """Return what a job says it is doing, in words where it is one of the known steps."""
    return t(f"jobs.note_{note}") if note and has(f"jobs.note_{note}") else note
