"""``palier config show``: every setting."""

from pathlib import Path

import click

from palier.cli.settings_options import settings_options

__all__ = ["show"]


@click.command()
@settings_options
def show(settings_file: Path | None, data_dir: Path | None) -> None:
    """Show every setting, its value (secrets masked) and where it came from."""
    from rich.console import Console
    from rich.table import Table

    from palier.config import load_settings

    settings, origins = load_settings(command_line={"data_dir": data_dir}, file=settings_file)
    table = Table(box=None, pad_edge=False)
    for heading in ("Setting", "Value", "From"):
        table.add_column(heading, overflow="fold")
    for name, value in settings.shown().items():
        text = ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
        table.add_row(name, text, origins[name])
    Console().print(table)
