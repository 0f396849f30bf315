"""Whether the process answers, whether it can serve, and its figures."""

import hmac

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from palier.app.system import SystemService

__all__ = ["health_router"]

_HELP = {
    "palier_jobs": ("Jobs by status.", ("status",)),
    "palier_queue_waiting_jobs": ("Jobs that wait, by queue.", ("queue",)),
    "palier_queue_oldest_seconds": ("Age of the oldest job that waits, by queue.", ("queue",)),
    "palier_workers_alive": ("Workers heard of in the last 30 s.", ()),
    "palier_recordings": ("Recordings that are not removed.", ()),
    "palier_diagnoses": ("Diagnoses that are not removed.", ()),
    "palier_disk_free_bytes": ("Free space of the data directory.", ()),
}


def health_router(system: SystemService, *, metrics_token: str | None) -> APIRouter:
    """Return the routes ``/healthz``, ``/readyz`` and ``/metrics``."""
    router = APIRouter()

    @router.get("/healthz", include_in_schema=False)
    async def healthz() -> PlainTextResponse:
        return PlainTextResponse("ok")

    @router.get("/readyz", include_in_schema=False)
    def readyz() -> JSONResponse:
        ready, checks = system.ready()
        return JSONResponse({"ready": ready, "checks": checks}, status_code=200 if ready else 503)

    @router.get("/metrics", include_in_schema=False)
    def metrics(request: Request) -> Response:
        given = request.headers.get("authorization", "")
        if metrics_token is None or not hmac.compare_digest(given.encode(), f"Bearer {metrics_token}".encode()):
            text = "metrics need the bearer token that the operator set as PALIER_METRICS_TOKEN\n"
            return PlainTextResponse(text, status_code=401, headers={"WWW-Authenticate": "Bearer"})
        return PlainTextResponse(_exposition(system), media_type="text/plain; version=0.0.4; charset=utf-8")

    return router


def _exposition(system: SystemService) -> str:
    from prometheus_client import CollectorRegistry, Gauge, generate_latest

    registry = CollectorRegistry()
    for name, values in system.metrics().items():
        words, labels = _HELP[name]
        gauge = Gauge(name, words, labels, registry=registry)
        for label_values, value in values.items():
            (gauge.labels(*label_values) if labels else gauge).set(value)
    return generate_latest(registry).decode()
