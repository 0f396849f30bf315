"""``palier dataset``: make, import, check and split datasets."""

import click

from palier.cli.lazy import LazyGroup

__all__ = ["dataset"]

#: Commands by name; each lives in the module of its name (``import`` in ``import_``).
_COMMANDS: dict[str, str] = {
    "audit": "Find out whether a stored dataset is what it is said to be.",
    "convert": "Store the same records otherwise.",
    "export": "Write a dataset in the format of other programs.",
    "info": "Show what a dataset holds.",
    "simulate": "Simulate a labelled dataset.",
    "verify": "Compare every checksum of a dataset.",
}


@click.group(cls=LazyGroup, package="palier.cli.dataset", table=_COMMANDS)
def dataset() -> None:
    """Make, import, check and split datasets."""
