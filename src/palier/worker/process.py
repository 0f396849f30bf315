"""One worker process: claims a job, runs it, and asks for the next."""

import os
import signal
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from multiprocessing.connection import Connection

import structlog

from palier.bootstrap import open_ports, start_logging
from palier.config import Settings
from palier.errors import UnavailableError
from palier.jobs.execute import claim, execute
from palier.worker.pulse import Pulse

__all__ = ["Ended", "Running", "StopAsked", "work"]

_log = structlog.get_logger(__name__)

#: How often the database is asked while nothing is to be done.
_POLL_S = 0.4
#: A process is replaced after so many jobs: whatever a library leaks does not add up.
_MOST_JOBS = 50


@dataclass(frozen=True, slots=True)
class Running:
    """Told to the supervisor: this job was claimed."""

    job_id: str
    owner: str
    attempt: int
    kind: str


@dataclass(frozen=True, slots=True)
class StopAsked:
    """Told to the supervisor: the job was asked to stop."""


@dataclass(frozen=True, slots=True)
class Ended:
    """Told to the supervisor: the job is over."""


def work(settings: Settings, queues: Sequence[str], link: Connection) -> None:
    """Work until the supervisor says stop or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the supervisor decides
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    start_logging(settings)
    stopping = threading.Event()
    threading.Thread(target=_listen, args=(link, stopping), name="link", daemon=True).start()
    ports = open_ports(settings)
    pulse = Pulse(ports, queues)
    pulse.start()
    lease = timedelta(seconds=settings.job_lease_s)
    done, warm = 0, False
    while not stopping.is_set() and done < _MOST_JOBS:
        try:
            job = claim(ports, worker=f"{pulse.id}/{os.getpid()}", queues=queues, lease=lease)
        except UnavailableError:
            _log.warning("the database does not answer; trying again")
            stopping.wait(2.0)
            continue
        if job is None:
            if not warm:
                warm = _warm_up()
            stopping.wait(_POLL_S)
            continue
        pulse.job_id = job.id
        _tell(link, Running(job.id, job.owner or "", job.attempt, job.kind))
        execute(ports, job, lease=lease, stopping=stopping.is_set, on_stop_asked=lambda: _tell(link, StopAsked()))
        _tell(link, Ended())
        pulse.job_id = None
        done += 1
    pulse.stop()


def _warm_up() -> bool:
    """Import what the first diagnosis needs while nobody waits for it."""
    for module in ("palier.jobs.import_recordings", "palier.jobs.diagnose", "palier.data.read", "palier.diagnosis"):
        import_module(module)
    return True


def _listen(link: Connection, stopping: threading.Event) -> None:
    """Stop on any word of the supervisor, and on its death."""
    try:
        link.recv()
    except (EOFError, OSError):
        _log.warning("the supervisor is gone; this worker stops")
    stopping.set()


def _tell(link: Connection, what: Running | StopAsked | Ended) -> None:
    try:
        link.send(what)
    except OSError:
        _log.debug("the supervisor is gone")
