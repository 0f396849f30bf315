"""Wait for a call that has no way to be told to stop, and still heed being told."""

import threading
from collections.abc import Callable
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
    done = threading.Event()
    returned: list[T] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            returned.append(call())
        except BaseException as error:  # noqa: BLE001 - raised again in the waiting thread
            raised.append(error)
        finally:
            done.set()

    context.check()
    threading.Thread(target=run, name="patiently", daemon=True).start()
    while not done.wait(_EVERY_S):
        context.check()
    if raised:
        raise raised[0]
    return returned[0]
