"""``palier config``: the settings."""

import click

from palier.cli.lazy import LazyGroup

__all__ = ["config"]

_COMMANDS = {
    "check": "Say whether it would be safe to serve with these settings.",
    "show": "Show every setting, its value and where it came from.",
}


@click.group(cls=LazyGroup, package="palier.cli.config", table=_COMMANDS)
def config() -> None:
    """Look at the settings."""
