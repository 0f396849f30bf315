"""A diagnosis rests on what was asked, then on the recording, its point and its machine."""

import json

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from tests.jobs.stock import rolling_file

from palier.adapters.curves import CurveFiles
from palier.app import entities as e
from palier.app.identity import new_id
from palier.diagnosis.document import json_schema
from palier.errors import BundleError, ConflictError, NotFoundError, ParameterError, UndeclaredError


def diagnosed(w, recording, **settings):
    row = w.ask(recording, **settings)
    w.run("diagnose", {"diagnosis_id": row.id})
    return w.get("diagnoses", row.id)


def read(w, path, **fields):
    row = w.upload(path, **fields)
    w.run("import_recordings", {"recording_ids": [row.id]})
    return w.get("recordings", row.id)


def bare_file(folder, name="bare.npz", seed=3):
    """Write the samples of a damaged bearing, and nothing about them."""
    full = rolling_file(folder, "full.npz", fault="outer_race", seed=seed)
    path = folder / name
    np.savez(path, acc=np.load(full)["acc"])
    return path


def answer(row):
    return row.result_json["results"][0]["diagnosis"]


def test_verdict_report_and_curves(stock, place):
    recording = place.get("recordings", stock.recordings[1])
    row = diagnosed(place, recording)
    assert (row.verdict, row.top_fault) == ("damage", "outer_race")
    assert row.sentence.startswith("Bearing damage: outer-race defect")
    assert row.rms == pytest.approx(recording.levels_json["rms"])
    assert row.trend_db > 10
    Draft202012Validator(json_schema()).validate(row.result_json)
    assert answer(row)["recording"]["source"] == recording.file_name
    assert answer(row)["severity"]["machine_group"] == "2", "from the machine"
    folder = place.files.resolve(row.artefacts)
    assert sorted(p.name for p in folder.iterdir()) == ["curves.npz", "diagnosis.json", "report.html"]
    assert json.loads((folder / "diagnosis.json").read_text()) == row.result_json
    assert recording.file_name in (folder / "report.html").read_text()
    curves = CurveFiles()
    x, _, high, exact, x_unit, y_unit = curves.curve(folder, "spectrum", first=None, last=None, points=20_000)
    assert (exact, x_unit, y_unit) == (True, "Hz", "g")
    assert x[-1] == pytest.approx(6000, rel=1e-3)
    x, _, high, _, _, _ = curves.curve(folder, "envelope_spectrum", first=50, last=150, points=2000)
    assert x[high.argmax()] == pytest.approx(3.585 * 30, rel=0.02)
    background = curves.curve(folder, "envelope_background", first=50, last=150, points=2000)
    assert high.max() > 3 * background[2].max()
    time_s, frequency_hz, level_db = curves.matrix(folder, "spectrogram")
    assert level_db.shape == (len(frequency_hz), len(time_s))
    assert 0 < time_s[0] < time_s[-1] < 1


def test_missing_facts_come_from_the_point(stock, place, tmp_path):
    recording = read(place, bare_file(tmp_path), point_id=stock.point, declared_json={"sampling_rate_hz": 12_000.0})
    row = diagnosed(place, recording)
    assert (row.verdict, row.top_fault) == ("damage", "outer_race")
    notes = answer(row)["recording"]["notes"]
    assert any("unit g: of the measurement point DE" in n for n in notes)
    assert answer(row)["bearing"]["provenance"].endswith("of the measurement point DE")
    assert answer(row)["speed"]["origin"] == "declared"


def test_what_is_asked_wins(stock, place):
    recording = place.get("recordings", stock.recordings[1])
    row = diagnosed(place, recording, bearing="n=12,d=6mm,D=60mm,phi=0", speed_hz=20.0, machine_group="1", unit="mm/s")
    found = answer(row)
    assert found["bearing"]["n_elements"] == 12
    assert found["bearing"]["provenance"].endswith("stated for this diagnosis")
    assert found["recording"]["unit"] == "mm/s"
    assert found["severity"]["machine_group"] == "1"
    assert found["speed"]["hz"] == pytest.approx(20, rel=0.03)
    assert sum("contradiction" in n for n in found["recording"]["notes"]) == 2


def test_a_range_says_that_the_speed_is_not_known(stock, place):
    """The speed that the file states is then not used, and no shaft shows in so short a recording."""
    row = place.ask(place.get("recordings", stock.recordings[1]), speed_range_hz=[28.0, 32.0])
    with pytest.raises(UndeclaredError, match="no shaft shows clearly between 1680 and 1920 rpm"):
        place.run("diagnose", {"diagnosis_id": row.id})


def test_a_recording_that_still_waits_is_read(stock, place):
    recording = place.get("recordings", stock.waiting)
    assert recording.state == "waiting"
    assert diagnosed(place, recording).verdict == "damage"
    assert place.get("recordings", stock.waiting).state == "waiting"


def test_a_baseline_is_compared(stock, place):
    plain = diagnosed(place, place.get("recordings", stock.recordings[1]))
    row = diagnosed(place, place.get("recordings", stock.recordings[1]), baseline_recording_id=stock.recordings[0])
    assert row.verdict == plain.verdict
    assert answer(row)["remarks"] != answer(plain)["remarks"] or answer(row)["remarks"]


@pytest.mark.parametrize(
    ("declared", "error", "words"),
    [
        ({}, UndeclaredError, "bare.npz: the sampling rate is not declared; declare it in Hz"),
        ({"sampling_rate_hz": 12_000.0}, UndeclaredError, "the bearing is not declared; name it"),
        ({"sampling_rate_hz": 12_000.0, "bearing": "6205"}, UndeclaredError, "the shaft speed is not declared"),
    ],
)
def test_what_is_missing_is_said_without_options_of_the_command_line(empty, tmp_path, declared, error, words):
    recording = read(empty, bare_file(tmp_path), declared_json=declared)
    row = empty.ask(recording)
    with pytest.raises(error, match=words) as said:
        empty.run("diagnose", {"diagnosis_id": row.id})
    assert "--" not in str(said.value)
    assert empty.get("diagnoses", row.id).finished_at is None


def test_journal_bearings_need_a_journal_model(place, stock, tmp_path):
    now = place.now()
    point = place.add("points", e.Point(new_id(now), place.workspace.id, stock.machine, "sleeve", now, kind="journal"))
    recording = read(place, rolling_file(tmp_path, "j.npz", fault="healthy", seed=4), point_id=point.id)
    for settings, error, words in (
        ({}, BundleError, "a journal bearing at sleeve is judged by a trained model, and none was chosen"),
        ({"model_id": stock.model}, BundleError, "sampled at 12000 Hz"),
        ({"model_id": stock.model, "bearing": "6205"}, ParameterError, "a journal bearing is to be judged"),
        ({"model_id": "0" * 32}, NotFoundError, "model"),
    ):
        row = place.ask(recording, **settings)
        with pytest.raises(error, match=words):
            place.run("diagnose", {"diagnosis_id": row.id})


def test_a_journal_bearing_is_judged_by_its_model(place, stock, tmp_path):
    dataset = place.get("datasets", stock.dataset)
    from palier.data.store import open_dataset

    made = open_dataset(place.files.resolve(dataset.folder)).recording(3)
    path = tmp_path / "SIMULATED-x.npz"
    np.savez(path, acc=made.samples[0], fs=made.sampling_rate_hz, unit=made.unit, speed_hz=made.speed_hz)
    row = diagnosed(place, read(place, path), model_id=stock.model)
    assert row.verdict is not None
    assert answer(row)["model"]["synthetic"] is True
    folder = place.files.resolve(row.artefacts)
    with pytest.raises(NotFoundError, match="there are spectrum"):
        CurveFiles().curve(folder, "envelope_spectrum", first=None, last=None, points=100)


def test_an_unreadable_recording_is_refused(empty, tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("no")
    row = empty.ask(read(empty, path))
    with pytest.raises(ConflictError, match=r"bad.csv cannot be read"):
        empty.run("diagnose", {"diagnosis_id": row.id})


def test_an_opinion_given_meanwhile_stays(stock, place):
    job = place.claimed(place.job("diagnose", {"diagnosis_id": stock.diagnosis}))
    outcome = place.found(place.context(job))
    place.change("diagnoses", stock.diagnosis, opinion="unsure", opinion_note="noisy")
    with place.store.writing() as t:
        outcome.publish(t)
    row = place.get("diagnoses", stock.diagnosis)
    assert (row.verdict, row.opinion, row.opinion_note) == ("damage", "unsure", "noisy")


def test_news_is_told_once(stock, place):
    """Damage after health is news; the same again is none; without a mail server nothing is written."""
    healthy, damaged = (place.get("recordings", i) for i in stock.recordings[:2])
    diagnosed(place, damaged)
    diagnosed(place, damaged)
    told = [m for m in place.all("outbox") if m.template == "diagnosis_damage"]
    assert len(told) == 1
    assert diagnosed(place, healthy).verdict == "no_damage_found"
    place.mailer.configured = False
    last = diagnosed(place, damaged)
    assert len([m for m in place.all("outbox") if m.template == "diagnosis_damage"]) == 1
    assert told[0].recipient == place.user.email
    assert told[0].payload_json["place"] == "Pump 1, DE"
    assert told[0].payload_json["link"].startswith("http://localhost:8050/diagnoses/")
    (job,) = [j for j in place.all("jobs") if j.kind == "deliver_notification"]
    assert (job.args_json, job.queue) == ({"message_id": told[0].id}, "notify")
    place.mailer.configured = True
    place.finish(place.context(place.claimed(job)))
    (sent,) = place.mailer.messages
    assert sent["subject"] == "Damage found at Pump 1, DE"
    assert last.verdict == "damage"


@pytest.mark.real_data
def test_the_channel_brings_its_own_bearing(empty, real_data):
    """Of a CWRU file the fan end has another bearing than the drive end."""
    recording = read(empty, next(iter(sorted((real_data / "cwru/12k_drive_end").rglob("*.mat")))))
    drive = diagnosed(empty, recording)
    fan = diagnosed(empty, recording, channel=recording.channels_json[1])
    assert answer(drive)["bearing"]["name"].startswith("6205")
    assert answer(fan)["bearing"]["name"].startswith("6203")
