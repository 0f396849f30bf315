"""``palier models show``."""

import json
from pathlib import Path

import click

__all__ = ["show"]


@click.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print bundle.json as it is.")
def show(name: str, as_json: bool) -> None:  # noqa: FBT001 - click's signature
    """Show a model of the list, or the bundle in the folder NAME."""
    from palier.models.catalogue import MODELS, model_entry

    if name in MODELS and not Path(name).is_dir():
        entry = model_entry(name)
        click.secho(entry.name, bold=True)
        click.echo(entry.text)
        sets = ", ".join(f"{kind}: {name}" for kind, name in (entry.feature_sets or {}).items())
        click.echo(f"input: {entry.input}" + (f" ({sets})" if sets else ""))
        for key, value in entry.parameters.items():
            low, high = entry.ranges.get(key, (None, None))
            span = "" if low is None else f" ({low:g} to {high:g})"
            click.echo(f"  {key}: {value}{span}")
        click.echo(f"reference: {entry.reference}")
        return
    if not Path(name).exists():
        model_entry(name)  # says which models there are
    _show_bundle(Path(name), as_json=as_json)


def _show_bundle(path: Path, *, as_json: bool) -> None:
    from palier.models.bundle import open_bundle
    from palier.models.inputs import FeatureInput

    bundle = open_bundle(path)
    if as_json:
        click.echo(json.dumps(json.loads((path / "bundle.json").read_text(encoding="utf-8")), indent=1))
        return
    card = bundle.card
    click.secho(card.name, bold=True)
    if card.synthetic:
        click.secho("Trained on SIMULATED data: never validated on measured data.", fg="magenta")
    if card.metrics:
        click.echo(card.metrics["sentence"])
        for name, column in card.metrics["columns"].items():
            click.echo(f"  {name:<9} {column['accuracy']:.2%}  {column['text']}")
    click.echo(f"model: {card.model}; {card.kind} bearings; classes: {', '.join(card.classes)}")
    fed = f"{card.input.width} features of {card.input.feature_set} {card.input.version}" if isinstance(
        card.input, FeatureInput
    ) else f"{card.input.width} samples at {card.input.rate_hz:g} Hz"  # fmt: skip
    unit = card.unit or "undeclared"
    click.echo(f"input: windows of {card.window_s:g} s at {card.sampling_rate_hz:g} Hz, unit {unit}; {fed}")
    split = card.split
    click.echo(
        f"trained on {card.training['records']} records of {card.dataset['name']} "
        f"({str(card.dataset['content_hash'])[:12]}), split {split['name']} by {split['level']}"
        + (", LEAKY" if split["leaky"] else "")
        + f", seed {card.training['seed']}"
    )
    if card.calibration is None:
        click.echo("calibration: none (the split has no validation side): no false-alarm rate can be stated")
    else:
        click.echo(f"calibration: {card.calibration.groups} groups ({card.calibration.level})")
    click.echo(
        f"made with: {', '.join(f'{k} {v}' for k, v in card.versions.items())}; commit {card.commit or 'unknown'}"
    )
    click.echo(f"sha256 {bundle.sha256}")
