"""Expected lines against published frequencies, and reading a spectrum against a plain loop."""

from math import radians

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.core import RollingBearing
from palier.dsp.fault_bands import band_metrics, fault_bands
from palier.errors import ParameterError

CWRU = RollingBearing(9, 0.3126 * 0.0254, 1.537 * 0.0254, 0.0, provenance="CWRU Bearing Data Center, 6205-2RS JEM SKF")


def test_published_orders_of_the_cwru_drive_end_bearing() -> None:
    """Multiples of shaft speed as the Bearing Data Center prints them."""
    centres = {b.line: b.centre_hz for b in fault_bands(CWRU, speed_hz=1.0, harmonics=1, sidebands=0)}
    assert centres["bpfi"] == pytest.approx(5.4152, abs=2e-4)
    assert centres["bpfo"] == pytest.approx(3.5848, abs=2e-4)
    assert centres["bsf2"] == pytest.approx(4.7135, abs=2e-4)
    assert centres["ftf"] == pytest.approx(0.39828, abs=5e-5)


def test_the_documented_example_of_bearing_fault_bands() -> None:
    """MATLAB's page: 8 elements of 2 cm on 12 cm, 15°, 25 Hz: cage 10.5, ball 73, outer 83.9, inner 116.1 Hz."""
    b = RollingBearing(8, 0.02, 0.12, radians(15), provenance="documentation of bearingFaultBands")
    bands = fault_bands(b, speed_hz=25.0, harmonics=1, sidebands=0, slip=0.0, width_hz=2.5)
    centres = {band.line: band.centre_hz for band in bands}
    assert centres["ftf"] == pytest.approx(10.5, abs=0.05)
    assert centres["bsf2"] / 2 == pytest.approx(73, abs=0.1)  # MATLAB gives BSF, the line of one ring
    assert centres["bpfo"] == pytest.approx(83.9, abs=0.05)
    assert centres["bpfi"] == pytest.approx(116.1, abs=0.05)
    assert all(band.high_hz - band.low_hz == pytest.approx(2.5) for band in bands)


def test_sidebands_belong_to_the_fault() -> None:
    bands = fault_bands(CWRU, speed_hz=30.0, harmonics=2, sidebands=2)
    count = {line: sum(b.line == line for b in bands) for line in ("bpfo", "bpfi", "bsf2", "ftf")}
    assert count == {"bpfo": 2, "bpfi": 10, "bsf2": 10, "ftf": 2}
    upper = next(b for b in bands if (b.line, b.harmonic, b.sideband) == ("bpfi", 2, -2))
    assert upper.centre_hz == pytest.approx(2 * CWRU.bpfi_order * 30 - 60)
    assert upper.label == "2·BPFI − 2×"
    ball = next(b for b in bands if (b.line, b.harmonic, b.sideband) == ("bsf2", 2, 1))
    assert ball.centre_hz == pytest.approx((2 * CWRU.bsf2_order + CWRU.ftf_order) * 30)
    assert ball.label == "2·(2×BSF) + FTF"
    assert {b.spacing for b in bands} == {None, "shaft", "cage"}


@given(
    st.floats(0.5, 500),
    st.floats(0, 0.1),
    st.floats(0, 0.2),
    st.floats(1e-3, 10),
    st.integers(1, 6),
    st.integers(0, 3),
)
def test_tolerance(speed_hz: float, slip: float, speed_tolerance: float, width_hz: float, h: int, m: int) -> None:
    bands = fault_bands(
        CWRU,
        speed_hz=speed_hz,
        harmonics=h,
        sidebands=m,
        slip=slip,
        speed_tolerance=speed_tolerance,
        width_hz=width_hz,
    )
    for b in bands:
        assert b.low_hz < b.centre_hz < b.high_hz
        assert b.centre_hz - b.low_hz == pytest.approx(b.high_hz - b.centre_hz, rel=1e-6, abs=1e-9)
        # both ends of the speed and of the slip lie inside
        orders = {"bpfo": CWRU.bpfo_order, "bpfi": CWRU.bpfi_order, "bsf2": CWRU.bsf2_order, "ftf": CWRU.ftf_order}
        step = {"shaft": 1.0, "cage": CWRU.ftf_order, None: 0.0}[b.spacing]
        for s in (-slip, slip):
            hz = (b.harmonic * orders[b.line] * (1 + s) + b.sideband * step) * speed_hz
            assert b.low_hz <= hz + 1e-9
            assert hz <= b.high_hz + 1e-9
        assert b.high_hz >= b.centre_hz * (1 + speed_tolerance) - 1e-9


def test_limits_and_choice_of_lines() -> None:
    bands = fault_bands(CWRU, speed_hz=30.0, harmonics=10, lines=("bpfo",), max_hz=400.0)
    assert [b.harmonic for b in bands] == [1, 2, 3]
    assert all(b.fault == "outer_race" for b in bands)
    assert all(b.centre_hz > 0 for b in fault_bands(CWRU, speed_hz=30.0, sidebands=20))


@given(st.integers(0, 2**31), st.floats(0.001, 5))
def test_metrics_against_a_plain_loop(seed: int, width_hz: float) -> None:
    rng = np.random.default_rng(seed)
    f_hz = np.arange(0, 700, 0.25)
    spectrum = rng.exponential(size=(3, f_hz.size))
    bands = fault_bands(CWRU, speed_hz=29.7, slip=0.0, width_hz=width_hz)
    found = band_metrics(spectrum, frequency_hz=f_hz, bands=bands)
    seen = np.zeros(f_hz.size, bool)
    for i, b in enumerate(bands):
        inside = (f_hz >= b.low_hz) & (f_hz <= b.high_hz)
        if not inside.any():
            inside[np.abs(f_hz - b.centre_hz).argmin()] = True
        seen |= inside
        for row in range(3):
            assert found.peak[row, i] == spectrum[row, inside].max()
            assert found.peak_hz[row, i] == f_hz[inside][spectrum[row, inside].argmax()]
            assert found.band_sum[row, i] == pytest.approx(0.25 * spectrum[row, inside].sum())
    assert found.total == pytest.approx(0.25 * spectrum[:, seen].sum(axis=1))
    alone = band_metrics(spectrum[1], frequency_hz=f_hz, bands=bands)
    assert np.array_equal(alone.peak, found.peak[1])
    assert alone.total == pytest.approx(found.total[1])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"speed_hz": 0.0}, "positive"),
        ({"harmonics": 0}, "1 to 100"),
        ({"sidebands": 21}, "0 to 20"),
        ({"slip": 0.2}, "slip"),
        ({"speed_tolerance": -0.1}, "speed_tolerance"),
        ({"slip": 0.0}, "no width"),
    ],
)
def test_refusals(change: dict[str, float], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        fault_bands(CWRU, **{"speed_hz": 30.0, **change})


def test_refusals_of_reading() -> None:
    f_hz = np.arange(0, 100, 0.5)
    with pytest.raises(ParameterError, match="no bands"):
        band_metrics(f_hz, frequency_hz=f_hz, bands=())
    with pytest.raises(ParameterError, match="set max_hz"):
        band_metrics(f_hz, frequency_hz=f_hz, bands=fault_bands(CWRU, speed_hz=30.0))
    with pytest.raises(ParameterError, match="at least 2"):
        band_metrics(f_hz[:1], frequency_hz=f_hz[:1], bands=fault_bands(CWRU, speed_hz=3.0))
