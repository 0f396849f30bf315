"""``palier models``: the models that can be trained, and the bundles that were."""

import click

from palier.cli.lazy import LazyGroup

__all__ = ["models"]

_COMMANDS = {
    "list": "List the models that can be trained.",
    "show": "Show a model of the list, or a bundle.",
}


@click.group(cls=LazyGroup, package="palier.cli.models", table=_COMMANDS)
def models() -> None:
    """Show the models that can be trained, and the bundles that were."""
