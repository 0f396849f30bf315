"""Wait for a call that has no way to be told to stop, and still heed being told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

from palier.jobs.context import JobContext

__all__ = ["patiently"]

T = TypeVar("T")

_EVERY_S = 0.2


def patiently(context: JobContext, call: Callable[[], T]) -> T:
    """Return what a call returns, checking meanwhile; where the job is to stop, the call is left to end by itself.

    Only for calls that write nothing and end soon: what goes on after the job has stopped is thrown away.

    Raises
    ------
    CancelledError, TimeLimitError
        As `JobContext.check` does, while the call is still going on.
    """
    context.check()
    pool = ThreadPoolExecutor(1, thread_name_prefix="patiently")
    future = pool.submit(call)
    pool.shutdown(wait=False)
    while not wait([future], timeout=_EVERY_S).done:
        context.check()
    return future.result()
