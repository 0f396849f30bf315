"""Links that do one thing once."""

import pytest
from tests.app.accounts.reception import ADA, HOME, KEY, PASSWORD, URL, Reception

from palier.adapters.cipher import FernetCipher
from palier.app.roles import Actor, Role
from palier.errors import ConflictError, ParameterError, PermissionDeniedError, SignInError

NEW = "seven grey pelicans"


def set_up(reception: Reception, token: str, **changes: str) -> object:
    given = {"name": "Ada", "email": ADA, "password": PASSWORD, "workspace": "Mill"} | changes
    return reception.accounts.links.set_up(token, **given, address=HOME, user_agent="Firefox")


def accept(reception: Reception, link: str, *, name: str = "Grace", password: str = NEW) -> Actor:
    opened = reception.accounts.links.accept_invitation(
        link.partition("#")[2], name=name, password=password, address=HOME, user_agent="Firefox"
    )
    return reception.actor(opened)


# ------------------------------------------------------------------ set-up


def test_the_set_up_link_makes_the_first_admin_once(reception: Reception) -> None:
    token = reception.accounts.links.set_up_token()
    assert token is not None
    set_up(reception, token)
    (user,), (place,) = reception.rows("users"), reception.rows("workspaces")
    (membership,) = reception.rows("memberships")
    assert (user.email, place.name, membership.role) == (ADA, "Mill", Role.ADMIN)
    assert reception.accounts.links.set_up_token() is None
    with pytest.raises(SignInError, match="has been used or is too old"):
        set_up(reception, token, email="eve@example.com")
    assert len(reception.rows("users")) == 1
    assert reception.actions() == ["installation.set-up", "session.sign-in"]


def test_a_set_up_link_lasts_an_hour_and_only_the_last_one_works(reception: Reception) -> None:
    first = reception.accounts.links.set_up_token()
    second = reception.accounts.links.set_up_token()
    assert first is not None
    assert second is not None
    with pytest.raises(SignInError):
        set_up(reception, first)
    reception.later(minutes=61)
    with pytest.raises(SignInError, match="too old"):
        set_up(reception, second)
    assert reception.rows("users") == []


@pytest.mark.parametrize(
    "wrong", [{"email": "no address"}, {"email": "a@b..c"}, {"name": " "}, {"workspace": ""}, {"password": "short"}]
)
def test_a_mistake_does_not_use_the_link_up(reception: Reception, wrong: dict[str, str]) -> None:
    token = reception.accounts.links.set_up_token()
    assert token is not None
    with pytest.raises(ParameterError):
        set_up(reception, token, **wrong)
    set_up(reception, token)


def test_a_link_does_only_what_it_is_for(reception: Reception, ada: Actor) -> None:
    invitation = reception.accounts.people.invite(ada, email="grace@example.com", role=Role.VIEWER).partition("#")[2]
    reset = reception.accounts.people.reset_link(ada, ada.user_id).partition("#")[2]
    with pytest.raises(SignInError):
        reception.accounts.links.reset(invitation, NEW, address=HOME)
    with pytest.raises(SignInError):
        accept(reception, "#" + reset)
    for token in (invitation, reset):
        with pytest.raises(SignInError):
            set_up(reception, token, email="eve@example.com")
    reception.accounts.links.reset(reset, NEW, address=HOME)
    accept(reception, "#" + invitation)


# ------------------------------------------------------------------ invitations


def test_somebody_new_joins_with_a_password_of_their_own(reception: Reception, ada: Actor) -> None:
    link = reception.accounts.people.invite(ada, email=" Grace@Example.com ", role=Role.ENGINEER)
    assert link.startswith(f"{URL}/invitation#")
    with pytest.raises(ParameterError, match="characters"):
        accept(reception, link, password="short")
    grace = accept(reception, link)
    assert (grace.name, grace.role, grace.workspace_id) == ("Grace", Role.ENGINEER, ada.workspace_id)
    assert reception.sign_in("grace@example.com", NEW).stage == "full"
    with pytest.raises(SignInError, match="has been used"):
        accept(reception, link)
    assert {"invitation.make", "invitation.accept"} <= set(reception.actions())


def test_somebody_with_an_account_gives_its_password(reception: Reception, ada: Actor) -> None:
    grace = reception.join(ada, "grace")
    with reception.store.writing() as t:
        t.memberships.remove(user_id=grace.user_id)
    link = reception.accounts.people.invite(ada, email="grace@example.com", role=Role.VIEWER)
    with pytest.raises(SignInError, match="not its password"):
        accept(reception, link, password=NEW)
    again = accept(reception, link, name="", password=PASSWORD)
    assert (again.user_id, again.role, again.name) == (grace.user_id, Role.VIEWER, "Grace")


def test_an_invitation_lasts_a_week_and_nobody_is_invited_twice(reception: Reception, ada: Actor) -> None:
    link = reception.accounts.people.invite(ada, email="grace@example.com", role=Role.VIEWER)
    reception.later(days=7, seconds=1)
    with pytest.raises(SignInError, match="too old"):
        accept(reception, link)
    reception.join(ada, "grace")
    with pytest.raises(ConflictError, match="belongs to this workspace already"):
        reception.accounts.people.invite(ada, email="grace@example.com", role=Role.ADMIN)


def test_links_of_somebody_who_is_admin_no_more_open_nothing(reception: Reception, ada: Actor) -> None:
    people = reception.accounts.people
    grace = reception.join(ada, "grace", Role.ADMIN)
    invitation = people.invite(grace, email="back@example.com", role=Role.ADMIN)
    reset = people.reset_link(grace, ada.user_id)
    people.disable(ada, grace.user_id)
    with pytest.raises(SignInError):
        accept(reception, invitation)
    with pytest.raises(SignInError):
        reception.accounts.links.reset(reset.partition("#")[2], NEW, address=HOME)
    people.enable(ada, grace.user_id)
    invitation = people.invite(grace, email="back@example.com", role=Role.ADMIN)
    people.set_role(ada, grace.user_id, Role.VIEWER)
    with pytest.raises(SignInError):
        accept(reception, invitation)


# ------------------------------------------------------------------ password reset


def test_an_admin_starts_a_reset(reception: Reception, ada: Actor) -> None:
    grace = reception.join(ada, "grace")
    open_before = reception.sign_in("grace@example.com")
    link = reception.accounts.people.reset_link(ada, grace.user_id)
    assert link.startswith(f"{URL}/reset#")
    token = link.partition("#")[2]
    with pytest.raises(ParameterError):
        reception.accounts.links.reset(token, "short", address=HOME)
    reception.accounts.links.reset(token, NEW, address=HOME)
    assert reception.accounts.sign_in.actor_of(open_before.token, address=HOME) is None
    with pytest.raises(SignInError):
        reception.sign_in("grace@example.com", PASSWORD)
    assert reception.sign_in("grace@example.com", NEW).stage == "full"
    with pytest.raises(SignInError, match="has been used"):
        reception.accounts.links.reset(token, NEW, address=HOME)
    assert [a for a in reception.actions() if a.startswith("password")] == ["password.reset-link", "password.reset"]
    with pytest.raises(PermissionDeniedError):
        reception.accounts.people.reset_link(grace, ada.user_id)


def mailed_link(reception: Reception) -> str:
    message = reception.rows("outbox")[-1]
    return FernetCipher((KEY,)).open(message.payload_json["link"])


def test_a_reset_by_mail_is_an_outbox_row_and_its_job(reception: Reception, ada: Actor) -> None:
    reception.accounts.links.request_reset("ADA@example.com ", address="198.51.100.1")
    (message,) = reception.rows("outbox")
    (job,) = reception.rows("jobs")
    assert (message.recipient, message.template, message.channel) == (ADA, "password_reset", "mail")
    assert (job.kind, job.args_json) == ("deliver_notification", {"message_id": message.id})
    assert [j.id for j in reception.hints.sent] == [job.id]
    link = mailed_link(reception)
    assert link.startswith(f"{URL}/reset#")
    assert link.partition("#")[2] not in str(message)
    reception.accounts.links.reset(link.partition("#")[2], NEW, address=HOME)
    assert reception.sign_in(password=NEW).stage == "full"
    assert "password.reset-request" in reception.actions()


def test_nothing_is_sent_to_nobody_and_nothing_is_said_of_it(reception: Reception, ada: Actor) -> None:
    grace = reception.join(ada, "grace")
    reception.accounts.people.disable(ada, grace.user_id)
    before = len(reception.rows("outbox"))
    for email in ("nobody@example.com", "grace@example.com", "", "\0", "x" * 5000):
        reception.accounts.links.request_reset(email, address=HOME)
    assert len(reception.rows("outbox")) == before


def test_without_a_mail_server_none_is_queued(reception: Reception) -> None:
    bare = Reception(reception.store, mail_configured=False)
    ada = bare.set_up()
    bare.accounts.links.request_reset(ADA, address=HOME)
    bare.accounts.people.invite(ada, email="grace@example.com", role=Role.VIEWER)
    assert (bare.rows("outbox"), bare.rows("jobs")) == ([], [])


def test_nobody_is_flooded_with_mail(reception: Reception, ada: Actor) -> None:
    for n in range(12):
        reception.accounts.links.request_reset(ADA, address=f"198.51.100.{n}")
    assert len(reception.rows("outbox")) == 5
    reception.later(minutes=61)
    reception.accounts.links.request_reset(ADA, address="198.51.100.1")
    assert len(reception.rows("outbox")) == 6


def test_a_new_password_or_address_voids_links_sent_before(reception: Reception, ada: Actor) -> None:
    links, profile = reception.accounts.links, reception.accounts.profile

    def asked() -> str:
        links.request_reset(reception.rows("users")[0].email, address=HOME)
        return mailed_link(reception).partition("#")[2]

    first = asked()
    links.reset(asked(), NEW, address=HOME)
    second = asked()
    ada = reception.actor(reception.sign_in(password=NEW))
    profile.change_password(ada, current=NEW, new=PASSWORD)
    third = asked()
    profile.change_email(ada, "countess@example.com")
    for token in (first, second, third):
        with pytest.raises(SignInError, match="has been used or is too old"):
            links.reset(token, "another fine password", address=HOME)
