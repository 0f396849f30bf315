"""``palier dataset simulate``: a labelled dataset from a seed."""

from pathlib import Path
from typing import Any

import click

__all__ = ["simulate"]

_LEVELS = ("balanced", "incipient", "mild", "moderate", "severe")


@click.command()
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path), help="Folder of the dataset.")
@click.option("--spec", "spec_path", type=click.Path(path_type=Path), help="YAML file; options win over it.")
@click.option("--kind", type=click.Choice(["journal", "rolling"]), help="Kind of bearing.  [default: journal]")
@click.option("--records-per-class", type=click.IntRange(min=1), help="Records of each class.  [default: 320]")
@click.option("--fault", "faults", multiple=True, help="Only this class; repeatable.  [default: all]")
@click.option("--severity", type=click.Choice(_LEVELS), help="Severity of all records.  [default: balanced]")
@click.option("--noise", "layers", multiple=True, metavar="LAYER=on|off",
              help="Switch a layer of the acquisition chain; repeatable.")  # fmt: skip
@click.option("--snr-db", type=float, help="Physical signal over sensor noise, instead of a drawn level.")
@click.option("--machines", type=click.IntRange(min=1), help="Machines the records come from.  [default: one each]")
@click.option("--seed", type=click.IntRange(min=0), help="Seed.  [default: 0]")
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Processes that write.")
@click.option("--scheduler", help="Address of a Dask scheduler whose workers write, such as tcp://host:8786.")
@click.option("--overwrite", is_flag=True, help="Replace a dataset that is there.")
@click.option("--dry-run", is_flag=True, help="Print size and time, measured on a few records, and write nothing.")
def simulate(
    out: Path,
    spec_path: Path | None,
    layers: tuple[str, ...],
    faults: tuple[str, ...],
    workers: int,
    scheduler: str | None,
    overwrite: bool,  # noqa: FBT001 - click's signature
    dry_run: bool,  # noqa: FBT001 - click's signature
    **typed: Any,
) -> None:
    """Simulate a labelled dataset: journal bearings of eleven classes, or rolling bearings of five.

    Every record depends on the seed, its number and the spec alone, so that any number of workers makes the same
    dataset. Interrupted work is gone on with by the same command. The data are SIMULATED and say so.
    """
    try:
        _simulate(out, spec_path, layers, faults, workers, scheduler, typed, overwrite=overwrite, dry_run=dry_run)
    except KeyboardInterrupt:
        from palier.data.build import partial_folder

        kept = partial_folder(out)
        what = f"what is finished is in {kept}: the same command goes on" if kept.exists() else "nothing was written"
        click.echo(f"interrupted; {what}", err=True)
        raise SystemExit(130) from None


def _simulate(
    out: Path,
    spec_path: Path | None,
    layers: tuple[str, ...],
    faults: tuple[str, ...],
    workers: int,
    scheduler: str | None,
    typed: dict[str, Any],
    *,
    overwrite: bool,
    dry_run: bool,
) -> None:
    from palier.data.yaml_table import read_yaml_table
    from palier.simulate import estimate, source_of, spec_from

    values = {} if spec_path is None else read_yaml_table(spec_path)
    values |= {key: value for key, value in typed.items() if value is not None}
    if faults:
        values["faults"] = list(faults)
    if layers:
        values["layers"] = {**dict(values.get("layers") or {}), **dict(map(_switch, layers))}
    spec = spec_from(values)
    if dry_run:
        cost = estimate(spec)
        click.echo(
            f"{cost.records} records of {spec.duration_s:g} s at {spec.sampling_rate_hz:g} Hz: "
            f"{cost.size_bytes / 1e9:.2f} GB, about {_time(cost.seconds / workers)} with {workers} "
            f"worker{'s' if workers > 1 else ''} like this machine's"
        )
        return
    from palier.cli.dataset.progress import dataset_progress
    from palier.data.build import build_dataset

    with dataset_progress(len(spec), doing="simulating") as advance:
        made = build_dataset(
            source_of(spec), out, workers=workers, scheduler=scheduler, on_progress=advance,
            overwrite="replace" if overwrite else "refuse",
        )  # fmt: skip
    click.echo(f"{out}: {len(made)} SIMULATED records, content {made.card.content_hash[:16]}")


def _switch(text: str) -> tuple[str, bool]:
    name, _, state = text.partition("=")
    if state not in ("on", "off"):
        raise click.BadParameter(f"{text!r}; give LAYER=on or LAYER=off", param_hint="--noise")
    return name, state == "on"


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
