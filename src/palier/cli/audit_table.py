"""What the terminal shows of an audit."""

import sys
from collections import Counter
from pathlib import Path

import click

from palier.cli.present import write_text
from palier.data.audit import Finding, SetAudit
from palier.data.audit.document import audit_json
from palier.data.audit.findings import SEVERITIES
from palier.data.audit.labels import Labeller, labels_from_file, labels_from_pattern
from palier.errors import ParameterError

__all__ = ["finish_audit", "labeller"]

_COLOUR = {"fatal": "bold red", "warning": "yellow", "info": "cyan"}
_WORDS = {"fatal": ("fatal", "fatal"), "warning": ("warning", "warnings"), "info": ("note", "notes")}
_NAMES_SHOWN = 3


def labeller(table: Path | None, pattern: str | None) -> Labeller | None:
    """Turn the two options into a labeller; at most one of them may be given."""
    if table is not None and pattern is not None:
        raise ParameterError("--labels and --label-pattern were both given; allowed is one of them")
    if table is not None:
        return labels_from_file(table)
    return None if pattern is None else labels_from_pattern(pattern)


def finish_audit(audit: SetAudit, *, json_path: str | None) -> None:
    """Show and write an audit, then end with status 0, or 2 when a file could not be read."""
    if json_path == "-":
        click.echo(audit_json(audit))
    else:
        if audit.findings:
            _show_table(audit.findings)
        click.echo(_summary(audit))
        if json_path is not None:
            write_text(Path(json_path), audit_json(audit) + "\n")
            click.echo(f"JSON: {json_path}")
    for file in audit.unreadable:
        click.echo(f"palier: {file.message}", err=True)
    if audit.unreadable:
        raise SystemExit(2)


def _show_table(findings: tuple[Finding, ...]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(
        "severity", "finding", "where", "what, and what to do", box=None, pad_edge=False, padding=(0, 2, 1, 0)
    )
    for group in _grouped(findings):
        first = group[0]
        what = Text(first.text)
        if len(group) > 1:
            what.append(f" (the first of {len(group)})", style="dim")
        if first.severity != "info":
            what.append(f"\n→ {first.remedy}", style="green")
        names = [f.source for f in group]
        where = "\n".join(names[:_NAMES_SHOWN]) + (
            f"\n… {len(names) - _NAMES_SHOWN} more" * (len(names) > _NAMES_SHOWN)
        )
        table.add_row(Text(first.severity, style=_COLOUR[first.severity]), first.key, Text(where), what)
    Console(width=None if sys.stdout.isatty() else 140).print(table)


def _grouped(findings: tuple[Finding, ...]) -> list[list[Finding]]:
    """Put findings of one kind and severity together, gravest kinds first."""
    groups: dict[tuple[int, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((-SEVERITIES.index(finding.severity), finding.key), []).append(finding)
    return [groups[key] for key in sorted(groups, key=lambda key: key[0])]


def _summary(audit: SetAudit) -> str:
    counts = Counter(f.severity for f in audit.findings)
    shown = ", ".join(f"{counts[s]} {_WORDS[s][counts[s] != 1]}" for s in reversed(SEVERITIES))
    labels = f" in {len(audit.labels)} classes" if audit.labels else ""
    unlabelled = f" ({audit.n_unlabelled} without a label)" if audit.labels and audit.n_unlabelled else ""
    failed = f", {len(audit.unreadable)} not processed" if audit.unreadable else ""
    one = "" if audit.n_recordings == 1 else "s"
    return f"{audit.n_recordings} recording{one}{labels}{unlabelled}: {shown}{failed}"
