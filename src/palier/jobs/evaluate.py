"""Judge a model on records that it has not seen."""

import json
import shutil
from typing import TYPE_CHECKING

from palier.app.entities import Evaluation
from palier.app.ports import Tables
from palier.errors import NotFoundError
from palier.jobs.context import JobContext, JobModel, Outcome
from palier.jobs.dataset_rows import dataset_of, open_stored
from palier.jobs.shares import part

if TYPE_CHECKING:
    from palier.data.store import Dataset as Folder
    from palier.models.bundle import ModelBundle

__all__ = ["Arguments", "Result", "run"]


class Arguments(JobModel):
    """See `palier.app.specs.EvaluationSpec`."""

    model_id: str
    dataset_id: str
    noise: tuple[str, ...] = ("white:20dB", "white:10dB", "white:0dB")
    """Noise variants laid over the records, for the curve of accuracy over noise."""


class Result(JobModel):
    """What was found."""

    evaluation_id: str
    sentence: str


def run(context: JobContext, arguments: Arguments) -> Outcome:
    """Score the test side of the split that the model was trained on; of another dataset, every record.

    Raises
    ------
    NotFoundError
        If there is no such model or dataset.
    ParameterError
        If the records are not what the model was made for.
    """
    from palier.data.cache import DerivedCache
    from palier.evaluation.document import evaluation_json
    from palier.evaluation.report import write_evaluation_report
    from palier.models.bundle import open_bundle
    from palier.research.evaluation_run import evaluate_bundle

    job = context.job
    with context.ports.store.reading() as tables:
        before = tables.evaluations.find(id=job.id)
        if before is not None:
            return Outcome(_result(before))
        model = tables.models.get(arguments.model_id, workspace_id=job.workspace_id)
        if model.deleted_at is not None:
            raise NotFoundError(f"the model {model.name} was removed; choose another")
        row = dataset_of(tables, arguments.dataset_id, job)
    bundle, folder = open_bundle(context.ports.files.resolve(model.folder)), open_stored(context, row)
    context.progress(0, 1, "scoring")
    judged = evaluate_bundle(
        bundle,
        folder,
        split_name=_split(bundle, folder),
        noise=arguments.noise,
        cache=DerivedCache(context.folder / "features"),
        on_progress=part(context, 0.0, 0.9, "scoring"),
    )
    shutil.rmtree(context.folder / "features", ignore_errors=True)
    if judged.unknown:
        context.log(
            f"{judged.unknown} records are of a class that the model does not know: judged wrong", level="warning"
        )
    context.progress(0.95, 1, "report")
    document = evaluation_json(judged.result)
    write_evaluation_report(judged.result, context.folder / "report.html")
    context.log(judged.result.sentence)
    context.progress(1, 1)
    new = Evaluation(
        id=job.id,
        workspace_id=job.workspace_id or "",
        model_id=model.id,
        dataset_id=row.id,
        created_by=job.created_by,
        created_at=context.ports.now(),
        result_json=json.loads(document),
        report=context.ports.files.relative(context.folder / "report.html"),
        job_id=job.id,
    )
    return Outcome(_result(new), lambda tables: _publish(tables, new))


def _split(bundle: "ModelBundle", folder: "Folder") -> str | None:
    """Return the split that keeps the model from being asked what it was taught; None for another dataset."""
    own = bundle.card.dataset.get("content_hash") == folder.card.content_hash
    return str(bundle.card.split["name"]) if own else None


def _publish(tables: Tables, new: Evaluation) -> None:
    if tables.evaluations.find(id=new.id) is None:
        tables.evaluations.add(new)


def _result(row: Evaluation) -> Result:
    return Result(evaluation_id=row.id, sentence=str(row.result_json.get("sentence", "")))
