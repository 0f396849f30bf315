"""``palier diagnose``: recordings in, diagnoses out."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from palier.cli.declarations import declaration_options, declared_from
from palier.cli.present import finish, progress
from palier.cli.remote import Asked, Server, diagnose_there
from palier.errors import ParameterError

if TYPE_CHECKING:
    from palier.models.bundle import ModelBundle

__all__ = ["diagnose"]


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--model", "model_path", type=click.Path(path_type=Path),
              help="Folder of a trained model to ask; journal bearings need one.")  # fmt: skip
@click.option("--bearing", help="Name from `palier bearings`, or geometry: n=9,d=7.94mm,D=39.04mm,phi=0.")
@declaration_options
@click.option("--speed-tolerance", type=click.FloatRange(0, 20), default=2.0, show_default=True,
              help="How far, in percent, the stated speed may be off.")  # fmt: skip
@click.option("--speed-range-rpm", nargs=2, type=float, help="Lowest and highest speed, where no speed is known.")
@click.option("--machine-group", type=click.Choice(["1", "2"]), help="ISO 20816-3 machine group.")
@click.option("--support", type=click.Choice(["rigid", "flexible"]), help="Support of the machine.")
@click.option("--baseline", type=click.Path(path_type=Path), help="Recording of the same machine in good condition.")
@click.option("--false-alarm-rate", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.01,
              show_default=True, help="How often a machine without damage may be called damaged.")  # fmt: skip
@click.option("--json", "json_path", help="Write the diagnoses as JSON to this file, or to - for standard output.")
@click.option("--report", type=click.Path(path_type=Path), help="Write a report: .html, .pdf, or a folder for many.")
@click.pass_obj
def diagnose(
    server: Server | None,
    /,
    paths: tuple[Path, ...],
    model_path: Path | None,
    bearing: str | None,
    sampling_rate: float | None,
    unit: str | None,
    speed_rpm: float | None,
    channel: str | None,
    format_: str | None,
    json_path: str | None,
    report: Path | None,
    baseline: Path | None,
    **settings: float | str | tuple[float, float] | None,
) -> None:
    """Tell what is wrong with the bearing of each recording, how sure, and why.

    A rolling bearing needs no model: its lines are searched for. A journal bearing is judged by a trained model
    (--model), beside the lines that the recording shows. PATHS are files or folders. Exit status 0 when all were
    processed, 2 when some could not be (the rest still are). With `palier --server URL diagnose` a server does the
    work; --model is then the name of a model there.
    """
    from palier.cli.settings import settings_from
    from palier.core.catalogue import parse_bearing
    from palier.data.read import find_recordings, read_recording
    from palier.diagnosis.batch import Task, diagnose_files, report_paths

    declared = declared_from(sampling_rate, unit, speed_rpm, channel)
    if server is not None:
        if format_ is not None:
            raise ParameterError("--format is for files read here; leave it away with --server")
        model = None if model_path is None else str(model_path)
        asked = Asked(declared, bearing, settings_from(settings), baseline, model)
        _on(server, find_recordings(paths), asked, json_path=json_path, report=report)
        return
    task = Task(
        declared=declared,
        format=format_,
        bearing=None if bearing is None else parse_bearing(bearing),
        settings=settings_from(settings),
        baseline=None if baseline is None else read_recording(baseline, declared=declared, format=format_),
        model=None if model_path is None else _opened(model_path),
    )
    files = find_recordings(paths)
    targets = None if report is None else report_paths(files, report)
    with progress(len(files)) as advance:
        results = list(diagnose_files(files, task=task, reports=targets, on_done=advance))
    finish(results, json_path=json_path, targets=targets)


def _on(server: Server, files: list[Path], asked: Asked, *, json_path: str | None, report: Path | None) -> None:
    from palier.diagnosis.batch import report_paths

    targets = None if report is None else report_paths(files, report)
    with progress(len(files)) as advance:
        results = diagnose_there(server, files, asked, reports=targets, on_done=advance)
    finish(results, json_path=json_path, targets=targets)


def _opened(path: Path) -> "ModelBundle":
    from palier.models.bundle import open_bundle

    return open_bundle(path)
