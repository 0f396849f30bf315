"""What the account services share: ports, limits and small questions about people."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from palier.app import checks
from palier.app.audit import record
from palier.app.entities import Membership, OutboxMessage, User
from palier.app.identity import new_id
from palier.app.ports import Cipher, Clock, Hints, PasswordHasher, Store, Tables
from palier.app.roles import Actor, Role
from palier.app.submission import submit
from palier.errors import NotFoundError, ParameterError

__all__ = ["Desk", "checked_email", "has_factor", "needs_factor", "person"]


@dataclass(frozen=True, slots=True)
class Desk:
    """Ports and limits of the account services."""

    store: Store
    hasher: PasswordHasher
    cipher: Cipher
    hints: Hints
    now: Clock
    public_url: str
    mail_configured: bool
    idle: timedelta
    absolute: timedelta
    language: str

    @property
    def host(self) -> str:
        """Return the host name that people type: what passkeys belong to."""
        return urlsplit(self.public_url).hostname or "localhost"

    def post(
        self, t: Tables, workspace_id: str | None, user: User, template: str, payload: dict[str, Any], now: datetime
    ) -> None:
        """Write a message into the outbox and queue its delivery, where mail is configured; its link is sealed."""
        if not self.mail_configured:
            return
        if "link" in payload:
            payload = {**payload, "link": self.cipher.seal(payload["link"]), "sealed": ["link"]}
        message = OutboxMessage(
            new_id(now), workspace_id, "mail", user.email, template, {"language": user.language, **payload}, now
        )
        t.outbox.add(message)
        system = Actor("", "palier", workspace_id or "", Role.ADMIN, kind="system")
        submit(t, self.hints, system, "deliver_notification", {"message_id": message.id}, now=now, title=template)

    def note(self, t: Tables, user: User, workspace_id: str | None, action: str, address: str, **details: Any) -> None:
        """Write into the audit log what a person did before there was an actor."""
        actor = Actor(user.id, user.name, workspace_id or "", Role.VIEWER, address=address)
        record(t, actor, action, "user", user.id, now=self.now(), **details)


def checked_email(text: str) -> str:
    """Return an address in lower case; raises ParameterError where it cannot be one."""
    email = checks.line(text, "the e-mail address", least=3, most=254).casefold()
    local, at, domain = email.rpartition("@")
    if not at or not local or not domain or any(c.isspace() for c in email) or ".." in domain or domain[0] in ".-":
        raise ParameterError(f"{email!r} is no e-mail address; allowed is such as ada@example.com")
    return email


def person(t: Tables, actor: Actor, user_id: str) -> tuple[User, Membership]:
    """Return a person of the actor's workspace; raises NotFoundError where they do not belong to it."""
    membership = t.memberships.find(workspace_id=actor.workspace_id, user_id=user_id)
    if membership is None:
        raise NotFoundError(f"no person {user_id!r} in this workspace")
    return t.users.get(user_id), membership


def has_factor(t: Tables, user: User) -> bool:
    """Return whether a second factor is set up."""
    return user.totp_confirmed_at is not None or t.passkeys.count(user_id=user.id) > 0


def needs_factor(t: Tables, workspace_id: str, role: Role) -> bool:
    """Return whether the workspace demands a second factor of a role."""
    policy = t.role_policies.find(workspace_id=workspace_id, role=role)
    return policy is not None and policy.second_factor_required
