import itertools

import numpy as np
import pytest

from palier.dsp.demodulate import band_plan, demodulate_bands, most_impulsive_band
from palier.errors import ParameterError

RATE_HZ = 12_000.0


def modulated(depth: float, *, line_hz: float = 107.5, seconds: int = 4, seed: int = 0) -> np.ndarray:
    t_s = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    noise = np.random.default_rng(seed).standard_normal(len(t_s))
    return np.sqrt(1 + depth * np.cos(2 * np.pi * line_hz * t_s)) * noise


def envelopes(x: np.ndarray, *, bands=((0.0, 6000.0), (1500.0, 4500.0)), highest_hz=400.0):
    return demodulate_bands(
        np.fft.rfft(x),
        n_samples=len(x),
        sampling_rate_hz=RATE_HZ,
        bands_hz=bands,
        highest_hz=highest_hz,
        background_hz=20,
    )


@pytest.mark.parametrize("depth", [0.3, 0.6, 0.9])
def test_depth_is_the_modulation_of_the_squared_envelope(depth: float) -> None:
    e = envelopes(modulated(depth))
    place = round(107.5 * e.duration_s)
    assert e.depth[:, place] == pytest.approx([depth, depth], abs=0.08)


def test_depth_agrees_with_the_analytic_signal_of_scipy() -> None:
    from scipy.signal import hilbert

    x = modulated(0.7)
    squared = np.abs(hilbert(x)) ** 2
    w = np.hanning(len(x) + 1)[:-1]
    reference = 2 * np.abs(np.fft.rfft((squared / squared.mean() - 1) * w)) / w.sum()
    e = demodulate_bands(np.fft.rfft(x), n_samples=len(x), sampling_rate_hz=RATE_HZ, bands_hz=((0.0, 6000.0),),
                         highest_hz=400.0, background_hz=20, taper=0.0)  # fmt: skip
    np.testing.assert_allclose(e.depth[0, 1:], reference[1 : e.depth.shape[1]], atol=2e-3)


def test_noise_gives_unit_exponentials() -> None:
    e = envelopes(np.random.default_rng(7).standard_normal(120_000), highest_hz=1000.0)
    u = e.excess[0, 50:]
    assert u.mean() == pytest.approx(1.0, abs=0.05)
    assert np.mean(u > 3) == pytest.approx(np.exp(-3), rel=0.3)


def test_kurtosis_is_zero_for_noise_and_large_for_impacts() -> None:
    rng = np.random.default_rng(8)
    noise = rng.standard_normal(48_000)
    impacts = noise.copy()
    impacts[::400] += 15
    assert envelopes(noise).kurtosis == pytest.approx([0, 0], abs=0.1)
    assert (envelopes(impacts).kurtosis > 1).all()


def test_a_narrow_band_ends_early_with_zeros() -> None:
    e = envelopes(modulated(0.5), bands=((1000.0, 1100.0),), highest_hz=400.0)
    assert e.depth[0, round(300 * e.duration_s)] == 0
    assert e.depth[0, round(50 * e.duration_s)] > 0


@pytest.mark.parametrize("band", [(-10.0, 100.0), (5990.0, 5992.0), (7000.0, 8000.0)])
def test_a_band_outside_the_spectrum_or_too_narrow_is_refused(band: tuple[float, float]) -> None:
    with pytest.raises(ParameterError, match="band"):
        envelopes(modulated(0.5), bands=(band,))


def test_band_plan_covers_the_axis_at_every_level_and_overlaps_by_half() -> None:
    plan = band_plan(nyquist_hz=6000, least_width_hz=600)
    assert plan[0] == (0.0, 6000.0)
    for width in (3000.0, 1500.0, 750.0):
        level = [b for b in plan if b[1] - b[0] == width]
        assert level[0][0] == 0
        assert level[-1][1] == 6000
        assert {b[0] - a[0] for a, b in itertools.pairwise(level)} == {width / 2}
    assert min(b - a for a, b in plan) >= 600


def test_the_most_impulsive_band_is_that_of_the_resonance() -> None:
    rng = np.random.default_rng(0)
    t_s = np.arange(400) / RATE_HZ
    ring = np.exp(-t_s * 800) * np.sin(2 * np.pi * 2600 * t_s)
    train = np.zeros(48_000)
    train[::600] = 8
    x = rng.standard_normal(48_000) + np.convolve(train, ring)[:48_000]
    band = most_impulsive_band(np.fft.rfft(x), n_samples=48_000, sampling_rate_hz=RATE_HZ, least_width_hz=500.0)
    assert band is not None
    assert band[0] <= 2600 <= band[1]


def test_no_band_is_chosen_where_none_is_wide_enough() -> None:
    x = np.random.default_rng(0).standard_normal(12_000)
    spectrum = np.fft.rfft(x)
    assert most_impulsive_band(spectrum, n_samples=12_000, sampling_rate_hz=RATE_HZ, least_width_hz=2100.0) is None
