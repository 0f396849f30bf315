"""Shaft phase against closed forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.dsp.phase import ShaftPhase, phase_from_speed, tacho_pulse_times, tacho_to_phase
from palier.errors import ParameterError

RATE_HZ = 5000.0


def ramp_pulses(start_hz: float, slope_hz_s: float, duration_s: float, per_revolution: int) -> np.ndarray:
    """Solve f0·t + a·t²/2 = k / pulses per revolution."""
    k = np.arange(int((start_hz + slope_hz_s * duration_s / 2) * duration_s * per_revolution)) / per_revolution
    return (np.sqrt(start_hz**2 + 2 * slope_hz_s * k) - start_hz) / slope_hz_s


@pytest.mark.parametrize("per_revolution", [1, 4])
def test_phase_of_a_ramp_from_pulses(per_revolution: int) -> None:
    pulses = ramp_pulses(10, 3, 8, per_revolution)
    phase = tacho_to_phase(
        pulses, sampling_rate_hz=RATE_HZ, n_samples=int(8 * RATE_HZ), pulses_per_revolution=per_revolution
    )
    t_s = (phase.first_sample + np.arange(phase.revolutions.size)) / RATE_HZ
    assert phase.revolutions == pytest.approx(10 * t_s + 1.5 * t_s**2, abs=1e-4)
    assert phase.speed_hz[100:-100] == pytest.approx((10 + 3 * t_s)[100:-100], rel=1e-3)


def test_nothing_is_extrapolated_beyond_the_pulses() -> None:
    phase = tacho_to_phase(np.linspace(0.25, 1.05, 9), sampling_rate_hz=1000.0, n_samples=1000)
    assert phase.first_sample == 250
    assert phase.first_sample + phase.revolutions.size == 1000  # here the recording ends first
    assert phase.revolutions[0] == pytest.approx(0)


def test_pulse_times_of_a_noisy_tacho_are_neither_missed_nor_doubled() -> None:
    rng = np.random.default_rng(0)
    t_s = np.arange(20_000) / RATE_HZ
    clean = np.clip(5 * np.sin(2 * np.pi * 21 * t_s), -1, 1)
    tacho = clean + 0.1 * rng.standard_normal(t_s.size)
    times_s = tacho_pulse_times(tacho, sampling_rate_hz=RATE_HZ)
    expected_s = np.arange(1, 84) / 21  # the crossing at 0 s has no sample below it
    assert times_s.size == expected_s.size
    jitter_s = 0.1 / (5 * 2 * np.pi * 21)  # noise over slope
    assert np.abs(times_s - expected_s).max() < 5 * jitter_s


def test_threshold_edge_and_hysteresis() -> None:
    t_s = np.arange(4000) / 1000
    tacho = np.sin(2 * np.pi * 2 * t_s)
    rising = tacho_pulse_times(tacho, sampling_rate_hz=1000.0, threshold=0.5, hysteresis=0.2)
    falling = tacho_pulse_times(tacho, sampling_rate_hz=1000.0, threshold=0.5, hysteresis=0.2, edge="falling")
    assert rising == pytest.approx(1 / 24 + np.arange(8) / 2, abs=1e-5)
    assert falling == pytest.approx(5 / 24 + np.arange(8) / 2, abs=1e-5)
    assert np.array_equal(tacho_pulse_times(tacho, sampling_rate_hz=1000.0, hysteresis=0.0, threshold=0.5), rising)


@given(st.floats(0.1, 100), st.floats(-50, 50))
def test_pulse_times_do_not_depend_on_gain_and_offset(gain: float, offset: float) -> None:
    tacho = np.sin(2 * np.pi * 3.3 * np.arange(2000) / 1000) ** 5
    a = tacho_pulse_times(tacho, sampling_rate_hz=1000.0)
    assert tacho_pulse_times(gain * tacho + offset, sampling_rate_hz=1000.0) == pytest.approx(a, abs=1e-9)


def test_integrated_speed() -> None:
    n = 4001
    t_s = np.arange(n) / 1000
    constant = phase_from_speed(12.5, sampling_rate_hz=1000.0, n_samples=n)
    assert constant.revolutions == pytest.approx(12.5 * t_s)
    per_sample = phase_from_speed(10 + 2 * t_s, sampling_rate_hz=1000.0, n_samples=n)
    assert per_sample.revolutions == pytest.approx(10 * t_s + t_s**2)
    knots = phase_from_speed(np.array([10.0, 18.0]), time_s=np.array([0.0, 4.0]), sampling_rate_hz=1000.0, n_samples=n)
    assert knots.revolutions == pytest.approx(per_sample.revolutions)
    assert constant.scaled(0.4).revolutions == pytest.approx(5 * t_s)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ShaftPhase(np.array([0.0, 1.0, 0.9]), 10.0), "does not rise at 0.1 s"),
        (lambda: ShaftPhase(np.array([0.0]), 10.0), "two samples"),
        (lambda: tacho_to_phase(np.array([0.0, 1, 2]), sampling_rate_hz=1.0, n_samples=9), "at least 4"),
        (lambda: tacho_to_phase(np.array([0.0, 2, 1, 3]), sampling_rate_hz=1.0, n_samples=9), "not later"),
        (lambda: tacho_to_phase(np.array([50.0, 51, 52, 53]), sampling_rate_hz=1.0, n_samples=9), "belong together"),
        (lambda: phase_from_speed(-1.0, sampling_rate_hz=1.0, n_samples=9), "positive"),
        (lambda: phase_from_speed(np.ones(3), sampling_rate_hz=1.0, n_samples=9), "3 speeds for 9 samples"),
        (lambda: phase_from_speed(1.0, sampling_rate_hz=1.0, n_samples=1), "at least 2"),
        (
            lambda: phase_from_speed(np.ones(2), time_s=np.array([0.0, 3.0]), sampling_rate_hz=1.0, n_samples=9),
            "nothing is extrapolated",
        ),
        (
            lambda: phase_from_speed(np.ones(2), time_s=np.array([3.0, 0.0]), sampling_rate_hz=1.0, n_samples=2),
            "rising",
        ),
        (lambda: tacho_pulse_times(np.ones(99), sampling_rate_hz=1.0), "constant"),
        (lambda: tacho_pulse_times(np.arange(99.0), sampling_rate_hz=1.0), "1 pulses"),
        (lambda: tacho_pulse_times(np.arange(99.0), sampling_rate_hz=1.0, hysteresis=-1.0), "0 or more"),
    ],
)
def test_refusals(call, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        call()
