"""What the application needs from outside, as protocols; `palier.adapters` makes them real."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np

from palier.app import entities as e

__all__ = [
    "AttemptTable",
    "AuditTable",
    "Cipher",
    "Clock",
    "CurveReader",
    "FileStore",
    "Hints",
    "JobTable",
    "Mailer",
    "PasswordHasher",
    "RateDecision",
    "RateLimiter",
    "Science",
    "Store",
    "StoredFile",
    "Table",
    "Tables",
    "WaveformReader",
]

T = TypeVar("T")

#: Returns the time, aware, in UTC.
Clock = Callable[[], datetime]


class Table(Protocol[T]):
    """The rows of one kind. Criteria are equalities of fields; ``field=None`` means it is null."""

    def get(self, id: str, **criteria: Any) -> T:  # noqa: A002
        """Return the row of an id that also meets the criteria (such as ``workspace_id=…``), or raise NotFoundError."""
        ...

    def find(self, **criteria: Any) -> T | None:
        """Return the only row that meets the criteria, or None; two rows are an error."""
        ...

    def all(
        self,
        *,
        after: str | None = None,
        limit: int | None = None,
        newest_first: bool = False,
        one_of: Mapping[str, Sequence[Any]] | None = None,
        leave_out: Sequence[str] = (),
        **criteria: Any,
    ) -> list[T]:
        """Return rows in the order of their ids (the order in which they were made), from the one after `after`.

        Fields in `leave_out` are not read, and are None: for lists of rows with large values.
        """
        ...

    def count(self, *, one_of: Mapping[str, Sequence[Any]] | None = None, **criteria: Any) -> int:
        """Count the rows that meet the criteria."""
        ...

    def add(self, row: T) -> None:
        """Insert a row; raises ConflictError where a unique constraint forbids it."""
        ...

    def put(self, row: T) -> None:
        """Write a row over the one of the same id; raises NotFoundError where there is none.

        Where the kind has a ``version``, the row written must be one above the row stored: otherwise ConflictError.
        """
        ...

    def remove(self, **criteria: Any) -> int:
        """Delete rows and return how many; at least one criterion is needed."""
        ...


class JobTable(Table[e.Job], Protocol):
    """Jobs, with the four steps of operations.md. Every step is one statement, safe among any number of workers."""

    def claim(
        self, *, owner: str, queues: Sequence[str], now: datetime, lease: timedelta, job_id: str | None = None
    ) -> e.Job | None:
        """Take the next job that is queued and due, or running with an expired lease, and return it as taken.

        ``attempt`` is one higher; a job at its last attempt with an expired lease is not taken (`give_up` ends it).
        With `job_id`, only that one.
        """
        ...

    def heartbeat(
        self,
        job: e.Job,
        *,
        now: datetime,
        lease: timedelta,
        progress: float | None,
        note: str,
        eta_at: datetime | None,
    ) -> bool | None:
        """Extend the lease; return ``cancel_requested``, or None where the job is no longer ours."""
        ...

    def finish(
        self,
        job: e.Job,
        *,
        status: e.JobStatus,
        now: datetime,
        result: dict[str, Any] | None = None,
        error: str | None = None,
    ) -> bool:
        """End a job that is still ours; False where it is not, and the transaction must then be given up."""
        ...

    def hand_back(
        self, job: e.Job, *, now: datetime, not_before: datetime, count_attempt: bool, error: str | None
    ) -> bool:
        """Queue a job of ours again, at `not_before`: after a transient error, or uncounted when the worker stops."""
        ...

    def request_cancel(self, id: str, *, now: datetime) -> e.Job:  # noqa: A002
        """Cancel a queued job at once; ask a running one to stop."""
        ...

    def stale(self, *, now: datetime, hint_age: timedelta, limit: int) -> list[e.Job]:
        """Stamp and return jobs to send a hint for again: queued with an old hint, or running with an expired lease."""
        ...

    def give_up(self, *, now: datetime) -> list[e.Job]:
        """Fail every running job whose lease is over and whose attempts are used up: ``worker lost``."""
        ...

    def oldest_queued(self, *, now: datetime) -> dict[str, tuple[int, float]]:
        """Return for each queue how many jobs wait and for how many seconds the oldest does."""
        ...


class AttemptTable(Table[e.Attempt], Protocol):
    """Failed attempts."""

    def since(self, *, kind: str, subject: str, since: datetime) -> list[datetime]:
        """Return the times of failures, oldest first."""
        ...

    def serialise(self, *, kind: str, subject: str) -> None:
        """Let no other transaction count this subject until this one ends, whichever process serves it."""
        ...


class AuditTable(Table[e.AuditEntry], Protocol):
    """The audit log: `put` and `remove` raise."""

    def search(
        self,
        *,
        workspace_id: str,
        action: str | None,
        actor_id: str | None,
        since: datetime | None,
        before_id: str | None,
        limit: int,
    ) -> list[e.AuditEntry]:
        """Return entries, newest first; `action` may be the first part of a name."""
        ...


class Tables(Protocol):
    """One transaction and its tables."""

    workspaces: Table[e.Workspace]
    users: Table[e.User]
    memberships: Table[e.Membership]
    role_policies: Table[e.RolePolicy]
    recovery_codes: Table[e.RecoveryCode]
    passkeys: Table[e.Passkey]
    sessions: Table[e.Session]
    links: Table[e.OneTimeLink]
    attempts: AttemptTable
    api_keys: Table[e.ApiKey]
    audit: AuditTable
    machines: Table[e.Machine]
    points: Table[e.Point]
    blobs: Table[e.Blob]
    recordings: Table[e.Recording]
    diagnoses: Table[e.Diagnosis]
    datasets: Table[e.Dataset]
    models: Table[e.Model]
    evaluations: Table[e.Evaluation]
    jobs: JobTable
    job_log: Table[e.JobLogLine]
    workers: Table[e.WorkerBeat]
    outbox: Table[e.OutboxMessage]
    idempotency: Table[e.Idempotency]

    def after_commit(self, act: Callable[[], None]) -> None:
        """Run something once this transaction is committed, and not otherwise."""
        ...


class Store(Protocol):
    """The database. ``with store.writing() as t:`` commits at the end, or rolls back where an exception leaves it."""

    def reading(self) -> AbstractContextManager[Tables]:
        """Open a transaction that only reads."""
        ...

    def writing(self) -> AbstractContextManager[Tables]:
        """Open a transaction that writes (``BEGIN IMMEDIATE`` on SQLite)."""
        ...

    def check(self) -> dict[str, str]:
        """Return ``{"database": "ok", "migrations": "ok"}``, or what is wrong, within two seconds each."""
        ...

    def leading(self, name: str) -> AbstractContextManager[bool]:
        """Try to be the only one of a name among all processes for the length of the block; say whether it worked."""
        ...


class Hints(Protocol):
    """Tells workers that there is a job. May fail: the reconciler sends stale ones again."""

    def send(self, job: e.Job) -> None:
        """Send the hint."""
        ...


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the store."""

    sha256: str
    size_bytes: int


class FileStore(Protocol):
    """Files below the data directory. Content-addressed ones are written once; artefacts belong to a job's attempt."""

    async def receive(self, chunks: AsyncIterator[bytes], *, limit_bytes: int) -> StoredFile:
        """Write an upload to a temporary place while hashing it, and keep it under its digest.

        Raises TooLargeError beyond the limit, OutputError where the disk is full; nothing stays behind then.
        """
        ...

    def keep(self, path: Path) -> StoredFile:
        """Move a finished file into the content-addressed part."""
        ...

    def path(self, sha256: str) -> Path:
        """Return where a content-addressed file lies; NotFoundError where it does not."""
        ...

    def drop(self, sha256: str) -> None:
        """Delete a content-addressed file, if it is there."""
        ...

    def attempt_folder(self, job: e.Job) -> Path:
        """Make and return ``artefacts/<job>/<attempt>``, empty."""
        ...

    def resolve(self, below: str) -> Path:
        """Return the absolute path of something below the data directory; refuses what would lie outside."""
        ...

    def relative(self, path: Path) -> str:
        """Return the path below the data directory, as it is stored in rows."""
        ...

    def drop_folder(self, below: str) -> None:
        """Delete an artefact folder."""
        ...

    def free_bytes(self) -> int:
        """Return the free space."""
        ...

    def orphans(self, known: Iterable[str], *, older_than: datetime) -> list[str]:
        """Return attempt folders and temporary files that no row names and that are older."""
        ...


class WaveformReader(Protocol):
    """Reads packs: the samples of a recording, and minima and maxima of them at coarser steps."""

    def envelope(
        self, pack: Path, *, channel: int, first: int, last: int, points: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return sample positions, minima and maxima of at most `points` steps over ``[first, last)``."""
        ...

    def samples(self, pack: Path, *, channel: int, first: int, last: int) -> np.ndarray:
        """Return the samples themselves, float32."""
        ...


class CurveReader(Protocol):
    """Reads the curves that a diagnosis wrote."""

    def curve(
        self, folder: Path, name: str, *, first: float | None, last: float | None, points: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, bool, str, str | None]:
        """Return x, low, high, whether every point is there, and the units of both axes."""
        ...

    def matrix(self, folder: Path, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return times in s, frequencies in Hz, and levels in dB (frequency × time)."""
        ...


class Science(Protocol):
    """What the web process asks of the library; anything heavy is a job instead."""

    def simulation(self, kind: str, spec: dict[str, Any]) -> dict[str, Any]:
        """Check the fields of a simulation and return all of them; raises ParameterError."""
        ...

    def choices(self) -> dict[str, Any]:
        """Return what can be chosen for datasets.

        ``kinds``: each kind of bearing with all fields of its simulation at their defaults; ``layers``: of the
        acquisition chain (name, text, default); ``formats``: of exports.
        """
        ...

    def estimate(self, spec: dict[str, Any]) -> dict[str, float]:
        """Return records, bytes and seconds on one core, measured on a few records."""
        ...

    def dataset_record(
        self, folder: Path, row: int, *, points: int
    ) -> tuple[dict[str, Any], np.ndarray, np.ndarray, np.ndarray, float | None]:
        """Return a record's labels and facts, times, minima and maxima of its first channel, and its rate in Hz.

        Where nobody states the rate it is None, and times count samples.
        """
        ...

    def catalogue(self) -> tuple[dict[str, Any], ...]:
        """Return the models that can be trained: name, text, family, parameters with their ranges."""
        ...

    def model_metadata(self, folder: Path) -> dict[str, Any]:
        """Return inputs and outputs of a bundle in the terms of the Open Inference Protocol."""
        ...

    def infer(self, folder: Path, inputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Run a bundle on tensors of the Open Inference Protocol."""
        ...


class Mailer(Protocol):
    """Sends mail; ``configured`` is False where the operator gave no server."""

    @property
    def configured(self) -> bool:
        """Whether there is a server."""
        ...

    def send(self, *, to: str, subject: str, text: str, html: str | None) -> None:
        """Send one message; raises a ``ConnectionError`` or ``TimeoutError`` where trying again may help."""
        ...


class PasswordHasher(Protocol):
    """Argon2id; at most a few at once, for each costs 64 MiB."""

    def hash(self, password: str) -> str:
        """Return the hash, with its parameters."""
        ...

    def verify(self, password: str, hashed: str | None) -> bool:
        """Compare; ``None`` costs the same time and is False."""
        ...

    def outdated(self, hashed: str) -> bool:
        """Return whether the parameters have changed since."""
        ...


class Cipher(Protocol):
    """Encrypts what must be read again (Fernet, with keys that rotate)."""

    def seal(self, text: str) -> str:
        """Encrypt."""
        ...

    def open(self, sealed: str) -> str:
        """Decrypt; raises ConfigurationError where no key fits."""
        ...


@dataclass(frozen=True, slots=True)
class RateDecision:
    """Whether a request may go on, and what its answer says about it."""

    allowed: bool
    limit: int
    remaining: int
    reset_after_s: float


class RateLimiter(Protocol):
    """Request limits over a moving window; Redis where configured, memory otherwise."""

    def hit(self, rule: str, subject: str) -> RateDecision:
        """Count one request of a subject under a rule such as ``"120/minute"``."""
        ...

    def degraded(self) -> str | None:
        """Return why limits are counted per process although Redis is configured, or None."""
        ...
