"""``palier dataset leaks``: does anything pass from training to test?"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from palier.cli.declarations import declaration_options, declared_from

if TYPE_CHECKING:
    from palier.data.audit import Finding
    from palier.data.leaks import Holding

__all__ = ["leaks"]


@click.command()
@click.argument("dataset", required=False, type=click.Path(path_type=Path))
@click.option("--split", "split_name", help="Name of a split stored with the dataset.")
@click.option("--train", multiple=True, type=click.Path(path_type=Path),
              help="Without a dataset: a recording, a folder, or a .list of them, one a line; repeatable.")  # fmt: skip
@click.option("--validation", multiple=True, type=click.Path(path_type=Path), help="Likewise.")
@click.option("--test", multiple=True, type=click.Path(path_type=Path), help="Likewise.")
@declaration_options
@click.option("--json", "json_path", help="Write the findings as JSON to this file, or to - for standard output.")
def leaks(dataset: Path | None, split_name: str | None, json_path: str | None, **options: Any) -> None:
    """Look for the same signal on two sides of a split: copies, scaled or filtered copies, and overlaps.

    Either of a stored DATASET and its --split, or of anybody's files (--train and --test). Exit status 0 when nothing
    fatal was found, 1 when something was.
    """
    try:
        findings = _of_files(options) if dataset is None else _of_split(dataset, split_name, options)
    except KeyboardInterrupt:
        click.echo("interrupted; nothing was concluded", err=True)
        raise SystemExit(130) from None
    _show(findings, json_path)
    if any(f.severity == "fatal" for f in findings):
        raise SystemExit(1)


def _of_split(path: Path, split_name: str | None, options: dict[str, Any]) -> "tuple[Finding, ...]":
    from palier.cli.dataset.progress import dataset_progress
    from palier.cli.model_options import read_split_of
    from palier.data.leaks import check_split
    from palier.data.store import open_dataset

    if any(options[side] for side in ("train", "validation", "test")):
        raise click.UsageError("name a dataset, or files with --train and --test, not both")
    opened = open_dataset(path)
    split = opened.split(read_split_of(opened, split_name))
    with dataset_progress(len(opened), doing="looking for leaks") as advance:
        return check_split(opened, split, on_done=advance)


def _of_files(options: dict[str, Any]) -> "tuple[Finding, ...]":
    from palier.cli.dataset.progress import dataset_progress
    from palier.data.leaks import check_leaks

    if not (options["train"] and options["test"]):
        raise click.UsageError("name a dataset and its --split, or files with --train and --test")
    sides = [_members(options[side], options) for side in ("train", "validation", "test")]
    with dataset_progress(sum(map(len, sides)), doing="looking for leaks") as advance:
        return check_leaks(*sides, on_done=advance)


def _members(paths: tuple[Path, ...], options: dict[str, Any]) -> "list[Holding]":
    from palier.data.leaks import members_of_files
    from palier.data.read import find_recordings

    declared = declared_from(options["sampling_rate"], options["unit"], options["speed_rpm"], options["channel"])
    named = [p for path in paths for p in (_listed(path) if path.suffix == ".list" else [path])]
    return members_of_files(find_recordings(named), declared=declared, format=options["format_"])


def _listed(path: Path) -> list[Path]:
    from palier.errors import ReadError

    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(f"{path}: cannot be read ({error}); give a text file with one path a line") from error
    names = [Path(line.strip()) for line in lines if line.strip()]
    return [name if name.is_absolute() or name.exists() else path.parent / name for name in names]


def _show(findings: "tuple[Finding, ...]", json_path: str | None) -> None:
    from palier.cli.dataset.split_table import show_findings
    from palier.cli.present import write_text
    from palier.data.leaks import findings_json

    if json_path == "-":
        click.echo(findings_json(findings), nl=False)
        return
    show_findings(findings)
    if not findings:
        click.secho("no signal is on two sides, whole, in part, filtered or scaled", fg="green")
    if json_path is not None:
        write_text(Path(json_path), findings_json(findings))
        click.echo(f"JSON: {json_path}")
