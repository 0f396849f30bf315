"""Train a model of the catalogue, judge it on records it has not seen, and keep it as a bundle."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from palier.app.entities import Dataset, Job, Model
from palier.app.ports import Tables
from palier.errors import ConflictError, ParameterError
from palier.jobs.child import run_child
from palier.jobs.context import JobContext, JobModel, Outcome
from palier.jobs.dataset_rows import dataset_of, open_stored, publish_summary, summary_of, with_split
from palier.jobs.shares import part

if TYPE_CHECKING:
    from palier.data.store import Dataset as Folder

__all__ = ["Arguments", "Result", "run", "train_here"]

#: More windows than these take hours on a small machine; the command line has no such limit.
_MOST_WINDOWS = 50_000

#: Shares of the whole at which each step begins and ends.
_STEPS = {"leaky": (0.1, 0.45), "training": (0.45, 0.85), "judging": (0.85, 0.98)}
_WORDS = {"leaky": "training under a leaky split, to compare", "training": "training", "judging": "judging"}


class Arguments(JobModel):
    """See `palier.app.specs.TrainingSpec`."""

    name: str
    dataset_id: str
    model: str
    by: str = "bearing"
    seed: int = 0
    accepted: tuple[str, ...] = ()
    """Keys of fatal findings of the audit that are accepted knowingly; the bundle says so."""


class Result(JobModel):
    """What was made."""

    model_id: str
    sentence: str
    """What it got right on the records held back."""


def run(context: JobContext, arguments: Arguments) -> Outcome:
    """Train in a process of its own, which can be ended at any moment and gives its memory back.

    Raises
    ------
    AuditRefusedError
        If the audit of the dataset has fatal findings that are not accepted.
    LeakError
        If the split would leak.
    ParameterError
        If the model, the level or the records do not go together.
    ConflictError
        If the name is taken.
    """
    from palier.models.catalogue import model_entry, require_packages

    job = context.job
    with context.ports.store.reading() as tables:
        before = tables.models.find(id=job.id)
        if before is not None:
            return Outcome(_result(before))
        _refuse_taken_name(tables, job.workspace_id, arguments.name)
        row = dataset_of(tables, arguments.dataset_id, job)
    model_entry(arguments.model)
    require_packages(arguments.model)
    folder = open_stored(context, row)
    accepted = _accepted(context, folder, row, arguments)
    context.progress(0, 1, "looking for leaks")
    split = with_split(
        context, folder, level=arguments.by, seed=arguments.seed, advance=part(context, 0.0, 0.1, "looking for leaks")
    )
    _check_size(folder, split)
    summary = summary_of(folder)
    made = run_child(
        context,
        "palier.jobs.train_classical:train_here",
        {
            "dataset": str(folder.path),
            "split": split,
            "model": arguments.model,
            "speed": _speed(folder, split),
            "seed": arguments.seed,
            "accepted": list(accepted),
            "folder": str(context.folder),
        },
        on_message=lambda message: _heard(context, message),
    )
    context.log(made["sentence"])
    context.progress(1, 1)
    model = _row(context, arguments, row)
    return Outcome(_result(model), lambda tables: _publish(tables, model, row.id, summary))


def _refuse_taken_name(tables: Tables, workspace_id: str | None, name: str) -> None:
    if tables.models.find(workspace_id=workspace_id, name=name, deleted_at=None) is not None:
        raise ConflictError(f"there is a model {name!r} already; choose another name, or remove that one")


def _accepted(context: JobContext, folder: "Folder", row: Dataset, arguments: Arguments) -> tuple[str, ...]:
    """Return the fatal findings in spite of which is trained; the bundle says so.

    What a generator made is what it is said to be: findings on simulated records alone are logged, and do not refuse.
    """
    from palier.data.stored_audit import refuse_fatal, stored_findings

    despite = set(arguments.accepted)
    if folder.card.n_simulated == len(folder):
        despite |= {str(f["key"]) for f in stored_findings(folder.path) or ()}
    accepted = refuse_fatal(
        folder.path,
        name=row.name,
        despite=despite,
        advice="see the audit on the dataset's page, and remedy it, or accept it knowingly",
    )
    if accepted:
        context.log(f"trained in spite of what the audit found: {', '.join(accepted)}", level="warning")
    return accepted


def _check_size(folder: "Folder", split: str) -> None:
    """Refuse what a small machine would sit over for hours: one window per record is what is trained on."""
    n = len(folder.split(split).folds[0].train)
    if n > _MOST_WINDOWS:
        raise ParameterError(
            f"{n} training records; here at most {_MOST_WINDOWS} are taken: train on a part, or with `palier train`"
        )


def _speed(folder: "Folder", split: str) -> str:
    """Estimate speeds where some training records do not state theirs."""
    import numpy as np

    known = folder.index.column("speed_hz")[folder.split(split).folds[0].train].astype(float)
    return "refuse" if np.isfinite(known).all() else "estimate"


def _heard(context: JobContext, message: dict[str, Any]) -> None:
    first, last = _STEPS[message["step"]]
    part(context, first, last, _WORDS[message["step"]])(message["done"], message["total"])


def train_here(request: dict[str, Any], tell: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Train, judge and write bundle, result and report into a folder: the child's side."""
    from palier.data.cache import DerivedCache
    from palier.data.store import open_dataset
    from palier.evaluation.document import evaluation_json
    from palier.evaluation.report import write_evaluation_report
    from palier.research.training_run import TrainingRun, run_training
    from palier.training import recipe_from

    folder = Path(request["folder"])
    recipe = recipe_from({"model": request["model"], "speed": request["speed"]})
    done = run_training(
        TrainingRun(recipe, request["split"], None, request["seed"], tuple(request["accepted"])),
        open_dataset(request["dataset"]),
        out=folder / "model",
        cache=DerivedCache(folder / "features"),
        on_step=lambda step, done, total: tell({"step": step, "done": done, "total": total}),
    )
    (folder / "evaluation.json").write_text(evaluation_json(done.judgement.result), encoding="utf-8")
    write_evaluation_report(done.judgement.result, folder / "report.html")
    return {"sentence": done.judgement.result.sentence}


def _row(context: JobContext, arguments: Arguments, dataset: Dataset) -> Model:
    """Return the row of the bundle that lies in the job's folder."""
    import shutil

    from palier.models.bundle import open_bundle

    job: Job = context.job
    shutil.rmtree(context.folder / "features", ignore_errors=True)
    bundle = open_bundle(context.folder / "model")
    return Model(
        id=job.id,
        workspace_id=job.workspace_id or "",
        name=arguments.name,
        folder=context.ports.files.relative(bundle.path),
        sha256=bundle.sha256,
        kind=bundle.card.model,
        bearing_kind=bundle.card.kind,
        simulated=bundle.card.synthetic,
        created_by=job.created_by,
        created_at=context.ports.now(),
        card_json=_card(bundle.path),
        evaluation_json=json.loads((context.folder / "evaluation.json").read_text(encoding="utf-8")),
        dataset_id=dataset.id,
        job_id=job.id,
    )


def _card(bundle: Path) -> dict[str, Any]:
    """Return what the bundle says of itself, without the long lists of numbers that only a diagnosis needs."""
    card: dict[str, Any] = json.loads((bundle / "bundle.json").read_text(encoding="utf-8"))
    for name, long in (("calibration", ("true_class_scores",)), ("ood", ("mean", "precision"))):
        if card.get(name) is not None:
            card[name] = {key: value for key, value in card[name].items() if key not in long}
    return card


def _publish(tables: Tables, model: Model, dataset_id: str, summary: dict[str, Any]) -> None:
    """Add the model, and show the split that it was trained on with its dataset."""
    if tables.models.find(id=model.id) is None:
        _refuse_taken_name(tables, model.workspace_id, model.name)
        tables.models.add(model)
    publish_summary(tables, dataset_id, summary)


def _result(model: Model) -> Result:
    return Result(model_id=model.id, sentence=str(model.card_json.get("metrics", {}).get("sentence", "")))
