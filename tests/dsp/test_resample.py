"""Resampling against analytic tones and scipy."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal

from palier.dsp.resample import interpolate_at, rate_ratio, resample
from palier.errors import ParameterError

PAIRS = [(48_000.0, 12_000.0), (51_200.0, 12_000.0), (12_000.0, 51_200.0), (44_100.0, 48_000.0), (25_600.0, 20_480.0)]


def tone(frequency_hz: float, rate_hz: float, n: int) -> np.ndarray:
    return np.cos(2 * np.pi * frequency_hz * np.arange(n) / rate_hz + 0.7)


def amplitude(x: np.ndarray) -> float:
    return float(np.sqrt(2) * x.std())


@pytest.mark.parametrize(("old_hz", "new_hz"), PAIRS)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.89])
def test_a_tone_in_the_pass_band_keeps_amplitude_and_phase(old_hz: float, new_hz: float, share: float) -> None:
    frequency_hz = share * min(old_hz, new_hz) / 2
    y = resample(tone(frequency_hz, old_hz, 8192), sampling_rate_hz=old_hz, target_rate_hz=new_hz)
    middle = slice(y.samples.size // 4, -y.samples.size // 4)
    expected = tone(frequency_hz, y.sampling_rate_hz, y.samples.size)
    assert abs(20 * np.log10(amplitude(y.samples[middle]) / amplitude(expected[middle]))) < 0.1
    assert np.abs(y.samples - expected)[middle].max() < 1e-3  # same instants, not only the same level


@pytest.mark.parametrize(("old_hz", "new_hz"), [(a, b) for a, b in PAIRS if b < a])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.95])
def test_a_tone_above_the_new_nyquist_frequency_is_gone(old_hz: float, new_hz: float, share: float) -> None:
    frequency_hz = new_hz / 2 * 1.001 + share * (old_hz - new_hz) / 2
    y = resample(tone(frequency_hz, old_hz, 16384), sampling_rate_hz=old_hz, target_rate_hz=new_hz).samples
    assert 20 * np.log10(np.abs(y[y.size // 4 : -y.size // 4]).max()) < -80


def test_agrees_with_scipy_on_a_band_limited_signal() -> None:
    rng = np.random.default_rng(0)
    x = signal.sosfiltfilt(signal.butter(8, 0.1, output="sos"), rng.standard_normal(20_000))
    ours = resample(x, sampling_rate_hz=48_000.0, target_rate_hz=12_000.0).samples
    theirs = signal.resample_poly(x, 1, 4)
    assert np.abs(ours - theirs)[500:-500].max() < 1e-2 * x.std()


def test_a_constant_and_a_slope_survive_up_to_the_edges() -> None:
    x = 5 + 0.01 * np.arange(4000.0)
    y = resample(x, sampling_rate_hz=4.0, target_rate_hz=1.0).samples
    assert y == pytest.approx(5 + 0.04 * np.arange(1000), abs=1e-4)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_length_and_batch(dtype: type) -> None:
    x = np.random.default_rng(1).standard_normal((2, 3, 3001)).astype(dtype)
    y = resample(x, sampling_rate_hz=5.0, target_rate_hz=4.0)
    assert y.samples.dtype == dtype
    assert y.samples.shape == (2, 3, -(-3001 * 4 // 5))
    assert y.sampling_rate_hz == pytest.approx(4.0)
    for i in np.ndindex(2, 3):
        assert np.array_equal(y.samples[i], resample(x[i], sampling_rate_hz=5.0, target_rate_hz=4.0).samples)


def test_the_same_rate_returns_a_copy() -> None:
    x = np.ones(3)
    y = resample(x, sampling_rate_hz=7.0, target_rate_hz=7.0).samples
    assert np.array_equal(x, y)
    assert not np.shares_memory(x, y)


def test_known_ratios() -> None:
    assert (rate_ratio(44_100.0, 48_000.0).up, rate_ratio(44_100.0, 48_000.0).down) == (160, 147)
    pi = rate_ratio(1.0, float(np.pi), tolerance=1e-6)
    assert (pi.up, pi.down) == (355, 113)  # the convergent everybody knows
    assert pi.relative_error == pytest.approx(355 / 113 / np.pi - 1, rel=1e-6)


@given(st.floats(1, 1e6), st.floats(1, 1e6), st.sampled_from([1e-2, 1e-4, 1e-6]))
def test_the_stated_error_is_the_true_one_and_within_tolerance(old: float, new: float, tolerance: float) -> None:
    try:
        ratio = rate_ratio(old, new, tolerance=tolerance)
    except ParameterError:
        assert max(old, new) / min(old, new) > 50  # only extreme ratios need numbers above the limit
        return
    true = Fraction(ratio.up, ratio.down) * Fraction(old) / Fraction(new) - 1
    assert abs(true) <= tolerance
    assert ratio.relative_error == pytest.approx(float(true), rel=1e-9, abs=1e-15)


def test_refusals() -> None:
    with pytest.raises(ParameterError, match="longer waveform"):
        resample(np.ones(100), sampling_rate_hz=48_000.0, target_rate_hz=12_000.0)
    with pytest.raises(ParameterError, match="positive"):
        rate_ratio(0.0, 1.0)
    with pytest.raises(ParameterError, match="tolerance"):
        rate_ratio(1.0, 2.0, tolerance=0.5)
    with pytest.raises(ParameterError, match="whole numbers"):
        rate_ratio(1e9, float(np.pi), tolerance=0.0)
    with pytest.raises(ParameterError, match="too few"):
        interpolate_at(np.ones(10), position=np.array([1.0]))
    with pytest.raises(ParameterError, match="0 to 99"):
        interpolate_at(np.ones(100), position=np.array([99.5]))


@pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.86])
def test_values_between_samples_follow_the_tone(share: float) -> None:
    n = 3000
    position = np.random.default_rng(2).uniform(64, n - 64, 5000)
    y = interpolate_at(tone(share / 2, 1.0, n), position=position)
    error = np.abs(y - np.cos(np.pi * share * position + 0.7)).max()
    assert 20 * np.log10(error) < -80


def test_values_at_samples_are_the_samples_and_batch_is_loop() -> None:
    x = np.random.default_rng(3).standard_normal((2, 200)).astype(np.float32)
    whole = interpolate_at(x, position=np.arange(200.0))
    assert np.allclose(whole, x, atol=1e-6)
    position = np.linspace(0, 199, 777)
    both = interpolate_at(x, position=position)
    assert both.dtype == np.float32
    for i in range(2):
        assert np.allclose(both[i], interpolate_at(x[i], position=position), atol=1e-6)
