"""Requests that may be repeated: the same key gives the same answer, and one effect."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from palier.app.entities import Idempotency
from palier.app.ports import Clock, Store
from palier.app.roles import Actor
from palier.errors import ConflictError, ParameterError

__all__ = ["IdempotencyService"]

_STARTED = 0


@dataclass(frozen=True, slots=True)
class IdempotencyService:
    """Remembers what a request with an ``Idempotency-Key`` was answered, until it is purged."""

    store: Store
    now: Clock

    def once(
        self, actor: Actor, *, route: str, key: str, request: Any, act: Callable[[], tuple[int, dict[str, Any]]]
    ) -> tuple[int, dict[str, Any], bool]:
        """Do something once; returns status, answer, and whether it was answered from memory.

        Raises
        ------
        ParameterError
            Where the key was used for another request.
        ConflictError
            Where the first request of this key is still being worked on.
        """
        if not 1 <= len(key) <= 200 or not key.isprintable():
            raise ParameterError("an Idempotency-Key has 1 to 200 printable characters")
        id = _digest(actor.workspace_id, actor.user_id, route, key)  # noqa: A001
        wanted = _digest(json.dumps(request, sort_keys=True, default=str))
        there = self._begun(id, wanted)
        if there is not None:
            if there.request_hash != wanted:
                raise ParameterError("this Idempotency-Key was used for another request; take a new one")
            if there.status_code == _STARTED:
                raise ConflictError("the first request with this Idempotency-Key is still being worked on; wait")
            return there.status_code, there.answer_json, True
        done = False
        try:
            status, answer = act()
            done = True
        finally:
            if not done:  # whatever stopped it, the same key may be tried again
                with self.store.writing() as t:
                    t.idempotency.remove(id=id)
        with self.store.writing() as t:
            t.idempotency.put(Idempotency(id, wanted, self.now(), status, answer))
        return status, answer, False

    def _begun(self, id: str, wanted: str) -> Idempotency | None:  # noqa: A002
        """Return what is known of a request, or enter that it has begun."""
        try:
            with self.store.writing() as t:
                there = t.idempotency.find(id=id)
                if there is None:
                    t.idempotency.add(Idempotency(id, wanted, self.now(), _STARTED, {}))
                return there
        except ConflictError:
            with self.store.reading() as t:
                return t.idempotency.get(id)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
