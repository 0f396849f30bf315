"""``palier config check``: whether it is safe to serve."""

from pathlib import Path

import click

from palier.cli.settings_options import settings_options, settings_typed

__all__ = ["check"]


@click.command()
@settings_options
def check(settings_file: Path | None, data_dir: Path | None) -> None:
    """Say whether it would be safe to serve with these settings; exit status 2 where it is not."""
    from palier.config import refusals

    reasons = refusals(settings_typed(settings_file, data_dir=data_dir))
    for reason in reasons:
        click.echo(f"refused: {reason}", err=True)
    if reasons:
        raise SystemExit(2)
    click.echo("these settings can be served with")
