"""``palier dataset``: make, import, check and split datasets."""

import click

from palier.cli.lazy import LazyGroup

__all__ = ["dataset"]

#: Commands by name; each lives in the module of its name (``import`` in ``import_``).
_COMMANDS: dict[str, str] = {
    "audit": "Find out whether a stored dataset is what it is said to be.",
    "convert": "Store the same records otherwise.",
    "export": "Write a dataset in the format of other programs.",
    "import": "Make a dataset of recordings of any readable format.",
    "info": "Show what a dataset holds.",
    "leaks": "Look for the same signal on two sides of a split, or of your own lists.",
    "simulate": "Simulate a labelled dataset.",
    "split": "Part a dataset into training, validation and test.",
    "verify": "Compare every checksum of a dataset.",
}


@click.group(cls=LazyGroup, package="palier.cli.dataset", table=_COMMANDS)
def dataset() -> None:
    """Make, import, check and split datasets."""
