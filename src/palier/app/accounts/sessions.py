"""A person's sign-ins: see them, end them."""

from dataclasses import dataclass

from palier.app.accounts.policy import Desk
from palier.app.audit import record
from palier.app.roles import Actor
from palier.app.views import SessionView
from palier.errors import NotFoundError

__all__ = ["Sessions"]


@dataclass(frozen=True, slots=True)
class Sessions:
    """Where a person is signed in."""

    desk: Desk

    def mine(self, actor: Actor) -> tuple[SessionView, ...]:
        """Return the person's sessions that are not over, the latest first."""
        now = self.desk.now()
        with self.desk.store.reading() as t:
            rows = t.sessions.all(user_id=actor.user_id, revoked_at=None)
        alive = [s for s in rows if now < s.expires_at and now - s.last_seen_at < self.desk.idle]
        return tuple(
            SessionView(s.id, s.address, s.user_agent, s.created_at, s.last_seen_at, s.id == actor.session_id)
            for s in sorted(alive, key=lambda s: s.last_seen_at, reverse=True)
        )

    def revoke(self, actor: Actor, id: str) -> None:  # noqa: A002
        """End one of the person's sessions."""
        with self.desk.store.writing() as t:
            if t.sessions.remove(id=id, user_id=actor.user_id) == 0:
                raise NotFoundError("no such session of yours; it may be over already")
            record(t, actor, "session.revoke", "user", actor.user_id, now=self.desk.now())

    def revoke_others(self, actor: Actor) -> int:
        """End all of the person's sessions but this one; returns how many."""
        with self.desk.store.writing() as t:
            others = [s.id for s in t.sessions.all(user_id=actor.user_id) if s.id != actor.session_id]
            for id in others:  # noqa: A001
                t.sessions.remove(id=id)
            record(t, actor, "session.revoke-others", "user", actor.user_id, now=self.desk.now(), sessions=len(others))
        return len(others)
