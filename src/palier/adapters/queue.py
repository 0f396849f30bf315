"""Hints to workers that there is a job."""

from dataclasses import dataclass, field
from typing import Any

import structlog

from palier.app.entities import Job
from palier.app.job_kinds import job_kind

__all__ = ["CeleryHints", "NoHints", "celery_app"]

_log = structlog.get_logger(__name__)

#: The task that carries a job's id.
TASK = "palier.run"


@dataclass(frozen=True, slots=True)
class NoHints:
    """Workers that ask the database need no hint."""

    def send(self, job: Job) -> None:
        """Do nothing."""


@dataclass(slots=True)
class CeleryHints:
    """Sends a Celery message with the job's id. One that cannot be sent is no error: the reconciler sends it again."""

    redis_url: str
    _app: Any = field(default=None)

    def send(self, job: Job) -> None:
        """Send the hint to the queue of the job's kind, with its limits."""
        from kombu.exceptions import OperationalError

        if self._app is None:
            self._app = celery_app(self.redis_url)
        kind = job_kind(job.kind)
        try:
            self._app.send_task(
                TASK,
                args=[job.id],
                queue=job.queue,
                soft_time_limit=kind.soft_limit_s,
                time_limit=kind.hard_limit_s,
                retry=False,
            )
        except OperationalError as error:
            _log.warning("no hint could be sent; the reconciler will", job_id=job.id, error=str(error))


def celery_app(redis_url: str) -> Any:
    """Return the Celery application, with the settings of a transport that owns nothing.

    Early acknowledgement and no results: the jobs table says what is to be done and what was found.
    """
    from celery import Celery
    from kombu.entity import Queue

    from palier.app.job_kinds import JOB_KINDS

    queues = tuple(dict.fromkeys(kind.queue for kind in JOB_KINDS.values()))
    longest_s = max(kind.hard_limit_s for kind in JOB_KINDS.values())
    app = Celery("palier", broker=redis_url)
    app.conf.update(
        task_queues=[Queue(name) for name in queues],  # type: ignore[no-untyped-call]  # kombu
        task_default_queue=queues[0],
        task_acks_late=False,
        task_ignore_result=True,
        result_expires=86_400,
        task_track_started=True,
        task_serializer="json",
        accept_content=["json"],
        worker_prefetch_multiplier=1,
        worker_max_tasks_per_child=50,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        broker_connection_retry_on_startup=True,
        broker_connection_timeout=2,
        broker_transport_options={
            "visibility_timeout": longest_s + 600,
            "unacked_restore_interval": 10,
            "unacked_restore_throttle": 1,
            "socket_connect_timeout": 2,
            "socket_timeout": 5,
            "retry_on_timeout": False,
            "max_retries": 0,
        },
        enable_utc=True,
        timezone="UTC",
    )
    return app
