"""Workspaces."""

from dataclasses import dataclass

from palier.app.ports import Store
from palier.app.roles import Actor
from palier.app.views import WorkspaceView

__all__ = ["WorkspaceService"]


@dataclass(frozen=True, slots=True)
class WorkspaceService:
    """The teams that a person belongs to."""

    store: Store

    def mine(self, actor: Actor) -> tuple[WorkspaceView, ...]:
        """Return the workspaces of a person, by name."""
        with self.store.reading() as t:
            found = [(t.workspaces.get(m.workspace_id), m.role) for m in t.memberships.all(user_id=actor.user_id)]
        views = [WorkspaceView(w.id, w.name, w.simulated, role) for w, role in found]
        return tuple(sorted(views, key=lambda w: w.name))
