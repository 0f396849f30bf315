"""Sessions: how long they last, how they end, and what a fresh proof is for."""

from datetime import timedelta

import pytest
from tests.app.accounts.reception import HOME, PASSWORD, Reception

from palier.app.roles import Actor
from palier.errors import NotFoundError, ProofNeededError, SignInError, TooManyAttemptsError


def alive(reception: Reception, token: str) -> bool:
    return reception.accounts.sign_in.actor_of(token, address=HOME) is not None


def test_a_session_ends_when_it_is_not_used(reception: Reception, ada: Actor) -> None:
    opened = reception.sign_in()
    for _ in range(4):
        reception.later(minutes=29)
        assert alive(reception, opened.token)
    reception.later(minutes=31)
    assert not alive(reception, opened.token)
    assert reception.accounts.sign_in.stage_of(opened.token) is None


def test_a_session_ends_after_twelve_hours_however_much_it_is_used(reception: Reception, ada: Actor) -> None:
    opened = reception.sign_in()
    for _ in range(28):
        reception.later(minutes=25)
        assert alive(reception, opened.token)
    confirmed = reception.accounts.sign_in.confirm_password(opened.token, PASSWORD, address=HOME)
    assert confirmed.session.expires_at == opened.session.expires_at
    reception.later(minutes=25)
    assert not alive(reception, confirmed.token)


def test_it_is_noted_at_most_once_a_minute_that_a_session_was_used(reception: Reception, ada: Actor) -> None:
    opened = reception.sign_in()

    def seen() -> object:
        return next(s.last_seen_at for s in reception.rows("sessions") if s.id == opened.session.id)

    first = seen()
    reception.later(seconds=50)
    assert alive(reception, opened.token)
    assert seen() == first
    reception.later(seconds=20)
    assert alive(reception, opened.token)
    assert seen() != first


@pytest.mark.parametrize("token", ["", "forged", "x" * 43, "é\udcff"])
def test_a_forged_token_opens_nothing(reception: Reception, ada: Actor, token: str) -> None:
    assert not alive(reception, token)
    assert reception.accounts.sign_in.stage_of(token) is None
    reception.accounts.sign_in.sign_out(token)
    with pytest.raises(SignInError, match="sign in again"):
        reception.accounts.sign_in.confirm_password(token, PASSWORD, address=HOME)


def test_the_digest_that_people_see_of_a_session_opens_nothing(reception: Reception, ada: Actor) -> None:
    (view,) = reception.accounts.sessions.mine(ada)
    assert view.current
    assert not alive(reception, view.id)


def test_signing_out_ends_it_at_once(reception: Reception, ada: Actor) -> None:
    opened = reception.sign_in()
    reception.accounts.sign_in.sign_out(opened.token)
    reception.accounts.sign_in.sign_out(opened.token)
    assert not alive(reception, opened.token)
    assert reception.actions().count("session.sign-out") == 1
    assert len(reception.accounts.sessions.mine(ada)) == 1


def test_a_fresh_proof_gives_the_session_a_new_id(reception: Reception, ada: Actor) -> None:
    opened = reception.sign_in()
    reception.later(minutes=11)
    stale = reception.actor(opened)
    assert not stale.recently_authenticated
    with pytest.raises(ProofNeededError, match="confirm your password"):
        reception.accounts.factors.begin_totp(stale)
    with pytest.raises(ProofNeededError):
        reception.accounts.profile.change_email(stale, "new@example.com")
    with pytest.raises(SignInError):
        reception.accounts.sign_in.confirm_password(opened.token, "wrong", address=HOME)
    confirmed = reception.accounts.sign_in.confirm_password(opened.token, PASSWORD, address=HOME)
    assert confirmed.token != opened.token
    assert not alive(reception, opened.token)
    assert reception.actor(confirmed).recently_authenticated
    assert reception.actions()[-2:] == ["session.refused", "session.confirm"]


def test_guessing_from_a_session_left_open_is_slowed_down(reception: Reception, ada: Actor) -> None:
    opened = reception.sign_in()
    for _ in range(5):
        with pytest.raises(SignInError):
            reception.accounts.sign_in.confirm_password(opened.token, "wrong", address=HOME)
    with pytest.raises(TooManyAttemptsError):
        reception.accounts.sign_in.confirm_password(opened.token, PASSWORD, address=HOME)
    actor = reception.actor(opened)
    with pytest.raises(TooManyAttemptsError):
        reception.accounts.profile.change_password(actor, current=PASSWORD, new="seven grey pelicans")


def test_people_see_and_end_their_own_sessions_alone(reception: Reception, ada: Actor) -> None:
    sessions = reception.accounts.sessions
    grace = reception.join(ada, "grace")
    phone, laptop = reception.sign_in(address="198.51.100.1"), reception.sign_in()
    reception.later(seconds=61)
    here = reception.actor(laptop)
    views = sessions.mine(here)
    assert [v.current for v in views] == [True, False, False]
    assert {v.address for v in views} == {HOME, "198.51.100.1"}
    (of_grace,) = sessions.mine(grace)
    with pytest.raises(NotFoundError):
        sessions.revoke(here, of_grace.id)
    sessions.revoke(here, phone.session.id)
    assert not alive(reception, phone.token)
    with pytest.raises(NotFoundError):
        sessions.revoke(here, phone.session.id)
    assert sessions.revoke_others(here) == 1
    assert [v.current for v in sessions.mine(here)] == [True]
    assert len(sessions.mine(grace)) == 1
    assert {"session.revoke", "session.revoke-others"} <= set(reception.actions())


def test_other_sessions_end_with_the_password(reception: Reception, ada: Actor) -> None:
    phone, laptop = reception.sign_in(), reception.sign_in()
    reception.accounts.profile.change_password(reception.actor(laptop), current=PASSWORD, new="seven grey pelicans")
    assert alive(reception, laptop.token)
    assert not alive(reception, phone.token)


def test_a_clock_that_jumps_ends_sessions_and_lengthens_none(reception: Reception, ada: Actor) -> None:
    opened = reception.sign_in()
    reception.later(hours=-3)
    assert alive(reception, opened.token)
    reception.later(hours=16)
    assert not alive(reception, opened.token)
    assert opened.session.expires_at - opened.session.created_at == timedelta(hours=12)
