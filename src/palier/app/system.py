"""The state of the installation."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from palier.app.entities import JobStatus
from palier.app.job_list import queue_views
from palier.app.ports import Clock, FileStore, RateLimiter, Store
from palier.app.roles import Actor, Permission
from palier.app.views import SystemView
from palier.errors import UnavailableError

__all__ = ["SystemService"]

#: A worker that was not heard of for so long is not alive.
_SILENT = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class SystemService:
    """Whether it works, and how busy it is."""

    store: Store
    files: FileStore
    limiter: RateLimiter
    now: Clock
    version: str
    settings: dict[str, Any]
    """Masked."""

    def ready(self) -> tuple[bool, dict[str, str]]:
        """Return whether requests can be served, and what each check says; each has its own time-out."""
        checks = self.store.check()
        checks["workers"] = self._workers() if checks["database"] == checks["migrations"] == "ok" else "not asked"
        degraded = self.limiter.degraded()
        checks["limits"] = "ok" if degraded is None else f"degraded: {degraded}"
        return all(state == "ok" for name, state in checks.items() if name in {"database", "migrations"}), checks

    def _workers(self) -> str:
        try:
            with self.store.reading() as t:
                seen = [w.seen_at for w in t.workers.all()]
        except UnavailableError:
            return "not known: the database does not answer"
        if not seen:
            return "degraded: no worker has reported; start one with `palier worker`"
        age = self.now() - max(seen)
        return "ok" if age < _SILENT else f"degraded: no worker was heard of for {age.total_seconds():.0f} s"

    def state(self, actor: Actor) -> SystemView:
        """Return everything an administrator watches."""
        actor.require(Permission.ADMINISTER)
        ready, checks = self.ready()
        with self.store.reading() as t:
            queues = queue_views(t, self.now)
            workers = tuple(t.workers.all())
        return SystemView(ready, checks, queues, workers, self.files.free_bytes(), self.version, self.settings)

    def metrics(self) -> dict[str, dict[tuple[str, ...], float]]:
        """Return the figures of `/metrics`, read from the database: right with any number of replicas.

        Keys are metric names, then label values.
        """
        now = self.now()
        with self.store.reading() as t:
            queues = queue_views(t, self.now)
            statuses: dict[tuple[str, ...], float] = {(s.value,): float(t.jobs.count(status=s)) for s in JobStatus}
            workers = [w.seen_at for w in t.workers.all()]
            return {
                "palier_jobs": statuses,
                "palier_queue_waiting_jobs": {(q.name,): float(q.waiting) for q in queues},
                "palier_queue_oldest_seconds": {(q.name,): q.oldest_s for q in queues},
                "palier_workers_alive": {(): float(sum(now - seen < _SILENT for seen in workers))},
                "palier_recordings": {(): float(t.recordings.count(deleted_at=None))},
                "palier_diagnoses": {(): float(t.diagnoses.count(deleted_at=None))},
                "palier_disk_free_bytes": {(): float(self.files.free_bytes())},
            }
