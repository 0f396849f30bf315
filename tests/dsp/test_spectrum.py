import numpy as np
import pytest
import scipy.fft
import scipy.signal
from hypothesis import given
from hypothesis import strategies as st

from palier.dsp.spectrum import (
    Window,
    amplitude_spectrum,
    checked_band,
    cosine_window,
    next_fast_real_length,
    strongest_line,
    welch_psd,
)
from palier.errors import ParameterError

WINDOWS: tuple[Window, ...] = ("hann", "flattop", "boxcar")
N, RATE_HZ = 4321, 1000.0  # a length that no fast transform has


def sine(frequency_hz: float, amplitude: float = 1.0, phase: float = 0.0, n: int = N) -> np.ndarray:
    return amplitude * np.sin(2 * np.pi * frequency_hz * np.arange(n) / RATE_HZ + phase)


def decibels(ratio: float) -> float:
    return 20 * float(np.log10(ratio))


@given(st.integers(1, 10**6))
def test_fast_length_is_the_one_of_scipy(n: int) -> None:
    assert next_fast_real_length(n) == scipy.fft.next_fast_len(n, real=True)


@pytest.mark.parametrize("kind", WINDOWS)
@pytest.mark.parametrize("n", [1, 2, 7, 1000])
def test_windows_are_those_of_scipy(kind: Window, n: int) -> None:
    if n > 1:
        np.testing.assert_allclose(cosine_window(kind, n), scipy.signal.get_window(kind, n), atol=1e-8)
    assert cosine_window(kind, n).shape == (n,)


@given(
    frequency_hz=st.floats(5.0, 495.0),
    amplitude=st.floats(1e-3, 1e3),
    phase=st.floats(0, 6.28),
    length=st.sampled_from(["fast", "exact"]),
    single=st.booleans(),
)
def test_a_sine_at_any_frequency_reads_its_amplitude_within_a_tenth_of_a_decibel(
    frequency_hz: float, amplitude: float, phase: float, length: str, single: bool
) -> None:
    x = sine(frequency_hz, amplitude, phase).astype(np.float32 if single else np.float64)
    s = amplitude_spectrum(x, sampling_rate_hz=RATE_HZ, length=length)
    assert decibels(s.amplitude.max() / amplitude) == pytest.approx(0, abs=0.1)
    assert abs(s.frequency_hz[s.amplitude.argmax()] - frequency_hz) <= RATE_HZ / N


@given(frequency_hz=st.floats(5.0, 495.0), window=st.sampled_from(WINDOWS))
def test_no_window_reads_lower_than_it_states(frequency_hz: float, window: Window) -> None:
    s = amplitude_spectrum(sine(frequency_hz), sampling_rate_hz=RATE_HZ, window=window, length="exact")
    assert s.scalloping_db - 0.1 <= decibels(s.amplitude.max()) <= 0.1


@pytest.mark.parametrize(("window", "worst_db"), [("hann", -1.42), ("boxcar", -3.92), ("flattop", -0.01)])
def test_scalloping_is_the_published_one(window: Window, worst_db: float) -> None:
    # Harris 1978, table 1
    s = amplitude_spectrum(sine(100.0), sampling_rate_hz=RATE_HZ, window=window)
    assert s.scalloping_db == pytest.approx(worst_db, abs=0.005)


@pytest.mark.parametrize(
    ("window", "bins", "gain"), [("hann", 1.5, 0.5), ("boxcar", 1.0, 1.0), ("flattop", 3.77, 0.216)]
)
def test_noise_bandwidth_and_gain_are_the_published_ones(window: Window, bins: float, gain: float) -> None:
    s = amplitude_spectrum(sine(100.0), sampling_rate_hz=RATE_HZ, window=window)
    assert s.noise_bandwidth_hz == pytest.approx(bins * RATE_HZ / N, rel=1e-3)
    assert s.coherent_gain == pytest.approx(gain, abs=1e-3)


def test_offset_and_nyquist_frequency_are_counted_once() -> None:
    x = 3.0 - 2.0 * (-1.0) ** np.arange(1000)
    s = amplitude_spectrum(x, sampling_rate_hz=RATE_HZ, window="boxcar", mean="kept")
    assert s.amplitude[0] == pytest.approx(3.0)
    assert s.amplitude[-1] == pytest.approx(2.0)
    assert amplitude_spectrum(x, sampling_rate_hz=RATE_HZ).amplitude[0] < 1e-9


def test_parseval_holds_without_a_window() -> None:
    x = np.random.default_rng(0).standard_normal(1000)
    a = amplitude_spectrum(x, sampling_rate_hz=RATE_HZ, window="boxcar", mean="kept").amplitude
    assert a[0] ** 2 + a[-1] ** 2 + np.sum(a[1:-1] ** 2) / 2 == pytest.approx(np.mean(x**2))


@given(gain=st.floats(1e-6, 1e6), shift=st.integers(0, 2000))
def test_amplitudes_follow_the_gain_and_ignore_circular_shifts(gain: float, shift: int) -> None:
    x = np.random.default_rng(1).standard_normal(2000)
    a = amplitude_spectrum(x, sampling_rate_hz=RATE_HZ, window="boxcar").amplitude
    b = amplitude_spectrum(gain * np.roll(x, shift), sampling_rate_hz=RATE_HZ, window="boxcar").amplitude
    np.testing.assert_allclose(b, gain * a, rtol=1e-7, atol=gain * 1e-12)


def test_float32_stays_single_and_agrees_in_spite_of_an_offset() -> None:
    x = np.random.default_rng(2).standard_normal((2, 3000)) + 1000.0
    single = amplitude_spectrum(x.astype(np.float32), sampling_rate_hz=RATE_HZ).amplitude
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, amplitude_spectrum(x, sampling_rate_hz=RATE_HZ).amplitude, atol=1e-4)


@given(
    n=st.integers(50, 3000),
    length=st.integers(2, 50),
    overlap=st.sampled_from([0.0, 0.3, 0.5, 0.75, 0.95]),
    window=st.sampled_from(WINDOWS),
    mean=st.sampled_from(["removed", "kept"]),
)
def test_density_is_that_of_scipy(n: int, length: int, overlap: float, window: Window, mean: str) -> None:
    x = np.random.default_rng(n).standard_normal((2, n)) + 0.3
    p = welch_psd(x, sampling_rate_hz=RATE_HZ, segment_length=length, overlap=overlap, window=window, mean=mean)
    f_hz, density = scipy.signal.welch(
        x,
        RATE_HZ,
        scipy.signal.get_window(window, length),
        length,
        int(overlap * length),
        detrend="constant" if mean == "removed" else False,
    )
    np.testing.assert_allclose(p.frequency_hz, f_hz)
    np.testing.assert_allclose(p.density, density, rtol=1e-6, atol=1e-9)


def test_density_does_not_depend_on_the_blocks_it_is_summed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.random.default_rng(3).standard_normal((2, 2, 5000)).astype(np.float32)
    whole = welch_psd(x, sampling_rate_hz=RATE_HZ, segment_length=100)
    monkeypatch.setattr("palier.dsp.spectrum._BLOCK_SAMPLES", 900)
    blocks = welch_psd(x, sampling_rate_hz=RATE_HZ, segment_length=100)
    assert whole.density.dtype == np.float32
    assert whole.n_segments == blocks.n_segments == 99
    np.testing.assert_allclose(whole.density, blocks.density, rtol=1e-6)


def test_density_of_white_noise_integrates_to_its_variance() -> None:
    x = 3.0 * np.random.default_rng(4).standard_normal(200_000)
    p = welch_psd(x, sampling_rate_hz=RATE_HZ, segment_length=500)
    assert p.density.sum() * p.frequency_hz[1] == pytest.approx(9.0, rel=0.01)
    assert np.median(p.density) == pytest.approx(9.0 / 500, rel=0.01)


def test_batch_equals_loop() -> None:
    x = np.random.default_rng(5).standard_normal((2, 3, 777))
    a = amplitude_spectrum(x, sampling_rate_hz=RATE_HZ).amplitude
    p = welch_psd(x, sampling_rate_hz=RATE_HZ, segment_length=64).density
    line = strongest_line(x, sampling_rate_hz=RATE_HZ, band_hz=(10, 490))
    for i in np.ndindex(2, 3):
        np.testing.assert_allclose(a[i], amplitude_spectrum(x[i], sampling_rate_hz=RATE_HZ).amplitude, atol=1e-14)
        np.testing.assert_allclose(p[i], welch_psd(x[i], sampling_rate_hz=RATE_HZ, segment_length=64).density)
        one = strongest_line(x[i], sampling_rate_hz=RATE_HZ, band_hz=(10, 490))
        assert one.amplitude == pytest.approx(line.amplitude[i])
        assert one.frequency_hz == pytest.approx(line.frequency_hz[i])


@given(frequency_hz=st.floats(10.0, 490.0), amplitude=st.floats(1e-3, 1e3), phase=st.floats(0, 6.28))
def test_a_line_is_read_exactly_between_bins(frequency_hz: float, amplitude: float, phase: float) -> None:
    line = strongest_line(sine(frequency_hz, amplitude, phase), sampling_rate_hz=RATE_HZ, band_hz=(5.0, 495.0))
    assert decibels(line.amplitude / amplitude) == pytest.approx(0, abs=0.01)
    assert line.frequency_hz == pytest.approx(frequency_hz, abs=0.01 * RATE_HZ / N)


def test_the_line_is_looked_for_in_the_band_only() -> None:
    x = 5 * sine(100.0) + sine(200.3)
    line = strongest_line(x, sampling_rate_hz=RATE_HZ, band_hz=(150, 300))
    assert line.frequency_hz == pytest.approx(200.3, abs=0.01)
    assert line.amplitude == pytest.approx(1.0, rel=0.01)


def test_silence_reads_zero() -> None:
    x = np.zeros((2, 100), np.float32)
    assert not amplitude_spectrum(x, sampling_rate_hz=RATE_HZ).amplitude.any()
    assert not welch_psd(x, sampling_rate_hz=RATE_HZ, segment_length=10).density.any()
    assert not strongest_line(x, sampling_rate_hz=RATE_HZ, band_hz=(10, 400)).amplitude.any()


@pytest.mark.parametrize(
    "call",
    [
        lambda x: amplitude_spectrum(x, sampling_rate_hz=0.0),
        lambda x: amplitude_spectrum(x, sampling_rate_hz=float("nan")),
        lambda x: amplitude_spectrum(x[:1], sampling_rate_hz=1.0),
        lambda x: welch_psd(x, sampling_rate_hz=1.0, segment_length=101),
        lambda x: welch_psd(x, sampling_rate_hz=1.0, segment_length=1),
        lambda x: welch_psd(x, sampling_rate_hz=1.0, segment_length=10, overlap=1.0),
        lambda x: strongest_line(x[:7], sampling_rate_hz=1.0, band_hz=(0.1, 0.2)),
        lambda x: strongest_line(x, sampling_rate_hz=1.0, band_hz=(0.101, 0.102)),
        lambda x: checked_band((0.2, 0.1), sampling_rate_hz=1.0),
        lambda x: checked_band((0.1, 0.6), sampling_rate_hz=1.0),
        lambda x: checked_band((-0.1, 0.3), sampling_rate_hz=1.0),
        lambda x: checked_band((0.1, float("nan")), sampling_rate_hz=1.0),
        lambda x: checked_band((0.1, 0.2), sampling_rate_hz=-1.0),
        lambda x: cosine_window("hann", 0),
        lambda x: next_fast_real_length(0),
    ],
)
def test_what_cannot_be_is_refused(call) -> None:
    with pytest.raises(ParameterError):
        call(np.ones(100))
