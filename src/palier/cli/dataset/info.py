"""``palier dataset info``: what a stored dataset holds."""

from pathlib import Path

import click

__all__ = ["info"]


@click.command()
@click.argument("dataset", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def info(dataset: Path, *, as_json: bool) -> None:
    """Show what a stored dataset holds: classes and severities, levels, splits, size, origin.

    DATASET is its folder.
    """
    from palier.cli.dataset.info_table import show_info
    from palier.data.store import open_dataset
    from palier.data.summary import dataset_summary, summary_json

    summary = dataset_summary(open_dataset(dataset))
    if as_json:
        click.echo(summary_json(summary))
    else:
        show_info(summary)
