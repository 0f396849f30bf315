"""API keys ``palier_<8 hex>_<43 url-safe>``: found by prefix, compared by digest, shown once."""

import hmac
import re
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from palier.app import checks
from palier.app.accounts.policy import Desk
from palier.app.accounts.tokens import digest
from palier.app.audit import record
from palier.app.entities import ApiKey
from palier.app.identity import new_id
from palier.app.ports import Tables
from palier.app.roles import SCOPES, Actor, Permission
from palier.app.views import KeyView, NewKey
from palier.errors import NotFoundError, ParameterError, SignInError

__all__ = ["Keys"]

_FORM = re.compile(r"palier_([0-9a-f]{8})_[A-Za-z0-9_-]{43}")
_TOUCH_EVERY = timedelta(minutes=1)
#: A key that was not used for so long leaves a line in the audit log when it is.
_NOTE_EVERY = timedelta(hours=1)
_WRONG = "this API key is not valid: mistyped, expired or revoked; make one under Account"


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys for programs."""

    desk: Desk

    def mine(self, actor: Actor) -> tuple[KeyView, ...]:
        """Return the person's keys in this workspace, newest first."""
        with self.desk.store.reading() as t:
            rows = t.api_keys.all(user_id=actor.user_id, workspace_id=actor.workspace_id, newest_first=True)
            return tuple(_view(t, row) for row in rows)

    def all(self, actor: Actor) -> tuple[KeyView, ...]:
        """Return every key of the workspace, newest first."""
        actor.require(Permission.ADMINISTER)
        with self.desk.store.reading() as t:
            rows = t.api_keys.all(workspace_id=actor.workspace_id, newest_first=True)
            return tuple(_view(t, row) for row in rows)

    def make(self, actor: Actor, *, name: str, scopes: tuple[str, ...], expires_at: datetime | None) -> NewKey:
        """Make a key that may do at most what the person may; a key cannot make keys."""
        if actor.kind == "key":
            raise SignInError("a key cannot make keys; sign in for that")
        name = checks.line(name, "the name", least=1, most=100)
        if not scopes or set(scopes) - set(SCOPES):
            raise ParameterError(
                f"scopes {', '.join(scopes) or 'none'}; allowed are one or more of {', '.join(SCOPES)}"
            )
        for scope in scopes:
            actor.require(Permission(scope))
        now = self.desk.now()
        if expires_at is not None and (expires_at.tzinfo is None or expires_at <= now):
            raise ParameterError(f"the key would expire at {expires_at}; give a time to come, with its time zone")
        prefix = secrets.token_hex(4)
        secret = f"palier_{prefix}_{secrets.token_urlsafe(32)}"
        row = ApiKey(
            new_id(now), actor.workspace_id, actor.user_id, name, prefix, digest(secret),
            tuple(s for s in SCOPES if s in scopes), now, expires_at,
        )  # fmt: skip
        with self.desk.store.writing() as t:
            t.api_keys.add(row)
            record(t, actor, "key.make", "key", row.id, now=now, name=name, scopes=list(row.scopes_json))
            return NewKey(_view(t, row), secret)

    def revoke(self, actor: Actor, id: str) -> None:  # noqa: A002
        """End a key: one's own, or as an admin anybody's."""
        now = self.desk.now()
        with self.desk.store.writing() as t:
            row = t.api_keys.get(id, workspace_id=actor.workspace_id)
            if row.user_id != actor.user_id and not actor.may(Permission.ADMINISTER):
                raise NotFoundError(f"no API key {id!r} of yours")
            if row.revoked_at is None:
                t.api_keys.put(replace(row, revoked_at=now))
                record(t, actor, "key.revoke", "key", id, now=now, name=row.name)

    def actor_of(self, raw: str, *, address: str) -> Actor:
        """Return whoever a key stands for.

        Raises
        ------
        SignInError
            For a key that is mistyped, unknown, expired or revoked, or whose person is gone; the same words for all.
        """
        form = _FORM.fullmatch(raw)
        if form is None:
            raise SignInError(_WRONG)
        now = self.desk.now()
        with self.desk.store.reading() as t:
            row = t.api_keys.find(prefix=form.group(1))
            right = hmac.compare_digest(digest(raw), "" if row is None else row.secret_hash)
            if row is None or not right or row.revoked_at is not None:
                raise SignInError(_WRONG)
            user = t.users.find(id=row.user_id)
            membership = t.memberships.find(workspace_id=row.workspace_id, user_id=row.user_id)
        expired = row.expires_at is not None and now >= row.expires_at
        if expired or user is None or user.disabled_at is not None or membership is None:
            raise SignInError(_WRONG)
        actor = Actor(
            user_id=user.id,
            name=user.name,
            workspace_id=row.workspace_id,
            role=membership.role,
            kind="key",
            scopes=frozenset(row.scopes_json),
            key_id=row.id,
            address=address,
            language=user.language,
        )
        self._used(row, actor, now)
        return actor

    def _used(self, row: ApiKey, actor: Actor, now: datetime) -> None:
        last = row.last_used_at
        if last is not None and now - last < _TOUCH_EVERY:
            return
        with self.desk.store.writing() as t:
            there = t.api_keys.find(id=row.id)
            if there is None or there.revoked_at is not None:
                return
            t.api_keys.put(replace(there, last_used_at=now))
            if last is None or now - last > _NOTE_EVERY:
                record(t, actor, "key.use", "key", row.id, now=now, name=row.name)


def _view(t: Tables, row: ApiKey) -> KeyView:
    owner = t.users.find(id=row.user_id)
    return KeyView(
        row.id, row.name, row.prefix, row.scopes_json, "" if owner is None else owner.name, row.created_at,
        row.expires_at, row.last_used_at, row.revoked_at,
    )  # fmt: skip
