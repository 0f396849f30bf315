"""Idempotency-Key: one effect and one answer, however often and however many at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.api.house import House


@pytest.fixture
def client(house: House):
    with house.client("engineer") as made:
        yield made


def test_the_same_request_again_is_answered_again(client, house: House) -> None:
    before = house.count("machines")
    first, second = (
        client.post("/api/v1/machines", json={"name": "Once"}, headers={"Idempotency-Key": "k1"}) for _ in range(2)
    )
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert first.headers["location"] == second.headers["location"]
    assert first.headers["etag"] == second.headers["etag"] == '"1"'
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert house.count("machines") == before + 1


def test_another_request_with_the_key_is_refused(client) -> None:
    key = {"Idempotency-Key": "k2"}
    assert client.post("/api/v1/machines", json={"name": "Two"}, headers=key).status_code == 201
    other = client.post("/api/v1/machines", json={"name": "Three"}, headers=key)
    assert other.status_code == 422
    assert "another request" in other.json()["detail"]


def test_the_key_belongs_to_a_person_and_a_route(client, house: House) -> None:
    key = {"Idempotency-Key": "k3"}
    machine = client.post("/api/v1/machines", json={"name": "Mine"}, headers=key).json()
    point = client.post(f"/api/v1/machines/{machine['id']}/points", json={"name": "Mine"}, headers=key)
    assert point.status_code == 201
    with house.client("admin") as other:
        assert other.post("/api/v1/machines", json={"name": "Mine"}, headers=key).status_code == 409


def test_a_request_that_failed_may_be_tried_again(client) -> None:
    key = {"Idempotency-Key": "k4"}
    taken = client.post("/api/v1/machines", json={"name": "Taken"}).json()
    assert client.post("/api/v1/machines", json={"name": "Taken"}, headers=key).status_code == 409
    client.delete(f"/api/v1/machines/{taken['id']}")
    assert client.post("/api/v1/machines", json={"name": "Taken"}, headers=key).status_code == 201


def test_many_at_once_have_one_effect(house: House) -> None:
    before = house.count("jobs")
    body = {
        "name": "parallel",
        "kind": "journal",
        "spec": {"records_per_class": 4, "duration_s": 1, "sampling_rate_hz": 8192},
    }

    def ask(_: int):
        with house.client("engineer") as client:
            return client.post("/api/v1/datasets/simulate", json=body, headers={"Idempotency-Key": "k5"})

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(16)))
    good = [a for a in answers if a.status_code == 202]
    assert good
    assert {a.status_code for a in answers} <= {202, 409}
    assert len({a.json()["id"] for a in good}) == 1
    assert all("worked on" in a.json()["detail"] for a in answers if a.status_code == 409)
    assert house.count("jobs") == before + 1


def test_an_upload_that_is_diagnosed_in_one_call(client, house: House) -> None:
    def ask(content: bytes):
        params = {"file_name": "a.csv", "bearing": "6205", "speed_hz": 25, "sampling_rate_hz": 1000}
        return client.post(
            "/api/v1/diagnoses/from-file", params=params, content=content, headers={"Idempotency-Key": "k6"}
        )

    first, second, other = ask(b"1\n2\n"), ask(b"1\n2\n"), ask(b"3\n4\n")
    assert (first.status_code, second.status_code, other.status_code) == (202, 202, 422)
    assert first.json()["id"] == second.json()["id"]
    assert house.count("diagnoses") == 1


@pytest.mark.parametrize("key", ["", "two words", "x" * 201])
def test_a_key_that_is_none_is_refused(client, key: str) -> None:
    answer = client.post("/api/v1/machines", json={"name": "Keyed"}, headers={"Idempotency-Key": key})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "header/Idempotency-Key"
