"""``palier db``: the database."""

import click

from palier.cli.lazy import LazyGroup

__all__ = ["db"]

_COMMANDS = {"upgrade": "Bring the database to the schema of this version."}


@click.group(cls=LazyGroup, package="palier.cli.db", table=_COMMANDS)
def db() -> None:
    """Look after the database."""
