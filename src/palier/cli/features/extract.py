"""``palier features extract``."""

from pathlib import Path

import click

from palier.cli.declarations import declaration_options, declared_from

__all__ = ["extract"]


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--data", "data_path", type=click.Path(path_type=Path), help="Folder of a dataset, instead of files.")
@click.option(
    "--set", "set_name", default="standard-1", show_default=True, help="Feature set; see `palier features list --sets`."
)
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path), help="File to write: .parquet or .csv.")
@click.option(
    "--window-s", type=click.FloatRange(min=0, min_open=True), help="Length of a window; whole recordings otherwise."
)
@click.option(
    "--hop-s", type=click.FloatRange(min=0, min_open=True), help="From one window to the next; its length otherwise."
)
@click.option("--bearing", help="Name from `palier bearings`, or geometry: the defect lines are then known.")
@click.option("--missing-speed", type=click.Choice(["refuse", "estimate", "nan"]), default="refuse", show_default=True,
              help="What to do where no speed is known and a feature needs it.")  # fmt: skip
@click.option("--speed-range-rpm", nargs=2, type=float, help="Lowest and highest speed, where it is to be estimated.")
@declaration_options
def extract(
    paths: tuple[Path, ...],
    data_path: Path | None,
    set_name: str,
    out: Path,
    window_s: float | None,
    hop_s: float | None,
    bearing: str | None,
    missing_speed: str,
    speed_range_rpm: tuple[float, float] | None,
    sampling_rate: float | None,
    unit: str | None,
    speed_rpm: float | None,
    channel: str | None,
    format_: str | None,
) -> None:
    """Compute the features of recordings, or of a dataset, window by window.

    PATHS are files or folders. One row for each window: where it is from, then the features. Exit status 2 when some
    recordings could not be read (the rest still are).
    """
    from palier.cli.features.tables import Job, rows_of_dataset, rows_of_files, write_rows

    if bool(paths) == (data_path is not None):
        raise click.UsageError("give PATHS, or --data with a dataset: one of the two")
    job = Job(set_name, window_s, hop_s, missing_speed, speed_range_rpm, bearing)
    failures: list[str] = []
    if data_path is not None:
        rows = rows_of_dataset(data_path, job=job)
    else:
        declared = declared_from(sampling_rate, unit, speed_rpm, channel)
        rows = rows_of_files(paths, job=job, declared=declared, reader=format_, failures=failures)
    count = write_rows(rows, out)
    click.echo(f"{count} windows: {out}" if count else "no window to compute features of; nothing written")
    for failure in failures:
        click.echo(f"palier: {failure}", err=True)
    if failures:
        raise SystemExit(2)
