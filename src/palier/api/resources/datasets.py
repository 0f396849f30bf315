"""``/datasets``."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import FileResponse

from palier.api.answers import LINK, LOCATION, headed, refusals
from palier.api.downloads import ZIP_ANSWER, zip_file
from palier.api.fields import Cursor, Id, Limit, Points
from palier.api.once import Once
from palier.api.paging import after_of, cut, start_after
from palier.api.schemas.datasets import (
    DatasetBrief,
    DatasetOut,
    DatasetsOut,
    EstimateOut,
    ExportIn,
    ImportIn,
    RecordOut,
    SimulationIn,
)
from palier.api.schemas.jobs import JobOut
from palier.api.signed_in import SignedInRoute, Who
from palier.app.datasets import DatasetService
from palier.app.job_list import JobService
from palier.app.specs import ExportSpec

__all__ = ["datasets_router"]

_JOB = "/api/v1/jobs/{id}"
_QUEUED = headed(202, LOCATION)
_Row = Annotated[int, Path(ge=0, le=10_000_000, description="Number of the record, from 0.")]


def datasets_router(datasets: DatasetService, jobs: JobService) -> APIRouter:
    """Return the routes of datasets."""
    router = APIRouter(route_class=SignedInRoute, tags=["Datasets"])

    @router.get("/datasets", summary="List datasets", responses={**headed(200, LINK), **refusals(403)})
    def list_datasets(
        actor: Who, request: Request, response: Response, cursor: Cursor | None = None, limit: Limit = 50
    ) -> DatasetsOut:
        """Datasets that are not removed, newest first."""
        rows = start_after(datasets.all(actor), after_of(cursor), lambda d: d.id)
        kept, following = cut(rows, limit, lambda d: d.id, request=request, response=response)
        return DatasetsOut(items=[DatasetBrief.of(d) for d in kept], next=following)

    @router.post("/datasets/estimate", summary="Estimate a simulation", responses=refusals(403, 413))
    def estimate(actor: Who, body: SimulationIn) -> EstimateOut:
        """How many records and bytes a simulation makes, and for how long it computes."""
        return EstimateOut.of(datasets.estimate(actor, body.asked()))

    @router.post("/datasets/simulate", summary="Simulate a dataset", status_code=202, response_model=JobOut,
                 responses={**_QUEUED, **refusals(403, 409, 413)})  # fmt: skip
    def simulate(actor: Who, body: SimulationIn, once: Once) -> Response:
        """Queue the simulation of a dataset."""
        return once(
            202, body, lambda: JobOut.of(jobs.get(actor, datasets.simulate(actor, body.asked()).id)), where=_JOB
        )

    @router.post("/datasets/import", summary="Make a dataset of recordings", status_code=202, response_model=JobOut,
                 responses={**_QUEUED, **refusals(403, 404, 409, 413)})  # fmt: skip
    def import_recordings(actor: Who, body: ImportIn, once: Once) -> Response:
        """Queue the making of a dataset of recordings that were uploaded, with the labels given here."""
        return once(202, body, lambda: JobOut.of(jobs.get(actor, datasets.import_(actor, body.asked()).id)), where=_JOB)

    @router.get("/datasets/exports/{id:id}", summary="Download an export", response_class=FileResponse,
                responses={**ZIP_ANSWER, **refusals(403, 404, 409)})  # fmt: skip
    def exported(actor: Who, id: Id) -> FileResponse:  # noqa: A002
        """The zip file that an export made; the id is that of its job."""
        path = datasets.exported(actor, id)
        told = jobs.get(actor, id).job.result_json or {}
        return zip_file(path, str(told.get("file_name", "dataset.zip")))

    _one(router, datasets, jobs)
    return router


def _one(router: APIRouter, datasets: DatasetService, jobs: JobService) -> None:
    @router.get("/datasets/{id:id}", summary="Get a dataset", responses=refusals(403, 404))
    def get_dataset(actor: Who, id: Id) -> DatasetOut:  # noqa: A002
        """A dataset: its card, its classes, its audit findings and its splits."""
        return DatasetOut.of(datasets.get(actor, id))

    @router.delete("/datasets/{id:id}", summary="Remove a dataset", status_code=204, responses=refusals(403, 404))
    def remove_dataset(actor: Who, id: Id) -> None:  # noqa: A002
        """Remove a dataset; it can be restored for 30 days."""
        datasets.get(actor, id)
        datasets.remove(actor, id)

    @router.post("/datasets/{id:id}/restore", summary="Restore a dataset", responses=refusals(403, 404, 409))
    def restore_dataset(actor: Who, id: Id) -> DatasetOut:  # noqa: A002
        """Bring a removed dataset back."""
        datasets.restore(actor, id)
        return DatasetOut.of(datasets.get(actor, id))

    @router.post("/datasets/{id:id}/audit", summary="Audit a dataset", status_code=202, response_model=JobOut,
                 responses={**_QUEUED, **refusals(403, 404, 409)})  # fmt: skip
    def audit(actor: Who, id: Id, once: Once) -> Response:  # noqa: A002
        """Queue the acquisition audit of a dataset."""
        return once(202, id, lambda: JobOut.of(jobs.get(actor, datasets.audit(actor, id).id)), where=_JOB)

    @router.post("/datasets/{id:id}/export", summary="Export a dataset", status_code=202, response_model=JobOut,
                 responses={**_QUEUED, **refusals(403, 404, 409, 413)})  # fmt: skip
    def export(actor: Who, id: Id, body: ExportIn, once: Once) -> Response:  # noqa: A002
        """Queue the writing of a dataset in another form; download it once the job is done.

        In CSV, text that a spreadsheet would run as a formula has an apostrophe before it.
        """
        spec = ExportSpec(id, body.format)
        return once(202, body, lambda: JobOut.of(jobs.get(actor, datasets.export(actor, spec).id)), where=_JOB)

    @router.get("/datasets/{id:id}/records/{row}", summary="Get a record", responses=refusals(403, 404))
    def record(actor: Who, id: Id, row: _Row, points: Points = 2000) -> RecordOut:  # noqa: A002
        """The labels and the waveform of a record, in at most `points` steps."""
        return RecordOut.of(*datasets.record(actor, id, row, points=points))
