"""Datasets made, audited, learnt from, judged on and given away."""

import csv
import io
import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from tests.jobs.stock import SPEC, rolling_file

from palier.adapters.files import LocalFiles
from palier.data.pack import write_pack
from palier.data.pack_source import PackEntry, PackSource
from palier.data.store import open_dataset
from palier.errors import (
    AuditRefusedError,
    ConflictError,
    LeakError,
    MissingToolError,
    NotFoundError,
    OutputError,
    ParameterError,
)
from palier.jobs.train_classical import train_here

LABELS = ("healthy", "outer_race") * 3


def labels(stock, **more):
    return {r: {"fault": f, **more} for r, f in zip(stock.recordings, LABELS, strict=True)}


# ---- simulate ----


def test_a_simulated_dataset(stock, place):
    row = place.get("datasets", stock.dataset)
    assert (row.n_records, row.kind, row.simulated, row.name) == (18, "journal", True, "stock")
    folder = open_dataset(place.files.resolve(row.folder))
    assert row.content_hash == folder.card.content_hash
    assert row.size_bytes == folder.card.n_bytes
    assert row.card_json["n_simulated"] == 18
    summary = row.summary_json
    assert list(summary["classes"]) == ["healthy", "imbalance"]
    assert sum(summary["classes"]["healthy"].values()) == 9
    assert set(summary["severities"]) == {"incipient", "mild", "moderate", "severe"}
    assert summary["findings"] is None, "a generator's records are not audited unless somebody asks"
    (split,) = summary["splits"]
    assert (split["name"], split["level"], split["leaky"]) == ("bearing-0", "bearing", False)
    assert sum(sum(side.values()) for side in split["sides"].values()) == 18
    json.dumps(row.card_json)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"name": "stock"}, ConflictError, "there is a dataset 'stock' already"),
        ({"spec": {"records_per_clas": 3}}, ParameterError, "did you mean records_per_class"),
        ({"spec": {**SPEC, "records_per_class": 300_000, "duration_s": 100.0}}, OutputError, "GB are free"),
    ],
)
def test_what_cannot_be_simulated(place, arguments, error, words):
    with pytest.raises(error, match=words):
        place.run("simulate_dataset", {"name": "new", "kind": "journal", "spec": SPEC} | arguments)


def test_too_few_machines_give_a_dataset_without_a_split(place):
    arguments = {"name": "few", "kind": "journal", "spec": {**SPEC, "records_per_class": 1}}
    context = place.context(place.claimed(place.job("simulate_dataset", arguments)))
    result = place.finish(context)
    assert place.get("datasets", result.dataset_id).summary_json["splits"] == []
    assert any("no split was made" in text for _, text in context.lines)


def test_a_name_taken_meanwhile_is_a_conflict(stock, place):
    contexts = [
        place.context(place.claimed(place.job("simulate_dataset", {"name": "new", "kind": "journal", "spec": SPEC})))
        for _ in range(2)
    ]
    outcomes = [place.found(c) for c in contexts]
    with place.store.writing() as t:
        outcomes[0].publish(t)
    with pytest.raises(ConflictError, match="'new'"), place.store.writing() as t:
        outcomes[1].publish(t)


def test_an_attempt_goes_on_with_what_a_killed_one_has_finished(empty):
    """Three of the eight shards are there: the second attempt makes the other five."""
    spec = {**SPEC, "records_per_class": 32}
    context = empty.context(
        empty.claimed(empty.job("simulate_dataset", {"name": "x", "kind": "journal", "spec": spec}))
    )
    context.stop_at, context.stop_with = 30, KeyboardInterrupt()  # leaves as a killed process does: nobody clears up
    with pytest.raises(KeyboardInterrupt):
        empty.found(context)
    assert (context.folder / ".dataset.partial").is_dir()
    second = empty.again(context)
    row = empty.get("datasets", empty.finish(second).dataset_id)
    assert ("info", "going on with what an earlier attempt has finished") in second.lines
    assert second.said[1] > 0.2
    fresh = empty.run("simulate_dataset", {"name": "y", "kind": "journal", "spec": spec})
    assert row.content_hash == fresh.content_hash
    assert not (context.folder / ".dataset.partial").exists()


def test_what_somebody_still_writes_to_is_left_to_them(empty):
    from palier.data.locking import locked

    arguments = {"name": "x", "kind": "journal", "spec": SPEC}
    context = empty.context(empty.claimed(empty.job("simulate_dataset", arguments)))
    held = context.folder / ".dataset.partial"
    held.mkdir()
    with locked(held / "lock"):
        second = empty.again(context)
        empty.finish(second)
    assert held.is_dir()
    assert second.lines == []


# ---- audit ----


def test_findings_reach_folder_and_page(stock, place):
    result = place.run("audit", {"dataset_id": stock.dataset})
    row = place.get("datasets", stock.dataset)
    assert row.summary_json["n_findings"] == result.findings
    assert len(row.summary_json["findings"]) == sum(result.findings.values())
    stored = json.loads((place.files.resolve(row.folder) / "audit.json").read_text())
    assert {f["key"] for f in stored["findings"]} == {f["key"] for f in row.summary_json["findings"]}


def test_a_removed_dataset_is_not_there(stock, place):
    place.change("datasets", stock.dataset, deleted_at=place.now())
    with pytest.raises(NotFoundError, match="stock was removed"):
        place.run("audit", {"dataset_id": stock.dataset})
    with pytest.raises(NotFoundError):
        place.run("export_dataset", {"dataset_id": "0" * 32, "format": "npz"})


# ---- import ----


def imported(place, stock, **changes):
    arguments = {"name": "uploads", "recording_ids": list(stock.recordings), "labels": labels(stock)} | changes
    return place.get("datasets", place.run("import_dataset", arguments).dataset_id)


def test_uploads_become_a_dataset(stock, place):
    row = imported(place, stock, labels=labels(stock, severity="mild"))
    assert (row.kind, row.n_records, row.simulated) == ("rolling", 6, False)
    assert row.summary_json["classes"] == {"healthy": {"mild": 3}, "outer_race": {"mild": 3}}
    folder = open_dataset(place.files.resolve(row.folder))
    index = folder.index
    assert set(index.column("bearing")) == {"Pump 1 / DE"}, "from the measurement point"
    assert set(index.column("rig")) == {"Pump 1"}
    recording = place.get("recordings", stock.recordings[0])
    record = folder.record(0)
    assert record.recording.provenance.source == recording.file_name
    assert record.recording.n_samples == recording.n_samples
    assert row.summary_json["n_findings"] is not None, "measured records are audited"


def test_stated_bearings_part_the_records(stock, place):
    stated = {r: told | {"bearing": f"b{i}", "rig": f"r{i}"} for i, (r, told) in enumerate(labels(stock).items())}
    row = imported(place, stock, labels=stated)
    assert [s["name"] for s in row.summary_json["splits"]] == ["rig-0"]


def test_records_of_one_name_and_without_a_label(stock, place):
    for recording in stock.recordings[:2]:
        place.change("recordings", recording, file_name="same name.npz")
    row = imported(place, stock, labels={})
    folder = open_dataset(place.files.resolve(row.folder))
    assert list(folder.index.column("record_id"))[:2] == ["same_name", "same_name-2"]
    assert row.kind == "rolling", "that of the points"


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda s: {"labels": labels(s, colour="red")}, ParameterError, "colour is stated"),
        (lambda s: {"labels": {s.recordings[0]: {"fault": "rust"}}}, ParameterError, "not all of one kind"),
        (
            lambda s: {"labels": {s.recordings[0]: {"fault": "cage"}, s.recordings[1]: {"fault": "oil_whirl"}}},
            ParameterError,
            "not all of one kind",
        ),
        (lambda s: {"recording_ids": [s.waiting]}, ConflictError, "is not read yet"),
        (lambda s: {"recording_ids": []}, ParameterError, "no recordings"),
        (lambda s: {"recording_ids": ["0" * 32]}, NotFoundError, None),
        (lambda s: {"name": "stock"}, ConflictError, "already"),
    ],
)
def test_what_cannot_be_imported(stock, place, change, error, words):
    with pytest.raises(error, match=words):
        imported(place, stock, **change(stock))


# ---- train and evaluate ----


@pytest.fixture
def here(monkeypatch):
    """Train in this process: the tests of `run_child` and of the contract start real ones."""

    def inline(context, target, request, *, on_message):
        assert target == "palier.jobs.train_classical:train_here"
        return train_here(json.loads(json.dumps(request)), on_message)

    monkeypatch.setattr("palier.jobs.train_classical.run_child", inline)


def train(place, stock, **changes):
    arguments = {"name": "mine", "dataset_id": stock.dataset, "model": "logistic_log_spectrum"} | changes
    return place.get("models", place.run("train_classical", arguments).model_id)


def test_a_model_and_its_worth(stock, place):
    row = place.get("models", stock.model)
    assert (row.kind, row.bearing_kind, row.simulated, row.dataset_id) == (
        "logistic_log_spectrum", "journal", True, stock.dataset,
    )  # fmt: skip
    folder = place.files.resolve(row.folder)
    assert sorted(p.name for p in folder.parent.iterdir()) == ["evaluation.json", "model", "report.html"]
    assert row.card_json["classes"] == ["healthy", "imbalance"]
    assert "true_class_scores" not in row.card_json["calibration"]
    assert row.evaluation_json["split"]["name"] == "bearing-0"
    assert row.evaluation_json["sentence"]


def test_another_split_is_shown_with_its_dataset(stock, place, here):
    train(place, stock, seed=3)
    splits = place.get("datasets", stock.dataset).summary_json["splits"]
    assert [s["name"] for s in splits] == ["bearing-0", "bearing-3"]


def test_noise_curves(stock, place):
    result = place.run("evaluate", {"model_id": stock.model, "dataset_id": stock.dataset})
    row = place.get("evaluations", result.evaluation_id)
    assert [n["noise"] for n in row.result_json["noise"]][-3:] == ["white:20dB", "white:10dB", "white:0dB"]
    assert place.files.resolve(row.report).read_text().startswith("<!DOCTYPE html>")


def test_another_dataset_is_scored_whole(stock, place):
    other = place.run("simulate_dataset", {"name": "other", "kind": "journal", "spec": {**SPEC, "seed": 6}})
    arguments = {"model_id": stock.model, "dataset_id": other.dataset_id, "noise": []}
    result = place.run("evaluate", arguments)
    assert place.get("evaluations", result.evaluation_id).result_json["n_records"] == 18


def fatal(place, stock, *, simulated):
    """Let the audit of the stock have a fatal finding."""
    folder = place.files.resolve(place.get("datasets", stock.dataset).folder)
    finding = {"key": "clipping", "severity": "fatal", "source": "a", "text": "Cut off.", "remedy": "Record again."}
    (folder / "audit.json").write_text(json.dumps({"findings": [finding]}))
    if not simulated:
        card = json.loads((folder / "dataset.json").read_text())
        (folder / "dataset.json").write_text(json.dumps(card | {"n_simulated": 0}))


def test_fatal_findings_refuse_training(stock, place, here):
    fatal(place, stock, simulated=False)
    with pytest.raises(AuditRefusedError, match=r"^stock: the audit found clipping, on which nothing should be learnt"):
        train(place, stock)
    assert train(place, stock, accepted=["clipping"]).card_json["training"]["accepted_findings"] == ["clipping"]


def test_findings_on_simulated_records_are_logged(stock, place, here):
    fatal(place, stock, simulated=True)
    assert train(place, stock).card_json["training"]["accepted_findings"] == ["clipping"]


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"name": "stock"}, ConflictError, "there is a model 'stock' already"),
        ({"model": "oracle"}, ParameterError, "oracle"),
        ({"by": "rig"}, ParameterError, "all records name the same"),
        ({"by": "condition"}, ParameterError, "condition"),
    ],
)
def test_what_cannot_be_trained(stock, place, change, error, words):
    with pytest.raises(error, match=words):
        train(place, stock, **change)


def test_a_model_without_its_packages_says_so(stock, place, monkeypatch):
    def missing(_name):
        raise MissingToolError("install them")

    monkeypatch.setattr("palier.models.catalogue.require_packages", missing)
    with pytest.raises(MissingToolError):
        train(place, stock)


def test_too_much_for_a_small_machine(stock, place, monkeypatch):
    monkeypatch.setattr("palier.jobs.train_classical._MOST_WINDOWS", 5)
    with pytest.raises(ParameterError, match="training records; here at most 5"):
        train(place, stock)


def test_copies_on_two_sides_are_no_split(place, tmp_path):
    """The same signal at another gain, of two machines: what is learnt of one would be known of the other."""
    from palier.data.build import build_dataset
    from palier.data.read import read_recording
    from palier.jobs.dataset_rows import with_split

    entries = []
    for i in range(8):
        made = read_recording(rolling_file(tmp_path, f"{i}.npz", fault="outer_race", seed=i // 4))
        scaled = replace(made, samples=(made.samples * np.float32(1 + i / 10)).astype(np.float32))
        write_pack(scaled, tmp_path / f"pack{i}")
        fault = "healthy" if i < 4 else "outer_race"
        entries.append(PackEntry(tmp_path / f"pack{i}", f"r{i}", fault, bearing=f"b{i}"))
    dataset = build_dataset(PackSource(tuple(entries), "rolling"), tmp_path / "copies")
    context = place.context(place.claimed(place.job("audit", {"dataset_id": "0" * 32})))
    with pytest.raises(LeakError):
        with_split(context, dataset, level=None, seed=0, advance=lambda _done, _total: None)
    assert dataset.splits() == ()


# ---- export ----


def exported(place, stock, form):
    result = place.run("export_dataset", {"dataset_id": stock.dataset, "format": form})
    path = place.files.resolve(result.file)
    assert path.stat().st_size == result.size_bytes
    assert path.name == result.file_name == f"stock-{form}.zip"
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    return zipfile.ZipFile(path)


@pytest.mark.parametrize("form", ["npz", "csv", "mat", "parquet"])
def test_an_archive_of_recordings(stock, place, form):
    with exported(place, stock, form) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    assert sum(n.startswith("stock/recordings/SIMULATED-") for n in names) == 18
    assert {"stock/facts.csv", "stock/labels.csv", "stock/export.json"} <= set(names)


def test_one_file_of_arrays(stock, place):
    with exported(place, stock, "h5") as archive:
        assert archive.namelist() == ["stock.h5"]


def test_the_same_dataset_gives_the_same_archive(stock, place):
    first, second = (exported(place, stock, "npz") for _ in range(2))
    with first, second:
        assert [(i.filename, i.CRC) for i in first.infolist()] == [(i.filename, i.CRC) for i in second.infolist()]


def test_what_cannot_be_exported(stock, place, monkeypatch):
    with pytest.raises(ParameterError, match="format 'exe' is not known"):
        place.run("export_dataset", {"dataset_id": stock.dataset, "format": "exe"})
    monkeypatch.setattr(LocalFiles, "free_bytes", lambda _self: 1000)
    with pytest.raises(OutputError, match="less is free"):
        place.run("export_dataset", {"dataset_id": stock.dataset, "format": "npz"})


def test_no_file_name_becomes_a_formula(stock, place):
    """A recording called ``=cmd|…`` stays a text in the table that spreadsheets open."""
    name = '=cmd|" /C calc"!A0.npz'
    row = place.upload(rolling_file(place.files.root, "x.npz", fault="cage", seed=8), name=name)
    place.run("import_recordings", {"recording_ids": [row.id]})
    made = place.run("import_dataset", {"name": "evil", "recording_ids": [row.id]})
    result = place.run("export_dataset", {"dataset_id": made.dataset_id, "format": "npz"})
    with zipfile.ZipFile(place.files.resolve(result.file)) as archive:
        (table,) = csv.DictReader(io.StringIO(archive.read("evil/facts.csv").decode()))
    assert table["source"] == f"'{name}"
    assert not any(cell.startswith(("=", "+", "@", "\t")) for cell in table.values())


def test_a_split_that_would_leak_is_refused(stock, place):
    """Bearings that share a rig cannot be parted by bearing."""
    stated = {r: told | {"bearing": f"b{i}", "rig": f"r{i // 3}"} for i, (r, told) in enumerate(labels(stock).items())}
    dataset = imported(place, stock, labels=stated)
    with pytest.raises(LeakError, match="a split by bearing leaks on the level rig"):
        train(place, stock, dataset_id=dataset.id)
