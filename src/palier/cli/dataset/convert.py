"""``palier dataset convert``: the same records, stored otherwise."""

from pathlib import Path
from typing import Any

import click

__all__ = ["convert"]


@click.command()
@click.argument("dataset", type=click.Path(path_type=Path))
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path), help="Folder of the new dataset.")
@click.option("--compression", type=click.Choice(["none", "gzip"]), help="Compression.  [default: as it is]")
@click.option("--window-s", type=float, help="Length of the chunks in seconds.  [default: as it is]")
@click.option("--to-schema", type=int, help="For a dataset of an older palier: the schema version that this one reads.")
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Processes that write.")
@click.option("--overwrite", is_flag=True, help="Replace a dataset that is there.")
def convert(dataset: Path, out: Path, *, overwrite: bool, **options: Any) -> None:
    """Write a stored dataset anew: otherwise compressed, in other chunks, or of the present schema version.

    DATASET is its folder. Records, splits and findings stay as they are, and so does the content hash.
    """
    from palier.cli.dataset.progress import dataset_progress
    from palier.data.convert import convert_dataset

    with dataset_progress(0, doing="converting") as advance:
        made = convert_dataset(
            dataset, out, overwrite="replace" if overwrite else "refuse", on_progress=advance, **options
        )
    card = made.card
    click.echo(
        f"{out}: {card.n_records} records, {card.n_bytes / 1e6:.1f} MB, compression {card.compression}, schema version "
        f"{card.schema_version}, content {card.content_hash[:16]}"
    )
