"""The layout is the one that its page describes, and the card survives being written."""

import json
import re
from dataclasses import fields, replace
from pathlib import Path

import h5py
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.data.dataset_cases import mixed_records, source_of

from palier.data import SCHEMA_VERSION, DatasetCard, build_dataset
from palier.data.migrations import MIGRATIONS
from palier.data.schema import (
    INDEX_COLUMNS,
    SPLIT_COLUMNS,
    TRUTH_COLUMNS,
    ContentHash,
    FileEntry,
    SplitEntry,
    arrow_schema,
    canonical_json,
    card_from_json,
    card_to_json,
)
from palier.errors import ParameterError

PAGE = (Path(__file__).resolve().parents[2] / "docs/reference/dataset-format.md").read_text(encoding="utf-8")
TYPES = {"text": pa.string(), "list of text": pa.list_(pa.string()), "float64": pa.float64(), "int8": pa.int8(),
         "timestamp (µs, UTC)": pa.timestamp("us", tz="UTC"), "int32": pa.int32(), "int64": pa.int64()}  # fmt: skip


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize(
    ("title", "columns"),
    [("index.parquet", INDEX_COLUMNS), ("truth.parquet", TRUTH_COLUMNS), ("splits", SPLIT_COLUMNS)],
)
def test_the_page_lists_the_columns_that_are_written(title: str, columns: tuple) -> None:  # type: ignore[type-arg]
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \|$", section(title), re.MULTILINE)
    assert [(name, TYPES[kind], words) for name, kind, words in rows] == [
        (f.name, f.type, c.words) for f, c in zip(arrow_schema(columns), columns, strict=True)
    ]


def test_the_page_lists_the_fields_of_the_card() -> None:
    rows = re.findall(r"^\| (`[^|]+`) \|", section("dataset.json"), re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert named == [f.name for f in fields(DatasetCard)]
    for entry in (FileEntry, SplitEntry):
        for f in fields(entry):
            assert f"`{f.name}`" in section("dataset.json")


def test_the_page_names_every_version_and_file(tmp_path: Path) -> None:
    assert f"The present version is {SCHEMA_VERSION}." in PAGE
    assert f"--to-schema {SCHEMA_VERSION}`" in PAGE
    for version, step in MIGRATIONS.items():
        assert f"| {version} | {version + 1} | {step.words} |" in PAGE
    dataset = build_dataset(source_of(mixed_records(3)), tmp_path / "a")
    made = {str(p.relative_to(dataset.path)) for p in dataset.path.rglob("*") if p.is_file()}
    assert made == {"dataset.json", "index.parquet", "truth.parquet", "shards/shard-00000.h5"}
    assert pq.read_schema(dataset.path / "index.parquet").equals(arrow_schema(INDEX_COLUMNS))
    assert pq.read_schema(dataset.path / "truth.parquet").equals(arrow_schema(TRUTH_COLUMNS))
    with h5py.File(dataset.path / "shards/shard-00000.h5") as file:
        assert set(file) == {"2x5000", "2x5000_record_id", "1x5300", "1x5300_record_id", "1x5000", "1x5000_record_id"}
        assert file.attrs["format"] == "palier shard"
        assert file["1x5300"].attrs["axes"] == "record,channel,time"


def test_the_content_hash_is_the_one_that_the_page_describes(tmp_path: Path) -> None:
    """Computed here from the files alone, with nothing of palier."""
    from hashlib import sha256

    dataset = build_dataset(source_of(mixed_records()), tmp_path / "a")
    digest = sha256(b"palier dataset content 1\n")
    truths = pq.read_table(dataset.path / "truth.parquet")["truth"].to_pylist()
    for row, truth in zip(pq.read_table(dataset.path / "index.parquet").to_pylist(), truths, strict=True):
        facts = {k: v for k, v in row.items() if v is not None and k not in ("shard", "array", "row")}
        if "start_time" in facts:
            facts["start_time"] = facts["start_time"].timestamp()
        with h5py.File(dataset.path / f"shards/shard-{row['shard']:05d}.h5") as file:
            samples = file[row["array"]][row["row"]]
        shape = f"{samples.shape[0]}x{samples.shape[1]}:<f4"
        assert facts["sha256"] == sha256(shape.encode() + samples.astype("<f4").tobytes()).hexdigest()
        text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        digest.update(f"{text}\n{truth}\n".encode())
    assert digest.hexdigest() == dataset.card.content_hash


def test_a_card_survives_being_written(tmp_path: Path) -> None:
    card = build_dataset(source_of(mixed_records(9), note="é"), tmp_path / "a").card
    entry = SplitEntry("s", "record", "holdout", 1, True, 0.3, "t", ("0", "1"), "x")

    for one in (card, replace(card, splits={"s": entry}), replace(card, licence=None)):
        assert card_from_json(card_to_json(one), where="here") == one


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(value=values)
def test_canonical_json_is_one_text_per_value(value: object) -> None:
    text = canonical_json(value)
    assert json.loads(text) == value
    assert canonical_json(json.loads(text)) == text
    assert "\n" not in text


def test_what_is_no_json_is_refused() -> None:
    for value in (float("nan"), float("inf"), object(), {1j: 2}, {"a": {2}}):
        with pytest.raises(ParameterError, match="no JSON value"):
            canonical_json(value)


def test_the_order_of_records_counts() -> None:
    one, other = ContentHash(), ContentHash()
    for made, order in ((one, "ab"), (other, "ba")):
        for name in order:
            made.add({"record_id": name}, "{}")
    assert one.hexdigest() != other.hexdigest()
