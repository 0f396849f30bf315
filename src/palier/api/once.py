"""Idempotency-Key: a request that is sent twice has one effect and one answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from palier.api.signed_in import Who
from palier.app.idempotency import IdempotencyService
from palier.app.roles import Actor

__all__ = ["Once"]

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[!-~]+$",
        description="A key of your own for this request, such as a UUID: sent again with the same key, it is answered "
        "again and not done again. The same key for another request is refused (422), one that is still being worked "
        "on too (409).",
        examples=["6f1d2c1e-8a53-4b0e-9d59-4e0c6a1b7f10"],
    ),
]


@dataclass(frozen=True, slots=True)
class _Once:
    """Does what a POST asks for."""

    service: IdempotencyService
    actor: Actor
    route: str
    key: str | None

    def __call__(
        self, status: int, asked: Any, act: Callable[[], BaseModel], *, where: str = "", version: bool = False
    ) -> JSONResponse:
        """Return the answer, with ``Location`` where `where` has a place for the id."""

        def done() -> tuple[int, dict[str, Any]]:
            return status, act().model_dump(mode="json")

        again = False
        if self.key is None:
            status, answer = done()
        else:
            request = asked.model_dump(mode="json") if isinstance(asked, BaseModel) else asked
            status, answer, again = self.service.once(
                self.actor, route=self.route, key=self.key, request=request, act=done
            )
        headers = {}
        if where:
            headers["Location"] = where.format(**answer)
        if version:
            headers["ETag"] = f'"{answer["version"]}"'
        if again:
            headers["Idempotency-Replayed"] = "true"
        return JSONResponse(answer, status, headers=headers)


def _once(request: Request, actor: Who, key: Key = None) -> _Once:
    service: IdempotencyService = request.app.state.services.idempotency
    return _Once(service, actor, f"{request.method} {request.url.path}?{request.url.query}", key)


Once = Annotated[_Once, Depends(_once)]
