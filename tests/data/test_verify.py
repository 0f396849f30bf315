"""Verification names what is damaged, whatever it is."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.data.dataset_cases import mixed_records, source_of

from palier.data import build_dataset, open_dataset
from palier.data.verify import verify_dataset


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    build_dataset(source_of(mixed_records()), tmp_path / "a")
    return tmp_path / "a"


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def test_a_whole_dataset_is_whole(folder: Path) -> None:
    seen: list[tuple[int, int]] = []
    found = verify_dataset(folder, on_progress=lambda *p: seen.append(p))
    assert found.whole
    assert (found.n_records, found.n_files, found.damages) == (40, 7, ())
    assert seen == [(i, 40) for i in range(1, 41)]


def test_one_bit_of_one_sample(folder: Path) -> None:
    layout = open_dataset(folder)._reader._layout(10)
    row = int(open_dataset(folder).index.column("row")[10])
    flip(folder / "shards" / "shard-00001.h5", int(layout.offset[row, 1]) + 1)
    assert [d.where for d in verify_dataset(folder).damages] == ["shards/shard-00001.h5", "record r10"]


def test_a_shard_cut_or_gone(folder: Path) -> None:
    shard = folder / "shards" / "shard-00002.h5"
    shard.write_bytes(shard.read_bytes()[:-100])
    damages = verify_dataset(folder).damages
    assert [d.where for d in damages] == ["shards/shard-00002.h5", *(f"record r{i}" for i in range(16, 24))]
    assert "100" not in damages[0].where
    shard.unlink()
    assert verify_dataset(folder).damages[0].what.startswith("cannot be read")


def test_a_fact_that_was_edited(folder: Path) -> None:
    table = pq.read_table(folder / "index.parquet")
    labels = ["healthy" if label == "imbalance" else label for label in table["label"].to_pylist()]
    pq.write_table(table.set_column(1, "label", [labels]), folder / "index.parquet")
    assert [d.where for d in verify_dataset(folder).damages] == ["index.parquet", "dataset.json"]


def test_a_truth_that_was_edited_with_its_checksum(folder: Path) -> None:
    from palier.data.files import file_sha256

    file = folder / "truth.parquet"
    table = pq.read_table(file)
    truths = [t.replace('"ratio":0.0', '"ratio":9.0') for t in table["truth"].to_pylist()]
    pq.write_table(table.set_column(1, "truth", [truths]), file)
    card = json.loads((folder / "dataset.json").read_text())
    card["truth"] |= {"sha256": file_sha256(file), "n_bytes": file.stat().st_size}
    (folder / "dataset.json").write_text(json.dumps(card))
    assert [d.where for d in verify_dataset(folder).damages] == ["dataset.json"]


def test_a_truth_that_cannot_be_read(folder: Path) -> None:
    (folder / "truth.parquet").write_bytes(b"x")
    damages = verify_dataset(folder).damages
    assert {d.where for d in damages} == {"truth.parquet"}
