"""Parquet tables; pyarrow writes them."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from palier.core.recording import Declared
from palier.data.read import read_recording

X = np.random.default_rng(0).standard_normal(300_000).astype(np.float32)  # more than one batch


@pytest.mark.parametrize("packing", ["none", "snappy", "gzip", "zstd"])
def test_compressions_and_row_groups(packing: str, tmp_path: Path) -> None:
    table = pa.table({"x": X, "y": X.astype(np.float64), "n": np.arange(len(X)), "label": ["a"] * len(X)})
    pq.write_table(table, tmp_path / "a.parquet", compression=packing, row_group_size=70_000)
    for name in ("x", "y"):
        recording = read_recording(tmp_path / "a.parquet", declared=Declared(channel=name))
        np.testing.assert_array_equal(recording.samples[0], X)
    assert recording.provenance.channels_available == ("x", "y", "n")


def test_time_columns(tmp_path: Path) -> None:
    seconds = np.arange(1000) / 4000
    pq.write_table(pa.table({"time": seconds, "x": X[:1000]}), tmp_path / "a.parquet")
    assert read_recording(tmp_path / "a.parquet").sampling_rate_hz == 4000.0
    stamps = np.datetime64("2024-01-01", "ns") + (seconds * 1e9).astype("timedelta64[ns]")
    pq.write_table(pa.table({"when": stamps, "x": X[:1000]}), tmp_path / "a.parquet")
    recording = read_recording(tmp_path / "a.parquet")
    assert recording.sampling_rate_hz == 4000.0
    assert recording.channel_names == ("x",)


def test_units_of_columns(tmp_path: Path) -> None:
    field = pa.field("x", pa.float32(), metadata={"unit": "mm/s"})
    pq.write_table(pa.table([pa.array(X)], schema=pa.schema([field])), tmp_path / "a.parquet")
    assert read_recording(tmp_path / "a.parquet").unit == "mm/s"
    pq.write_table(pa.table({"velocity_mm_s": X}), tmp_path / "a.parquet")
    assert read_recording(tmp_path / "a.parquet").unit == "mm/s"
