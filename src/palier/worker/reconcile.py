"""The reconciler: finds jobs that were lost, and starts what is due. One leads among all processes."""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from palier.app.entities import JobStatus
from palier.app.ports import Hints, Tables
from palier.app.roles import Actor, Role
from palier.app.submission import submit
from palier.errors import UnavailableError
from palier.jobs.context import Ports

__all__ = ["Reconciler"]

_log = structlog.get_logger(__name__)

_PURGE_EVERY = timedelta(hours=1)
_FORGET_WORKERS = timedelta(minutes=10)
_SYSTEM = Actor("", "palier", "", Role.ADMIN, kind="system")


@dataclass(slots=True)
class Reconciler:
    """Looks after the jobs table every few seconds."""

    ports: Ports
    hints: Hints
    every_s: float
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _purged_at: datetime | None = None

    def start(self) -> None:
        """Begin, in a thread."""
        self._thread = threading.Thread(target=self._go_on, name="reconciler", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End; another process may lead then."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _go_on(self) -> None:
        while not self._stop.wait(self.every_s):
            try:
                with self.ports.store.leading("reconciler") as leads:
                    while leads and not self._stop.is_set():
                        self.once()
                        self._stop.wait(self.every_s)
            except UnavailableError:
                _log.warning("the database does not answer; trying again")

    def once(self) -> None:
        """Look once."""
        now = self.ports.now()
        with self.ports.store.writing() as t:
            lost = t.jobs.give_up(now=now)
            stale = t.jobs.stale(now=now, hint_age=timedelta(seconds=max(2 * self.every_s, 10)), limit=200)
            for worker in t.workers.all():
                if now - worker.seen_at > _FORGET_WORKERS:
                    t.workers.remove(id=worker.id)
            self._start_purge(t, now)
        for job in lost:
            _log.warning("job given up", job_id=job.id, kind=job.kind, status=job.status.value)
        for job in stale:
            self.hints.send(job)

    def _start_purge(self, tables: Tables, now: datetime) -> None:
        if self._purged_at is not None and now - self._purged_at < _PURGE_EVERY:
            return
        self._purged_at = now
        open_ones = {"status": [JobStatus.QUEUED, JobStatus.RUNNING]}
        if tables.jobs.count(kind="purge_expired", one_of=open_ones) == 0:
            submit(tables, self.hints, _SYSTEM, "purge_expired", {}, now=now, title="")
