"""Jobs."""

from datetime import datetime
from typing import Any

from pydantic import Field

from palier.api.fields import Shown
from palier.app.entities import Job, JobLogLine, JobStatus, WorkerBeat
from palier.app.views import JobView, QueueView

__all__ = ["JobBrief", "JobOut", "JobsOut", "LogLine", "LogOut", "QueueOut", "WorkerOut", "WorkloadOut"]

#: What the result of a job says that is for everybody; where files lie is not.
_TOLD = (
    "dataset_id", "diagnosis_id", "evaluation_id", "model_id", "recording_id", "verdict", "sentence", "n_records",
    "content_hash", "findings", "ready", "unreadable", "left_out", "file_name", "size_bytes",
)  # fmt: skip


class JobBrief(Shown):
    """Where a job stands."""

    id: str
    kind: str
    title: str
    status: JobStatus
    progress: float | None = Field(description="0 to 1.")
    error: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, j: Job) -> "JobBrief":
        """Translate."""
        return cls(**_brief(j))


def _brief(j: Job) -> dict[str, Any]:
    return {name: getattr(j, name) for name in JobBrief.model_fields}


class JobOut(JobBrief):
    """A job."""

    kind_words: str = Field(description="What it does.")
    progress_note: str
    eta_at: datetime | None
    attempt: int
    max_attempts: int
    queue: str
    queue_position: int | None = Field(description="1 for the next; null where it does not wait.")
    created_by_name: str
    cancel_requested: bool
    can_cancel: bool
    can_retry: bool
    result: dict[str, Any] | None
    link: str | None = Field(description="Where in the API that is which it made.", examples=["/api/v1/diagnoses/…"])

    @classmethod
    def of(cls, v: JobView | Job) -> "JobOut":
        """Translate."""
        if isinstance(v, Job):
            v = JobView(v, v.kind, "", None, can_cancel=False, can_retry=False, result_link=None)
        j = v.job
        result = None if j.result_json is None else {k: j.result_json[k] for k in _TOLD if k in j.result_json}
        return cls(
            **_brief(j), kind_words=v.kind_words, progress_note=j.progress_note, eta_at=j.eta_at, attempt=j.attempt,
            max_attempts=j.max_attempts, queue=j.queue, queue_position=v.queue_position,
            created_by_name=v.created_by_name, cancel_requested=j.cancel_requested, can_cancel=v.can_cancel,
            can_retry=v.can_retry, result=result, link=_link(j),
        )  # fmt: skip


def _link(j: Job) -> str | None:
    """Return where in the API that is which a job made."""
    if j.status is not JobStatus.DONE:
        return None
    if j.kind == "export_dataset":
        return f"/api/v1/datasets/exports/{j.id}"
    made = {**j.args_json, **(j.result_json or {})}
    for key, kind in (("diagnosis_id", "diagnoses"), ("model_id", "models"), ("dataset_id", "datasets")):
        if key in made:
            return f"/api/v1/{kind}/{made[key]}"
    ids = made.get("recording_ids") or [None]
    return f"/api/v1/recordings/{ids[0]}" if len(ids) == 1 and ids[0] else None


class JobsOut(Shown):
    """A page of jobs, newest first."""

    items: list[JobOut]
    next: str | None = Field(description="Cursor of the next page.")


class LogLine(Shown):
    """One line of a job's log."""

    id: str
    at: datetime
    attempt: int
    level: str = Field(description="info, warning or error.")
    text: str

    @classmethod
    def of(cls, line: JobLogLine) -> "LogLine":
        """Translate."""
        return cls(id=line.id, at=line.at, attempt=line.attempt, level=line.level, text=line.text)


class LogOut(Shown):
    """Lines of a job's log, oldest first."""

    items: list[LogLine]
    next: str | None = Field(description="Cursor of the next page.")


class QueueOut(Shown):
    """What waits in one queue."""

    name: str
    waiting: int
    oldest_s: float
    running: int

    @classmethod
    def of(cls, q: QueueView) -> "QueueOut":
        """Translate."""
        return cls(name=q.name, waiting=q.waiting, oldest_s=q.oldest_s, running=q.running)


class WorkerOut(Shown):
    """A worker."""

    host: str
    pid: int
    queues: str
    started_at: datetime
    seen_at: datetime
    job_id: str | None

    @classmethod
    def of(cls, w: WorkerBeat) -> "WorkerOut":
        """Translate."""
        return cls(host=w.host, pid=w.pid, queues=w.queues, started_at=w.started_at, seen_at=w.seen_at, job_id=w.job_id)


class WorkloadOut(Shown):
    """What waits, and who works on it, over all workspaces."""

    queues: list[QueueOut]
    workers: list[WorkerOut]
