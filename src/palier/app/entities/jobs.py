"""Long work, and who does it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

__all__ = ["Idempotency", "Job", "JobLogLine", "JobStatus", "OutboxMessage", "WorkerBeat"]


class JobStatus(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of long work. The database owns it; a broker only carries its id."""

    id: str
    workspace_id: str | None
    kind: str
    """Name of a `palier.app.job_kinds.JobKind`."""
    args_json: dict[str, Any]
    status: JobStatus
    created_by: str
    created_at: datetime
    enqueued_at: datetime
    """When the last hint was sent; stale ones are sent again."""
    not_before: datetime
    """Not to be claimed earlier: back-off between attempts."""
    priority: int = 0
    """Higher is sooner."""
    queue: str = "analysis"
    attempt: int = 0
    max_attempts: int = 3
    owner: str | None = None
    lease_until: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    cancel_requested: bool = False
    progress: float | None = None
    """0 to 1."""
    progress_note: str = ""
    eta_at: datetime | None = None
    error: str | None = None
    """What came, what is allowed, what to do; of the last attempt that failed."""
    result_json: dict[str, Any] | None = None
    title: str = ""
    """What it is about, in a few words: a file name, a dataset's name."""
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class JobLogLine:
    """One line of a job's log."""

    id: str
    job_id: str
    attempt: int
    at: datetime
    level: str
    """info, warning or error."""
    text: str


@dataclass(frozen=True, slots=True)
class WorkerBeat:
    """A worker that is alive, as long as its row is touched."""

    id: str
    host: str
    pid: int
    queues: str
    started_at: datetime
    seen_at: datetime
    job_id: str | None = None


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """Something to tell somebody, written with the event it tells of."""

    id: str
    workspace_id: str | None
    channel: str
    """Such as ``mail``."""
    recipient: str
    template: str
    payload_json: dict[str, Any]
    created_at: datetime
    delivered_at: datetime | None = None
    failed_at: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Idempotency:
    """What a request with an Idempotency-Key was answered."""

    id: str
    """Digest of workspace, user, route and key."""
    request_hash: str
    created_at: datetime
    status_code: int
    answer_json: dict[str, Any]
