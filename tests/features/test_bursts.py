import numpy as np
import pytest

from palier.features import signal_context
from palier.features.bursts import (
    burst_contrast,
    burst_duty,
    burst_rate,
    cell_means,
    impact_contrast,
    impact_rate,
    runs_above,
    stick_slip_frequency,
    stick_slip_ratio,
    stick_slip_rms,
)
from palier.features.journal import (
    cavitation_burst_rate,
    cavitation_contrast,
    cavitation_duty,
    cavitation_kurtosis,
    cavitation_prominence,
    cavitation_rms,
    floor_levels,
    floor_tilt,
)

RATE_HZ = 20_480.0
N = 5 * 20_480
T_S = np.arange(N) / RATE_HZ


def context(x: np.ndarray):
    return signal_context(x, sampling_rate_hz=RATE_HZ)


def with_bursts(times_s: list[float], *, carrier_hz: float, length_s: float, amplitude: float = 1.0) -> np.ndarray:
    x = 0.05 * np.random.default_rng(0).standard_normal(N)
    t_s = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    for start in times_s:
        first = round(start * RATE_HZ)
        x[first : first + t_s.size] += amplitude * np.sin(2 * np.pi * carrier_hz * t_s) * np.sin(np.pi * t_s / length_s)
    return x


@pytest.mark.parametrize("count", [0, 1, 7, 30])
def test_bursts_are_counted_and_timed(count: int) -> None:
    times = (0.1 + np.arange(count) * 4.8 / max(count, 1)).tolist()
    c = context(with_bursts(times, carrier_hz=2000, length_s=0.02))
    assert burst_rate(c)[0] * 4.9 == pytest.approx(count, abs=0.5)
    assert burst_duty(c)[0] * 5 == pytest.approx(0.02 * count, rel=0.35, abs=0.01)
    assert cavitation_burst_rate(c)[0] * 4.9 == pytest.approx(count, abs=0.8)
    assert cavitation_duty(c)[0] * 5 == pytest.approx(0.02 * count, rel=0.35, abs=0.02)
    assert (burst_contrast(c)[0] > 10) == (count > 0)
    assert (cavitation_contrast(c)[0] > 12) == (count > 0)


@pytest.mark.parametrize("count", [0, 1, 4])
def test_short_impacts_are_counted(count: int) -> None:
    times = (0.3 + np.arange(count) * 1.1).tolist()
    c = context(with_bursts(times, carrier_hz=4500, length_s=0.001, amplitude=0.5))
    assert impact_rate(c)[0] * 4.9 == pytest.approx(count, abs=0.3)
    assert (impact_contrast(c)[0] > 12) == (count > 0)


def test_runs_are_counted_by_a_naive_walk() -> None:
    cells = np.random.default_rng(0).random((20, 200))
    for row, got in zip(cells, runs_above(cells, 0.6), strict=True):
        count, before = 0, False
        for value in row:
            count += value > 0.6 and not before
            before = bool(value > 0.6)
        assert got == count


def test_cells_are_means_over_the_median() -> None:
    square = np.random.default_rng(0).random((2, 1003))
    cells = cell_means(square, rate_hz=1000.0, cell_s=0.01)
    plain = square[:, :1000].reshape(2, 100, 10).mean(axis=-1)
    np.testing.assert_allclose(cells, plain / np.median(plain, axis=-1, keepdims=True))


@pytest.mark.parametrize("hz", [2.0, 3.3, 5.0])
def test_stick_slip_is_measured_where_it_is(hz: float) -> None:
    x = 0.3 * np.sin(2 * np.pi * hz * T_S + 1) + 0.05 * np.random.default_rng(0).standard_normal(N)
    c = context(x)
    assert stick_slip_rms(c)[0] == pytest.approx(0.3 / np.sqrt(2), rel=0.02)
    assert stick_slip_frequency(c)[0] == pytest.approx(hz, abs=0.2)
    assert stick_slip_ratio(c)[0] > 0.99
    shaft = context(x - 0.3 * np.sin(2 * np.pi * hz * T_S + 1) + np.sin(2 * np.pi * 60 * T_S))
    assert stick_slip_ratio(shaft)[0] < 0.01


def test_the_cavitation_band_is_told_from_its_neighbours() -> None:
    white = np.random.default_rng(0).standard_normal((5, N))
    c = context(white)
    assert cavitation_rms(c) == pytest.approx(np.sqrt(1200 / 10_240), rel=0.03)
    assert cavitation_prominence(c) == pytest.approx(0, abs=0.3)
    assert cavitation_kurtosis(c) == pytest.approx(2, abs=0.1)
    ringing = context(white[0] + 3 * np.sin(2 * np.pi * 2000 * T_S))
    assert cavitation_prominence(ringing)[0] > 10
    assert cavitation_kurtosis(ringing)[0] == pytest.approx(1, abs=0.2)
    beside = context(white[0] + 3 * np.sin(2 * np.pi * 3500 * T_S))
    assert cavitation_prominence(beside)[0] < -3


def test_the_floor_passes_over_lines() -> None:
    rng = np.random.default_rng(0)
    white = rng.standard_normal(N)
    lines = sum(3 * np.sin(2 * np.pi * 60 * k * T_S) for k in range(1, 8))
    bare, lined = context(white), context(white + lines)
    expected = np.sqrt(np.array([130, 550, 600, 1600, 4000]) / (RATE_HZ / 2))
    np.testing.assert_allclose(floor_levels(bare)[0], expected, rtol=0.06)
    np.testing.assert_allclose(floor_levels(lined)[0], expected, rtol=0.15)
    assert floor_tilt(bare)[0] == pytest.approx(0, abs=0.5)


def test_a_floor_that_falls_has_a_tilt() -> None:
    f = np.fft.rfftfreq(N, 1 / RATE_HZ)
    shape = 1 / np.sqrt(np.maximum(f, 1))
    x = np.fft.irfft(np.fft.rfft(np.random.default_rng(0).standard_normal(N)) * shape, N)
    # power as 1/f: the mean densities of 4500-8500 Hz and 150-700 Hz, in decibels
    expected = 10 * np.log10((np.log(8500 / 4500) / 4000) / (np.log(700 / 150) / 550))
    assert floor_tilt(context(x))[0] == pytest.approx(expected, abs=1.0)


def test_a_band_above_nyquist_is_undefined() -> None:
    c = signal_context(np.random.default_rng(0).standard_normal(4000), sampling_rate_hz=4000.0)
    for f in (cavitation_rms, cavitation_kurtosis, cavitation_burst_rate, cavitation_duty, cavitation_contrast):
        assert np.isnan(f(c)[0]), f.__name__
