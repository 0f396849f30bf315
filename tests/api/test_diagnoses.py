"""A diagnosis from a recording or a file, its curves, its report, and what the analyst says of it."""

from pathlib import Path

import pytest
from tests.api.house import KNOWN, House


@pytest.fixture
def client(house: House):
    with house.client("analyst") as made:
        yield made


@pytest.fixture(scope="module")
def done(house: House, recording_file: Path) -> dict:
    """A diagnosis that a job has made, from a file in one call."""
    with house.client("analyst") as client:
        asked = client.post(
            "/api/v1/diagnoses/from-file",
            params={"file_name": "pump.npy", "machine_group": "2", "support": "rigid", **KNOWN},
            content=recording_file.read_bytes(),
        )
        assert asked.status_code == 202, asked.text
        assert asked.json()["result"] is None
        assert asked.json()["job"]["status"] == "queued"
        house.work()
        return client.get(asked.headers["location"]).json()


def test_a_file_is_diagnosed_in_one_call(done: dict) -> None:
    assert (done["verdict"], done["top_fault"]) == ("damage", "outer_race")
    assert done["job"]["status"] == "done"
    answer = done["result"]["results"][0]["diagnosis"]
    assert answer["recording"]["source"] == "pump.npy"
    assert answer["evidence"]


def test_a_recording_is_diagnosed_with_what_is_stated(client, house: House, done: dict) -> None:
    asked = client.post("/api/v1/diagnoses", json={"recording_id": done["recording_id"], "false_alarm_rate": 0.001})
    assert asked.status_code == 202
    assert asked.json()["settings"]["false_alarm_rate"] == 0.001
    listed = client.get("/api/v1/diagnoses", params={"recording_id": done["recording_id"]}).json()["items"]
    assert [d["id"] for d in listed] == [asked.json()["id"], done["id"]]
    assert "result" not in listed[1]
    client.post(f"/api/v1/jobs/{asked.json()['job']['id']}/cancel")


@pytest.mark.parametrize(
    "change",
    [
        {"speed_tolerance": 0.5}, {"false_alarm_rate": 0}, {"speed_range_hz": [30, 20]}, {"speed_range_hz": [30]},
        {"bearing": "no such"}, {"machine_group": "3"}, {"speed_hz": -1}, {"recording_id": "x"}, {"surprise": 1},
    ],
)  # fmt: skip
def test_settings_that_cannot_be_are_refused(client, done: dict, change: dict) -> None:
    answer = client.post("/api/v1/diagnoses", json={"recording_id": done["recording_id"], **change})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_what_is_not_there_is_not_found(client, done: dict) -> None:
    nowhere = "0" * 32
    for body in (
        {"recording_id": nowhere},
        {"recording_id": done["recording_id"], "model_id": nowhere},
        {"recording_id": done["recording_id"], "baseline_recording_id": nowhere},
    ):
        assert client.post("/api/v1/diagnoses", json=body).status_code == 404
    assert client.get("/api/v1/diagnoses", params={"machine_id": nowhere}).status_code == 404


def test_curves_and_spectrogram(client, done: dict) -> None:
    where = f"/api/v1/diagnoses/{done['id']}"
    curve = client.get(f"{where}/curves/envelope_spectrum", params={"first": 50, "last": 150, "points": 64}).json()
    assert curve["x_unit"] == "Hz"
    assert 50 <= curve["x"][0] <= curve["x"][-1] <= 150
    assert len(curve["x"]) == len(curve["low"]) == len(curve["high"]) <= 64
    assert client.get(f"{where}/curves/phase").status_code == 422
    picture = client.get(f"{where}/spectrogram").json()
    assert len(picture["level_db"]) == len(picture["frequency_hz"])
    assert len(picture["level_db"][0]) == len(picture["time_s"])


def test_the_report_is_a_download(client, done: dict) -> None:
    answer = client.get(f"/api/v1/diagnoses/{done['id']}/report")
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "outer-race" in answer.text


def test_what_is_not_finished_has_no_curves_and_no_opinion(client, done: dict) -> None:
    asked = client.post("/api/v1/diagnoses", json={"recording_id": done["recording_id"]}).json()
    where = f"/api/v1/diagnoses/{asked['id']}"
    for path in ("curves/spectrum", "spectrogram", "report"):
        assert client.get(f"{where}/{path}").status_code == 409
    assert client.put(f"{where}/opinion", json={"opinion": "wrong"}).status_code == 409


def test_the_analyst_says_what_it_is(client, done: dict) -> None:
    where = f"/api/v1/diagnoses/{done['id']}"
    said = client.put(f"{where}/opinion", json={"opinion": "wrong", "fault": "inner_race", "note": "seen\nopen"})
    assert said.status_code == 200
    analyst = client.get(where).json()["analyst"]
    assert (analyst["opinion"], analyst["fault"], analyst["note"]) == ("wrong", "inner_race", "seen open")
    assert client.put(f"{where}/opinion", json={"opinion": "wrong", "fault": "gremlins"}).status_code == 422


def test_removed_and_restored(client, done: dict) -> None:
    where = f"/api/v1/diagnoses/{done['id']}"
    assert client.delete(where).status_code == 204
    assert client.get(where).status_code == 404
    assert client.post(f"{where}/restore").json()["verdict"] == "damage"
