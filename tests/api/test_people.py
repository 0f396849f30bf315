"""People, keys, the audit log and the state of the installation, as admins and others see them."""

from datetime import timedelta

import pytest
from tests.api.house import ByName, House, served, utc_now


@pytest.fixture
def client(house: House):
    with house.client("admin") as made:
        yield made


def test_who_am_i(house: House) -> None:
    with house.client("analyst") as client:
        me = client.get("/api/v1/me").json()
        assert (me["email"], me["role"]) == ("analyst@example.com", "analyst")
        assert "password_hash" not in me
        (workspace,) = client.get("/api/v1/workspaces").json()["items"]
        assert (workspace["name"], workspace["role"], workspace["current"]) == ("Mill", "analyst", True)


def test_a_key_is_shown_once_works_and_is_revoked(house: House) -> None:
    with served(ByName(house.app, house.actors)) as url:
        import httpx

        with httpx.Client(base_url=url, headers={"Authorization": "Bearer analyst"}, verify=False) as client:
            until = (utc_now() + timedelta(days=1)).isoformat()
            body = {"name": "nightly", "scopes": ["read", "diagnose"], "expires_at": until}
            made = client.post("/api/v1/me/keys", json=body)
            assert made.status_code == 201
            new = made.json()
            assert new["secret"].startswith(f"palier_{new['key']['prefix']}_")
            listed = client.get("/api/v1/me/keys")
            assert new["key"] in listed.json()["items"]
            assert new["secret"] not in listed.text
            house.keys["nightly"] = new["secret"]
            with house.client("nightly") as by_key:
                assert by_key.get("/api/v1/machines").status_code == 200
                assert by_key.post("/api/v1/machines", json={"name": "no"}).status_code == 403
                assert by_key.post("/api/v1/me/keys", json=body).status_code == 401
                assert client.delete(f"/api/v1/me/keys/{new['key']['id']}").status_code == 204
                assert by_key.get("/api/v1/machines").status_code == 401
            for wrong in (
                {"scopes": []},
                {"scopes": ["everything"]},
                {"expires_at": "2020-01-01T00:00:00Z"},
                {"name": ""},
            ):
                assert client.post("/api/v1/me/keys", json=body | wrong).status_code == 422
            more = client.post("/api/v1/me/keys", json=body | {"scopes": ["administer"]})
            assert more.status_code == 403


def test_people_are_invited_changed_disabled_and_let_in_again(client, house: House) -> None:
    made = client.post("/api/v1/users/invitations", json={"email": "Grace@Example.com", "role": "analyst"})
    assert made.status_code == 201
    assert "/invitation#" in made.json()["link"]
    assert (
        client.post("/api/v1/users/invitations", json={"email": "viewer@example.com", "role": "viewer"}).status_code
        == 409
    )
    for wrong in ({"email": "nobody"}, {"email": "a@b"}, {"role": "king"}):
        body = {"email": "x@example.com", "role": "viewer"} | wrong
        assert client.post("/api/v1/users/invitations", json=body).status_code == 422

    engineer = house.actors["engineer"].user_id
    assert client.put(f"/api/v1/users/{engineer}/role", json={"role": "analyst"}).json()["role"] == "analyst"
    assert client.put(f"/api/v1/users/{engineer}/role", json={"role": "engineer"}).json()["role"] == "engineer"
    assert client.post(f"/api/v1/users/{engineer}/disable").json()["disabled_at"] is not None
    with house.client("engineer") as out:
        assert out.get("/api/v1/me").status_code == 401
    assert client.post(f"/api/v1/users/{engineer}/enable").json()["disabled_at"] is None
    assert "/reset#" in client.post(f"/api/v1/users/{engineer}/reset-link").json()["link"]
    me = house.actors["admin"].user_id
    assert client.put(f"/api/v1/users/{me}/role", json={"role": "viewer"}).status_code == 409
    assert client.post(f"/api/v1/users/{me}/disable").status_code == 409
    names = [p["name"] for p in client.get("/api/v1/users").json()["items"]]
    assert names == sorted(names)
    assert "Stranger" not in names


def test_the_audit_log_tells_who_did_what(client) -> None:
    made = client.post("/api/v1/machines", json={"name": "Audited"}).json()
    client.delete(f"/api/v1/machines/{made['id']}")
    page = client.get("/api/v1/audit-log", params={"action": "machine.", "limit": 1}).json()
    (entry,) = page["items"]
    assert (entry["action"], entry["subject_id"], entry["actor_name"]) == ("machine.remove", made["id"], "Admin")
    assert "key" in entry["details"]
    older = client.get("/api/v1/audit-log", params={"action": "machine.", "limit": 1, "cursor": page["next"]}).json()
    assert older["items"][0]["action"] == "machine.add"
    assert client.get("/api/v1/audit-log", params={"since": "2100-01-01T00:00:00Z"}).json()["items"] == []
    assert client.get("/api/v1/audit-log", params={"since": "yesterday"}).status_code == 422
    assert client.get("/api/v1/audit-log", params={"action": "'; drop"}).status_code == 422


def test_the_state_of_the_installation_has_no_settings(client) -> None:
    state = client.get("/api/v1/system").json()
    assert state["checks"]["database"] == "ok"
    assert state["disk_free_bytes"] > 0
    assert "settings" not in state


def test_keys_of_everybody_are_for_admins(client) -> None:
    names = {k["owner_name"] for k in client.get("/api/v1/keys").json()["items"]}
    assert {"Viewer", "Admin"} <= names
    assert "Stranger" not in names
