"""The pages of administration: every callback, with the real services."""

import csv
import io
from datetime import UTC, datetime

import pytest
from dash import dcc
from tests.web.answers import notices, pattern, props_of, texts
from tests.web.laboratory import GRACE, Laboratory
from tests.web.walking import Caller, walk
from tests.web.world import World

from palier.app.entities import AuditEntry
from palier.app.roles import Role
from palier.web.app import dash_app
from palier.web.pages.admin.audit_csv import audit_csv

CALLED: set[str] = set()
OWN = "pages.admin."


@pytest.fixture
def caller(own_laboratory: World) -> Caller:
    return Caller(dash_app(own_laboratory.services), own_laboratory.actor(), CALLED)


@pytest.fixture
def looker(laboratory: Laboratory) -> Caller:
    return Caller(laboratory.app, laboratory.world.actor(), CALLED)


def grace(world: World) -> object:
    return next(p for p in world.services.accounts.people.all(world.actor()) if p.id == GRACE)


def test_somebody_is_invited_with_a_link_that_is_shown_once(caller: Caller) -> None:
    typed = {"admin-invite-email.value": "Mary@Example.org", "admin-invite-role.value": "engineer"}
    answer = caller.call("admin.people:invite", {"admin-invite.n_clicks": 1} | typed)
    assert "/invitation#" in texts(answer)
    assert answer["response"]["admin-invite-email"]["value"] == ""
    again = caller.call(
        "admin.people:invite",
        {
            "admin-invite.n_clicks": 1,
            "admin-invite-email.value": "grace@example.org",
            "admin-invite-role.value": "viewer",
        },
    )
    assert "belongs to this workspace already" in notices(again)


def test_a_role_is_changed_but_the_last_admin_stays(caller: Caller, own_laboratory: World) -> None:
    given = {"admin-person-save.n_clicks": 1, "admin-person-role.value": "engineer", "admin-person.data": GRACE}
    caller.call("admin.person:set_role", given)
    assert grace(own_laboratory).role is Role.ENGINEER  # type: ignore[attr-defined]  # a PersonView
    last = caller.call("admin.person:set_role", given | {"admin-person.data": "u" * 32})
    assert "last admin" in notices(last)


def test_somebody_is_disabled_and_enabled(caller: Caller, own_laboratory: World) -> None:
    chosen = {"admin-person.data": GRACE}
    off = caller.call("admin.person:disable", {"admin-person-disable-yes.n_clicks": 1} | chosen)
    assert "disabled" in texts(off)
    on = caller.call("admin.person:enable", {"admin-person-enable.n_clicks": 1} | chosen)
    assert "may sign in" in texts(on)
    assert grace(own_laboratory).disabled_at is None  # type: ignore[attr-defined]  # a PersonView


def test_lost_factors_are_removed_and_a_reset_link_is_made(caller: Caller, own_laboratory: World) -> None:
    chosen = {"admin-person.data": GRACE}
    gone = caller.call("admin.person:remove_factors", {"admin-person-factors-yes.n_clicks": 1} | chosen)
    assert "Remove second factors" not in texts(gone)
    assert not grace(own_laboratory).has_totp  # type: ignore[attr-defined]  # a PersonView
    link = caller.call("admin.person:reset", {"admin-person-reset-yes.n_clicks": 1} | chosen)
    assert "/reset#" in texts(link)


def test_a_second_factor_is_demanded_of_a_role_and_not_any_more(caller: Caller, own_laboratory: World) -> None:
    people, admin = own_laboratory.services.accounts.people, own_laboratory.actor()
    for wanted, words in ((True, "is demanded"), (False, "is not demanded")):
        answer = caller.call(
            "admin.policy:demand", {pattern({"page": "admin", "policy": "engineer"}, "checked"): wanted}
        )
        assert f"Engineer: a second factor {words}" in texts(answer)
        assert people.second_factor_policy(admin)[Role.ENGINEER] is wanted


def test_a_key_of_anybody_is_revoked(caller: Caller, own_laboratory: World) -> None:
    key = next(k for k in own_laboratory.services.accounts.keys.all(own_laboratory.actor()) if k.revoked_at is None)
    given = {"admin-key-revoke-yes.n_clicks": 1, "admin-key-revoke-chosen.data": key.id}
    assert texts(caller.call("admin.keys:revoke", given)).count("revoked") == 2


def test_filters_go_into_the_address(looker: Caller) -> None:
    shown = {"admin-audit-shown.data": {"kind": None, "person": None, "days": None}}
    assert looker.call("admin.audit:narrow", {"admin-audit-kind.value": None} | shown) is None
    answer = looker.call("admin.audit:narrow", {"admin-audit-kind.value": "key", "admin-audit-days.value": "7"} | shown)
    assert answer["response"]["location"]["search"] == "?part=audit&kind=key&days=7"


def test_the_log_is_filtered_and_paged(own_laboratory: World, caller: Caller) -> None:
    from tests.web.walking import Visitor

    admin, keys = own_laboratory.actor(), own_laboratory.services.accounts.keys
    for n in range(110):
        keys.make(admin, name=f"key {n}", scopes=("read",), expires_at=None)
    visitor = Visitor(caller.app, own_laboratory)
    shown = visitor.show("/admin?part=audit&kind=key")
    links = [c.href for c in walk(shown) if isinstance(c, dcc.Link) and "before=" in c.href]
    assert len(links) == 1
    older = visitor.show(links[0])
    assert "key 109" not in str(older)
    assert "key 5" in str(older)
    assert [c.href for c in walk(older) if isinstance(c, dcc.Link) and c.href == "/admin?part=audit&kind=key"]


def test_the_log_is_saved_as_a_file_without_formulas(looker: Caller) -> None:
    shown = {"admin-audit-shown.data": {"kind": None, "person": None, "days": None}}
    answer = looker.call("admin.audit:save", {"admin-audit-save.n_clicks": 1} | shown)
    file = answer["response"]["admin-audit-file"]["data"]
    assert file["filename"] == "audit-log.csv"
    rows = list(csv.DictReader(io.StringIO(file["content"].removeprefix("\ufeff"))))
    assert {"key.make", "recording.upload", "dataset.simulate"} <= {r["action"] for r in rows}


def test_a_name_that_is_a_formula_is_harmless_in_the_file() -> None:
    evil = '=HYPERLINK("x")'
    entry = AuditEntry(
        "1", None, datetime(2026, 11, 23, tzinfo=UTC), "u", evil, "key.make", "key", "@k", "+1", {"name": "-1"}
    )
    (row,) = csv.DictReader(io.StringIO(audit_csv([entry]).removeprefix("\ufeff")))
    assert row["actor"] == f"'{evil}"
    assert (row["subject_id"], row["address"]) == ("'@k", "'+1")
    assert all(not cell.startswith(("=", "+", "-", "@")) for cell in row.values())


def test_the_state_of_the_system_is_kept_up_to_date(looker: Caller) -> None:
    answer = looker.call("admin.system:refresh", {"admin-system-tick.n_intervals": 1})
    assert "Ready to serve" in texts(answer)
    assert "mill-server:4711" in texts(answer)
    assert "secret_key" in texts(answer)
    assert "••••••" in texts(answer)


def test_others_than_admins_are_refused(laboratory: Laboratory) -> None:
    engineer = Caller(laboratory.app, laboratory.world.actor(Role.ENGINEER), set())
    for name, given in (
        (
            "admin.people:invite",
            {"admin-invite.n_clicks": 1, "admin-invite-email.value": "a@b.org", "admin-invite-role.value": "viewer"},
        ),
        ("admin.person:disable", {"admin-person-disable-yes.n_clicks": 1, "admin-person.data": GRACE}),
        ("admin.system:refresh", {"admin-system-tick.n_intervals": 1}),
    ):
        assert "Not allowed" in notices(engineer.call(name, given))
    page = engineer.call("app:show", {"location.pathname": "/admin"})
    assert "Not allowed" in texts(page)
    assert not props_of(page, "Table")


def test_every_callback_was_called(laboratory: Laboratory) -> None:
    """Runs last in this module."""
    own = {n for n in Caller(laboratory.app, None, set()).names() if n.startswith(OWN)}
    assert len(own) > 8
    assert own - CALLED == set()
