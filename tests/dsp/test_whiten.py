import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.dsp.whiten import fast_length, local_median, whitened_spectrum
from palier.errors import ParameterError


@given(st.integers(1, 10**7))
def test_fast_length_is_five_smooth_close_and_not_above(n: int) -> None:
    m = fast_length(n)
    rest = m
    for p in (2, 3, 5):
        while rest % p == 0:
            rest //= p
    assert rest == 1
    assert n * 0.8 <= m <= n


def test_fast_length_is_the_largest_against_a_naive_search() -> None:
    smooth = sorted(2**a * 3**b * 5**c for a in range(14) for b in range(9) for c in range(6))
    for n in range(1, 3000):
        assert fast_length(n) == max(s for s in smooth if s <= n)


def test_local_median_of_exponential_noise_estimates_its_mean() -> None:
    p = np.random.default_rng(1).exponential(3.0, 100_000)
    assert np.median(local_median(p, width_bins=1000) / np.log(2)) == pytest.approx(3.0, rel=0.02)


def test_local_median_ignores_lines_and_follows_a_slope() -> None:
    p = np.linspace(1, 2, 1000)
    with_lines = p.copy()
    with_lines[::20] = 1e6
    np.testing.assert_allclose(local_median(with_lines, width_bins=100)[60:-60], p[60:-60], rtol=0.02)


def test_local_median_works_row_by_row() -> None:
    p = np.random.default_rng(2).exponential(size=(3, 501))
    together = local_median(p, width_bins=50)
    np.testing.assert_array_equal(together, np.stack([local_median(row, width_bins=50) for row in p]))


def test_whitening_keeps_impacts_and_takes_lines_away() -> None:
    rng = np.random.default_rng(3)
    n, rate_hz = 20_000, 10_000.0
    t_s = np.arange(n) / rate_hz
    impacts = np.zeros(n)
    impacts[:: n // 100] = 30.0
    x = rng.standard_normal(n) + impacts + 50 * np.sin(2 * np.pi * 1234.5 * t_s)
    y = np.fft.irfft(whitened_spectrum(x, sampling_rate_hz=rate_hz, width_hz=25.0), n)
    assert np.abs(np.fft.rfft(y)).max() <= 3.0 + 1e-6
    kurtosis = np.mean(y**4) / np.mean(y**2) ** 2
    assert kurtosis > 4
    assert kurtosis > 2 * np.mean(x**4) / np.mean(x**2) ** 2


@given(gain=st.floats(1e-3, 1e3))
def test_whitening_does_not_depend_on_the_unit(gain: float) -> None:
    x = np.random.default_rng(4).standard_normal(2048)
    a = whitened_spectrum(x, sampling_rate_hz=1000.0, width_hz=25.0)
    b = whitened_spectrum(gain * x, sampling_rate_hz=1000.0, width_hz=25.0)
    np.testing.assert_allclose(a, b, rtol=1e-9)


def test_whitening_of_float32_stays_single_precision() -> None:
    x = np.random.default_rng(5).standard_normal(4096).astype(np.float32)
    assert whitened_spectrum(x, sampling_rate_hz=1000.0, width_hz=25.0).dtype == np.complex64


@pytest.mark.parametrize("limit", [0.0, -1.0])
def test_whitening_refuses_a_limit_that_leaves_nothing(limit: float) -> None:
    with pytest.raises(ParameterError, match="limit"):
        whitened_spectrum(np.ones(64), sampling_rate_hz=1.0, width_hz=0.1, limit=limit)
