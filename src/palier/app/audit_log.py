"""The audit log, as admins read it."""

from dataclasses import dataclass
from datetime import datetime

from palier.app import checks
from palier.app.entities import AuditEntry
from palier.app.ports import Store
from palier.app.roles import Actor, Permission

__all__ = ["AuditLogService"]


@dataclass(frozen=True, slots=True)
class AuditLogService:
    """Who did what, newest first."""

    store: Store

    def page(
        self,
        actor: Actor,
        *,
        action: str | None = None,
        actor_id: str | None = None,
        since: datetime | None = None,
        before_id: str | None = None,
        limit: int = 100,
    ) -> list[AuditEntry]:
        """Return entries of the workspace; `action` may be the first part of a name, such as ``session.``."""
        actor.require(Permission.ADMINISTER)
        with self.store.reading() as t:
            return t.audit.search(
                workspace_id=actor.workspace_id, action=action or None, actor_id=actor_id or None, since=since,
                before_id=before_id, limit=checks.limit_of(limit, most=1000),
            )  # fmt: skip
