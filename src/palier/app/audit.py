"""The audit log: who did what to what, written in the transaction of the deed."""

from datetime import datetime
from typing import Any

from palier.app.entities import AuditEntry
from palier.app.identity import new_id
from palier.app.ports import Tables
from palier.app.roles import Actor

__all__ = ["record"]


def record(
    tables: Tables, actor: Actor, action: str, subject_kind: str, subject_id: str, *, now: datetime, **details: Any
) -> None:
    """Add one entry; `details` are plain JSON values, and never secrets."""
    tables.audit.add(
        AuditEntry(
            id=new_id(now),
            workspace_id=actor.workspace_id or None,
            at=now,
            actor_id=actor.user_id,
            actor_name=actor.name,
            action=action,
            subject_kind=subject_kind,
            subject_id=subject_id,
            address=actor.address,
            details_json=details if actor.key_id is None else {**details, "key": actor.key_id},
        )
    )
