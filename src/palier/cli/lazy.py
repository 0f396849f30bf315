"""Command groups that import a command when it is called."""

from collections.abc import Mapping
from importlib import import_module
from keyword import iskeyword
from typing import Any

import click

__all__ = ["LazyGroup"]


class LazyGroup(click.Group):
    """A group whose commands live in one module each, imported when it is needed.

    Parameters
    ----------
    package : str
        Where the modules are.
    table : mapping of name to text
        A command ``x-y`` is the function ``x_y`` of the module ``package.x_y``; a word of Python's, such as
        ``import``, is ``import_`` in both.
    """

    def __init__(self, *args: Any, package: str, table: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.package, self.table = package, table

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names, sorted."""
        return sorted(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command, or return None where there is none of the name."""
        if cmd_name not in self.table:
            return None
        name = cmd_name.replace("-", "_") + "_" * iskeyword(cmd_name)
        command: click.Command = getattr(import_module(f"{self.package}.{name}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the table; nothing is imported for it."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(self.table.items()))
