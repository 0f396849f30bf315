"""Server-sent events of a job."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial

import anyio
from anyio import to_thread

from palier.api.schemas.jobs import JobOut, LogLine
from palier.app.entities import JobStatus
from palier.app.job_list import JobService
from palier.app.roles import Actor
from palier.app.views import JobView
from palier.errors import NotFoundError, UnavailableError

__all__ = ["Pace", "job_events"]

_OVER = (JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED)
_LINES = 500


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a job is looked at, and for how long one stream lasts."""

    look_every_s: float = 0.5
    beat_every_s: float = 15.0
    last_s: float = 300.0
    """A key that is revoked is noticed when the next stream is asked for."""
    retry_ms: int = 2000


async def job_events(
    jobs: JobService, actor: Actor, view: JobView, *, after: str | None, pace: Pace
) -> AsyncIterator[str]:
    """Yield a job whenever it changes, the lines of its log after one of them, and ``end`` once it is over."""
    id, begun, spoken, told = view.job.id, time.monotonic(), time.monotonic(), ""  # noqa: A001
    yield f"retry: {pace.retry_ms}\n\n"
    while time.monotonic() - begun < pace.last_s:
        try:
            view = await to_thread.run_sync(jobs.get, actor, id)
            lines = await to_thread.run_sync(partial(jobs.log, actor, id, after=after, limit=_LINES))
        except UnavailableError:
            await anyio.sleep(pace.look_every_s)
            continue
        except NotFoundError:
            return
        now = JobOut.of(view).model_dump_json()
        said = "".join(_event("log", LogLine.of(line).model_dump_json(), line.id) for line in lines)
        after = lines[-1].id if lines else after
        if now != told:
            said, told = said + _event("job", now, after), now
        if not said and time.monotonic() - spoken >= pace.beat_every_s:
            said = ": still here\n\n"
        if said:
            spoken = time.monotonic()
            yield said
        if view.job.status in _OVER and len(lines) < _LINES:
            yield _event("end", f'{{"status": "{view.job.status.value}"}}', after)
            return
        if len(lines) < _LINES:
            await anyio.sleep(pace.look_every_s)


def _event(name: str, data: str, id: str | None) -> str:  # noqa: A002
    return f"id: {id or 0}\nevent: {name}\ndata: {data}\n\n"
