"""``/recordings``."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response

from palier.api.answers import ETAG, LINK, LOCATION, Answers, headed, refusals
from palier.api.fields import NO_CONTROLS, ChannelQuery, Cursor, Id, IdQuery, Limit, MomentQuery, Points
from palier.api.paging import after_of, cut
from palier.api.preconditions import IfMatch, matched, tag
from palier.api.schemas.recordings import RecordingChange, RecordingOut, RecordingsOut, WaveformOut
from palier.api.signed_in import SignedInRoute, Who
from palier.api.uploads import UPLOAD_BODY, upload_of
from palier.app.entities import Recording
from palier.app.recordings import RecordingService
from palier.app.roles import Actor, Permission
from palier.app.specs import Declaration
from palier.app.views import WaveformView
from palier.core.units import Unit

__all__ = ["DeclaredQuery", "FileName", "RateQuery", "SpeedQuery", "recordings_router"]

FileName = Annotated[
    str,
    Query(min_length=1, max_length=1000, description="How the file is called; a form says it itself.",
          examples=["pump 3.wav"]),
]  # fmt: skip
RateQuery = Annotated[float, Query(gt=0, le=1e9, allow_inf_nan=False, description="Sampling rate in Hz.")]
SpeedQuery = Annotated[float, Query(gt=0, le=16_667, allow_inf_nan=False, description="Shaft speed in Hz.")]
DeclaredQuery = Annotated[
    str, Query(max_length=200, pattern=NO_CONTROLS, description="Name from the catalogue, or geometry.")
]
_Time = Annotated[float, Query(ge=-1e9, le=1e9, allow_inf_nan=False)]
_ONE = headed(200, ETAG)
_SAMPLES: Answers = {200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}


def recordings_router(recordings: RecordingService) -> APIRouter:
    """Return the routes of recordings."""
    router = APIRouter(route_class=SignedInRoute, tags=["Recordings"])

    @router.post(
        "/recordings", summary="Upload a recording", status_code=201, openapi_extra=UPLOAD_BODY,
        responses={
            **headed(201, ETAG, LOCATION),
            **refusals(400, 403, 404, 413, 415, 507),
        },
    )  # fmt: skip
    async def upload(
        actor: Who,
        request: Request,
        response: Response,
        file_name: FileName | None = None,
        point_id: IdQuery | None = None,
        sampling_rate_hz: RateQuery | None = None,
        unit: Unit | None = None,
        speed_hz: SpeedQuery | None = None,
        channel: ChannelQuery | None = None,
        bearing: DeclaredQuery | None = None,
        taken_at: MomentQuery | None = None,
    ) -> RecordingOut:
        """Upload a file, as the body or in a form. What the file does not say is declared in the address.

        The same bytes again give the recording that is there, so that an upload can be repeated at will. A job reads
        the file: the recording is *waiting* until then.
        """
        actor.require(Permission.DIAGNOSE)
        name, chunks = await upload_of(request, file_name)
        declared = Declaration(sampling_rate_hz, unit, speed_hz, channel or None, bearing, taken_at)
        recording = await recordings.receive(
            actor, file_name=name, chunks=chunks, point_id=point_id, declared=declared
        )  # fmt: skip
        tag(response, recording.version)
        response.headers["Location"] = f"/api/v1/recordings/{recording.id}"
        return RecordingOut.of(recording)

    @router.get("/recordings", summary="List recordings", responses={**headed(200, LINK), **refusals(403)})
    def list_recordings(
        actor: Who, request: Request, response: Response, cursor: Cursor | None = None, limit: Limit = 50,
        point_id: IdQuery | None = None,
    ) -> RecordingsOut:  # fmt: skip
        """Recordings that are not removed, newest first."""
        rows = recordings.page(actor, after=after_of(cursor), limit=limit + 1, point_id=point_id)
        kept, following = cut(rows, limit, lambda r: r.id, request=request, response=response)
        return RecordingsOut(items=[RecordingOut.of(r) for r in kept], next=following)

    @router.get("/recordings/{id:id}", summary="Get a recording", responses={**_ONE, **refusals(403, 404)})
    def get_recording(actor: Who, id: Id, response: Response) -> RecordingOut:  # noqa: A002
        """A recording: what was read from its file, and what was declared."""
        return _shown(recordings.get(actor, id), response)

    @router.patch(
        "/recordings/{id:id}", summary="Change a recording",
        responses={**_ONE, **refusals(403, 404, 409, 412, 413, 428)},
    )  # fmt: skip
    def change_recording(
        actor: Who, id: Id, body: RecordingChange, response: Response, if_match: IfMatch = None  # noqa: A002
    ) -> RecordingOut:  # fmt: skip
        """Declare what the file does not say, or say where it was taken; needs If-Match.

        Where something is declared, the file is read again, and the recording is *waiting* until then.
        """
        recording = recordings.get(actor, id)
        matched(if_match, recording.version)
        return _shown(_changed(recordings, actor, recording, body), response)

    @router.delete(
        "/recordings/{id:id}", summary="Remove a recording", status_code=204, responses=refusals(403, 404, 409)
    )
    def remove_recording(actor: Who, id: Id) -> None:  # noqa: A002
        """Remove a recording; it can be restored for 30 days."""
        recordings.get(actor, id)
        recordings.remove(actor, id)

    @router.post(
        "/recordings/{id:id}/restore", summary="Restore a recording", responses={**_ONE, **refusals(403, 404, 409)}
    )
    def restore_recording(actor: Who, id: Id, response: Response) -> RecordingOut:  # noqa: A002
        """Bring a removed recording back."""
        recordings.restore(actor, id)
        return _shown(recordings.get(actor, id), response)

    @router.get(
        "/recordings/{id:id}/waveform", summary="Get a part of the waveform", response_model=WaveformOut,
        responses={**_SAMPLES, **refusals(403, 404, 409)},
    )  # fmt: skip
    def waveform(
        actor: Who,
        id: Id,  # noqa: A002
        channel: ChannelQuery | None = None,
        first_s: _Time | None = None,
        last_s: _Time | None = None,
        points: Points = 2000,
        accept: Annotated[str | None, Header(include_in_schema=False)] = None,
    ) -> WaveformOut | Response:
        """A window of the waveform in at most `points` steps, each with its least and its greatest sample.

        Where the window has no more samples than `points`, every sample is there. With `Accept:
        application/octet-stream` the answer is little-endian float32: the times of all steps after `Palier-First-Time`,
        then all least, then all greatest values.
        """
        view = recordings.waveform(actor, id, channel=channel or None, first_s=first_s, last_s=last_s, points=points)
        return _binary(view) if accept == "application/octet-stream" else WaveformOut.of(view)

    return router


def _shown(recording: Recording, response: Response) -> RecordingOut:
    tag(response, recording.version)
    return RecordingOut.of(recording)


def _changed(recordings: RecordingService, actor: Actor, recording: Recording, body: RecordingChange) -> Recording:
    if "point_id" in body.model_fields_set:
        return recordings.assign(actor, recording.id, body.point_id, version=recording.version)
    return recordings.declare(actor, recording.id, body.declared.spec(), version=recording.version)


def _binary(view: WaveformView) -> Response:
    headers = {
        "Palier-Channel": view.channel.encode("ascii", "backslashreplace").decode(),
        "Palier-Steps": str(len(view.low)),
        "Palier-Exact": "true" if view.exact else "false",
        "Palier-First-Time": repr(float(view.time_s[0])),
    }
    if view.sampling_rate_hz is not None:
        headers["Palier-Sampling-Rate"] = repr(float(view.sampling_rate_hz))
    rows = (view.time_s - view.time_s[0], view.low, view.high)
    body = b"".join(row.astype("<f4").tobytes() for row in rows)
    return Response(body, media_type="application/octet-stream", headers=headers)
