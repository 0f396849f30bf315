"""``/machines`` and ``/points``."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from palier.api.answers import ETAG, LOCATION, headed, refusals
from palier.api.fields import Id, IdQuery
from palier.api.once import Once
from palier.api.preconditions import IfMatch, matched, tag
from palier.api.schemas.machines import HistoryOut, MachineIn, MachineOut, MachinesOut, PointIn, PointOut
from palier.api.signed_in import SignedInRoute, Who
from palier.app.machines import MachineService

__all__ = ["machines_router"]

_ONE = headed(200, ETAG)
_MADE = headed(201, ETAG, LOCATION)


def machines_router(machines: MachineService) -> APIRouter:
    """Return the routes of machines and their measurement points."""
    router = APIRouter(route_class=SignedInRoute, tags=["Machines"])

    @router.get("/machines", summary="List the machines", responses=refusals(403))
    def list_machines(actor: Who) -> MachinesOut:
        """Every machine that is not removed, by name, with its points and its latest state."""
        return MachinesOut(items=[MachineOut.of(v) for v in machines.all(actor)])

    @router.post(
        "/machines", summary="Add a machine", status_code=201, response_model=MachineOut,
        responses={**_MADE, **refusals(403, 409, 413)},
    )  # fmt: skip
    def add_machine(actor: Who, body: MachineIn, once: Once) -> Response:
        """Add a machine. Its name is unique in the workspace."""
        return once(
            201, body, lambda: MachineOut.of(machines.get(actor, machines.add(actor, body.spec()).id)),
            where="/api/v1/machines/{id}", version=True,
        )  # fmt: skip

    @router.get("/machines/{id:id}", summary="Get a machine", responses={**_ONE, **refusals(403, 404)})
    def get_machine(actor: Who, id: Id, response: Response) -> MachineOut:  # noqa: A002
        """A machine with its points and its latest state."""
        view = machines.get(actor, id)
        tag(response, view.machine.version)
        return MachineOut.of(view)

    @router.put(
        "/machines/{id:id}", summary="Change a machine", responses={**_ONE, **refusals(403, 404, 409, 412, 413, 428)}
    )
    def change_machine(actor: Who, id: Id, body: MachineIn, response: Response, if_match: IfMatch = None) -> MachineOut:  # noqa: A002
        """Write a machine anew; needs If-Match."""
        version = matched(if_match, machines.get(actor, id).machine.version)
        machines.change(actor, id, body.spec(), version=version)
        tag(response, version + 1)
        return MachineOut.of(machines.get(actor, id))

    @router.delete("/machines/{id:id}", summary="Remove a machine", status_code=204, responses=refusals(403, 404, 409))
    def remove_machine(actor: Who, id: Id) -> None:  # noqa: A002
        """Remove a machine; it can be restored for 30 days. Its recordings stay."""
        machines.get(actor, id)
        machines.remove(actor, id)

    @router.post(
        "/machines/{id:id}/restore", summary="Restore a machine", responses={**_ONE, **refusals(403, 404, 409)}
    )
    def restore_machine(actor: Who, id: Id, response: Response) -> MachineOut:  # noqa: A002
        """Bring a removed machine back."""
        machines.restore(actor, id)
        view = machines.get(actor, id)
        tag(response, view.machine.version)
        return MachineOut.of(view)

    @router.get("/machines/{id:id}/history", summary="Get the history of a machine", responses=refusals(403, 404))
    def history(
        actor: Who,
        id: Id,  # noqa: A002
        point_id: IdQuery | None = None,
        limit: Annotated[int, Query(ge=1, le=5000)] = 500,
    ) -> HistoryOut:
        """The latest recordings of a machine, or of one of its points, with their diagnoses, oldest first."""
        return HistoryOut.of(machines.history(actor, id, point_id=point_id, limit=limit))

    _points(router, machines)
    return router


def _points(router: APIRouter, machines: MachineService) -> None:
    @router.post(
        "/machines/{id:id}/points", summary="Add a measurement point", status_code=201, response_model=PointOut,
        responses={**_MADE, **refusals(403, 404, 409, 413)},
    )  # fmt: skip
    def add_point(actor: Who, id: Id, body: PointIn, once: Once) -> Response:  # noqa: A002
        """Add a measurement point to a machine."""
        return once(
            201, body, lambda: PointOut.of(machines.add_point(actor, id, body.spec())),
            where="/api/v1/points/{id}", version=True,
        )  # fmt: skip

    @router.get("/points/{id:id}", summary="Get a measurement point", responses={**_ONE, **refusals(403, 404)})
    def get_point(actor: Who, id: Id, response: Response) -> PointOut:  # noqa: A002
        """A measurement point."""
        point = machines.get_point(actor, id)
        tag(response, point.version)
        return PointOut.of(point)

    @router.put(
        "/points/{id:id}", summary="Change a measurement point",
        responses={**_ONE, **refusals(403, 404, 409, 412, 413, 428)},
    )  # fmt: skip
    def change_point(actor: Who, id: Id, body: PointIn, response: Response, if_match: IfMatch = None) -> PointOut:  # noqa: A002
        """Write a measurement point anew; needs If-Match."""
        version = matched(if_match, machines.get_point(actor, id).version)
        point = machines.change_point(actor, id, body.spec(), version=version)
        tag(response, point.version)
        return PointOut.of(point)

    @router.delete(
        "/points/{id:id}", summary="Remove a measurement point", status_code=204, responses=refusals(403, 404, 409)
    )
    def remove_point(actor: Who, id: Id) -> None:  # noqa: A002
        """Remove a measurement point; it can be restored for 30 days. Its recordings stay."""
        machines.get_point(actor, id)
        machines.remove_point(actor, id)

    @router.post(
        "/points/{id:id}/restore", summary="Restore a measurement point", responses={**_ONE, **refusals(403, 404, 409)}
    )
    def restore_point(actor: Who, id: Id, response: Response) -> PointOut:  # noqa: A002
        """Bring a removed measurement point back."""
        machines.restore_point(actor, id)
        point = machines.get_point(actor, id)
        tag(response, point.version)
        return PointOut.of(point)
