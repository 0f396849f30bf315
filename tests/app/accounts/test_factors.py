"""Second factors: codes that work once, recovery codes, passkeys, and keys for programs."""

import contextlib
import hashlib
import json
import os
import threading
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from tests.app.accounts.bureau import HERE, THERE, Bureau
from webauthn.helpers import bytes_to_base64url

from palier.adapters.db import SqlStore
from palier.app.accounts import Opened
from palier.app.roles import Permission, Role
from palier.errors import (
    ConflictError,
    NotFoundError,
    ParameterError,
    PermissionDeniedError,
    SignInError,
    TooManyAttemptsError,
)


@pytest.fixture
def bureau(sqlite_store: SqlStore) -> Bureau:
    return Bureau(sqlite_store)


@pytest.fixture
def both(store: SqlStore) -> Bureau:
    """On each database."""
    return Bureau(store)


def refuse(bureau: Bureau, token: str, code: str, error: type[Exception] = SignInError) -> None:
    with pytest.raises(error):
        bureau.accounts.second_factor.totp(token, code, address=HERE)


# ------------------------------------------------------------------ authenticator


def test_a_code_opens_a_half_open_session_and_works_once(bureau: Bureau) -> None:
    secret, _ = bureau.with_totp(bureau.set_up())
    half = bureau.sign_in()
    assert half.stage == "second-factor"
    assert bureau.accounts.sign_in.actor_of(half.token, address=HERE) is None
    code = bureau.code(secret)
    full = bureau.accounts.second_factor.totp(half.token, f" {code[:3]} {code[3:]} ", address=HERE)
    assert (full.stage, full.token != half.token) == ("full", True)
    bureau.actor(full)
    assert bureau.accounts.sign_in.stage_of(half.token) is None
    refuse(bureau, bureau.sign_in().token, code)
    bureau.clock.later(seconds=30)
    assert bureau.accounts.second_factor.totp(bureau.sign_in().token, bureau.code(secret), address=HERE).stage == "full"


def test_two_processes_cannot_accept_one_code(both: Bureau) -> None:
    secret, _ = both.with_totp(both.set_up())
    halves = [both.sign_in() for _ in range(4)]
    code, opened = both.code(secret), []

    def prove(half: Opened) -> None:
        with contextlib.suppress(SignInError):
            opened.append(both.accounts.second_factor.totp(half.token, code, address=HERE))

    threads = [threading.Thread(target=prove, args=(half,)) for half in halves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 1


def test_the_sixth_try_in_fifteen_minutes_is_refused_and_the_lock_ends(both: Bureau) -> None:
    secret, _ = both.with_totp(both.set_up())
    for _ in range(5):
        refuse(both, both.sign_in().token, "000000")
    half = both.sign_in()
    refuse(both, half.token, both.code(secret), TooManyAttemptsError)
    both.clock.later(minutes=9)
    half = both.sign_in()
    refuse(both, half.token, both.code(secret), TooManyAttemptsError)
    both.clock.later(minutes=6, seconds=1)
    assert both.accounts.second_factor.totp(both.sign_in().token, both.code(secret), address=HERE).stage == "full"


def test_many_wrong_codes_at_once_are_five(both: Bureau) -> None:
    both.with_totp(both.set_up())
    halves, said = [both.sign_in() for _ in range(10)], []

    def prove(half: Opened) -> None:
        try:
            both.accounts.second_factor.totp(half.token, "000000", address=HERE)
        except (SignInError, TooManyAttemptsError) as error:
            said.append(type(error))

    threads = [threading.Thread(target=prove, args=(half,)) for half in halves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (said.count(SignInError), said.count(TooManyAttemptsError)) == (5, 5)


def test_an_authenticator_counts_from_its_first_code_on(bureau: Bureau) -> None:
    opened = bureau.set_up()
    actor = bureau.actor(opened)
    with pytest.raises(ConflictError):
        bureau.accounts.factors.confirm_totp(actor, "123456")
    made = bureau.accounts.factors.begin_totp(actor)
    assert made.uri.startswith("otpauth://totp/palier:ada%40example.com?")
    assert made.qr_svg.startswith("<svg")
    with pytest.raises(SignInError, match="clock of your device"):
        bureau.accounts.factors.confirm_totp(actor, "000000")
    assert bureau.sign_in().stage == "full"
    codes = bureau.accounts.factors.confirm_totp(actor, bureau.code(made.secret))
    assert len(set(codes)) == 10
    with pytest.raises(ConflictError, match="already"):
        bureau.accounts.factors.begin_totp(actor)
    assert bureau.accounts.profile.me(actor).recovery_codes_left == 10
    bureau.accounts.factors.remove_totp(actor)
    view = bureau.accounts.profile.me(actor)
    assert (view.has_totp, view.recovery_codes_left) == (False, 0)


def test_a_recovery_code_works_once_and_counts_as_a_try(bureau: Bureau) -> None:
    opened = bureau.set_up()
    _, codes = bureau.with_totp(opened)
    recover = bureau.accounts.second_factor.recovery
    assert recover(bureau.sign_in().token, codes[0].upper().replace("-", " "), address=HERE).stage == "full"
    with pytest.raises(SignInError):
        recover(bureau.sign_in().token, codes[0], address=HERE)
    fresh = bureau.accounts.factors.new_recovery_codes(bureau.actor(opened))
    with pytest.raises(SignInError):
        recover(bureau.sign_in().token, codes[1], address=HERE)
    assert recover(bureau.sign_in().token, fresh[0], address=HERE).stage == "full"


def test_factors_are_changed_only_after_a_fresh_proof(bureau: Bureau) -> None:
    opened = bureau.set_up()
    bureau.clock.later(minutes=11)
    actor, factors = bureau.actor(opened), bureau.accounts.factors
    for act in (
        lambda: factors.begin_totp(actor),
        lambda: factors.confirm_totp(actor, "1"),
        lambda: factors.remove_totp(actor),
        lambda: factors.new_recovery_codes(actor),
        lambda: factors.passkey_options(actor),
        lambda: factors.add_passkey(actor, {}, name="x"),
        lambda: factors.remove_passkey(actor, "x"),
    ):
        with pytest.raises(PermissionDeniedError, match="confirm"):
            act()


def test_a_role_can_be_made_to_set_one_up(bureau: Bureau) -> None:
    admin = bureau.actor(bureau.set_up())
    people, sign_in = bureau.accounts.people, bureau.accounts.sign_in
    people.require_second_factor(admin, Role.ANALYST, required=True)
    assert people.second_factor_policy(admin)[Role.ANALYST]
    half = bureau.join(admin, "bob@example.com", Role.ANALYST)
    assert half.stage == "enrol-second-factor"
    assert sign_in.actor_of(half.token, address=HERE) is None
    with pytest.raises(PermissionDeniedError):
        sign_in.enrolled(half.token, address=HERE)
    bob = sign_in.half_open(half.token, address=HERE)
    assert bob is not None
    assert not any(bob.may(p) for p in Permission)
    made = bureau.accounts.factors.begin_totp(bob)
    bureau.accounts.factors.confirm_totp(bob, bureau.code(made.secret))
    full = sign_in.enrolled(half.token, address=HERE)
    with pytest.raises(PermissionDeniedError, match="demands"):
        bureau.accounts.factors.remove_totp(bureau.actor(full))
    people.require_second_factor(admin, Role.ANALYST, required=False)
    bureau.accounts.factors.remove_totp(bureau.actor(full))


def test_an_admin_removes_lost_factors(bureau: Bureau) -> None:
    admin = bureau.actor(bureau.set_up())
    bob = bureau.join(admin, "bob@example.com", Role.ANALYST)
    bureau.with_totp(bob)
    view = bureau.accounts.people.remove_factors(bureau.actor(bureau.sign_in()), bob.session.user_id)
    assert not view.has_totp
    assert bureau.sign_in("bob@example.com", "plum ferry lantern").stage == "full"


# ------------------------------------------------------------------ passkeys


@dataclass
class Authenticator:
    """A security key: ES256, no attestation."""

    origin: str = "http://localhost:8050"
    host: str = "localhost"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: os.urandom(32))
    count: int = 0

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _authenticator_data(self, flags: int) -> bytes:
        self.count += 1
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        numbers = self.key.public_key().public_numbers()
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        data = self._authenticator_data(0x45) + bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client_data("webauthn.create", options["challenge"])
        return self._answer(clientDataJSON=client, attestationObject=attestation)

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        client = self._client_data("webauthn.get", options["challenge"])
        data = self._authenticator_data(0x05)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature)

    def _answer(self, **parts: bytes) -> dict[str, Any]:
        name = bytes_to_base64url(self.id)
        response = {k: bytes_to_base64url(v) for k, v in parts.items()}
        return {"id": name, "rawId": name, "type": "public-key", "response": response}


def with_passkey(bureau: Bureau) -> tuple[Opened, Authenticator]:
    opened, key = bureau.set_up(), Authenticator()
    actor = bureau.actor(opened)
    codes = bureau.accounts.factors.add_passkey(
        actor, key.create(bureau.accounts.factors.passkey_options(actor)), name="Blue key"
    )
    assert len(codes) == 10
    return opened, key


def test_a_passkey_is_a_second_factor(bureau: Bureau) -> None:
    opened, key = with_passkey(bureau)
    half = bureau.sign_in()
    assert half.stage == "second-factor"
    options = bureau.accounts.second_factor.passkey_options(half.token)
    answer = key.get(options)
    full = bureau.accounts.second_factor.passkey(half.token, answer, address=HERE)
    assert full.stage == "full"
    (view,) = bureau.accounts.factors.passkeys(bureau.actor(full))
    assert (view.name, view.last_used_at) == ("Blue key", bureau.clock())
    again = bureau.sign_in()
    bureau.accounts.second_factor.passkey_options(again.token)
    with pytest.raises(SignInError, match="not accepted"):
        bureau.accounts.second_factor.passkey(again.token, answer, address=HERE)
    bureau.accounts.factors.remove_passkey(bureau.actor(opened), view.id)
    assert bureau.sign_in().stage == "full"


def test_a_passkey_of_another_site_or_person_or_challenge_is_refused(bureau: Bureau) -> None:
    _, key = with_passkey(bureau)
    second = bureau.accounts.second_factor
    for change in ({"origin": "https://evil.example"}, {"host": "evil.example"}, {"id": os.urandom(32)}):
        half = bureau.sign_in()
        other = Authenticator(**{"key": key.key, "id": key.id, "count": key.count, **change})
        with pytest.raises(SignInError):
            second.passkey(half.token, other.get(second.passkey_options(half.token)), address=HERE)
    half = bureau.sign_in()
    answer = key.get(second.passkey_options(half.token))
    assert second.passkey(half.token, answer, address=HERE).stage == "full"
    half = bureau.sign_in()
    with pytest.raises(SignInError):
        second.passkey(half.token, key.get({"challenge": bytes_to_base64url(b"x" * 64)}), address=HERE)
    for nonsense in ({}, {"id": 3}, {"id": bytes_to_base64url(key.id)}):
        second.passkey_options(half.token)
        with pytest.raises(SignInError):
            second.passkey(half.token, nonsense, address=HERE)


def test_a_passkey_that_was_not_asked_for_is_not_kept(bureau: Bureau) -> None:
    actor = bureau.actor(bureau.set_up())
    factors, key = bureau.accounts.factors, Authenticator()
    with pytest.raises(ConflictError, match="begin anew"):
        factors.add_passkey(actor, key.create({"challenge": "AAAA"}), name="x")
    factors.passkey_options(actor)
    with pytest.raises(ParameterError, match="no passkey for localhost"):
        factors.add_passkey(actor, key.create({"challenge": "AAAA"}), name="x")
    with pytest.raises(NotFoundError):
        factors.remove_passkey(actor, "none")


# ------------------------------------------------------------------ keys for programs


def test_a_key_stands_for_its_person_within_its_scopes(bureau: Bureau) -> None:
    admin = bureau.actor(bureau.set_up())
    keys = bureau.accounts.keys
    made = keys.make(admin, name="ci", scopes=("diagnose", "read"), expires_at=None)
    assert made.secret.startswith(f"palier_{made.key.prefix}_")
    actor = keys.actor_of(made.secret, address=THERE)
    assert (actor.kind, actor.may(Permission.DIAGNOSE), actor.may(Permission.ADMINISTER)) == ("key", True, False)
    with pytest.raises(PermissionDeniedError, match="scope 'administer'"):
        actor.require(Permission.ADMINISTER)
    with pytest.raises(SignInError, match="cannot make keys"):
        keys.make(actor, name="more", scopes=("read",), expires_at=None)
    bureau.clock.later(seconds=10)
    keys.actor_of(made.secret, address=THERE)
    assert bureau.actions().count("key.use") == 1
    keys.revoke(admin, made.key.id)
    with pytest.raises(SignInError):
        keys.actor_of(made.secret, address=THERE)


def test_a_key_expires_and_a_forged_one_is_nobody(bureau: Bureau) -> None:
    admin = bureau.actor(bureau.set_up())
    keys = bureau.accounts.keys
    made = keys.make(admin, name="ci", scopes=("read",), expires_at=bureau.clock() + timedelta(days=1))
    forged = made.secret[:-1] + ("A" if made.secret[-1] != "A" else "B")
    for raw in (forged, "palier_00000000_" + "x" * 43, "", "palier_x", made.secret + "x"):
        with pytest.raises(SignInError, match="not valid"):
            keys.actor_of(raw, address=HERE)
    bureau.clock.later(days=1)
    with pytest.raises(SignInError):
        keys.actor_of(made.secret, address=HERE)
    with pytest.raises(ParameterError, match="to come"):
        keys.make(admin, name="ci", scopes=("read",), expires_at=bureau.clock())
    for scopes in ((), ("everything",)):
        with pytest.raises(ParameterError, match="allowed are"):
            keys.make(admin, name="ci", scopes=scopes, expires_at=None)


def test_nobody_makes_keys_beyond_their_role_or_ends_those_of_others(bureau: Bureau) -> None:
    admin = bureau.actor(bureau.set_up())
    bob = bureau.actor(bureau.join(admin, "bob@example.com", Role.VIEWER))
    keys = bureau.accounts.keys
    with pytest.raises(PermissionDeniedError):
        keys.make(bob, name="x", scopes=("train",), expires_at=None)
    made = keys.make(admin, name="ci", scopes=("read",), expires_at=None)
    with pytest.raises(NotFoundError):
        keys.revoke(bob, made.key.id)
    mine = keys.make(bob, name="bob", scopes=("read",), expires_at=None)
    assert [k.name for k in keys.mine(bob)] == ["bob"]
    assert {k.owner_name for k in keys.all(admin)} == {"Ada", "Bob"}
    keys.revoke(admin, mine.key.id)
    with pytest.raises(PermissionDeniedError):
        keys.all(bob)
