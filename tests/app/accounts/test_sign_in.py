"""From a password to a session, and who is kept waiting."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event
from tests.app.accounts.reception import ADA, HOME, PASSWORD, Reception

from palier.app.accounts import Opened
from palier.app.accounts.attempts import network_of
from palier.app.entities import Membership
from palier.app.identity import new_id
from palier.app.roles import Actor, Role
from palier.errors import SignInError, TooManyAttemptsError

WRONG = "a wrong password"


@contextmanager
def statements(reception: Reception) -> Iterator[list[str]]:
    """Collect the SQL that is run."""
    ran: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        ran.append(statement)

    event.listen(reception.store.engine, "before_cursor_execute", note)
    try:
        yield ran
    finally:
        event.remove(reception.store.engine, "before_cursor_execute", note)


def fails(reception: Reception, times: int, *, email: str = ADA, address: str = HOME) -> None:
    for _ in range(times):
        with pytest.raises(SignInError):
            reception.sign_in(email, WRONG, address)


def wait_s(reception: Reception, *, email: str = ADA, address: str = HOME, password: str = PASSWORD) -> float:
    """Return how long a sign-in is kept waiting; 0 where it works."""
    try:
        reception.sign_in(email, password, address)
    except TooManyAttemptsError as error:
        return error.retry_after_s
    return 0.0


# ------------------------------------------------------------------ right and wrong


def test_the_right_password_opens_a_session_of_which_only_the_digest_is_kept(reception: Reception, ada: Actor) -> None:
    opened = reception.sign_in(" Ada@Example.com", PASSWORD)
    assert (opened.stage, opened.session.user_id) == ("full", ada.user_id)
    assert opened.token not in str(reception.rows("sessions"))
    actor = reception.actor(opened, "198.51.100.9")
    assert (actor.role, actor.address, actor.recently_authenticated) == (Role.ADMIN, "198.51.100.9", True)
    assert reception.actions()[-1] == "session.sign-in"


def test_unknown_wrong_and_disabled_are_told_the_same_after_the_same_work(reception: Reception, ada: Actor) -> None:
    grace = reception.join(ada, "grace")
    reception.accounts.people.disable(ada, grace.user_id)
    said, compared, ran = set(), [], []
    for email, password in (
        (ADA, WRONG), ("nobody@example.com", WRONG), ("grace@example.com", PASSWORD), ("", ""), ("\0", "\0"),
    ):  # fmt: skip
        reception.hasher.compared.clear()
        with statements(reception) as these, pytest.raises(SignInError) as refused:
            reception.sign_in(email, password, "203.0.113.1")
        said.add(str(refused.value))
        compared.append(len(reception.hasher.compared))
        ran.append([s.split("FROM")[0] for s in these])
    assert said == {"the e-mail address or the password is not right"}
    assert compared == [1] * 5
    assert all(these == ran[0] for these in ran)
    assert "nobody@example.com" not in str(reception.rows("audit"))


def test_a_password_is_right_however_its_letters_were_typed(reception: Reception, ada: Actor) -> None:
    profile = reception.accounts.profile
    profile.change_password(ada, current=PASSWORD, new="\u00e9t\u00e9 \u00e0 la montagne")
    opened = reception.sign_in(password="e\u0301te\u0301 a\u0300 la montagne")
    confirmed = reception.accounts.sign_in.confirm_password(
        opened.token, "e\u0301te\u0301 a\u0300 la montagne", address=HOME
    )
    profile.change_password(reception.actor(confirmed), current="e\u0301t\u00e9 a\u0300 la montagne", new=PASSWORD)


def test_a_hash_with_old_parameters_is_renewed(reception: Reception, ada: Actor) -> None:
    reception.hasher.generation = 2
    fails(reception, 1)
    assert str(reception.user().password_hash).startswith("1$")
    reception.sign_in()
    assert str(reception.user().password_hash).startswith("2$")
    assert reception.sign_in().stage == "full"


def test_somebody_of_no_workspace_is_told_so_after_the_right_password_only(reception: Reception, ada: Actor) -> None:
    reception.join(ada, "grace")
    with reception.store.writing() as t:
        t.memberships.remove(user_id=reception.user("grace@example.com").id)
    with pytest.raises(SignInError, match="or the password is not right"):
        reception.sign_in("grace@example.com", WRONG)
    with pytest.raises(SignInError, match="no workspace"):
        reception.sign_in("grace@example.com")


# ------------------------------------------------------------------ delays


def test_the_delay_grows_and_ends(reception: Reception, ada: Actor) -> None:
    fails(reception, 5)
    waits = []
    for _ in range(10):
        waits.append(wait_s(reception))
        reception.later(seconds=waits[-1])
        fails(reception, 1)
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 0]  # the first failures are older than the window by then


def test_while_one_waits_nothing_is_compared_nor_counted(reception: Reception, ada: Actor) -> None:
    fails(reception, 5)
    reception.hasher.compared.clear()
    before = reception.rows("attempts")
    assert wait_s(reception, password=WRONG) == wait_s(reception) == 2
    assert (reception.hasher.compared, reception.rows("attempts")) == ([], before)


def test_a_right_password_forgives_what_was_mistyped_here(reception: Reception, ada: Actor) -> None:
    fails(reception, 4)
    assert wait_s(reception) == 0
    fails(reception, 5)
    assert wait_s(reception) == 2


def test_unknown_addresses_are_delayed_alike(reception: Reception, ada: Actor) -> None:
    fails(reception, 5)
    fails(reception, 5, email="nobody@example.com")
    assert wait_s(reception) == wait_s(reception, email="nobody@example.com") == 2


def test_one_address_that_tries_everybody_waits(reception: Reception, ada: Actor) -> None:
    for n in range(30):
        fails(reception, 1, email=f"person{n}@example.com", address="203.0.113.5")
    assert wait_s(reception, address="203.0.113.5") == 1
    for n in range(4):
        reception.later(seconds=2.0**n)
        fails(reception, 1, email=f"more{n}@example.com", address="203.0.113.5")
    assert wait_s(reception, address="203.0.113.5") == 16
    assert wait_s(reception) == 0


def test_addresses_of_one_network_count_together(reception: Reception, ada: Actor) -> None:
    for n in range(30):
        fails(reception, 1, email=f"person{n}@example.com", address=f"2001:db8:7:8::{n:x}")
    assert wait_s(reception, address="2001:db8:7:8:ffff::1") == 1
    assert wait_s(reception, address="2001:db8:7:9::1") == 0
    assert [network_of(a) for a in ("", "unix", "fe80::1%eth0")] == ["", "unix", "fe80::"]


# ------------------------------------------------------------------ nobody locks anybody out for good


def test_an_attack_from_everywhere_does_not_stop_the_person_at_home(reception: Reception, ada: Actor) -> None:
    longest = 0.0
    for n in range(120):  # an hour, every 30 s, each time from an address of its own
        address = f"198.51.{n}.1"
        try:
            reception.sign_in(ADA, WRONG, address)
        except TooManyAttemptsError as error:
            longest = max(longest, error.retry_after_s)
        except SignInError:
            pass
        if n % 20 == 0:
            assert wait_s(reception) == 0
        reception.later(seconds=30 if n > 40 else 1)
    assert 0 < longest <= 30
    wait = wait_s(reception, address="203.0.113.77")  # on a journey, in the middle of it
    assert wait <= 30
    reception.later(seconds=wait)
    assert wait_s(reception, address="203.0.113.77") == 0


def test_a_colleague_behind_the_same_address_delays_by_half_a_minute_at_most(reception: Reception, ada: Actor) -> None:
    for n in range(36):
        reception.later(seconds=0 if n < 30 else 2.0 ** (n - 30))
        fails(reception, 1, email=f"person{n}@example.com")
    assert wait_s(reception, email="other@example.com") == 64
    assert wait_s(reception) == 30
    reception.later(seconds=30)
    assert wait_s(reception) == 0


def test_a_reset_link_clears_what_was_counted(reception: Reception, ada: Actor) -> None:
    grace = reception.join(ada, "grace")
    fails(reception, 5, email="grace@example.com")
    for n in range(15):
        fails(reception, 1, email="grace@example.com", address=f"198.51.{n}.1")
    assert wait_s(reception, email="grace@example.com") > 0
    assert wait_s(reception, email="grace@example.com", address="203.0.113.1") > 0
    reception.accounts.people.reset_link(ada, grace.user_id)
    assert wait_s(reception, email="grace@example.com") == 0
    assert wait_s(reception, email="grace@example.com", address="203.0.113.1") == 0


def test_a_lock_is_over_after_the_window_whoever_made_it(reception: Reception, ada: Actor) -> None:
    for n in range(60):
        try:
            reception.sign_in(ADA, WRONG, HOME)
        except TooManyAttemptsError as error:
            reception.later(seconds=error.retry_after_s)
            if n > 12:
                break
        except SignInError:
            pass
    reception.later(minutes=15)
    assert wait_s(reception) == 0


# ------------------------------------------------------------------ workspaces


def second_workspace(reception: Reception, ada: Actor, role: Role) -> str:
    from palier.app.entities import Workspace

    now = reception.clock()
    place = Workspace(new_id(now), "Quarry", now)
    with reception.store.writing() as t:
        t.workspaces.add(place)
        t.memberships.add(Membership(new_id(now), place.id, ada.user_id, role, now))
    return place.id


def test_another_workspace_is_opened_with_a_new_session(reception: Reception, ada: Actor) -> None:
    quarry = second_workspace(reception, ada, Role.VIEWER)
    opened = reception.sign_in()
    moved = reception.accounts.sign_in.switch_workspace(opened.token, quarry, address=HOME)
    assert reception.accounts.sign_in.actor_of(opened.token, address=HOME) is None
    actor = reception.actor(moved)
    assert (actor.workspace_id, actor.role) == (quarry, Role.VIEWER)
    assert moved.session.expires_at == opened.session.expires_at
    with pytest.raises(SignInError):
        reception.accounts.sign_in.switch_workspace(opened.token, quarry, address=HOME)


def test_a_workspace_that_demands_a_factor_asks_for_a_fresh_proof_first(reception: Reception, ada: Actor) -> None:
    from palier.app.entities import RolePolicy
    from palier.errors import PermissionDeniedError, ProofNeededError

    sign_in = reception.accounts.sign_in
    quarry = second_workspace(reception, ada, Role.ADMIN)
    with reception.store.writing() as t:
        t.role_policies.add(RolePolicy(new_id(reception.clock()), quarry, Role.ADMIN, True))
    opened = reception.sign_in()
    with pytest.raises(PermissionDeniedError, match="do not belong"):
        sign_in.switch_workspace(opened.token, "0" * 32, address=HOME)
    reception.later(minutes=11)
    with pytest.raises(ProofNeededError, match="confirm your password"):
        sign_in.switch_workspace(opened.token, quarry, address=HOME)
    opened = sign_in.confirm_password(opened.token, PASSWORD, address=HOME)
    moved: Opened = sign_in.switch_workspace(opened.token, quarry, address=HOME)
    assert moved.stage == "enrol-second-factor"
    assert sign_in.actor_of(moved.token, address=HOME) is None
    assert moved.session.expires_at - moved.session.created_at <= timedelta(hours=12)
