"""The account page: every callback, with the real services."""

from dataclasses import replace

import pytest
from pyotp import TOTP
from tests.web.answers import notices, props_of, texts
from tests.web.walking import Caller, Visitor
from tests.web.world import World, utc_now

from palier.app import entities as e
from palier.app.identity import new_id
from palier.web.app import dash_app
from palier.web.i18n import speaking
from palier.web.pages.account.browser import browser_words

CALLED: set[str] = set()
OWN = "pages.account."


@pytest.fixture
def caller(own_world: World) -> Caller:
    now = utc_now()
    with own_world.store.writing() as t:
        session = e.Session(
            "s", "u" * 32, own_world.workspace.id, now, now, now.replace(year=now.year + 1), now, "full", "", ""
        )
        t.sessions.add(session)
        t.sessions.add(replace(session, id="other", user_agent="Firefox/140.0 Linux"))
    return Caller(dash_app(own_world.services), own_world.actor(), CALLED)


@pytest.fixture
def stale(caller: Caller) -> Caller:
    """Signed in too long ago to change factors."""
    assert caller.actor is not None
    return Caller(caller.app, replace(caller.actor, recently_authenticated=False), CALLED)


def test_the_name_and_the_address_are_changed(caller: Caller, own_world: World) -> None:
    answer = caller.call("account.profile:rename", {"account-name-save.n_clicks": 1, "account-name.value": "Ada King"})
    assert "Your name is now Ada King" in notices(answer)
    answer = caller.call(
        "account.profile:move", {"account-email-save.n_clicks": 1, "account-email.value": "Ada@King.org"}
    )
    assert "ada@king.org" in notices(answer)
    me = own_world.services.accounts.profile.me(own_world.actor())
    assert (me.name, me.email) == ("Ada King", "ada@king.org")
    wrong = caller.call("account.profile:move", {"account-email-save.n_clicks": 1, "account-email.value": "nobody"})
    assert "no e-mail address" in notices(wrong)


def test_what_has_only_appeared_changes_nothing(caller: Caller) -> None:
    for name, button in (
        ("profile:rename", "account-name-save"),
        ("password:change", "account-password-save"),
        ("totp:begin", "account-totp-begin"),
        ("totp:confirm", "account-totp-confirm"),
        ("passkeys:offer", "account-passkey-add"),
        ("keys:make", "account-key-make"),
    ):
        assert caller.call(f"account.{name}", {f"{button}.n_clicks": None}) is None
    assert caller.call("account.passkeys:add", {"account-passkey-answer.data": None}) is None


def test_the_password_is_changed_and_others_are_signed_out(caller: Caller, own_world: World) -> None:
    accounts = own_world.services.accounts
    with own_world.store.writing() as t:
        user = t.users.get("u" * 32)
        t.users.put(replace(user, password_hash=accounts.profile.desk.hasher.hash("old words in a row")))
    typed = {"account-password-current.value": "wrong", "account-password-new.value": "four new words here"}
    press = {"account-password-save.n_clicks": 1}
    answer = caller.call("account.password:change", press | typed)
    assert "the current password is not right" in notices(answer)
    assert "That did not work" in notices(answer)
    answer = caller.call(
        "account.password:change", press | typed | {"account-password-current.value": "old words in a row"}
    )
    assert "The password is changed" in notices(answer)
    assert answer["response"]["account-password-new"]["value"] == ""
    assert [s.id for s in accounts.sessions.mine(own_world.actor())] == ["s"]


def test_an_authenticator_is_set_up_and_removed(caller: Caller, own_world: World) -> None:
    begun = caller.call("account.totp:begin", {"account-totp-begin.n_clicks": 1})
    picture = props_of(begun, "Img")[0]
    assert picture["src"].startswith("data:image/svg+xml;base64,")
    secret = props_of(begun, "Code")[0]["children"]
    press = {"account-totp-confirm.n_clicks": 1}
    wrong = caller.call("account.totp:confirm", press | {"account-totp-code.value": "000000"})
    assert "not right" in notices(wrong)
    right = caller.call("account.totp:confirm", press | {"account-totp-code.value": TOTP(secret).now()})
    assert len(props_of(right["response"]["account-totp-codes"], "Li")) == 10
    assert "10 recovery codes left" in texts(right)
    renewed = caller.call("account.totp:renew", {"account-codes-renew-yes.n_clicks": 1})
    assert len(props_of(renewed, "Li")) == 10
    assert texts(renewed["response"]["account-totp-codes"]) != texts(right["response"]["account-totp-codes"])
    gone = caller.call("account.totp:remove", {"account-totp-remove-yes.n_clicks": 1})
    assert "Not set up" in texts(gone)
    assert not own_world.services.accounts.profile.me(own_world.actor()).has_totp


def test_passkeys_are_offered_refused_and_removed(caller: Caller, own_world: World) -> None:
    press = {"account-passkey-add.n_clicks": 1}
    assert "Give the passkey a name" in notices(caller.call("account.passkeys:offer", press))
    offered = caller.call("account.passkeys:offer", press | {"account-passkey-name.value": "Blue key"})
    assert offered["response"]["account-passkey-offered"]["data"]["rp"]["name"] == "palier"
    name = {"account-passkey-name.value": "Blue key"}
    refused = caller.call("account.passkeys:add", {"account-passkey-answer.data": {"failed": "refused"}} | name)
    assert "it was cancelled" in notices(refused)
    forged = caller.call("account.passkeys:add", {"account-passkey-answer.data": {"made": {"id": "x"}}} | name)
    assert "no passkey for" in notices(forged)
    with own_world.store.writing() as t:
        t.passkeys.add(e.Passkey(new_id(utc_now()), "u" * 32, "AAAA", "AAAA", 0, "Blue key", utc_now()))
    (key,) = own_world.services.accounts.factors.passkeys(own_world.actor())
    given = {"account-passkey-remove-yes.n_clicks": 1, "account-passkey-remove-chosen.data": key.id}
    assert "You have none yet" in texts(caller.call("account.passkeys:remove", given))


def test_a_sign_in_that_is_too_old_leads_to_its_proof(stale: Caller) -> None:
    for name, given in (
        ("profile:move", {"account-email-save.n_clicks": 1, "account-email.value": "a@b.org"}),
        ("totp:begin", {"account-totp-begin.n_clicks": 1}),
        ("passkeys:offer", {"account-passkey-add.n_clicks": 1, "account-passkey-name.value": "x"}),
    ):
        answer = stale.call(f"account.{name}", given)
        assert "Confirm that it is you" in notices(answer)
        assert "/confirm?next=%2Faccount" in str(answer)


def test_the_page_says_beforehand_that_a_proof_is_needed(visitor: Visitor) -> None:
    actor = replace(visitor.world.actor(), recently_authenticated=False)
    assert "/confirm?next=%2Faccount" in str(visitor.show("/account", actor))
    assert "/confirm" not in str(visitor.show("/account"))


def test_sign_ins_are_ended(caller: Caller, own_world: World) -> None:
    given = {"account-session-end-yes.n_clicks": 1, "account-session-end-chosen.data": "other"}
    answer = caller.call("account.sessions:end", given)
    assert "Firefox" not in texts(answer)
    with own_world.store.writing() as t:
        t.sessions.add(replace(t.sessions.get("s"), id="third"))
    caller.call("account.sessions:end_others", {"account-session-end-others-yes.n_clicks": 1})
    assert [s.id for s in own_world.services.accounts.sessions.mine(own_world.actor())] == ["s"]


def test_a_key_is_made_shown_once_and_revoked(caller: Caller, own_world: World) -> None:
    typed = {"account-key-name.value": "Gateway", "account-key-scopes.value": ["read", "diagnose"]}
    made = caller.call("account.keys:make", {"account-key-make.n_clicks": 1, "account-key-life.value": "90"} | typed)
    secret = props_of(made["response"]["account-key-secret"], "Code")[0]["children"]
    keys = own_world.services.accounts.keys
    assert keys.actor_of(secret, address="").scopes == {"read", "diagnose"}
    (view,) = keys.mine(own_world.actor())
    assert view.expires_at is not None
    given = {"account-key-revoke-yes.n_clicks": 1, "account-key-revoke-chosen.data": view.id}
    listed = caller.call("account.keys:revoke", given)
    assert "revoked" in texts(listed)
    assert secret not in str(listed)
    none = caller.call(
        "account.keys:make",
        {
            "account-key-make.n_clicks": 1,
            "account-key-life.value": "0",
            "account-key-scopes.value": [],
            "account-key-name.value": "x",
        },
    )
    assert "allowed are one or more of" in notices(none)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) Version/17.0 Safari/605.1.15", "Safari, macOS"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome, Android"),
        ("curl/8.5", "curl"),
        ("<script>", "Unknown browser"),
    ],
)
def test_browsers_have_names(agent: str, words: str) -> None:
    with speaking("en"):
        assert browser_words(agent) == words


def test_every_callback_was_called(visitor: Visitor) -> None:
    """Runs last in this module."""
    own = {n for n in Caller(visitor.app, None, set()).names() if n.startswith(OWN)}
    assert len(own) > 10
    assert own - CALLED == set()
