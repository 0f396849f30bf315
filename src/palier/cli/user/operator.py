"""What the three commands share: the services, as the operator."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from palier.cli.settings_options import settings_typed

if TYPE_CHECKING:
    from palier.app.accounts import Accounts
    from palier.app.roles import Actor

__all__ = ["Operator", "operating"]


@dataclass(frozen=True, slots=True)
class Operator:
    """The account services, and whoever has a shell on the server."""

    accounts: "Accounts"
    actor: "Actor"

    def id_of(self, email: str) -> str:
        """Return the id of a person of the workspace."""
        from palier.errors import NotFoundError

        for view in self.accounts.people.all(self.actor):
            if view.email == email.strip().casefold():
                return view.id
        raise NotFoundError(f"nobody with the address {email} belongs to this workspace")


@contextmanager
def operating(settings_file: Path | None, data_dir: Path | None, workspace: str | None) -> Iterator[Operator]:
    """Open the installation as its operator, in one workspace."""
    from palier.adapters.db.migrate import upgrade
    from palier.app.roles import Actor, Role
    from palier.bootstrap import build, ready_settings
    from palier.errors import NotFoundError

    settings = ready_settings(settings_typed(settings_file, data_dir=data_dir))
    application = build(settings)
    try:
        if not settings.production:
            upgrade(application.store.engine)
        with application.store.reading() as t:
            rows = [w for w in t.workspaces.all() if not w.simulated]
        chosen = [w for w in rows if workspace is None or w.name == workspace]
        if not chosen:
            names = ", ".join(w.name for w in rows) or "none: start `palier serve` and open its set-up link first"
            raise NotFoundError(f"no workspace {workspace or ''!r}; there are {names}")
        actor = Actor("", "operator", chosen[0].id, Role.ADMIN, kind="system", recently_authenticated=True)
        yield Operator(application.services.accounts, actor)
    finally:
        application.close()
