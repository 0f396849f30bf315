"""What every kind of job keeps to. A new kind joins by a row of `ROWS`."""

import inspect
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.jobs.stock import SPEC, Stock
from tests.jobs.workplace import TIME_IS_UP, Workplace

from palier.app.job_kinds import JOB_KINDS
from palier.app.ports import Tables
from palier.errors import CancelledError, TimeLimitError
from palier.jobs.context import JobModel

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Row:
    """How to make the arguments of a kind, what it makes, and at which check it is in the middle of its work."""

    arguments: Callable[[Stock], dict[str, Any]]
    makes: dict[str, int]
    """Rows more (or fewer) by table."""
    middle: int = 3


ROWS = {
    "import_recordings": Row(lambda s: {"recording_ids": [s.waiting]}, {}),
    "diagnose": Row(lambda s: {"diagnosis_id": s.diagnosis}, {"outbox": 1}),
    "audit": Row(lambda s: {"dataset_id": s.dataset}, {}),
    "simulate_dataset": Row(lambda _: {"name": "more", "kind": "journal", "spec": SPEC}, {"datasets": 1}),
    "import_dataset": Row(
        lambda s: {
            "name": "uploads",
            "recording_ids": list(s.recordings),
            "labels": {r: {"fault": f} for r, f in zip(s.recordings, ("healthy", "outer_race") * 3, strict=True)},
        },
        {"datasets": 1},
    ),
    "train_classical": Row(
        lambda s: {"name": "mine", "dataset_id": s.dataset, "model": "logistic_log_spectrum", "by": "bearing"},
        {"models": 1},
        middle=8,
    ),
    "evaluate": Row(
        lambda s: {"model_id": s.model, "dataset_id": s.dataset, "noise": ["white:10dB"]}, {"evaluations": 1}, middle=2
    ),
    "export_dataset": Row(lambda s: {"dataset_id": s.dataset, "format": "npz"}, {}),
    "deliver_notification": Row(lambda s: {"message_id": s.message}, {}, middle=2),
    "purge_expired": Row(lambda _: {}, {"sessions": -1, "outbox": -1}),
}
KINDS = pytest.mark.parametrize("kind", sorted(JOB_KINDS))
#: Written by the engine, not by jobs; deliveries are queued by what there is to tell.
ENGINE = {"jobs", "job_log"}


def rows_of(w: Workplace) -> dict[str, list[Any]]:
    """Return every row but those of the engine."""
    with w.store.reading() as t:
        return {name: getattr(t, name).all() for name in Tables.__annotations__ if name not in ENGINE}


def files_of(w: Workplace, *, without: str) -> dict[str, tuple[int, int]]:
    """Return size and time of every file below the root but the database and one job's folder."""
    found = {}
    for path in w.files.root.rglob("*"):
        name = path.relative_to(w.files.root).as_posix()
        if path.is_file() and not name.startswith(("palier.sqlite3", f"artefacts/{without}/")):
            found[name] = (path.stat().st_size, path.stat().st_mtime_ns)
    return found


def counted(rows: dict[str, list[Any]]) -> dict[str, int]:
    return {name: len(some) for name, some in rows.items()}


def test_every_kind_has_a_row():
    assert set(ROWS) == set(JOB_KINDS)


@KINDS
def test_declaration(kind):
    row = JOB_KINDS[kind]
    assert 0 < row.soft_limit_s < row.hard_limit_s <= 24 * 3600
    assert 1 <= row.max_attempts <= 10
    module = row.load()
    assert issubclass(module.Arguments, JobModel)
    assert issubclass(module.Result, JobModel)
    assert list(inspect.signature(module.run).parameters) == ["context", "arguments"]
    assert module.__doc__
    assert module.run.__doc__


@KINDS
def test_twice_is_once(kind, stock, place):
    before = counted(rows_of(place))
    lost = place.context(place.claimed(place.job(kind, ROWS[kind].arguments(stock))))
    outcome = place.found(lost)
    assert isinstance(outcome.result, JOB_KINDS[kind].load().Result)
    assert counted(rows_of(place)) == before, "only publish writes rows"

    assert lost.said == sorted(lost.said), "progress goes one way"
    assert lost.said[-1] == 1
    assert all(0 <= p <= 1 for p in lost.said)
    assert lost.checks >= 2

    second = place.again(lost)
    result = place.finish(second)
    assert type(result).model_validate_json(result.model_dump_json()) == result
    once = rows_of(place)
    expected = {**before, **{name: before[name] + n for name, n in ROWS[kind].makes.items()}}
    assert counted(once) == expected

    third = place.again(second)
    place.finish(third)
    twice = rows_of(place)
    assert counted(twice) == expected
    for name, some in twice.items():
        if (kind, name) != ("deliver_notification", "outbox"):
            assert some == once[name], name


@KINDS
@pytest.mark.parametrize(
    ("stop_at", "reason"),
    [(1, CancelledError("cancelled on request")), (2, TIME_IS_UP)],
    ids=["cancel at once", "soft limit later"],
)
def test_stops_where_it_is_told_to(kind, stop_at, reason, stock, place):
    job = place.claimed(place.job(kind, ROWS[kind].arguments(stock)))
    rows, files = rows_of(place), files_of(place, without=job.id)
    with pytest.raises((CancelledError, TimeLimitError)) as stopped:
        place.found(place.context(job, stop_at=stop_at, stop_with=reason))
    assert stopped.value is reason
    assert rows_of(place) == rows
    assert files_of(place, without=job.id) == files
    assert place.mailer.messages == []


@KINDS
def test_killed_in_the_middle(kind, stock, place):
    row = ROWS[kind]
    job = place.job(kind, row.arguments(stock))
    rows, files = rows_of(place), files_of(place, without=job.id)
    place.store.close()
    done = subprocess.run(
        [sys.executable, "-m", "tests.jobs.killed", str(place.files.root), job.id, str(row.middle)],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert rows_of(place) == rows
    assert files_of(place, without=job.id) == files

    place.clock[0] += timedelta(minutes=5)  # the lease is over
    again = place.claimed(place.get("jobs", job.id))
    assert again.attempt == 2
    place.finish(place.context(again))
    expected = {**counted(rows), **{name: len(rows[name]) + n for name, n in row.makes.items()}}
    assert counted(rows_of(place)) == expected
    for stored in rows_of(place)["recordings"] + rows_of(place)["datasets"] + rows_of(place)["models"]:
        for name in ("pack", "folder"):
            below = getattr(stored, name, None)
            assert below is None or place.files.resolve(below).is_dir()


def test_entities_have_no_hidden_fields():
    """The rows that are compared above are whole: every field takes part in the comparison."""
    from palier.app import entities

    for name in entities.__all__:
        entity = getattr(entities, name)
        if hasattr(entity, "__dataclass_fields__"):
            assert all(f.compare for f in fields(entity)), name
