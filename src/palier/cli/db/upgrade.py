"""``palier db upgrade``: migrate."""

from pathlib import Path

import click

from palier.cli.settings_options import settings_options, settings_typed

__all__ = ["upgrade"]


@click.command()
@settings_options
def upgrade(settings_file: Path | None, data_dir: Path | None) -> None:
    """Bring the database to the schema of this version. Safe to repeat, and beside others that do the same."""
    from palier.adapters.db import open_store
    from palier.adapters.db.migrate import current_revision, head_revision
    from palier.adapters.db.migrate import upgrade as migrate
    from palier.errors import UnavailableError

    store = open_store(settings_typed(settings_file, data_dir=data_dir).database)
    state = store.check()["database"]
    if state != "ok":
        raise UnavailableError(f"the database {state}; check PALIER_DATABASE_URL")
    before = current_revision(store.engine)
    migrate(store.engine)
    store.close()
    click.echo(f"database: {before or 'empty'} → {head_revision()}")
