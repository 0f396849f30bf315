"""Reading: any window is what was written, from any thread and process, with few open files."""

import json
import multiprocessing
import os
import pickle
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.data.dataset_cases import RATE_HZ, make_record, mixed_records, source_of

from palier.core.dataset import LabelledRecord
from palier.core.split import Fold, Split
from palier.data import Dataset, build_dataset, open_dataset
from palier.errors import DatasetError, OutputError, ParameterError, UndeclaredError

RECORDS = mixed_records()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("datasets")
    for compression in ("none", "gzip"):
        build_dataset(source_of(RECORDS), folder / compression, compression=compression, window_s=0.9)  # type: ignore[arg-type]
    return folder


@pytest.fixture(scope="module", params=["none", "gzip"])
def dataset(folder: Path, request: pytest.FixtureRequest) -> Dataset:
    return open_dataset(folder / request.param, cache_bytes=100_000, max_open_shards=2)


def samples(i: int) -> np.ndarray:
    return RECORDS[i].recording.samples


@given(data=st.data())
def test_any_window_is_what_was_written(dataset: Dataset, data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 5000))
    records = data.draw(st.lists(st.integers(0, len(RECORDS) - 1), max_size=12))
    starts = [data.draw(st.integers(0, samples(i).shape[1] - n)) for i in records]
    windows = dataset.windows(records, starts, n)
    assert windows.dtype == np.float32
    assert windows.shape == (len(records), n)
    for window, i, start in zip(windows, records, starts, strict=True):
        np.testing.assert_array_equal(window, samples(i)[0, start : start + n])
        np.testing.assert_array_equal(dataset.window(i, start, n), samples(i)[:, start : start + n])


def test_a_channel_is_chosen_by_its_number(dataset: Dataset) -> None:
    np.testing.assert_array_equal(dataset.windows([3, 0], [10, 20], 4000, channel=1)[0], samples(3)[1, 10:4010])
    for channel, records in ((1, [0, 1]), (2, [0]), (-1, [0])):
        with pytest.raises(ParameterError, match=f"channel is {channel}"):
            dataset.windows(records, [0] * len(records), 10, channel=channel)


@pytest.mark.parametrize(
    ("records", "starts", "n"),
    [([0], [4999], 2), ([0], [-1], 5), ([40], [0], 5), ([-1], [0], 5), ([0], [0], 0), ([0], [0], -4), ([0, 1], [0], 5)],
)
def test_windows_outside_are_refused(dataset: Dataset, records: list[int], starts: list[int], n: int) -> None:
    with pytest.raises(ParameterError):
        dataset.windows(records, starts, n)
    if len(records) == 1:
        with pytest.raises(ParameterError):
            dataset.window(records[0], starts[0], n)


def test_no_such_record_or_column(dataset: Dataset) -> None:
    for i in (-1, 40):
        with pytest.raises(ParameterError, match=f"no record {i}; there are 0 to 39"):
            dataset.record(i)
    with pytest.raises(ParameterError, match="no column 'lable'; there are record_id"):
        dataset.index.column("lable")
    with pytest.raises(ParameterError, match="no record 'r40' among 40"):
        dataset.index.row_of("r40")
    assert dataset.index.row_of("r39") == 39


def test_columns_say_what_nobody_knows(dataset: Dataset) -> None:
    index = dataset.index
    assert index.column("label").tolist() == [r.label for r in RECORDS]
    assert index.column("class_index").dtype == np.int8
    assert index.column("class_index").tolist() == [-1 if r.class_index is None else r.class_index for r in RECORDS]
    np.testing.assert_array_equal(index.column("load"), [np.nan if r.load is None else r.load for r in RECORDS])
    assert np.isnan(index.column("sampling_rate_hz")).tolist() == [i == 4 for i in range(40)]
    assert index.column("channel_names")[0] == ("ch0", "ch1")
    assert np.isnat(index.column("start_time")).tolist() == [i % 2 == 0 for i in range(40)]
    assert index.column("start_time")[1] == np.datetime64("2020-01-01T00:00:01.250001")
    assert [index.column(name)[1] for name in ("unit", "rig", "bearing_name")] == ["g", "rig é", "6205"]
    with pytest.raises(ValueError, match="read-only"):
        index.column("load")[0] = 1


@settings(max_examples=25)
@given(
    window_s=st.floats(0.01, 4), hop_s=st.one_of(st.none(), st.floats(0.2, 5)), batch=st.integers(1, 50),
    records=st.lists(st.sampled_from([i for i in range(40) if i != 4]), max_size=5),
)  # fmt: skip
def test_iteration_gives_every_window_once_and_in_order(
    dataset: Dataset, window_s: float, hop_s: float | None, batch: int, records: list[int]
) -> None:
    n, hop = round(window_s * RATE_HZ), round((hop_s or window_s) * RATE_HZ)
    expected = [(i, s) for i in records for s in range(0, samples(i).shape[1] - n + 1, hop)]
    found = []
    for block in dataset.iterate(records, window_s=window_s, hop_s=hop_s, batch=batch):
        assert 1 <= len(block.samples) <= batch
        assert block.sampling_rate_hz == RATE_HZ
        for x, i, start, speed_hz in zip(block.samples, block.record, block.start, block.speed_hz, strict=True):
            np.testing.assert_array_equal(x, samples(i)[0, start : start + n])
            assert speed_hz == (RECORDS[i].recording.speed_hz or pytest.approx(np.nan, nan_ok=True))
            found.append((int(i), int(start)))
    assert found == expected
    for i in records[:1]:
        assert (
            list(dataset.window_starts(i, window_s=window_s, hop_s=hop_s))
            == [s for j, s in expected if j == i][: len(range(0, samples(i).shape[1] - n + 1, hop))]
        )


def test_iteration_keeps_rates_apart(tmp_path: Path) -> None:
    records = [make_record(i, rate_hz=[1024.0, 1024.0, 2000.0, 1024.0][i], n_samples=4096) for i in range(4)]
    blocks = list(build_dataset(source_of(records), tmp_path / "a").iterate(window_s=1.0))
    assert [(b.sampling_rate_hz, b.samples.shape) for b in blocks] == [
        (1024.0, (8, 1024)), (2000.0, (2, 2000)), (1024.0, (4, 1024)),
    ]  # fmt: skip


def test_iteration_refuses_what_it_cannot_do(dataset: Dataset) -> None:
    with pytest.raises(UndeclaredError, match="record r4: the sampling rate"):
        list(dataset.iterate(window_s=1.0))
    with pytest.raises(ParameterError, match=r"record r0 has 5000 samples \(4.883 s\).*shorter"):
        list(dataset.iterate([0], window_s=5.0))
    for bad in ({"window_s": 0.0}, {"window_s": 1.0, "hop_s": 0.0}, {"window_s": 1.0, "batch": 0}):
        with pytest.raises(ParameterError):
            list(dataset.iterate([0], **bad))  # type: ignore[arg-type]


def test_threads_read_through_few_files(folder: Path) -> None:
    """Sixteen threads over five shards with two open files: nobody reads from a file that was closed for another."""
    for compression in ("none", "gzip"):
        dataset = open_dataset(folder / compression, max_open_shards=2, cache_bytes=50_000)
        wrong: list[object] = []

        def hammer(seed: int, dataset: Dataset = dataset, wrong: list[object] = wrong) -> None:
            rng = np.random.default_rng(seed)
            for _ in range(30):
                i = rng.integers(0, 40, 4)
                start = rng.integers(0, 3000, 4)
                x = dataset.windows(i, start, 2000)
                wrong += [j for j in range(4) if (x[j] != samples(i[j])[0, start[j] : start[j] + 2000]).any()]

        threads = [threading.Thread(target=hammer, args=(k,)) for k in range(16)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert wrong == []
        assert dataset._reader.n_open <= 2


def _read_in_child(dataset: Dataset, barrier: object, queue: object) -> None:
    x = dataset.windows([39, 0, 20], [5, 6, 7], 3000)
    files = len(list(Path("/proc/self/fd").iterdir()))
    queue.put((x.sum(dtype=np.float64), files))  # type: ignore[attr-defined]


@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_child_processes_read_too(folder: Path, method: str) -> None:
    for compression in ("none", "gzip") if method == "fork" else ("gzip",):
        dataset = open_dataset(folder / compression)
        expected = dataset.windows([39, 0, 20], [5, 6, 7], 3000).sum(dtype=np.float64)
        context = multiprocessing.get_context(method)
        queue = context.Queue()
        if method == "fork":  # while another thread holds the locks
            process = dataset._reader._process
            process.files._lock.acquire()
            process.cache._lock.acquire()
        children = [context.Process(target=_read_in_child, args=(dataset, None, queue)) for _ in range(2)]
        for child in children:
            child.start()
        found = [queue.get(timeout=30) for _ in children]
        for child in children:
            child.join()
        assert [f[0] for f in found] == [expected] * 2


def test_it_is_pickled_as_its_path(dataset: Dataset) -> None:
    packed = pickle.dumps(dataset)
    assert len(packed) < 500
    again = pickle.loads(packed)
    assert again.path == dataset.path
    np.testing.assert_array_equal(again.window(3, 0, 100), dataset.window(3, 0, 100))


def test_files_are_opened_once_and_closed_on_demand(folder: Path) -> None:
    dataset = open_dataset(folder / "none")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        dataset.windows(range(40), [0] * 40, 10)
        assert len(list(Path("/proc/self/fd").iterdir())) == before + 5
    dataset.close()
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    np.testing.assert_array_equal(dataset.window(0, 0, 9), samples(0)[:, :9])


def test_the_truth_is_read_by_row_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pyarrow.parquet as pq

    dataset = build_dataset(source_of([make_record(i, n_samples=16) for i in range(130)]), tmp_path / "a")
    groups: list[int] = []
    real = pq.ParquetFile.read_row_group
    monkeypatch.setattr(
        pq.ParquetFile, "read_row_group", lambda self, g, **options: (groups.append(g), real(self, g, **options))[1]
    )
    assert [dataset.truth(i)["ratio"] for i in (0, 63, 129, 128)] == pytest.approx([0.0, 6.3, 12.9, 12.8])
    assert groups == [0, 2]


# ---- splits ----


def split(name: str = "by-bearing", **changes: object) -> Split:
    a, b, c = np.arange(0, 20), np.arange(20, 24), np.arange(24, 40)
    folds = (Fold(a, b, c, "0"), Fold(c, np.zeros(0, np.int64), a, "rig é/1"))
    kept = {"name": name, "level": "bearing", "kind": "kfold", "folds": folds, "seed": 3, "text": "asked"}
    return Split(**{**kept, **changes})  # type: ignore[arg-type]


def test_a_split_comes_back(tmp_path: Path) -> None:
    dataset = build_dataset(source_of(RECORDS), tmp_path / "a")
    content = dataset.card.content_hash
    dataset.add_split(split())
    dataset.add_split(split("another", level="window", leaky=True, window_test_share=0.3))
    for one in (dataset, open_dataset(tmp_path / "a")):
        assert one.splits() == ("another", "by-bearing")
        assert one.card.content_hash == content
        found = one.split("by-bearing")
        assert (found.level, found.kind, found.seed, found.text) == ("bearing", "kfold", 3, "asked")
        for mine, theirs in zip(found.folds, split().folds, strict=True):
            assert mine.name == theirs.name
            for side in ("train", "validation", "test"):
                np.testing.assert_array_equal(getattr(mine, side), getattr(theirs, side))
    assert dataset.split("another").window_test_share == 0.3
    assert dataset.verify().whole


def test_splits_that_cannot_be_stored(tmp_path: Path) -> None:
    dataset = build_dataset(source_of(RECORDS), tmp_path / "a")
    dataset.add_split(split())
    with pytest.raises(ParameterError, match="has a split 'by-bearing'"):
        dataset.add_split(split())
    dataset.add_split(split(seed=4), overwrite="replace")
    assert dataset.split("by-bearing").seed == 4
    for name in ("../x", "", ".hidden", "a/b", "x" * 101):
        with pytest.raises(ParameterError, match="cannot be called"):
            dataset.add_split(split(name))
    none = np.zeros(0, np.int64)
    with pytest.raises(ParameterError, match="names row 40"):
        dataset.add_split(split("far", folds=(Fold(np.array([40]), none, none),)))
    with pytest.raises(ParameterError, match="two folds of one name"):
        dataset.add_split(split("same", folds=(Fold(none, none, none), Fold(none, none, none))))
    with pytest.raises(ParameterError, match="no split 'x'; there are by-bearing"):
        dataset.split("x")


def test_a_split_that_was_touched_is_noticed(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    dataset = build_dataset(source_of(RECORDS), tmp_path / "a")
    dataset.add_split(split())
    file = tmp_path / "a" / "splits" / "by-bearing.parquet"
    table = pq.read_table(file)
    pq.write_table(table.slice(1), file)
    with pytest.raises(DatasetError, match="its hash differs"):
        dataset.split("by-bearing")
    assert [d.where for d in dataset.verify().damages] == ["splits/by-bearing.parquet"]
    file.write_bytes(b"PAR1")
    with pytest.raises(DatasetError, match="cannot be read"):
        dataset.split("by-bearing")


def test_splits_of_several_threads_all_stay(tmp_path: Path) -> None:
    dataset = build_dataset(source_of(RECORDS), tmp_path / "a")
    threads = [threading.Thread(target=open_dataset(dataset.path).add_split, args=(split(f"s{k}"),)) for k in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(open_dataset(tmp_path / "a").splits()) == 8


# ---- what is no dataset, or a damaged one ----


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    build_dataset(source_of(RECORDS), tmp_path / "a")
    return tmp_path / "a"


def test_what_is_no_dataset_is_said(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="does not exist"):
        open_dataset(tmp_path / "x")
    with pytest.raises(DatasetError, match=r"holds no dataset\.json"):
        open_dataset(tmp_path)


def change(path: Path, **values: object) -> None:
    card = json.loads((path / "dataset.json").read_text())
    (path / "dataset.json").write_text(json.dumps({**card, **values}))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"schema_version": 2}, "schema version 2, and this palier reads up to 1; update palier"),
        ({"schema_version": 0}, "palier dataset convert OLD -o NEW --to-schema 1"),
        ({"schema_version": "1"}, "allowed is a whole number"),
        ({"n_records": 41}, "the card is damaged"),
        ({"classes": {}}, "do not add up"),
        ({"compression": "x"}, "the card is damaged"),
        ({"shards": [{"path": "../../x", "sha256": "", "n_bytes": 1, "n_records": 40}]}, "leads out of the directory"),
        ({"shards": [{"path": "/x", "sha256": "", "n_bytes": 1, "n_records": 40}]}, "leads out of the directory"),
        ({"shards": 3}, "the card is damaged"),
        ({"index": None}, "the card is damaged"),
    ],
)
def test_cards_that_are_refused(fresh: Path, values: dict[str, object], said: str) -> None:
    change(fresh, **values)
    with pytest.raises(DatasetError, match=said):
        open_dataset(fresh)


def test_a_card_that_is_cut_or_lacks_something(fresh: Path) -> None:
    text = (fresh / "dataset.json").read_text()
    for wrong in (text[:100], "[]", "", "\x00"):
        (fresh / "dataset.json").write_text(wrong)
        with pytest.raises(DatasetError):
            open_dataset(fresh)
    card = json.loads(text)
    del card["content_hash"]
    (fresh / "dataset.json").write_text(json.dumps(card))
    with pytest.raises(DatasetError, match="lacks content_hash"):
        open_dataset(fresh)
    (fresh / "dataset.json").write_text(json.dumps({**json.loads(text), "of_a_later_minor_version": 1}))
    assert len(open_dataset(fresh)) == 40


def test_damaged_files_are_named_when_they_are_read(fresh: Path) -> None:
    shard = fresh / "shards" / "shard-00001.h5"
    whole = shard.read_bytes()
    shard.write_bytes(whole[:-1])
    with pytest.raises(DatasetError, match=r"shard-00001.h5: has \d+ bytes, and the card says"):
        open_dataset(fresh).window(8, 0, 10)
    shard.write_bytes(b"\0" * len(whole))
    with pytest.raises(DatasetError, match=r"shard-00001.h5: no shard that can be read"):
        open_dataset(fresh).window(8, 0, 10)
    shard.unlink()
    with pytest.raises(DatasetError, match=r"shard-00001.h5: cannot be opened"):
        open_dataset(fresh).window(8, 0, 10)
    assert open_dataset(fresh).window(0, 0, 10).shape == (2, 10)
    (fresh / "truth.parquet").write_bytes(b"x")
    with pytest.raises(DatasetError, match=r"truth.parquet: cannot be read"):
        open_dataset(fresh).truth(0)
    (fresh / "index.parquet").write_bytes(b"x")
    with pytest.raises(DatasetError, match=r"index.parquet: cannot be read"):
        open_dataset(fresh)


def test_a_damaged_packed_chunk_is_named(tmp_path: Path) -> None:
    dataset = build_dataset(source_of([make_record(1)]), tmp_path / "a", compression="gzip")
    layout = dataset._reader._layout(0)
    shard = tmp_path / "a" / "shards" / "shard-00000.h5"
    data = bytearray(shard.read_bytes())
    at = int(layout.offset[0, 2])
    data[at : at + 64] = b"\xff" * 64
    shard.write_bytes(data)
    dataset = open_dataset(tmp_path / "a")
    assert dataset.window(0, 0, 100).shape == (1, 100)
    with pytest.raises(DatasetError, match="is damaged"):
        dataset.window(0, 0, 5000)


def test_a_limit_outside_its_range(fresh: Path) -> None:
    with pytest.raises(ParameterError, match="max_open_shards is 0"):
        open_dataset(fresh, max_open_shards=0)
    with pytest.raises(ParameterError, match="limit_bytes is -1"):
        open_dataset(fresh, cache_bytes=-1)


def test_a_dataset_that_others_are_writing_to(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from palier.data.locking import locked

    monkeypatch.setattr("palier.data.store._PATIENCE_S", 0.05)
    with locked(fresh / ".lock"), pytest.raises(OutputError, match="others have been writing"):
        open_dataset(fresh).add_split(split())


def test_one_record_only(tmp_path: Path) -> None:
    record: LabelledRecord = make_record(3, n_samples=1)
    dataset = build_dataset(source_of([record]), tmp_path / "a")
    np.testing.assert_array_equal(dataset.window(0, 0, 1), record.recording.samples)
    assert repr(dataset).endswith("1 records)")
    assert os.fspath(dataset.path) == str(tmp_path / "a")


def test_a_dataset_that_is_replaced_while_it_is_open_is_not_mixed_with_the_new_one(tmp_path: Path) -> None:
    """Index of one, samples of the other: of the same size, so that nothing else would notice."""
    one, other = [make_record(i) for i in range(40)], [make_record(i + 40) for i in range(40)]
    dataset = build_dataset(source_of(one), tmp_path / "a")
    packed = pickle.dumps(dataset)
    first = dataset.window(0, 0, 100)
    build_dataset(source_of(other), tmp_path / "a", overwrite="replace")
    np.testing.assert_array_equal(dataset.window(0, 0, 100), first)  # this shard is still open
    with pytest.raises(DatasetError, match="was replaced while it was open"):
        dataset.window(39, 0, 100)
    with pytest.raises(DatasetError, match="was replaced while it was open"):
        dataset.truth(0)
    with pytest.raises(DatasetError, match="was replaced since it was opened elsewhere"):
        pickle.loads(packed)


def test_a_link_is_replaced_and_what_it_led_to_stays(tmp_path: Path) -> None:
    build_dataset(source_of(RECORDS), tmp_path / "real")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    build_dataset(source_of(RECORDS[:5]), tmp_path / "link", overwrite="replace")
    assert (len(open_dataset(tmp_path / "link")), len(open_dataset(tmp_path / "real"))) == (5, 40)
