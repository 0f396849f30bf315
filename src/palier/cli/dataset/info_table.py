"""What the terminal shows of a stored dataset."""

import json
import sys

import click

from palier.core.faults import fault
from palier.data.summary import DatasetSummary

__all__ = ["show_info"]

_WORDS = {
    "sampling_rate_hz": ("sampling rate", 1.0, "Hz"),
    "duration_s": ("duration", 1.0, "s"),
    "speed_hz": ("speed", 60.0, "rpm"),
    "load": ("load", 1.0, ""),
    "temperature_c": ("temperature", 1.0, "°C"),
    "n_channels": ("channels", 1.0, ""),
}


def show_info(summary: DatasetSummary) -> None:
    """Print a summary: origin, classes by severities, levels, quantities, splits."""
    card = summary.card
    if summary.simulated:
        part = "" if card.n_simulated == card.n_records else f" in {card.n_simulated} of {card.n_records} records"
        click.secho(f"SIMULATED data, not a measurement{part}", fg="magenta", bold=True)
    click.secho(card.name, bold=True)
    click.echo(
        f"{card.n_records} records · {card.duration_s / 60:.1f} min · {card.n_bytes / 1e6:.1f} MB in {summary.n_files} "
        f"files · compression {card.compression} · chunks of {card.window_s:g} s"
    )
    click.echo(f"content {card.content_hash}")
    click.echo(f"schema version {card.schema_version} · made {card.created} by {card.made_by} · licence "
               f"{card.licence or 'not stated'}")  # fmt: skip
    _show_table(summary)
    named = [level for level in summary.levels if level.n_records]
    click.echo("levels: " + ", ".join(f"{n.n_names} {n.level}s ({n.n_records} records)" for n in named))
    for s in summary.spreads:
        name, factor, unit = _WORDS[s.quantity]
        low, middle, high = (f"{v * factor:.6g}" for v in (s.smallest, s.median, s.largest))
        stated = "" if s.n_records == card.n_records else f" (stated by {s.n_records} records)"
        click.echo(f"{name}: {low if low == high else f'{low} to {high}, median {middle}'} {unit}".rstrip() + stated)
    click.echo("units: " + ", ".join(f"{unit} ({n})" for unit, n in summary.units.items()))
    if summary.n_findings is None:
        click.echo("audit: not made yet; palier dataset audit makes it")
    else:
        click.echo("audit: " + (", ".join(f"{n} {s}" for s, n in summary.n_findings.items()) or "nothing found"))
    for split in summary.splits:
        leaky = click.style(" LEAKY, made on purpose", fg="red") if split.leaky else ""
        folds = f"{len(split.folds)} fold{'s' if len(split.folds) > 1 else ''}"
        click.echo(f"split {split.name}: {split.kind} on {split.level}, {folds}, seed {split.seed}{leaky}"
                   + (f" · {split.text}" if split.text else ""))  # fmt: skip
    if not summary.splits:
        click.echo("splits: none; palier dataset split makes them")
    for key, value in card.description.items():
        if key != "licence":
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            click.echo(f"{key}: {text if len(text) <= 300 else text[:299] + '…'}")


def _show_table(summary: DatasetSummary) -> None:
    from rich.console import Console
    from rich.table import Table

    columns = [c for c in next(iter(summary.table.values())) if any(row[c] for row in summary.table.values())]
    table = Table("class", *("no severity" if c == "-" else c for c in columns), "records", box=None, pad_edge=False)
    for key, row in summary.table.items():
        name = "not labelled" if key == "-" else fault(key).name_en
        table.add_row(name, *(str(row[c] or "") for c in columns), str(sum(row.values())))
    Console(width=None if sys.stdout.isatty() else 120).print(table)
