"""Small datasets for the tests of the store."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from palier.core.dataset import LabelledRecord
from palier.core.recording import Provenance, Recording
from palier.data import MemorySource

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
RATE_HZ = 1024.0


def make_record(
    i: int, *, n_channels: int = 1, n_samples: int = 5000, rate_hz: float | None = RATE_HZ
) -> LabelledRecord:
    x = np.random.default_rng(i).normal(size=(n_channels, n_samples)).astype(np.float32)
    recording = Recording(
        x,
        Provenance(f"simulated: {i}", "0" * 64, notes=("made for a test",), channels_available=("a", "b")),
        sampling_rate_hz=rate_hz,
        unit="g" if i % 3 else None,
        speed_hz=20.0 + i if i % 5 else None,
        start_time=datetime(2020, 1, 1, 0, 0, i % 60, 250_001, tzinfo=UTC) if i % 2 else None,
        bearing_name="6205" if i % 2 else None,
    )
    return LabelledRecord(
        f"r{i}",
        recording,
        label=[None, "healthy", "oil_whirl", "imbalance"][i % 4],
        severity="mild" if i % 4 > 1 else None,
        severity_value=0.5 if i % 4 > 1 else None,
        condition=f"c{i % 3}",
        bearing=f"b{i % 7}",
        rig="rig é",
        load=1.5 * i if i % 2 else None,
        load_unit="kN" if i % 2 else None,
        temperature_c=40.0,
        source_split="train" if i % 2 else "test",
        truth={"ratio": 0.1 * i, "bursts": list(range(i % 4)), "é": None},
    )


def mixed_records(n: int = 40) -> list[LabelledRecord]:
    """Records of four shapes: one and two channels, two lengths, some without a rate."""
    return [
        make_record(
            i, n_channels=1 if i % 3 else 2, n_samples=5000 + 300 * (i % 2), rate_hz=None if i == 4 else RATE_HZ
        )
        for i in range(n)
    ]


def source_of(records: list[LabelledRecord], **description: object) -> MemorySource:
    return MemorySource(records, {"generator": "test", "version": 1, "licence": "CC0-1.0", **description})


def assert_same(one: LabelledRecord, other: LabelledRecord) -> None:
    for name in LabelledRecord.__slots__:
        if name != "recording":
            assert getattr(one, name) == getattr(other, name), name
    for name in Recording.__slots__:
        if name != "samples":
            assert getattr(one.recording, name) == getattr(other.recording, name), name
    np.testing.assert_array_equal(one.recording.samples, other.recording.samples)


def v0_records() -> list[LabelledRecord]:
    """The records of ``dataset_v0``: nothing in them that version 0 could not say."""
    made = [make_record(i, n_samples=1100) for i in range(5)]
    return [replace(r, load_unit=None, recording=replace(r.recording, unit=None, bearing_name=None)) for r in made]
