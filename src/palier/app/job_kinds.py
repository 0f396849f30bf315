"""Every kind of long work: one declaration each. What it does is in `palier.jobs`, imported by the worker alone."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

from palier.app.roles import Permission
from palier.errors import ParameterError

__all__ = ["JOB_KINDS", "JobKind", "job_kind"]

Queue = Literal["analysis", "training", "reports", "notify"]


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of job.

    ``palier.jobs.<module>`` has ``Arguments`` and ``Result`` (frozen pydantic models, extra fields forbidden) and
    ``run(context: JobContext, arguments: Arguments) -> Outcome``.
    """

    name: str
    words: str
    """What it does, for people."""
    permission: Permission
    """Of whoever submits it by itself; ADMINISTER where only the system does."""
    queue: Queue
    soft_limit_s: float
    """The job is told to stop."""
    hard_limit_s: float
    """Its process is killed."""
    max_attempts: int = 3
    transient: tuple[type[Exception], ...] = (ConnectionError, TimeoutError)
    """After these it is tried again, with back-off and jitter; after others it has failed."""

    def load(self) -> Any:
        """Import the module; only workers and tests do."""
        return import_module(f"palier.jobs.{self.name}")


def _kind(
    name: str, words: str, permission: Permission, queue: Queue, soft_limit_s: float, max_attempts: int = 3
) -> JobKind:
    return JobKind(name, words, permission, queue, soft_limit_s, soft_limit_s + 60, max_attempts)


JOB_KINDS: dict[str, JobKind] = {
    k.name: k
    for k in (
        _kind("import_recordings", "Read uploaded files", Permission.DIAGNOSE, "analysis", 600, 5),
        _kind("diagnose", "Diagnose a recording", Permission.DIAGNOSE, "analysis", 900, 5),
        _kind("audit", "Audit a dataset", Permission.MANAGE_DATASETS, "reports", 3600),
        _kind("simulate_dataset", "Simulate a dataset", Permission.MANAGE_DATASETS, "training", 6 * 3600),
        _kind("import_dataset", "Import files as a dataset", Permission.MANAGE_DATASETS, "training", 3 * 3600),
        _kind("train_classical", "Train a model", Permission.TRAIN, "training", 6 * 3600),
        _kind("evaluate", "Evaluate a model", Permission.TRAIN, "reports", 3600),
        _kind("export_dataset", "Export a dataset", Permission.MANAGE_DATASETS, "reports", 3600),
        _kind("deliver_notification", "Send a message", Permission.ADMINISTER, "notify", 60, 6),
        _kind("purge_expired", "Delete what has expired", Permission.ADMINISTER, "notify", 600),
    )
}


def job_kind(name: str) -> JobKind:
    """Return a kind by its name.

    Raises
    ------
    ParameterError
        Where there is none.

    Examples
    --------
    >>> job_kind("diagnose").queue
    'analysis'
    """
    try:
        return JOB_KINDS[name]
    except KeyError:
        raise ParameterError(f"no kind of job {name!r}; there are {', '.join(JOB_KINDS)}") from None
