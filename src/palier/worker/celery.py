"""Workers fed by Celery: a message carries a job's id, and the database says whether it is still to be done."""

import os
import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import billiard
import structlog
from celery import signals
from celery.exceptions import SoftTimeLimitExceeded
from celery.worker.request import Request

from palier.adapters.queue import TASK, celery_app
from palier.app.entities import JobStatus
from palier.bootstrap import hints_of, open_ports
from palier.config import Settings
from palier.errors import ConfigurationError, NotFoundError, UnavailableError
from palier.jobs.context import Ports
from palier.jobs.execute import claim, execute
from palier.worker.pulse import Pulse
from palier.worker.reconcile import Reconciler

__all__ = ["run_celery"]

_log = structlog.get_logger(__name__)


class _Limited(Request):  # type: ignore[misc]  # Celery has no types
    """Ends the row of a job whose process Celery kills at the hard limit."""

    ports: Ports

    def on_timeout(self, soft: bool, timeout: float) -> None:  # noqa: FBT001 - Celery's signature
        super().on_timeout(soft, timeout)
        if soft:
            return
        try:
            with self.ports.store.writing() as t:
                job = t.jobs.get(self.args[0])
                error = f"longer than {timeout:g} s, the hard limit; its process was ended"
                t.jobs.finish(job, status=JobStatus.FAILED, now=self.ports.now(), error=error)
        except (NotFoundError, UnavailableError):
            _log.warning("the row of a job beyond its limit waits for its lease to end", job_id=self.args[0])


def run_celery(settings: Settings, queues: Sequence[str]) -> None:
    """Run a Celery worker until SIGTERM; it hands its jobs back."""
    if settings.redis_url is None:
        raise ConfigurationError("job_transport is celery and no redis_url is set; set PALIER_REDIS_URL")
    app = celery_app(settings.redis_url.get_secret_value())
    stopping = billiard.Event()  # shared with the pool's processes, which are forked later
    lease = timedelta(seconds=settings.job_lease_s)
    opened: dict[str, Any] = {}

    def ports() -> Ports:
        """Open the outside world once in each process of the pool."""
        if "ports" not in opened:
            opened["ports"] = open_ports(settings)
        return opened["ports"]  # type: ignore[no-any-return]  # put there above

    @app.task(name=TASK, bind=True, ignore_result=True)  # type: ignore[untyped-decorator]  # Celery has no types
    def run(task: Any, job_id: str) -> None:
        _run(ports(), task.request.hostname, job_id, queues, lease, stopping.is_set)

    main = open_ports(settings)
    run.Request = type("Limited", (_Limited,), {"ports": main})
    pulse = Pulse(main, queues)
    reconciler = Reconciler(main, hints_of(settings), settings.reconcile_every_s)

    @signals.worker_ready.connect(weak=False)  # type: ignore[untyped-decorator]
    def ready(**_: Any) -> None:
        pulse.start()
        reconciler.start()

    @signals.worker_shutting_down.connect(weak=False)  # type: ignore[untyped-decorator]
    def shutting_down(**_: Any) -> None:
        stopping.set()

    app.Worker(
        concurrency=max(settings.workers, 1),
        queues=list(queues),
        pool="prefork",
        loglevel=settings.log_level.upper(),
        without_gossip=True,
        without_mingle=True,
    ).start()
    threading.Thread(target=reconciler.stop, daemon=True).start()
    pulse.stop()


def _run(ports: Ports, worker: str, job_id: str, queues: Sequence[str], lease: timedelta, stopping: Any) -> None:
    try:
        job = claim(ports, worker=f"{str(worker)[:60]}/{os.getpid()}", queues=queues, lease=lease, job_id=job_id)
    except UnavailableError:
        _log.warning("the database does not answer; the reconciler sends the hint again", job_id=job_id)
        return
    if job is None:
        return  # done, cancelled, taken by another, or not due yet
    if execute(ports, job, lease=lease, stopping=stopping, time_is_up=(SoftTimeLimitExceeded,)) is None:
        _log.info("job not ended here", job_id=job_id)
