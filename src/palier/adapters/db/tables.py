"""Rows in, frozen entities out: one table of each kind, bound to one transaction."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache, partial
from typing import Any, Generic, TypeVar, cast, get_args, get_type_hints

from sqlalchemy import ColumnElement, Select, and_, delete, func, insert, null, or_, select, text, update
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session

from palier.adapters.db import orm
from palier.adapters.db.orm.base import Base
from palier.app import entities as e
from palier.app.ports import Tables
from palier.errors import ConflictError, NotFoundError, ParameterError

__all__ = ["Attempts", "AuditLog", "Jobs", "SqlTable", "SqlTables"]

T = TypeVar("T")


@cache
def _converters(entity: Hashable) -> dict[str, Callable[[Any], Any]]:
    """Return for each field that needs it what turns the stored value into the field's type."""
    found: dict[str, Callable[[Any], Any]] = {}
    for name, hint in get_type_hints(entity).items():
        for kind in (hint, *get_args(hint)):
            if isinstance(kind, type) and issubclass(kind, StrEnum):
                found[name] = partial(_member, kind)
        if str(hint).startswith("tuple"):
            found[name] = tuple
    return found


def _member(kind: type[StrEnum], value: Any) -> Any:
    return None if value is None else kind(value)


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


class SqlTable(Generic[T]):
    """Rows of one kind in one transaction; see `palier.app.ports.Table`."""

    def __init__(self, session: Session, row: type[Base], entity: type[T], *, words: str, key: str = "id") -> None:
        self._session, self._row, self._entity, self._words = session, row, entity, words
        self._names = [f.name for f in fields(entity)]  # type: ignore[arg-type]  # entities are dataclasses
        self._columns = [getattr(row, name) for name in self._names]
        self._key: InstrumentedAttribute[Any] = getattr(row, key)

    def get(self, id: str, **criteria: Any) -> T:  # noqa: A002
        """Return the row of an id that meets the criteria."""
        found = self._first(self._select({self._key.key: id, **criteria}))
        if found is None:
            raise NotFoundError(f"no {self._words} {id!r} here; it may have been removed")
        return found

    def find(self, **criteria: Any) -> T | None:
        """Return the only row that meets the criteria, or None."""
        rows = self._session.execute(self._select(criteria).limit(2)).all()
        if len(rows) > 1:
            raise ConflictError(f"more than one {self._words} meets {sorted(criteria)}")
        return self._made(rows[0]) if rows else None

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
        """Return rows in the order of their ids."""
        statement = self._select(criteria, one_of)
        if leave_out:
            kept = [null() if n in leave_out else c for n, c in zip(self._names, self._columns, strict=True)]
            statement = select(*kept).where(*self._conditions(criteria, one_of))
        if after is not None:
            statement = statement.where(self._key < after if newest_first else self._key > after)
        statement = statement.order_by(self._key.desc() if newest_first else self._key.asc())
        if limit is not None:
            statement = statement.limit(limit)
        return [self._made(row) for row in self._session.execute(statement)]

    def count(self, *, one_of: Mapping[str, Sequence[Any]] | None = None, **criteria: Any) -> int:
        """Count the rows that meet the criteria."""
        statement = select(func.count()).select_from(self._row).where(*self._conditions(criteria, one_of))
        return int(self._session.execute(statement).scalar_one())

    def add(self, row: T) -> None:
        """Insert a row."""
        self._write(insert(self._row).values(**self._values(row)))

    def put(self, row: T) -> None:
        """Write a row over the one of the same id."""
        key = getattr(row, self._key.key)
        statement = update(self._row).where(self._key == key)
        if "version" in self._names:
            statement = statement.where(self._row.version == row.version - 1)  # type: ignore[attr-defined]
        values = self._values(row)
        values.pop(self._key.key)
        if self._write(statement.values(**values)) == 0:
            self.get(key)
            raise ConflictError(
                f"this {self._words} has changed since it was read; read it again and repeat what you wanted to change"
            )

    def remove(self, **criteria: Any) -> int:
        """Delete rows."""
        if not criteria:
            raise ValueError("remove needs at least one criterion")
        return self._write(delete(self._row).where(*self._conditions(criteria, None)))

    # ------------------------------------------------------------------ inside

    def _select(self, criteria: dict[str, Any], one_of: Mapping[str, Sequence[Any]] | None = None) -> Select[Any]:
        return select(*self._columns).where(*self._conditions(criteria, one_of))

    def _conditions(
        self, criteria: dict[str, Any], one_of: Mapping[str, Sequence[Any]] | None
    ) -> list[ColumnElement[bool]]:
        conditions = [getattr(self._row, name) == _plain(value) for name, value in criteria.items()]
        for name, values in (one_of or {}).items():
            conditions.append(getattr(self._row, name).in_([_plain(v) for v in values]))
        return conditions

    def _values(self, row: T) -> dict[str, Any]:
        return {name: _plain(getattr(row, name)) for name in self._names}

    def _first(self, statement: Select[Any]) -> T | None:
        row = self._session.execute(statement.limit(1)).first()
        return None if row is None else self._made(row)

    def _made(self, row: Any) -> T:
        values = dict(zip(self._names, row, strict=True))
        for name, convert in _converters(cast("Any", self._entity)).items():
            values[name] = convert(values[name])
        return self._entity(**values)

    def _write(self, statement: Any) -> int:
        try:
            result = self._session.execute(statement)
        except IntegrityError as error:
            raise ConflictError(f"{self._words}: {_constraint(error)}") from error
        except DataError as error:
            raise ParameterError(
                f"{self._words}: a value is too long, outside its range, or holds a character that cannot be stored"
            ) from error
        return int(result.rowcount)  # type: ignore[attr-defined]


def _constraint(error: IntegrityError) -> str:
    """Say which rule of the database was broken, without values."""
    words = str(error.orig).splitlines()[0].lower()
    if "unique" in words:
        return "there is one of this name (or the same content) already; choose another name"
    if "foreign key" in words:
        return "it belongs to something that is not there, or something still belongs to it"
    return "a value is outside its range"


class Jobs(SqlTable[e.Job]):
    """Jobs; see `palier.app.ports.JobTable`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, orm.JobRow, e.Job, words="job")

    def claim(
        self, *, owner: str, queues: Sequence[str], now: datetime, lease: timedelta, job_id: str | None = None
    ) -> e.Job | None:
        """Take the next job, in one statement."""
        r = orm.JobRow
        free = or_(
            and_(r.status == "queued", r.not_before <= now),
            and_(r.status == "running", r.lease_until < now, r.attempt < r.max_attempts, r.cancel_requested.is_(False)),
        )
        candidates = select(r.id).where(free, r.queue.in_(list(queues)))
        if job_id is not None:
            candidates = candidates.where(r.id == job_id)
        candidates = candidates.order_by(r.priority.desc(), r.id).limit(1)
        if self._session.get_bind().dialect.name == "postgresql":
            candidates = candidates.with_for_update(skip_locked=True)
        statement = (
            update(r)
            .where(r.id == candidates.scalar_subquery(), free)
            .values(
                status="running",
                owner=owner,
                attempt=r.attempt + 1,
                lease_until=now + lease,
                started_at=now,
                finished_at=None,
                progress=None,
                progress_note="",
                eta_at=None,
            )
            .returning(*self._columns)
        )
        row = self._session.execute(statement, execution_options={"synchronize_session": False}).first()
        return None if row is None else self._made(row)

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
        statement = (
            self._ours(job)
            .values(lease_until=now + lease, progress=progress, progress_note=note[:300], eta_at=eta_at)
            .returning(orm.JobRow.cancel_requested)
        )
        return self._session.execute(statement).scalar_one_or_none()

    def finish(
        self,
        job: e.Job,
        *,
        status: e.JobStatus,
        now: datetime,
        result: dict[str, Any] | None = None,
        error: str | None = None,
    ) -> bool:
        """End a job that is still ours."""
        done = {"progress": 1.0} if status is e.JobStatus.DONE else {}
        statement = self._ours(job).values(
            status=status.value,
            finished_at=now,
            owner=None,
            lease_until=None,
            eta_at=None,
            result_json=result,
            error=error,
            **done,
        )
        return self._write(statement) == 1

    def hand_back(
        self, job: e.Job, *, now: datetime, not_before: datetime, count_attempt: bool, error: str | None
    ) -> bool:
        """Queue a job of ours again."""
        statement = self._ours(job).values(
            status="queued",
            owner=None,
            lease_until=None,
            eta_at=None,
            enqueued_at=now,
            not_before=not_before,
            error=error,
            attempt=job.attempt if count_attempt else job.attempt - 1,
        )
        return self._write(statement) == 1

    def request_cancel(self, id: str, *, now: datetime) -> e.Job:  # noqa: A002
        """Cancel a queued job at once; ask a running one to stop."""
        r = orm.JobRow
        if self._write(
            update(r).where(r.id == id, r.status == "queued").values(status="cancelled", finished_at=now)
        ) == 0:  # fmt: skip
            self._write(update(r).where(r.id == id, r.status == "running").values(cancel_requested=True))
        return self.get(id)

    def stale(self, *, now: datetime, hint_age: timedelta, limit: int) -> list[e.Job]:
        """Stamp and return jobs to send a hint for again."""
        r = orm.JobRow
        old = or_(
            and_(r.status == "queued", r.enqueued_at < now - hint_age, r.not_before <= now),
            and_(r.status == "running", r.lease_until < now, r.enqueued_at < now - hint_age),
        )
        picked = select(r.id).where(old).order_by(r.id).limit(limit).scalar_subquery()
        statement = update(r).where(r.id.in_(picked)).values(enqueued_at=now).returning(*self._columns)
        rows = self._session.execute(statement, execution_options={"synchronize_session": False}).all()
        return [self._made(row) for row in rows]

    def give_up(self, *, now: datetime) -> list[e.Job]:
        """Fail every running job whose lease is over and whose attempts are used up; end those to be cancelled."""
        r = orm.JobRow
        lost = and_(r.status == "running", r.lease_until < now)
        over: list[e.Job] = []
        for condition, values in (
            (r.cancel_requested.is_(True), {"status": "cancelled"}),
            (
                r.attempt >= r.max_attempts,
                {"status": "failed", "error": "worker lost: its process ended without a word, at every attempt"},
            ),
        ):
            statement = (
                update(r)
                .where(lost, condition)
                .values(finished_at=now, owner=None, lease_until=None, eta_at=None, **values)
                .returning(*self._columns)
            )
            rows = self._session.execute(statement, execution_options={"synchronize_session": False}).all()
            over += [self._made(row) for row in rows]
        return over

    def oldest_queued(self, *, now: datetime) -> dict[str, tuple[int, float]]:
        """Return for each queue how many jobs wait and for how many seconds the oldest does."""
        r = orm.JobRow
        statement = (
            select(r.queue, func.count(), func.min(r.created_at))
            .where(r.status == "queued", r.not_before <= now)
            .group_by(r.queue)
        )
        return {
            queue: (int(n), max(0.0, (now - first).total_seconds()))
            for queue, n, first in self._session.execute(statement)
        }

    @staticmethod
    def _ours(job: e.Job) -> Any:
        r = orm.JobRow
        return update(r).where(
            r.id == job.id, r.owner == job.owner, r.attempt == job.attempt, r.status == "running"
        ).execution_options(synchronize_session=False)  # fmt: skip


class Attempts(SqlTable[e.Attempt]):
    """Failed attempts; see `palier.app.ports.AttemptTable`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, orm.AttemptRow, e.Attempt, words="attempt")

    def since(self, *, kind: str, subject: str, since: datetime) -> list[datetime]:
        """Return the times of failures, oldest first."""
        r = orm.AttemptRow
        statement = select(r.at).where(r.kind == kind, r.subject == subject, r.at >= since).order_by(r.at)
        return list(self._session.execute(statement).scalars())

    def serialise(self, *, kind: str, subject: str) -> None:
        """Take a lock that ends with the transaction; on SQLite the transaction itself is that lock."""
        if self._session.get_bind().dialect.name == "postgresql":
            self._session.execute(
                text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"{kind} {subject}"}
            )


class AuditLog(SqlTable[e.AuditEntry]):
    """The audit log, which only grows; see `palier.app.ports.AuditTable`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, orm.AuditRow, e.AuditEntry, words="audit entry")

    def put(self, row: e.AuditEntry) -> None:  # noqa: ARG002
        """Refuse."""
        raise ConflictError("the audit log is only ever added to")

    def remove(self, **criteria: Any) -> int:  # noqa: ARG002
        """Refuse."""
        raise ConflictError("the audit log is only ever added to")

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
        """Return entries, newest first."""
        r = orm.AuditRow
        statement = self._select({"workspace_id": workspace_id})
        if action is not None:
            statement = statement.where(r.action.startswith(action, autoescape=True))
        if actor_id is not None:
            statement = statement.where(r.actor_id == actor_id)
        if since is not None:
            statement = statement.where(r.at >= since)
        if before_id is not None:
            statement = statement.where(r.id < before_id)
        return [self._made(row) for row in self._session.execute(statement.order_by(r.id.desc()).limit(limit))]


class SqlTables(Tables):
    """All tables in one transaction; see `palier.app.ports.Tables`."""

    def __init__(self, session: Session) -> None:
        def table(row: type[Base], entity: type[T], words: str, key: str = "id") -> SqlTable[T]:
            return SqlTable(session, row, entity, words=words, key=key)

        self.after: list[Callable[[], None]] = []
        self.workspaces = table(orm.WorkspaceRow, e.Workspace, "workspace")
        self.users = table(orm.UserRow, e.User, "person")
        self.memberships = table(orm.MembershipRow, e.Membership, "membership")
        self.role_policies = table(orm.RolePolicyRow, e.RolePolicy, "policy")
        self.recovery_codes = table(orm.RecoveryCodeRow, e.RecoveryCode, "recovery code")
        self.passkeys = table(orm.PasskeyRow, e.Passkey, "passkey")
        self.sessions = table(orm.SessionRow, e.Session, "session")
        self.links = table(orm.LinkRow, e.OneTimeLink, "link")
        self.attempts = Attempts(session)
        self.api_keys = table(orm.ApiKeyRow, e.ApiKey, "API key")
        self.audit = AuditLog(session)
        self.machines = table(orm.MachineRow, e.Machine, "machine")
        self.points = table(orm.PointRow, e.Point, "point")
        self.blobs = table(orm.BlobRow, e.Blob, "file", "sha256")
        self.recordings = table(orm.RecordingRow, e.Recording, "recording")
        self.diagnoses = table(orm.DiagnosisRow, e.Diagnosis, "diagnosis")
        self.datasets = table(orm.DatasetRow, e.Dataset, "dataset")
        self.models = table(orm.ModelRow, e.Model, "model")
        self.evaluations = table(orm.EvaluationRow, e.Evaluation, "evaluation")
        self.jobs = Jobs(session)
        self.job_log = table(orm.JobLogRow, e.JobLogLine, "log line")
        self.workers = table(orm.WorkerRow, e.WorkerBeat, "worker")
        self.outbox = table(orm.OutboxRow, e.OutboxMessage, "message")
        self.idempotency = table(orm.IdempotencyRow, e.Idempotency, "request")

    def after_commit(self, act: Callable[[], None]) -> None:
        """Run something once this transaction is committed."""
        self.after.append(act)
