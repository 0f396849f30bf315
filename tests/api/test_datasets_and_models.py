"""Datasets and models on a real, small dataset: simulated, looked at, exported, trained on, judged, asked."""

import csv
import io
import zipfile
from pathlib import Path

import pytest
from tests.api.house import KNOWN, House

SPEC = {
    "records_per_class": 8, "duration_s": 1.0, "sampling_rate_hz": 8192, "faults": ["healthy", "imbalance"], "seed": 3,
    "machines": 4,
}  # fmt: skip


@pytest.fixture
def client(house: House):
    with house.client("engineer") as made:
        yield made


@pytest.fixture(scope="module")
def dataset(house: House) -> dict:
    with house.client("engineer") as client:
        asked = client.post("/api/v1/datasets/simulate", json={"name": "small", "kind": "journal", "spec": SPEC})
        assert asked.status_code == 202, asked.text
        house.work()
        job = client.get(asked.headers["location"]).json()
        assert job["status"] == "done", job
        return client.get(job["link"]).json()


@pytest.fixture(scope="module")
def model(house: House, dataset: dict) -> dict:
    with house.client("engineer") as client:
        body = {"name": "levels", "dataset_id": dataset["id"], "model": "logistic_log_spectrum", "by": "bearing"}
        asked = client.post("/api/v1/models", json=body)
        assert asked.status_code == 202, asked.text
        house.work()
        job = client.get(asked.headers["location"]).json()
        assert job["status"] == "done", job
        return client.get(job["link"]).json()


def test_an_estimate_says_what_it_costs(client) -> None:
    told = client.post("/api/v1/datasets/estimate", json={"name": "n", "kind": "journal", "spec": SPEC}).json()
    assert told["records"] == 16
    assert told["bytes"] >= 16 * 8192 * 4
    assert told["seconds"] > 0


@pytest.mark.parametrize(
    "spec",
    [
        {"records_per_class": 0}, {"records_per_class": 1e999}, {"duration_s": -1}, {"faults": ["gremlins"]},
        {"load_range": [0.9, 0.1]}, {"severity": {"awful": 1}}, {"seed": "1"}, {"unknown": 1}, {"duration_s": 1e-9},
    ],
)  # fmt: skip
def test_a_simulation_that_cannot_be_is_refused(client, spec: dict) -> None:
    import json

    body = json.dumps({"name": "bad", "kind": "journal", "spec": spec})
    headers = {"content-type": "application/json"}
    assert client.post("/api/v1/datasets/simulate", content=body, headers=headers).status_code == 422


def test_a_dataset_shows_what_is_in_it(client, dataset: dict) -> None:
    assert (dataset["n_records"], dataset["simulated"], dataset["kind"]) == (16, True, "journal")
    assert set(dataset["summary"]["classes"]) == {"healthy", "imbalance"}
    assert "folder" not in dataset
    assert dataset["id"] in {d["id"] for d in client.get("/api/v1/datasets").json()["items"]}
    record = client.get(f"/api/v1/datasets/{dataset['id']}/records/9", params={"points": 100}).json()
    assert record["fault"] == "imbalance"
    assert len(record["waveform"]["low"]) <= 100
    assert client.get(f"/api/v1/datasets/{dataset['id']}/records/16").status_code == 404
    assert client.get(f"/api/v1/datasets/{dataset['id']}/records/-1").status_code == 422
    again = client.post("/api/v1/datasets/simulate", json={"name": "small", "kind": "journal", "spec": SPEC})
    assert again.status_code == 409


def test_an_export_is_downloaded(client, house: House, dataset: dict) -> None:
    asked = client.post(f"/api/v1/datasets/{dataset['id']}/export", json={"format": "npz"})
    assert asked.status_code == 202
    assert client.get(f"/api/v1/datasets/exports/{asked.json()['id']}").status_code == 409
    house.work()
    job = client.get(asked.headers["location"]).json()
    answer = client.get(job["link"])
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert zipfile.ZipFile(io.BytesIO(answer.content)).testzip() is None
    assert client.post(f"/api/v1/datasets/{dataset['id']}/export", json={"format": "xls"}).status_code == 422
    other = house.job()
    assert client.get(f"/api/v1/datasets/exports/{other.id}").status_code == 404


def test_recordings_become_a_dataset_with_labels(client, house: House) -> None:
    made = client.post("/api/v1/recordings", params={"file_name": "a.csv"}, content=b"1\n2\n").json()
    body = {"name": "own", "recordings": {made["id"]: {"fault": "outer_race", "severity": "mild"}}}
    waiting = client.post("/api/v1/datasets/import", json=body)
    assert waiting.status_code == 409, waiting.text
    house.put("recordings", made["id"], state="ready")
    assert client.post("/api/v1/datasets/import", json=body).status_code == 202
    missing = {"name": "own2", "recordings": {"0" * 32: {"fault": "outer_race"}}}
    assert client.post("/api/v1/datasets/import", json=missing).status_code == 404
    for wrong in ({}, {"x": {"fault": "outer_race"}}, {made["id"]: {}}, {made["id"]: {"fault": "gremlins"}}):
        assert client.post("/api/v1/datasets/import", json={"name": "o", "recordings": wrong}).status_code == 422


def test_a_formula_in_a_csv_export_is_no_formula_any_more(client, house: House, recording_file: Path) -> None:
    params = {"file_name": "=HYPERLINK(1).npy", **KNOWN}
    made = client.post("/api/v1/recordings", params=params, content=recording_file.read_bytes()).json()
    house.work()
    labels = {made["id"]: {"fault": "outer_race", "bearing": "=cmd|' /C calc'!A0", "rig": "@SUM(1)"}}
    asked = client.post("/api/v1/datasets/import", json={"name": "formulas", "recordings": labels})
    assert asked.status_code == 202, asked.text
    house.work()
    job = client.get(asked.headers["location"]).json()
    assert job["status"] == "done", job
    asked = client.post(f"{job['link']}/export", json={"format": "csv"})
    house.work()
    job = client.get(asked.headers["location"]).json()
    assert job["status"] == "done", job
    archive = zipfile.ZipFile(io.BytesIO(client.get(job["link"]).content))
    tables = [archive.read(n).decode() for n in archive.namelist() if n.endswith(".csv")]
    cells = [cell for table in tables for row in csv.reader(table.splitlines()) for cell in row]
    assert any("cmd" in cell for cell in cells)
    assert [c for c in cells if c.startswith(("=", "@"))] == []


def test_a_dataset_is_removed_and_restored(client, house: House, dataset: dict) -> None:
    where = f"/api/v1/datasets/{dataset['id']}"
    audit = client.post(f"{where}/audit")
    assert audit.status_code == 202
    assert client.delete(where).status_code == 204
    assert client.get(where).status_code == 404
    assert client.post(f"{where}/restore").json()["name"] == "small"


def test_a_model_is_trained_shown_and_judged(client, house: House, dataset: dict, model: dict) -> None:
    assert (model["kind"], model["bearing_kind"], model["simulated"]) == ("logistic_log_spectrum", "journal", True)
    assert model["evaluation"]
    assert "folder" not in model
    assert "logistic_log_spectrum" in {r["name"] for r in client.get("/api/v1/models/catalogue").json()["items"]}
    where = f"/api/v1/models/{model['id']}"
    asked = client.post(f"{where}/evaluations", json={"dataset_id": dataset["id"]})
    assert asked.status_code == 202
    house.work()
    judged = client.get(f"{where}/evaluations").json()["items"]
    assert judged, client.get(asked.headers["location"]).json()
    if judged[0]["has_report"]:
        report = client.get(f"/api/v1/evaluations/{judged[0]['id']}/report")
        assert report.headers["content-disposition"].startswith("attachment")
    taken = {"name": "levels", "dataset_id": dataset["id"], "model": "knn"}
    assert client.post("/api/v1/models", json=taken).status_code == 409
    assert client.post("/api/v1/models", json=taken | {"name": "n", "model": "oracle"}).status_code == 422


def test_a_model_is_asked_in_the_open_inference_protocol(client, model: dict) -> None:
    told = client.get("/v2/models/levels").json()
    assert told["inputs"][0]["name"] == "samples"
    window = told["inputs"][0]["shape"][1]
    classes = told["parameters"]["classes"]
    assert client.get("/v2/models/levels/ready").json() == {"name": "levels", "ready": True}
    samples = {"name": "samples", "shape": [2, window], "datatype": "FP32", "data": [0.1, -0.1] * window}
    speed = {"name": "speed_hz", "shape": [2], "datatype": "FP64", "data": [60.0, 60.0]}
    asked = {"id": "mine", "inputs": [samples, speed]}
    answer = client.post("/v2/models/levels/infer", json=asked)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["model_name"], told["id"]) == ("levels", "mine")
    (tensor,) = told["outputs"]
    assert tensor["shape"] == [2, len(classes)]
    assert sum(tensor["data"]) == pytest.approx(2)
    wrong = [
        {"inputs": [samples | {"shape": [2, window - 1]}, speed]},
        {"inputs": [samples | {"data": [0.0]}, speed]},
        {"inputs": [samples | {"data": ["a"] * 2 * window}, speed]},
        {"inputs": [samples | {"name": "other"}]},
        {"inputs": [samples, speed | {"data": [-1.0, 60.0]}]},
        {"inputs": []},
    ]
    for body in wrong:
        assert client.post("/v2/models/levels/infer", json=body).status_code == 422, body["inputs"][:1]
    nan = '{"inputs": [{"name": "samples", "shape": [1], "datatype": "FP32", "data": [NaN]}]}'
    headers = {"content-type": "application/json"}
    assert client.post("/v2/models/levels/infer", content=nan, headers=headers).status_code == 422
    assert client.post("/v2/models/nobody/infer", json=asked).status_code == 404


def test_health_and_server(house: House) -> None:
    with house.client(None) as client:
        assert client.get("/v2/health/live").json() == {"live": True}
        assert client.get("/v2/health/ready").json() == {"ready": True}
        assert client.get("/v2").status_code == 401
    with house.client("viewer") as client:
        assert client.get("/v2").json()["name"] == "palier"


def test_a_model_is_removed_and_restored(client, model: dict) -> None:
    where = f"/api/v1/models/{model['id']}"
    assert client.delete(where).status_code == 204
    assert client.get(where).status_code == 404
    assert client.get("/v2/models/levels").status_code == 404
    assert client.post(f"{where}/restore").json()["id"] == model["id"]
    assert model["id"] in {m["id"] for m in client.get("/api/v1/models", params={"limit": 1}).json()["items"]}
