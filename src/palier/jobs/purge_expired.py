"""Delete what has expired: old jobs and traces, what was removed long ago, and files that no row names."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from palier.app.ports import Tables
from palier.errors import NotFoundError
from palier.jobs.context import JobContext, JobModel, Outcome
from palier.jobs.expired import Expired, Times, expired_rows, named_paths

__all__ = ["Arguments", "Result", "run"]

_KEEP_S = 86_400.0
#: Folders and temporary files younger than this may still be on their way to a row.
_YOUNG = timedelta(hours=1)


class Arguments(JobModel):
    """Nothing is asked."""


class Result(JobModel):
    """How many rows of each kind had expired, and how many folders and files nobody named."""

    rows: dict[str, int]
    orphans: int


def run(context: JobContext, arguments: Arguments) -> Outcome:  # noqa: ARG001 - every job has arguments
    """Delete rows in the transaction that ends the job, and files once that is committed.

    A row that was changed meanwhile stays. What a killed purge has left is found by the next one.
    """
    ports = context.ports
    now = ports.now()
    times = Times.of(now, keep_finished=timedelta(seconds=float(ports.settings.get("keep_finished_s", _KEEP_S))))
    context.progress(0, 3, "rows")
    with ports.store.reading() as tables:
        found = expired_rows(tables, times, check=context.check)
        context.progress(1, 3, "files")
        named = named_paths(tables, without=found, check=context.check)
    context.progress(2, 3, "files")
    orphans = ports.files.orphans(named, older_than=now - _YOUNG)
    counts = {name: len(ids) for name, ids in found.rows.items() if ids}
    context.log(", ".join(f"{n} {name}" for name, n in [*counts.items(), ("orphans", len(orphans))]))
    context.progress(3, 3)
    return Outcome(
        Result(rows=counts, orphans=len(orphans)), lambda tables: _publish(tables, context, found, orphans, times)
    )


def _publish(tables: Tables, context: JobContext, found: Expired, orphans: Sequence[str], times: Times) -> None:
    """Delete rows; those that are named again, or were brought back, since they were found stay."""
    ids = {name: list(rows) for name, rows in found.rows.items()}
    for name in ("jobs", "sessions", "links", "attempts", "idempotency", "workers", "outbox"):
        for one in ids[name]:
            if name == "jobs":
                tables.job_log.remove(job_id=one)
            getattr(tables, name).remove(id=one)
    back = {
        name: {i for i in ids[name] if _is_back(getattr(tables, name).find(id=i), times)}
        for name in ("recordings", "models", "datasets", "points", "machines")
    }
    for one in ids["diagnoses"]:
        row = tables.diagnoses.find(id=one)
        if row is not None and row.recording_id not in back["recordings"]:
            tables.diagnoses.remove(id=one)
    for one in ids["evaluations"]:
        judged = tables.evaluations.find(id=one)
        if judged is not None and judged.model_id not in back["models"]:
            tables.evaluations.remove(id=one)
    for name in ("recordings", "models", "datasets", "points", "machines"):
        for one in ids[name]:
            if one not in back[name] and not _named(tables, name, one):
                getattr(tables, name).remove(id=one)
    dropped = [b for b in ids["blobs"] if tables.recordings.count(sha256=b) == 0 and tables.blobs.remove(sha256=b)]
    tables.after_commit(lambda: _drop(context, dropped, orphans, times.now))


def _is_back(row: Any, times: Times) -> bool:
    return row is not None and (row.deleted_at is None or row.deleted_at >= times.removed)


def _named(tables: Tables, name: str, one: str) -> bool:
    """Say whether a row names another one."""
    counts = {
        "recordings": lambda: tables.diagnoses.count(recording_id=one),
        "models": lambda: tables.diagnoses.count(model_id=one) + tables.evaluations.count(model_id=one),
        "datasets": lambda: tables.models.count(dataset_id=one) + tables.evaluations.count(dataset_id=one),
        "points": lambda: tables.recordings.count(point_id=one),
        "machines": lambda: tables.points.count(machine_id=one),
    }
    return counts[name]() > 0


def _drop(context: JobContext, digests: Sequence[str], orphans: Sequence[str], now: datetime) -> None:
    """Delete files; one that was uploaded again meanwhile is young, and stays."""
    files = context.ports.files
    limit = (now - _YOUNG).timestamp()
    for digest in digests:
        try:
            if files.path(digest).stat().st_mtime < limit:
                files.drop(digest)
        except (NotFoundError, FileNotFoundError):
            continue
    for path in orphans:
        if path.startswith("artefacts/"):
            files.drop_folder(path)
        else:
            files.resolve(path).unlink(missing_ok=True)
