"""``palier cache``: features and spectra that were computed once."""

from pathlib import Path

import click

__all__ = ["cache"]

_folder = click.option("--folder", type=click.Path(path_type=Path), help="Folder of the cache.  [default: the user's]")


@click.group()
def cache() -> None:
    """Show or empty the cache of derived data: features and spectra that were computed once."""


@cache.command()
@_folder
def info(folder: Path | None) -> None:
    """Show where the cache is and how full."""
    from palier.data.cache import DerivedCache, default_cache_folder

    found = DerivedCache(folder or default_cache_folder()).info()
    click.echo(
        f"{found.folder}: {found.n_entries} entr{'y' if found.n_entries == 1 else 'ies'}, {found.n_bytes / 1e6:.1f} MB "
        f"of at most {found.limit_bytes / 1e6:.0f} MB"
    )


@cache.command()
@_folder
def clear(folder: Path | None) -> None:
    """Remove everything from the cache; it is computed again when it is needed."""
    from palier.data.cache import DerivedCache, default_cache_folder

    opened = DerivedCache(folder or default_cache_folder())
    n = opened.clear()
    click.echo(f"{opened.folder}: {n} entr{'y' if n == 1 else 'ies'} removed")
