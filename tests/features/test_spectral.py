import numpy as np
import pytest
from scipy import signal

from palier.features import signal_context
from palier.features.spectral import (
    band_power_high,
    band_power_low,
    band_power_mid,
    dominant_frequency,
    harmonic_ratio_1x,
    harmonic_ratio_2x,
    harmonic_ratio_3x,
    spectral_centroid,
    spectral_entropy,
    spectral_flatness,
    spectral_rolloff,
    spectral_spread,
)

RATE_HZ = 20_480.0
T_S = np.arange(20_480) / RATE_HZ


def context(x: np.ndarray, speed_hz: float = np.nan):
    return signal_context(x, sampling_rate_hz=RATE_HZ, speed_hz=speed_hz)


def test_the_power_is_that_of_scipys_periodogram() -> None:
    x = np.random.default_rng(0).standard_normal((2, 20_480))
    c = context(x)
    hz, density = signal.periodogram(x, RATE_HZ, "hann", detrend="constant")
    ours = c.power * c.scale[:, None] ** 2 / c.bin_hz
    np.testing.assert_allclose(ours[:, 1:], density[:, 1:], rtol=1e-3, atol=1e-9)
    np.testing.assert_allclose(np.arange(c.power.shape[1]) * c.bin_hz, hz)


@pytest.mark.parametrize("n", [20_480, 20_479, 12_007, 8192, 625])
def test_an_odd_length_has_a_right_spectrum_too(n: int) -> None:
    x = np.random.default_rng(n).standard_normal(n)
    c = context(x)
    _, density = signal.periodogram(x[: c.n] - x[: c.n].mean(), RATE_HZ, "hann", detrend="constant")
    np.testing.assert_allclose((c.power[0] * c.scale[0] ** 2 / c.bin_hz)[1:], density[1:], rtol=2e-3, atol=1e-9)


def test_the_power_of_a_sine_is_half_its_amplitude_squared() -> None:
    for hz in (500.0, 500.5, 2000.3, 7000.0):
        c = context(3 * np.sin(2 * np.pi * hz * T_S + 0.3))
        bands = np.array([band_power_low(c)[0], band_power_mid(c)[0], band_power_high(c)[0]])
        assert bands.sum() == pytest.approx(4.5, rel=2e-3)
        assert bands.argmax() == (0 if hz < 1024 else 1 if hz < 3072 else 2)
        assert bands.max() == pytest.approx(4.5, rel=2e-3)


def test_a_band_gets_the_share_of_a_bin_that_lies_in_it() -> None:
    c = context(np.random.default_rng(0).standard_normal((2, 20_480)))
    p = c.power.astype(float)
    got = c.band_power(np.array([99.5, 100.0]), np.array([110.5, 110.0]))
    np.testing.assert_allclose(got[:, 0], p[:, 100:111].sum(axis=1), rtol=1e-5)
    np.testing.assert_allclose(got[:, 1], p[:, 101:110].sum(axis=1) + (p[:, 100] + p[:, 110]) / 2, rtol=1e-5)
    whole = c.band_power(0.0, RATE_HZ / 2)
    np.testing.assert_allclose(whole[:, 0], p.sum(axis=1), rtol=1e-4)
    assert np.isnan(c.band_power(9000.0, RATE_HZ)).all()
    assert np.isnan(c.band_power(np.nan, 5.0)).all()


def test_two_equal_lines_have_their_mean_and_half_distance() -> None:
    c = context(np.sin(2 * np.pi * 1000 * T_S) + np.sin(2 * np.pi * 3000 * T_S))
    assert spectral_centroid(c)[0] == pytest.approx(2000, rel=1e-4)
    assert spectral_spread(c)[0] == pytest.approx(1000, rel=1e-4)
    assert spectral_rolloff(c)[0] == pytest.approx(3000, abs=2)


def test_white_noise_is_uniform() -> None:
    c = context(np.random.default_rng(0).standard_normal((20, 20_480)))
    assert spectral_centroid(c).mean() == pytest.approx(RATE_HZ / 4, rel=0.01)
    assert spectral_spread(c).mean() == pytest.approx(RATE_HZ / 2 / np.sqrt(12), rel=0.01)
    assert spectral_rolloff(c).mean() == pytest.approx(0.85 * RATE_HZ / 2, rel=0.01)
    # eight bins of a Hann periodogram are about 8/1.9 independent exponential values
    from scipy.special import digamma

    k = 8 / 1.87
    assert spectral_flatness(c).mean() == pytest.approx(np.exp(digamma(k)) / k, abs=0.03)
    assert (spectral_entropy(c) > 0.98).all()


def test_one_line_is_the_opposite_of_noise() -> None:
    c = context(np.sin(2 * np.pi * 1000.5 * T_S))
    assert spectral_entropy(c)[0] < 0.1
    assert spectral_flatness(c)[0] < 1e-3


@pytest.mark.parametrize("hz", [10.25, 99.9, 1234.5, 10_000.4])
def test_the_dominant_line_is_found_between_bins(hz: float) -> None:
    assert dominant_frequency(context(np.sin(2 * np.pi * hz * T_S + 1)))[0] == pytest.approx(hz, abs=0.05)


def test_harmonic_ratios_follow_the_shaft_not_the_strongest_line() -> None:
    x = sum(a * np.sin(2 * np.pi * k * 43.7 * T_S + k) for k, a in ((1, 1.0), (2, 2.0), (3, 3.0)))
    c = context(x, 43.7)
    ratios = [harmonic_ratio_1x(c)[0], harmonic_ratio_2x(c)[0], harmonic_ratio_3x(c)[0]]
    assert ratios == pytest.approx([1 / 14, 4 / 14, 9 / 14], abs=2e-3)
    wrong = context(x, 3 * 43.7)  # what taking the strongest line for the shaft would give
    assert harmonic_ratio_1x(wrong)[0] == pytest.approx(9 / 14, abs=2e-3)
    assert np.isnan(harmonic_ratio_3x(context(x, 4000.0))[0])
    assert np.isnan(harmonic_ratio_1x(context(x))[0])
