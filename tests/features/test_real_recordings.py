"""Measured recordings have all the features they can have."""

from pathlib import Path

import numpy as np
import pytest

from palier.core.catalogue import find_bearing
from palier.core.faults import line_order
from palier.data.read import find_recordings, read_recording
from palier.features import extract, feature_set

pytestmark = pytest.mark.real_data


def test_every_feature_of_the_bearing_sets_is_defined(real_data: Path) -> None:
    bearing = find_bearing("6205")
    orders = {line: line_order(bearing, line) for line in ("bpfo", "bpfi", "bsf2", "ftf")}
    names = feature_set("rolling-lines-1").names
    seen = 0
    for path in find_recordings([real_data / "cwru"])[:12]:
        recording = read_recording(path)
        if recording.sampling_rate_hz is None or recording.speed_hz is None:
            continue
        n = round(recording.sampling_rate_hz)
        windows = recording.samples[0, : 3 * n].reshape(3, n)
        values = extract(
            windows, sampling_rate_hz=recording.sampling_rate_hz, speed_hz=recording.speed_hz,
            feature_set="rolling-lines-1", line_orders=orders,
        )  # fmt: skip
        assert np.isfinite(values).all(), path
        standard = extract(
            windows, sampling_rate_hz=recording.sampling_rate_hz, speed_hz=recording.speed_hz, feature_set="standard-1"
        )
        assert np.isfinite(standard).all(), path
        assert values[0, names.index("kurtosis")] > 2
        seen += 1
    assert seen >= 5


def test_an_outer_race_defect_is_the_most_prominent_line(real_data: Path) -> None:
    bearing = find_bearing("6205")
    orders = {line: line_order(bearing, line) for line in ("bpfo", "bpfi", "bsf2", "ftf")}
    names = feature_set("rolling-lines-1").names
    (path,) = [p for p in find_recordings([real_data / "cwru"]) if p.stem == "OR007@6_0_130"]
    recording = read_recording(path)
    values = extract(
        recording.samples[0], sampling_rate_hz=recording.require_rate(), speed_hz=recording.require_speed(),
        feature_set="rolling-lines-1", line_orders=orders,
    )  # fmt: skip
    first = {line: values[names.index(f"{line}_prominence_1")] for line in orders}
    assert max(first, key=lambda line: first[line]) == "bpfo"
    assert first["bpfo"] > 20
