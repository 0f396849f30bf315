"""Put a report on disk, whole or not at all."""

import tempfile
from pathlib import Path

from palier.errors import OutputError, ParameterError
from palier.evaluation.compare import Comparison
from palier.evaluation.report.html import render_comparison, render_evaluation
from palier.evaluation.result import EvaluationResult

__all__ = ["write_comparison_report", "write_evaluation_report"]


def write_evaluation_report(result: EvaluationResult, path: Path) -> None:
    """Write a result as one HTML file that needs nothing else; print it from a browser for paper.

    A folder that does not exist is made. The file appears whole or not at all.

    Raises
    ------
    ParameterError
        If the ending is not ``.html``.
    OutputError
        If the file cannot be written.
    """
    _check_ending(path)
    _write(render_evaluation(result), path)


def write_comparison_report(comparison: Comparison, path: Path) -> None:
    """Write a comparison as one HTML file that needs nothing else.

    Raises
    ------
    ParameterError
        If the ending is not ``.html``.
    OutputError
        If the file cannot be written.
    """
    _check_ending(path)
    _write(render_comparison(comparison), path)


def _check_ending(path: Path) -> None:
    if path.suffix.lower() != ".html":
        raise ParameterError(f"report {path.name}: the allowed ending is .html (print it from a browser for a PDF)")


def _write(page: str, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="palier-", dir=path.parent) as folder:
            made = Path(folder) / "report.html"
            made.write_bytes(page.encode())
            made.replace(path)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written ({error.strerror or error}); choose a folder that you may write to"
        ) from error
