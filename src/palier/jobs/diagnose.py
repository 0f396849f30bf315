"""Diagnose a recording: verdict, report and curves."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from palier.app.entities import Diagnosis
from palier.app.ports import Tables
from palier.jobs.context import JobContext, JobModel, Outcome
from palier.jobs.diagnosis_inputs import Inputs, inputs_of, samples_of, task_of
from palier.jobs.news import DAMAGE, reader_of_news, tell_of_damage

if TYPE_CHECKING:
    from palier.diagnosis.result import Diagnosis as Answer

__all__ = ["Arguments", "Result", "run"]

_STEPS = 6


class Arguments(JobModel):
    """Which diagnosis."""

    diagnosis_id: str


class Result(JobModel):
    """What came of it."""

    diagnosis_id: str
    recording_id: str
    verdict: str
    sentence: str


def run(context: JobContext, arguments: Arguments) -> Outcome:
    """Judge the recording, and write ``report.html``, ``diagnosis.json`` and ``curves.npz``.

    A diagnosis that is finished stays as it is.

    Raises
    ------
    UndeclaredError, BundleError, ConflictError, NotFoundError, ReadError
        Naming what is missing or does not fit; nothing is published then.
    """
    with context.ports.store.reading() as tables:
        inputs = inputs_of(tables, arguments.diagnosis_id)
    row = inputs.diagnosis
    if row.finished_at is not None:
        return Outcome(_result(row))
    answer = _answer(context, inputs)
    document = json.loads((context.folder / "diagnosis.json").read_text(encoding="utf-8"))
    damaged = answer.verdict in DAMAGE
    finished = {
        "finished_at": context.ports.now(),
        "verdict": answer.verdict,
        "sentence": answer.sentence,
        "top_fault": answer.ranking[0].fault if damaged and answer.ranking else None,
        "zone": answer.severity.zone,
        "trend_db": answer.severity.trend_db,
        "rms": answer.level.rms,
        "result_json": document,
        "artefacts": context.ports.files.relative(context.folder),
    }
    context.log(answer.sentence)
    reader = reader_of_news(context, inputs, answer.verdict)

    def publish(tables: Tables) -> None:
        now = _published(tables, row.id, finished)
        if now is not None and reader is not None:
            tell_of_damage(tables, context, inputs, now, reader)

    return Outcome(_result(replace(row, **finished)), publish)


def _answer(context: JobContext, inputs: Inputs) -> "Answer":
    """Diagnose and write the files."""
    from palier.data.files import write_whole
    from palier.diagnosis.batch import diagnose_recording
    from palier.diagnosis.document import document_json
    from palier.diagnosis.report import write_report
    from palier.jobs.curves import write_diagnosis_curves

    context.progress(0, _STEPS, "reading")
    recording = samples_of(context, inputs, inputs.recording)
    baseline = None if inputs.baseline is None else samples_of(context, inputs, inputs.baseline)
    context.progress(1, _STEPS, "diagnosing")
    task = task_of(context, inputs, recording, baseline)
    context.progress(2, _STEPS, "diagnosing")
    answer, plots = diagnose_recording(recording, task)
    context.progress(3, _STEPS, "curves")
    write_diagnosis_curves(context.folder, plots, unit=recording.unit, check=context.check)
    context.progress(4, _STEPS, "report")
    write_report(context.folder / "report.html", answer, plots)
    context.progress(5, _STEPS, "report")
    write_whole(context.folder / "diagnosis.json", document_json([answer]) + "\n")
    context.progress(_STEPS, _STEPS, "")
    return answer


def _result(row: Diagnosis) -> Result:
    return Result(
        diagnosis_id=row.id, recording_id=row.recording_id, verdict=row.verdict or "", sentence=row.sentence or ""
    )


def _published(tables: Tables, diagnosis_id: str, finished: dict[str, Any]) -> Diagnosis | None:
    """Write the answer onto the diagnosis, if it is still there and has none; what people said of it stays."""
    row = tables.diagnoses.find(id=diagnosis_id)
    if row is None or row.finished_at is not None:
        return None
    new = replace(row, **finished)
    tables.diagnoses.put(new)
    return new
