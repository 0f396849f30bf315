"""The `palier` command."""

from importlib import import_module
from typing import Any

import click

from palier import __version__
from palier.errors import PalierError

__all__ = ["main"]

#: Commands by name; each lives in the module of its name and is imported when it is called.
_COMMANDS = {
    "audit": "Find out whether recordings are what they are said to be.",
    "bearings": "Show the bearings palier knows, or one of them.",
    "demo": "Diagnose a simulated damaged bearing.",
    "diagnose": "Tell what is wrong with a bearing, how sure, and why.",
}


class _LazyGroup(click.Group):
    """Imports a command when it is called, and turns every PalierError into one clear line."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"palier.cli.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(sorted(_COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except PalierError as error:
            click.echo(f"palier: {error}", err=True)
            ctx.exit(2)


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="palier")
def main() -> None:
    """Tell what is wrong with a rotating machine from a vibration recording, how sure, and why."""
