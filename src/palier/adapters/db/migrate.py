"""Migrations: bring a database to the schema of this version, and back."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine

__all__ = ["current_revision", "differences", "downgrade", "head_revision", "upgrade"]


def _config(engine: Engine | None = None) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["engine"] = engine
    return config


def head_revision() -> str:
    """Return the newest revision that this version knows."""
    from alembic.script import ScriptDirectory

    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RuntimeError("no migrations are installed")
    return head


def current_revision(engine: Engine) -> str | None:
    """Return the revision of a database; None for an empty one."""
    from alembic.migration import MigrationContext

    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Migrate up. Two processes at once are safe: the second waits and finds nothing to do."""
    from alembic import command

    command.upgrade(_config(engine), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Migrate down."""
    from alembic import command

    command.downgrade(_config(engine), revision)


def differences(engine: Engine) -> list[Any]:
    """Return what a database has that the tables have not, or the other way round."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from palier.adapters.db.orm import Base

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))
