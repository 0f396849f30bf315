"""The `palier` command."""

import click

from palier import __version__

__all__ = ["main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="palier")
def main() -> None:
    """Tell what is wrong with a rotating machine from a vibration recording, how sure, and why."""
