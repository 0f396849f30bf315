"""What a request brings: who asks, in which language, and the name under which the log has it."""

import uuid
from datetime import UTC, datetime
from typing import Any

import flask

from palier.app.roles import Actor
from palier.errors import SignInError
from palier.web.i18n import use_language

__all__ = ["current_actor", "follow_requests", "now", "request_id", "signed_in"]


def _scope() -> dict[str, Any]:
    found: dict[str, Any] = flask.request.environ.get("asgi.scope") or {}
    return found


def current_actor() -> Actor:
    """Return whoever asks.

    Raises
    ------
    SignInError
        If nobody is signed in any more.
    """
    actor: Actor | None = _scope().get("palier.actor")
    if actor is None:
        raise SignInError("your session has ended; sign in again")
    return actor


def signed_in() -> bool:
    """Return whether anybody is."""
    return _scope().get("palier.actor") is not None


def request_id() -> str:
    """Return the name of this request in the log."""
    named = _scope().get("palier.request_id")
    if named is None:
        named = flask.g.setdefault("request_id", uuid.uuid4().hex)
    return str(named)


def now() -> datetime:
    """Return the time that ages are counted to, aware, in UTC."""
    return datetime.now(UTC)


def follow_requests(server: flask.Flask) -> None:
    """Speak the language of whoever asks, from the first moment of each request."""

    def speak() -> None:
        actor: Actor | None = _scope().get("palier.actor")
        use_language("en" if actor is None else actor.language)

    server.before_request(speak)
