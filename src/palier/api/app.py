"""The application: every route, errors as problem+json, and the documentation."""

from itertools import takewhile
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.routing import Match, Route

from palier import __version__
from palier.api.document import complete
from palier.api.errors import translate_errors
from palier.api.events import Pace
from palier.api.problems import problem
from palier.api.resources.datasets import datasets_router
from palier.api.resources.diagnoses import diagnoses_router
from palier.api.resources.inference import inference_router
from palier.api.resources.jobs import jobs_router
from palier.api.resources.machines import machines_router
from palier.api.resources.models import models_router
from palier.api.resources.people import people_router
from palier.api.resources.recordings import recordings_router
from palier.app.services import Services

__all__ = ["api_app", "openapi_document"]

_METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")


def api_app(services: Services, *, pace: Pace | None = None) -> FastAPI:
    """Return the application that answers ``/api`` and ``/v2``; what else it serves is added to it."""
    app = FastAPI(
        title="palier",
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.services = services
    translate_errors(app)
    for router in (
        recordings_router(services.recordings),
        machines_router(services.machines),
        diagnoses_router(services.diagnoses, services.recordings),
        jobs_router(services.jobs, pace=pace or Pace()),
        datasets_router(services.datasets, services.jobs),
        models_router(services.models, services.jobs),
        people_router(services.accounts, services.audit_log, services.system, services.workspaces),
    ):
        app.include_router(router, prefix="/api/v1")
    app.include_router(inference_router(services.models, services.system), prefix="/v2")
    app.include_router(_documentation())
    _answer_the_rest(app)
    return app


def openapi_document(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document, made once."""
    if app.openapi_schema is None:
        app.openapi_schema = complete(app.openapi())
    return app.openapi_schema


def _documentation() -> APIRouter:
    router = APIRouter()

    @router.get("/api/v1/openapi.json", include_in_schema=False)
    def document(request: Request) -> JSONResponse:
        return JSONResponse(openapi_document(request.app))

    return router


def _answer_the_rest(app: FastAPI) -> None:
    """Answer every other address below ``/api`` and ``/v2`` here: 405 where another method would do, 404 otherwise.

    What is mounted behind would take them, and answer in its own way.
    """

    async def rest(request: Request) -> JSONResponse:
        allowed = [m for m in _METHODS if _taken(app, request, m)]
        where = f"{request.method} {request.url.path[:200]}"
        if allowed:
            methods = ", ".join(allowed)
            return problem(request, 405, f"{where}: allowed here are {methods}", headers={"Allow": methods})
        return problem(request, 404, f"{where}: there is nothing here; GET /api/v1/openapi.json says what there is")

    for path in ("/api", "/api/{rest:path}", "/v2/{rest:path}"):
        app.router.routes.append(_Rest(path, rest))


class _Rest(Route):
    """Takes every method."""

    def __init__(self, path: str, endpoint: Any) -> None:
        super().__init__(path, endpoint, include_in_schema=False)
        self.methods = set()


def _taken(app: FastAPI, request: Request, method: str) -> bool:
    """Return whether one of the routes before those that answer the rest would take a method."""
    scope = {**request.scope, "method": method}
    own = takewhile(lambda route: not isinstance(route, _Rest), app.router.routes)
    return any(route.matches(scope)[0] is Match.FULL for route in own)
