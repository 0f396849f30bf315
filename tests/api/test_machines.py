"""Machines and points: versions, names that are taken, removed and restored."""

import pytest
from tests.api.house import House


@pytest.fixture
def client(house: House):
    with house.client("analyst") as made:
        yield made


def test_a_machine_is_added_changed_removed_and_restored(client) -> None:
    made = client.post("/api/v1/machines", json={"name": " Pump 1 ", "machine_group": "2", "description": "a\nb"})
    assert made.status_code == 201
    assert made.headers["location"] == f"/api/v1/machines/{made.json()['id']}"
    assert made.headers["etag"] == '"1"'
    where = made.headers["location"]
    assert client.get(where).json() == made.json() | {"name": "Pump 1", "description": "a b"}

    changed = client.put(where, json={"name": "Pump 2"}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["etag"], changed.json()["machine_group"]) == (200, '"2"', None)
    old = client.put(where, json={"name": "Pump 3"}, headers={"If-Match": '"1"'})
    assert (old.status_code, old.json()["type"]) == (412, "urn:palier:problem:changed")
    assert client.put(where, json={"name": "Pump 3"}).status_code == 428
    assert client.put(where, json={"name": "Pump 3"}, headers={"If-Match": "*"}).status_code == 422

    assert client.delete(where).status_code == 204
    assert client.get(where).status_code == 404
    assert client.delete(where).status_code == 404
    assert client.post(f"{where}/restore").json()["version"] == 4
    assert [m["name"] for m in client.get("/api/v1/machines").json()["items"]].count("Pump 2") == 1


def test_a_name_that_is_taken_is_a_conflict(client) -> None:
    assert client.post("/api/v1/machines", json={"name": "Fan"}).status_code == 201
    again = client.post("/api/v1/machines", json={"name": "Fan"})
    assert again.status_code == 409
    assert again.headers["content-type"] == "application/problem+json"


def test_points_belong_to_a_machine(client) -> None:
    machine = client.post("/api/v1/machines", json={"name": "Roll"}).json()
    point = {"name": "DE", "bearing": "6205", "nominal_speed_hz": 24.9, "unit": "g", "sampling_rate_hz": 12000}
    made = client.post(f"/api/v1/machines/{machine['id']}/points", json=point)
    assert made.status_code == 201
    assert made.json()["machine_id"] == machine["id"]
    where = made.headers["location"]
    changed = client.put(where, json=point | {"name": "NDE"}, headers={"If-Match": made.headers["etag"]})
    assert (changed.json()["name"], changed.headers["etag"]) == ("NDE", '"2"')
    assert [p["name"] for p in client.get(f"/api/v1/machines/{machine['id']}").json()["points"]] == ["NDE"]
    assert client.delete(where).status_code == 204
    assert client.get(where).status_code == 404
    assert client.post(f"{where}/restore").status_code == 200
    assert client.get(where).headers["etag"] == '"4"'


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "   "), ("name", "x" * 201), ("name", "a\u0000b"), ("name", 3),
        ("bearing", "no such bearing"),
        ("nominal_speed_hz", 0), ("nominal_speed_hz", "24"), ("nominal_speed_hz", True), ("nominal_speed_hz", 1e5),
        ("sampling_rate_hz", -1), ("unit", "furlong"), ("kind", "ball"), ("colour", "red"), ("direction", "x" * 41),
    ],
)  # fmt: skip
def test_values_that_cannot_be_are_refused_by_name(client, field: str, value: object) -> None:
    machine = client.post("/api/v1/machines", json={"name": f"M {field} {str(value)[:9]!r}"}).json()
    answer = client.post(f"/api/v1/machines/{machine['id']}/points", json={"name": "DE", field: value})
    assert answer.status_code == 422
    if field != "bearing":
        assert answer.json()["errors"][0]["pointer"] == f"/{field}"


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1" + "0" * 400])
def test_no_number_is_infinite(client, text: str) -> None:
    machine = client.post("/api/v1/machines", json={"name": f"N {text[:20]}"}).json()
    body = f'{{"name": "DE", "nominal_speed_hz": {text}}}'
    answer = client.post(
        f"/api/v1/machines/{machine['id']}/points", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 422


def test_history_is_oldest_first_and_of_one_point_on_request(client, house: House) -> None:
    machine = client.post("/api/v1/machines", json={"name": "History"}).json()
    points = [
        client.post(f"/api/v1/machines/{machine['id']}/points", json={"name": n}).json()["id"] for n in ("A", "B")
    ]
    for day, point in ((2, points[0]), (1, points[1]), (3, points[0])):
        client.post(
            "/api/v1/recordings",
            params={"file_name": f"{day}.csv", "point_id": point, "taken_at": f"2026-11-0{day}T00:00:00+01:00"},
            content=f"t,x\n0,{day}\n".encode(),
        )
    where = f"/api/v1/machines/{machine['id']}/history"
    assert [r["file_name"] for r in client.get(where).json()["items"]] == ["1.csv", "2.csv", "3.csv"]
    of_a = client.get(where, params={"point_id": points[0], "limit": 1}).json()["items"]
    assert [r["file_name"] for r in of_a] == ["3.csv"]
    assert client.get(where, params={"point_id": "0" * 32}).status_code == 404
