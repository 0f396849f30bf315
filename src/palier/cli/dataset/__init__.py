"""``palier dataset``: make, import, check and split datasets."""

import click

from palier.cli.lazy import LazyGroup

__all__ = ["dataset"]

#: Commands by name; each lives in the module of its name (``import`` in ``import_``).
_COMMANDS: dict[str, str] = {}


@click.group(cls=LazyGroup, package="palier.cli.dataset", table=_COMMANDS)
def dataset() -> None:
    """Make, import, check and split datasets."""
