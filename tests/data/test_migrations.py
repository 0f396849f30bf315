"""A dataset of version 0 is refused, then migrated; conversion changes the storage and nothing else."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from tests.data.dataset_cases import assert_same, mixed_records, source_of, v0_records

from palier.core.split import Fold, Split
from palier.data import SCHEMA_VERSION, build_dataset, open_dataset
from palier.data.convert import convert_dataset
from palier.data.migrations import MIGRATIONS, migrate_dataset, stored_version
from palier.errors import DatasetError, OutputError, ParameterError

OLD = Path(__file__).with_name("dataset_v0")


def test_every_version_has_a_way_to_the_present() -> None:
    assert sorted(MIGRATIONS) == list(range(SCHEMA_VERSION))


def test_an_older_dataset_is_refused_with_what_to_do() -> None:
    with pytest.raises(DatasetError, match=r"schema version 0.*palier dataset convert OLD -o NEW --to-schema 1"):
        open_dataset(OLD)
    assert stored_version(OLD) == 0


def test_an_older_dataset_is_migrated(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    dataset = migrate_dataset(OLD, tmp_path / "new", on_progress=lambda *p: seen.append(p))
    assert seen == [(1, 1)]
    assert dataset.card.schema_version == SCHEMA_VERSION
    assert dataset.card.content_hash == json.loads((OLD / "dataset.json").read_text())["content_hash"]
    assert (dataset.card.name, dataset.card.n_simulated) == ("older", 5)
    assert dataset.card.duration_s == pytest.approx(5 * 1100 / 1024)
    for i, record in enumerate(v0_records()):
        found = dataset.record(i)
        np.testing.assert_array_equal(found.recording.samples, record.recording.samples)
        assert found.truth == record.truth
        assert (found.record_id, found.label, found.rig, found.load) == (
            record.record_id, record.label, record.rig, record.load,
        )  # fmt: skip
        assert (found.recording.unit, found.load_unit, found.recording.bearing_name) == (None, None, None)
        assert found.recording.start_time == record.recording.start_time
    assert dataset.split("halves").folds[0].test.tolist() == [2, 3, 4]
    assert dataset.verify().whole
    assert sorted(p.name for p in tmp_path.iterdir()) == ["new"]


def test_the_command_of_the_message_does_it(tmp_path: Path) -> None:
    assert convert_dataset(OLD, tmp_path / "new", to_schema=1).card.schema_version == 1
    with pytest.raises(ParameterError, match="brought to the present version first"):
        convert_dataset(OLD, tmp_path / "newer", to_schema=1, compression="gzip")


def test_migrations_that_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="to_schema is 0"):
        migrate_dataset(OLD, tmp_path / "new", to_schema=0)
    (tmp_path / "there").mkdir()
    with pytest.raises(OutputError, match="is there"):
        migrate_dataset(OLD, tmp_path / "there")
    with pytest.raises(DatasetError, match="no dataset card"):
        migrate_dataset(tmp_path, tmp_path / "new")
    for version, said in ((-1, "is not known"), (99, "newer than this palier")):
        copy = tmp_path / f"v{version}"
        shutil.copytree(OLD, copy)
        card = json.loads((copy / "dataset.json").read_text())
        (copy / "dataset.json").write_text(json.dumps({**card, "schema_version": version}))
        with pytest.raises(DatasetError, match=said):
            migrate_dataset(copy, tmp_path / "new")
    copy = tmp_path / "touched"
    shutil.copytree(OLD, copy)
    card = json.loads((copy / "dataset.json").read_text())
    (copy / "dataset.json").write_text(json.dumps({**card, "content_hash": "0" * 64}))
    with pytest.raises(DatasetError, match="not those of its content hash"):
        migrate_dataset(copy, tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert not list(tmp_path.glob(".*"))


def test_conversion_changes_the_storage_alone(tmp_path: Path) -> None:
    records = mixed_records()
    dataset = build_dataset(source_of(records), tmp_path / "a", name="kept")
    none = np.zeros(0, np.int64)
    dataset.add_split(Split("s", "record", "holdout", (Fold(np.arange(30), none, np.arange(30, 40)),), seed=1))
    (tmp_path / "a" / "audit.json").write_text("{}")
    packed = convert_dataset(tmp_path / "a", tmp_path / "b", compression="gzip", window_s=0.5)
    assert (packed.card.compression, packed.card.window_s) == ("gzip", 0.5)
    for name in ("name", "content_hash", "created", "description", "classes", "splits", "n_simulated"):
        assert getattr(packed.card, name) == getattr(dataset.card, name)
    for i, record in enumerate(records):
        assert_same(packed.record(i), record)
    assert packed.split("s").folds[0].test.tolist() == list(range(30, 40))
    assert (tmp_path / "b" / "audit.json").read_text() == "{}"
    assert packed.verify().whole
    back = convert_dataset(tmp_path / "b", tmp_path / "b", compression="none", window_s=1.0, overwrite="replace")
    assert back.card.shards == dataset.card.shards


def test_a_damaged_dataset_is_not_converted(tmp_path: Path) -> None:
    dataset = build_dataset(source_of(mixed_records()), tmp_path / "a")
    place = int(dataset._reader._layout(9).offset[0, 0])
    shard = tmp_path / "a" / "shards" / "shard-00001.h5"
    data = bytearray(shard.read_bytes())
    data[place + 2] ^= 1
    shard.write_bytes(data)
    with pytest.raises(DatasetError, match="what was read is not what the card says"):
        convert_dataset(tmp_path / "a", tmp_path / "b")
    assert not (tmp_path / "b").exists()
    with pytest.raises(ParameterError, match="to_schema is 7"):
        convert_dataset(tmp_path / "a", tmp_path / "b", to_schema=7)
