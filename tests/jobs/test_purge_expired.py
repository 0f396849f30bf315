"""What has expired goes; what a row names stays."""

import os
from dataclasses import replace
from datetime import timedelta

import pytest

from palier.app import entities as e
from palier.app.identity import new_id
from palier.app.ports import Tables


@pytest.fixture
def old(stock, place):
    """The copied installation, 40 days later by its clock and by its files."""
    for path in place.files.root.rglob("*"):
        os.utime(path, (place.clock[0].timestamp() - 40 * 86_400,) * 2)
    return place


def purge(w):
    return w.run("purge_expired", {})


def paths(w):
    return {p.relative_to(w.files.root).as_posix() for p in w.files.root.rglob("*") if p.is_file()}


def removed(w, table, key, days=31):
    return w.change(table, key, deleted_at=w.now() - timedelta(days=days))


def test_old_jobs_go_with_their_logs_and_what_they_made_stays(stock, old):
    jobs = old.all("jobs")
    line = e.JobLogLine(new_id(old.now()), jobs[0].id, 1, old.now(), "info", "hello")
    old.add("job_log", line)
    fresh = old.job("audit", {"dataset_id": stock.dataset})
    before = paths(old)
    result = purge(old)
    assert result.rows["jobs"] == len(jobs)
    assert fresh.id in {j.id for j in old.all("jobs")}
    assert old.all("job_log") == []
    assert paths(old) - {"palier.sqlite3-wal", "palier.sqlite3-shm"} >= {
        p for p in before if p.startswith(("artefacts/", "files/"))
    }
    dataset = old.get("datasets", stock.dataset)
    assert dataset.job_id is None
    assert old.files.resolve(dataset.folder).is_dir()


def test_the_file_of_an_export_lives_as_long_as_its_job(stock, old):
    result = old.run("export_dataset", {"dataset_id": stock.dataset, "format": "npz"})
    purge(old)
    assert old.files.resolve(result.file).is_file()
    old.clock[0] += timedelta(days=2)
    purge(old)
    old.clock[0] += timedelta(hours=2)
    assert not old.files.resolve(result.file).exists()


def test_short_lived_rows(stock, old):
    now, long_ago = old.now(), old.now() - timedelta(days=3)
    link = e.OneTimeLink(new_id(now), "a" * 64, "invitation", long_ago, now - timedelta(hours=1))
    old.add("links", link)
    old.add("links", replace(link, id=new_id(now), token_hash="b" * 64, expires_at=now + timedelta(days=1)))
    for at in (long_ago, now):
        old.add("attempts", e.Attempt(new_id(now), "password", "account:x", at))
        old.add("idempotency", e.Idempotency(new_id(now), "c" * 64, at, 200, {}))
        old.add("workers", e.WorkerBeat(new_id(now), "host", 1, "analysis", at, at))
        old.add("outbox", e.OutboxMessage(new_id(now), None, "mail", "x", "invitation", {}, at, delivered_at=at))
    stale = e.OutboxMessage(new_id(now), None, "mail", "x", "invitation", {}, now - timedelta(days=5))
    old.add("outbox", stale)
    result = purge(old)
    for name in ("links", "attempts", "idempotency", "workers", "sessions"):
        assert result.rows[name] == 1, name
    assert result.rows["outbox"] == 2, "one was delivered, and the stock's is 40 days old"
    assert [s.id for s in old.all("sessions")] == ["6" * 64]
    assert stale.id in {m.id for m in old.all("outbox")}, "it may yet be sent again"
    assert len(old.all("attempts")) == len(old.all("workers")) == len(old.all("idempotency")) == 1


def test_a_removed_recording_goes_with_its_diagnoses_pack_and_file(stock, old):
    old.run("diagnose", {"diagnosis_id": stock.diagnosis})
    recording = old.get("recordings", stock.recordings[1])
    artefacts = old.get("diagnoses", stock.diagnosis).artefacts
    removed(old, "recordings", recording.id, days=29)
    purge(old)
    assert old.get("recordings", recording.id) is not None, "30 days have not gone by"
    removed(old, "recordings", recording.id)
    result = purge(old)
    assert (result.rows["recordings"], result.rows["diagnoses"], result.rows["blobs"]) == (1, 1, 1)
    assert old.get("recordings", recording.id) is None
    assert old.get("diagnoses", stock.diagnosis) is None
    assert not list(old.files.root.glob(f"files/*/{recording.sha256}"))
    assert old.files.resolve(artefacts).exists(), "it is young: the next purge takes it"
    old.clock[0] += timedelta(hours=2)
    purge(old)
    assert not old.files.resolve(artefacts).exists()


def test_a_pack_in_a_shared_folder_stays_while_another_is_named(stock, old):
    """One job imported all recordings: its folder stays for the others."""
    removed(old, "recordings", stock.recordings[0])
    purge(old)
    kept = old.get("recordings", stock.recordings[1])
    assert old.files.resolve(kept.pack).is_dir()


def test_a_file_that_another_recording_names_stays(stock, old):
    first = old.get("recordings", stock.recordings[0])
    removed(old, "recordings", first.id)
    old.add("recordings", replace(first, id=new_id(old.now()), version=1, deleted_at=None, pack=None, state="waiting"))
    purge(old)
    assert old.get("recordings", first.id) is None
    assert old.files.path(first.sha256).is_file()


def test_what_others_name_stays(stock, old):
    """A dataset of which a model was made, a machine where recordings were taken."""
    for table, key in (("datasets", stock.dataset), ("machines", stock.machine), ("points", stock.point)):
        removed(old, table, key)
    result = purge(old)
    assert not {"datasets", "machines", "points"} & set(result.rows)
    assert old.files.resolve(old.get("datasets", stock.dataset).folder).is_dir()
    for recording in (*stock.recordings, stock.waiting):
        removed(old, "recordings", recording)
    removed(old, "models", stock.model)
    old.run("purge_expired", {})
    for table in ("datasets", "machines", "points", "recordings", "models", "diagnoses", "blobs"):
        assert old.all(table) == [], table
    old.clock[0] += timedelta(hours=2)
    purge(old)
    assert not list(old.files.root.glob("artefacts/*/*/*/*")), "nothing is named any more"


def test_a_removed_model_goes_with_its_evaluations(stock, old):
    old.run("evaluate", {"model_id": stock.model, "dataset_id": stock.dataset, "noise": []})
    asked = old.ask(old.get("recordings", stock.recordings[0]), model_id=stock.model)
    old.change("diagnoses", asked.id, model_id=stock.model)
    removed(old, "models", stock.model)
    assert "models" not in purge(old).rows, "a diagnosis has asked it"
    old.change("diagnoses", asked.id, model_id=None)
    result = purge(old)
    assert (result.rows["models"], result.rows["evaluations"]) == (1, 1)


def test_what_is_brought_back_meanwhile_stays(stock, old):
    recording = stock.recordings[1]
    removed(old, "recordings", recording)
    context = old.context(old.claimed(old.job("purge_expired", {})))
    outcome = old.found(context)
    assert outcome.result.rows["recordings"] == 1
    old.change("recordings", recording, deleted_at=None)
    with old.store.writing() as t:
        outcome.publish(t)
    assert old.get("recordings", recording) is not None
    assert old.get("diagnoses", stock.diagnosis) is not None
    assert old.files.path(old.get("recordings", recording).sha256).is_file()


def test_a_file_uploaded_again_meanwhile_stays(stock, old, tmp_path):
    recording = old.get("recordings", stock.recordings[0])
    copy = tmp_path / "copy"
    copy.write_bytes(old.files.path(recording.sha256).read_bytes())
    removed(old, "recordings", recording.id)
    context = old.context(old.claimed(old.job("purge_expired", {})))
    outcome = old.found(context)
    old.files.keep(copy)  # an upload whose row is not written yet
    with old.store.writing() as t:
        outcome.publish(t)
    assert old.files.path(recording.sha256).is_file()


def test_orphans_go_and_the_work_of_others_stays(old):
    lost = old.files.root / "artefacts" / ("0" * 32) / "1"
    busy = old.claimed(old.job("audit", {"dataset_id": "x"}))
    temporary = old.files.root / "incoming" / "upload-x"
    for path in (lost / "half", old.files.attempt_folder(busy) / "half", temporary):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("half")
    for path in (lost, old.files.root / "artefacts" / busy.id / "1", temporary):
        os.utime(path, (0, 0))
    result = purge(old)
    assert result.orphans == 2
    assert not lost.exists()
    assert not temporary.exists()
    assert (old.files.root / "artefacts" / busy.id / "1" / "half").exists()


def test_a_great_many_rows_go_in_pages(empty, monkeypatch):
    monkeypatch.setattr("palier.jobs.expired._PAGE", 7)
    monkeypatch.setattr("palier.jobs.expired._MOST", 20)
    long_ago = empty.now() - timedelta(days=3)
    with empty.store.writing() as t:
        for _ in range(50):
            t.attempts.add(e.Attempt(new_id(long_ago), "password", "account:x", long_ago))
    for left in (30, 10, 0):
        purge(empty)
        assert len(empty.all("attempts")) == left


def test_every_table_is_thought_of():
    """A new table is either purged, or kept on purpose."""
    from palier.jobs import expired

    purged = {
        "jobs", "job_log", "sessions", "links", "attempts", "idempotency", "workers", "outbox", "blobs",
        *expired._REMOVED,
    }  # fmt: skip
    kept = {
        "workspaces", "users", "memberships", "role_policies", "recovery_codes", "passkeys", "api_keys", "audit",
    }  # fmt: skip
    assert set(Tables.__annotations__) == purged | kept
