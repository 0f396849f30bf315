"""How long work enters the queue."""

from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Any

from palier.app.entities import Job, JobStatus
from palier.app.identity import new_id
from palier.app.job_kinds import job_kind
from palier.app.ports import Hints, Tables
from palier.app.roles import Actor

__all__ = ["plain_json", "submit"]


def submit(
    tables: Tables,
    hints: Hints,
    actor: Actor,
    kind: str,
    args: dict[str, Any],
    *,
    now: datetime,
    title: str,
    priority: int = 0,
) -> Job:
    """Insert a job in the transaction of what asks for it; the hint is sent once that is committed."""
    declared = job_kind(kind)
    job = Job(
        id=new_id(now),
        workspace_id=actor.workspace_id or None,
        kind=kind,
        args_json=args,
        status=JobStatus.QUEUED,
        created_by=actor.user_id,
        created_at=now,
        enqueued_at=now,
        not_before=now,
        priority=priority,
        queue=declared.queue,
        max_attempts=declared.max_attempts,
        title=title[:300],
    )
    tables.jobs.add(job)
    tables.after_commit(lambda: hints.send(job))
    return job


def plain_json(value: Any) -> Any:
    """Return plain JSON values of a spec: dataclasses become objects, tuples lists, times ISO 8601.

    Examples
    --------
    >>> from palier.app.specs import OpinionSpec
    >>> plain_json(OpinionSpec("right"))
    {'opinion': 'right', 'fault': None, 'note': ''}
    """
    if is_dataclass(value) and not isinstance(value, type):
        return plain_json(asdict(value))
    if isinstance(value, dict):
        return {str(k): plain_json(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain_json(v) for v in value]
    return value.isoformat() if isinstance(value, datetime) else value
