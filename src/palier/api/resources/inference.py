"""``/v2``: the Open Inference Protocol."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse
from pydantic import Field

from palier.api.answers import refusals
from palier.api.fields import Shown
from palier.api.schemas.models import InferIn, InferOut, MetadataOut, TensorOut
from palier.api.signed_in import SignedInRoute, Who
from palier.app.models import ModelService
from palier.app.system import SystemService

__all__ = ["inference_router"]

_Name = Annotated[str, Path(min_length=1, max_length=100, description="Name of a model.", examples=["trees"])]


class LiveOut(Shown):
    """Whether the server answers."""

    live: bool


class ReadyOut(Shown):
    """Whether the server can serve."""

    ready: bool


class ModelReadyOut(Shown):
    """Whether a model can be asked."""

    name: str
    ready: bool


class ServerOut(Shown):
    """The server."""

    name: Literal["palier"] = "palier"
    version: str
    extensions: list[str] = Field(default_factory=list)


def inference_router(models: ModelService, system: SystemService) -> APIRouter:
    """Return the routes of the Open Inference Protocol."""
    router = APIRouter(route_class=SignedInRoute, tags=["Inference"])
    public = APIRouter(tags=["Inference"])

    @public.get("/health/live", summary="Is the server alive", openapi_extra={"security": []})
    def live() -> LiveOut:
        """True where the process answers."""
        return LiveOut(live=True)

    @public.get("/health/ready", summary="Is the server ready", openapi_extra={"security": []}, response_model=ReadyOut,
                responses={503: {"description": "Not ready.", "model": ReadyOut}})  # fmt: skip
    def ready() -> JSONResponse:
        """True where requests can be served; 503 otherwise."""
        is_ready, _checks = system.ready()
        return JSONResponse({"ready": is_ready}, 200 if is_ready else 503)

    @router.get("", summary="Get the server's metadata", responses=refusals())
    def server(actor: Who) -> ServerOut:
        """Name and version."""
        del actor
        return ServerOut(version=system.version)

    @router.get("/models/{name}", summary="Get a model's inputs and outputs", responses=refusals(403, 404))
    def metadata(actor: Who, name: _Name) -> MetadataOut:
        """Names, types and shapes of the tensors, and the classes."""
        return MetadataOut(**models.metadata(actor, name))

    @router.get("/models/{name}/ready", summary="Can a model be asked", responses=refusals(403, 404))
    def model_ready(actor: Who, name: _Name) -> ModelReadyOut:
        """True where the model's bundle is there and undamaged."""
        return ModelReadyOut(name=str(models.metadata(actor, name)["name"]), ready=True)

    @router.post("/models/{name}/infer", summary="Ask a model", responses=refusals(403, 404, 413))
    def infer(actor: Who, name: _Name, body: InferIn) -> InferOut:
        """Run a model on windows of samples (`samples`, shape n × window) and their shaft speeds (`speed_hz`, n)."""
        found = models.infer(actor, name, [tensor.model_dump() for tensor in body.inputs])
        return InferOut(model_name=name, model_version="1", id=body.id, outputs=[TensorOut(**t) for t in found])

    router.include_router(public)
    return router
