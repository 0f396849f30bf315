"""A small installation for jobs: the real store on SQLite, real files, and a context that runs jobs in this process."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from palier.adapters.db.migrate import upgrade
from palier.adapters.db.store import SqlStore, open_store
from palier.adapters.files import LocalFiles
from palier.app import entities as e
from palier.app.identity import new_id
from palier.app.job_kinds import JOB_KINDS
from palier.errors import CancelledError, TimeLimitError
from palier.jobs.context import JobModel, Outcome, Ports

LEASE = timedelta(seconds=30)


@dataclass(slots=True)
class Sent:
    """A mailer that keeps what it is given."""

    configured: bool = True
    messages: list[dict[str, Any]] = field(default_factory=list)
    failing: Exception | None = None

    def send(self, *, to: str, subject: str, text: str, html: str | None) -> None:
        if self.failing is not None:
            raise self.failing
        self.messages.append({"to": to, "subject": subject, "text": text, "html": html})


@dataclass(slots=True)
class Context:
    """One attempt in this process; it can be told to stop at a check."""

    job: e.Job
    ports: Ports
    folder: Path
    stop_at: int | None = None
    """Number of the check that raises, from 1."""
    stop_with: Exception = field(default_factory=lambda: CancelledError("cancelled on request"))
    checks: int = 0
    said: list[float] = field(default_factory=list)
    lines: list[tuple[str, str]] = field(default_factory=list)

    def check(self) -> None:
        self.checks += 1
        if self.stop_at is not None and self.checks >= self.stop_at:
            raise self.stop_with

    def progress(self, done: float, total: float, note: str = "") -> None:
        assert total > 0
        self.said.append(done / total)
        self.check()

    def log(self, text: str, *, level: str = "info") -> None:
        self.lines.append((level, text))


@dataclass(slots=True)
class Workplace:
    """The store with one workspace and one person."""

    store: SqlStore
    files: LocalFiles
    mailer: Sent
    workspace: e.Workspace
    user: e.User
    clock: list[datetime]

    @property
    def ports(self) -> Ports:
        return Ports(
            self.store,
            self.files,
            self.mailer,
            self.now,
            {"keep_finished_s": 86_400.0, "public_url": "http://localhost:8050"},
        )

    def now(self) -> datetime:
        self.clock[0] += timedelta(milliseconds=5)
        return self.clock[0]

    def add(self, table: str, row: Any) -> Any:
        with self.store.writing() as t:
            getattr(t, table).add(row)
        return row

    def all(self, table: str) -> list[Any]:
        with self.store.reading() as t:
            return getattr(t, table).all()

    def get(self, table: str, key: str) -> Any:
        with self.store.reading() as t:
            return getattr(t, table).find(id=key)

    def change(self, table: str, key: str, **fields: Any) -> Any:
        """Change a row as somebody else would meanwhile."""
        with self.store.writing() as t:
            row = getattr(t, table).get(key)
            if hasattr(row, "version"):
                fields["version"] = row.version + 1
            row = replace(row, **fields)
            getattr(t, table).put(row)
        return row

    def upload(self, path: Path, *, name: str | None = None, **fields: Any) -> e.Recording:
        """Do what the service does: keep the file once, and a row that waits."""
        copy = self.files.root / f"incoming-{new_id(self.now())}"
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
        stored = self.files.keep(copy)
        now = self.now()
        with self.store.writing() as t:
            if t.blobs.find(sha256=stored.sha256) is None:
                t.blobs.add(e.Blob(stored.sha256, stored.size_bytes, now))
            row = e.Recording(
                new_id(now),
                self.workspace.id,
                stored.sha256,
                name or path.name,
                stored.size_bytes,
                self.user.id,
                now,
                **fields,
            )
            t.recordings.add(row)
        return row

    def ask(self, recording: e.Recording, **settings: Any) -> e.Diagnosis:
        """Ask for a diagnosis."""
        now = self.now()
        return self.add(
            "diagnoses", e.Diagnosis(new_id(now), self.workspace.id, recording.id, self.user.id, now, settings)
        )

    def job(self, kind: str, arguments: dict[str, Any]) -> e.Job:
        """Queue a job."""
        now = self.now()
        row = e.Job(
            new_id(now), self.workspace.id, kind, arguments, e.JobStatus.QUEUED, self.user.id, now, now, now,
            queue=JOB_KINDS[kind].queue, max_attempts=JOB_KINDS[kind].max_attempts,
        )  # fmt: skip
        return self.add("jobs", row)

    def claimed(self, job: e.Job) -> e.Job:
        """Take a job, as a worker does."""
        with self.store.writing() as t:
            taken = t.jobs.claim(
                owner=new_id(self.now()), queues=[job.queue], now=self.now(), lease=LEASE, job_id=job.id
            )
        assert taken is not None
        return taken

    def context(self, job: e.Job, **fields: Any) -> Context:
        """Make the context of an attempt."""
        return Context(job, self.ports, self.files.attempt_folder(job), **fields)

    def run(self, kind: str, arguments: dict[str, Any]) -> JobModel:
        """Run a job of a kind to its end."""
        return self.finish(self.context(self.claimed(self.job(kind, arguments))))

    def found(self, context: Context) -> Outcome:
        """Run the job's function; publish nothing."""
        module = JOB_KINDS[context.job.kind].load()
        return module.run(context, module.Arguments.model_validate(context.job.args_json))

    def finish(self, context: Context) -> JobModel:
        """Run the job's function and publish what it found, behind the fence."""
        outcome = self.found(context)
        with self.store.writing() as t:
            result = outcome.result.model_dump(mode="json")
            assert t.jobs.finish(context.job, status=e.JobStatus.DONE, now=self.now(), result=result)
            outcome.publish(t)
        return outcome.result

    def again(self, context: Context) -> Context:
        """Make the next attempt of a job that has run, as if its end had got lost."""
        job = replace(self.get("jobs", context.job.id), status=e.JobStatus.QUEUED, finished_at=None, result_json=None)
        with self.store.writing() as t:
            t.jobs.put(job)
        return self.context(self.claimed(job))


def make_workplace(root: Path, *, age: timedelta = timedelta()) -> Workplace:
    """Make an empty installation below a folder, some time ago."""
    store = open_store(f"sqlite:///{root / 'palier.sqlite3'}")
    upgrade(store.engine)
    now = datetime.now(UTC) - age
    workspace = e.Workspace(new_id(now), "works", now)
    user = e.User(new_id(now), "ada@example.org", "Ada", now)
    with store.writing() as t:
        t.workspaces.add(workspace)
        t.users.add(user)
    return Workplace(store, LocalFiles(root), Sent(), workspace, user, [now])


def open_workplace(root: Path) -> Workplace:
    """Open an installation that is there, now."""
    store = open_store(f"sqlite:///{root / 'palier.sqlite3'}")
    with store.reading() as t:
        workspace, user = t.workspaces.find(name="works"), t.users.find(email="ada@example.org")
    assert workspace is not None
    assert user is not None
    return Workplace(store, LocalFiles(root), Sent(), workspace, user, [datetime.now(UTC)])


TIME_IS_UP = TimeLimitError("longer than allowed")
