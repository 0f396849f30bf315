import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.core.units import UNITS, Unit
from palier.dsp.integrate import differentiate_band_limited, integrate_band_limited, velocity_rms_mm_s
from palier.errors import ParameterError

RATE_HZ = 4000.0
BAND_HZ = (10.0, 1000.0)
N = 8009
T_S = np.arange(N) / RATE_HZ
INNER = slice(1600, N - 1600)  # without the fades of 4 / (10 Hz)


def power_of_sine(frequency_hz: float, phase: float, integrations: int) -> np.ndarray:
    """The sine, integrated so many times in closed form; differentiated where that is negative."""
    w = 2 * np.pi * frequency_hz
    return w**-integrations * np.sin(w * T_S + phase - integrations * np.pi / 2)


@given(frequency_hz=st.floats(20, 1000), phase=st.floats(0, 6.28), times=st.sampled_from([1, 2]))
def test_a_sine_is_integrated_within_a_tenth_of_a_per_cent(frequency_hz: float, phase: float, times: int) -> None:
    x = power_of_sine(frequency_hz, phase, 0)
    y = integrate_band_limited(x, sampling_rate_hz=RATE_HZ, band_hz=BAND_HZ, times=times)
    expected = power_of_sine(frequency_hz, phase, times)
    assert np.abs(y - expected)[INNER].max() < 1e-3 * (2 * np.pi * frequency_hz) ** -times


@given(frequency_hz=st.floats(20, 1000), phase=st.floats(0, 6.28), times=st.sampled_from([1, 2]))
def test_a_sine_is_differentiated_within_a_tenth_of_a_per_cent(frequency_hz: float, phase: float, times: int) -> None:
    x = power_of_sine(frequency_hz, phase, 0)
    y = differentiate_band_limited(x, sampling_rate_hz=RATE_HZ, band_hz=BAND_HZ, times=times)
    expected = power_of_sine(frequency_hz, phase, -times)
    assert np.abs(y - expected)[INNER].max() < 1e-3 * (2 * np.pi * frequency_hz) ** times


@given(frequency_hz=st.floats(30, 900), times=st.sampled_from([1, 2]))
def test_differentiation_undoes_integration(frequency_hz: float, times: int) -> None:
    x = power_of_sine(frequency_hz, 0.3, 0) + 0.5 * power_of_sine(77.7, 1.0, 0)
    kinds = {"sampling_rate_hz": RATE_HZ, "band_hz": BAND_HZ, "times": times}
    y = differentiate_band_limited(integrate_band_limited(x, **kinds), **kinds)
    inner = slice(3200, N - 3200)  # faded twice
    np.testing.assert_allclose(y[inner], x[inner], atol=5e-3)


@pytest.mark.parametrize("times", [1, 2])
def test_offset_and_drift_stay_out(times: int) -> None:
    x = power_of_sine(50, 0, 0)
    kinds = {"sampling_rate_hz": RATE_HZ, "band_hz": BAND_HZ, "times": times}
    clean = integrate_band_limited(x, **kinds)
    moved = integrate_band_limited(x + 9.81 + 0.1 * T_S, **kinds)
    np.testing.assert_allclose(moved[INNER], clean[INNER], atol=2e-3 * (2 * np.pi * 50) ** -times)


@pytest.mark.parametrize(("frequency_hz", "gain"), [(6.0, 0.0), (8.0, 0.345), (1250.0, 0.5), (1600.0, 0.0)])
def test_the_flanks_are_raised_cosines_outside_the_band(frequency_hz: float, gain: float) -> None:
    n = 40_000
    x = np.sin(2 * np.pi * frequency_hz * np.arange(n) / RATE_HZ)
    y = integrate_band_limited(x, sampling_rate_hz=RATE_HZ, band_hz=BAND_HZ)
    level = np.abs(y[n // 2 - 4000 : n // 2 + 4000]).max() * 2 * np.pi * frequency_hz
    assert level == pytest.approx(gain, abs=0.01)


@given(gain=st.floats(-1e6, 1e6).filter(lambda g: abs(g) > 1e-6))
def test_everything_is_linear(gain: float) -> None:
    x = np.random.default_rng(0).standard_normal((2, N))
    kinds = {"sampling_rate_hz": RATE_HZ, "band_hz": BAND_HZ}
    y = integrate_band_limited(x, **kinds)
    np.testing.assert_allclose(integrate_band_limited(gain * x, **kinds), gain * y, atol=abs(gain) * 1e-12)
    rms = velocity_rms_mm_s(x, **kinds, unit="g")
    np.testing.assert_allclose(velocity_rms_mm_s(gain * x, **kinds, unit="g"), abs(gain) * rms)


def test_reversed_time_reverses_the_sign_of_an_integral() -> None:
    x = np.random.default_rng(1).standard_normal(N)
    kinds = {"sampling_rate_hz": RATE_HZ, "band_hz": BAND_HZ}
    y, back = integrate_band_limited(x, **kinds), integrate_band_limited(x[::-1], **kinds)
    np.testing.assert_allclose(back[::-1][INNER], -y[INNER], atol=1e-5)


# what a velocity of 1 mm/s r.m.s. at `w` is in each unit, as an amplitude
AMPLITUDE = {
    "g": lambda w: np.sqrt(2) * 1e-3 * w / 9.80665,
    "m/s^2": lambda w: np.sqrt(2) * 1e-3 * w,
    "mm/s": lambda w: np.sqrt(2),
    "um": lambda w: np.sqrt(2) * 1e3 / w,
}


@pytest.mark.parametrize("unit", UNITS)
@given(
    frequency_hz=st.floats(20, 1000),
    phase=st.floats(0, 6.28),
    level_mm_s=st.floats(0.01, 100),
    seconds=st.sampled_from([1.0, 1.7, 5.0]),
)
def test_velocity_of_a_sine_is_read_right_in_every_unit(
    unit: Unit, frequency_hz: float, phase: float, level_mm_s: float, seconds: float
) -> None:
    w = 2 * np.pi * frequency_hz
    x = level_mm_s * AMPLITUDE[unit](w) * np.sin(w * np.arange(round(seconds * RATE_HZ)) / RATE_HZ + phase)
    v = velocity_rms_mm_s(x, sampling_rate_hz=RATE_HZ, unit=unit, band_hz=BAND_HZ)
    assert v == pytest.approx(level_mm_s, rel=2e-3)


@given(frequency_hz=st.floats(20, 1000), phase=st.floats(0, 6.28))
def test_velocity_in_the_shortest_record_is_right_within_a_per_cent(frequency_hz: float, phase: float) -> None:
    w = 2 * np.pi * frequency_hz
    x = AMPLITUDE["m/s^2"](w) * np.sin(w * np.arange(1600) / RATE_HZ + phase)
    assert velocity_rms_mm_s(x, sampling_rate_hz=RATE_HZ, unit="m/s^2") == pytest.approx(1.0, rel=0.01)


def test_velocity_of_noise_is_its_density_over_the_band() -> None:
    # acceleration of density S: v² = ∫ S / (2πf)² df = S / (4π²) · (1/10 − 1/1000), and what the flanks let through
    n = 400_000
    x = np.random.default_rng(2).standard_normal(n)
    v = velocity_rms_mm_s(x, sampling_rate_hz=RATE_HZ, unit="m/s^2")
    density = 2 / RATE_HZ
    f_hz = np.linspace(10 / 1.5, 10, 1001)
    flank = np.trapezoid((0.5 - 0.5 * np.cos(np.pi * (f_hz * 1.5 - 10) / 5)) ** 2 / f_hz**2, f_hz)
    expected = np.sqrt(density / (4 * np.pi**2) * (1 / 10 - 1 / 1000 + flank))
    assert v / 1e3 == pytest.approx(expected, rel=0.03)


def test_powers_of_lines_add() -> None:
    x = 3 * np.sqrt(2) * np.sin(2 * np.pi * 25 * T_S) + 4 * np.sqrt(2) * np.sin(2 * np.pi * 150 * T_S) + 100
    assert velocity_rms_mm_s(x, sampling_rate_hz=RATE_HZ, unit="mm/s") == pytest.approx(5.0, rel=2e-3)


def test_a_band_up_to_the_nyquist_frequency_is_allowed() -> None:
    x = power_of_sine(1500, 0.2, 0)
    y = integrate_band_limited(x, sampling_rate_hz=RATE_HZ, band_hz=(10, 2000))
    assert np.abs(y - power_of_sine(1500, 0.2, 1))[INNER].max() < 1e-3 / (2 * np.pi * 1500)


@pytest.mark.parametrize("n", [8000, 8009])
def test_batch_equals_loop_and_single_precision_agrees(n: int) -> None:
    x = np.random.default_rng(3).standard_normal((2, 3, n))
    kinds = {"sampling_rate_hz": RATE_HZ, "band_hz": BAND_HZ}
    calls = (
        lambda x: integrate_band_limited(x, **kinds),
        lambda x: integrate_band_limited(x, **kinds, times=2),
        lambda x: differentiate_band_limited(x, **kinds),
        lambda x: velocity_rms_mm_s(x, **kinds, unit="um"),
    )
    for call in calls:
        y = call(x)
        for i in np.ndindex(2, 3):
            np.testing.assert_allclose(y[i], call(x[i]), rtol=1e-9, atol=1e-12)
        single = call((x + 5).astype(np.float32))
        assert single.dtype == (np.float64 if single.ndim == 2 else np.float32)
        np.testing.assert_allclose(single, y, atol=2e-5 * np.abs(y).max())
        assert not call(np.zeros((2, n), np.float32)).any()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: integrate_band_limited(x, sampling_rate_hz=RATE_HZ, band_hz=(0, 1000)), "0 Hz"),
        (lambda x: integrate_band_limited(x, sampling_rate_hz=RATE_HZ, band_hz=(10, 3000)), "2000 Hz"),
        (lambda x: integrate_band_limited(x, sampling_rate_hz=RATE_HZ, band_hz=(4, 1000)), "at least 2.5 s"),
        (lambda x: integrate_band_limited(x, sampling_rate_hz=0, band_hz=BAND_HZ), "sampling_rate_hz"),
        (lambda x: integrate_band_limited(x, sampling_rate_hz=RATE_HZ, band_hz=BAND_HZ, times=0), "times"),
        (lambda x: differentiate_band_limited(x, sampling_rate_hz=RATE_HZ, band_hz=BAND_HZ, times=3), "times"),
        (lambda x: velocity_rms_mm_s(x, sampling_rate_hz=RATE_HZ, unit="m"), "um"),
        (lambda x: velocity_rms_mm_s(x[:1599], sampling_rate_hz=RATE_HZ, unit="g"), "at least 0.4 s"),
    ],
)
def test_what_cannot_be_is_refused(call, message: str) -> None:
    with pytest.raises((ParameterError, TypeError), match=message):
        call(np.ones(8000))
