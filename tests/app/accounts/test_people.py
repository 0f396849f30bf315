"""People of a workspace, as admins look after them."""

import pytest
from tests.app.accounts.reception import HOME, PASSWORD, Reception

from palier.app.roles import Actor, Role
from palier.errors import (
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    ProofNeededError,
    SignInError,
    TooManyAttemptsError,
)


def test_admins_see_everybody_of_their_workspace_and_nobody_else_does(reception: Reception, ada: Actor) -> None:
    grace = reception.join(ada, "grace", Role.ENGINEER)
    people = reception.accounts.people
    assert [(p.name, p.role) for p in people.all(ada)] == [("Ada", Role.ADMIN), ("Grace", Role.ENGINEER)]
    other = Actor("x", "Eve", "0" * 32, Role.ADMIN)
    assert people.all(other) == ()
    for act in (
        lambda a: people.all(a),
        lambda a: people.invite(a, email="eve@example.com", role=Role.ADMIN),
        lambda a: people.set_role(a, grace.user_id, Role.ADMIN),
        lambda a: people.disable(a, ada.user_id),
        lambda a: people.enable(a, ada.user_id),
        lambda a: people.reset_link(a, ada.user_id),
        lambda a: people.remove_factors(a, ada.user_id),
        lambda a: people.second_factor_policy(a),
        lambda a: people.require_second_factor(a, Role.ADMIN, required=True),
    ):
        with pytest.raises(PermissionDeniedError, match="needs the role admin"):
            act(grace)
    for act in (
        lambda: people.set_role(other, ada.user_id, Role.VIEWER),
        lambda: people.disable(other, ada.user_id),
        lambda: people.reset_link(other, ada.user_id),
    ):
        with pytest.raises(NotFoundError):
            act()


def test_a_role_counts_from_the_next_request_on(reception: Reception, ada: Actor) -> None:
    reception.join(ada, "grace")
    opened = reception.sign_in("grace@example.com")
    view = reception.accounts.people.set_role(ada, opened.session.user_id, Role.VIEWER)
    assert view.role is Role.VIEWER
    assert reception.actor(opened).role is Role.VIEWER
    (entry,) = [r for r in reception.rows("audit") if r.action == "user.role"]
    assert (entry.actor_name, entry.details_json) == ("Ada", {"before": "analyst", "after": "viewer"})


def test_the_last_admin_stays(reception: Reception, ada: Actor) -> None:
    people = reception.accounts.people
    grace = reception.join(ada, "grace", Role.ADMIN)
    people.disable(ada, grace.user_id)
    for act in (lambda: people.set_role(ada, ada.user_id, Role.ENGINEER), lambda: people.disable(ada, ada.user_id)):
        with pytest.raises(ConflictError, match="last admin"):
            act()
    people.enable(ada, grace.user_id)
    people.set_role(ada, ada.user_id, Role.ENGINEER)


def test_somebody_disabled_is_out_at_once_and_their_keys_with_them(reception: Reception, ada: Actor) -> None:
    grace = reception.join(ada, "grace")
    keys, people = reception.accounts.keys, reception.accounts.people
    key = keys.make(grace, name="nightly", scopes=("read",), expires_at=None).secret
    opened = reception.sign_in("grace@example.com")
    reset = people.reset_link(ada, grace.user_id).partition("#")[2]
    view = people.disable(ada, grace.user_id)
    assert view.disabled_at is not None
    assert reception.accounts.sign_in.actor_of(opened.token, address=HOME) is None
    with pytest.raises(SignInError):
        keys.actor_of(key, address=HOME)
    with pytest.raises(SignInError):
        reception.sign_in("grace@example.com")
    with pytest.raises(SignInError):
        reception.accounts.links.reset(reset, "seven grey pelicans", address=HOME)
    assert people.disable(ada, grace.user_id).disabled_at == view.disabled_at
    people.enable(ada, grace.user_id)
    assert reception.accounts.sign_in.actor_of(opened.token, address=HOME) is None
    assert reception.sign_in("grace@example.com").stage == "full"
    assert keys.actor_of(key, address=HOME).user_id == grace.user_id


def test_lost_factors_are_removed_by_an_admin_with_a_fresh_proof(reception: Reception, ada: Actor) -> None:
    grace = reception.join(ada, "grace")
    people = reception.accounts.people
    reception.enrol(grace)
    assert reception.sign_in("grace@example.com").stage == "second-factor"
    reception.later(minutes=11)
    stale = Actor(ada.user_id, "Ada", ada.workspace_id, Role.ADMIN)
    with pytest.raises(ProofNeededError):
        people.remove_factors(stale, grace.user_id)
    view = people.remove_factors(reception.actor(reception.sign_in()), grace.user_id)
    assert (view.has_totp, view.passkeys, view.recovery_codes_left) == (False, 0, 0)
    assert reception.sign_in("grace@example.com").stage == "full"
    assert "factor.reset" in reception.actions()


def test_a_role_that_must_have_a_factor_sets_it_up_first(reception: Reception, ada: Actor) -> None:
    grace = reception.join(ada, "grace")
    people, factors, sign_in = reception.accounts.people, reception.accounts.factors, reception.accounts.sign_in
    people.require_second_factor(ada, Role.ANALYST, required=True)
    assert people.second_factor_policy(ada) == {r: r is Role.ANALYST for r in Role}
    opened = reception.sign_in("grace@example.com")
    assert opened.stage == "enrol-second-factor"
    half = sign_in.half_open(opened.token, address=HOME)
    assert half is not None
    with pytest.raises(PermissionDeniedError):
        reception.accounts.keys.make(half, name="x", scopes=("read",), expires_at=None)
    shown = factors.begin_totp(half)
    with pytest.raises(SignInError):
        factors.confirm_totp(half, reception.wrong_code(shown.secret))
    assert factors.waiting_totp(half) == shown  # a code mistyped does not change what the authenticator was given
    factors.confirm_totp(half, reception.code(shown.secret))
    with pytest.raises(ConflictError):
        factors.waiting_totp(half)
    assert reception.actor(sign_in.enrolled(opened.token, address=HOME)).role is Role.ANALYST
    assert reception.sign_in().stage == "full"
    reception.later(minutes=11)
    assert sign_in.half_open(opened.token, address=HOME) is None
    assert grace.user_id == reception.user("grace@example.com").id


# ------------------------------------------------------------------ second factors and locks


def test_right_codes_do_not_forgive_wrong_ones(reception: Reception, ada: Actor) -> None:
    secret, _codes = reception.enrol(ada)
    prove = reception.accounts.second_factor.totp
    for n in range(5):
        with pytest.raises(SignInError):
            prove(reception.sign_in().token, reception.wrong_code(secret), address=f"198.51.100.{n}")
        if n == 3:
            assert prove(reception.sign_in().token, reception.code(secret), address=HOME).stage == "full"
            reception.later(seconds=30)
    with pytest.raises(TooManyAttemptsError) as late:
        prove(reception.sign_in().token, reception.code(secret), address=HOME)
    assert 0 < late.value.retry_after_s <= 900
    assert reception.actions().count("second-factor.refused") == 5


def test_whoever_knows_the_password_locks_nobody_out_for_good(reception: Reception, ada: Actor) -> None:
    grace = reception.join(ada, "grace", Role.ADMIN)
    secret, codes = reception.enrol(ada)
    second = reception.accounts.second_factor
    for _ in range(5):
        with pytest.raises(SignInError):
            second.totp(reception.sign_in(address="203.0.113.66").token, reception.wrong_code(secret), address="a")
    with pytest.raises(TooManyAttemptsError):
        second.recovery(reception.sign_in().token, codes[0], address=HOME)
    link = reception.accounts.people.reset_link(grace, ada.user_id)
    reception.accounts.links.reset(link.partition("#")[2], "seven grey pelicans", address=HOME)
    with pytest.raises(SignInError):
        reception.sign_in(password=PASSWORD, address="203.0.113.66")
    half = reception.sign_in(password="seven grey pelicans")
    assert half.stage == "second-factor", "a reset by link does not take the second factor away"
    assert second.totp(half.token, reception.code(secret), address=HOME).stage == "full"


def test_a_code_for_the_step_before_or_after_is_taken_and_no_further(reception: Reception, ada: Actor) -> None:
    secret, _codes = reception.enrol(ada)
    reception.later(minutes=5)
    prove = reception.accounts.second_factor.totp
    for steps in (-2, 2):
        with pytest.raises(SignInError):
            prove(reception.sign_in().token, reception.code(secret, steps), address=HOME)
    assert prove(reception.sign_in().token, reception.code(secret, -1), address=HOME).stage == "full"
    assert prove(reception.sign_in().token, reception.code(secret, 1), address=HOME).stage == "full"
    with pytest.raises(SignInError):
        prove(reception.sign_in().token, reception.code(secret), address=HOME)  # older than one that was accepted


def test_a_full_or_foreign_session_proves_nothing(reception: Reception, ada: Actor) -> None:
    secret, codes = reception.enrol(ada)
    second = reception.accounts.second_factor
    full = second.totp(reception.sign_in().token, reception.code(secret), address=HOME)
    reception.later(seconds=30)
    for token in (full.token, "", "forged"):
        for act in (
            lambda t: second.totp(t, reception.code(secret), address=HOME),
            lambda t: second.recovery(t, codes[0], address=HOME),
            lambda t: second.passkey_options(t),
            lambda t: second.passkey(t, {}, address=HOME),
        ):
            with pytest.raises(SignInError, match="sign in again"):
                act(token)
    half = reception.sign_in()
    reception.later(minutes=11)
    with pytest.raises(SignInError, match="over"):
        second.totp(half.token, reception.code(secret), address=HOME)
