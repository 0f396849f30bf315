"""Keeps worker processes alive, ends those beyond their hard limit, and stops them without losing a job."""

import multiprocessing
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

import structlog

from palier.app.entities import JobStatus
from palier.app.job_kinds import JOB_KINDS, job_kind
from palier.app.ports import Hints
from palier.config import Settings
from palier.errors import NotFoundError, UnavailableError
from palier.jobs.context import Ports
from palier.worker.process import Ended, Running, StopAsked, work
from palier.worker.reconcile import Reconciler

__all__ = ["QUEUES", "Supervisor"]

_log = structlog.get_logger(__name__)

#: Every queue there is.
QUEUES: tuple[str, ...] = tuple(dict.fromkeys(kind.queue for kind in JOB_KINDS.values()))
#: How long a job that was asked to stop may go on before its process is killed.
_PATIENCE_S = 30.0
#: How long workers are given to finish or hand back when everything stops.
_GRACE_S = 20.0


@dataclass(slots=True)
class _Child:
    process: BaseProcess
    link: Connection
    running: Running | None = None
    deadline_s: float | None = None
    why: str = ""


@dataclass(slots=True)
class Supervisor:
    """A number of worker processes, and the reconciler."""

    settings: Settings
    ports: Ports
    hints: Hints
    processes: int
    queues: Sequence[str] = QUEUES
    _children: list[_Child] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _reconciler: Reconciler | None = None

    def start(self) -> None:
        """Start the processes and watch them in a thread."""
        self._reconciler = Reconciler(self.ports, self.hints, self.settings.reconcile_every_s)
        self._reconciler.start()
        self._children = [self._spawn() for _ in range(self.processes)]
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Tell the workers to stop: they hand their jobs back; those that do not are killed after a while."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        if self._reconciler is not None:
            self._reconciler.stop()
        for child in self._children:
            _tell_to_stop(child)
        end_s = time.monotonic() + _GRACE_S
        for child in self._children:
            child.process.join(max(0.0, end_s - time.monotonic()))
            self._read(child)
            if child.process.is_alive():
                child.process.kill()
                child.process.join()
            self._bury(child, restarted=False)

    def _spawn(self) -> _Child:
        ours, theirs = multiprocessing.get_context("spawn").Pipe()
        process = multiprocessing.get_context("spawn").Process(
            target=work, args=(self.settings, tuple(self.queues), theirs), name="palier worker", daemon=True
        )
        process.start()
        theirs.close()
        return _Child(process, ours)

    def _watch(self) -> None:
        while not self._stop.wait(0.2):
            for i, child in enumerate(self._children):
                self._read(child)
                if child.deadline_s is not None and time.monotonic() > child.deadline_s:
                    _log.warning("worker killed", pid=child.process.pid, why=child.why)
                    child.process.kill()
                    child.process.join()
                if not child.process.is_alive():
                    self._bury(child, restarted=True)
                    self._children[i] = self._spawn()

    def _read(self, child: _Child) -> None:
        """Take what a worker tells."""
        try:
            while child.link.poll():
                match child.link.recv():
                    case Running() as running:
                        limit_s = job_kind(running.kind).hard_limit_s
                        child.running, child.why = running, f"longer than {limit_s:g} s, the hard limit"
                        child.deadline_s = time.monotonic() + limit_s
                    case StopAsked() if child.deadline_s is not None:
                        child.deadline_s = min(child.deadline_s, time.monotonic() + _PATIENCE_S)
                        child.why = "cancelled"
                    case Ended():
                        child.running = child.deadline_s = None
        except (EOFError, OSError):
            return  # it died; whatever it told before has been read

    def _bury(self, child: _Child, *, restarted: bool) -> None:
        """Give back, or end, the job of a process that died with it, without waiting for its lease."""
        child.link.close()
        if restarted and child.process.exitcode != 0:
            _log.warning("worker died", pid=child.process.pid, exit=child.process.exitcode, restarted=restarted)
        if child.running is None:
            return
        try:
            with self.ports.store.writing() as t:
                job = t.jobs.get(child.running.job_id)
                ours = replace(job, owner=child.running.owner, attempt=child.running.attempt)
                now = self.ports.now()
                late = child.deadline_s is not None and time.monotonic() > child.deadline_s
                if late and child.why != "cancelled":
                    t.jobs.finish(ours, status=JobStatus.FAILED, now=now, error=f"{child.why}; its process was ended")
                elif job.cancel_requested:
                    t.jobs.finish(ours, status=JobStatus.CANCELLED, now=now)
                elif job.attempt >= job.max_attempts:
                    t.jobs.finish(ours, status=JobStatus.FAILED, now=now, error=_LOST)
                else:
                    pause = timedelta(seconds=2 ** min(job.attempt, 6))  # others first: this one may be what kills
                    t.jobs.hand_back(ours, now=now, not_before=now + pause, count_attempt=True, error=_LOST)
        except (UnavailableError, NotFoundError):
            _log.warning("the job of a dead worker waits for its lease to end", job_id=child.running.job_id)


_LOST = "worker lost: its process ended without a word"


def _tell_to_stop(child: _Child) -> None:
    try:
        child.link.send("stop")
    except OSError:
        _log.debug("worker is gone already", pid=child.process.pid)
