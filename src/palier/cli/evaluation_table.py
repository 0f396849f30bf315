"""What the terminal shows of an evaluation."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from palier.cli.present import write_text

if TYPE_CHECKING:
    from palier.evaluation.intervals import Interval
    from palier.evaluation.result import EvaluationResult

__all__ = ["finish_evaluation", "show_evaluation"]


def finish_evaluation(
    result: "EvaluationResult",
    *,
    report: Path | None,
    json_path: Path | None,
    figures: Path | None = None,
    ending: Literal["png", "svg", "pdf"] = "png",
) -> None:
    """Show a result, and write it where asked."""
    show_evaluation(result)
    if json_path is not None:
        from palier.evaluation.document import evaluation_json

        write_text(json_path, evaluation_json(result))
        click.echo(f"JSON: {json_path}")
    if figures is not None:
        from palier.evaluation.report.figures import save_evaluation_figures

        click.echo(f"Figures: {', '.join(p.name for p in save_evaluation_figures(result, figures, ending=ending))}")
    if report is not None:
        from palier.evaluation.report import write_evaluation_report

        write_evaluation_report(result, report)
        click.echo(f"Report: {report}")


def show_evaluation(result: "EvaluationResult") -> None:
    """Print the sentence, the columns side by side, the noise curve and what speaks against believing it."""
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else 120)
    click.secho(result.sentence, bold=True)
    columns = Table("score", "accuracy", "macro-F1", "records", "what it is", box=None, pad_edge=False)
    for column in result.columns:
        columns.add_row(
            column.name, _percent(column.accuracy), _percent(column.macro_f1), str(column.n_records), column.text
        )
    console.print(columns)
    if result.noise:
        noise = Table("noise", "accuracy", "macro-F1", box=None, pad_edge=False)
        for point in result.noise:
            noise.add_row(point.noise, _percent(point.accuracy), _percent(point.macro_f1))
        console.print(noise)
    classes = Table("class", "records", "recall", "precision", "F1", box=None, pad_edge=False)
    for row in result.per_class:
        if row.support or row.predicted:
            classes.add_row(
                row.key, str(row.support), "–" if row.recall is None else f"{row.recall.value:.1%}",
                "–" if row.precision is None else f"{row.precision:.1%}", "–" if row.f1 is None else f"{row.f1:.3f}",
            )  # fmt: skip
    console.print(classes)
    if result.ceiling is not None:
        click.echo(f"Ceiling: {result.ceiling.accuracy:.2%} of the records can be told apart at all.")
    for caution in result.cautions:
        click.secho(f"· {caution.text}", fg="yellow")


def _percent(interval: "Interval") -> str:
    return f"{interval.value:.2%} ({interval.low:.1%}–{interval.high:.1%})"
