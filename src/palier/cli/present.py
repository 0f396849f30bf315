"""What the terminal shows: progress, the answer, the table of many answers."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from palier.core.faults import fault
from palier.core.recording import is_simulated
from palier.diagnosis.document import Failure, document_json
from palier.diagnosis.result import Diagnosis, ModelOpinion
from palier.errors import OutputError

__all__ = ["finish", "progress", "write_text"]

_COLOUR = {"no_damage_found": "green", "damage": "red", "damage_type_unclear": "yellow", "not_enough_data": "cyan"}
_SHORT = {
    "no_damage_found": "no damage found",
    "damage": "damage",
    "damage_type_unclear": "damage, type unclear",
    "not_enough_data": "not enough data",
}
_EVIDENCE_ROWS = 12


@contextmanager
def progress(total: int, *, doing: str = "diagnosing") -> Iterator[Callable[[Path], None]]:
    """Show a progress bar on standard error while many files are worked on; nothing for one, or without a terminal."""
    if total < 2 or not sys.stderr.isatty():
        yield lambda _path: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=total)

        def advance(path: Path) -> None:
            bar.update(task, advance=1, description=path.name[:40])

        yield advance


def finish(results: Sequence[Diagnosis | Failure], *, json_path: str | None, targets: Sequence[Path] | None) -> None:
    """Show and write the results of one call, then end with status 0, or 2 when an input failed."""
    failures = [r for r in results if isinstance(r, Failure)]
    if json_path == "-":
        click.echo(document_json(results))
    else:
        if len(results) == 1 and isinstance(results[0], Diagnosis):
            _show_one(results[0])
        elif any(isinstance(r, Diagnosis) for r in results):
            _show_table(results)
        if json_path is not None:
            write_text(Path(json_path), document_json(results) + "\n")
            click.echo(f"JSON: {json_path}")
        for target, result in zip(targets or (), results, strict=False):
            if isinstance(result, Diagnosis):
                click.echo(f"Report: {target}")
    for failure in failures:
        click.echo(f"palier: {failure.message}", err=True)
    if failures:
        raise SystemExit(2)


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    temporary = path.with_name(f".{path.name}.part")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise OutputError(
            f"{path} cannot be written ({error.strerror}); choose a folder that exists and is yours"
        ) from error


def _show_one(diagnosis: Diagnosis) -> None:
    recording, speed = diagnosis.recording, diagnosis.speed
    if is_simulated(recording.source):
        click.secho("SIMULATED data, not a measurement", fg="magenta", bold=True)
    click.secho(diagnosis.sentence, fg=_COLOUR[diagnosis.verdict], bold=True)
    click.echo(
        f"{recording.source} · channel {recording.channel} · {recording.duration_s:.3g} s at "
        f"{recording.sampling_rate_hz:g} Hz · unit {recording.unit or 'undeclared'}"
    )
    if diagnosis.bearing is not None and speed is not None:
        kind = "" if "n_elements" not in diagnosis.bearing else "bearing "
        click.echo(f"{kind}{diagnosis.bearing['name']} · {speed.hz * 60:.1f} rpm · {speed.explanation}")
    if diagnosis.model is not None:
        _show_model(diagnosis.model)
    for remark in diagnosis.remarks:
        click.secho(f"· {remark.text}", fg="yellow" if remark.key == "contradiction" else None)
    if diagnosis.severity.zone is not None:
        click.echo(f"ISO zone {diagnosis.severity.zone}: {diagnosis.severity.velocity_rms_mm_s:.2f} mm/s r.m.s.")
    elif diagnosis.severity.refused_because is not None:
        click.echo(f"No ISO zone: {diagnosis.severity.refused_because}")
    for note in recording.notes:
        click.echo(f"· {note}")
    for finding in diagnosis.audit:
        remedy = "" if finding.severity == "info" else f" {finding.remedy}"
        click.echo(f"· {finding.severity}: {finding.text}{remedy}")
    if diagnosis.evidence:
        _show_evidence(diagnosis)


def _show_model(opinion: ModelOpinion) -> None:
    if opinion.synthetic:
        click.secho("The model was trained on SIMULATED data, never validated on measured bearings.", fg="magenta")
    first = sorted(opinion.scores.items(), key=lambda item: -item[1])[:3]
    click.echo(
        f"model {opinion.name}: "
        + ", ".join(f"{fault(key).name_en} {score:.0%}" for key, score in first)
        + f" over {opinion.windows} window{'' if opinion.windows == 1 else 's'} of {opinion.window_s:g} s"
    )
    if opinion.coverage is not None:
        names = ", ".join(fault(key).name_en for key in opinion.prediction_set) or "none"
        click.echo(f"classes not ruled out ({opinion.coverage:.0%} promised): {names}")
    if opinion.distance is not None and opinion.distance_limit is not None:
        click.echo(f"distance from the training data {opinion.distance:.3g} (limit {opinion.distance_limit:.3g})")


def _show_evidence(diagnosis: Diagnosis) -> None:
    from rich.console import Console
    from rich.table import Table

    first = diagnosis.ranking[0].fault
    rows = [e for e in diagnosis.evidence if e.found or (e.fault == first and " " not in e.label)]
    by_depth = all(e.quantity == "modulation_depth" for e in rows)
    unit = diagnosis.recording.unit
    last = "depth" if by_depth else f"amplitude{', ' + unit if unit else ''}"
    table = Table("fault", "line", "expected Hz", "found Hz", "above background", last, "p", box=None, pad_edge=False)
    for e in rows[:_EVIDENCE_ROWS]:
        table.add_row(
            fault(e.fault).name_en,
            e.label,
            f"{e.expected_hz:.2f}",
            f"{e.found_hz:.2f}" if e.found else "–",
            f"{e.prominence_db:.1f} dB",
            f"{e.amplitude:.1%}" if by_depth else f"{e.amplitude:.3g}",
            "< 0.000001" if e.p_value < 1e-6 else f"{e.p_value:.2g}",
        )
    Console(width=None if sys.stdout.isatty() else 120).print(table)
    if len(rows) > _EVIDENCE_ROWS:
        click.echo(f"… {len(rows) - _EVIDENCE_ROWS} more lines in --report and --json")


def _show_table(results: Sequence[Diagnosis | Failure]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("recording", "answer", "first fault", "p", "depth", "rpm", box=None, pad_edge=False)
    for result in results:
        if isinstance(result, Failure):
            table.add_row(result.source, "[red]not processed[/red]", result.error, "", "", "")
            continue
        found, speed = result.detection, result.speed
        damaged = result.verdict in {"damage", "damage_type_unclear"}
        table.add_row(
            result.recording.source,
            f"[{_COLOUR[result.verdict]}]{_SHORT[result.verdict]}[/]",
            fault(result.ranking[0].fault).name_en if damaged else "–",
            "" if found is None else "< 0.000001" if found.p_value < 1e-6 else f"{found.p_value:.2g}",
            "" if found is None else f"{found.effect:.0%}",
            "" if speed is None else f"{speed.hz * 60:.1f}",
        )
    Console(width=None if sys.stdout.isatty() else 140).print(table)
    damaged_count = sum(isinstance(r, Diagnosis) and r.verdict.startswith("damage") for r in results)
    failed = sum(isinstance(r, Failure) for r in results)
    click.echo(f"{len(results)} recordings: {damaged_count} with damage, {failed} not processed")
