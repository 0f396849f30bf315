"""Diagnose many files in one call: one bad file never stops the others, and nothing is half written."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from palier.core.bearing import RollingBearing
from palier.core.catalogue import parse_bearing
from palier.core.recording import Declared, Recording
from palier.data.read import read_recording
from palier.diagnosis.document import Failure
from palier.diagnosis.result import Diagnosis, PlotData
from palier.diagnosis.rolling import DiagnosisSettings, diagnose_rolling
from palier.errors import BundleError, PalierError, ParameterError
from palier.models.bundle import ModelBundle

__all__ = ["Task", "diagnose_files", "diagnose_recording", "report_paths"]


@dataclass(frozen=True, slots=True)
class Task:
    """Everything one call of ``palier diagnose`` states."""

    declared: Declared = Declared()  # noqa: RUF009 - frozen
    format: str | None = None
    bearing: RollingBearing | None = None
    """As declared; without one, the file's own statement is used."""
    settings: DiagnosisSettings = DiagnosisSettings()  # noqa: RUF009 - frozen
    baseline: Recording | None = None
    model: ModelBundle | None = None
    """A trained model to ask; journal bearings need one."""


def diagnose_files(
    paths: Sequence[Path],
    *,
    task: Task,
    reports: Sequence[Path] | None = None,
    on_done: Callable[[Path], None] | None = None,
) -> Iterator[Diagnosis | Failure]:
    """Yield one diagnosis or failure per path, in their order, and write its report if asked."""
    for i, path in enumerate(paths):
        try:
            result: Diagnosis | Failure = _diagnose(path, task, None if reports is None else reports[i])
        except PalierError as error:
            result = Failure(source=path.name, error=type(error).__name__, message=str(error))
        yield result
        if on_done is not None:
            on_done(path)


def _diagnose(path: Path, task: Task, report: Path | None) -> Diagnosis:
    recording = read_recording(path, declared=task.declared, format=task.format)
    diagnosis, plots = diagnose_recording(recording, task)
    if report is not None:
        from palier.diagnosis.report import write_report

        write_report(report, diagnosis, plots)
    return diagnosis


def diagnose_recording(recording: Recording, task: Task) -> tuple[Diagnosis, PlotData]:
    """Diagnose one recording that was read: by the lines of its bearing, by a model, or by both.

    Raises
    ------
    UndeclaredError
        If rate, bearing or speed are stated nowhere.
    BundleError
        If the recording is not what the model was made for.
    """
    bearing = task.bearing
    if task.model is not None and task.model.card.kind == "journal":
        from palier.diagnosis.journal import diagnose_journal

        if bearing is not None:
            raise BundleError(
                f"{task.model.card.name} was trained on journal bearings and --bearing names the rolling bearing "
                f"{bearing.name}; leave one of them away"
            )
        return diagnose_journal(recording, bundle=task.model, settings=task.settings, baseline=task.baseline)
    if bearing is None and recording.bearing_name is not None:
        bearing = parse_bearing(recording.bearing_name)
    found = diagnose_rolling(recording, bearing=bearing, settings=task.settings, baseline=task.baseline)
    if task.model is None:
        return found
    from palier.diagnosis.rolling_model import with_model

    return with_model(found, recording, bundle=task.model, settings=task.settings)


def report_paths(paths: Sequence[Path], report: Path) -> list[Path]:
    """Say where each report goes: the file itself for one recording, one file each in a folder for several.

    Raises
    ------
    ParameterError
        If several recordings would share one file, or the folder for a report does not exist.
    """
    if report.suffix.lower() in {".html", ".pdf"}:
        if len(paths) != 1:
            raise ParameterError(
                f"--report {report} is one file for {len(paths)} recordings; give a folder, and each gets its own"
            )
        if not report.parent.is_dir():
            raise ParameterError(f"--report {report}: the folder {report.parent} does not exist; make it first")
        return [report]
    if report.suffix:
        raise ParameterError(f"--report {report}: allowed are .html, .pdf, or a folder")
    names: dict[str, int] = {}
    targets = []
    for path in paths:
        names[path.stem] = names.get(path.stem, 0) + 1
        again = "" if names[path.stem] == 1 else f"-{names[path.stem]}"
        targets.append(report / f"{path.stem}{again}.html")
    return targets
