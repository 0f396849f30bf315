"""What people change about themselves."""

from dataclasses import dataclass, replace

from palier.app import checks
from palier.app.accounts import attempts
from palier.app.accounts.passwords import check_password, normal_password
from palier.app.accounts.policy import Desk, checked_email, needs_factor
from palier.app.audit import record
from palier.app.entities import Membership, User
from palier.app.ports import Tables
from palier.app.roles import Actor, Role
from palier.app.views import PersonView
from palier.errors import SignInError

__all__ = ["LANGUAGES", "Profile", "person_view"]

LANGUAGES = ("en", "fr")


@dataclass(frozen=True, slots=True)
class Profile:
    """A person's own data."""

    desk: Desk

    def me(self, actor: Actor) -> PersonView:
        """Return what is known of the person who asks."""
        with self.desk.store.reading() as t:
            membership = t.memberships.find(workspace_id=actor.workspace_id, user_id=actor.user_id)
            return person_view(t, t.users.get(actor.user_id), membership)

    def change_name(self, actor: Actor, name: str) -> PersonView:
        """Change the name that others see."""
        return self._change(actor, "profile.name", name=checks.line(name, "your name", least=1))

    def change_language(self, actor: Actor, language: str) -> PersonView:
        """Change the language of pages and messages."""
        checks.choice(language, "the language", LANGUAGES)
        return self._change(actor, None, language=language)

    def change_colour_scheme(self, actor: Actor, colour_scheme: str) -> PersonView:
        """Change between light, dark and what the system says."""
        checks.choice(colour_scheme, "the colour scheme", ("light", "dark", "auto"))
        return self._change(actor, None, colour_scheme=colour_scheme)

    def change_email(self, actor: Actor, email: str) -> PersonView:
        """Change the address to sign in with; needs a fresh proof of identity."""
        actor.require_recent_sign_in()
        return self._change(actor, "profile.email", email=checked_email(email))

    def _change(self, actor: Actor, action: str | None, **fields: str) -> PersonView:
        with self.desk.store.writing() as t:
            user = replace(t.users.get(actor.user_id), **fields)  # type: ignore[arg-type]  # checked above
            t.users.put(user)
            if "email" in fields:  # a link that lies in the mailbox given up must not open the account
                t.links.remove(purpose="password-reset", user_id=user.id, used_at=None)
            if action is not None:
                record(t, actor, action, "user", user.id, now=self.desk.now())
            membership = t.memberships.find(workspace_id=actor.workspace_id, user_id=actor.user_id)
            return person_view(t, user, membership)

    def change_password(self, actor: Actor, *, current: str, new: str) -> None:
        """Change the password; every other session of the person ends.

        Raises SignInError where the current one is not right, ParameterError where the new one is guessed first.
        """
        desk = self.desk
        with desk.store.writing() as t:
            user = t.users.get(actor.user_id)
            counted = attempts.reserve(t, account=user.id, address=actor.address, known_address=True, now=desk.now())
        if not desk.hasher.verify(normal_password(current), user.password_hash):
            raise SignInError("the current password is not right")
        hashed = desk.hasher.hash(check_password(new, about=(user.name, user.email)))
        with desk.store.writing() as t:
            attempts.clear(t, counted)
            user = t.users.get(actor.user_id)
            now = desk.now()
            t.users.put(replace(user, password_hash=hashed, password_changed_at=now))
            t.links.remove(purpose="password-reset", user_id=user.id, used_at=None)
            for session in t.sessions.all(user_id=user.id):
                if session.id != actor.session_id:
                    t.sessions.remove(id=session.id)
            record(t, actor, "password.change", "user", user.id, now=now)


def person_view(t: Tables, user: User, membership: Membership | None) -> PersonView:
    """Return a person as they and admins see them."""
    sessions = [s.last_seen_at for s in t.sessions.all(user_id=user.id)]
    role = Role.VIEWER if membership is None else membership.role
    return PersonView(
        id=user.id,
        name=user.name,
        email=user.email,
        role=role,
        language=user.language,
        colour_scheme=user.colour_scheme,
        has_password=user.password_hash is not None,
        has_totp=user.totp_confirmed_at is not None,
        passkeys=t.passkeys.count(user_id=user.id),
        recovery_codes_left=t.recovery_codes.count(user_id=user.id, used_at=None),
        second_factor_required=membership is not None and needs_factor(t, membership.workspace_id, role),
        created_at=user.created_at,
        last_seen_at=max(sessions, default=None),
        disabled_at=user.disabled_at,
    )
