"""Exported files say what the dataset says, to palier's own readers and to others."""

import csv
import json
from pathlib import Path

import h5py
import numpy as np
import pytest
from tests.data.dataset_cases import make_record, mixed_records, source_of

from palier.core.split import Fold, Split
from palier.data import Dataset, build_dataset, read_recording
from palier.data.audit.labels import labels_from_file
from palier.data.export import EXPORT_FORMATS, export_dataset
from palier.errors import OutputError, ParameterError

RECORDS = mixed_records(8)
FILES = [f for f in EXPORT_FORMATS if f != "h5"]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return build_dataset(source_of(RECORDS), tmp_path_factory.mktemp("d") / "pumps")


@pytest.mark.parametrize("kind", FILES)
def test_every_recording_is_read_back(dataset: Dataset, tmp_path: Path, kind: str) -> None:
    seen: list[tuple[int, int]] = []
    folder = export_dataset(dataset, tmp_path / "x", format=kind, on_progress=lambda *p: seen.append(p))  # type: ignore[arg-type]
    assert seen == [(i, 8) for i in range(1, 9)]
    for record in RECORDS:
        mine = record.recording
        found = read_recording(folder / "recordings" / f"SIMULATED-{record.record_id}.{kind}", channels="all")
        np.testing.assert_array_equal(found.samples, mine.samples)
        assert found.sampling_rate_hz == mine.sampling_rate_hz
        assert found.unit == mine.unit
        assert found.speed_hz == pytest.approx(mine.speed_hz)
        assert found.bearing_name == mine.bearing_name
        assert found.start_time == mine.start_time
        if kind != "csv":
            assert found.channel_names == mine.channel_names


def test_the_tables_beside_the_recordings(dataset: Dataset, tmp_path: Path) -> None:
    folder = export_dataset(dataset, tmp_path / "x", format="npz")
    label_of = labels_from_file(folder / "labels.csv")
    for record in RECORDS:
        assert label_of(folder / "recordings" / f"SIMULATED-{record.record_id}.npz") == record.label
    rows = list(csv.DictReader((folder / "facts.csv").read_text(encoding="utf-8").splitlines()))
    assert [r["record_id"] for r in rows] == [r.record_id for r in RECORDS]
    assert rows[1]["rig"] == "rig é"
    assert float(rows[1]["load"]) == 1.5
    assert rows[0]["channel_names"] == "ch0;ch1"
    assert rows[0]["load"] == ""
    assert json.loads((folder / "export.json").read_text())["content_hash"] == dataset.card.content_hash


def test_other_programs_read_them(dataset: Dataset, tmp_path: Path) -> None:
    from scipy.io import loadmat

    i, record = 1, RECORDS[1]
    found = loadmat(export_dataset(dataset, tmp_path / "mat", format="mat") / "recordings" / "SIMULATED-r1.mat")
    np.testing.assert_array_equal(found["ch0"], dataset.window(i, 0, 5300).T)
    assert (found["fs"].item(), found["label"].item()) == (1024.0, record.label)
    with np.load(
        export_dataset(dataset, tmp_path / "npz", format="npz") / "recordings" / "SIMULATED-r1.npz"
    ) as archive:
        np.testing.assert_array_equal(archive["ch0"], record.recording.samples[0])
        assert archive["unit"].item() == "g"


def same_length(n: int = 6) -> list:  # type: ignore[type-arg]
    return [make_record(i, n_samples=1200) for i in range(n)]


def test_the_one_file_with_a_group_per_side(tmp_path: Path) -> None:
    records = same_length()
    dataset = build_dataset(source_of(records), tmp_path / "d")
    fold = Fold(np.array([0, 1, 5]), np.zeros(0, np.int64), np.array([2, 3]), "only")
    dataset.add_split(Split("s", "record", "holdout", (fold,), seed=0))
    path = export_dataset(dataset, tmp_path / "all.h5", format="h5", split="s")
    with h5py.File(path) as file:
        assert sorted(file) == ["test", "train"]
        for side, rows in (("train", [0, 1, 5]), ("test", [2, 3])):
            assert file[f"{side}/signals"].shape == (len(rows), 1200)
            for k, i in enumerate(rows):
                np.testing.assert_array_equal(file[f"{side}/signals"][k], records[i].recording.samples[0])
                index = records[i].class_index
                assert file[f"{side}/labels"][k] == (-1 if index is None else index)
                assert json.loads(file[f"{side}/metadata"][k])["record_id"] == f"r{i}"
                assert file[f"{side}/severities"][k].decode() == (records[i].severity or "")
        names = json.loads(file["train/labels"].attrs["class_names"])
        assert names[records[1].class_index] == "healthy"
    found = read_recording(path, channels="one")
    assert found.sampling_rate_hz == 1024.0
    with h5py.File(export_dataset(dataset, tmp_path / "some.h5", format="h5", records=[1, 2])) as file:
        assert list(file) == ["all"]
        assert file.attrs["unit"] == "g"


def test_the_importer_takes_the_one_file(tmp_path: Path) -> None:
    from palier.data.hdf5_layout import LayoutRequest, unpack_layout

    records = [r for r in same_length(8) if r.label is not None]
    dataset = build_dataset(source_of(records), tmp_path / "d")
    path = export_dataset(dataset, tmp_path / "all.h5", format="h5")
    source = unpack_layout(path, tmp_path / "unpacked", LayoutRequest("journal"))
    for i, record in enumerate(records):
        found = source.record(i)
        np.testing.assert_array_equal(found.recording.samples, record.recording.samples)
        assert (found.label, found.severity) == (record.label, record.severity)
        assert found.recording.sampling_rate_hz == 1024.0


def test_one_recording_in_the_one_file_is_read_back(tmp_path: Path) -> None:
    dataset = build_dataset(source_of(same_length()), tmp_path / "d")
    found = read_recording(export_dataset(dataset, tmp_path / "one.h5", format="h5", records=[1]))
    np.testing.assert_array_equal(found.samples, dataset.window(1, 0, 1200))
    assert (found.sampling_rate_hz, found.unit) == (1024.0, "g")


def test_what_does_not_fit_in_one_array(dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="records of 2 lengths and 2 sampling rates"):
        export_dataset(dataset, tmp_path / "x.h5", format="h5")
    assert list(tmp_path.iterdir()) == []


def test_nothing_foreign_is_replaced(dataset: Dataset, tmp_path: Path) -> None:
    folder = tmp_path / "x"
    folder.mkdir()
    (folder / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match="was not written by an export"):
        export_dataset(dataset, folder, format="npz", overwrite="replace")
    first = export_dataset(dataset, tmp_path / "y", format="npz")
    with pytest.raises(OutputError, match="is there; name another, or have it replaced"):
        export_dataset(dataset, first, format="csv")
    export_dataset(dataset, first, format="csv", records=[2], overwrite="replace")
    assert [p.name for p in (first / "recordings").iterdir()] == ["SIMULATED-r2.csv"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x", "y"]


def test_a_failure_in_the_middle_leaves_nothing(dataset: Dataset, tmp_path: Path) -> None:
    def stop(done: int, _total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    for kind in ("mat", "h5"):
        with pytest.raises(KeyboardInterrupt):
            export_dataset(dataset, tmp_path / "x", format=kind, records=[1, 3, 5, 7], on_progress=stop)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_arguments_that_make_no_sense(dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="format 'wav' is not known; allowed are mat, csv"):
        export_dataset(dataset, tmp_path / "x", format="wav")  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="no split 's'"):
        export_dataset(dataset, tmp_path / "x", format="npz", split="s")
    with pytest.raises(ParameterError, match="allowed is one of them"):
        export_dataset(dataset, tmp_path / "x", format="npz", split="s", records=[1])


def test_a_simulated_recording_stays_one_through_export_and_import(small_dataset, tmp_path: Path) -> None:
    from palier.core.recording import is_simulated
    from palier.data.build import build_dataset
    from palier.data.importing import ImportRequest, file_source
    from palier.data.read import find_recordings, read_recording

    folder = export_dataset(small_dataset, tmp_path / "out", format="npz", records=[0, 30])
    files = find_recordings([folder / "recordings"])
    assert all(is_simulated(read_recording(path).provenance.source) for path in files)
    again = build_dataset(
        file_source(files, ImportRequest("journal", labels=folder / "labels.csv")), tmp_path / "again"
    )
    assert again.card.n_simulated == 2
