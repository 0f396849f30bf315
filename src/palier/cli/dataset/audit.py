"""``palier dataset audit``: is a stored dataset what it is said to be?"""

from pathlib import Path

import click

__all__ = ["audit"]


@click.command()
@click.argument("dataset", type=click.Path(path_type=Path))
@click.option("--json", "json_path", help="Write the findings as JSON to this file too, or to - for standard output.")
def audit(dataset: Path, json_path: str | None) -> None:
    """Find out whether the recordings of a stored dataset are what they are said to be.

    DATASET is its folder. Recordings are checked on their own, against each other, and for what gives a class away
    without any machine behind it. The findings are stored in the dataset, where training reads them.
    """
    from palier.cli.audit_table import finish_audit
    from palier.cli.dataset.progress import dataset_progress
    from palier.data.store import open_dataset
    from palier.data.stored_audit import audit_dataset

    opened = open_dataset(dataset)
    with dataset_progress(len(opened), doing="auditing") as advance:
        found = audit_dataset(opened, on_progress=advance)
    finish_audit(found, json_path=json_path)
