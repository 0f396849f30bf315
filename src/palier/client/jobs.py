"""Jobs: look at them, and wait for them."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile

import httpx

from palier.client.events import events_of
from palier.client.transport import Transport
from palier.client.values import Job, value_of
from palier.errors import PalierError, UnavailableError

__all__ = ["Jobs"]

#: The server says every 15 s that it is still there.
_SILENCE_S = 45.0
_LOOK_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class Jobs:
    """Long work."""

    transport: Transport

    def get(self, id: str) -> Job:  # noqa: A002
        """Return a job."""
        return value_of(Job, self.transport.json("GET", f"/api/v1/jobs/{id}"))

    def cancel(self, id: str) -> Job:  # noqa: A002
        """Cancel a job."""
        return value_of(Job, self.transport.json("POST", f"/api/v1/jobs/{id}/cancel", repeatable=True))

    def retry(self, id: str) -> Job:  # noqa: A002
        """Queue a job that failed or was cancelled again."""
        return value_of(Job, self.transport.json("POST", f"/api/v1/jobs/{id}/retry"))

    def wait(
        self,
        id: str,  # noqa: A002
        *,
        timeout_s: float | None = None,
        on_change: Callable[[Job], None] | None = None,
    ) -> Job:
        """Return a job once it is over: told by the server's events, or by asking where they do not come through.

        Raises
        ------
        UnavailableError
            Where it is not over in time.
        """
        end = None if timeout_s is None else time.monotonic() + timeout_s
        by_events = True
        last: str | None = None
        while True:
            told = False
            if by_events:
                for job, event_id in self._told(id, last, end):
                    told, last = True, event_id
                    if on_change is not None:
                        on_change(job)
                    if job.over:
                        return job
                by_events = told
            job = self.get(id)
            if not told and on_change is not None:
                on_change(job)
            if job.over:
                return job
            if _is_over(end):
                raise UnavailableError(
                    f"{job.title or job.kind} is still {job.status} after {timeout_s:g} s; ask later"
                )
            self.transport.sleep(_LOOK_EVERY_S)

    def _told(self, id: str, last: str | None, end: float | None) -> Iterator[tuple[Job, str | None]]:  # noqa: A002
        """Yield what one stream of events says of a job; where it breaks off, it just ends."""
        headers = {"Accept": "text/event-stream"} | ({} if last is None else {"Last-Event-ID": last})
        path = f"/api/v1/jobs/{id}/events"
        try:
            with self.transport.stream(path, headers=headers, read_timeout_s=_silence_s(end)) as answer:
                for event in events_of(takewhile(lambda _: not _is_over(end), answer.iter_lines())):
                    if event.name == "job":
                        yield value_of(Job, json.loads(event.data)), event.id
        except (httpx.TransportError, PalierError, ValueError):
            return  # asking for the job tells whether it is more than a line that was cut


def _is_over(end: float | None) -> bool:
    return end is not None and time.monotonic() >= end


def _silence_s(end: float | None) -> float:
    return _SILENCE_S if end is None else max(0.1, min(_SILENCE_S, end - time.monotonic()))
