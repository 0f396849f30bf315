"""Who writes the shards: this process, a pool of processes, or the workers of a Dask cluster."""

import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from palier.core.dataset import RecordSource
from palier.data.writer import ShardJob, write_shard
from palier.errors import MissingToolError, OutputError

__all__ = ["write_all"]

_POLL_S: Final = 0.1
Progress = Callable[[int, int], None]


class _GivenUpError(Exception):
    """The caller gave up."""


def write_all(
    source: RecordSource,
    jobs: Sequence[ShardJob],
    *,
    workers: int,
    scheduler: str | None,
    on_progress: Progress | None,
    done: int,
    total: int,
) -> None:
    """Write shards of a source, which travels once to every process; `done` of `total` records are finished already.

    Raises
    ------
    OutputError
        If a worker died, or the scheduler cannot be reached.
    MissingToolError
        If a scheduler is named and Dask is not installed.
    """
    report = on_progress or (lambda _done, _total: None)
    report(done, total)
    if not jobs:
        return
    if scheduler is not None:
        _by_cluster(source, jobs, scheduler, report, done, total)
    elif workers == 1 or len(jobs) == 1:
        _here(source, jobs, report, done, total)
    else:
        _by_pool(source, jobs, min(workers, len(jobs)), report, done, total)


def _here(source: RecordSource, jobs: Sequence[ShardJob], report: Progress, done: int, total: int) -> None:
    def count() -> None:
        nonlocal done
        done += 1
        report(done, total)

    for job in jobs:
        write_shard(source, job, on_record=count)


# ---- a pool of processes ----

#: What a worker has from the process that started it: the source, how many records are written, whether to stop.
_shared: dict[str, Any] = {}


def _begin(source: RecordSource, counter: Any, stop: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the first process decides
    _shared.update(source=source, counter=counter, stop=stop)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this worker when the process that started it is killed: nobody would ever tell it to stop."""
    import multiprocessing

    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _count() -> None:
    with _shared["counter"].get_lock():
        _shared["counter"].value += 1
    if _shared["stop"].is_set():
        raise _GivenUpError


def _in_pool(job: ShardJob) -> None:
    write_shard(_shared["source"], job, on_record=_count)


def _by_pool(
    source: RecordSource, jobs: Sequence[ShardJob], workers: int, report: Progress, done: int, total: int
) -> None:
    import multiprocessing
    from concurrent.futures import FIRST_EXCEPTION, ProcessPoolExecutor, wait
    from concurrent.futures.process import BrokenProcessPool

    context = multiprocessing.get_context("spawn")
    counter, stop = context.Value("q", 0), context.Event()
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(source, counter, stop)) as pool:
        finished = False
        try:
            futures = [pool.submit(_in_pool, job) for job in jobs]
            waiting: set[Any] = set(futures)
            while waiting:
                ended, waiting = wait(waiting, timeout=_POLL_S, return_when=FIRST_EXCEPTION)
                for future in ended:
                    future.result()
                report(done + counter.value, total)
            finished = True
        except BrokenProcessPool as error:
            raise OutputError(
                "a process that wrote the dataset was killed (out of memory?) or could not start (a script needs its "
                "`if __name__ == '__main__':`); call again, with fewer workers, to go on with what is finished"
            ) from error
        finally:
            if not finished:
                stop.set()
                pool.shutdown(cancel_futures=True)


# ---- a Dask cluster ----


def _in_cluster(job: ShardJob, source: RecordSource, topic: str) -> None:
    from distributed import get_worker

    worker = get_worker()
    unsaid, last = 0, time.monotonic()

    def count() -> None:
        nonlocal unsaid, last
        unsaid += 1
        if time.monotonic() - last >= _POLL_S:
            worker.log_event(topic, unsaid)
            unsaid, last = 0, time.monotonic()

    write_shard(source, job, on_record=count)
    worker.log_event(topic, unsaid)


def _by_cluster(
    source: RecordSource, jobs: Sequence[ShardJob], scheduler: str, report: Progress, done: int, total: int
) -> None:
    try:
        from distributed import CancelledError, Client
        from distributed.scheduler import KilledWorker
    except ImportError as error:
        raise MissingToolError("writing on a cluster needs Dask; install it: pip install palier[cluster]") from error
    from uuid import uuid4

    topic = f"palier-{uuid4().hex}"
    written: list[int] = []

    def heard(event: Any) -> None:
        written.append(int(event[1]))

    try:
        client: Any = Client(scheduler, timeout=10, set_as_default=False)  # type: ignore[no-untyped-call]  # published without types
    except (OSError, ValueError) as error:
        raise OutputError(f"no Dask scheduler answers at {scheduler} ({error}); check its address") from error
    with client:
        client.subscribe_topic(topic, heard)
        everywhere = client.scatter(source, broadcast=True)
        futures = client.map(_in_cluster, jobs, source=everywhere, topic=topic, pure=False)
        finished = False
        try:
            left = set(futures)
            while left:
                time.sleep(_POLL_S)
                for future in [f for f in left if f.done()]:
                    future.result()
                    left.discard(future)
                report(min(done + sum(written), total), total)
            finished = True
        except (KilledWorker, CancelledError) as error:
            raise OutputError(
                f"the workers of {scheduler} were lost ({error}); call again to go on with what is finished"
            ) from error
        finally:
            if not finished:
                client.cancel(futures)
    report(total, total)
