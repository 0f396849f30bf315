"""People of a workspace, as admins look after them."""

from dataclasses import dataclass, replace

from palier.app.accounts.links import forgive, made_link
from palier.app.accounts.policy import Desk, checked_email, person
from palier.app.accounts.profile import person_view
from palier.app.audit import record
from palier.app.entities import RolePolicy, User
from palier.app.identity import new_id
from palier.app.ports import Tables
from palier.app.roles import Actor, Permission, Role
from palier.app.views import PersonView
from palier.errors import ConflictError

__all__ = ["People"]


@dataclass(frozen=True, slots=True)
class People:
    """Who belongs to a workspace, and as what."""

    desk: Desk

    def all(self, actor: Actor) -> tuple[PersonView, ...]:
        """Return the people of the workspace, by name."""
        actor.require(Permission.ADMINISTER)
        with self.desk.store.reading() as t:
            rows = t.memberships.all(workspace_id=actor.workspace_id)
            views = [person_view(t, t.users.get(m.user_id), m) for m in rows]
        return tuple(sorted(views, key=lambda v: v.name.casefold()))

    def invite(self, actor: Actor, *, email: str, role: Role) -> str:
        """Invite somebody; returns the link, which is shown once (and mailed where mail is configured)."""
        actor.require(Permission.ADMINISTER)
        email, role = checked_email(email), Role(role)
        desk = self.desk
        with desk.store.writing() as t:
            there = t.users.find(email=email)
            if there is not None and t.memberships.find(workspace_id=actor.workspace_id, user_id=there.id) is not None:
                raise ConflictError(f"{email} belongs to this workspace already")
            token = made_link(
                desk, t, "invitation", workspace_id=actor.workspace_id, email=email, role=role, created_by=actor.user_id
            )
            link = f"{desk.public_url}/invitation#{token}"
            workspace = t.workspaces.get(actor.workspace_id)
            guest = there or User("", email, email, desk.now(), language=desk.language)
            payload = {"name": guest.name, "link": link, "workspace": workspace.name, "by": actor.name}
            desk.post(t, actor.workspace_id, guest, "invitation", payload, desk.now())
            record(t, actor, "invitation.make", "user", email, now=desk.now(), role=role.value)
        return link

    def set_role(self, actor: Actor, user_id: str, role: Role) -> PersonView:
        """Change somebody's role; the last admin keeps theirs."""
        actor.require(Permission.ADMINISTER)
        role = Role(role)
        with self.desk.store.writing() as t:
            self._one_at_a_time(t, actor)
            user, membership = person(t, actor, user_id)
            if membership.role is Role.ADMIN and role is not Role.ADMIN:
                self._require_another_admin(t, actor, user_id)
                self._take_links_back(t, user_id)
            changed = replace(membership, role=role)
            t.memberships.put(changed)
            record(
                t, actor, "user.role", "user", user_id, now=self.desk.now(),
                before=membership.role.value, after=role.value,
            )  # fmt: skip
            return person_view(t, user, changed)

    def disable(self, actor: Actor, user_id: str) -> PersonView:
        """Let somebody in no more: sessions end, keys stop working; the last admin cannot be disabled."""
        actor.require(Permission.ADMINISTER)
        with self.desk.store.writing() as t:
            self._one_at_a_time(t, actor)
            user, membership = person(t, actor, user_id)
            if membership.role is Role.ADMIN:
                self._require_another_admin(t, actor, user_id)
            self._take_links_back(t, user_id)
            now = self.desk.now()
            user = replace(user, disabled_at=user.disabled_at or now)
            t.users.put(user)
            t.sessions.remove(user_id=user_id)
            record(t, actor, "user.disable", "user", user_id, now=now)
            return person_view(t, user, membership)

    def enable(self, actor: Actor, user_id: str) -> PersonView:
        """Let somebody in again."""
        actor.require(Permission.ADMINISTER)
        with self.desk.store.writing() as t:
            user, membership = person(t, actor, user_id)
            user = replace(user, disabled_at=None)
            t.users.put(user)
            record(t, actor, "user.enable", "user", user_id, now=self.desk.now())
            return person_view(t, user, membership)

    def reset_link(self, actor: Actor, user_id: str) -> str:
        """Make a link with which somebody chooses a new password; failures counted against them are forgotten."""
        actor.require(Permission.ADMINISTER)
        desk = self.desk
        with desk.store.writing() as t:
            user, _ = person(t, actor, user_id)
            forgive(t, user)
            token = made_link(desk, t, "password-reset", user_id=user.id, created_by=actor.user_id)
            record(t, actor, "password.reset-link", "user", user_id, now=desk.now())
        return f"{desk.public_url}/reset#{token}"

    def remove_factors(self, actor: Actor, user_id: str) -> PersonView:
        """Remove the second factors of somebody who has lost them; they set up new ones at the next sign-in."""
        actor.require(Permission.ADMINISTER)
        actor.require_recent_sign_in()
        with self.desk.store.writing() as t:
            user, membership = person(t, actor, user_id)
            user = replace(user, totp_secret=None, totp_confirmed_at=None, totp_last_counter=None)
            t.users.put(user)
            t.passkeys.remove(user_id=user_id)
            t.recovery_codes.remove(user_id=user_id)
            t.sessions.remove(user_id=user_id)
            forgive(t, user)
            record(t, actor, "factor.reset", "user", user_id, now=self.desk.now())
            return person_view(t, user, membership)

    def second_factor_policy(self, actor: Actor) -> dict[Role, bool]:
        """Return of which roles a second factor is demanded."""
        actor.require(Permission.ADMINISTER)
        with self.desk.store.reading() as t:
            rows = t.role_policies.all(workspace_id=actor.workspace_id)
        demanded = {row.role: row.second_factor_required for row in rows}
        return {role: demanded.get(role, False) for role in Role}

    def require_second_factor(self, actor: Actor, role: Role, *, required: bool) -> None:
        """Demand a second factor of a role, or not; people without one set it up at their next sign-in."""
        actor.require(Permission.ADMINISTER)
        role = Role(role)
        with self.desk.store.writing() as t:
            there = t.role_policies.find(workspace_id=actor.workspace_id, role=role)
            now = self.desk.now()
            if there is None:
                t.role_policies.add(RolePolicy(new_id(now), actor.workspace_id, role, required))
            else:
                t.role_policies.put(replace(there, second_factor_required=required))
            record(t, actor, "policy.second-factor", "role", role.value, now=now, required=required)

    @staticmethod
    def _one_at_a_time(t: Tables, actor: Actor) -> None:
        """Two admins who demote each other at the same moment must not both find the other one there."""
        t.attempts.serialise(kind="admins", subject=actor.workspace_id)

    @staticmethod
    def _take_links_back(t: Tables, user_id: str) -> None:
        """Links that somebody handed out as admin, and their own, open nothing once they are admin no more."""
        t.links.remove(created_by=user_id, used_at=None)
        t.links.remove(user_id=user_id, used_at=None)

    @staticmethod
    def _require_another_admin(t: Tables, actor: Actor, user_id: str) -> None:
        admins = [m.user_id for m in t.memberships.all(workspace_id=actor.workspace_id, role=Role.ADMIN)]
        others = [u for u in t.users.all(one_of={"id": admins}, disabled_at=None) if u.id != user_id]
        if not others:
            raise ConflictError("this is the last admin of the workspace; make somebody else admin first")
