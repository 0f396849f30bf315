"""Links that do one thing once: set-up, invitation, password reset."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from palier.app import checks
from palier.app.accounts import attempts
from palier.app.accounts.passwords import check_password, normal_password
from palier.app.accounts.policy import Desk, checked_email
from palier.app.accounts.sign_in import Opened, open_session
from palier.app.accounts.tokens import digest, new_token
from palier.app.entities import Membership, OneTimeLink, User, Workspace
from palier.app.identity import new_id
from palier.app.ports import Tables
from palier.app.roles import Role
from palier.errors import ConflictError, SignInError

__all__ = ["Links", "made_link"]

Purpose = Literal["set-up", "invitation", "password-reset"]

_LASTS: dict[Purpose, timedelta] = {
    "set-up": timedelta(hours=1),
    "invitation": timedelta(days=7),
    "password-reset": timedelta(hours=1),
}
_OVER = "this link has been used or is too old; ask for a new one"


def made_link(desk: Desk, t: Tables, purpose: Purpose, **fields: object) -> str:
    """Make a link's token; only its digest is kept."""
    token, now = new_token(), desk.now()
    link = OneTimeLink(new_id(now), digest(token), purpose, now, now + _LASTS[purpose])
    t.links.add(replace(link, **fields))  # type: ignore[arg-type]  # fields of the link
    return token


@dataclass(frozen=True, slots=True)
class Links:
    """What people without a session may do with a link."""

    desk: Desk

    def set_up_token(self) -> str | None:
        """Return a new set-up token where nobody has an account yet; older ones work no more."""
        with self.desk.store.writing() as t:
            if t.users.count() > 0:
                return None
            t.links.remove(purpose="set-up")
            return made_link(self.desk, t, "set-up")

    def purpose_of(self, token: str) -> OneTimeLink | None:
        """Return a link that still works, or None."""
        with self.desk.store.reading() as t:
            return _working(t, token, self.desk.now())

    def set_up(
        self, token: str, *, name: str, email: str, password: str, workspace: str, address: str, user_agent: str
    ) -> Opened:
        """Make the first account, an admin, and the first workspace; the link works once."""
        desk = self.desk
        email, name = checked_email(email), checks.line(name, "your name", least=1)
        workspace = checks.line(workspace, "the workspace's name", least=1)
        password = check_password(password, about=(name, email))
        hashed = desk.hasher.hash(password)
        with desk.store.writing() as t:
            _used(desk, t, token, "set-up")
            if t.users.count() > 0:
                raise ConflictError("an account was made already; sign in")
            now = desk.now()
            place = Workspace(new_id(now), workspace, now)
            t.workspaces.add(place)
            user = User(new_id(now), email, name, now, hashed, now, desk.language)
            t.users.add(user)
            membership = Membership(new_id(now), place.id, user.id, Role.ADMIN, now)
            t.memberships.add(membership)
            for sample in t.workspaces.all(simulated=True):
                t.memberships.add(Membership(new_id(now), sample.id, user.id, Role.ANALYST, now))
            desk.note(t, user, place.id, "installation.set-up", address)
            return open_session(desk, t, user, membership, address=address, user_agent=user_agent, now=now)

    def accept_invitation(self, token: str, *, name: str, password: str, address: str, user_agent: str) -> Opened:
        """Join a workspace. Somebody who has an account gives its password; others choose one.

        Raises SignInError for a link that works no more, or a wrong password of an account that exists.
        """
        desk = self.desk
        link = self.purpose_of(token)
        if link is None or link.purpose != "invitation" or link.email is None:
            raise SignInError(_OVER)
        counted: attempts.Counted | None = None
        with desk.store.writing() as t:
            there = t.users.find(email=link.email)
            if there is not None and there.password_hash is not None:
                counted = attempts.reserve(t, account=there.id, address=address, known_address=False, now=desk.now())
        if there is not None and there.password_hash is not None:
            if there.disabled_at is not None or not desk.hasher.verify(normal_password(password), there.password_hash):
                raise SignInError("there is an account of this address already, and this is not its password")
            hashed = there.password_hash
        else:
            name = checks.line(name, "your name", least=1)
            hashed = desk.hasher.hash(check_password(password, about=(name, link.email)))
        with desk.store.writing() as t:
            link = _used(desk, t, token, "invitation")
            if counted is not None:
                attempts.clear(t, counted)
            user = self._joined(t, link, name, hashed)
            membership = Membership(
                new_id(desk.now()), link.workspace_id or "", user.id, link.role or Role.VIEWER, desk.now()
            )
            t.memberships.add(membership)
            desk.note(t, user, link.workspace_id, "invitation.accept", address, role=membership.role.value)
            return open_session(desk, t, user, membership, address=address, user_agent=user_agent, now=desk.now())

    def _joined(self, t: Tables, link: OneTimeLink, name: str, hashed: str) -> User:
        there = t.users.find(email=link.email)
        now = self.desk.now()
        if there is None:
            user = User(new_id(now), link.email or "", name, now, hashed, now, self.desk.language)
            t.users.add(user)
            return user
        if there.password_hash is None:
            there = replace(there, name=name, password_hash=hashed, password_changed_at=now)
            t.users.put(there)
        return there

    def request_reset(self, email: str, *, address: str) -> None:
        """Send a reset link to a person who exists, where mail is configured; nothing is said of whether they do."""
        desk, now = self.desk, self.desk.now()
        with desk.store.writing() as t:
            user = t.users.find(email=email.strip().casefold()[:254])
            allowed = attempts.allow_reset_request(t, subject=f"address:{address}", now=now)
            if user is None or user.disabled_at is not None or not desk.mail_configured:
                return
            if not attempts.allow_reset_request(t, subject=f"account:{user.id}", now=now) or not allowed:
                return
            token = made_link(desk, t, "password-reset", user_id=user.id)
            memberships = t.memberships.all(user_id=user.id, limit=1)
            workspace_id = memberships[0].workspace_id if memberships else None
            link = f"{desk.public_url}/reset#{token}"
            desk.post(t, workspace_id, user, "password_reset", {"name": user.name, "link": link}, now)
            desk.note(t, user, workspace_id, "password.reset-request", address)

    def reset(self, token: str, password: str, *, address: str) -> None:
        """Choose a new password. Every session of the person ends, and failures that were counted are forgotten."""
        desk = self.desk
        link = self.purpose_of(token)
        if link is None or link.purpose != "password-reset" or link.user_id is None:
            raise SignInError(_OVER)
        with desk.store.reading() as t:
            user = t.users.get(link.user_id)
        hashed = desk.hasher.hash(check_password(password, about=(user.name, user.email)))
        with desk.store.writing() as t:
            _used(desk, t, token, "password-reset")
            user = t.users.get(link.user_id)
            now = desk.now()
            t.users.put(replace(user, password_hash=hashed, password_changed_at=now))
            t.sessions.remove(user_id=user.id)
            t.links.remove(purpose="password-reset", user_id=user.id, used_at=None)
            forgive(t, user)
            memberships = t.memberships.all(user_id=user.id, limit=1)
            workspace_id = memberships[0].workspace_id if memberships else None
            desk.note(t, user, workspace_id, "password.reset", address)


def forgive(t: Tables, user: User) -> None:
    """Forget every failure counted against an account."""
    for kind in ("password", "second-factor"):
        t.attempts.remove(kind=kind, subject=f"account:{user.id}")
    for attempt in t.attempts.all(kind="password"):
        if attempt.subject.startswith(f"here:{user.id}:"):
            t.attempts.remove(id=attempt.id)


def _working(t: Tables, token: str, now: datetime) -> OneTimeLink | None:
    link = t.links.find(token_hash=digest(token))
    return link if link is not None and link.used_at is None and now < link.expires_at else None


def _used(desk: Desk, t: Tables, token: str, purpose: Purpose) -> OneTimeLink:
    link = _working(t, token, desk.now())
    if link is None or link.purpose != purpose:
        raise SignInError(_OVER)
    t.links.put(replace(link, used_at=desk.now()))
    return link
