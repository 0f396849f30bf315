"""Signing in: password, second factor, and the sessions that follow."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from palier.app.accounts import attempts
from palier.app.accounts.passwords import normal_password
from palier.app.accounts.policy import Desk, has_factor, needs_factor
from palier.app.accounts.tokens import digest, new_token
from palier.app.entities import Membership, Session, User
from palier.app.ports import Tables
from palier.app.roles import Actor
from palier.errors import PermissionDeniedError, ProofNeededError, SignInError

__all__ = ["Opened", "SignIn", "Stage", "open_session", "require_stage", "rotated"]

Stage = Literal["second-factor", "enrol-second-factor", "full"]

#: A proof of identity is fresh for so long.
_FRESH = timedelta(minutes=10)
_TOUCH_EVERY = timedelta(minutes=1)
#: A sign-in that waits for its second factor waits no longer.
_HALF_OPEN = timedelta(minutes=10)
_WRONG = "the e-mail address or the password is not right"


@dataclass(frozen=True, slots=True)
class Opened:
    """A session, and the token that the cookie holds: the only time it is seen."""

    token: str
    stage: Stage
    session: Session


@dataclass(frozen=True, slots=True)
class SignIn:
    """From a password to an actor."""

    desk: Desk

    def password(self, email: str, password: str, *, address: str, user_agent: str) -> Opened:
        """Check a password and open a session, perhaps one that still waits for a second factor.

        Raises
        ------
        SignInError
            If anything is not right; the same words and the same time whether or not the person exists.
        TooManyAttemptsError
            After failures, for a while.
        """
        desk, now = self.desk, self.desk.now()
        email = "".join(c for c in email if c.isprintable()).strip().casefold()[:254]
        password = normal_password(password)
        with desk.store.writing() as t:
            user = t.users.find(email=email)
            account = digest(email) if user is None else user.id
            known = t.sessions.count(user_id=account, address=address, stage="full") > 0
            counted = attempts.reserve(t, account=account, address=address, known_address=known, now=now)
        right = desk.hasher.verify(password, None if user is None else user.password_hash)
        if user is None or not right or user.disabled_at is not None:
            self._failed(user, address, account)
            raise SignInError(_WRONG)
        stronger = desk.hasher.hash(password) if desk.hasher.outdated(user.password_hash or "") else None
        with desk.store.writing() as t:
            attempts.clear(t, counted)
            membership = _first_membership(t, user)
            if stronger is not None:
                user = replace(t.users.get(user.id), password_hash=stronger)
                t.users.put(user)
            return open_session(desk, t, user, membership, address=address, user_agent=user_agent, now=now)

    def _failed(self, user: User | None, address: str, account: str) -> None:
        """Note a failure: the same work for a person who does not exist, whose digest alone is kept."""
        with self.desk.store.writing() as t:
            membership = t.memberships.all(user_id=account, limit=1)
            workspace_id = membership[0].workspace_id if membership else None
            nobody = User(account[:32], "", "", self.desk.now())
            self.desk.note(t, user or nobody, workspace_id, "session.refused", address)

    def stage_of(self, token: str) -> Stage | None:
        """Return what may be done with a session; None for one that is over, or never was."""
        with self.desk.store.reading() as t:
            session = _alive(self.desk, t, token)
        return None if session is None else session.stage

    def actor_of(self, token: str, *, address: str) -> Actor | None:
        """Return whoever a full session belongs to; None for one that is over, half open, or forged."""
        with self.desk.store.reading() as t:
            session = _alive(self.desk, t, token)
            actor = None if session is None or session.stage != "full" else _actor(self.desk, t, session, address)
        if actor is not None and session is not None and self.desk.now() - session.last_seen_at > _TOUCH_EVERY:
            self._touch(session)
        return actor

    def half_open(self, token: str, *, address: str) -> Actor | None:
        """Return whoever a session belongs to that waits for enrolment: may change their own factors, nothing else."""
        with self.desk.store.reading() as t:
            session = _alive(self.desk, t, token)
            if session is None or session.stage != "enrol-second-factor":
                return None
            actor = _actor(self.desk, t, session, address)
        return None if actor is None else replace(actor, scopes=frozenset(), recently_authenticated=True)

    def _touch(self, session: Session) -> None:
        with self.desk.store.writing() as t:
            now = t.sessions.find(id=session.id)
            if now is not None and now.revoked_at is None:
                t.sessions.put(replace(now, last_seen_at=self.desk.now()))

    def enrolled(self, token: str, *, address: str) -> Opened:
        """Open the full session of somebody who has just set up the second factor that was demanded."""
        with self.desk.store.writing() as t:
            session, user = require_stage(self.desk, t, token, "enrol-second-factor")
            if not has_factor(t, user):
                raise PermissionDeniedError("this workspace demands a second factor of you; set one up first")
            return rotated(self.desk, t, session, stage="full", address=address)

    def confirm_password(self, token: str, password: str, *, address: str) -> Opened:
        """Prove again that it is you: the session gets a new id and may change factors for ten minutes."""
        desk, now = self.desk, self.desk.now()
        with desk.store.writing() as t:
            session, user = require_stage(desk, t, token, "full")
            counted = attempts.reserve(t, account=user.id, address=address, known_address=True, now=now)
        if not desk.hasher.verify(normal_password(password), user.password_hash):
            self._failed(user, address, user.id)
            raise SignInError("the password is not right")
        with desk.store.writing() as t:
            attempts.clear(t, counted)
            session, user = require_stage(desk, t, token, "full")
            desk.note(t, user, session.workspace_id, "session.confirm", address)
            return rotated(desk, t, session, stage="full", address=address)

    def switch_workspace(self, token: str, workspace_id: str, *, address: str) -> Opened:
        """Open another workspace that the person belongs to.

        Raises ProofNeededError where that workspace demands a second factor to set up, and the last proof is too old.
        """
        with self.desk.store.writing() as t:
            session, user = require_stage(self.desk, t, token, "full")
            membership = t.memberships.find(workspace_id=workspace_id, user_id=user.id)
            if membership is None:
                raise PermissionDeniedError("you do not belong to that workspace; ask its admin")
            stage: Stage = "full"
            if needs_factor(t, workspace_id, membership.role) and not has_factor(t, user):
                stage = "enrol-second-factor"
                if self.desk.now() - session.authenticated_at >= _FRESH:
                    raise ProofNeededError("that workspace demands a second factor; confirm your password to set it up")
            self.desk.note(t, user, workspace_id, "session.workspace", address)
            moved = replace(session, workspace_id=workspace_id)
            return rotated(self.desk, t, moved, stage=stage, address=address, proven=False)

    def sign_out(self, token: str) -> None:
        """End a session; one that is over already is no error."""
        with self.desk.store.writing() as t:
            session = t.sessions.find(id=digest(token))
            if session is not None and session.revoked_at is None:
                t.sessions.put(replace(session, revoked_at=self.desk.now()))
                self.desk.note(
                    t, t.users.get(session.user_id), session.workspace_id, "session.sign-out", session.address
                )


def _first_membership(t: Tables, user: User) -> Membership:
    """Return the workspace to open: the oldest that holds measured machines, else a sample one."""
    memberships = t.memberships.all(user_id=user.id)
    if not memberships:
        raise SignInError("you belong to no workspace; ask an admin for an invitation")
    simulated = {m.id: t.workspaces.get(m.workspace_id).simulated for m in memberships}
    return min(memberships, key=lambda m: (simulated[m.id], m.id))


def open_session(
    desk: Desk, t: Tables, user: User, membership: Membership, *, address: str, user_agent: str, now: datetime
) -> Opened:
    """Open a session for somebody whose password was right, as far as the second factor allows."""
    stage: Stage = "full"
    if has_factor(t, user):
        stage = "second-factor"
    elif needs_factor(t, membership.workspace_id, membership.role):
        stage = "enrol-second-factor"
    token = new_token()
    session = Session(
        id=digest(token),
        user_id=user.id,
        workspace_id=membership.workspace_id,
        created_at=now,
        last_seen_at=now,
        expires_at=now + (desk.absolute if stage == "full" else min(desk.absolute, _HALF_OPEN)),
        authenticated_at=now,
        stage=stage,
        address=address[:64],
        user_agent="".join(c for c in user_agent if c.isprintable())[:300],
    )
    t.sessions.add(session)
    if stage == "full":
        desk.note(t, user, membership.workspace_id, "session.sign-in", address)
    return Opened(token, stage, session)


def rotated(desk: Desk, t: Tables, session: Session, *, stage: Stage, address: str, proven: bool = True) -> Opened:
    """Replace a session by one with a new id: whoever knew the old one has nothing."""
    now, token = desk.now(), new_token()
    fresh = replace(
        session,
        id=digest(token),
        stage=stage,
        created_at=now if session.stage != "full" else session.created_at,
        last_seen_at=now,
        expires_at=now + desk.absolute if session.stage != "full" else session.expires_at,
        authenticated_at=now if proven else session.authenticated_at,
        address=address[:64],
        challenge=None,
    )
    t.sessions.add(fresh)
    t.sessions.remove(id=session.id)
    return Opened(token, stage, fresh)


def _alive(desk: Desk, t: Tables, token: str) -> Session | None:
    session = t.sessions.find(id=digest(token))
    now = desk.now()
    if session is None or session.revoked_at is not None:
        return None
    if now >= session.expires_at or now - session.last_seen_at >= desk.idle:
        return None
    return session


def _actor(desk: Desk, t: Tables, session: Session, address: str) -> Actor | None:
    user = t.users.find(id=session.user_id)
    membership = t.memberships.find(workspace_id=session.workspace_id, user_id=session.user_id)
    if user is None or user.disabled_at is not None or membership is None:
        return None
    return Actor(
        user_id=user.id,
        name=user.name,
        workspace_id=session.workspace_id,
        role=membership.role,
        session_id=session.id,
        address=address,
        language=user.language,
        recently_authenticated=desk.now() - session.authenticated_at < _FRESH,
    )


def require_stage(desk: Desk, t: Tables, token: str, stage: Stage) -> tuple[Session, User]:
    """Return a session in a stage and its person; raises SignInError otherwise."""
    session = _alive(desk, t, token)
    if session is None or session.stage != stage:
        raise SignInError("this sign-in is over; sign in again")
    user = t.users.get(session.user_id)
    if user.disabled_at is not None:
        raise SignInError("this sign-in is over; sign in again")
    return session, user
