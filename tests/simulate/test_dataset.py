"""Determinism, labels and the spec's messages."""

import json
import pickle
import subprocess
import sys

import numpy as np
import pytest

from palier.core.dataset import SEVERITY_RANGES
from palier.core.faults import class_index
from palier.errors import ParameterError
from palier.simulate import (
    LAYERS,
    DatasetSpec,
    JournalSource,
    RollingSource,
    estimate,
    simulate_journal,
    source_of,
    spec_from,
)

SMALL = DatasetSpec(records_per_class=8, duration_s=0.5, seed=3)


def test_a_record_depends_on_seed_number_and_spec_alone() -> None:
    source = JournalSource(SMALL)
    order = [70, 3, 41, 3]
    first = {i: source.record(i).recording.samples.tobytes() for i in order}
    again = pickle.loads(pickle.dumps(source))
    assert all(again.record(i).recording.samples.tobytes() == first[i] for i in sorted(order))
    assert source.record(3).truth == again.record(3).truth
    other = JournalSource(DatasetSpec(records_per_class=8, duration_s=0.5, seed=4))
    assert other.record(3).recording.samples.tobytes() != first[3]
    assert source.record(4).recording.samples.tobytes() != first[3]


def test_another_process_makes_the_same_bytes() -> None:
    code = (
        "from palier.simulate import *; import hashlib; s = JournalSource(DatasetSpec(records_per_class=8, "
        "duration_s=0.5, seed=3)); print(hashlib.sha256(s.record(60).recording.samples.tobytes()).hexdigest())"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert told == JournalSource(SMALL).record(60).recording.provenance.sha256


def test_classes_and_levels_are_balanced() -> None:
    source = JournalSource(SMALL)
    pairs = {}
    for i in range(len(source)):
        record = source.record(i)
        assert record.class_index == class_index(record.label, kind="journal")
        low, high = SEVERITY_RANGES[record.severity]
        if record.label == "healthy":
            assert record.severity_value == 0.0
        else:
            assert low <= record.severity_value <= high
        pairs[record.label, record.severity] = pairs.get((record.label, record.severity), 0) + 1
        json.dumps(record.truth, allow_nan=False)
    assert len(pairs) == 44
    assert set(pairs.values()) == {2}


def test_a_class_index_does_not_depend_on_the_faults_chosen() -> None:
    source = JournalSource(DatasetSpec(records_per_class=2, duration_s=0.25, faults=("oil_whirl", "imbalance")))
    assert source.spec.faults == ("imbalance", "oil_whirl")  # put into class order
    assert [source.record(i).class_index for i in range(4)] == [2, 2, 7, 7]


def test_machines_hold_every_class_and_level() -> None:
    spec = DatasetSpec(records_per_class=32, machines=4, duration_s=0.25)
    seen = {}
    for i in range(len(spec)):
        seen.setdefault(spec.machine(i), set()).add((spec.label(i), spec.level(i)))
    assert sorted(seen) == [0, 1, 2, 3]
    assert all(len(v) == 44 for v in seen.values())
    same = [simulate_journal(spec, i).point.bearing for i in (0, 1, 2, 3, 16)]
    assert len(set(same)) == 1
    alone = [simulate_journal(SMALL, i).point.bearing for i in (0, 1)]
    assert alone[0] != alone[1]


@pytest.mark.parametrize(
    ("severity", "expected"),
    [("severe", {"severe": 8}), ({"incipient": 3, "mild": 1}, {"incipient": 6, "mild": 2}), ({"mild": 1}, {"mild": 8})],
)
def test_severity_by_level_or_by_shares(severity, expected) -> None:
    spec = DatasetSpec(records_per_class=8, severity=severity)
    levels = [spec.level(i) for i in range(8)]
    assert {level: levels.count(level) for level in set(levels)} == expected


def test_every_record_is_checked_and_synthetic() -> None:
    record = simulate_journal(SMALL, 5)
    assert record.recording.samples.dtype == np.float32
    assert record.recording.provenance.source.startswith("simulated:")
    assert "never validated" in JournalSource(SMALL).description["text"]
    with pytest.raises(ParameterError, match="allowed are 0 to 87"):
        simulate_journal(SMALL, 88)


def test_layers_can_be_switched_off() -> None:
    bare = DatasetSpec(records_per_class=2, duration_s=0.5, layers=dict.fromkeys(LAYERS, False))
    record = simulate_journal(bare, 5)
    np.testing.assert_allclose(record.recording.samples[0], record.clean + record.floor, atol=1e-7)
    assert record.truth["layers"] == {}


def test_rolling_bearings_come_in_the_same_form() -> None:
    spec = DatasetSpec(kind="rolling", records_per_class=4, duration_s=0.5, speed_hz=30.0, seed=1)
    source = source_of(spec)
    assert isinstance(source, RollingSource)
    labels = [source.record(i).label for i in range(len(source))]
    assert labels == [f for f in ("healthy", "outer_race", "inner_race", "rolling_element", "cage") for _ in range(4)]
    record = source.record(4)
    assert record.kind == "rolling"
    assert record.truth["impact_times_s"]
    assert record.recording.samples.tobytes() == source.record(4).recording.samples.tobytes()


def test_an_estimate_counts_bytes_exactly() -> None:
    ticks = iter((10.0, 13.0))
    cost = estimate(SMALL, trials=2, clock=lambda: next(ticks))
    assert cost.size_bytes == 88 * 10_240 * 4
    assert cost.seconds == 88 * 3.0 / 2


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"sed": 1}, "sed: no such field; did you mean seed"),
        ({"kind": "plain"}, "kind: 'plain' came"),
        ({"faults": ["oil_wirl"]}, "faults: 'oil_wirl' came.*did you mean oil_whirl"),
        ({"faults": ["wear", "wear"]}, "faults: .*each fault once"),
        ({"faults": 3}, "faults: 3 came"),
        ({"severity": "bad"}, "severity: 'bad' came"),
        ({"severity": {"awful": 1}}, "severity: 'awful'"),
        ({"severity": {"mild": -1}}, "severity.mild: -1 came"),
        ({"severity": {"mild": 0}}, "severity: .*at least one share"),
        ({"records_per_class": 0}, "records_per_class: 0 came"),
        ({"records_per_class": 2.5}, "records_per_class: 2.5 came"),
        ({"records_per_class": 10**8}, "records_per_class: .*at most"),
        ({"seed": True}, "seed: True came"),
        ({"duration_s": 0}, "duration_s: 0 came"),
        ({"duration_s": 1e-3}, "duration_s: 0.001 came"),
        ({"sampling_rate_hz": 100}, "sampling_rate_hz: 100 came"),
        ({"sampling_rate_hz": 2000}, "sampling_rate_hz: 2000 came.*cavitation"),
        ({"speed_spread": 0.9}, "speed_spread: 0.9 came"),
        ({"evolving_share": 2}, "evolving_share: 2 came"),
        ({"load_range": [1, 0.3]}, "load_range: "),
        ({"load_range": 3}, "load_range: 3 came"),
        ({"snr_db": "loud"}, "snr_db: loud came"),
        ({"layers": {"hum": True}}, "layers: 'hum' came"),
        ({"layers": {"mains": 3}}, "layers.mains: 3 came"),
        ({"layers": "mains"}, "layers: 'mains' came"),
    ],
)
def test_a_wrong_field_is_named(values, message) -> None:
    with pytest.raises(ParameterError, match=message):
        spec_from(values)


def test_a_spec_goes_through_json() -> None:
    spec = DatasetSpec(severity={"mild": 1}, layers={"mains": False}, faults=("wear",), machines=3)
    assert spec_from(json.loads(json.dumps(spec.as_json()))) == spec
