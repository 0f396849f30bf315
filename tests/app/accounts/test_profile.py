"""What people change about themselves, what the audit log says of it, and what the database never holds."""

import sqlite3
from pathlib import Path

import pytest
from tests.app.accounts.reception import ADA, HOME, PASSWORD, Reception

from palier.adapters.db import SqlStore
from palier.app.audit_log import AuditLogService
from palier.app.roles import Actor, Role
from palier.errors import ConflictError, ParameterError, PermissionDeniedError, SignInError

NEW = "seven grey pelicans"


def test_name_language_and_colours(reception: Reception, ada: Actor) -> None:
    profile = reception.accounts.profile
    assert profile.change_name(ada, " Ada King ").name == "Ada King"
    assert profile.change_language(ada, "fr").language == "fr"
    assert profile.change_colour_scheme(ada, "dark").colour_scheme == "dark"
    view = profile.me(ada)
    assert (view.name, view.language, view.colour_scheme, view.role) == ("Ada King", "fr", "dark", Role.ADMIN)
    assert (view.has_password, view.has_totp, view.passkeys, view.recovery_codes_left) == (True, False, 0, 0)
    for act in (
        lambda: profile.change_name(ada, " "),
        lambda: profile.change_language(ada, "de"),
        lambda: profile.change_colour_scheme(ada, "pink"),
        lambda: profile.change_email(ada, "no address"),
    ):
        with pytest.raises(ParameterError, match=r"allowed|character"):
            act()


def test_the_address_to_sign_in_with(reception: Reception, ada: Actor) -> None:
    reception.join(ada, "grace")
    assert reception.accounts.profile.change_email(ada, " Countess@Example.com ").email == "countess@example.com"
    assert reception.sign_in("countess@example.com").session.user_id == ada.user_id
    with pytest.raises(SignInError):
        reception.sign_in(ADA)
    with pytest.raises(ConflictError):
        reception.accounts.profile.change_email(ada, "grace@example.com")


def test_the_password_changes_with_the_current_one_alone(reception: Reception, ada: Actor) -> None:
    profile = reception.accounts.profile
    with pytest.raises(SignInError, match="current password"):
        profile.change_password(ada, current="wrong", new=NEW)
    with pytest.raises(ParameterError, match="guessed"):
        profile.change_password(ada, current=PASSWORD, new="Ada-Example-26")
    profile.change_password(ada, current=PASSWORD, new=NEW)
    assert reception.sign_in(password=NEW).stage == "full"
    with pytest.raises(SignInError):
        reception.sign_in(password=PASSWORD)


def test_the_audit_log_tells_who_did_what_from_where(reception: Reception, ada: Actor) -> None:
    accounts = reception.accounts
    grace = reception.join(ada, "grace")
    accounts.people.set_role(ada, grace.user_id, Role.ENGINEER)
    accounts.people.require_second_factor(ada, Role.VIEWER, required=True)
    made = accounts.keys.make(ada, name="nightly", scopes=("read",), expires_at=None)
    accounts.keys.actor_of(made.secret, address="198.51.100.9")
    accounts.keys.revoke(ada, made.key.id)
    _secret, _codes = reception.enrol(ada)
    accounts.factors.new_recovery_codes(ada)
    accounts.factors.remove_totp(ada)
    accounts.profile.change_password(ada, current=PASSWORD, new=NEW)
    accounts.profile.change_email(ada, "countess@example.com")
    accounts.people.reset_link(ada, grace.user_id)
    accounts.people.disable(ada, grace.user_id)
    accounts.people.enable(ada, grace.user_id)
    with pytest.raises(SignInError):
        reception.sign_in("countess@example.com", "wrong", "203.0.113.9")
    log = AuditLogService(reception.store)
    entries = log.page(ada, limit=100)
    assert [e.action for e in reversed(entries)] == [
        "installation.set-up", "session.sign-in", "invitation.make", "invitation.accept", "session.sign-in",
        "user.role",
        "policy.second-factor", "key.make", "key.use", "key.revoke", "factor.totp-add", "factor.recovery-codes",
        "factor.totp-remove", "password.change", "profile.email", "password.reset-link", "user.disable", "user.enable",
        "session.refused",
    ]  # fmt: skip
    assert {e.address for e in entries} == {HOME, "198.51.100.9", "203.0.113.9"}
    used = next(e for e in entries if e.action == "key.use")
    assert (used.actor_name, used.details_json["key"]) == ("Ada", made.key.id)
    assert [e.action for e in log.page(ada, action="factor")] == [
        "factor.totp-remove", "factor.recovery-codes", "factor.totp-add"
    ]  # fmt: skip
    with pytest.raises(PermissionDeniedError):
        log.page(grace)


def test_no_secret_is_stored_in_clear(reception: Reception, sqlite_store: SqlStore, ada: Actor) -> None:
    accounts = reception.accounts
    totp, codes = reception.enrol(ada)
    opened = reception.sign_in()
    key = accounts.keys.make(ada, name="nightly", scopes=("read",), expires_at=None).secret
    invitation = accounts.people.invite(ada, email="grace@example.com", role=Role.VIEWER).partition("#")[2]
    reset = accounts.people.reset_link(ada, ada.user_id).partition("#")[2]
    accounts.links.request_reset(ADA, address=HOME)
    full = accounts.second_factor.totp(opened.token, reception.code(totp), address=HOME)
    path = Path(str(sqlite_store.engine.url.database))
    sqlite_store.close()
    connection = sqlite3.connect(path)
    dump = "\n".join(connection.iterdump())
    connection.close()
    stored = dump.encode() + b"".join(p.read_bytes() for p in path.parent.glob(path.name + "*"))
    assert ADA.encode() in stored, "the search would find what is there"
    key_secret = key.rpartition("_")[2] if "_" not in key[16:] else key[16:]
    plain = {"password": PASSWORD, "session": opened.token, "full session": full.token, "key": key,
             "its end": key_secret,
             "authenticator": totp, "invitation": invitation, "reset": reset,
             **{c: c for c in codes}, **{f"bare {c}": c.replace("-", "") for c in codes}}  # fmt: skip
    assert [name for name, secret in plain.items() if secret.encode() in stored] == []
    assert b"/reset#" not in stored
    assert b"/invitation#" not in stored
