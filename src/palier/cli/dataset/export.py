"""``palier dataset export``: for other programs."""

from pathlib import Path
from typing import Any

import click

__all__ = ["export"]


@click.command()
@click.argument("dataset", type=click.Path(path_type=Path))
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path), help="Folder to write; a file for h5.")
@click.option("--format", "format_", type=click.Choice(["mat", "csv", "npz", "parquet", "h5"]),
              help="Format.  [default: h5 if OUT ends so, or else npz]")  # fmt: skip
@click.option("--split", help="Only the records of this stored split; its sides are the groups of h5.")
@click.option("--fold", help="Fold of the split.  [default: the first]")
@click.option("--channel", type=click.IntRange(min=0), default=0, show_default=True, help="For h5: the channel taken.")
@click.option("--overwrite", is_flag=True, help="Replace what an earlier export wrote there.")
def export(dataset: Path, out: Path, format_: Any, *, overwrite: bool, **options: Any) -> None:
    """Write a stored dataset in the format of other programs.

    DATASET is its folder. mat, csv, npz and parquet give a folder with one file per recording, a table of facts, and
    labels as `palier audit` and `palier dataset import` take them; h5 gives one file with an array per side.
    """
    from palier.cli.dataset.progress import dataset_progress
    from palier.data.export import export_dataset
    from palier.data.store import open_dataset

    opened = open_dataset(dataset)
    chosen: Any = format_ or ("h5" if out.suffix.lower() in (".h5", ".hdf5") else "npz")
    with dataset_progress(len(opened), doing="exporting") as advance:
        written = export_dataset(
            opened, out, format=chosen, overwrite="replace" if overwrite else "refuse", on_progress=advance, **options
        )
    notice = " SIMULATED" if opened.card.n_simulated else ""
    click.echo(f"{written}: {opened.card.name} as {chosen}{notice}")
