"""``/jobs``."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from palier.api.answers import LINK, Answers, headed, refusals
from palier.api.events import Pace, job_events
from palier.api.fields import Cursor, Id, Limit
from palier.api.paging import after_of, cut
from palier.api.schemas.jobs import JobOut, JobsOut, LogLine, LogOut, QueueOut, WorkerOut, WorkloadOut
from palier.api.signed_in import SignedInRoute, Who
from palier.app.entities import JobStatus
from palier.app.job_list import JobService

__all__ = ["jobs_router"]

_EVENT = {
    "type": "object",
    "required": ["event", "data", "id"],
    "properties": {
        "event": {"type": "string", "enum": ["job", "log", "end"]},
        "data": {"type": "string", "description": "JSON: a job, a line of its log, or how it ended."},
        "id": {"type": "string", "description": "Send it back as Last-Event-ID."},
        "retry": {"type": "integer"},
    },
}
_EXAMPLE = {"event": "job", "id": "0", "data": '{"id": "0193a1b2c3d4e5f60718293a4b5c6d7e", "status": "running"}'}
_EVENTS: Answers = {
    200: {
        "description": "Events `job` (the job, whenever it changes), `log` (a line of its log) and at last `end`.",
        "content": {"text/event-stream": {"schema": _EVENT, "example": _EXAMPLE}},
    }
}
_LastEvent = Annotated[
    str | None, Header(alias="Last-Event-ID", pattern=r"^(0|[0-9a-f]{32})$", description="The last id that was seen.")
]


def jobs_router(jobs: JobService, *, pace: Pace) -> APIRouter:
    """Return the routes of jobs."""
    router = APIRouter(route_class=SignedInRoute, tags=["Jobs"])

    @router.get("/jobs", summary="List jobs", responses={**headed(200, LINK), **refusals(403)})
    def list_jobs(
        actor: Who, request: Request, response: Response, cursor: Cursor | None = None, limit: Limit = 50,
        status: Annotated[list[JobStatus] | None, Query(max_length=5, description="Only these.")] = None,
    ) -> JobsOut:  # fmt: skip
        """Jobs of the workspace, newest first."""
        rows = jobs.page(actor, status=status, after=after_of(cursor), limit=limit + 1)
        kept, following = cut(rows, limit, lambda v: v.job.id, request=request, response=response)
        return JobsOut(items=[JobOut.of(v) for v in kept], next=following)

    @router.get("/jobs/workload", summary="Get queues and workers", responses=refusals(403))
    def workload(actor: Who) -> WorkloadOut:
        """What waits in each queue, and the workers that were heard of."""
        return WorkloadOut(
            queues=[QueueOut.of(q) for q in jobs.queues(actor)], workers=[WorkerOut.of(w) for w in jobs.workers(actor)]
        )

    @router.get("/jobs/{id:id}", summary="Get a job", responses=refusals(403, 404))
    def get_job(actor: Who, id: Id) -> JobOut:  # noqa: A002
        """A job: where it stands, and what came of it."""
        return JobOut.of(jobs.get(actor, id))

    @router.get("/jobs/{id:id}/log", summary="Get the log of a job",
                responses={**headed(200, LINK), **refusals(403, 404)})  # fmt: skip
    def log(
        actor: Who, id: Id, request: Request, response: Response, cursor: Cursor | None = None,  # noqa: A002
        limit: Annotated[int, Query(ge=1, le=999)] = 500,
    ) -> LogOut:  # fmt: skip
        """Lines of a job's log, oldest first."""
        rows = jobs.log(actor, id, after=after_of(cursor), limit=limit + 1)
        kept, following = cut(rows, limit, lambda line: line.id, request=request, response=response)
        return LogOut(items=[LogLine.of(line) for line in kept], next=following)

    @router.get(
        "/jobs/{id:id}/events", summary="Watch a job", response_class=StreamingResponse,
        responses={**_EVENTS, **refusals(403, 404)},
    )  # fmt: skip
    def events(actor: Who, id: Id, last_event_id: _LastEvent = None) -> StreamingResponse:  # noqa: A002
        """Server-sent events until the job is over.

        The log goes on after `Last-Event-ID`, so that nothing is lost or told twice where the line was cut. The stream
        ends by itself after a few minutes; connect again until there was an event `end`.
        """
        first = jobs.get(actor, id)
        after = None if last_event_id in {None, "0"} else last_event_id
        return StreamingResponse(
            job_events(jobs, actor, first, after=after, pace=pace),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    @router.post("/jobs/{id:id}/cancel", summary="Cancel a job", responses=refusals(403, 404))
    def cancel(actor: Who, id: Id) -> JobOut:  # noqa: A002
        """Cancel a job that waits, or ask one that runs to stop. Of one that is over nothing changes."""
        return JobOut.of(jobs.cancel(actor, id))

    @router.post("/jobs/{id:id}/retry", summary="Retry a job", responses=refusals(403, 404, 409))
    def retry(actor: Who, id: Id) -> JobOut:  # noqa: A002
        """Queue a job that failed or was cancelled again."""
        return JobOut.of(jobs.retry(actor, id))

    return router
