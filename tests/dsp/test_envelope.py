import numpy as np
import pytest
import scipy.signal
from hypothesis import given
from hypothesis import strategies as st

from palier.dsp.envelope import analytic_signal, squared_envelope, squared_envelope_spectrum
from palier.errors import ParameterError

RATE_HZ = 12_000.0


def modulated(depth: float, frequency_hz: float, carrier_hz: float = 3000.0, n: int = 12_000) -> np.ndarray:
    t_s = np.arange(n) / RATE_HZ
    return (1 + depth * np.cos(2 * np.pi * frequency_hz * t_s)) * np.cos(2 * np.pi * carrier_hz * t_s + 0.7)


def direct(x: np.ndarray, low_hz: float, high_hz: float) -> np.ndarray:
    """The definition: mask the bins of the analytic signal, keep every sample."""
    n = x.size
    bins = np.fft.fft(x - x.mean())
    f_hz = np.fft.fftfreq(n, 1 / RATE_HZ)
    if n % 2 == 0:
        f_hz[n // 2] = RATE_HZ / 2
    bins[(f_hz < low_hz) | (f_hz > high_hz)] = 0
    bins[(f_hz > 0) & (np.arange(n) != n / 2)] *= 2
    return np.abs(np.fft.ifft(bins)) ** 2


@pytest.mark.parametrize("n", [1, 2, 3, 10, 101, 1000])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_analytic_signal_is_that_of_scipy(n: int, dtype: type) -> None:
    x = np.random.default_rng(n).standard_normal((2, n)).astype(dtype)
    z = analytic_signal(x)
    assert z.dtype == np.result_type(dtype, np.complex64)
    np.testing.assert_allclose(
        z, scipy.signal.hilbert(x.astype(np.float64)), atol=1e-5 if dtype == np.float32 else 1e-12
    )


def test_a_band_from_one_short_transform_is_the_direct_one() -> None:
    x = np.random.default_rng(0).standard_normal(6000)
    e = squared_envelope(x, sampling_rate_hz=RATE_HZ, band_hz=(2000, 4000))
    long = direct(x, 2000, 4000)
    assert e.sampling_rate_hz == pytest.approx(4000, rel=0.1)
    # band-limited interpolation of the short envelope to the long grid
    np.testing.assert_allclose(scipy.signal.resample(e.samples, 6000), long, atol=1e-10)


@given(low=st.floats(0, 0.8), width=st.floats(0.05, 1.0), n=st.sampled_from([480, 1000, 1125, 2048]))
def test_mean_squared_envelope_is_twice_the_power_of_the_band(low: float, width: float, n: int) -> None:
    low_hz = low * RATE_HZ / 2
    high_hz = min(low_hz + width * RATE_HZ / 2, RATE_HZ / 2)
    x = np.random.default_rng(n).standard_normal(n)
    e = squared_envelope(x, sampling_rate_hz=RATE_HZ, band_hz=(low_hz, high_hz))
    assert e.samples.mean() == pytest.approx(direct(x, low_hz, high_hz).mean(), rel=1e-9)


@pytest.mark.parametrize("n", [4001, 11_987, 12_000])
def test_an_envelope_keeps_its_time_axis_at_any_length(n: int) -> None:
    t_s = np.arange(n) / RATE_HZ
    x = np.exp(-0.5 * ((t_s - 0.25) / 0.002) ** 2) * np.sin(2 * np.pi * 3000 * t_s)
    e = squared_envelope(x, sampling_rate_hz=RATE_HZ, band_hz=(2000, 4000))
    assert e.samples.argmax() / e.sampling_rate_hz == pytest.approx(0.25, abs=0.5 / e.sampling_rate_hz)
    assert e.samples.max() == pytest.approx(1.0, rel=0.02)
    assert e.samples.size / e.sampling_rate_hz == pytest.approx(n / RATE_HZ, abs=1 / e.sampling_rate_hz)


@given(depth=st.floats(0.01, 1.5), frequency_hz=st.integers(20, 400))
def test_modulation_depth_has_its_closed_form(depth: float, frequency_hz: int) -> None:
    s = squared_envelope_spectrum(
        modulated(depth, frequency_hz), sampling_rate_hz=RATE_HZ, band_hz=(2000, 4000), window="hann"
    )
    mean = 1 + depth**2 / 2
    assert s.depth[frequency_hz] == pytest.approx(2 * depth / mean, rel=1e-6)
    assert s.depth[2 * frequency_hz] == pytest.approx(depth**2 / 2 / mean, rel=1e-6)
    assert s.mean_square == pytest.approx(mean)
    assert s.frequency_hz[frequency_hz] == pytest.approx(frequency_hz)


@given(frequency_hz=st.floats(20.0, 400.0), n=st.sampled_from([11_987, 12_000, 24_001]))
def test_depth_is_read_within_a_tenth_of_a_decibel_between_bins(frequency_hz: float, n: int) -> None:
    s = squared_envelope_spectrum(
        modulated(0.3, frequency_hz, n=n), sampling_rate_hz=RATE_HZ, band_hz=(1500, 4500), window="flattop"
    )
    assert 20 * np.log10(s.depth.max() / (0.6 / 1.045)) == pytest.approx(0, abs=0.1)
    assert s.frequency_hz[s.depth.argmax()] == pytest.approx(frequency_hz, abs=1.1 * RATE_HZ / n)


def test_a_sharp_train_reads_two_at_every_harmonic() -> None:
    x = np.zeros(12_000)
    x[::120] = 1.0
    s = squared_envelope_spectrum(x, sampling_rate_hz=RATE_HZ, band_hz=(50, 5950))
    np.testing.assert_allclose(s.depth[100:1000:100], 2 * (1 - np.arange(1, 10) / 59), rtol=0.02)


def test_noise_alone_reads_what_the_docstring_says() -> None:
    x = np.random.default_rng(1).standard_normal(120_000)
    s = squared_envelope_spectrum(x, sampling_rate_hz=RATE_HZ, band_hz=(2000, 4000), highest_hz=200)
    assert s.depth[10:].mean() == pytest.approx(np.sqrt(3 * np.pi / (2 * 2000 * 10)), rel=0.05)


@given(gain=st.floats(1e-3, 1e3), shift=st.integers(0, 12_000))
def test_depth_ignores_gain_offset_and_circular_shift(gain: float, shift: int) -> None:
    x = np.random.default_rng(2).standard_normal(12_000)
    kinds = {"sampling_rate_hz": RATE_HZ, "band_hz": (1000.0, 3000.0), "window": "boxcar"}
    a = squared_envelope_spectrum(x, **kinds)
    b = squared_envelope_spectrum(gain * (np.roll(x, shift) + 3), **kinds)
    # a shift by whole samples is not one of the short envelope's, but its spectrum is periodic all the same
    np.testing.assert_allclose(b.depth, a.depth, atol=1e-9)
    assert b.mean_square == pytest.approx(gain**2 * a.mean_square)


def test_batch_equals_loop_and_single_precision_agrees() -> None:
    x = np.random.default_rng(3).standard_normal((2, 3, 3001))
    whole = squared_envelope_spectrum(x, sampling_rate_hz=RATE_HZ, band_hz=(500, 5000))
    for i in np.ndindex(2, 3):
        one = squared_envelope_spectrum(x[i], sampling_rate_hz=RATE_HZ, band_hz=(500, 5000))
        np.testing.assert_allclose(whole.depth[i], one.depth, atol=1e-12)
        assert whole.mean_square[i] == pytest.approx(one.mean_square)
        np.testing.assert_allclose(analytic_signal(x)[i], analytic_signal(x[i]), atol=1e-12)
    single = squared_envelope_spectrum(x.astype(np.float32), sampling_rate_hz=RATE_HZ, band_hz=(500, 5000))
    assert single.depth.dtype == single.mean_square.dtype == np.float32
    np.testing.assert_allclose(single.depth, whole.depth, atol=1e-5)


def test_an_empty_band_has_no_depth() -> None:
    s = squared_envelope_spectrum(np.full((2, 1000), 7.0, np.float32), sampling_rate_hz=RATE_HZ)
    assert not s.depth.any()
    assert not s.mean_square.any()


def test_the_axis_ends_at_the_width_of_the_band_or_where_asked() -> None:
    x = np.random.default_rng(4).standard_normal(12_000)
    s = squared_envelope_spectrum(x, sampling_rate_hz=RATE_HZ, band_hz=(2000, 2500))
    assert s.frequency_hz[-1] == 500
    s = squared_envelope_spectrum(x, sampling_rate_hz=RATE_HZ, band_hz=(2000, 2500), highest_hz=100)
    assert s.frequency_hz[-1] == 100
    assert s.frequency_hz.shape == s.depth.shape


@pytest.mark.parametrize(
    "call",
    [
        lambda x: squared_envelope(x, sampling_rate_hz=RATE_HZ, band_hz=(2000, 7000)),
        lambda x: squared_envelope(x, sampling_rate_hz=RATE_HZ, band_hz=(2000, 2050)),
        lambda x: squared_envelope(x[:0], sampling_rate_hz=RATE_HZ, band_hz=(2000, 3000)),
        lambda x: squared_envelope(x[:5], sampling_rate_hz=RATE_HZ, band_hz=(0, 6000)),
        lambda x: squared_envelope_spectrum(x, sampling_rate_hz=-1.0),
        lambda x: squared_envelope_spectrum(x, sampling_rate_hz=RATE_HZ, highest_hz=0.0),
        lambda x: analytic_signal(x[:0]),
    ],
)
def test_what_cannot_be_is_refused(call) -> None:
    with pytest.raises(ParameterError):
        call(np.ones(1000))
