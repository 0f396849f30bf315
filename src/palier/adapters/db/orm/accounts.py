"""People, what proves who they are, and what they did."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from palier.adapters.db.orm.base import Base, Id, Json

__all__ = [
    "ApiKeyRow",
    "AttemptRow",
    "AuditRow",
    "LinkRow",
    "MembershipRow",
    "PasskeyRow",
    "RecoveryCodeRow",
    "RolePolicyRow",
    "SessionRow",
    "UserRow",
    "WorkspaceRow",
]

_ROLES = "role IN ('viewer', 'analyst', 'engineer', 'admin')"


class WorkspaceRow(Base):
    """A workspace."""

    __tablename__ = "workspace"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime]
    simulated: Mapped[bool]
    memberships: Mapped[list["MembershipRow"]] = relationship(back_populates="workspace")


class UserRow(Base):
    """A person."""

    __tablename__ = "user"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    password_hash: Mapped[str | None] = mapped_column(String(300))
    password_changed_at: Mapped[datetime | None]
    language: Mapped[str] = mapped_column(String(8))
    colour_scheme: Mapped[str] = mapped_column(String(8))
    disabled_at: Mapped[datetime | None]
    totp_secret: Mapped[str | None] = mapped_column(String(500))
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_counter: Mapped[int | None]
    memberships: Mapped[list["MembershipRow"]] = relationship(back_populates="user")
    sessions: Mapped[list["SessionRow"]] = relationship(back_populates="user")
    passkeys: Mapped[list["PasskeyRow"]] = relationship(back_populates="user")
    recovery_codes: Mapped[list["RecoveryCodeRow"]] = relationship(back_populates="user")
    api_keys: Mapped[list["ApiKeyRow"]] = relationship(back_populates="user")


class MembershipRow(Base):
    """A person's role in a workspace."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("workspace_id", "user_id"), CheckConstraint(_ROLES, name="role"))
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id"))
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    role: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    workspace: Mapped[WorkspaceRow] = relationship(back_populates="memberships")
    user: Mapped[UserRow] = relationship(back_populates="memberships")


class RolePolicyRow(Base):
    """What a workspace demands of a role."""

    __tablename__ = "role_policy"
    __table_args__ = (UniqueConstraint("workspace_id", "role"), CheckConstraint(_ROLES, name="role"))
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id"))
    role: Mapped[str] = mapped_column(String(16))
    second_factor_required: Mapped[bool]


class RecoveryCodeRow(Base):
    """A recovery code."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    code_hash: Mapped[str] = mapped_column(Id)
    used_at: Mapped[datetime | None]
    user: Mapped[UserRow] = relationship(back_populates="recovery_codes")


class PasskeyRow(Base):
    """A WebAuthn credential."""

    __tablename__ = "passkey"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[str] = mapped_column(String(2000))
    sign_count: Mapped[int]
    name: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    user: Mapped[UserRow] = relationship(back_populates="passkeys")


class SessionRow(Base):
    """A sign-in."""

    __tablename__ = "session"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id"))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    authenticated_at: Mapped[datetime]
    stage: Mapped[str] = mapped_column(String(32))
    address: Mapped[str] = mapped_column(String(64))
    user_agent: Mapped[str] = mapped_column(String(300))
    challenge: Mapped[str | None] = mapped_column(String(200))
    revoked_at: Mapped[datetime | None]
    user: Mapped[UserRow] = relationship(back_populates="sessions")


class LinkRow(Base):
    """A one-time link."""

    __tablename__ = "one_time_link"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    token_hash: Mapped[str] = mapped_column(Id, unique=True)
    purpose: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    workspace_id: Mapped[str | None] = mapped_column(ForeignKey("workspace.id"))
    user_id: Mapped[str | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    email: Mapped[str | None] = mapped_column(String(254))
    role: Mapped[str | None] = mapped_column(String(16))
    created_by: Mapped[str | None] = mapped_column(Id)
    used_at: Mapped[datetime | None]


class AttemptRow(Base):
    """A failed attempt; no foreign key, for unknown accounts are counted too."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_kind_subject_at", "kind", "subject", "at"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(index=True)


class ApiKeyRow(Base):
    """An API key."""

    __tablename__ = "api_key"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id"), index=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    prefix: Mapped[str] = mapped_column(String(8), unique=True)
    secret_hash: Mapped[str] = mapped_column(Id)
    scopes_json: Mapped[list[Any]] = mapped_column(Json)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    user: Mapped[UserRow] = relationship(back_populates="api_keys")


class AuditRow(Base):
    """One thing that somebody did; outlives everything it speaks of, so without foreign keys."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_workspace_id_id", "workspace_id", "id"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[str | None] = mapped_column(Id)
    at: Mapped[datetime]
    actor_id: Mapped[str] = mapped_column(Id)
    actor_name: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(64))
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(64))
    details_json: Mapped[dict[str, Any]]
