import base64
import json
import runpy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.diagnosis.report import render_html
from palier.diagnosis.report.figures import report_figures
from palier.diagnosis.report.zoom import MOST_VALUES, zoom_json

_CASES = runpy.run_path(str(Path(__file__).with_name("cases.py")))
diagnosed = _CASES["diagnosed"]


def decoded(text: str) -> tuple[dict, np.ndarray]:
    data = json.loads(text)
    steps = np.frombuffer(base64.b64decode(data["values"]), "<u2")
    return data, data["low"] + steps / 65_535 * (data["high"] - data["low"])


def zoomed(curve: np.ndarray) -> tuple[dict, np.ndarray]:
    return decoded(zoom_json(curve, step=0.1, end=len(curve) / 10, unit="s", y_label="y", box=(0.1, 0.9)))


@given(n=st.integers(1, 400), scale=st.floats(1e-9, 1e9), offset=st.floats(-1e9, 1e9), seed=st.integers(0, 99))
def test_a_short_curve_comes_back_within_a_step_of_16_bits(n: int, scale: float, offset: float, seed: int) -> None:
    curve = offset + scale * np.random.default_rng(seed).standard_normal(n)
    data, values = zoomed(curve)
    assert data["group"] == 1
    assert len(values) == n
    rounding = 1e-12 * (abs(offset) + 10 * scale)
    assert np.abs(values - curve).max() <= 0.51 * (data["high"] - data["low"]) / 65_535 + rounding


@pytest.mark.parametrize("n", [MOST_VALUES + 1, 1_234_567])
def test_a_long_curve_keeps_the_lowest_and_highest_of_each_group(n: int) -> None:
    curve = np.random.default_rng(0).standard_normal(n).astype(np.float32)
    curve[n // 3] = 40.0
    data, values = zoomed(curve)
    assert len(values) <= MOST_VALUES
    group = data["group"]
    assert len(values) == 2 * -(-n // group)
    step = (data["high"] - data["low"]) / 65_535
    assert values[1::2].argmax() == n // 3 // group
    middle = 7 * group
    assert values[14] == pytest.approx(curve[middle : middle + group].min(), abs=step)
    assert values[15] == pytest.approx(curve[middle : middle + group].max(), abs=step)


def test_a_flat_curve_can_be_shown() -> None:
    data, values = zoomed(np.full(10, 3.0))
    assert data["high"] > data["low"]
    assert np.all(values == 3.0)


def test_what_the_page_zooms_into_is_what_the_still_picture_shows() -> None:
    diagnosis, plots = diagnosed("outer_race")
    by_key = {f.key: f for f in report_figures(diagnosis, plots)}
    assert [k for k, f in by_key.items() if f.zoom] == ["envelope", "waveform"]
    data, values = decoded(by_key["envelope"].zoom)
    shown = plots.envelope_amplitude[: len(values)] * 100
    assert np.allclose(values, shown, atol=shown.max() / 60_000)
    assert data["step"] == pytest.approx(float(plots.envelope_frequency_hz[1]))
    assert data["spacing"] == diagnosis.speed.hz
    found = {m["label"]: m["found"] for m in data["marks"] if m["fault"] == "outer_race" and m["found"]}
    assert found == {e.label: e.found_hz for e in diagnosis.evidence if e.fault == "outer_race" and e.found}
    data, values = decoded(by_key["waveform"].zoom)
    assert data["end"] == pytest.approx(diagnosis.recording.duration_s)
    assert len(values) == len(plots.samples)
    assert values.max() == pytest.approx(float(plots.samples.max()))


def test_a_report_on_a_long_recording_stays_under_a_megabyte() -> None:
    diagnosis, plots = diagnosed("outer_race")
    long = np.random.default_rng(0).standard_normal(2_000_000).astype(np.float32)
    hz = np.arange(60_000, dtype=np.float32) / 60
    wide = replace(
        plots,
        samples=long,
        envelope_frequency_hz=hz,
        envelope_amplitude=np.abs(long[:60_000]) / 50,
        envelope_background=np.full(60_000, 0.02, np.float32),
    )
    assert len(render_html(diagnosis, wide).encode()) < 1_000_000
