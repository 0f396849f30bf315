"""``palier dataset import``: anybody's recordings as a dataset, with what they are stated to be."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from palier.data.store import Dataset

__all__ = ["import_"]

_KEY = "KEY"


@click.command(name="import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path), help="Folder of the dataset.")
@click.option("--kind", type=click.Choice(["journal", "rolling"]), required=True, help="Kind of bearing.")
@click.option("--labels", type=click.Path(path_type=Path), help="CSV table: path, label, and any columns of facts.")
@click.option("--label-pattern", help="Regular expression whose first group, found in the file's name, is its label.")
@click.option("--label-map", multiple=True, metavar="OLD=CLASS", help="What a label means in the taxonomy; repeatable.")
@click.option("--bearing-key", metavar=_KEY, help="Which individual bearing a file is of.")
@click.option("--rig", metavar=_KEY, help="Which machine or test rig it is of.")
@click.option("--condition-key", metavar=_KEY, help="Which operating condition it was recorded under.")
@click.option("--severity", metavar=_KEY, help="Level: incipient, mild, moderate or severe.")
@click.option("--severity-map", multiple=True, metavar="OLD=LEVEL", help="What a severity means; repeatable.")
@click.option("--load", metavar=_KEY, help="Load, a number.")
@click.option("--load-unit", help="Unit of the loads, in your words.")
@click.option("--temperature", metavar=_KEY, help="Temperature in °C.")
@click.option("--speed-rpm", metavar=_KEY, help="Mean shaft speed in rpm, where the file does not state it.")
@click.option("--sampling-rate", metavar=_KEY, help="Sampling rate in Hz, where the file does not state it.")
@click.option("--source-split", metavar=_KEY, help="Side on which somebody placed the file: train, validation or test.")
@click.option("--unit", help="Unit of the samples: g, m/s^2, mm/s or um.")
@click.option("--bearing", "bearing_name", help="Designation of the bearings, such as 6205.")
@click.option("--channel", help="Channel to keep, by name or by number from 0.")
@click.option("--all-channels", is_flag=True, help="Keep all channels of a file that belong together.")
@click.option("--format", "format_", help="Reader to use instead of the one the content suggests.")
@click.option("--layout", is_flag=True,
              help="PATHS is one HDF5 file of a whole dataset: /<split>/signals and /<split>/labels.")  # fmt: skip
@click.option("--keep-splits", is_flag=True, help="Store the source's own sides as the split `source`.")
@click.option("--licence", help="Licence of the recordings, for the card.")
@click.option("--skip-unreadable", is_flag=True, help="Leave out files that cannot be read, and name them.")
@click.option("--window-s", type=click.FloatRange(min=0, min_open=True), default=1.0, show_default=True,
              help="Length of the chunks in seconds: of the windows that will mostly be read.")  # fmt: skip
@click.option("--resample-hz", type=click.FloatRange(min=0, min_open=True),
              help="Bring every record to this rate, so that sets of different rates can be compared.")  # fmt: skip
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Processes that write.")
@click.option("--overwrite", is_flag=True, help="Replace a dataset that is there.")
def import_(paths: tuple[Path, ...], out: Path, **options: Any) -> None:
    """Make a dataset of recordings: files and folders of any readable format, or one HDF5 file of an older layout.

    A KEY is a value for all files, `column:NAME` of the table of labels (of the metadata rows with --layout), or
    `pattern:REGEX`, searched in the file's name and then in its path; its groups are joined by hyphens. What is neither
    stated nor in the files stays undeclared. Labels must be classes of the taxonomy, or be mapped to them. The audit is
    run and its findings are stored.
    """
    from palier.data.build import partial_folder

    try:
        _import(paths, out, options)
    except KeyboardInterrupt:
        if partial_folder(out).exists():
            click.echo(f"interrupted; what is finished is in {partial_folder(out)}: the same command goes on", err=True)
        elif not (out / "dataset.json").is_file():
            click.echo("interrupted before anything was imported", err=True)
        else:
            more = f" and palier dataset split {out} --name source --kind source" if options["keep_splits"] else ""
            click.echo(
                f"interrupted; the records are in {out}, the audit is not finished: palier dataset audit {out}{more}",
                err=True,
            )
        raise SystemExit(130) from None


def _import(paths: tuple[Path, ...], out: Path, options: dict[str, Any]) -> None:
    from palier.cli.dataset.progress import dataset_progress
    from palier.data.build import build_dataset

    source = _layout_source(paths, out, options) if options["layout"] else _file_source(paths, options)
    kept = source
    if options["resample_hz"] is not None:
        from palier.data.resampled_source import ResampledSource

        kept = ResampledSource(source, options["resample_hz"])
    try:
        with dataset_progress(len(source), doing="importing") as advance:
            made = build_dataset(
                kept, out, workers=options["workers"], window_s=options["window_s"], on_progress=advance,
                overwrite="replace" if options["overwrite"] else "refuse",
            )  # fmt: skip
    finally:
        if options["layout"]:
            source.close()
    _finish(made, options)


def _places(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """Refuse what is not there, and take the recordings of a folder that `palier dataset export` made."""
    from palier.errors import ReadError

    missing = [str(p) for p in paths if not p.exists()]
    if missing:
        raise ReadError(f"{', '.join(missing)}: no such file or folder; name existing ones")
    return tuple(
        p / "recordings" if (p / "export.json").is_file() and (p / "recordings").is_dir() else p for p in paths
    )


def _file_source(paths: tuple[Path, ...], options: dict[str, Any]) -> Any:
    from palier.cli.dataset.progress import dataset_progress
    from palier.core.units import parse_unit
    from palier.data.importing import ImportRequest, file_source, unreadable_files
    from palier.data.label_names import parse_map
    from palier.data.read import find_recordings

    request = ImportRequest(
        kind=options["kind"],
        labels=options["labels"],
        label_pattern=options["label_pattern"],
        label_map=parse_map(options["label_map"], option="--label-map"),
        severity_map=parse_map(options["severity_map"], option="--severity-map"),
        severity=_key(options["severity"]),
        sampling_rate_hz=_key(options["sampling_rate"]),
        source_split=_key(options["source_split"]),
        unit=None if options["unit"] is None else parse_unit(options["unit"]),
        bearing_name=options["bearing_name"],
        channel=options["channel"],
        channels="all" if options["all_channels"] else "one",
        format=options["format_"],
        licence=options["licence"],
        **_shared_keys(options),
    )
    source = file_source(find_recordings(_places(paths)), request)
    if options["skip_unreadable"]:
        with dataset_progress(len(source), doing="reading") as advance:
            bad = unreadable_files(source, on_progress=advance)
        for _, why in bad:
            click.echo(f"left out: {why}", err=True)
        source = source.without([path for path, _ in bad]) if bad else source
    return source


def _layout_source(paths: tuple[Path, ...], out: Path, options: dict[str, Any]) -> Any:
    from palier.cli.dataset.progress import dataset_progress
    from palier.core.units import parse_unit
    from palier.data.hdf5_layout import LayoutRequest, unpack_layout
    from palier.data.label_names import parse_map

    if len(paths) != 1:
        raise click.UsageError("--layout takes one file")
    for name in ("labels", "label_pattern", "severity", "source_split", "channel", "all_channels", "skip_unreadable"):
        if options[name]:
            raise click.UsageError(f"--{name.replace('_', '-')} is not for a file of a whole dataset (--layout)")
    rate = options["sampling_rate"]
    try:
        rate_hz = None if rate is None else float(rate)
    except ValueError:
        raise click.BadParameter(f"{rate!r} is no number", param_hint="--sampling-rate") from None
    request = LayoutRequest(
        kind=options["kind"],
        sampling_rate_hz=rate_hz,
        unit=None if options["unit"] is None else parse_unit(options["unit"]),
        label_map=parse_map(options["label_map"], option="--label-map"),
        severity_map=parse_map(options["severity_map"], option="--severity-map"),
        licence=options["licence"],
        **_shared_keys(options),
    )
    with dataset_progress(0, doing="unpacking") as advance:
        return unpack_layout(paths[0], out.with_name(f".{out.name}.layout"), request, on_progress=advance)


def _shared_keys(options: dict[str, Any]) -> dict[str, Any]:
    return {
        "bearing": _key(options["bearing_key"]),
        "rig": _key(options["rig"]),
        "condition": _key(options["condition_key"]),
        "load": _key(options["load"]),
        "load_unit": options["load_unit"],
        "temperature_c": _key(options["temperature"]),
        "speed_rpm": _key(options["speed_rpm"]),
    }


def _key(text: str | None) -> Any:
    from palier.data.record_keys import Key

    return None if text is None else Key.parse(text)


def _finish(made: "Dataset", options: dict[str, Any]) -> None:
    """Audit the dataset, store its findings and its splits, and say what is there."""
    from palier.cli.dataset.progress import dataset_progress
    from palier.cli.dataset.split_table import show_findings, show_split
    from palier.data.leaks import check_split, copies_across
    from palier.data.split import SplitRequest, highest_level, make_split
    from palier.data.stored_audit import audit_dataset

    with dataset_progress(len(made), doing="auditing") as advance:
        audit = audit_dataset(made, on_progress=advance)
    show_findings(audit.findings)
    card = made.card
    classes = ", ".join(f"{name} {n}" for name, n in card.classes.items()) or "none"
    unlabelled = f", {card.n_unlabelled} without a label" if card.n_unlabelled else ""
    click.echo(f"{made.path}: {card.n_records} records ({classes}{unlabelled}), content {card.content_hash[:16]}")
    click.echo(f"highest level that the records name: {highest_level(made.index)}")
    if options["keep_splits"]:
        from dataclasses import replace

        split = make_split(made.index, SplitRequest("source", kind="source", leaky=True))
        split = replace(split, leaky=split.leaky or bool(copies_across(made.index, split)))
        with dataset_progress(len(made), doing="looking for leaks") as advance:
            findings = check_split(made, split, on_done=advance)
        made.add_split(split)
        show_split(made, split, findings)
