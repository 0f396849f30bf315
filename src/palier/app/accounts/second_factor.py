"""The second factor of a sign-in: a code that works once, a recovery code, or a passkey."""

import json
from dataclasses import dataclass, replace
from typing import Any

from palier.app.accounts import attempts
from palier.app.accounts.policy import Desk
from palier.app.accounts.sign_in import Opened, require_stage, rotated
from palier.app.accounts.tokens import digest
from palier.app.entities import Session, User
from palier.app.ports import Tables
from palier.errors import SignInError

__all__ = ["SecondFactor", "accepted_counter", "normal_code"]

_WRONG = "this code is not right, or was used already; take a new one"


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """From a half-open session to a full one. A failure is committed before it is said."""

    desk: Desk

    def totp(self, token: str, code: str, *, address: str) -> Opened:
        """Check the code of an authenticator; each works once.

        Raises SignInError for a wrong or used code, TooManyAttemptsError at the sixth in fifteen minutes.
        """

        def check(t: Tables, user: User) -> bool:
            if user.totp_secret is None or user.totp_confirmed_at is None:
                return False
            counter = accepted_counter(self.desk, user, code)
            if counter is None:
                return False
            t.users.put(replace(user, totp_last_counter=counter))
            return True

        return self._checked(token, address, "totp", check)

    def recovery(self, token: str, code: str, *, address: str) -> Opened:
        """Check a recovery code; each works once."""

        def check(t: Tables, user: User) -> bool:
            row = t.recovery_codes.find(user_id=user.id, code_hash=digest(normal_code(code)))
            if row is None or row.used_at is not None:
                return False
            t.recovery_codes.put(replace(row, used_at=self.desk.now()))
            return True

        return self._checked(token, address, "recovery code", check)

    def _checked(self, token: str, address: str, factor: str, check: Any) -> Opened:
        desk = self.desk
        with desk.store.writing() as t:
            session, user = require_stage(desk, t, token, "second-factor")
            attempts.require_second_factor_allowed(t, account=user.id, now=desk.now())
            user = t.users.get(user.id)  # read again behind the lock: another process may have accepted this code
            if check(t, user):
                return self._open(t, session, user, address, factor)
            attempts.note(t, kind="second-factor", subject=f"account:{user.id}", now=desk.now())
            desk.note(t, user, session.workspace_id, "second-factor.refused", address, factor=factor)
        raise SignInError(_WRONG)

    def _open(self, t: Tables, session: Session, user: User, address: str, factor: str) -> Opened:
        self.desk.note(t, user, session.workspace_id, "session.sign-in", address, factor=factor)
        return rotated(self.desk, t, session, stage="full", address=address)

    def passkey_options(self, token: str) -> dict[str, Any]:
        """Return what the browser needs to ask for a passkey."""
        from webauthn import base64url_to_bytes, generate_authentication_options, options_to_json
        from webauthn.helpers import bytes_to_base64url
        from webauthn.helpers.structs import PublicKeyCredentialDescriptor, UserVerificationRequirement

        with self.desk.store.writing() as t:
            session, user = require_stage(self.desk, t, token, "second-factor")
            options = generate_authentication_options(
                rp_id=self.desk.host,
                allow_credentials=[
                    PublicKeyCredentialDescriptor(id=base64url_to_bytes(p.credential_id))
                    for p in t.passkeys.all(user_id=user.id)
                ],
                user_verification=UserVerificationRequirement.PREFERRED,
            )
            t.sessions.put(replace(session, challenge=bytes_to_base64url(options.challenge)))
        plain: dict[str, Any] = json.loads(options_to_json(options))
        return plain

    def passkey(self, token: str, response: dict[str, Any], *, address: str) -> Opened:
        """Check what a passkey signed; the challenge works once. It cannot be guessed, so it is not counted."""
        from webauthn import base64url_to_bytes, verify_authentication_response
        from webauthn.helpers.exceptions import WebAuthnException

        desk = self.desk
        with desk.store.writing() as t:
            session, user = require_stage(desk, t, token, "second-factor")
            challenge = session.challenge
            session = replace(session, challenge=None)
            t.sessions.put(session)
            key = t.passkeys.find(user_id=user.id, credential_id=str(response.get("id", ""))[:1400])
            if key is not None and challenge is not None:
                try:
                    proof = verify_authentication_response(
                        credential=response,
                        expected_challenge=base64url_to_bytes(challenge),
                        expected_rp_id=desk.host,
                        expected_origin=desk.public_url,
                        credential_public_key=base64url_to_bytes(key.public_key),
                        credential_current_sign_count=key.sign_count,
                    )
                except (WebAuthnException, ValueError, KeyError, TypeError):
                    proof = None
                if proof is not None:
                    t.passkeys.put(replace(key, sign_count=proof.new_sign_count, last_used_at=desk.now()))
                    return self._open(t, session, user, address, "passkey")
            desk.note(t, user, session.workspace_id, "second-factor.refused", address, factor="passkey")
        raise SignInError("this passkey was not accepted; try again, or use a code")


def accepted_counter(desk: Desk, user: User, code: str) -> int | None:
    """Return the time step of a code that may be accepted: now, one before or one after, and none used before."""
    import hmac

    from pyotp import TOTP

    if user.totp_secret is None:
        return None
    totp = TOTP(desk.cipher.open(user.totp_secret))
    given = "".join(c for c in code if c.isdecimal() and c.isascii())
    now = int(desk.now().timestamp()) // totp.interval
    last = -1 if user.totp_last_counter is None else user.totp_last_counter
    right = [
        counter
        for counter in (now - 1, now, now + 1)
        if hmac.compare_digest(totp.generate_otp(counter).encode(), given.encode()) and counter > last
    ]
    return right[0] if right else None


def normal_code(code: str) -> str:
    """Return a recovery code as it is hashed: without spaces and dashes, in lower case."""
    return "".join(c for c in code.lower() if c.isalnum())
