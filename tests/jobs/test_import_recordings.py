"""Uploaded files become what they hold, whatever they are called."""

from datetime import UTC, datetime

import numpy as np
import pytest
from tests.jobs.stock import rolling_file

from palier.adapters.waveforms import PackReader
from palier.data.pack import open_pack
from palier.errors import OutputError
from palier.jobs.stored_file import plain_name


def imported(w, *rows):
    return w.run("import_recordings", {"recording_ids": [r.id for r in rows]})


def test_a_file_is_read_whole(empty, tmp_path):
    path = rolling_file(tmp_path, "pump.npz", fault="healthy", seed=1)
    row = empty.upload(path)
    assert imported(empty, row).ready == (row.id,)
    now = empty.get("recordings", row.id)
    x = np.load(path)["acc"]
    assert (now.state, now.problem, now.version) == ("ready", None, 2)
    assert (now.reader, now.channels_json, now.n_samples) == ("numpy", ("acc",), len(x))
    assert (now.sampling_rate_hz, now.unit, now.speed_hz, now.bearing) == (12_000.0, "g", 30.0, "6205")
    assert now.levels_json["rms"] == pytest.approx(np.std(x.astype(float)), rel=1e-5)
    assert set(now.levels_json) == {"rms", "peak", "crest_factor", "kurtosis"}
    assert not now.simulated
    pack = empty.files.resolve(now.pack)
    np.testing.assert_array_equal(PackReader().samples(pack, channel=0, first=10, last=500), x[10:500])
    assert sorted(p.name for p in pack.parent.iterdir()) == [row.id], "nothing of the reading stays"


def test_one_bad_file_never_stops_the_others(empty, tmp_path):
    bad, gone = tmp_path / "bad.csv", tmp_path / "gone.npz"
    bad.write_text("not a recording")
    rows = [
        empty.upload(bad, name="../../<script>.csv"),
        empty.upload(rolling_file(tmp_path, "gone.npz", fault="healthy", seed=1)),
        empty.upload(rolling_file(tmp_path, "good.npz", fault="healthy", seed=2)),
    ]
    empty.files.drop(rows[1].sha256)
    result = imported(empty, *rows)
    assert result.ready == (rows[2].id,)
    assert set(result.unreadable) == {rows[0].id, rows[1].id}
    first, second = (empty.get("recordings", r.id) for r in rows[:2])
    assert first.state == second.state == "unreadable"
    assert first.problem.startswith("../../<script>.csv: ")
    assert str(empty.files.root) not in first.problem + second.problem
    assert "upload it again" in second.problem
    assert gone.exists()


def test_readers_take_hints_from_the_name(empty, tmp_path):
    """A FEMTO snapshot states its rate by its name alone."""
    rng = np.random.default_rng(0)
    lines = [f"9,39,{i // 25600},{i * 39},{a:.3f},{b:.3f}" for i, (a, b) in enumerate(rng.normal(size=(2560, 2)))]
    path = tmp_path / "x.csv"
    path.write_text("\n".join(lines))
    row = empty.upload(path, name="C:\\data\\acc_00001.csv")
    imported(empty, row)
    now = empty.get("recordings", row.id)
    assert (now.reader, now.sampling_rate_hz, now.channels_json) == ("femto", 25_600.0, ("horizontal", "vertical"))


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("../../../etc/passwd", "passwd"),
        ("a\x00b\n.csv", "a_b_.csv"),
        ("..", "recording"),
        ("", "recording"),
        ("-rf.mat", "rf.mat"),
        ("x" * 400 + ".tar.gz", "x" * 117 + ".gz"),
        ("Überdrehzahl über 3.wav", "berdrehzahl_ber_3.wav"),
    ],
)
def test_names_become_plain(name, plain):
    assert plain_name(name) == plain


def test_what_is_declared_wins_and_a_contradiction_is_noted(empty, tmp_path):
    path = rolling_file(tmp_path, "pump.npz", fault="healthy", seed=1)
    told = {"sampling_rate_hz": 10_000.0, "speed_hz": 25.0, "bearing": "6206"}
    row = empty.upload(path, declared_json=told, taken_at=datetime(2026, 1, 2, tzinfo=UTC))
    imported(empty, row)
    now = empty.get("recordings", row.id)
    assert (now.sampling_rate_hz, now.speed_hz, now.bearing) == (10_000.0, 25.0, "6205")
    assert now.taken_at == datetime(2026, 1, 2, tzinfo=UTC)
    assert sum("contradiction" in n for n in now.notes_json) == 3


def test_a_changed_declaration_is_read_again(empty, tmp_path):
    row = empty.upload(rolling_file(tmp_path, "pump.npz", fault="healthy", seed=1))
    imported(empty, row)
    before = empty.get("recordings", row.id)
    assert imported(empty, row).left_out == (row.id,), "nothing has changed"
    empty.change("recordings", row.id, declared_json={"unit": "mm/s"}, state="waiting")
    assert imported(empty, row).ready == (row.id,)
    now = empty.get("recordings", row.id)
    assert (now.unit, now.version) == ("mm/s", before.version + 2)
    assert now.pack != before.pack


def test_a_pack_that_is_gone_is_made_again(empty, tmp_path):
    row = empty.upload(rolling_file(tmp_path, "pump.npz", fault="healthy", seed=1))
    imported(empty, row)
    empty.files.drop_folder(empty.get("recordings", row.id).pack)
    assert imported(empty, row).ready == (row.id,)
    assert open_pack(empty.files.resolve(empty.get("recordings", row.id).pack)).n_samples == 24_000


def test_what_changed_meanwhile_is_not_overwritten(empty, tmp_path):
    rows = [empty.upload(rolling_file(tmp_path, f"{i}.npz", fault="healthy", seed=i)) for i in range(3)]
    context = empty.context(
        empty.claimed(empty.job("import_recordings", {"recording_ids": [*(r.id for r in rows), "0" * 32]}))
    )
    outcome = empty.found(context)
    empty.change("recordings", rows[0].id, declared_json={"unit": "um"})
    empty.change("recordings", rows[1].id, deleted_at=empty.now())
    empty.change("recordings", rows[2].id, taken_at=datetime(2026, 1, 2, tzinfo=UTC))
    with empty.store.writing() as t:
        outcome.publish(t)
    first, second, third = (empty.get("recordings", r.id) for r in rows)
    assert (first.state, first.declared_json) == ("waiting", {"unit": "um"})
    assert second.deleted_at is not None
    assert (third.state, third.taken_at, third.version) == ("ready", datetime(2026, 1, 2, tzinfo=UTC), 3)
    assert outcome.result.left_out == ("0" * 32,)


def test_simulated_files_are_marked(empty, tmp_path):
    row = empty.upload(rolling_file(tmp_path, "SIMULATED-wear-1.npz", fault="healthy", seed=1))
    imported(empty, row)
    assert empty.get("recordings", row.id).simulated


def test_the_audit_is_kept(empty, tmp_path):
    path = rolling_file(tmp_path, "short.npz", fault="healthy", seed=1, duration_s=0.1)
    row = empty.upload(path)
    imported(empty, row)
    (finding,) = empty.get("recordings", row.id).audit_json
    assert set(finding) == {"key", "severity", "source", "text", "remedy"}
    assert (finding["key"], finding["source"]) == ("too_short", "short.npz")


def test_a_full_disk_fails_the_job(empty, tmp_path, monkeypatch):
    row = empty.upload(rolling_file(tmp_path, "pump.npz", fault="healthy", seed=1))

    def full(*_args, **_named):
        raise OutputError("the disk is full")

    monkeypatch.setattr("palier.data.pack.write_pack", full)
    with pytest.raises(OutputError):
        imported(empty, row)
    assert empty.get("recordings", row.id).state == "waiting"


@pytest.mark.real_data
def test_measured_files(empty, real_data):
    files = [real_data / "cwru/normal_0_97.mat", next(iter(sorted((real_data / "cwru/12k_drive_end").rglob("*.mat"))))]
    rows = [empty.upload(f) for f in files]
    assert len(imported(empty, *rows).ready) == 2
    healthy, faulty = (empty.get("recordings", r.id) for r in rows)
    assert (healthy.reader, healthy.sampling_rate_hz, healthy.unit) == ("cwru", 48_000.0, "g")
    assert healthy.channels_json[0] == "X097_DE_time"
    assert (faulty.sampling_rate_hz, faulty.bearing) == (12_000.0, "6205-2RS")
