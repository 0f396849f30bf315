"""Signing in: set-up, passwords, sessions, and who is slowed down by whose mistakes."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.app.accounts.bureau import HERE, PASSWORD, THERE, Bureau

from palier.adapters.cipher import FernetCipher
from palier.adapters.db import SqlStore
from palier.app.accounts.passwords import check_password
from palier.app.roles import Role
from palier.errors import (
    ConflictError,
    ParameterError,
    PermissionDeniedError,
    SignInError,
    TooManyAttemptsError,
)


@pytest.fixture
def bureau(sqlite_store: SqlStore) -> Bureau:
    return Bureau(sqlite_store)


def test_the_set_up_link_works_once_and_for_an_hour(bureau: Bureau) -> None:
    links = bureau.accounts.links
    old, new = links.set_up_token(), links.set_up_token()
    assert old is not None
    assert new is not None
    fields = {"name": "Ada", "email": "ada@example.com", "password": PASSWORD, "workspace": "Mill", "address": HERE,
              "user_agent": ""}  # fmt: skip
    with pytest.raises(SignInError, match="has been used"):
        links.set_up(old, **fields)
    bureau.clock.later(minutes=61)
    with pytest.raises(SignInError, match="too old"):
        links.set_up(new, **fields)
    opened = bureau.set_up()
    assert bureau.actor(opened).role is Role.ADMIN
    assert links.set_up_token() is None
    assert set(bureau.actions()) == {"installation.set-up", "session.sign-in"}


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "x" * 129,
        "password1234",
        "qwertyuiop12",
        "111111111111",
        "ada ada ada ada",
        "Palier2026!!",
        "P@ssw0rdP@ssw0rd",
    ],
)
def test_passwords_that_are_guessed_first_are_refused(password: str) -> None:
    with pytest.raises(ParameterError):
        check_password(password, about=("Ada Lovelace", "ada@example.com"))


@pytest.mark.parametrize("password", [PASSWORD, "Xk92-plum-ferry", "été chaud à la mer", "x y z 1 2 3 a b c d lamp"])
def test_long_passwords_of_any_composition_are_taken(password: str) -> None:
    assert check_password(password) == password


def test_right_and_wrong_and_unknown_cost_the_same_and_say_the_same(bureau: Bureau) -> None:
    bureau.set_up()
    said = set()
    for email, password in (("ada@example.com", "wrong"), ("nobody@example.com", PASSWORD), ("", "")):
        before = bureau.hasher.verified
        with pytest.raises(SignInError) as caught:
            bureau.sign_in(email, password)
        said.add(str(caught.value))
        assert bureau.hasher.verified == before + 1
    assert len(said) == 1
    opened = bureau.sign_in(" ADA@example.com ")
    assert (opened.stage, opened.session.user_agent) == ("full", "browser")
    assert "session.refused" in bureau.actions()


def test_an_old_hash_is_made_anew(bureau: Bureau) -> None:
    bureau.set_up()
    with bureau.store.writing() as t:
        (user,) = t.users.all()
        t.users.put(replace(user, password_hash="old " + (user.password_hash or "")))
    bureau.sign_in()
    with bureau.store.reading() as t:
        assert not bureau.hasher.outdated(t.users.all()[0].password_hash or "")


def test_failures_slow_down_more_and_more_and_end_by_themselves(bureau: Bureau) -> None:
    bureau.set_up()
    for _ in range(5):
        with pytest.raises(SignInError):
            bureau.sign_in(password="wrong")
    waits = []
    for _ in range(4):
        with pytest.raises(TooManyAttemptsError) as caught:
            bureau.sign_in()
        waits.append(caught.value.retry_after_s)
        bureau.clock.later(seconds=caught.value.retry_after_s)
        with pytest.raises(SignInError):
            bureau.sign_in(password="wrong")
    assert waits == [2, 4, 8, 16]
    bureau.clock.later(minutes=15)
    assert bureau.sign_in().stage == "full"
    assert bureau.sign_in().stage == "full"


def test_nobody_locks_another_person_out(bureau: Bureau) -> None:
    """An attack from many addresses slows strange addresses down by half a minute at most, known ones not at all."""
    bureau.set_up()
    for i in range(60):
        bureau.clock.later(seconds=31)
        with pytest.raises(SignInError):
            bureau.sign_in(password="wrong", address=f"203.0.113.{i}")
    with pytest.raises(TooManyAttemptsError) as caught:
        bureau.sign_in(address=THERE)
    assert caught.value.retry_after_s <= 30
    assert bureau.sign_in(address=HERE).stage == "full"
    bureau.clock.later(seconds=31)
    assert bureau.sign_in(address=THERE).stage == "full"


def test_many_at_once_try_no_more_than_one_after_the_other(bureau: Bureau) -> None:
    import threading

    bureau.set_up()
    results: list[str] = []

    def attempt() -> None:
        try:
            bureau.sign_in(password="wrong")
        except (SignInError, TooManyAttemptsError) as error:
            results.append(type(error).__name__)

    threads = [threading.Thread(target=attempt) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count("SignInError") == 5


def test_a_session_ends_when_idle_and_absolutely(bureau: Bureau) -> None:
    sign_in = bureau.accounts.sign_in
    opened = bureau.set_up()
    for _ in range(24):
        bureau.clock.later(minutes=29)
        bureau.actor(opened)
    bureau.clock.later(minutes=25)
    assert sign_in.actor_of(opened.token, address=HERE) is None
    other = bureau.sign_in()
    bureau.clock.later(minutes=31)
    assert sign_in.actor_of(other.token, address=HERE) is None
    assert sign_in.stage_of(other.token) is None


def test_a_forged_or_signed_out_session_is_nobody(bureau: Bureau) -> None:
    sign_in = bureau.accounts.sign_in
    opened = bureau.set_up()
    assert sign_in.actor_of("x" * 43, address=HERE) is None
    assert sign_in.actor_of(opened.session.id, address=HERE) is None, "the digest opens nothing"
    sign_in.sign_out(opened.token)
    assert sign_in.actor_of(opened.token, address=HERE) is None
    sign_in.sign_out(opened.token)


def test_a_fresh_proof_gives_a_new_session(bureau: Bureau) -> None:
    opened = bureau.set_up()
    bureau.clock.later(minutes=11)
    stale = bureau.actor(opened)
    with pytest.raises(PermissionDeniedError, match="confirm"):
        bureau.accounts.profile.change_email(stale, "new@example.com")
    with pytest.raises(SignInError):
        bureau.accounts.sign_in.confirm_password(opened.token, "wrong", address=HERE)
    fresh = bureau.accounts.sign_in.confirm_password(opened.token, PASSWORD, address=HERE)
    assert bureau.accounts.sign_in.actor_of(opened.token, address=HERE) is None
    assert bureau.accounts.profile.change_email(bureau.actor(fresh), "new@example.com").email == "new@example.com"
    assert bureau.sign_in("new@example.com").stage == "full"


def test_sessions_are_seen_and_ended(bureau: Bureau) -> None:
    bureau.set_up()
    first, second = bureau.sign_in(), bureau.sign_in(address=THERE)
    actor = bureau.actor(first)
    views = bureau.accounts.sessions.mine(actor)
    assert [v.current for v in views].count(True) == 1
    bureau.accounts.sessions.revoke(actor, second.session.id)
    assert bureau.accounts.sign_in.actor_of(second.token, address=THERE) is None
    bureau.sign_in()
    assert bureau.accounts.sessions.revoke_others(actor) == 2
    assert len(bureau.accounts.sessions.mine(actor)) == 1


def test_a_new_password_ends_every_other_session(bureau: Bureau) -> None:
    opened = bureau.set_up()
    other = bureau.sign_in(address=THERE)
    actor = bureau.actor(opened)
    with pytest.raises(SignInError, match="current"):
        bureau.accounts.profile.change_password(actor, current="wrong", new="plum ferry lantern")
    bureau.accounts.profile.change_password(actor, current=PASSWORD, new="plum ferry lantern")
    assert bureau.accounts.sign_in.actor_of(other.token, address=THERE) is None
    bureau.actor(opened)
    with pytest.raises(SignInError):
        bureau.sign_in()
    assert bureau.sign_in(password="plum ferry lantern").stage == "full"


def test_a_profile_is_changed(bureau: Bureau) -> None:
    actor = bureau.actor(bureau.set_up())
    profile = bureau.accounts.profile
    assert profile.change_name(actor, " Ada L. ").name == "Ada L."
    assert profile.change_language(actor, "fr").language == "fr"
    assert profile.change_colour_scheme(actor, "dark").colour_scheme == "dark"
    for change, value in (
        (profile.change_language, "xx"),
        (profile.change_colour_scheme, "pink"),
        (profile.change_name, ""),
    ):
        with pytest.raises(ParameterError):
            change(actor, value)
    for email in ("nobody", "@x", "a@", "a b@example.com", "a@b..c"):
        with pytest.raises(ParameterError):
            profile.change_email(actor, email)


def test_nothing_secret_is_kept_in_clear(bureau: Bureau, tmp_path: Path) -> None:
    opened = bureau.set_up()
    secret, codes = bureau.with_totp(opened)
    key = bureau.accounts.keys.make(bureau.actor(opened), name="ci", scopes=("read",), expires_at=None)
    link = bureau.accounts.people.invite(bureau.actor(opened), email="bob@example.com", role=Role.VIEWER)
    bureau.store.close()
    stored = b"".join(p.read_bytes() for p in tmp_path.glob("palier.sqlite3*"))
    for clear in (PASSWORD, opened.token, secret, key.secret, codes[0], link.partition("#")[2]):
        assert clear.encode() not in stored


def test_workspaces_are_switched(bureau: Bureau) -> None:
    from palier.app.entities import Membership, Workspace
    from palier.app.identity import new_id

    opened = bureau.set_up()
    now = bureau.clock()
    other = Workspace(new_id(now), "Other", now)
    with bureau.store.writing() as t:
        t.workspaces.add(other)
    with pytest.raises(PermissionDeniedError, match="do not belong"):
        bureau.accounts.sign_in.switch_workspace(opened.token, other.id, address=HERE)
    with bureau.store.writing() as t:
        t.memberships.add(Membership(new_id(now), other.id, opened.session.user_id, Role.VIEWER, now))
    moved = bureau.accounts.sign_in.switch_workspace(opened.token, other.id, address=HERE)
    assert (bureau.actor(moved).workspace_id, bureau.actor(moved).role) == (other.id, Role.VIEWER)


def test_people_come_go_and_change(bureau: Bureau) -> None:
    admin = bureau.actor(bureau.set_up())
    people = bureau.accounts.people
    opened = bureau.join(admin, "bob@example.com", Role.ANALYST)
    bob = bureau.actor(opened)
    assert [v.name for v in people.all(admin)] == ["Ada", "Bob"]
    with pytest.raises(PermissionDeniedError):
        people.all(bob)
    with pytest.raises(ConflictError, match="belongs to this workspace already"):
        people.invite(admin, email="bob@example.com", role=Role.VIEWER)
    assert people.set_role(admin, bob.user_id, Role.ENGINEER).role is Role.ENGINEER
    assert bureau.actor(opened).role is Role.ENGINEER
    key = bureau.accounts.keys.make(bureau.actor(opened), name="ci", scopes=("read",), expires_at=None)
    people.disable(admin, bob.user_id)
    assert bureau.accounts.sign_in.actor_of(opened.token, address=HERE) is None
    with pytest.raises(SignInError):
        bureau.accounts.keys.actor_of(key.secret, address=HERE)
    with pytest.raises(SignInError):
        bureau.sign_in("bob@example.com", "plum ferry lantern")
    people.enable(admin, bob.user_id)
    bureau.clock.later(minutes=15)
    assert bureau.sign_in("bob@example.com", "plum ferry lantern").stage == "full"
    for act in (
        lambda: people.disable(admin, admin.user_id),
        lambda: people.set_role(admin, admin.user_id, Role.VIEWER),
    ):
        with pytest.raises(ConflictError, match="last admin"):
            act()


def test_somebody_with_an_account_joins_with_its_password(bureau: Bureau) -> None:
    from palier.app.entities import Workspace
    from palier.app.identity import new_id

    admin = bureau.actor(bureau.set_up())
    bureau.join(admin, "bob@example.com", Role.ANALYST)
    now = bureau.clock()
    other = Workspace(new_id(now), "Other", now)
    with bureau.store.writing() as t:
        t.workspaces.add(other)
    link = bureau.accounts.people.invite(
        replace(admin, workspace_id=other.id), email="bob@example.com", role=Role.VIEWER
    )
    token = link.partition("#")[2]
    fields = {"name": "", "address": HERE, "user_agent": ""}
    with pytest.raises(SignInError, match="not its password"):
        bureau.accounts.links.accept_invitation(token, password="another long one", **fields)
    bureau.accounts.links.accept_invitation(token, password="plum ferry lantern", **fields)
    with pytest.raises(SignInError, match="has been used"):
        bureau.accounts.links.accept_invitation(token, password="plum ferry lantern", **fields)


def test_a_reset_link_works_once_ends_sessions_and_forgives(bureau: Bureau) -> None:
    opened = bureau.set_up()
    admin = bureau.actor(opened)
    for _ in range(5):
        with pytest.raises(SignInError):
            bureau.sign_in(password="wrong", address=THERE)
    with pytest.raises(TooManyAttemptsError):
        bureau.sign_in(address=THERE)
    token = bureau.accounts.people.reset_link(admin, admin.user_id).partition("#")[2]
    with pytest.raises(ParameterError):
        bureau.accounts.links.reset(token, "short", address=HERE)
    bureau.accounts.links.reset(token, "plum ferry lantern", address=HERE)
    assert bureau.accounts.sign_in.actor_of(opened.token, address=HERE) is None
    assert bureau.sign_in(password="plum ferry lantern", address=THERE).stage == "full"
    with pytest.raises(SignInError, match="has been used"):
        bureau.accounts.links.reset(token, "another long one here", address=HERE)


def test_a_forgotten_password_is_mailed_and_nothing_is_said_of_who_exists(bureau: Bureau) -> None:
    bureau.set_up()
    for email in ("ada@example.com", "nobody@example.com"):
        bureau.accounts.links.request_reset(email, address=HERE)
    with bureau.store.reading() as t:
        (message,) = t.outbox.all()
    assert (message.recipient, message.template) == ("ada@example.com", "password_reset")
    assert [j.kind for j in bureau.hints.sent] == ["deliver_notification"]
    for _ in range(10):
        bureau.accounts.links.request_reset("ada@example.com", address=HERE)
    with bureau.store.reading() as t:
        assert t.outbox.count() <= 5
    link = FernetCipher(("k" * 40,)).open(str(message.payload_json["link"]))
    token = link.partition("#")[2]
    bureau.accounts.links.reset(token, "plum ferry lantern", address=HERE)


def test_without_mail_nothing_is_sent(sqlite_store: SqlStore) -> None:
    bureau = Bureau(sqlite_store, mail=False)
    bureau.set_up()
    bureau.accounts.links.request_reset("ada@example.com", address=HERE)
    with bureau.store.reading() as t:
        assert t.outbox.count() == 0
