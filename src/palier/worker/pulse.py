"""A worker's row in the database: it lives as long as the row is touched."""

import os
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import structlog

from palier.app.entities import WorkerBeat
from palier.app.identity import new_id
from palier.errors import NotFoundError, UnavailableError
from palier.jobs.context import Ports

__all__ = ["Pulse"]

_log = structlog.get_logger(__name__)

_EVERY_S = 5.0


@dataclass(slots=True)
class Pulse:
    """Touches the row of this process every few seconds, and says which job it runs."""

    ports: Ports
    queues: Sequence[str]
    job_id: str | None = None
    beat: WorkerBeat = field(init=False)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __post_init__(self) -> None:
        now = self.ports.now()
        self.beat = WorkerBeat(new_id(now), socket.gethostname()[:200], os.getpid(), " ".join(self.queues), now, now)

    @property
    def id(self) -> str:
        """Return the worker's id."""
        return self.beat.id

    def start(self) -> None:
        """Write the row and keep touching it."""
        self.touch()
        self._thread = threading.Thread(target=self._go_on, name="pulse", daemon=True)
        self._thread.start()

    def touch(self) -> None:
        """Write that this worker is alive."""
        row = replace(self.beat, seen_at=self.ports.now(), job_id=self.job_id)
        try:
            with self.ports.store.writing() as t:
                try:
                    t.workers.put(row)
                except NotFoundError:
                    t.workers.add(row)
        except UnavailableError:
            _log.warning("the database does not answer; this worker goes on trying")

    def stop(self) -> None:
        """Take the row away."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        try:
            with self.ports.store.writing() as t:
                t.workers.remove(id=self.beat.id)
        except UnavailableError:
            _log.warning("the database does not answer; the row of this worker stays until it is purged")

    def _go_on(self) -> None:
        while not self._stop.wait(_EVERY_S):
            self.touch()
