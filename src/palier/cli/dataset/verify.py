"""``palier dataset verify``: is every byte as it was written?"""

from pathlib import Path

import click

__all__ = ["verify"]


@click.command()
@click.argument("dataset", type=click.Path(path_type=Path))
def verify(dataset: Path) -> None:
    """Compare every checksum of a stored dataset and name what is damaged.

    DATASET is its folder. Exit status 0 when it is whole, and 2 when something is damaged.
    """
    from palier.cli.dataset.progress import dataset_progress
    from palier.data.store import open_dataset
    from palier.data.verify import verify_dataset

    with dataset_progress(len(open_dataset(dataset)), doing="verifying") as advance:
        found = verify_dataset(dataset, on_progress=advance)
    for damage in found.damages:
        click.echo(f"{damage.where}: {damage.what}", err=True)
    if not found.whole:
        click.echo(f"{dataset}: {len(found.damages)} damages; restore what is named from a copy", err=True)
        raise SystemExit(2)
    click.echo(f"{dataset}: whole; {found.n_records} records in {found.n_files} files are as they were written")
