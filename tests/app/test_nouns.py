"""What the services of machines, recordings, diagnoses, jobs, datasets and models do, and for whom."""

import inspect
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.app.office import Office, open_office

from palier.adapters.db import SqlStore
from palier.app import entities as e
from palier.app.entities import JobStatus
from palier.app.identity import new_id
from palier.app.roles import Permission
from palier.app.specs import (
    Declaration,
    DiagnosisSpec,
    EvaluationSpec,
    ExportSpec,
    ImportSpec,
    MachineSpec,
    OpinionSpec,
    PointSpec,
    SimulationSpec,
    TrainingSpec,
)
from palier.errors import (
    BearingError,
    ConflictError,
    NotFoundError,
    OutputError,
    ParameterError,
    PermissionDeniedError,
    TooLargeError,
)


@pytest.fixture
def office(sqlite_store: SqlStore, tmp_path: Path) -> Office:
    return open_office(sqlite_store, tmp_path / "data")


PUMP = MachineSpec("Pump 3", machine_group="2", support="rigid")
DRIVE_END = PointSpec("Drive end", bearing="6205-2RS", nominal_speed_hz=29.5, unit="g")


# ------------------------------------------------------------------ machines


def test_machines_are_added_changed_removed_and_brought_back(office: Office) -> None:
    machine = office.machines.add(office.analyst, PUMP)
    point = office.machines.add_point(office.analyst, machine.id, DRIVE_END)
    view = office.machines.get(office.viewer, machine.id)
    assert (view.machine, view.points, view.recordings, view.latest) == (machine, (point,), 0, None)
    changed = office.machines.change(office.analyst, machine.id, replace(PUMP, name="Pump 4"), version=1)
    with pytest.raises(ConflictError, match="changed since"):
        office.machines.change(office.analyst, machine.id, PUMP, version=1)
    office.machines.remove(office.analyst, machine.id)
    assert office.machines.all(office.viewer) == ()
    office.machines.restore(office.analyst, machine.id)
    assert [v.machine.name for v in office.machines.all(office.viewer)] == [changed.name]
    assert office.actions() == ["machine.add", "point.add", "machine.change", "machine.remove", "machine.restore"]


def test_a_name_that_is_taken_is_said(office: Office) -> None:
    first = office.machines.add(office.analyst, PUMP)
    with pytest.raises(ConflictError, match="already"):
        office.machines.add(office.analyst, PUMP)
    office.machines.remove(office.analyst, first.id)
    office.machines.add(office.analyst, PUMP)
    with pytest.raises(ConflictError, match="already"):
        office.machines.restore(office.analyst, first.id)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (PointSpec(""), "the name has 0"),
        (PointSpec("a\nb"), "control characters"),
        (PointSpec("a", nominal_speed_hz=-1), "the speed in Hz is -1"),
        (PointSpec("a", nominal_speed_hz=float("inf")), "positive number"),
        (PointSpec("a", unit="furlong"), "allowed are g"),  # type: ignore[arg-type]
        (PointSpec("a", kind="magic"), "allowed are rolling, journal"),  # type: ignore[arg-type]
        (PointSpec("x" * 201), "201 characters"),
    ],
)
def test_a_point_that_cannot_be_is_refused(office: Office, spec: PointSpec, words: str) -> None:
    machine = office.machines.add(office.analyst, PUMP)
    with pytest.raises(ParameterError, match=words):
        office.machines.add_point(office.analyst, machine.id, spec)


def test_a_bearing_nobody_knows_is_refused_before_it_is_stored(office: Office) -> None:
    machine = office.machines.add(office.analyst, PUMP)
    with pytest.raises(BearingError):
        office.machines.add_point(office.analyst, machine.id, PointSpec("a", bearing="9999-XYZ"))


def test_points_are_changed_removed_and_brought_back(office: Office) -> None:
    machine = office.machines.add(office.analyst, PUMP)
    point = office.machines.add_point(office.analyst, machine.id, DRIVE_END)
    changed = office.machines.change_point(office.analyst, point.id, replace(DRIVE_END, direction="radial"), version=1)
    assert office.machines.get_point(office.viewer, point.id) == changed
    office.machines.remove_point(office.analyst, point.id)
    with pytest.raises(NotFoundError):
        office.machines.get_point(office.viewer, point.id)
    office.machines.restore_point(office.analyst, point.id)
    assert office.machines.get_point(office.viewer, point.id).version == 4


def test_a_machine_shows_its_latest_state_and_worst_zone(office: Office) -> None:
    machine = office.machines.add(office.analyst, PUMP)
    points = [office.machines.add_point(office.analyst, machine.id, PointSpec(n)) for n in ("A", "B")]
    when = datetime(2026, 1, 1, tzinfo=UTC)
    for i, (point, zone) in enumerate(((points[0], "D"), (points[0], "B"), (points[1], "C"))):
        recording = office.upload(b"file %d" % i, point_id=point.id)
        office.ready(recording, taken_at=when + timedelta(days=i), levels_json={"rms": float(i)})
        view = office.diagnoses.create(office.analyst, recording.id, DiagnosisSpec())
        office.finish(view.diagnosis.id, zone=zone)
    state = office.machines.get(office.viewer, machine.id)
    assert state.worst_zone == "C"  # of the latest of each point: the D of point A is mended
    assert state.latest is not None
    assert (state.latest.zone, state.latest_at, state.recordings) == ("C", when + timedelta(days=2), 3)
    assert state.trend == ((when + timedelta(days=2), 2.0),)
    assert state.open_jobs == 3
    history = office.machines.history(office.viewer, machine.id)
    assert [h.diagnosis and h.diagnosis.zone for h in history] == ["D", "B", "C"]
    assert len(office.machines.history(office.viewer, machine.id, point_id=points[0].id)) == 2
    with pytest.raises(NotFoundError):
        office.machines.history(office.viewer, machine.id, point_id="nowhere")


# ------------------------------------------------------------------ recordings


def test_an_upload_is_stored_once_and_read_by_a_job(office: Office) -> None:
    first = office.upload(b"x" * 100, file_name="../../etc/<script>alert(1)</script>.csv")
    again = office.upload(b"x" * 100, file_name="same.csv")
    assert again == first
    assert first.file_name == "script>.csv"
    assert (first.state, first.size_bytes) == ("waiting", 100)
    assert office.files.path(first.sha256).read_bytes() == b"x" * 100
    assert [j.kind for j in office.hints.sent] == ["import_recordings"]
    assert len(list(office.files.root.glob("files/*/*"))) == 1
    assert list(office.files.root.glob("incoming/*")) == []


def test_two_workspaces_keep_one_file_and_see_only_their_own(office: Office) -> None:
    mine, theirs = office.upload(b"same"), office.upload(b"same", actor=office.stranger)
    assert mine.sha256 == theirs.sha256
    assert mine.id != theirs.id
    with office.store.reading() as t:
        assert t.blobs.count() == 1
    with pytest.raises(NotFoundError):
        office.recordings.get(office.stranger, mine.id)


def test_what_is_too_large_empty_or_cut_off_leaves_nothing(office: Office) -> None:
    with pytest.raises(TooLargeError, match="1,000,000 bytes"):
        office.upload(b"x" * 1_000_001)
    with pytest.raises(ParameterError, match="empty"):
        office.upload(b"")

    async def cut_off() -> Any:
        yield b"half"
        raise ConnectionResetError

    async def receive() -> None:
        await office.recordings.receive(office.analyst, file_name="a", chunks=cut_off())

    import anyio

    with pytest.raises(ConnectionResetError):
        anyio.run(receive)
    assert [p for p in office.files.root.rglob("*") if p.is_file()] == []
    assert office.recordings.page(office.viewer) == []


def test_a_full_disk_is_said_and_leaves_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno

    from palier.adapters import files

    class Full:
        def __getattr__(self, name: str) -> Any:
            return getattr(self.file, name)

        def __init__(self, file: Any) -> None:
            self.file = file

        def write(self, data: bytes) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    real = files.os.fdopen
    monkeypatch.setattr(files.os, "fdopen", lambda *a: Full(real(*a)))
    with pytest.raises(OutputError, match="No space left on device; nothing was kept"):
        office.upload(b"x")
    assert list(office.files.root.glob("incoming/*")) == []


def test_declaring_reads_the_file_again(office: Office) -> None:
    recording = office.ready(office.upload())
    declared = office.recordings.declare(
        office.analyst, recording.id, Declaration(speed_hz=29.5, unit="g"), version=recording.version
    )
    assert declared.state == "waiting"
    assert declared.declared_json == {"speed_hz": 29.5, "unit": "g"}
    assert [j.kind for j in office.hints.sent] == ["import_recordings"] * 2
    with pytest.raises(ConflictError):
        office.recordings.declare(office.analyst, recording.id, Declaration(), version=recording.version)
    with pytest.raises(ParameterError, match="time zone"):
        office.recordings.declare(office.analyst, recording.id, Declaration(taken_at=datetime(2026, 1, 1)), version=9)  # noqa: DTZ001


def test_the_same_file_with_another_declaration_is_read_again(office: Office) -> None:
    first = office.ready(office.upload())
    again = office.upload(declared=Declaration(speed_hz=10.0))
    assert (again.id, again.state, again.version) == (first.id, "waiting", first.version + 1)


def test_recordings_are_paged_assigned_removed_and_restored(office: Office) -> None:
    point = office.machines.add_point(office.analyst, office.machines.add(office.analyst, PUMP).id, DRIVE_END)
    rows = [office.upload(b"file %d" % i) for i in range(3)]
    page = office.recordings.page(office.viewer, limit=2)
    assert [r.id for r in page] == [rows[2].id, rows[1].id]
    assert [r.id for r in office.recordings.page(office.viewer, after=page[-1].id)] == [rows[0].id]
    office.recordings.assign(office.analyst, rows[0].id, point.id, version=1)
    assert [r.id for r in office.recordings.page(office.viewer, point_id=point.id)] == [rows[0].id]
    office.recordings.remove(office.analyst, rows[0].id)
    with pytest.raises(NotFoundError):
        office.recordings.get(office.viewer, rows[0].id)
    office.recordings.restore(office.analyst, rows[0].id)
    office.recordings.remove(office.analyst, rows[0].id)
    office.upload(b"file 0")
    with pytest.raises(ConflictError, match="already"):
        office.recordings.restore(office.analyst, rows[0].id)
    with pytest.raises(ParameterError, match="1 to 200"):
        office.recordings.page(office.viewer, limit=10_000)


def test_a_waveform_comes_in_windows(office: Office) -> None:
    from palier.core.recording import Provenance, Recording
    from palier.data.pack import write_pack

    x = np.random.default_rng(0).standard_normal((2, 100_000)).astype(np.float32)
    recording = office.upload()
    with pytest.raises(ConflictError, match="still being read"):
        office.recordings.waveform(office.viewer, recording.id)
    folder = office.files.root / "artefacts" / "pack"
    folder.parent.mkdir(parents=True)
    write_pack(Recording(x, Provenance("t", "0" * 64), sampling_rate_hz=1000.0, channel_names=("DE", "FE")), folder)
    office.ready(recording, n_samples=100_000, pack=office.files.relative(folder))
    whole = office.recordings.waveform(office.viewer, recording.id, points=200)
    assert (whole.low.min(), whole.high.max()) == (x[0].min(), x[0].max())
    assert not whole.exact
    assert len(whole.time_s) <= 200
    part = office.recordings.waveform(office.viewer, recording.id, channel="FE", first_s=1.0, last_s=1.1, points=500)
    assert part.exact
    np.testing.assert_array_equal(part.low, x[1, 1000:1100])
    with pytest.raises(NotFoundError, match="no channel"):
        office.recordings.waveform(office.viewer, recording.id, channel="XX")
    with pytest.raises(ParameterError, match="16 to 20,000"):
        office.recordings.waveform(office.viewer, recording.id, points=10**9)


# ------------------------------------------------------------------ diagnoses


def test_a_diagnosis_is_asked_for_answered_and_judged(office: Office) -> None:
    recording = office.upload()
    view = office.diagnoses.create(office.analyst, recording.id, DiagnosisSpec(bearing="6205-2RS", speed_hz=29.5))
    assert view.job is not None
    assert (view.job.kind, view.job.status, view.diagnosis.verdict) == ("diagnose", JobStatus.QUEUED, None)
    with pytest.raises(ConflictError, match="no answer yet"):
        office.diagnoses.curve(office.viewer, view.diagnosis.id, "spectrum")
    with pytest.raises(ConflictError, match="no answer yet"):
        office.diagnoses.opine(office.analyst, view.diagnosis.id, OpinionSpec("wrong"))
    office.finish(view.diagnosis.id)
    opined = office.diagnoses.opine(office.analyst, view.diagnosis.id, OpinionSpec("wrong", "inner_race", "seen\nit"))
    assert (opined.diagnosis.opinion_fault, opined.diagnosis.opinion_note) == ("inner_race", "seen it")
    assert opined.diagnosis.opinion_by == office.analyst.user_id
    assert [v.diagnosis.id for v in office.diagnoses.page(office.viewer, recording_id=recording.id)] == [
        view.diagnosis.id
    ]
    office.diagnoses.remove(office.analyst, view.diagnosis.id)
    assert office.diagnoses.page(office.viewer) == []
    office.diagnoses.restore(office.analyst, view.diagnosis.id)
    assert len(office.diagnoses.page(office.viewer)) == 1


def test_diagnoses_of_a_machine_are_found(office: Office) -> None:
    machine = office.machines.add(office.analyst, PUMP)
    point = office.machines.add_point(office.analyst, machine.id, DRIVE_END)
    on, off = office.upload(b"on", point_id=point.id), office.upload(b"off")
    for recording in (on, off):
        office.diagnoses.create(office.analyst, recording.id, DiagnosisSpec())
    found = office.diagnoses.page(office.viewer, machine_id=machine.id)
    assert [v.recording.id for v in found] == [on.id]
    assert (found[0].point, found[0].machine) == (point, machine)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (DiagnosisSpec(speed_hz=-3), "the speed in Hz is -3"),
        (DiagnosisSpec(speed_tolerance=0.9), "0 to 0.2"),
        (DiagnosisSpec(false_alarm_rate=0.0), "1e-06 to 0.5"),
        (DiagnosisSpec(speed_range_hz=(9.0, 3.0)), "a lower and a higher"),
        (DiagnosisSpec(machine_group="7"), "allowed are 1, 2"),  # type: ignore[arg-type]
    ],
)
def test_a_diagnosis_that_cannot_be_is_refused_before_a_job_is_made(
    office: Office, spec: DiagnosisSpec, words: str
) -> None:
    recording = office.upload()
    with pytest.raises(ParameterError, match=words):
        office.diagnoses.create(office.analyst, recording.id, spec)
    assert len(office.jobs.page(office.viewer)) == 1


def test_what_cannot_be_read_is_not_diagnosed(office: Office) -> None:
    recording = office.ready(office.upload(), state="unreadable", problem="it is a picture")
    with pytest.raises(ConflictError, match="it is a picture"):
        office.diagnoses.create(office.analyst, recording.id, DiagnosisSpec())
    with pytest.raises(NotFoundError):
        office.diagnoses.create(office.analyst, office.upload(b"other").id, DiagnosisSpec(model_id="none"))


# ------------------------------------------------------------------ jobs


def test_jobs_wait_in_order_and_are_cancelled_and_retried(office: Office) -> None:
    office.upload(b"1")
    office.upload(b"2")
    second, first = office.jobs.page(office.viewer)
    assert (first.queue_position, second.queue_position) == (1, 2)
    assert not first.can_cancel
    mine = office.jobs.get(office.analyst, first.job.id)
    assert (mine.can_cancel, mine.can_retry, mine.created_by_name) == (True, False, "Analyst")
    with pytest.raises(ConflictError, match="queued"):
        office.jobs.retry(office.analyst, first.job.id)
    cancelled = office.jobs.cancel(office.analyst, first.job.id)
    assert cancelled.job.status is JobStatus.CANCELLED
    again = office.jobs.retry(office.engineer, first.job.id)
    assert (again.job.status, again.job.attempt) == (JobStatus.QUEUED, 0)
    assert len(office.hints.sent) == 3
    assert [q.waiting for q in office.jobs.queues(office.viewer) if q.name == "analysis"] == [2]


def test_nobody_cancels_the_jobs_of_others_without_the_role(office: Office) -> None:
    office.upload(actor=office.engineer)
    (view,) = office.jobs.page(office.viewer, status=[JobStatus.QUEUED])
    with pytest.raises(PermissionDeniedError):
        office.jobs.cancel(office.analyst, view.job.id)
    office.jobs.cancel(office.engineer, view.job.id)


def test_a_finished_job_leads_to_what_it_made(office: Office) -> None:
    recording = office.upload()
    view = office.diagnoses.create(office.analyst, recording.id, DiagnosisSpec())
    assert view.job is not None
    with office.store.writing() as t:
        for job in t.jobs.all():
            t.jobs.put(replace(job, status=JobStatus.DONE))
            line = e.JobLogLine(new_id(office.clock()), job.id, 1, office.clock(), "info", "read")
            t.job_log.add(line)
    links = [office.jobs.get(office.viewer, j.job.id).result_link for j in office.jobs.page(office.viewer)]
    assert links == [f"/diagnoses/{view.diagnosis.id}", f"/diagnose?recordings={recording.id}"]
    assert [line.text for line in office.jobs.log(office.viewer, view.job.id)] == ["read"]
    assert office.jobs.workers(office.viewer) == ()


# ------------------------------------------------------------------ datasets and models


def a_dataset(office: Office, **changes: Any) -> e.Dataset:
    now = office.clock()
    row = e.Dataset(
        new_id(now), office.analyst.workspace_id, "Bench", "artefacts/none", "0" * 64, 3, 10, True, "journal", "u", now,
        {}, {},
    )  # fmt: skip
    row = replace(row, **changes)
    with office.store.writing() as t:
        t.datasets.add(row)
    return row


def test_a_simulation_is_checked_estimated_and_queued(office: Office) -> None:
    spec = SimulationSpec(
        "Bench", "journal", {"records_per_class": 2, "duration_s": 0.25, "faults": ["healthy", "wear"]}
    )
    cost = office.datasets.estimate(office.engineer, spec)
    assert (cost["records"], cost["bytes"]) == (4, 4 * 5120 * 4)
    assert cost["seconds"] > 0
    job = office.datasets.simulate(office.engineer, spec)
    assert job.args_json["spec"]["duration_s"] == 0.25
    with pytest.raises(ParameterError):
        office.datasets.simulate(office.engineer, replace(spec, spec={"records_per_class": -2}))
    with pytest.raises(ParameterError, match="GB can be used"):
        office.datasets.simulate(office.engineer, replace(spec, spec={"records_per_class": 10**6, "duration_s": 100.0}))
    a_dataset(office)
    with pytest.raises(ConflictError, match="already"):
        office.datasets.simulate(office.engineer, spec)


def test_recordings_become_a_dataset(office: Office) -> None:
    recording = office.upload()
    spec = ImportSpec("Field", (recording.id,), {recording.id: {"fault": "outer_race"}})
    with pytest.raises(ConflictError, match="is waiting"):
        office.datasets.import_(office.engineer, spec)
    office.ready(recording)
    assert office.datasets.import_(office.engineer, spec).kind == "import_dataset"
    with pytest.raises(ParameterError):
        office.datasets.import_(office.engineer, replace(spec, labels={recording.id: {"fault": "gremlins"}}))
    with pytest.raises(ParameterError, match="at least one"):
        office.datasets.import_(office.engineer, ImportSpec("Field", (), {}))
    with pytest.raises(ParameterError, match="not imported"):
        office.datasets.import_(office.engineer, replace(spec, labels={"other": {}}))


def test_a_record_of_a_dataset_is_looked_at(office: Office, small_dataset: Any) -> None:
    import shutil

    shutil.copytree(small_dataset.path, office.files.root / "artefacts" / "small")
    row = a_dataset(office, folder="artefacts/small", n_records=len(small_dataset))
    facts, view = office.datasets.record(office.viewer, row.id, 5, points=100)
    assert facts["fault"] == small_dataset.record(5).label
    x = small_dataset.record(5).recording.samples[0]
    assert (view.low.min(), view.high.max(), view.n_samples) == (x.min(), x.max(), len(x))
    with pytest.raises(NotFoundError, match="0 to 95"):
        office.datasets.record(office.viewer, row.id, 96)


def test_datasets_are_audited_exported_removed_and_restored(office: Office) -> None:
    row = a_dataset(office)
    assert office.datasets.audit(office.engineer, row.id).kind == "audit"
    job = office.datasets.export(office.engineer, ExportSpec(row.id, "wav"))
    with pytest.raises(ConflictError, match="is queued"):
        office.datasets.exported(office.engineer, job.id)
    office.datasets.remove(office.engineer, row.id)
    assert office.datasets.all(office.viewer) == []
    office.datasets.restore(office.engineer, row.id)
    assert office.datasets.get(office.viewer, row.id) == row


def test_a_model_is_trained_evaluated_and_asked(office: Office, small_bundle: Any) -> None:
    import shutil

    data = a_dataset(office)
    spec = TrainingSpec("Trees", data.id, "extra_trees")
    assert office.models.train(office.engineer, spec).kind == "train_classical"
    with pytest.raises(ParameterError, match="allowed are"):
        office.models.train(office.engineer, replace(spec, model="oracle"))
    shutil.copytree(small_bundle.path, office.files.root / "artefacts" / "bundle")
    now = office.clock()
    model = e.Model(
        new_id(now), office.analyst.workspace_id, "Trees", "artefacts/bundle", small_bundle.sha256, "extra_trees",
        "journal", True, "u", now, {},
    )  # fmt: skip
    with office.store.writing() as t:
        t.models.add(model)
    with pytest.raises(ConflictError, match="already"):
        office.models.train(office.engineer, spec)
    assert office.models.evaluate(office.engineer, EvaluationSpec(model.id, data.id)).title == "Trees on Bench"
    assert office.models.evaluations(office.viewer, model.id) == []
    card = small_bundle.card
    metadata = office.models.metadata(office.viewer, "Trees")
    assert metadata["inputs"][0]["shape"] == [-1, card.window_samples]
    x = np.random.default_rng(1).standard_normal((2, card.window_samples))
    samples = {"name": "samples", "datatype": "FP32", "shape": list(x.shape), "data": x.ravel().tolist()}
    speed = {"name": "speed_hz", "datatype": "FP64", "shape": [2], "data": [60.0, 60.0]}
    (answer,) = office.models.infer(office.analyst, "Trees", [samples, speed])
    assert answer["shape"] == [2, len(card.classes)]
    assert np.reshape(answer["data"], answer["shape"]).sum(axis=1) == pytest.approx([1, 1])
    for bad, words in (
        ([speed], "samples is missing"),
        ([samples | {"shape": [2, 5]}], "values for shape"),
        ([samples | {"name": "x"}], "allowed are samples"),
        ([samples | {"data": ["a"] * x.size}], "no numbers"),
        ([samples, speed | {"data": [0.0, 1.0]}], "one positive speed"),
    ):
        with pytest.raises(ParameterError, match=words):
            office.models.infer(office.analyst, "Trees", bad)
    with pytest.raises(NotFoundError, match="no model"):
        office.models.metadata(office.viewer, "Nobody")
    office.models.remove(office.engineer, model.id)
    office.models.restore(office.engineer, model.id)
    assert office.models.all(office.viewer) == [model]


# ------------------------------------------------------------------ the system, and who may do what


def test_the_state_says_what_is_wrong(office: Office) -> None:
    ready, checks = office.system.ready()
    assert ready
    assert "no worker has reported" in checks["workers"]
    now = office.clock()
    with office.store.writing() as t:
        t.workers.add(e.WorkerBeat("w", "host", 1, "analysis", now, now))
    office.limiter.why = "Redis does not answer"
    state = office.system.state(office.admin)
    assert state.checks["workers"] == "ok"
    assert state.checks["limits"] == "degraded: Redis does not answer"
    office.clock.at += timedelta(minutes=5)
    assert "no worker was heard of for 300 s" in office.system.ready()[1]["workers"]
    office.upload()
    metrics = office.system.metrics()
    assert metrics["palier_jobs"][("queued",)] == 1
    assert metrics["palier_recordings"] == {(): 1.0}
    with pytest.raises(PermissionDeniedError):
        office.system.state(office.engineer)


def test_a_person_sees_their_workspaces(office: Office) -> None:
    (view,) = office.workspaces.mine(office.viewer)
    assert (view.name, view.role.value) == ("Mill", "viewer")
    assert [w.name for w in office.workspaces.mine(office.stranger)] == ["Other"]


def services(office: Office) -> list[tuple[str, Any]]:
    found = []
    for name in ("machines", "recordings", "diagnoses", "jobs", "datasets", "models"):
        service = getattr(office, name)
        for method_name, method in inspect.getmembers(service, inspect.ismethod):
            if not method_name.startswith("_") and "actor" in inspect.signature(method).parameters:
                found.append((f"{name}.{method_name}", method))
    return found


_EXAMPLES: dict[str, Any] = {
    "MachineSpec": PUMP, "PointSpec": DRIVE_END, "Declaration": Declaration(), "DiagnosisSpec": DiagnosisSpec(),
    "OpinionSpec": OpinionSpec("right"), "SimulationSpec": SimulationSpec("A", "journal", {}),
    "ImportSpec": ImportSpec("A", ("x",), {}), "TrainingSpec": TrainingSpec("A", "x", "extra_trees"),
    "EvaluationSpec": EvaluationSpec("x", "x"), "ExportSpec": ExportSpec("x", "wav"), "int": 1,
    "list[dict[str, Any]]": [], "str | None": None,
}  # fmt: skip


def call(method: Any, actor: Any) -> None:
    values = {}
    for p in inspect.signature(method).parameters.values():
        if p.name != "actor" and p.default is p.empty:
            kind = (
                p.annotation if isinstance(p.annotation, str) else getattr(p.annotation, "__name__", str(p.annotation))
            )
            values[p.name] = _EXAMPLES.get(str(kind), "0" * 32)
    method(actor, **values)


def test_whoever_may_nothing_gets_nothing(office: Office) -> None:
    """Every method of every service asks for a permission before it does anything."""
    nobody = replace(office.admin, scopes=frozenset())
    tried = [(name, m) for name, m in services(office) if name != "recordings.receive"]
    assert len(tried) > 45
    for name, method in tried:
        if name in {"jobs.cancel", "jobs.retry"}:  # what is asked depends on whose job it is
            continue
        with pytest.raises((PermissionDeniedError,), match="scope") as caught:
            call(method, nobody)
        assert caught.value, name


def test_the_permissions_grow_with_the_role(office: Office) -> None:
    held = [sum(actor.may(p) for p in Permission) for actor in office.actors.values()]
    assert held == [1, 3, 5, 6]
