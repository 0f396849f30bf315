"""``/models``."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from palier.api.answers import LINK, LOCATION, headed, refusals
from palier.api.downloads import HTML_ANSWER, html_file
from palier.api.fields import Cursor, Id, Limit
from palier.api.once import Once
from palier.api.paging import after_of, cut, start_after
from palier.api.schemas.jobs import JobOut
from palier.api.schemas.models import (
    CatalogueOut,
    CatalogueRow,
    EvaluationIn,
    EvaluationsOut,
    ModelBrief,
    ModelOut,
    ModelsOut,
    TrainingIn,
)
from palier.api.signed_in import SignedInRoute, Who
from palier.app.job_list import JobService
from palier.app.models import ModelService
from palier.app.specs import EvaluationSpec

__all__ = ["models_router"]

_JOB = "/api/v1/jobs/{id}"
_QUEUED = headed(202, LOCATION)


def models_router(models: ModelService, jobs: JobService) -> APIRouter:
    """Return the routes of models and their evaluations."""
    router = APIRouter(route_class=SignedInRoute, tags=["Models"])

    @router.get("/models", summary="List models", responses={**headed(200, LINK), **refusals(403)})
    def list_models(
        actor: Who, request: Request, response: Response, cursor: Cursor | None = None, limit: Limit = 50
    ) -> ModelsOut:
        """Models that are not removed, newest first."""
        rows = start_after(models.all(actor), after_of(cursor), lambda m: m.id)
        kept, following = cut(rows, limit, lambda m: m.id, request=request, response=response)
        return ModelsOut(items=[ModelBrief.of(m) for m in kept], next=following)

    @router.get("/models/catalogue", summary="List what can be trained", responses=refusals(403))
    def catalogue(actor: Who) -> CatalogueOut:
        """The kinds of model that can be trained, with their parameters."""
        return CatalogueOut(items=[CatalogueRow(**row) for row in models.catalogue(actor)])

    @router.post("/models", summary="Train a model", status_code=202, response_model=JobOut,
                 responses={**_QUEUED, **refusals(403, 404, 409, 413)})  # fmt: skip
    def train(actor: Who, body: TrainingIn, once: Once) -> Response:
        """Queue the training of a model; it is judged on records that it has not seen."""
        return once(202, body, lambda: JobOut.of(jobs.get(actor, models.train(actor, body.asked()).id)), where=_JOB)

    @router.get("/models/{id:id}", summary="Get a model", responses=refusals(403, 404))
    def get_model(actor: Who, id: Id) -> ModelOut:  # noqa: A002
        """A model: its card, and what it is worth on the records held back."""
        return ModelOut.of(models.get(actor, id))

    @router.delete("/models/{id:id}", summary="Remove a model", status_code=204, responses=refusals(403, 404))
    def remove_model(actor: Who, id: Id) -> None:  # noqa: A002
        """Remove a model; it can be restored for 30 days."""
        models.get(actor, id)
        models.remove(actor, id)

    @router.post("/models/{id:id}/restore", summary="Restore a model", responses=refusals(403, 404, 409))
    def restore_model(actor: Who, id: Id) -> ModelOut:  # noqa: A002
        """Bring a removed model back."""
        models.restore(actor, id)
        return ModelOut.of(models.get(actor, id))

    @router.get("/models/{id:id}/evaluations", summary="List evaluations", responses=refusals(403, 404))
    def evaluations(actor: Who, id: Id) -> EvaluationsOut:  # noqa: A002
        """What a model was judged on, newest first."""
        return EvaluationsOut.of(models.evaluations(actor, id))

    @router.post("/models/{id:id}/evaluations", summary="Evaluate a model", status_code=202, response_model=JobOut,
                 responses={**_QUEUED, **refusals(403, 404, 409, 413)})  # fmt: skip
    def evaluate(actor: Who, id: Id, body: EvaluationIn, once: Once) -> Response:  # noqa: A002
        """Queue the evaluation of a model on a dataset."""
        spec = EvaluationSpec(id, body.dataset_id)
        return once(202, body, lambda: JobOut.of(jobs.get(actor, models.evaluate(actor, spec).id)), where=_JOB)

    @router.get("/evaluations/{id:id}/report", summary="Download the report of an evaluation",
                response_class=FileResponse, responses={**HTML_ANSWER, **refusals(403, 404)})  # fmt: skip
    def evaluation_report(actor: Who, id: Id) -> FileResponse:  # noqa: A002
        """The report: one HTML file that needs nothing else."""
        return html_file(models.evaluation_report(actor, id), f"evaluation-{id}.html")

    return router
