"""The store: transactions on SQLite or PostgreSQL."""

import fcntl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.orm import Session

from palier.adapters.db.tables import SqlTables
from palier.app.ports import Tables
from palier.errors import ConfigurationError, UnavailableError

__all__ = ["SqlStore", "open_store"]

#: How long a transaction waits for another one's lock on SQLite.
_BUSY_TIMEOUT_MS = 15_000
_CHECK_TIMEOUT_S = 2.0


def open_store(url: str) -> "SqlStore":
    """Open the database of an address; nothing is connected yet.

    Raises
    ------
    ConfigurationError
        Where the address is of no database that palier knows.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return SqlStore(_sqlite(url, parsed.database))
        if parsed.get_backend_name() == "postgresql":
            return SqlStore(_postgresql(url))
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise ConfigurationError(f"the database address cannot be used: {error}") from None
    raise ConfigurationError(
        f"database_url is of {parsed.get_backend_name()}; allowed are postgresql:// and sqlite:///"
    )


def _sqlite(url: str, database: str | None) -> Engine:
    if database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, pool_size=10, max_overflow=40)

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver opens no transaction of its own
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            f"busy_timeout={_BUSY_TIMEOUT_MS}",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        writing = connection.get_execution_options().get("palier_writing", True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _postgresql(url: str) -> Engine:
    return create_engine(
        url,
        pool_size=10,
        max_overflow=30,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args={"connect_timeout": 5, "options": "-c timezone=utc -c lock_timeout=15s"},
    )


class SqlStore:
    """See `palier.app.ports.Store`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def reading(self) -> AbstractContextManager[Tables]:
        """Open a transaction that only reads."""
        return self._transaction(writing=False)

    def writing(self) -> AbstractContextManager[Tables]:
        """Open a transaction that writes."""
        return self._transaction(writing=True)

    @contextmanager
    def _transaction(self, *, writing: bool) -> Iterator[Tables]:
        try:
            with (
                self.engine.connect().execution_options(palier_writing=writing) as connection,
                Session(connection, expire_on_commit=False) as session,
            ):
                tables = SqlTables(session)
                yield tables
                if writing:
                    session.commit()
        except DBAPIError as error:
            raise UnavailableError(
                "the database does not answer or is too busy; nothing was changed: try again in a moment"
            ) from error
        for act in tables.after:
            act()

    def check(self) -> dict[str, str]:
        """Return what is wrong with the database and its migrations, or ``ok``."""
        pool = ThreadPoolExecutor(2, thread_name_prefix="check")
        try:
            answers = {
                name: pool.submit(probe) for name, probe in (("database", self._ping), ("migrations", self._head))
            }
            return {name: _within(answer) for name, answer in answers.items()}
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _ping(self) -> str:
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        return "ok"

    def _head(self) -> str:
        from palier.adapters.db.migrate import current_revision, head_revision

        current, head = current_revision(self.engine), head_revision()
        return "ok" if current == head else f"at {current or 'nothing'}, needed is {head}: run `palier db upgrade`"

    @contextmanager
    def leading(self, name: str) -> Iterator[bool]:
        """Try to be the only one of a name among all processes."""
        if self.engine.dialect.name == "sqlite":
            with self._leading_by_file(name) as leads:
                yield leads
            return
        try:
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                taken = text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))")
                leads = bool(connection.execute(taken, {"name": f"palier {name}"}).scalar_one())
                try:
                    yield leads
                finally:
                    if leads:
                        freed = text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))")
                        connection.execute(freed, {"name": f"palier {name}"})
        except DBAPIError as error:
            raise UnavailableError("the database does not answer") from error

    @contextmanager
    def _leading_by_file(self, name: str) -> Iterator[bool]:
        database = self.engine.url.database
        if not database or database == ":memory:":
            yield True
            return
        with Path(f"{database}.{name}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _within(answer: Any) -> str:
    try:
        return str(answer.result(timeout=_CHECK_TIMEOUT_S))
    except TooLate:
        return f"no answer within {_CHECK_TIMEOUT_S:g} s"
    except (DBAPIError, OSError) as error:
        return f"does not answer ({type(error).__name__})"
