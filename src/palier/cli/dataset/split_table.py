"""What the terminal shows of a split: who is where, and what leaks."""

import sys
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from palier.core.split import Split
from palier.data.audit.findings import Finding

if TYPE_CHECKING:
    from palier.data.store import Dataset

__all__ = ["show_findings", "show_split"]

_SIDES = ("train", "validation", "test")
_MOST_FOLDS = 10
_COLOUR = {"fatal": "red", "warning": "yellow", "info": "cyan"}
_PER_KIND = 3


def show_split(dataset: "Dataset", split: Split, findings: Sequence[Finding]) -> None:
    """Print a table of classes and sides, with records and groups, and the findings of the leak check."""
    from rich.console import Console
    from rich.table import Table

    labels = dataset.index.column("label")
    level = split.level if split.level not in ("window", "record") else None
    groups = None if level is None else dataset.index.column(level)
    leaky = click.style(" — LEAKY, made on purpose", fg="red", bold=True) if split.leaky else ""
    click.echo(f"split {split.name}: {split.text}; level {split.level}, seed {split.seed}{leaky}")
    console = Console(width=None if sys.stdout.isatty() else 120)
    for fold in split.folds[:_MOST_FOLDS]:
        head = "class" if len(split.folds) == 1 else f"fold {fold.name}"
        table = Table(head, *_SIDES, box=None, pad_edge=False)
        rows = {side: getattr(fold, side) for side in _SIDES}
        counts = {side: Counter(labels[r].tolist()) for side, r in rows.items()}
        for name in sorted({str(v) for c in counts.values() for v in c}):
            cells = []
            for side in _SIDES:
                own = [i for i in rows[side] if labels[i] == name]
                n = 0 if groups is None else len({groups[i] for i in own})
                cells.append(f"{len(own)}" + f" ({n} {level}{'s' * (n > 1)})" * (n > 0))
            table.add_row(name, *cells)
        table.add_row("in all", *[str(len(rows[side])) for side in _SIDES], style="bold")
        console.print(table)
    if len(split.folds) > _MOST_FOLDS:
        click.echo(f"… and {len(split.folds) - _MOST_FOLDS} more folds")
    show_findings(findings)
    if not findings:
        click.secho("leak check: no record is on two sides, whole, in part, filtered or scaled", fg="green")


def show_findings(findings: Sequence[Finding]) -> None:
    """Print fatal findings and warnings, a few of each kind, each with what to do."""
    for severity in ("fatal", "warning"):
        of = [f for f in findings if f.severity == severity]
        for key in dict.fromkeys(f.key for f in of):
            same = [f for f in of if f.key == key]
            for finding in same[:_PER_KIND]:
                word = click.style(severity, fg=_COLOUR[severity], bold=True)
                click.echo(f"{word} ({key}) {finding.source}: {finding.text}\n  → {finding.remedy}")
            if len(same) > _PER_KIND:
                click.echo(f"  … {len(same) - _PER_KIND} more of the kind {key}")
