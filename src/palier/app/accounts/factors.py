"""Setting up second factors: authenticator, recovery codes, passkeys. Each change needs a fresh proof of identity."""

import json
import secrets
from dataclasses import dataclass, replace
from typing import Any

from palier.app import checks
from palier.app.accounts.policy import Desk, has_factor, needs_factor
from palier.app.accounts.second_factor import accepted_counter, normal_code
from palier.app.accounts.tokens import digest
from palier.app.audit import record
from palier.app.entities import Passkey, RecoveryCode, User
from palier.app.identity import new_id
from palier.app.ports import Tables
from palier.app.roles import Actor
from palier.errors import ConflictError, NotFoundError, ParameterError, PermissionDeniedError, SignInError

__all__ = ["Enrolment", "Factors", "PasskeyView"]

_CODES = 10
_MOST_PASSKEYS = 20
#: Letters and digits that nobody takes for another.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator needs, shown once."""

    secret: str
    uri: str
    qr_svg: str
    """An SVG picture of the URI."""


@dataclass(frozen=True, slots=True)
class PasskeyView:
    """A passkey as its owner sees it."""

    id: str
    name: str
    created_at: Any
    last_used_at: Any


@dataclass(frozen=True, slots=True)
class Factors:
    """A person's own second factors."""

    desk: Desk

    def begin_totp(self, actor: Actor) -> Enrolment:
        """Make a secret for an authenticator; it counts once `confirm_totp` has seen its first code."""
        from pyotp import random_base32

        actor.require_recent_sign_in()
        secret = random_base32()
        with self.desk.store.writing() as t:
            user = t.users.get(actor.user_id)
            if user.totp_confirmed_at is not None:
                raise ConflictError("an authenticator is set up already; remove it first")
            t.users.put(replace(user, totp_secret=self.desk.cipher.seal(secret), totp_last_counter=None))
        return _enrolment(user, secret)

    def waiting_totp(self, actor: Actor) -> Enrolment:
        """Return the secret that waits for its first code, after a code that was mistyped."""
        actor.require_recent_sign_in()
        with self.desk.store.reading() as t:
            user = t.users.get(actor.user_id)
        if user.totp_secret is None or user.totp_confirmed_at is not None:
            raise ConflictError("no authenticator waits for its first code; begin anew")
        return _enrolment(user, self.desk.cipher.open(user.totp_secret))

    def confirm_totp(self, actor: Actor, code: str) -> tuple[str, ...]:
        """Take the first code of a new authenticator; returns recovery codes where there are none yet."""
        actor.require_recent_sign_in()
        with self.desk.store.writing() as t:
            user = t.users.get(actor.user_id)
            if user.totp_secret is None or user.totp_confirmed_at is not None:
                raise ConflictError("no authenticator waits for its first code; begin anew")
            counter = accepted_counter(self.desk, user, code)
            if counter is None:
                raise SignInError("this code is not right; check the clock of your device and take a new code")
            now = self.desk.now()
            t.users.put(replace(user, totp_confirmed_at=now, totp_last_counter=counter))
            record(t, actor, "factor.totp-add", "user", user.id, now=now)
            return self._codes(t, user) if t.recovery_codes.count(user_id=user.id) == 0 else ()

    def remove_totp(self, actor: Actor) -> None:
        """Remove the authenticator; refused where it is the last factor and one is demanded."""
        actor.require_recent_sign_in()
        with self.desk.store.writing() as t:
            user = t.users.get(actor.user_id)
            bare = replace(user, totp_secret=None, totp_confirmed_at=None, totp_last_counter=None)
            self._may_go(t, actor, bare)
            t.users.put(bare)
            record(t, actor, "factor.totp-remove", "user", user.id, now=self.desk.now())

    def new_recovery_codes(self, actor: Actor) -> tuple[str, ...]:
        """Make ten new recovery codes; the old ones work no more."""
        actor.require_recent_sign_in()
        with self.desk.store.writing() as t:
            user = t.users.get(actor.user_id)
            if not has_factor(t, user):
                raise ConflictError("recovery codes stand in for a second factor; set one up first")
            record(t, actor, "factor.recovery-codes", "user", user.id, now=self.desk.now())
            return self._codes(t, user)

    def _codes(self, t: Tables, user: User) -> tuple[str, ...]:
        t.recovery_codes.remove(user_id=user.id)
        codes = tuple(
            "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4)) for _ in range(_CODES)
        )
        for code in codes:
            t.recovery_codes.add(RecoveryCode(new_id(self.desk.now()), user.id, digest(normal_code(code))))
        return codes

    def _may_go(self, t: Tables, actor: Actor, without: User) -> None:
        if not has_factor(t, without) and needs_factor(t, actor.workspace_id, actor.role):
            raise PermissionDeniedError("this workspace demands a second factor of you; set up another one first")
        if not has_factor(t, without):
            t.recovery_codes.remove(user_id=without.id)

    # ------------------------------------------------------------------ passkeys

    def passkeys(self, actor: Actor) -> tuple[PasskeyView, ...]:
        """Return a person's passkeys."""
        with self.desk.store.reading() as t:
            rows = t.passkeys.all(user_id=actor.user_id)
        return tuple(PasskeyView(r.id, r.name, r.created_at, r.last_used_at) for r in rows)

    def passkey_options(self, actor: Actor) -> dict[str, Any]:
        """Return what the browser needs to make a passkey."""
        from webauthn import base64url_to_bytes, generate_registration_options, options_to_json
        from webauthn.helpers import bytes_to_base64url
        from webauthn.helpers.structs import PublicKeyCredentialDescriptor

        actor.require_recent_sign_in()
        with self.desk.store.writing() as t:
            user = t.users.get(actor.user_id)
            there = t.passkeys.all(user_id=user.id)
            if len(there) >= _MOST_PASSKEYS:
                raise ConflictError(f"there are {len(there)} passkeys, the most allowed; remove one first")
            session = t.sessions.get(actor.session_id or "")
            options = generate_registration_options(
                rp_id=self.desk.host,
                rp_name="palier",
                user_id=user.id.encode(),
                user_name=user.email,
                user_display_name=user.name,
                exclude_credentials=[
                    PublicKeyCredentialDescriptor(id=base64url_to_bytes(p.credential_id)) for p in there
                ],
            )
            t.sessions.put(replace(session, challenge=bytes_to_base64url(options.challenge)))
        plain: dict[str, Any] = json.loads(options_to_json(options))
        return plain

    def add_passkey(self, actor: Actor, response: dict[str, Any], *, name: str) -> tuple[str, ...]:
        """Keep a passkey that the browser made; returns recovery codes where there are none yet."""
        from webauthn import base64url_to_bytes, verify_registration_response
        from webauthn.helpers import bytes_to_base64url
        from webauthn.helpers.exceptions import WebAuthnException

        actor.require_recent_sign_in()
        name = checks.line(name, "the name", least=1, most=100)
        with self.desk.store.writing() as t:
            session = t.sessions.get(actor.session_id or "")
            challenge = session.challenge
            t.sessions.put(replace(session, challenge=None))
        if challenge is None:
            raise ConflictError("no passkey was asked for; begin anew")
        try:
            proof = verify_registration_response(
                credential=response,
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=self.desk.host,
                expected_origin=self.desk.public_url,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError) as error:
            raise ParameterError(f"the browser's answer is no passkey for {self.desk.host}: {error}") from None
        now = self.desk.now()
        with self.desk.store.writing() as t:
            user = t.users.get(actor.user_id)
            t.passkeys.add(
                Passkey(
                    new_id(now), user.id, bytes_to_base64url(proof.credential_id),
                    bytes_to_base64url(proof.credential_public_key), proof.sign_count, name, now,
                )
            )  # fmt: skip
            record(t, actor, "factor.passkey-add", "user", user.id, now=now, name=name)
            return self._codes(t, user) if t.recovery_codes.count(user_id=user.id) == 0 else ()

    def remove_passkey(self, actor: Actor, id: str) -> None:  # noqa: A002
        """Remove a passkey; refused where it is the last factor and one is demanded."""
        actor.require_recent_sign_in()
        with self.desk.store.writing() as t:
            if t.passkeys.remove(id=id, user_id=actor.user_id) == 0:
                raise NotFoundError(f"no passkey {id!r} of yours")
            self._may_go(t, actor, t.users.get(actor.user_id))
            record(t, actor, "factor.passkey-remove", "user", actor.user_id, now=self.desk.now())


def _enrolment(user: User, secret: str) -> Enrolment:
    import segno
    from pyotp import TOTP

    uri = TOTP(secret).provisioning_uri(name=user.email, issuer_name="palier")
    svg = segno.make(uri, error="m").svg_inline(scale=5, border=4, dark="#000", light="#fff")
    return Enrolment(secret, uri, svg)
