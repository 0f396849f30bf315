"""Who asks: the guard has found out; here it is only demanded, before anything of a body is read."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute

from palier.app.roles import Actor
from palier.errors import SignInError

__all__ = ["SignedInRoute", "Who", "actor_of"]


def actor_of(request: Request) -> Actor:
    """Return who asks.

    Raises
    ------
    SignInError
        Where nobody has signed in and no key was sent.
    """
    actor: Actor | None = request.scope.get("palier.actor")
    if actor is None:
        raise SignInError("nobody is signed in; send an API key: Authorization: Bearer palier_…")
    return actor


Who = Annotated[Actor, Depends(actor_of)]


class SignedInRoute(APIRoute):
    """A route that nobody sees without having signed in."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return a handler that asks first who it is."""
        handle = super().get_route_handler()

        async def signed_in(request: Request) -> Response:
            actor_of(request)
            return await handle(request)

        return signed_in
