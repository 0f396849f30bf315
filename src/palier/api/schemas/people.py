"""People, keys, workspaces, the audit log and the state of the installation."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from palier.api.fields import Given, Moment, Name, Shown
from palier.api.schemas.jobs import QueueOut, WorkerOut
from palier.app.entities import AuditEntry
from palier.app.roles import Permission, Role
from palier.app.views import KeyView, NewKey, PersonView, SystemView, WorkspaceView

__all__ = [
    "AuditOut",
    "InvitationIn",
    "KeyIn",
    "KeysOut",
    "LinkOut",
    "NewKeyOut",
    "PeopleOut",
    "PersonOut",
    "RoleIn",
    "SystemOut",
    "WorkspacesOut",
]


_EMAIL = r"^[!-?A-~]{1,64}@[A-Za-z0-9][A-Za-z0-9-]*(\.[A-Za-z0-9-]+)+$"


class PersonOut(Shown):
    """A person of the workspace."""

    id: str
    name: str
    email: str
    role: Role
    language: str
    has_password: bool
    has_totp: bool
    passkeys: int
    recovery_codes_left: int
    second_factor_required: bool
    created_at: datetime
    last_seen_at: datetime | None
    disabled_at: datetime | None

    @classmethod
    def of(cls, p: PersonView) -> "PersonOut":
        """Translate."""
        return cls(**{name: getattr(p, name) for name in cls.model_fields})


class PeopleOut(Shown):
    """The people of the workspace, by name."""

    items: list[PersonOut]


class InvitationIn(Given):
    """Somebody to invite."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"email": "grace@example.com", "role": "analyst"}]})

    email: Annotated[str, Field(min_length=3, max_length=254, pattern=_EMAIL)]
    role: Role


class LinkOut(Shown):
    """A link that works once, and is shown once."""

    link: str = Field(examples=["https://palier.example.com/invitation#…"])


class RoleIn(Given):
    """A role."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"role": "engineer"}]})

    role: Role


class KeyIn(Given):
    """A key to make; it may do at most what its owner may."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "nightly import", "scopes": ["read", "diagnose"]}]}
    )

    name: Annotated[Name, Field(max_length=100)]
    scopes: Annotated[list[Permission], Field(min_length=1, max_length=20)]
    expires_at: Moment | None = Field(default=None, description="Never, where it is left away.")


class KeyOut(Shown):
    """An API key without its secret."""

    id: str
    name: str
    prefix: str
    scopes: list[str]
    owner_name: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None

    @classmethod
    def of(cls, k: KeyView) -> "KeyOut":
        """Translate."""
        return cls(**{name: getattr(k, name) for name in cls.model_fields if name != "scopes"}, scopes=list(k.scopes))


class KeysOut(Shown):
    """Keys, newest first."""

    items: list[KeyOut]


class NewKeyOut(Shown):
    """A key that was just made: the only time its secret is seen."""

    key: KeyOut
    secret: str

    @classmethod
    def of(cls, new: NewKey) -> "NewKeyOut":
        """Translate."""
        return cls(key=KeyOut.of(new.key), secret=new.secret)


class AuditRow(Shown):
    """One thing that somebody did."""

    id: str
    at: datetime
    actor_id: str
    actor_name: str
    action: str
    subject_kind: str
    subject_id: str
    address: str
    details: dict[str, Any]

    @classmethod
    def of(cls, e: AuditEntry) -> "AuditRow":
        """Translate."""
        return cls(**{name: getattr(e, name) for name in cls.model_fields if name != "details"}, details=e.details_json)


class AuditOut(Shown):
    """A page of the audit log, newest first."""

    items: list[AuditRow]
    next: str | None = Field(description="Cursor of the next page.")


class WorkspaceOut(Shown):
    """A workspace that a person belongs to, and as what."""

    id: str
    name: str
    simulated: bool
    role: Role
    current: bool = Field(description="The one that this request is about.")


class WorkspacesOut(Shown):
    """The workspaces of a person, by name."""

    items: list[WorkspaceOut]

    @classmethod
    def of(cls, views: tuple[WorkspaceView, ...], current_id: str) -> "WorkspacesOut":
        """Translate."""
        return cls(
            items=[
                WorkspaceOut(id=v.id, name=v.name, simulated=v.simulated, role=v.role, current=v.id == current_id)
                for v in views
            ]
        )


class SystemOut(Shown):
    """The state of the installation."""

    ready: bool
    checks: dict[str, str]
    version: str
    disk_free_bytes: int
    queues: list[QueueOut]
    workers: list[WorkerOut]

    @classmethod
    def of(cls, s: SystemView) -> "SystemOut":
        """Translate."""
        return cls(
            ready=s.ready,
            checks=s.checks,
            version=s.version,
            disk_free_bytes=s.disk_free_bytes,
            queues=[QueueOut.of(q) for q in s.queues],
            workers=[WorkerOut.of(w) for w in s.workers],
        )
