"""Uploads, whatever arrives; what was declared; windows of the waveform."""

import socket
import time
from pathlib import Path

import numpy as np
import pytest
from tests.api.house import KNOWN, RATE_HZ, House, open_house

from palier.adapters.files import LocalFiles
from palier.errors import OutputError


@pytest.fixture
def client(house: House):
    with house.client("analyst") as made:
        yield made


@pytest.fixture(scope="module")
def known(house: House, recording_file: Path) -> dict:
    """A recording that a job has read."""
    with house.client("analyst") as client:
        made = client.post(
            "/api/v1/recordings", params={"file_name": "pump.npy", **KNOWN}, content=recording_file.read_bytes()
        ).json()
        house.work()
        return client.get(f"/api/v1/recordings/{made['id']}").json()


def test_a_file_is_uploaded_read_and_shown(known: dict) -> None:
    assert known["state"] == "ready"
    assert known["declared"] == KNOWN
    assert known["n_samples"] == 2 * RATE_HZ
    assert set(known["levels"]) >= {"rms", "peak", "kurtosis"}
    assert "pack" not in known


def test_the_same_bytes_are_stored_once_in_whatever_form_they_come(
    client, house: House, known: dict, recording_file: Path
) -> None:
    before = house.count("recordings")
    content = recording_file.read_bytes()
    form = client.post("/api/v1/recordings", files={"file": ("other.npy", content, "application/x-thing")})
    bare = client.post(
        "/api/v1/recordings", params={"file_name": "again.npy"}, content=iter([content[:7], content[7:]])
    )
    assert form.status_code == bare.status_code == 201
    assert form.json()["id"] == bare.json()["id"] == known["id"]
    assert house.count("recordings") == before


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:\\data\\a.csv", "a.csv"),
        ("<script>alert(1)</script>.csv", "script>.csv"),
        ("=HYPERLINK(1).csv", "=HYPERLINK(1).csv"),
        ("naïve \u202egpj.csv", "naïve gpj.csv"),
        ("x" * 900 + ".csv", "x" * 150 + "…" + "x" * 36 + ".csv"),
    ],
)
def test_a_name_is_for_display_only(client, house: House, name: str, shown: str) -> None:
    for how in ("query", "form"):
        content = f"{how}{name}".encode("utf-8", "replace")
        if how == "query":
            answer = client.post("/api/v1/recordings", params={"file_name": name}, content=content)
        else:
            answer = client.post("/api/v1/recordings", files={"file": (name, content)})
        assert answer.status_code == 201, answer.text
        assert answer.json()["file_name"].endswith(shown)
        assert answer.headers["content-type"] == "application/json"
    root = house.application.settings.data_dir
    assert not [p for p in root.rglob("*") if "passwd" in p.name or "script" in p.name]


def test_what_is_no_upload_is_refused_and_nothing_is_kept(client, house: House) -> None:
    before = house.count("recordings")
    post = client.post
    where = "/api/v1/recordings"
    bad = {"file_name": "a.csv"}
    assert post(where, params=bad, content=b"").status_code == 422
    assert post(where, content=b"1,2").status_code == 422
    assert post(where, params=bad, content=b"{}", headers={"content-type": "application/json"}).status_code == 415
    assert post(where, params=bad, content=b"x", headers={"content-type": "multipart/form-data"}).status_code == 422
    assert post(where, files={"other": ("a.csv", b"1")}).status_code == 422
    assert post(where, files=[("file", ("a.csv", b"1")), ("file", ("b.csv", b"2"))]).status_code == 422
    assert post(where, data={"file": "no file"}, files={"x": b""}).status_code == 422
    assert post(where, params=bad | {"point_id": "0" * 32}, content=b"1").status_code == 404
    assert post(where, params=bad | {"speed_hz": "1e999"}, content=b"1").status_code == 422
    assert post(where, params=bad | {"sampling_rate_hz": "nan"}, content=b"1").status_code == 422
    assert post(where, params=bad | {"taken_at": "2026-11-23T08:00:00"}, content=b"1").status_code == 422
    assert post(where, params=bad | {"taken_at": "1700000000"}, content=b"1").status_code == 422
    assert post(where, params=bad | {"taken_at": "0001-01-01T00:00:00+14:00"}, content=b"1").status_code == 422
    assert post(where, params=bad | {"bearing": "nothing"}, content=b"1").status_code == 422
    assert house.count("recordings") == before


def test_a_form_that_ends_too_early_is_refused(client, house: House) -> None:
    before = house.count("recordings")
    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n1,2,3\r\n'
    answer = client.post(
        "/api/v1/recordings", content=body, headers={"content-type": "multipart/form-data; boundary=b"}
    )
    assert answer.status_code == 422
    assert "cut off" in answer.json()["detail"]
    long = b"--b\r\n" + b"X-A: " + b"y" * 20_000
    answer = client.post(
        "/api/v1/recordings", content=long, headers={"content-type": "multipart/form-data; boundary=b"}
    )
    assert answer.status_code == 422
    assert house.count("recordings") == before


def test_an_upload_that_is_cut_off_leaves_nothing(house: House) -> None:
    before = house.count("recordings")
    host, port = house.url.removeprefix("http://").split(":")
    head = (
        f"POST /api/v1/recordings?file_name=a.csv HTTP/1.1\r\nHost: palier\r\nAuthorization: Bearer "
        f"{house.keys['analyst']}\r\nContent-Length: 1000000\r\n\r\n"
    )
    with socket.create_connection((host, int(port))) as line:
        line.sendall(head.encode() + b"1,2,3\n" * 1000)
        incoming = house.application.settings.data_dir / "incoming"
        end = time.monotonic() + 10
        while not (incoming.is_dir() and list(incoming.iterdir())):
            assert time.monotonic() < end
            time.sleep(0.01)
    while list(incoming.iterdir()):
        assert time.monotonic() < end
        time.sleep(0.01)
    assert house.count("recordings") == before


def test_a_file_that_is_too_large_is_refused(migrated_sqlite: Path, tmp_path: Path) -> None:
    with open_house(tmp_path / "small", migrated_sqlite, upload_limit_bytes=2048) as house, house.client() as client:
        for content in (b"x" * 2049, iter([b"x" * 1000] * 5)):
            answer = client.post("/api/v1/recordings", params={"file_name": "a.csv"}, content=content)
            assert answer.status_code == 413
            assert "2,048 bytes" in answer.json()["detail"]
        assert client.post("/api/v1/recordings", files={"file": ("a.csv", b"x" * 2049)}).status_code == 413
        assert client.post("/api/v1/recordings", params={"file_name": "a.csv"}, content=b"x" * 2048).status_code == 201
        assert house.count("recordings") == 1


def test_a_disk_that_is_full_is_said_without_saying_where(
    client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object, **__: object) -> None:
        raise OutputError(f"{house.application.settings.data_dir}/incoming/x: no space left")

    monkeypatch.setattr(LocalFiles, "receive", full)
    answer = client.post("/api/v1/recordings", params={"file_name": "a.csv"}, content=b"1,2\n")
    assert answer.status_code == 507
    assert answer.json()["detail"] == "the server has no room left for this; tell its operator"


def test_a_declaration_needs_the_version_that_was_read(client, house: House) -> None:
    made = client.post("/api/v1/recordings", params={"file_name": "d.csv"}, content=b"0.1\n0.2\n" * 50)
    where, tag = made.headers["location"], made.headers["etag"]
    declared = {"sampling_rate_hz": 1000, "unit": "g", "taken_at": "2026-11-23T08:00:00+01:00"}
    changed = client.patch(where, json={"declared": declared}, headers={"If-Match": tag})
    assert changed.status_code == 200, changed.text
    assert changed.json()["declared"] == {"sampling_rate_hz": 1000, "unit": "g"}
    assert changed.json()["taken_at"] == "2026-11-23T07:00:00Z"
    assert client.patch(where, json={"declared": declared}, headers={"If-Match": tag}).status_code == 412
    assert client.patch(where, json={"declared": declared}).status_code == 428
    now = {"If-Match": changed.headers["etag"]}
    assert client.patch(where, json={}, headers=now).status_code == 422
    assert client.patch(where, json={"declared": {}, "point_id": None}, headers=now).status_code == 422
    assert client.patch(where, json={"point_id": "0" * 32}, headers=now).status_code == 404
    assert client.patch(where, json={"point_id": None}, headers=now).json()["point_id"] is None


def test_pages_go_through_all_of_them_once(client, house: House) -> None:
    ids = {
        client.post("/api/v1/recordings", params={"file_name": f"{i}.csv"}, content=f"{i}\n".encode()).json()["id"]
        for i in range(5)
    }
    seen: list[str] = []
    page = client.get("/api/v1/recordings", params={"limit": 2})
    while True:
        seen += [r["id"] for r in page.json()["items"]]
        assert len(page.json()["items"]) <= 2
        if page.json()["next"] is None:
            assert "link" not in page.headers
            break
        assert page.links["next"]["url"].endswith(f"cursor={page.json()['next']}")
        page = client.get(page.links["next"]["url"])
    assert len(seen) == len(set(seen)) == house.count("recordings")
    assert ids <= set(seen)
    assert seen == sorted(seen, reverse=True)
    assert client.get("/api/v1/recordings", params={"limit": 101}).status_code == 422
    assert client.get("/api/v1/recordings", params={"cursor": "nonsense"}).status_code == 422


def test_a_window_of_the_waveform(client, known: dict, recording_file: Path) -> None:
    samples = np.load(recording_file)
    where = f"/api/v1/recordings/{known['id']}/waveform"
    coarse = client.get(where, params={"points": 50}).json()
    assert len(coarse["low"]) == len(coarse["time_s"]) <= 50
    assert not coarse["exact"]
    assert min(coarse["low"]) == pytest.approx(samples.min())
    assert max(coarse["high"]) == pytest.approx(samples.max())
    exact = client.get(where, params={"first_s": 0.5, "last_s": 0.51, "points": 1000}).json()
    assert exact["exact"]
    first = round(0.5 * RATE_HZ)
    np.testing.assert_allclose(exact["low"], samples[first : first + len(exact["low"])], rtol=1e-6)
    assert client.get(where, params={"channel": "none"}).status_code == 404
    assert client.get(where, params={"points": 15}).status_code == 422
    assert client.get(where, params={"first_s": "inf"}).status_code == 422


def test_samples_as_float32(client, known: dict) -> None:
    where = f"/api/v1/recordings/{known['id']}/waveform"
    window = {"first_s": 0.25, "last_s": 0.5, "points": 300}
    plain = client.get(where, params=window).json()
    answer = client.get(where, params=window, headers={"Accept": "application/octet-stream"})
    assert answer.headers["content-type"] == "application/octet-stream"
    rows = np.frombuffer(answer.content, "<f4").reshape(3, int(answer.headers["palier-steps"]))
    first = float(answer.headers["palier-first-time"])
    np.testing.assert_allclose(rows[0] + first, plain["time_s"], rtol=1e-5)
    np.testing.assert_array_equal(rows[1], np.float32(plain["low"]))
    np.testing.assert_array_equal(rows[2], np.float32(plain["high"]))


def test_what_was_not_read_yet_has_no_waveform(client) -> None:
    made = client.post("/api/v1/recordings", params={"file_name": "w.csv"}, content=b"7\n8\n").json()
    answer = client.get(f"/api/v1/recordings/{made['id']}/waveform")
    assert answer.status_code == 409


def test_removed_and_restored(client) -> None:
    made = client.post("/api/v1/recordings", params={"file_name": "r.csv"}, content=b"17\n18\n").json()
    where = f"/api/v1/recordings/{made['id']}"
    assert client.delete(where).status_code == 204
    assert client.get(where).status_code == 404
    assert client.delete(where).status_code == 404
    assert client.post(f"{where}/restore").json()["id"] == made["id"]
