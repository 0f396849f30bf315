"""Datasets in one HDF5 file: labels in any of their forms, splits kept, damaged files refused by a child process."""

import json

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from palier.core.faults import JOURNAL_CLASSES
from palier.data import build_dataset
from palier.data.hdf5_layout import LayoutRequest, unpack_layout
from palier.data.record_keys import Key
from palier.data.split import SplitRequest, make_split
from palier.errors import ParameterError, ReadError, UndeclaredError

N = 600


def signals(seed, n):
    return np.random.default_rng(seed).normal(size=(n, N))


def write(path, *, labels=None, severities=None, metadata=None, rate=1000.0, **more):
    with h5py.File(path, "w") as file:
        if rate:
            file.attrs["sampling_rate"] = rate
        for k, name in enumerate(("train", "val", "test")):
            group = file.create_group(name)
            group["signals"] = signals(k, 4)
            group["labels"] = [0, 1, 2, 7] if labels is None else labels
            if severities is not None:
                group["severities"] = severities
            if metadata is not None:
                group["metadata"] = metadata
        for name, value in more.items():
            file[name] = value
    return path


def unpacked(path, tmp_path, **more):
    return unpack_layout(path, tmp_path / "work", LayoutRequest("journal", **more))


@pytest.mark.parametrize(
    "labels",
    [
        np.array([0, 1, 2, 7], np.int64),
        np.array([0.0, 1.0, 2.0, 7.0]),
        np.array([b"healthy", b"misalignment", b"imbalance", b"oil_whirl"]),
        ["sain", "Désalignement", "déséquilibre", "tourbillon d'huile"],
        ["0", "1", "imbalance", "OIL WHIRL"],
    ],
    ids=["index", "float", "bytes", "french", "mixed"],
)
def test_labels_in_all_their_forms(tmp_path, labels):
    source = unpacked(write(tmp_path / "a.h5", labels=labels), tmp_path)
    keys = ["healthy", "misalignment", "imbalance", "oil_whirl"]
    assert [source.record(i).label for i in range(4)] == keys
    assert [source.record(i).class_index for i in range(4)] == [0, 1, 2, 7]


def test_records_hold_the_signals_and_what_the_file_says(tmp_path):
    facts = [{"rpm": 1200 + i, "machine": f"m{i % 2}", "note": "é", "nested": {"a": [1]}} for i in range(4)]
    metadata = [json.dumps(row) for row in facts]
    path = write(tmp_path / "a.h5", severities=[b"none", b"mild", b"severe", b""], metadata=metadata, rate=2000.0)
    steps = []
    request = LayoutRequest(
        "journal", unit="g", speed_rpm=Key.parse("column:rpm"), bearing=Key.parse("column:machine"),
        rig=Key.parse("old"), condition=Key.parse("pattern:/(train|test)/"), licence="CC0-1.0",
    )  # fmt: skip
    source = unpack_layout(path, tmp_path / "work", request, on_progress=lambda *n: steps.append(n))
    assert (len(source), steps[-1]) == (12, (12, 12))
    data = build_dataset(source, tmp_path / "set")
    source.close()
    assert not (tmp_path / "work").exists()
    row = data.index.row_of("val-000001")
    record = data.record(row)
    np.testing.assert_array_equal(record.recording.samples[0], signals(1, 4)[1].astype(np.float32))
    assert (record.severity, record.source_split, record.bearing, record.rig) == ("mild", "val", "m1", "old")
    assert (record.recording.speed_hz, record.recording.sampling_rate_hz) == (1201 / 60, 2000.0)
    assert record.condition is None
    assert record.recording.provenance.source == "a.h5/val/1"
    assert record.truth["metadata"]["nested"] == {"a": [1]}
    assert data.index.column("severity").tolist()[:4] == [None, "mild", "severe", None]
    assert data.card.licence == "CC0-1.0"
    split = make_split(data.index, SplitRequest("source", kind="source", leaky=True))
    assert [len(split.folds[0].train), len(split.folds[0].validation), len(split.folds[0].test)] == [4, 4, 4]
    assert split.leaky  # the machines m0 and m1 are on all sides


def test_severities_as_factors_and_as_numbers_of_levels(tmp_path):
    source = unpacked(write(tmp_path / "a.h5", severities=[0.0, 0.25, 0.5, 1.0]), tmp_path)
    assert [source.record(i).severity_value for i in range(4)] == [0.0, 0.25, 0.5, 1.0]
    path = write(tmp_path / "b.h5", severities=[0, 1, 2, 3])
    with pytest.raises(ParameterError, match=r"row 0: severity '0' is no level.*--severity-map 0=LEVEL"):
        unpacked(path, tmp_path)
    levels = {"0": "none", "1": "incipient", "2": "mild", "3": "severe"}
    source = unpacked(path, tmp_path, severity_map=levels)
    assert [source.record(i).severity for i in range(4)] == [None, "incipient", "mild", "severe"]


def test_every_class_has_its_index(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["all/signals"] = signals(0, 11)
        file["all/labels"] = np.arange(11)
        file["all"].attrs["fs"] = 100.0
    source = unpacked(tmp_path / "a.h5", tmp_path)
    assert [source.record(i).label for i in range(11)] == [c.key for c in JOURNAL_CLASSES]


def test_a_rate_that_nobody_states_is_asked_for(tmp_path):
    path = write(tmp_path / "a.h5", rate=None)
    with pytest.raises(UndeclaredError, match="--sampling-rate"):
        unpacked(path, tmp_path)
    assert not (tmp_path / "work").exists()
    assert unpacked(path, tmp_path, sampling_rate_hz=512.0).record(0).recording.sampling_rate_hz == 512.0


def test_a_lower_number_format_and_compression_are_read(tmp_path):
    x = (signals(0, 300) * 1000).astype(np.int16)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("train/signals", data=x, chunks=(300, 20), compression="gzip", shuffle=True)
        file["train/labels"] = np.zeros(300, np.int8)
    source = unpacked(tmp_path / "a.h5", tmp_path, sampling_rate_hz=100.0)
    for i in (0, 150, 299):
        np.testing.assert_array_equal(source.record(i).recording.samples[0], x[i].astype(np.float32))


def _spoilt(path, how):
    with h5py.File(path, "a") as file:
        group = file["train"]
        if how == "labels of another length":
            del group["labels"]
            group["labels"] = [0, 1]
        elif how == "no labels":
            del group["labels"]
        elif how == "three axes":
            del group["signals"]
            group["signals"] = np.zeros((4, 2, 10))
        elif how == "text":
            del group["signals"]
            group["signals"] = np.full((4, 3), b"a")
        elif how == "NaN":
            group["signals"][2, 5] = np.nan
        elif how == "link":
            del group["labels"]
            group["labels"] = h5py.ExternalLink("other.h5", "/labels")
        elif how == "bomb":
            del group["signals"]
            group.create_dataset("signals", (4, 2**26), "f8", chunks=(1, 2**20), compression="gzip", fillvalue=0.0)
            group["signals"][0, 0] = 1.0
        elif how == "metadata":
            group["metadata"] = ["{", "{}", "{}", "{}"]
        elif how == "metadata list":
            group["metadata"] = ["[1]", "{}", "{}", "{}"]
        elif how == "severities":
            group["severities"] = [b"mild"]


@pytest.mark.parametrize(
    ("how", "word"),
    [
        ("labels of another length", r"labels has shape \(2,\)"),
        ("no labels", "no labels"),
        ("three axes", r"allowed are numbers \(record, time\)"),
        ("text", "allowed are numbers"),
        ("NaN", "row 2: holds NaN"),
        ("link", "link to another file"),
        ("bomb", "decompression bomb"),
        ("metadata", "no JSON"),
        ("metadata list", "are a list"),
        ("severities", "severities has shape"),
    ],
)
def test_other_shapes_are_refused(tmp_path, how, word):
    path = write(tmp_path / "a.h5")
    _spoilt(path, how)
    with pytest.raises(ReadError, match=word):
        unpacked(path, tmp_path)
    assert not (tmp_path / "work").exists()


def test_files_that_are_none(tmp_path):
    (tmp_path / "a.h5").write_bytes(b"no HDF5 at all")
    with pytest.raises(ReadError, match="no HDF5 file by its content"):
        unpacked(tmp_path / "a.h5", tmp_path)
    with pytest.raises(ReadError, match="is no file"):
        unpacked(tmp_path, tmp_path)
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file["x"] = np.zeros(10)
    with pytest.raises(ReadError, match=r"no group holds `signals` and `labels`.*there is x"):
        unpacked(tmp_path / "b.h5", tmp_path)


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"label_map": {"7": "whirlwind"}}, "row 3: label 'whirlwind' is no class"),
        ({"bearing": Key.parse("column:serial")}, "no row has a bearing by column 'serial'"),
    ],
)
def test_what_the_rows_do_not_say_is_refused(tmp_path, more, word):
    with pytest.raises(ParameterError, match=word):
        unpacked(write(tmp_path / "a.h5"), tmp_path, **more)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(8, 20_000), st.integers(0, 255)), min_size=1, max_size=40))
def test_a_damaged_file_is_refused_or_read_and_never_ends_this_process(tmp_path, changes):
    path = write(tmp_path / "a.h5")
    data = bytearray(path.read_bytes())
    for place, value in changes:
        data[place % len(data)] = value
    data[:8] = b"\x89HDF\r\n\x1a\n"
    path.write_bytes(data)
    try:
        source = unpacked(path, tmp_path)
        assert source.record(0).recording.n_samples >= 1
    except (ReadError, ParameterError, UndeclaredError):
        assert not (tmp_path / "work").exists()
