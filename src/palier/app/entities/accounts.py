"""People, what proves who they are, and what they did."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from palier.app.roles import Role

__all__ = [
    "ApiKey",
    "Attempt",
    "AuditEntry",
    "Membership",
    "OneTimeLink",
    "Passkey",
    "RecoveryCode",
    "RolePolicy",
    "Session",
    "User",
    "Workspace",
]


@dataclass(frozen=True, slots=True)
class Workspace:
    """One team's machines, recordings, datasets and models; nothing of it is seen from another."""

    id: str
    name: str
    """Unique."""
    created_at: datetime
    simulated: bool = False
    """A sample workspace of simulated recordings; every page of it says so."""


@dataclass(frozen=True, slots=True)
class User:
    """A person."""

    id: str
    email: str
    """Lower case, unique."""
    name: str
    created_at: datetime
    password_hash: str | None = None
    """Argon2id; None until an invitation is accepted."""
    password_changed_at: datetime | None = None
    language: str = "en"
    colour_scheme: Literal["light", "dark", "auto"] = "auto"
    disabled_at: datetime | None = None
    totp_secret: str | None = None
    """Encrypted."""
    totp_confirmed_at: datetime | None = None
    """None while the first code has not been entered; the factor counts from then on."""
    totp_last_counter: int | None = None
    """Time step of the last code accepted: none up to it is accepted again."""


@dataclass(frozen=True, slots=True)
class Membership:
    """A person's role in a workspace; one per pair."""

    id: str
    workspace_id: str
    user_id: str
    role: Role
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RolePolicy:
    """What a workspace demands of a role; one per pair."""

    id: str
    workspace_id: str
    role: Role
    second_factor_required: bool


@dataclass(frozen=True, slots=True)
class RecoveryCode:
    """A code for one sign-in without the second factor."""

    id: str
    user_id: str
    code_hash: str
    """SHA-256, hexadecimal: the codes are long and random."""
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Passkey:
    """A WebAuthn credential."""

    id: str
    user_id: str
    credential_id: str
    """URL-safe base64, unique."""
    public_key: str
    """URL-safe base64."""
    sign_count: int
    name: str
    created_at: datetime
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in. The id is the SHA-256 of what the cookie holds."""

    id: str
    user_id: str
    workspace_id: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    """Absolute; the idle limit counts from `last_seen_at`."""
    authenticated_at: datetime
    """When the person last proved who they are."""
    stage: Literal["second-factor", "enrol-second-factor", "full"]
    """What may be done with it: only the second factor, only its enrolment, or everything."""
    address: str
    user_agent: str
    challenge: str | None = None
    """WebAuthn challenge that was last handed out, URL-safe base64; used once."""
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OneTimeLink:
    """A link that does one thing once."""

    id: str
    token_hash: str
    """SHA-256, unique."""
    purpose: Literal["set-up", "invitation", "password-reset"]
    created_at: datetime
    expires_at: datetime
    workspace_id: str | None = None
    user_id: str | None = None
    email: str | None = None
    role: Role | None = None
    created_by: str | None = None
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A failed sign-in or second factor. Counted per subject, whoever serves."""

    id: str
    kind: Literal["password", "second-factor", "reset-request"]
    subject: str
    """``account:<id or digest of the address typed>`` or ``address:<network address>``."""
    at: datetime


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key ``palier_<8 hex>_<43 url-safe>``: found by its prefix, compared by its digest, shown once."""

    id: str
    workspace_id: str
    user_id: str
    name: str
    prefix: str
    """The 8 hexadecimal digits, unique."""
    secret_hash: str
    """SHA-256 of the whole key."""
    scopes_json: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that somebody did; only ever added."""

    id: str
    workspace_id: str | None
    at: datetime
    actor_id: str
    actor_name: str
    action: str
    """Such as ``session.sign-in``, ``user.role``, ``recording.delete``."""
    subject_kind: str
    subject_id: str
    address: str
    details_json: dict[str, Any]
