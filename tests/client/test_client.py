"""The road of a recording, with the client."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.api.house import KNOWN, House

from palier.app.entities import JobStatus
from palier.client import Client
from palier.errors import (
    CancelledError,
    ConflictError,
    NotFoundError,
    OutputError,
    PalierError,
    ParameterError,
    PermissionDeniedError,
    ReadError,
    SignInError,
    UnavailableError,
)


def test_from_a_file_to_a_report(client: Client, working: None, recording_file: Path, tmp_path: Path) -> None:
    machine = client.machines.add("Pump", location="Boiler house")
    point = client.machines.add_point(machine.id, "DE", bearing="6205", unit="g")
    sent: list[tuple[int, int]] = []
    recording = client.recordings.upload(
        recording_file, point_id=point.id, taken_at=datetime(2026, 11, 1, tzinfo=UTC),
        on_progress=lambda done, size: sent.append((done, size)), **KNOWN,
    )  # fmt: skip
    assert sent[-1] == (recording_file.stat().st_size, recording_file.stat().st_size)
    assert recording.point_id == point.id
    asked = client.diagnoses.create(recording.id, false_alarm_rate=0.001)
    changes = []
    done = client.diagnoses.wait(asked, timeout_s=60, on_change=changes.append)
    assert changes[-1].over
    assert changes[-1].progress == 1.0
    assert (done.verdict, done.top_fault) == ("damage", "outer_race")
    assert done.result is not None
    assert done.job is not None
    assert done.job.finished_at is not None
    report = client.diagnoses.report(done.id, tmp_path / "new" / "report.html")
    assert "outer-race" in report.read_text()
    read = client.recordings.get(recording.id)
    assert (read.state, read.channels, read.taken_at) == ("ready", ("pump",), datetime(2026, 11, 1, tzinfo=UTC))
    window = client.recordings.waveform(recording.id, first_s=0.1, last_s=0.2, points=100)
    assert len(window.low) == len(window.time_s) <= 100
    assert client.diagnoses.opine(done.id, "right").id == done.id
    assert client.machines.get(machine.id).recordings == 1
    assert [m.name for m in client.machines.all()] == ["Pump"]
    assert client.diagnoses.wait(done).verdict == "damage"


def test_lists_go_on_from_page_to_page(client: Client, tmp_path: Path) -> None:
    for i in range(3):
        path = tmp_path / f"{i}.csv"
        path.write_text(f"{i}\n{i + 100}\n")
        recording = client.recordings.upload(path, file_name=f"renamed {i}.csv")
    names = [r.file_name for r in client.recordings.all(limit=2)]
    assert names[:3] == ["renamed 2.csv", "renamed 1.csv", "renamed 0.csv"]
    declared = client.recordings.declare(recording, sampling_rate_hz=100.0)
    assert declared.declared == {"sampling_rate_hz": 100.0}
    with pytest.raises(ConflictError, match="version 1"):
        client.recordings.declare(recording, sampling_rate_hz=200.0)
    assert client.recordings.assign(declared, None).point_id is None
    client.recordings.remove(recording.id)
    with pytest.raises(NotFoundError):
        client.recordings.get(recording.id)
    assert list(client.diagnoses.all(recording_id=recording.id)) == []


def test_errors_are_those_of_the_library_in_the_words_of_the_server(
    client: Client, house: House, tmp_path: Path
) -> None:
    with pytest.raises(NotFoundError, match="no machine"):
        client.machines.get("0" * 32)
    with pytest.raises(ParameterError, match="name: "):
        client.machines.add("")
    machine = client.machines.add("M")
    with pytest.raises(ParameterError, match="bearing"):
        client.machines.add_point(machine.id, "DE", bearing="nothing")
    client.machines.remove(machine.id)
    with pytest.raises(PermissionDeniedError, match="needs the role"):
        client.post("/datasets/simulate", {"name": "n", "kind": "journal"})
    with pytest.raises(ReadError, match="cannot be read"):
        client.recordings.upload(tmp_path / "missing.wav")
    with Client(house.url, "palier_wrong") as stranger, pytest.raises(SignInError):
        stranger.get("/me")
    with pytest.raises(ParameterError, match="is no address"):
        Client("palier.example.com", None)
    with pytest.raises(ParameterError, match="cannot be sent"):
        Client(house.url, "clé\n")


def test_a_report_that_cannot_be_written_says_so(client: Client, house: House, tmp_path: Path) -> None:
    done = next(d for d in client.diagnoses.all() if d.finished_at)
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        client.diagnoses.report(done.id, tmp_path / "file" / "report.html")


def test_waiting_for_what_fails_is_cancelled_or_lasts_too_long(
    client: Client, house: House, recording_file: Path
) -> None:
    recording = client.recordings.upload(recording_file)
    failed, cancelled, slow = (client.diagnoses.create(recording.id) for _ in range(3))
    assert failed.job is not None
    assert cancelled.job is not None
    house.put("jobs", failed.job.id, status=JobStatus.FAILED, error="pump.npy: the bearing is not declared")
    with pytest.raises(PalierError, match="the bearing is not declared"):
        client.diagnoses.wait(failed)
    assert client.jobs.cancel(cancelled.job.id).status == "cancelled"
    with pytest.raises(CancelledError):
        client.diagnoses.wait(cancelled)
    with pytest.raises(UnavailableError, match="still queued"):
        client.diagnoses.wait(slow, timeout_s=0.3)
    assert client.jobs.retry(cancelled.job.id).status == "queued"
