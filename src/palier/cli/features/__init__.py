"""``palier features``: what can be computed from a waveform, computing it, and what of it tells classes apart."""

import click

from palier.cli.lazy import LazyGroup

__all__ = ["features"]

_COMMANDS = {
    "extract": "Compute the features of recordings or of a dataset.",
    "list": "List the features, with units and formulas.",
    "rank": "Put features in order of use for telling the classes of a dataset apart.",
}


@click.group(cls=LazyGroup, package="palier.cli.features", table=_COMMANDS)
def features() -> None:
    """Show features, compute them, and find out which tell classes apart."""
