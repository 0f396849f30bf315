"""Options that every command of the application shares."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from palier.config import Settings

__all__ = ["settings_options", "settings_typed"]

F = TypeVar("F", bound=Callable[..., Any])


def settings_options(command: F) -> F:
    """Add ``--settings`` and ``--data-dir``."""
    for option in (
        click.option("--data-dir", type=click.Path(path_type=Path), help="Folder of all data.  [default: palier-data]"),
        click.option("--settings", "settings_file", type=click.Path(path_type=Path), help="Settings file (TOML)."),
    ):
        command = option(command)
    return command


def settings_typed(settings_file: Path | None, **typed: Any) -> "Settings":
    """Read the settings, with what was typed first."""
    from palier.config import load_settings

    return load_settings(command_line=typed, file=settings_file)[0]
