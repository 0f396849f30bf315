import numpy as np
import pytest
import scipy.signal
from hypothesis import given
from hypothesis import strategies as st

from palier.dsp.filters import band_pass, band_stop, detrend, high_pass, low_pass
from palier.errors import ParameterError

RATE_HZ = 1000.0

FILTERS = {
    "lowpass": lambda x, order=4: low_pass(x, sampling_rate_hz=RATE_HZ, cutoff_hz=100, order=order),
    "highpass": lambda x, order=4: high_pass(x, sampling_rate_hz=RATE_HZ, cutoff_hz=100, order=order),
    "bandpass": lambda x, order=4: band_pass(x, sampling_rate_hz=RATE_HZ, band_hz=(60, 160), order=order),
    "bandstop": lambda x, order=4: band_stop(x, sampling_rate_hz=RATE_HZ, band_hz=(60, 160), order=order),
}
EDGES = {"lowpass": 100, "highpass": 100, "bandpass": (60, 160), "bandstop": (60, 160)}


def formula(kind: str, f_hz: float, order: int) -> float:
    """Squared gain as the docstrings give it."""
    w = np.tan(np.pi * f_hz / RATE_HZ)
    c, a, b = (np.tan(np.pi * f / RATE_HZ) for f in (100, 60, 160))
    ratio = {
        "lowpass": w / c,
        "highpass": c / w,
        "bandpass": (w**2 - a * b) / (w * (b - a)),
        "bandstop": w * (b - a) / (w**2 - a * b),
    }[kind]
    return 1 / (1 + ratio ** (2 * order))


@pytest.mark.parametrize("kind", FILTERS)
@given(f_hz=st.floats(5, 480), phase=st.floats(0, 6.28), order=st.sampled_from([1, 2, 4]))
def test_a_sine_keeps_its_phase_and_gets_the_gain_of_the_formula(
    kind: str, f_hz: float, phase: float, order: int
) -> None:
    t_s = np.arange(3000) / RATE_HZ
    x = np.sin(2 * np.pi * f_hz * t_s + phase)
    inner = slice(1000, 2000)
    np.testing.assert_allclose(FILTERS[kind](x, order)[inner], formula(kind, f_hz, order) * x[inner], atol=2e-3)


@pytest.mark.parametrize("kind", FILTERS)
def test_the_inside_of_a_long_record_is_that_of_scipy(kind: str) -> None:
    x = np.random.default_rng(0).standard_normal((2, 4000))
    sections = scipy.signal.butter(4, EDGES[kind], kind, output="sos", fs=RATE_HZ)
    expected = scipy.signal.sosfiltfilt(sections, x, axis=-1)
    np.testing.assert_allclose(FILTERS[kind](x)[:, 500:-500], expected[:, 500:-500], atol=1e-9)


@pytest.mark.parametrize("kind", FILTERS)
def test_time_reversal_gain_batch_and_single_precision(kind: str) -> None:
    x = np.random.default_rng(1).standard_normal((2, 3, 600))
    y = FILTERS[kind](x)
    for i in np.ndindex(2, 3):
        np.testing.assert_allclose(y[i], FILTERS[kind](x[i]), atol=1e-12)
    np.testing.assert_allclose(FILTERS[kind](-250 * x), -250 * y, atol=1e-9)
    # forwards and backwards is the same as backwards and forwards, but for the guess at the ends
    np.testing.assert_allclose(FILTERS[kind](x[..., ::-1])[..., 250:350], y[..., ::-1][..., 250:350], atol=1e-4)
    single = FILTERS[kind](x.astype(np.float32))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, y, atol=1e-5)


def test_ends_are_continued_smoothly() -> None:
    x = np.linspace(0, 1, 2000)
    np.testing.assert_allclose(low_pass(x, sampling_rate_hz=RATE_HZ, cutoff_hz=10), x, atol=1e-3)
    assert np.abs(high_pass(x, sampling_rate_hz=RATE_HZ, cutoff_hz=10)).max() < 1e-3


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: low_pass(x, sampling_rate_hz=RATE_HZ, cutoff_hz=500), "below 500 Hz"),
        (lambda x: low_pass(x, sampling_rate_hz=RATE_HZ, cutoff_hz=0), "above 0"),
        (lambda x: high_pass(x, sampling_rate_hz=RATE_HZ, cutoff_hz=float("nan")), "nan"),
        (lambda x: band_pass(x, sampling_rate_hz=RATE_HZ, band_hz=(100, 600)), "100 to 600 Hz"),
        (lambda x: band_stop(x, sampling_rate_hz=RATE_HZ, band_hz=(200, 100)), "rising"),
        (lambda x: low_pass(x, sampling_rate_hz=RATE_HZ, cutoff_hz=100, order=0), "order"),
        (lambda x: low_pass(x, sampling_rate_hz=RATE_HZ, cutoff_hz=100, order=13), "order"),
        (lambda x: low_pass(x, sampling_rate_hz=0, cutoff_hz=100), "sampling_rate_hz"),
        (lambda x: high_pass(x, sampling_rate_hz=RATE_HZ, cutoff_hz=1), "rings"),
        (lambda x: low_pass(x[:10], sampling_rate_hz=RATE_HZ, cutoff_hz=100), "10 samples"),
        (lambda x: detrend(x[:0]), "0 samples"),
        (lambda x: detrend(x[:1], kind="linear"), "1 samples"),
    ],
)
def test_what_cannot_be_is_refused(call, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        call(np.ones(300))


@pytest.mark.parametrize("kind", ["constant", "linear"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_detrending_is_that_of_scipy(kind: str, dtype: type) -> None:
    x = np.random.default_rng(2).standard_normal((2, 3, 501)) + 50 + 0.1 * np.arange(501)
    y = detrend(x.astype(dtype), kind=kind)
    assert y.dtype == dtype
    np.testing.assert_allclose(y, scipy.signal.detrend(x, type=kind), atol=1e-4 if dtype == np.float32 else 1e-10)


@given(offset=st.floats(-1e3, 1e3), slope=st.floats(-10, 10))
def test_detrending_ignores_what_it_removes(offset: float, slope: float) -> None:
    x = np.random.default_rng(3).standard_normal(200)
    moved = x + offset + slope * np.arange(200)
    np.testing.assert_allclose(detrend(moved, kind="linear"), detrend(x, kind="linear"), atol=1e-8)
    np.testing.assert_allclose(detrend(x + offset), detrend(x), atol=1e-9)


def test_silence_stays_silent() -> None:
    for call in (*FILTERS.values(), detrend):
        assert not call(np.zeros((2, 300), np.float32)).any()
