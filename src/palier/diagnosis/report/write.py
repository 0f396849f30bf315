"""Put a report on disk, whole or not at all."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from palier.diagnosis.report.html import render_html
from palier.diagnosis.result import Diagnosis, PlotData
from palier.errors import MissingToolError, OutputError, ParameterError

__all__ = ["find_chromium", "write_report"]

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_PRINT_LIMIT_S = 60


def write_report(path: Path, diagnosis: Diagnosis, plots: PlotData | None) -> None:
    """Write the report as HTML, or as PDF by headless printing, by the ending of `path`.

    A folder that does not exist is made. The file appears whole or not at all.

    Raises
    ------
    ParameterError
        If the ending is neither ``.html`` nor ``.pdf``.
    MissingToolError
        If a PDF is asked for and no Chromium is installed.
    OutputError
        If the file cannot be written, or printing fails.
    """
    suffix = path.suffix.lower()
    if suffix not in {".html", ".pdf"}:
        raise ParameterError(f"report {path.name}: allowed endings are .html and .pdf")
    browser = find_chromium() if suffix == ".pdf" else None
    page = render_html(diagnosis, plots)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="palier-", dir=path.parent) as folder:
            html = Path(folder) / "report.html"
            html.write_bytes(page.encode())
            made = html if browser is None else _printed(browser, html)
            made.replace(path)
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(
            f"{path} cannot be written ({error.strerror or error}); choose a folder that you may write to"
        ) from error


def find_chromium() -> str:
    """Return the Chromium to print with: ``PALIER_CHROMIUM``, or the first one on the path."""
    named = os.environ.get("PALIER_CHROMIUM")
    found = shutil.which(named) if named else next((p for n in _NAMES if (p := shutil.which(n))), None)
    if found is None:
        raise MissingToolError(
            "a PDF report needs Chromium, and none was found"
            + (f" at PALIER_CHROMIUM={named}" if named else f" (looked for {', '.join(_NAMES)})")
            + "; install it (Debian: apt-get install chromium), or ask for .html and print that"
        )
    return found


def _printed(browser: str, html: Path) -> Path:
    html = html.resolve()
    pdf = html.with_suffix(".pdf")
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    command = [
        browser, "--headless", *root, "--disable-gpu", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", f"--user-data-dir={html.parent / 'profile'}",
        "--no-pdf-header-footer", f"--print-to-pdf={pdf}", html.as_uri(),
    ]  # fmt: skip
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=_PRINT_LIMIT_S, check=False)  # noqa: S603 - our own arguments
    except subprocess.TimeoutExpired as error:
        raise OutputError(f"printing the PDF took over {_PRINT_LIMIT_S} s and was stopped; ask for .html") from error
    if result.returncode or not pdf.exists():
        last = (result.stderr.strip().splitlines() or ["no message"])[-1]
        raise OutputError(f"Chromium did not print the PDF ({last}); ask for .html and print that")
    return pdf
