"""One attempt at one job: claim it, keep the lease alive, run it, and end it behind the fence."""

import random
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import structlog
from pydantic import ValidationError

from palier.app.entities import Job, JobLogLine, JobStatus
from palier.app.identity import new_id
from palier.app.job_kinds import JobKind, job_kind
from palier.errors import CancelledError, PalierError, ParameterError, TimeLimitError, UnavailableError
from palier.jobs.context import Outcome, Ports

__all__ = ["Attempt", "ReplacedError", "StoppingError", "claim", "execute"]

T = TypeVar("T")

_log = structlog.get_logger(__name__)

#: First pause before another attempt; it doubles each time, with jitter.
_BACK_OFF_S = 2.0
_BACK_OFF_MOST_S = 300.0
#: A heartbeat is sent at least so often, for people watch the progress.
_BEAT_S = 2.0
#: How long the end of a job is tried to be written while the database does not answer.
_FINISH_TRIES = 20


class ReplacedError(PalierError, RuntimeError):
    """Another worker has this job now; whatever this one finds is discarded."""


class StoppingError(PalierError, RuntimeError):
    """The worker is asked to stop; the job is handed back uncounted."""


def claim(
    ports: Ports, *, worker: str, queues: Sequence[str], lease: timedelta, job_id: str | None = None
) -> Job | None:
    """Take a job, under an owner's name that is used once."""
    owner = f"{worker}:{secrets.token_hex(4)}"
    with ports.store.writing() as t:
        return t.jobs.claim(owner=owner, queues=queues, now=ports.now(), lease=lease, job_id=job_id)


@dataclass(slots=True)
class Attempt:
    """The `JobContext` of a claimed job."""

    job: Job
    ports: Ports
    kind: JobKind
    lease: timedelta
    stopping: Callable[[], bool] = lambda: False
    on_stop_asked: Callable[[], None] = lambda: None
    """Called once when the job is asked to stop; whoever supervises may end its process if it does not."""
    monotonic: Callable[[], float] = time.monotonic
    """For durations: a clock that is set meanwhile changes nothing."""
    folder: Path = Path()
    _began_s: float = 0.0
    _ended: threading.Event = field(default_factory=threading.Event)
    _reason: PalierError | None = None
    _done: float | None = None
    _note: str = ""
    _eta_at: datetime | None = None

    def __post_init__(self) -> None:
        self._began_s = self.monotonic()

    def check(self) -> None:
        """Stop where that was asked."""
        if self._reason is not None:
            raise self._reason
        if self.stopping():
            raise StoppingError("the worker is stopping")
        if self.monotonic() - self._began_s > self.kind.soft_limit_s:
            raise TimeLimitError(
                f"longer than {self.kind.soft_limit_s:g} s, the limit of {self.kind.name}; make the task smaller"
            )

    def progress(self, done: float, total: float, note: str = "") -> None:
        """Say how far it is."""
        share = min(max(done / total, 0.0), 1.0) if total > 0 else 0.0
        self._done = max(self._done or 0.0, share)
        self._note = note
        if self._done > 0.02:
            left_s = (self.monotonic() - self._began_s) * (1 - self._done) / self._done
            self._eta_at = self.ports.now() + timedelta(seconds=left_s)
        self.check()

    def log(self, text: str, *, level: str = "info") -> None:
        """Write a line that the page shows."""
        now = self.ports.now()
        line = JobLogLine(new_id(now), self.job.id, self.job.attempt, now, level, text)
        with self.ports.store.writing() as t:
            t.job_log.add(line)

    def beat_until_ended(self) -> None:
        """Extend the lease every third of it; learn there of a cancel, or that another has replaced us."""
        pause_s = min(self.lease.total_seconds() / 3, _BEAT_S)
        while not self._ended.wait(pause_s):
            try:
                with self.ports.store.writing() as t:
                    cancel = t.jobs.heartbeat(
                        self.job,
                        now=self.ports.now(),
                        lease=self.lease,
                        progress=self._done,
                        note=self._note,
                        eta_at=self._eta_at,
                    )
            except UnavailableError:
                continue  # the database is gone for a moment: the lease may outlast that, and the fence decides
            if cancel is None:
                self._reason = ReplacedError("another worker has taken this job over")
                return
            if cancel and self._reason is None:
                self._reason = CancelledError("cancelled on request")
                self.on_stop_asked()

    def end(self) -> None:
        """Stop the heartbeat."""
        self._ended.set()


def execute(
    ports: Ports,
    job: Job,
    *,
    lease: timedelta,
    stopping: Callable[[], bool] = lambda: False,
    on_stop_asked: Callable[[], None] = lambda: None,
    time_is_up: tuple[type[Exception], ...] = (),
) -> JobStatus | None:
    """Run a claimed job to its end, and return how it ended; None where it was handed back or taken over.

    Whatever goes wrong inside ends in the job's row, in words; nothing is raised for it. `time_is_up` are what the
    transport raises in the job at its soft limit.
    """
    structlog.contextvars.bind_contextvars(job_id=job.id, attempt=job.attempt, kind=job.kind)
    kind = job_kind(job.kind)
    attempt = Attempt(job, ports, kind, lease, stopping, on_stop_asked)
    heart = threading.Thread(target=attempt.beat_until_ended, name=f"heartbeat {job.id}", daemon=True)
    heart.start()
    try:
        ending = _run(kind, attempt, time_is_up)
    finally:
        attempt.end()
        heart.join()
        structlog.contextvars.unbind_contextvars("job_id", "attempt", "kind")
    return ending


def _run(kind: JobKind, attempt: Attempt, time_is_up: tuple[type[Exception], ...]) -> JobStatus | None:
    try:
        outcome = _found(kind, attempt)
        return _published(attempt, outcome)
    except ReplacedError:
        return None  # the folder stays: where our own answer got lost after a commit, the row names it
    except StoppingError:
        _log.info("job handed back")
        _handed_back(attempt, not_before=attempt.ports.now(), count_attempt=False, error=None)
        return None
    except CancelledError:
        return _finished(attempt, JobStatus.CANCELLED, error=None)
    except time_is_up:
        text = f"longer than {kind.soft_limit_s:g} s, the limit of {kind.name}; make the task smaller"
        _say(attempt, text)
        return _finished(attempt, JobStatus.FAILED, error=text)
    except kind.transient as error:
        return _tried_again(attempt, error)
    except PalierError as error:
        _say(attempt, str(error))
        return _finished(attempt, JobStatus.FAILED, error=str(error))
    except Exception as error:  # noqa: BLE001 - the one place where a worker turns errors into a row
        _log.exception("job failed")
        text = f"an error in palier itself ({type(error).__name__}); the log of the worker has it under this job's id"
        _say(attempt, text)
        return _finished(attempt, JobStatus.FAILED, error=text)


def _found(kind: JobKind, attempt: Attempt) -> Outcome:
    attempt.folder = attempt.ports.files.attempt_folder(attempt.job)
    module = kind.load()
    try:
        arguments = module.Arguments.model_validate(attempt.job.args_json)
    except ValidationError as error:
        raise ParameterError(f"the arguments of this job are not valid: {error}") from None
    attempt.check()
    outcome: Outcome = module.run(attempt, arguments)
    attempt.check()
    return outcome


def _published(attempt: Attempt, outcome: Outcome) -> JobStatus | None:
    """End the job and publish what it found in one transaction, behind the fence."""

    def publish() -> JobStatus | None:
        with attempt.ports.store.writing() as t:
            now = attempt.ports.now()
            result = outcome.result.model_dump(mode="json")
            if not t.jobs.finish(attempt.job, status=JobStatus.DONE, now=now, result=result):
                raise ReplacedError("another worker has taken this job over")
            outcome.publish(t)
        return JobStatus.DONE

    return _insisting(publish)


def _cleared(attempt: Attempt) -> None:
    """Delete what an attempt leaves; before its end is written, for the next one may take the same folder."""
    if attempt.folder != Path():
        shutil.rmtree(attempt.folder, ignore_errors=True)


def _finished(attempt: Attempt, status: JobStatus, *, error: str | None) -> JobStatus | None:
    _cleared(attempt)

    def write() -> JobStatus | None:
        with attempt.ports.store.writing() as t:
            ours = t.jobs.finish(attempt.job, status=status, now=attempt.ports.now(), error=error)
        return status if ours else None

    return _insisting(write)


def _handed_back(attempt: Attempt, *, not_before: datetime, count_attempt: bool, error: str | None) -> None:
    _cleared(attempt)

    def write() -> None:
        with attempt.ports.store.writing() as t:
            t.jobs.hand_back(
                attempt.job, now=attempt.ports.now(), not_before=not_before, count_attempt=count_attempt, error=error
            )

    _insisting(write)


def _tried_again(attempt: Attempt, error: Exception) -> JobStatus | None:
    job = attempt.job
    _say(attempt, f"{error}")
    if job.attempt >= job.max_attempts:
        return _finished(attempt, JobStatus.FAILED, error=f"{error} (attempt {job.attempt} of {job.max_attempts})")
    pause_s = min(_BACK_OFF_S * 2 ** (job.attempt - 1), _BACK_OFF_MOST_S)
    pause_s *= random.SystemRandom().uniform(0.5, 1.5)
    _handed_back(
        attempt,
        not_before=attempt.ports.now() + timedelta(seconds=pause_s),
        count_attempt=True,
        error=f"{error}; trying again (attempt {job.attempt} of {job.max_attempts})",
    )
    return None


def _say(attempt: Attempt, text: str) -> None:
    _insisting(lambda: attempt.log(text, level="error"))


def _insisting(write: Callable[[], T]) -> T:
    """Write something that must not be lost: a database that is gone for a while is waited for."""
    pause = threading.Event()
    for i in range(_FINISH_TRIES - 1):
        try:
            return write()
        except UnavailableError:
            _log.warning("the database does not answer; trying again")
            pause.wait(min(0.25 * 2**i, 5.0))
    return write()
