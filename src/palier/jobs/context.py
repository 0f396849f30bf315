"""What a job is given, and what it gives back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from palier.app.entities import Job
from palier.app.ports import Cipher, Clock, FileStore, Mailer, Store, Tables

__all__ = ["JobContext", "JobModel", "Outcome", "Ports"]


class JobModel(BaseModel):
    """Base of arguments and results: frozen, nothing unknown, no NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class Ports:
    """The outside world of a job."""

    store: Store
    files: FileStore
    mailer: Mailer
    now: Clock
    settings: dict[str, Any] = field(default_factory=dict)
    """Plain values of the configuration that jobs need: ``keep_finished_s``, ``public_url``, ``workers``."""
    cipher: Cipher | None = None
    """Opens what a row holds sealed."""


class JobContext(Protocol):
    """One attempt at one job."""

    job: Job
    ports: Ports
    folder: Path
    """``artefacts/<job>/<attempt>``, empty at the start; what is not published by the outcome is deleted later."""

    def check(self) -> None:
        """Stop where that was asked: raises CancelledError, TimeLimitError (soft limit), or that we were replaced.

        Call it at least every second of work.
        """
        ...

    def progress(self, done: float, total: float, note: str = "") -> None:
        """Say how far it is; also checks. The time left is worked out from it."""
        ...

    def log(self, text: str, *, level: str = "info") -> None:
        """Write a line that the page shows."""
        ...


def _nothing(_tables: Tables) -> None:
    """Publish nothing."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a job found, and how it enters the database.

    `publish` runs in the transaction that ends the job, after the fence: where another attempt has replaced this one
    it never runs. It must be quick, and is the only place where a job writes rows.
    """

    result: JobModel
    publish: Callable[[Tables], None] = _nothing
