"""What has expired: rows whose time is over, and files that no row names."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from palier.app.entities import JobStatus
from palier.app.ports import Tables

__all__ = ["Expired", "Times", "expired_rows", "named_paths"]

#: Rows that one run deletes of a kind at most; the rest goes in the next.
_MOST = 5000
_PAGE = 1000

Check = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Times:
    """Before which moment something has expired."""

    now: datetime
    jobs: datetime
    """End of a job."""
    removed: datetime
    """When somebody removed something."""
    requests: datetime
    """Answers to repeated requests, failed attempts, silent workers, messages that were delivered.

    Messages that never were stay as long as what was removed: somebody may send them again.
    """

    @classmethod
    def of(cls, now: datetime, *, keep_finished: timedelta) -> "Times":
        """Return the moments for a purge now: removed things stay 30 days, small traces two."""
        return cls(now, now - keep_finished, now - timedelta(days=30), now - timedelta(days=2))


@dataclass(frozen=True, slots=True)
class Expired:
    """Ids of rows, by table; in the order in which they can be deleted."""

    rows: dict[str, list[str]] = field(default_factory=dict)


def expired_rows(tables: Tables, times: Times, *, check: Check = lambda: None) -> Expired:
    """Find the rows that have expired; none of them is named by a row that stays.

    What was removed goes after 30 days with what belongs to it: a recording with its diagnoses, a model with its
    evaluations. A point stays while a recording was taken there, a machine while it has points, a dataset while a model
    was trained or judged on it, a model while a diagnosis has asked it.
    """
    found = Expired(_short_lived(tables, times, check))
    for name in ("diagnoses", "evaluations", "models", "recordings", "datasets", "points", "machines"):
        check()
        found.rows[name] = _REMOVED[name](tables, times, found)[:_MOST]
    found.rows["blobs"] = _unnamed_blobs(tables, times, found, check)[:_MOST]
    return found


def _short_lived(tables: Tables, times: Times, check: Check) -> dict[str, list[str]]:
    over = {"status": [JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED]}
    rules: tuple[tuple[str, Any, Callable[[Any], bool], dict[str, Any]], ...] = (
        ("jobs", tables.jobs, lambda r: r.finished_at is not None and r.finished_at < times.jobs, {"one_of": over}),
        ("sessions", tables.sessions, lambda r: r.expires_at < times.now, {}),
        ("links", tables.links, lambda r: r.expires_at < times.now, {}),
        ("attempts", tables.attempts, lambda r: r.at < times.requests, {}),
        ("idempotency", tables.idempotency, lambda r: r.created_at < times.requests, {}),
        ("workers", tables.workers, lambda r: r.seen_at < times.requests, {}),
        (
            "outbox",
            tables.outbox,
            lambda r: (r.delivered_at or r.created_at) < (times.requests if r.delivered_at else times.removed),
            {},
        ),
    )
    return {
        name: [r.id for r in _pages(table, check, **criteria) if is_over(r)][:_MOST]
        for name, table, is_over, criteria in rules
    }


def _pages(table: Any, check: Check, key: str = "id", **criteria: Any) -> Iterator[Any]:
    """Go through all rows of a table, a page at a time."""
    after = None
    while True:
        check()
        page = table.all(after=after, limit=_PAGE, **criteria)
        yield from page
        if len(page) < _PAGE:
            return
        after = getattr(page[-1], key)


def _gone(table: Any, times: Times, **criteria: Any) -> list[str]:
    """Return what was removed long ago."""
    rows = _pages(table, lambda: None, **criteria)
    return [r.id for r in rows if r.deleted_at is not None and r.deleted_at < times.removed]


def _diagnoses(tables: Tables, times: Times, _found: Expired) -> list[str]:
    own = _gone(tables.diagnoses, times, leave_out=("result_json",))
    of_recordings = _gone(tables.recordings, times)
    for first in range(0, len(of_recordings), _PAGE):
        some = {"recording_id": of_recordings[first : first + _PAGE]}
        own += [d.id for d in tables.diagnoses.all(one_of=some, leave_out=("result_json",))]
    return list(dict.fromkeys(own))


def _models(tables: Tables, times: Times, found: Expired) -> list[str]:
    deleted = set(found.rows["diagnoses"])
    return [
        m
        for m in _gone(tables.models, times, leave_out=("evaluation_json",))
        if all(d.id in deleted for d in tables.diagnoses.all(model_id=m, leave_out=("result_json",)))
    ]


def _evaluations(tables: Tables, times: Times, found: Expired) -> list[str]:
    return [row.id for m in _models(tables, times, found) for row in tables.evaluations.all(model_id=m)]


def _recordings(tables: Tables, times: Times, found: Expired) -> list[str]:
    deleted = set(found.rows["diagnoses"])
    return [
        r
        for r in _gone(tables.recordings, times)
        if all(d.id in deleted for d in tables.diagnoses.all(recording_id=r, leave_out=("result_json",)))
    ]


def _datasets(tables: Tables, times: Times, found: Expired) -> list[str]:
    models, evaluations = set(found.rows["models"]), set(found.rows["evaluations"])
    return [
        d
        for d in _gone(tables.datasets, times)
        if all(m.id in models for m in tables.models.all(dataset_id=d, leave_out=("evaluation_json",)))
        and all(v.id in evaluations for v in tables.evaluations.all(dataset_id=d))
    ]


def _points(tables: Tables, times: Times, found: Expired) -> list[str]:
    recordings = set(found.rows["recordings"])
    own = _gone(tables.points, times)
    machines = _gone(tables.machines, times)
    own += [p.id for m in machines for p in tables.points.all(machine_id=m)]
    return [p for p in dict.fromkeys(own) if all(r.id in recordings for r in tables.recordings.all(point_id=p))]


def _machines(tables: Tables, times: Times, found: Expired) -> list[str]:
    points = set(found.rows["points"])
    return [m for m in _gone(tables.machines, times) if all(p.id in points for p in tables.points.all(machine_id=m))]


_REMOVED: dict[str, Callable[[Tables, Times, Expired], list[str]]] = {
    "diagnoses": _diagnoses,
    "models": _models,
    "evaluations": _evaluations,
    "recordings": _recordings,
    "datasets": _datasets,
    "points": _points,
    "machines": _machines,
}


def _unnamed_blobs(tables: Tables, times: Times, found: Expired, check: Check) -> list[str]:
    """Return the digests of files that no recording names; young ones may be on their way to a row."""
    deleted = set(found.rows["recordings"])
    named = {r.sha256 for r in _pages(tables.recordings, check) if r.id not in deleted}
    blobs = _pages(tables.blobs, check, key="sha256")
    return [b.sha256 for b in blobs if b.sha256 not in named and b.created_at < times.requests]


def named_paths(tables: Tables, *, without: Expired, check: Check = lambda: None) -> set[str]:
    """Return every path below the data directory that a row names, or a job is working in."""
    gone = {name: set(ids) for name, ids in without.rows.items()}
    paths: set[str] = set()
    for name, table, path_field, left_out in (
        ("recordings", tables.recordings, "pack", ()),
        ("diagnoses", tables.diagnoses, "artefacts", ("result_json",)),
        ("datasets", tables.datasets, "folder", ()),
        ("models", tables.models, "folder", ("evaluation_json",)),
        ("evaluations", tables.evaluations, "report", ()),
    ):
        rows = _pages(table, check, leave_out=left_out)
        paths |= {p for r in rows if r.id not in gone[name] and (p := getattr(r, path_field)) is not None}
    for job in _pages(tables.jobs, check):
        if job.id not in gone["jobs"]:
            if job.status in (JobStatus.RUNNING, JobStatus.QUEUED):
                paths.add(f"artefacts/{job.id}/{job.attempt}")
            file = (job.result_json or {}).get("file")
            if isinstance(file, str):
                paths.add(file)
    return paths
