"""The `palier` command."""

from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from palier import __version__
from palier.cli.lazy import LazyGroup
from palier.cli.remote import Server
from palier.errors import PalierError

__all__ = ["main"]

#: Commands by name; each lives in the module of its name and is imported when it is called.
_COMMANDS = {
    "audit": "Find out whether recordings are what they are said to be.",
    "bearings": "Show the bearings palier knows, or one of them.",
    "cache": "Show or empty the cache of derived data.",
    "compare": "Compare models on the same records.",
    "config": "Look at the settings.",
    "dataset": "Make, import, check and split datasets.",
    "db": "Look after the database.",
    "demo": "Diagnose a simulated damaged bearing.",
    "diagnose": "Tell what is wrong with a bearing, how sure, and why.",
    "evaluate": "Judge a model on records it has not seen.",
    "features": "Show features, compute them, and find out which tell classes apart.",
    "models": "Show the models that can be trained, and the bundles that were.",
    "serve": "Serve the application: pages, API and workers.",
    "train": "Train a model, judge it honestly, and write it as a bundle.",
    "user": "Add, disable and help people who sign in.",
    "worker": "Run jobs for a server that runs elsewhere.",
}

#: Commands that a server can do the work of.
_ON_A_SERVER = ("diagnose",)


class _Palier(LazyGroup):
    """Turns every PalierError into one clear line."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except PalierError as error:
            click.echo(f"palier: {error}", err=True)
            ctx.exit(2)


@click.group(
    cls=_Palier, package="palier.cli", table=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="palier")
@click.option("--server", envvar="PALIER_SERVER", show_envvar=True, metavar="URL",
              help="Let this server do the work (diagnose only); its API key is in PALIER_API_KEY.")  # fmt: skip
@click.option("--key-file", type=click.Path(path_type=Path), help="File with the API key of the server.")
@click.pass_context
def main(context: click.Context, server: str | None, key_file: Path | None) -> None:
    """Tell what is wrong with a rotating machine from a vibration recording, how sure, and why."""
    if server is None:
        return
    typed = context.get_parameter_source("server") is ParameterSource.COMMANDLINE
    if typed and context.invoked_subcommand not in _ON_A_SERVER:
        raise click.UsageError(f"--server is for {', '.join(_ON_A_SERVER)}, not for {context.invoked_subcommand}")
    context.obj = Server(server, key_file)
