"""Jobs as people see them: what waits, runs and is done; cancel and retry."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from palier.app import checks
from palier.app.audit import record
from palier.app.entities import Job, JobLogLine, JobStatus, WorkerBeat
from palier.app.job_kinds import JOB_KINDS
from palier.app.ports import Clock, Hints, Store, Tables
from palier.app.roles import Actor, Permission
from palier.app.views import JobView, QueueView
from palier.errors import ConflictError

__all__ = ["JobService"]

_OVER = (JobStatus.FAILED, JobStatus.CANCELLED)
_OPEN = (JobStatus.QUEUED, JobStatus.RUNNING)


@dataclass(frozen=True, slots=True)
class JobService:
    """Long work."""

    store: Store
    hints: Hints
    now: Clock

    def page(
        self,
        actor: Actor,
        *,
        status: Sequence[JobStatus] | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> list[JobView]:
        """Return jobs of the workspace, newest first."""
        actor.require(Permission.READ)
        with self.store.reading() as t:
            jobs = t.jobs.all(
                workspace_id=actor.workspace_id, newest_first=True, after=after, limit=checks.limit_of(limit),
                one_of=None if status is None else {"status": list(status)},
            )  # fmt: skip
            return _views(t, actor, jobs)

    def get(self, actor: Actor, id: str) -> JobView:  # noqa: A002
        """Return one job."""
        actor.require(Permission.READ)
        with self.store.reading() as t:
            return _views(t, actor, [t.jobs.get(id, workspace_id=actor.workspace_id)])[0]

    def log(self, actor: Actor, id: str, *, after: str | None = None, limit: int = 500) -> list[JobLogLine]:  # noqa: A002
        """Return lines of a job's log, oldest first."""
        actor.require(Permission.READ)
        with self.store.reading() as t:
            t.jobs.get(id, workspace_id=actor.workspace_id)
            return t.job_log.all(job_id=id, after=after, limit=checks.limit_of(limit, most=1000))

    def cancel(self, actor: Actor, id: str) -> JobView:  # noqa: A002
        """Cancel a job that waits; ask one that runs to stop. Of one that is over nothing changes."""
        with self.store.writing() as t:
            self._require(actor, t.jobs.get(id, workspace_id=actor.workspace_id))
            job = t.jobs.request_cancel(id, now=self.now())
            record(t, actor, "job.cancel", "job", id, now=self.now(), kind=job.kind)
            return _views(t, actor, [job])[0]

    def retry(self, actor: Actor, id: str) -> JobView:  # noqa: A002
        """Queue a job that failed or was cancelled again, with all its attempts.

        Raises ConflictError for one that waits, runs or is done.
        """
        now = self.now()
        with self.store.writing() as t:
            old = t.jobs.get(id, workspace_id=actor.workspace_id)
            self._require(actor, old)
            if old.status not in _OVER:
                raise ConflictError(
                    f"this job is {old.status.value}; only one that failed or was cancelled can be retried"
                )
            job = replace(
                old, status=JobStatus.QUEUED, enqueued_at=now, not_before=now, owner=None, lease_until=None,
                finished_at=None, cancel_requested=False, progress=None, progress_note="", eta_at=None, error=None,
                max_attempts=old.attempt + JOB_KINDS[old.kind].max_attempts,
            )  # fmt: skip
            t.jobs.put(job)
            record(t, actor, "job.retry", "job", id, now=now, kind=job.kind)
            t.after_commit(lambda: self.hints.send(job))
            return _views(t, actor, [job])[0]

    def workers(self, actor: Actor) -> tuple[WorkerBeat, ...]:
        """Return the workers that were heard of."""
        actor.require(Permission.READ)
        with self.store.reading() as t:
            return tuple(sorted(t.workers.all(), key=lambda w: (w.host, w.pid)))

    def queues(self, actor: Actor) -> tuple[QueueView, ...]:
        """Return what waits and runs in each queue, over all workspaces."""
        actor.require(Permission.READ)
        with self.store.reading() as t:
            return queue_views(t, self.now)

    @staticmethod
    def _require(actor: Actor, job: Job) -> None:
        actor.require(Permission.DIAGNOSE if job.created_by == actor.user_id else Permission.TRAIN)


def queue_views(t: Tables, now: Clock) -> tuple[QueueView, ...]:
    """Return what waits and runs in each queue."""
    waiting = t.jobs.oldest_queued(now=now())
    names = tuple(dict.fromkeys(k.queue for k in JOB_KINDS.values()))
    return tuple(
        QueueView(name, *waiting.get(name, (0, 0.0)), running=t.jobs.count(queue=name, status=JobStatus.RUNNING))
        for name in names
    )


def _views(t: Tables, actor: Actor, jobs: Sequence[Job]) -> list[JobView]:
    people = {j.created_by for j in jobs if j.created_by}
    names = {u.id: u.name for u in t.users.all(one_of={"id": sorted(people)})} if people else {}
    return [_view(t, actor, job, names.get(job.created_by, "palier")) for job in jobs]


def _view(t: Tables, actor: Actor, job: Job, name: str) -> JobView:
    allowed = actor.may(Permission.DIAGNOSE if job.created_by == actor.user_id else Permission.TRAIN)
    position = None
    if job.status is JobStatus.QUEUED:
        ahead = t.jobs.all(queue=job.queue, status=JobStatus.QUEUED, leave_out=("result_json",), limit=500)
        position = 1 + sum((-o.priority, o.id) < (-job.priority, job.id) for o in ahead)
    return JobView(
        job=job,
        kind_words=JOB_KINDS[job.kind].words if job.kind in JOB_KINDS else job.kind,
        created_by_name=name,
        queue_position=position,
        can_cancel=allowed and job.status in _OPEN and not job.cancel_requested,
        can_retry=allowed and job.status in _OVER,
        result_link=_link(job) if job.status is JobStatus.DONE else None,
    )


def _link(job: Job) -> str | None:
    """Return the page that shows what a job made."""
    if job.kind == "diagnose":
        return f"/diagnoses/{job.args_json['diagnosis_id']}"
    if job.kind == "import_recordings":
        ids = job.args_json["recording_ids"]
        return f"/diagnose?recordings={','.join(ids)}"
    if job.kind in {"simulate_dataset", "import_dataset"}:
        return f"/datasets/{job.id}"
    if job.kind in {"audit", "export_dataset"}:
        return f"/datasets/{job.args_json['dataset_id']}"
    if job.kind == "train_classical":
        return f"/models/{job.id}"
    return f"/models/{job.args_json['model_id']}" if job.kind == "evaluate" else None
