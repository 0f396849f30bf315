"""``palier user``: people, from the machine that serves."""

import click

from palier.cli.lazy import LazyGroup

__all__ = ["user"]

_COMMANDS = {
    "add": "Invite somebody: prints a link that works once.",
    "disable": "Let somebody in no more.",
    "reset": "Make a link with which somebody chooses a new password.",
}


@click.group(cls=LazyGroup, package="palier.cli.user", table=_COMMANDS)
def user() -> None:
    """Add, disable and help people who sign in, as whoever runs the server."""
