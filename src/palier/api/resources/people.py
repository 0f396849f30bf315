"""``/users``, ``/keys``, ``/me``, ``/workspaces``, ``/audit-log`` and ``/system``."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from palier.api.answers import LINK, headed, refusals
from palier.api.fields import Cursor, Id, IdQuery, Limit, MomentQuery
from palier.api.paging import after_of, cut
from palier.api.schemas.people import (
    AuditOut,
    AuditRow,
    InvitationIn,
    KeyIn,
    KeyOut,
    KeysOut,
    LinkOut,
    NewKeyOut,
    PeopleOut,
    PersonOut,
    RoleIn,
    SystemOut,
    WorkspacesOut,
)
from palier.api.signed_in import SignedInRoute, Who
from palier.app.accounts import Accounts
from palier.app.audit_log import AuditLogService
from palier.app.system import SystemService
from palier.app.workspaces import WorkspaceService

__all__ = ["people_router"]

_Action = Annotated[
    str, Query(pattern=r"^[a-z][a-z.-]{0,59}$", description="An action, or its first part.", examples=["session."])
]


def people_router(
    accounts: Accounts, audit_log: AuditLogService, system: SystemService, workspaces: WorkspaceService
) -> APIRouter:
    """Return the routes around people."""
    router = APIRouter(route_class=SignedInRoute)
    _own(router, accounts, workspaces)
    _users(router, accounts)
    _administration(router, accounts, audit_log, system)
    return router


def _own(router: APIRouter, accounts: Accounts, workspaces: WorkspaceService) -> None:
    @router.get("/me", summary="Who am I", tags=["Own account"], responses=refusals())
    def me(actor: Who) -> PersonOut:
        """The person who asks, or whose key it is."""
        return PersonOut.of(accounts.profile.me(actor))

    @router.get("/workspaces", summary="List my workspaces", tags=["Own account"], responses=refusals())
    def list_workspaces(actor: Who) -> WorkspacesOut:
        """The workspaces that the person belongs to; a key, and a session, is of one of them."""
        return WorkspacesOut.of(workspaces.mine(actor), actor.workspace_id)

    @router.get("/me/keys", summary="List my API keys", tags=["Own account"], responses=refusals())
    def my_keys(actor: Who) -> KeysOut:
        """The person's own keys, newest first, without their secrets."""
        return KeysOut(items=[KeyOut.of(k) for k in accounts.keys.mine(actor)])

    @router.post("/me/keys", summary="Make an API key", tags=["Own account"], status_code=201,
                 responses=refusals(403, 413))  # fmt: skip
    def make_key(actor: Who, body: KeyIn) -> NewKeyOut:
        """Make a key; its secret is in this answer alone. A key cannot make keys (401), and takes no Idempotency-Key:

        the answer would have to be kept, and with it the secret.
        """
        scopes = tuple(dict.fromkeys(s.value for s in body.scopes))
        return NewKeyOut.of(accounts.keys.make(actor, name=body.name, scopes=scopes, expires_at=body.expires_at))

    @router.delete("/me/keys/{id:id}", summary="Revoke an API key", tags=["Own account"], status_code=204,
                   responses=refusals(403, 404))  # fmt: skip
    def revoke_key(actor: Who, id: Id) -> None:  # noqa: A002
        """End a key: one's own, or as an admin anybody's."""
        accounts.keys.revoke(actor, id)


def _users(router: APIRouter, accounts: Accounts) -> None:

    @router.get("/users", summary="List people", tags=["People"], responses=refusals(403))
    def list_users(actor: Who) -> PeopleOut:
        """The people of the workspace, by name."""
        return PeopleOut(items=[PersonOut.of(p) for p in accounts.people.all(actor)])

    @router.post("/users/invitations", summary="Invite somebody", tags=["People"], status_code=201,
                 responses=refusals(403, 409, 413))  # fmt: skip
    def invite(actor: Who, body: InvitationIn) -> LinkOut:
        """Make a link with which somebody joins; it is shown once, and mailed where mail is configured."""
        return LinkOut(link=accounts.people.invite(actor, email=body.email, role=body.role))

    @router.put("/users/{id:id}/role", summary="Change somebody's role", tags=["People"],
                responses=refusals(403, 404, 409, 413))  # fmt: skip
    def set_role(actor: Who, id: Id, body: RoleIn) -> PersonOut:  # noqa: A002
        """Change somebody's role; the last admin keeps theirs."""
        return PersonOut.of(accounts.people.set_role(actor, id, body.role))

    @router.post("/users/{id:id}/disable", summary="Let somebody in no more", tags=["People"],
                 responses=refusals(403, 404, 409))  # fmt: skip
    def disable(actor: Who, id: Id) -> PersonOut:  # noqa: A002
        """End somebody's sessions and keys, and let them in no more."""
        return PersonOut.of(accounts.people.disable(actor, id))

    @router.post("/users/{id:id}/enable", summary="Let somebody in again", tags=["People"],
                 responses=refusals(403, 404))  # fmt: skip
    def enable(actor: Who, id: Id) -> PersonOut:  # noqa: A002
        """Let somebody in again who was disabled."""
        return PersonOut.of(accounts.people.enable(actor, id))

    @router.post("/users/{id:id}/reset-link", summary="Make a link for a new password", tags=["People"],
                 status_code=201, responses=refusals(403, 404))  # fmt: skip
    def reset_link(actor: Who, id: Id) -> LinkOut:  # noqa: A002
        """Make a link with which somebody chooses a new password; it is shown once."""
        return LinkOut(link=accounts.people.reset_link(actor, id))


def _administration(
    router: APIRouter, accounts: Accounts, audit_log: AuditLogService, system: SystemService
) -> None:  # fmt: skip
    @router.get("/keys", summary="List every API key", tags=["Administration"], responses=refusals(403))
    def list_keys(actor: Who) -> KeysOut:
        """Every key of the workspace, newest first, without their secrets."""
        return KeysOut(items=[KeyOut.of(k) for k in accounts.keys.all(actor)])

    @router.get("/audit-log", summary="Read the audit log", tags=["Administration"],
                responses={**headed(200, LINK), **refusals(403)})  # fmt: skip
    def read_audit_log(
        actor: Who, request: Request, response: Response, cursor: Cursor | None = None, limit: Limit = 50,
        action: _Action | None = None, actor_id: IdQuery | None = None, since: MomentQuery | None = None,
    ) -> AuditOut:  # fmt: skip
        """Who did what, newest first."""
        rows = audit_log.page(
            actor, action=action, actor_id=actor_id, since=since, before_id=after_of(cursor), limit=limit + 1
        )
        kept, following = cut(rows, limit, lambda entry: entry.id, request=request, response=response)
        return AuditOut(items=[AuditRow.of(entry) for entry in kept], next=following)

    @router.get("/system", summary="Get the state of the installation", tags=["Administration"],
                responses=refusals(403))  # fmt: skip
    def state(actor: Who) -> SystemOut:
        """Checks, queues, workers and free space."""
        return SystemOut.of(system.state(actor))
