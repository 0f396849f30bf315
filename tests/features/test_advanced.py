"""Features of the continuous wavelet transform, of the spectrogram and of disorder."""

import numpy as np
import pytest
from scipy import signal

from palier.features import signal_context
from palier.features.complexity import (
    dfa_exponent,
    fractal_dimension,
    hjorth_complexity,
    permutation_entropy,
    sample_entropy,
    teager_kurtosis,
)
from palier.features.cwt import cwt_kurtosis_max, cwt_ridge_spread, cwt_scale_entropy, cwt_time_entropy, scalogram
from palier.features.spectrogram import _spectrogram, spectral_flux, spectrogram_entropy, spectrogram_variation

RATE_HZ, N = 20_480.0, 20_480
T = np.arange(N)


def context(x: np.ndarray):
    return signal_context(x, sampling_rate_hz=RATE_HZ)


def naive_sample_entropy(u: np.ndarray) -> float:
    tolerance = 0.2 * u.std()
    counts = []
    for m in (2, 3):
        patterns = np.stack([u[k : u.size - 2 + k] for k in range(m)], axis=-1)
        far = np.abs(patterns[:, None] - patterns[None]).max(axis=-1)
        counts.append(np.count_nonzero(far <= tolerance) - len(patterns))
    return float(np.log(counts[0] / counts[1]))


@pytest.mark.parametrize("kind", ["white", "ar", "sine"])
def test_sample_entropy_is_that_of_all_pairs(kind: str) -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal(1000)
    if kind == "ar":
        x = signal.lfilter([1], [1, -0.9], x)
    if kind == "sine":
        x = np.sin(0.3 * np.arange(1000)) + 0.1 * x
    c = context(x)
    assert sample_entropy(c)[0] == pytest.approx(naive_sample_entropy(c.x[0].astype(float)), rel=1e-6)


def test_sample_entropy_of_a_long_waveform_is_that_of_its_block_means() -> None:
    x = np.random.default_rng(0).standard_normal(10_000)
    c = context(x)
    means = c.x[0].astype(float).reshape(-1, 5).mean(axis=-1)
    assert sample_entropy(c)[0] == pytest.approx(naive_sample_entropy(means), rel=1e-6)


def test_permutation_entropy_counts_orders() -> None:
    x = np.random.default_rng(0).standard_normal(5000)
    codes = [tuple(np.argsort(x[i : i + 4])) for i in range(4997)]
    p = np.unique(np.array(codes), axis=0, return_counts=True)[1] / 4997
    assert permutation_entropy(context(x))[0] == pytest.approx(-np.sum(p * np.log(p)) / np.log(24), rel=1e-6)
    assert permutation_entropy(context(np.exp(x)))[0] == pytest.approx(permutation_entropy(context(x))[0], abs=1e-6)
    ramp = np.arange(5000) % 1000
    assert permutation_entropy(context(ramp.astype(float)))[0] < 0.02


@pytest.mark.parametrize(("colour", "exponent"), [(0.0, 0.5), (1.0, 1.0), (2.0, 1.5)])
def test_the_scaling_exponent_is_that_of_the_colour(colour: float, exponent: float) -> None:
    rng = np.random.default_rng(0)
    f = np.maximum(np.fft.rfftfreq(N), 1 / N)
    x = np.fft.irfft(np.fft.rfft(rng.standard_normal((10, N))) * f ** (-colour / 2), N)
    assert dfa_exponent(context(x)).mean() == pytest.approx(exponent, abs=0.06)


def test_detrending_is_that_of_a_least_squares_line() -> None:
    from palier.features.complexity import _detrended_power

    y = np.random.default_rng(0).standard_normal((2, 1000)).cumsum(axis=-1)
    expected = np.mean(signal.detrend(y[:, :960].reshape(2, 20, 48), axis=-1) ** 2, axis=(1, 2))
    np.testing.assert_allclose(_detrended_power(y, 48), expected, rtol=1e-9)


@pytest.mark.parametrize("hurst", [0.5])
def test_the_dimension_of_a_random_walk_is_two_less_its_exponent(hurst: float) -> None:
    x = np.random.default_rng(0).standard_normal((10, N)).cumsum(axis=-1)
    assert fractal_dimension(context(x)).mean() == pytest.approx(2 - hurst, abs=0.02)
    assert fractal_dimension(context(np.sin(2 * np.pi * T / N)))[0] == pytest.approx(1, abs=0.01)
    assert fractal_dimension(context(np.random.default_rng(0).standard_normal(N)))[0] == pytest.approx(2, abs=0.01)


def test_hjorths_complexity_is_one_for_a_sine_and_known_for_an_autoregression() -> None:
    assert hjorth_complexity(context(np.sin(2 * np.pi * 0.03 * T)))[0] == pytest.approx(1, abs=1e-3)
    # white noise: variances 1, 2, 6 of the waveform and its differences
    x = np.random.default_rng(0).standard_normal((20, N))
    assert hjorth_complexity(context(x)).mean() == pytest.approx(np.sqrt(6 / 2) / np.sqrt(2), rel=0.01)
    # x_t = a x_{t-1} + e: autocorrelation a^k, so variances of differences 2(1-a) and 6 - 8a + 2a²
    a = 0.8
    y = signal.lfilter([1], [1, -a], x)
    p1, p2 = 2 * (1 - a), 6 - 8 * a + 2 * a**2
    assert hjorth_complexity(context(y)).mean() == pytest.approx(np.sqrt(p2 / p1) / np.sqrt(p1), rel=0.02)


def test_the_teager_energy_sees_a_click_that_the_waveform_hides() -> None:
    slow = np.sin(2 * np.pi * 0.005 * T) + 1e-3 * np.random.default_rng(0).standard_normal(N)
    clicked = slow.copy()
    clicked[10_050] += 0.2
    before, after = teager_kurtosis(context(slow))[0], teager_kurtosis(context(clicked))[0]
    assert after > 100 * before


def test_the_scalogram_is_a_convolution_with_morlets_wavelet() -> None:
    x = np.random.default_rng(0).standard_normal(N)
    c = context(x)
    share = float(np.geomspace(1 / 512, 0.4, 24)[15])
    # the same wavelet in time: Gaussian of standard deviation ω0 / 2πf
    width = 6 / (2 * np.pi * share)
    t = np.arange(-int(5 * width), int(5 * width) + 1)
    wavelet = np.exp(2j * np.pi * share * t - 0.5 * (t / width) ** 2) / (width * np.sqrt(2 * np.pi))
    w = 2 * np.convolve(c.x[0], wavelet, "same")
    expected = (np.abs(w) ** 2).reshape(128, -1).mean(axis=-1)
    got = c.block(scalogram)[0, 15, :128]
    assert np.corrcoef(got[2:-2], expected[2:-2])[0, 1] > 0.98
    assert got[2:-2].mean() == pytest.approx(expected[2:-2].mean(), rel=0.02)


def test_the_scalogram_tells_steady_from_rare_and_narrow_from_wide() -> None:
    rng = np.random.default_rng(0)
    white = rng.standard_normal(N)
    tone = np.sin(2 * np.pi * 0.05 * T)
    burst = 0.01 * white.copy()
    burst[8000:8100] += 3 * np.sin(2 * np.pi * 0.05 * T[:100])
    chirp = np.sin(2 * np.pi * (0.002 * T + 0.3 * T**2 / (2 * N)))
    w, s, b, h = (context(v) for v in (white, tone, burst, chirp))
    assert cwt_scale_entropy(s)[0] < 0.5 < cwt_scale_entropy(w)[0]
    assert cwt_time_entropy(b)[0] < 0.9 < cwt_time_entropy(w)[0]
    assert cwt_ridge_spread(s)[0] < 0.05 < 1 < cwt_ridge_spread(h)[0]
    assert cwt_kurtosis_max(b)[0] > 20
    assert cwt_kurtosis_max(w)[0] < 6


def test_the_spectrogram_is_that_of_scipy() -> None:
    x = np.random.default_rng(0).standard_normal(N)
    c = context(x)
    window = signal.get_window("hann", 256)
    _, _, s = signal.spectrogram(c.x[0].astype(float), window=window, noverlap=128, detrend=False, mode="psd")
    s = s[1:-1].T
    np.testing.assert_allclose(c.block(_spectrogram)[0], s / s.sum(), rtol=1e-3, atol=1e-9)


def test_steady_gaussian_noise_has_its_textbook_scatter() -> None:
    c = context(np.random.default_rng(0).standard_normal((5, N)))
    assert spectrogram_variation(c).mean() == pytest.approx(1, abs=0.03)  # an exponential law: deviation equals mean
    # E[-s ln s] of exponential cells: ln M - (1 - γ)
    cells = c.block(_spectrogram)[0].size
    assert spectrogram_entropy(c).mean() == pytest.approx(1 - (1 - np.euler_gamma) / np.log(cells), abs=0.005)
    tone = context(np.sin(2 * np.pi * 0.125 * T))
    assert spectral_flux(tone)[0] < 0.01 < 0.3 < spectral_flux(c).mean()
