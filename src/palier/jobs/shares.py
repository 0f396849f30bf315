"""Parts of a job, each with its own count, on one scale from 0 to 1."""

from collections.abc import Callable

from palier.jobs.context import JobContext

__all__ = ["part"]


def part(context: JobContext, first: float, last: float, note: str) -> Callable[[int, int], None]:
    """Return what takes the count of one part of a job, which goes from one share of the whole to another.

    It checks each time it is called, so that a library that calls it for each record stops where that was asked.
    """

    def advance(done: int, total: int) -> None:
        share = done / total if total > 0 else 0.0
        context.progress(first + (last - first) * min(share, 1.0), 1.0, note)

    return advance
