"""``/diagnoses``."""

from typing import Annotated, Literal

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse

from palier.api.answers import LINK, LOCATION, headed, refusals
from palier.api.downloads import HTML_ANSWER, html_file
from palier.api.fields import ChannelQuery, Cursor, Id, IdQuery, Limit, Points
from palier.api.once import Once
from palier.api.paging import after_of, cut
from palier.api.resources.recordings import DeclaredQuery, FileName, RateQuery, SpeedQuery
from palier.api.schemas.diagnoses import CurveOut, DiagnosesOut, DiagnosisIn, DiagnosisOut, MatrixOut, OpinionIn
from palier.api.signed_in import SignedInRoute, Who
from palier.api.uploads import UPLOAD_BODY, upload_of
from palier.app.diagnoses import DiagnosisService
from palier.app.recordings import RecordingService
from palier.app.roles import Permission
from palier.app.specs import Declaration, DiagnosisSpec
from palier.core.units import Unit

__all__ = ["diagnoses_router"]

_Bound = Annotated[float, Query(ge=-1e9, le=1e9, allow_inf_nan=False)]
_MADE = headed(202, LOCATION)
_WHERE = "/api/v1/diagnoses/{id}"


def diagnoses_router(diagnoses: DiagnosisService, recordings: RecordingService) -> APIRouter:
    """Return the routes of diagnoses."""
    router = APIRouter(route_class=SignedInRoute, tags=["Diagnoses"])

    @router.post(
        "/diagnoses", summary="Diagnose a recording", status_code=202, response_model=DiagnosisOut,
        responses={**_MADE, **refusals(403, 404, 409, 413)},
    )  # fmt: skip
    def create(actor: Who, body: DiagnosisIn, once: Once) -> Response:
        """Ask for the diagnosis of a recording; a job makes it. The recording may still be waiting to be read."""
        return once(
            202, body, lambda: DiagnosisOut.of(diagnoses.create(actor, body.recording_id, body.spec())), where=_WHERE
        )

    @router.post(
        "/diagnoses/from-file", summary="Upload a recording and diagnose it", status_code=202,
        response_model=DiagnosisOut, openapi_extra=UPLOAD_BODY,
        responses={**_MADE, **refusals(400, 403, 404, 409, 413, 415, 507)},
    )  # fmt: skip
    async def create_from_file(
        actor: Who,
        request: Request,
        once: Once,
        file_name: FileName | None = None,
        point_id: IdQuery | None = None,
        sampling_rate_hz: RateQuery | None = None,
        unit: Unit | None = None,
        speed_hz: SpeedQuery | None = None,
        channel: ChannelQuery | None = None,
        bearing: DeclaredQuery | None = None,
        speed_tolerance: Annotated[float, Query(ge=0, le=0.2, allow_inf_nan=False)] = 0.02,
        false_alarm_rate: Annotated[float, Query(ge=1e-6, le=0.5, allow_inf_nan=False)] = 0.01,
        machine_group: Literal["1", "2"] | None = None,
        support: Literal["rigid", "flexible"] | None = None,
        model_id: IdQuery | None = None,
        baseline_recording_id: IdQuery | None = None,
    ) -> Response:
        """Upload a file as `POST /api/v1/recordings` does, and ask for its diagnosis in the same call."""
        actor.require(Permission.DIAGNOSE)
        name, chunks = await upload_of(request, file_name)
        declared = Declaration(sampling_rate_hz, unit, speed_hz, channel or None, bearing)
        recording = await recordings.receive(actor, file_name=name, chunks=chunks, point_id=point_id, declared=declared)
        spec = DiagnosisSpec(
            speed_tolerance=speed_tolerance, false_alarm_rate=false_alarm_rate, machine_group=machine_group,
            support=support, model_id=model_id, baseline_recording_id=baseline_recording_id,
        )  # fmt: skip

        def ask() -> Response:
            return once(
                202, recording.sha256, lambda: DiagnosisOut.of(diagnoses.create(actor, recording.id, spec)),
                where=_WHERE,
            )  # fmt: skip

        return await to_thread.run_sync(ask)

    @router.get("/diagnoses", summary="List diagnoses", responses={**headed(200, LINK), **refusals(403, 404)})
    def list_diagnoses(
        actor: Who, request: Request, response: Response, cursor: Cursor | None = None, limit: Limit = 50,
        recording_id: IdQuery | None = None, machine_id: IdQuery | None = None,
    ) -> DiagnosesOut:  # fmt: skip
        """Diagnoses without their long results, newest first; of one recording or one machine where it is named."""
        rows = diagnoses.page(
            actor, after=after_of(cursor), limit=limit + 1, recording_id=recording_id, machine_id=machine_id
        )
        kept, following = cut(rows, limit, lambda v: v.diagnosis.id, request=request, response=response)
        return DiagnosesOut.of(kept, following)

    _one(router, diagnoses)
    return router


def _one(router: APIRouter, diagnoses: DiagnosisService) -> None:
    @router.get("/diagnoses/{id:id}", summary="Get a diagnosis", responses=refusals(403, 404))
    def get_diagnosis(actor: Who, id: Id) -> DiagnosisOut:  # noqa: A002
        """A diagnosis; `result` is there once its job is done."""
        return DiagnosisOut.of(diagnoses.get(actor, id))

    @router.delete("/diagnoses/{id:id}", summary="Remove a diagnosis", status_code=204, responses=refusals(403, 404))
    def remove_diagnosis(actor: Who, id: Id) -> None:  # noqa: A002
        """Remove a diagnosis; it can be restored for 30 days."""
        diagnoses.get(actor, id)
        diagnoses.remove(actor, id)

    @router.post("/diagnoses/{id:id}/restore", summary="Restore a diagnosis", responses=refusals(403, 404))
    def restore_diagnosis(actor: Who, id: Id) -> DiagnosisOut:  # noqa: A002
        """Bring a removed diagnosis back."""
        diagnoses.restore(actor, id)
        return DiagnosisOut.of(diagnoses.get(actor, id))

    @router.put("/diagnoses/{id:id}/opinion", summary="Say what you think of a diagnosis",
                responses=refusals(403, 404, 409, 413))  # fmt: skip
    def opine(actor: Who, id: Id, body: OpinionIn) -> DiagnosisOut:  # noqa: A002
        """Record the analyst's own verdict; it replaces the one before."""
        return DiagnosisOut.of(diagnoses.opine(actor, id, body.spec()))

    @router.get("/diagnoses/{id:id}/curves/{name}", summary="Get a part of a curve", responses=refusals(403, 404, 409))
    def curve(
        actor: Who,
        id: Id,  # noqa: A002
        name: Literal["spectrum", "envelope_spectrum", "envelope_background"],
        first: _Bound | None = None,
        last: _Bound | None = None,
        points: Points = 2000,
    ) -> CurveOut:
        """A part of a curve in at most `points` steps; no line is lost where points are left out."""
        return CurveOut.of(diagnoses.curve(actor, id, name, first=first, last=last, points=points))

    @router.get("/diagnoses/{id:id}/spectrogram", summary="Get the spectrogram", responses=refusals(403, 404, 409))
    def spectrogram(actor: Who, id: Id) -> MatrixOut:  # noqa: A002
        """Levels over time and frequency."""
        return MatrixOut.of(diagnoses.matrix(actor, id))

    @router.get(
        "/diagnoses/{id:id}/report", summary="Download the report", response_class=FileResponse,
        responses={**HTML_ANSWER, **refusals(403, 404, 409)},
    )  # fmt: skip
    def report(actor: Who, id: Id) -> FileResponse:  # noqa: A002
        """The report: one HTML file that needs nothing else."""
        return html_file(diagnoses.report(actor, id), f"diagnosis-{id}.html")
