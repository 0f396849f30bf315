"""One attempt at one job, on both databases: fence, cancel, limits, retries, and what is left behind."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from palier.adapters.db import SqlStore
from palier.adapters.files import LocalFiles
from palier.app.entities import Job, JobStatus, Workspace
from palier.app.identity import new_id
from palier.app.job_kinds import JOB_KINDS, JobKind
from palier.app.ports import Tables
from palier.app.roles import Permission
from palier.errors import ParameterError, UnavailableError
from palier.jobs.context import JobContext, JobModel, Outcome, Ports
from palier.jobs.execute import claim, execute

LEASE = timedelta(seconds=30)


class Arguments(JobModel):
    n: int = 1


class Result(JobModel):
    n: int


@dataclass
class Clock:
    at: datetime = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


class NoMail:
    configured = False

    def send(self, *, to: str, subject: str, text: str, html: str | None) -> None:
        raise AssertionError("no mail is sent here")


@dataclass(frozen=True)
class Kind(JobKind):
    run: Callable[[JobContext, Arguments], Outcome] = field(default=lambda c, a: Outcome(Result(n=a.n)))

    def load(self) -> SimpleNamespace:
        return SimpleNamespace(Arguments=Arguments, Result=Result, run=self.run)


@dataclass
class Bench:
    """A store, a data directory, a clock and one kind of job."""

    ports: Ports
    clock: Clock
    monkeypatch: pytest.MonkeyPatch

    def submit(self, run: Callable[[JobContext, Arguments], Outcome] | None = None, **changes: object) -> Job:
        kind = Kind("trial", "Try", Permission.READ, "analysis", 60, 120, **({} if run is None else {"run": run}))
        self.monkeypatch.setitem(JOB_KINDS, "trial", kind)
        now = self.clock()
        values: dict[str, object] = {"args_json": {"n": 7}, "max_attempts": 3} | changes
        with self.ports.store.writing() as t:
            workspace = t.workspaces.find(name="Mill") or Workspace(new_id(now), "Mill", now)
            if t.workspaces.count() == 0:
                t.workspaces.add(workspace)
            job = Job(
                new_id(now), workspace.id, "trial", status=JobStatus.QUEUED, created_by="", created_at=now,
                enqueued_at=now, not_before=now, **values,
            )  # fmt: skip
            t.jobs.add(job)
        return job

    def run(self, **options: object) -> JobStatus | None:
        job = claim(self.ports, worker="w", queues=["analysis"], lease=LEASE)
        assert job is not None
        return execute(self.ports, job, lease=options.pop("lease", LEASE), **options)

    def row(self, job: Job) -> Job:
        with self.ports.store.reading() as t:
            return t.jobs.get(job.id)

    def log(self, job: Job) -> list[str]:
        with self.ports.store.reading() as t:
            return [line.text for line in t.job_log.all(job_id=job.id)]

    def left(self) -> list[str]:
        return [str(p) for p in self.ports.files.root.glob("artefacts/*/*")]


@pytest.fixture
def bench(store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    clock = Clock()
    return Bench(Ports(store, LocalFiles(tmp_path / "data"), NoMail(), clock), clock, monkeypatch)


def rename(t: Tables) -> None:
    (workspace,) = t.workspaces.all()
    t.workspaces.put(type(workspace)(workspace.id, workspace.name + "!", workspace.created_at))


def name(bench: Bench) -> str:
    with bench.ports.store.reading() as t:
        return t.workspaces.all()[0].name


def test_what_is_found_is_published_with_the_end(bench: Bench) -> None:
    def run(context: JobContext, arguments: Arguments) -> Outcome:
        context.progress(1, 2, "half")
        context.log("at work")
        (context.folder / "made").write_text("x")
        return Outcome(Result(n=arguments.n), rename)

    job = bench.submit(run)
    assert bench.run() is JobStatus.DONE
    row = bench.row(job)
    assert (row.status, row.result_json, row.progress, row.attempt, row.owner) == (
        JobStatus.DONE,
        {"n": 7},
        1.0,
        1,
        None,
    )
    assert bench.log(job) == ["at work"]
    assert name(bench) == "Mill!"
    assert len(bench.left()) == 1


def test_a_replaced_attempt_publishes_nothing(bench: Bench) -> None:
    def run(context: JobContext, arguments: Arguments) -> Outcome:
        bench.clock.at += 2 * LEASE
        other = claim(bench.ports, worker="other", queues=["analysis"], lease=LEASE)
        assert other is not None
        assert other.attempt == 2
        return Outcome(Result(n=0), rename)

    job = bench.submit(run)
    assert bench.run() is None
    assert bench.row(job).status is JobStatus.RUNNING
    assert bench.row(job).attempt == 2
    assert name(bench) == "Mill"


def test_cancel_reaches_a_running_job_and_nothing_is_left(bench: Bench) -> None:
    asked = threading.Event()

    def run(context: JobContext, arguments: Arguments) -> Outcome:
        (context.folder / "half").write_text("x")
        with bench.ports.store.writing() as t:
            t.jobs.request_cancel(context.job.id, now=bench.clock())
        assert asked.wait(20), "the heartbeat did not hear of the cancel"
        context.progress(1, 2)
        return Outcome(Result(n=0), rename)

    job = bench.submit(run)
    assert bench.run(lease=timedelta(seconds=0.3), on_stop_asked=asked.set) is JobStatus.CANCELLED
    assert bench.row(job).status is JobStatus.CANCELLED
    assert (name(bench), bench.left()) == ("Mill", [])


def test_a_stopping_worker_hands_back_uncounted(bench: Bench) -> None:
    job = bench.submit()
    assert bench.run(stopping=lambda: True) is None
    row = bench.row(job)
    assert (row.status, row.attempt, row.owner, row.error) == (JobStatus.QUEUED, 0, None, None)
    assert bench.left() == []


def test_the_soft_limit_ends_a_job_in_words(bench: Bench) -> None:
    def run(context: JobContext, arguments: Arguments) -> Outcome:
        context.monotonic = lambda: 1e9  # type: ignore[attr-defined]
        context.check()
        return Outcome(Result(n=0), rename)

    job = bench.submit(run)
    assert bench.run() is JobStatus.FAILED
    assert "longer than 60 s" in (bench.row(job).error or "")
    assert name(bench) == "Mill"


def test_a_clock_that_is_set_meanwhile_ends_nothing(bench: Bench) -> None:
    def run(context: JobContext, arguments: Arguments) -> Outcome:
        bench.clock.at += timedelta(days=400)
        context.progress(1, 2)
        bench.clock.at -= timedelta(days=900)
        context.progress(2, 2)
        return Outcome(Result(n=arguments.n))

    bench.submit(run)
    assert bench.run() is JobStatus.DONE


def test_what_the_transport_raises_at_its_limit_is_said(bench: Bench) -> None:
    class TimeIsUp(Exception):  # noqa: N818 - as Celery names its own
        pass

    def run(context: JobContext, arguments: Arguments) -> Outcome:
        raise TimeIsUp

    job = bench.submit(run)
    assert bench.run(time_is_up=(TimeIsUp,)) is JobStatus.FAILED
    assert "limit of trial" in (bench.row(job).error or "")


def test_a_transient_error_is_tried_again_with_a_pause_and_then_fails(bench: Bench) -> None:
    def run(context: JobContext, arguments: Arguments) -> Outcome:
        raise ConnectionError("mail server: connection refused")

    job = bench.submit(run, max_attempts=2)
    assert bench.run() is None
    row = bench.row(job)
    assert (row.status, row.attempt) == (JobStatus.QUEUED, 1)
    assert "trying again" in (row.error or "")
    pause = row.not_before - bench.clock()
    assert timedelta(seconds=1) <= pause <= timedelta(seconds=3)
    assert claim(bench.ports, worker="w", queues=["analysis"], lease=LEASE) is None
    bench.clock.at += pause
    assert bench.run() is JobStatus.FAILED
    assert "attempt 2 of 2" in (bench.row(job).error or "")
    assert len(bench.log(job)) == 2


def test_an_error_of_the_user_is_not_tried_again(bench: Bench) -> None:
    def run(context: JobContext, arguments: Arguments) -> Outcome:
        raise ParameterError("speed is -1; allowed is positive")

    job = bench.submit(run)
    assert bench.run() is JobStatus.FAILED
    assert bench.row(job).error == "speed is -1; allowed is positive"
    assert bench.log(job) == ["speed is -1; allowed is positive"]


def test_an_error_of_palier_is_logged_and_not_shown(bench: Bench) -> None:
    def run(context: JobContext, arguments: Arguments) -> Outcome:
        raise ZeroDivisionError("secret inside")

    job = bench.submit(run)
    assert bench.run() is JobStatus.FAILED
    error = bench.row(job).error or ""
    assert "ZeroDivisionError" in error
    assert "secret" not in error


def test_arguments_that_do_not_fit_fail_the_job(bench: Bench) -> None:
    job = bench.submit(args_json={"m": 1})
    assert bench.run() is JobStatus.FAILED
    assert "arguments" in (bench.row(job).error or "")


def test_progress_never_goes_back_and_tells_when_it_ends(bench: Bench) -> None:
    seen: list[float | None] = []

    def run(context: JobContext, arguments: Arguments) -> Outcome:
        for done in (1, 3, 2, 4):
            context.progress(done, 4)
            seen.append(context._done)  # type: ignore[attr-defined]
        assert context._eta_at is not None  # type: ignore[attr-defined]
        return Outcome(Result(n=0))

    bench.submit(run)
    assert bench.run() is JobStatus.DONE
    assert seen == [0.25, 0.75, 0.75, 1.0]


def test_a_database_that_is_gone_for_a_moment_loses_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    store, left = bench.ports.store, [2]
    real = store.writing

    def run(context: JobContext, arguments: Arguments) -> Outcome:
        def flaky() -> object:
            if left[0]:
                left[0] -= 1
                raise UnavailableError("gone")
            return real()

        monkeypatch.setattr(store, "writing", flaky)
        return Outcome(Result(n=arguments.n), rename)

    job = bench.submit(run)
    assert bench.run() is JobStatus.DONE
    assert left == [0]
    assert bench.row(job).result_json == {"n": 7}
    assert name(bench) == "Mill!"
