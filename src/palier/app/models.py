"""Models: trained by a job, judged honestly, and served."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from palier.app import checks
from palier.app.audit import record
from palier.app.entities import Evaluation, Job, Model
from palier.app.ports import Clock, FileStore, Hints, Science, Store
from palier.app.roles import Actor, Permission
from palier.app.specs import EvaluationSpec, TrainingSpec
from palier.app.submission import plain_json, submit
from palier.errors import ConflictError, NotFoundError, ParameterError

__all__ = ["ModelService"]


@dataclass(frozen=True, slots=True)
class ModelService:
    """What has learnt from datasets."""

    store: Store
    files: FileStore
    science: Science
    hints: Hints
    now: Clock

    def all(self, actor: Actor) -> list[Model]:
        """Return the models that are not removed, newest first."""
        actor.require(Permission.READ)
        with self.store.reading() as t:
            return t.models.all(workspace_id=actor.workspace_id, deleted_at=None, newest_first=True)

    def get(self, actor: Actor, id: str) -> Model:  # noqa: A002
        """Return one model."""
        actor.require(Permission.READ)
        with self.store.reading() as t:
            return t.models.get(id, workspace_id=actor.workspace_id, deleted_at=None)

    def catalogue(self, actor: Actor) -> tuple[dict[str, Any], ...]:
        """Return the kinds of model that can be trained."""
        actor.require(Permission.READ)
        return self.science.catalogue()

    def train(self, actor: Actor, spec: TrainingSpec) -> Job:
        """Queue a training; raises ConflictError for a name that is taken, ParameterError for an unknown model."""
        actor.require(Permission.TRAIN)
        name = checks.line(spec.name, "the name", least=1, most=100)
        checks.choice(spec.model, "the model", tuple(row["name"] for row in self.science.catalogue()))
        if not 0 <= spec.seed < 2**31:
            raise ParameterError(f"the seed is {spec.seed}; allowed are 0 to {2**31 - 1}")
        now = self.now()
        with self.store.writing() as t:
            t.datasets.get(spec.dataset_id, workspace_id=actor.workspace_id, deleted_at=None)
            if t.models.find(workspace_id=actor.workspace_id, name=name, deleted_at=None) is not None:
                raise ConflictError(f"there is a model {name!r} already; choose another name")
            args = plain_json(replace(spec, name=name))
            job = submit(t, self.hints, actor, "train_classical", args, now=now, title=name)
            record(t, actor, "model.train", "job", job.id, now=now, name=name)
        return job

    def evaluate(self, actor: Actor, spec: EvaluationSpec) -> Job:
        """Queue the evaluation of a model on a dataset."""
        actor.require(Permission.TRAIN)
        now = self.now()
        with self.store.writing() as t:
            here: dict[str, Any] = {"workspace_id": actor.workspace_id, "deleted_at": None}
            model = t.models.get(spec.model_id, **here)
            dataset = t.datasets.get(spec.dataset_id, **here)
            title = f"{model.name} on {dataset.name}"
            return submit(t, self.hints, actor, "evaluate", plain_json(spec), now=now, title=title)

    def evaluations(self, actor: Actor, model_id: str) -> list[Evaluation]:
        """Return what a model was judged on, newest first."""
        actor.require(Permission.READ)
        with self.store.reading() as t:
            t.models.get(model_id, workspace_id=actor.workspace_id, deleted_at=None)
            return t.evaluations.all(workspace_id=actor.workspace_id, model_id=model_id, newest_first=True)

    def evaluation_report(self, actor: Actor, evaluation_id: str) -> Path:
        """Return the HTML report of an evaluation."""
        actor.require(Permission.READ)
        with self.store.reading() as t:
            row = t.evaluations.get(evaluation_id, workspace_id=actor.workspace_id)
        path = None if row.report is None else self.files.resolve(row.report)
        if path is None or not path.is_file():
            raise NotFoundError("this evaluation has no report; evaluate again")
        return path

    def metadata(self, actor: Actor, name: str) -> dict[str, Any]:
        """Return inputs and outputs of a model in the terms of the Open Inference Protocol."""
        model = self._named(actor, name)
        return {"name": model.name, "versions": ["1"], "platform": "onnx"} | self.science.model_metadata(
            self.files.resolve(model.folder)
        )

    def infer(self, actor: Actor, name: str, inputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Run a model on tensors; raises BundleError or ParameterError where they do not fit it."""
        model = self._named(actor, name)
        actor.require(Permission.DIAGNOSE)
        return self.science.infer(self.files.resolve(model.folder), inputs)

    def _named(self, actor: Actor, name: str) -> Model:
        actor.require(Permission.READ)
        with self.store.reading() as t:
            model = t.models.find(workspace_id=actor.workspace_id, name=name, deleted_at=None)
        if model is None:
            raise NotFoundError(f"no model {name!r} here; GET /api/v1/models lists them")
        return model

    def remove(self, actor: Actor, id: str) -> None:  # noqa: A002
        """Remove a model; `restore` brings it back for 30 days."""
        self._mark(actor, id, removed=True)

    def restore(self, actor: Actor, id: str) -> None:  # noqa: A002
        """Bring a model back."""
        self._mark(actor, id, removed=False)

    def _mark(self, actor: Actor, id: str, *, removed: bool) -> None:  # noqa: A002
        actor.require(Permission.TRAIN)
        now = self.now()
        with self.store.writing() as t:
            old = t.models.get(id, workspace_id=actor.workspace_id)
            t.models.put(replace(old, deleted_at=now if removed else None))
            record(t, actor, "model.delete" if removed else "model.restore", "model", id, now=now, name=old.name)
