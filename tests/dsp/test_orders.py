"""Order tracking: what smears in frequency stands in orders, at the right amplitude."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.dsp.orders import AngleSignal, order_spectrum, resample_to_angle, track_orders
from palier.dsp.phase import phase_from_speed, tacho_pulse_times, tacho_to_phase
from palier.errors import ParameterError

RATE_HZ = 12_000.0
N = 72_000  # 6 s
T_S = np.arange(N) / RATE_HZ
TURNS = 20 * T_S + T_S**2  # 20 to 32 rev/s


def ramp_signal() -> np.ndarray:
    return 2 * np.cos(2 * np.pi * TURNS + 0.3) + 0.5 * np.cos(2 * np.pi * 3.585 * TURNS)


@pytest.mark.parametrize("source", ["speed", "tacho"])
def test_a_ramp_smears_in_frequency_and_stands_in_orders(source: str) -> None:
    x = ramp_signal()
    if source == "speed":
        phase = phase_from_speed(20 + 2 * T_S, sampling_rate_hz=RATE_HZ, n_samples=N)
    else:
        pulses_s = tacho_pulse_times(np.cos(2 * np.pi * TURNS) ** 9, sampling_rate_hz=RATE_HZ)
        phase = tacho_to_phase(pulses_s, sampling_rate_hz=RATE_HZ, n_samples=N)

    smeared = np.abs(np.fft.rfft(x * np.hanning(N))) * 4 / N
    assert smeared.max() < 0.3 * 2  # less than a third of the larger line is left at any frequency

    s = order_spectrum(resample_to_angle(x, phase, samples_per_revolution=32))
    for order, level in ((1.0, 2.0), (3.585, 0.5)):
        near = np.abs(s.order - order) < 0.5
        top = s.amplitude[near].argmax()
        assert s.amplitude[near][top] == pytest.approx(level, rel=0.02)
        assert abs(s.order[near][top] - order) <= s.order[1]
        aside = near & (np.abs(s.order - order) > 6 * s.order[1])  # outside the flat-top line
        assert s.amplitude[aside].max() < 0.01 * level


def test_nothing_folds_down_from_above_the_highest_order() -> None:
    phase = phase_from_speed(20 + 2 * T_S, sampling_rate_hz=RATE_HZ, n_samples=N)
    loud = np.cos(2 * np.pi * 700 * T_S) + np.cos(2 * np.pi * 5500 * T_S)  # 22 orders and more, against 8 kept
    y = resample_to_angle(loud, phase, samples_per_revolution=16)
    inner = y.samples[200:-200]
    assert 20 * np.log10(np.abs(inner).max()) < -80


def test_angle_samples_follow_the_tone_up_to_nine_tenths_of_the_highest_order() -> None:
    phase = phase_from_speed(20 + 2 * T_S, sampling_rate_hz=RATE_HZ, n_samples=N)
    y = resample_to_angle(np.cos(2 * np.pi * 7.1 * TURNS), phase, samples_per_revolution=16)
    assert np.abs(y.samples - np.cos(2 * np.pi * 7.1 * y.revolution))[200:-200].max() < 1e-3


def test_a_documented_chirp_with_four_orders() -> None:
    """The example of MATLAB's ordertrack: 600 Hz, 5 s, 10 to 40 rev/s, orders 1, 0.5, 4, 6."""
    rate_hz, levels = 600.0, {1.0: 1.0, 0.5: 0.5, 4.0: 2**0.5, 6.0: 2.0}
    t_s = np.arange(3001) / rate_hz
    phase = phase_from_speed(10 + 6 * t_s, sampling_rate_hz=rate_hz, n_samples=3001)
    x = sum(a * np.cos(2 * np.pi * o * phase.revolutions) for o, a in levels.items())
    angle = resample_to_angle(x, phase, samples_per_revolution=32)
    track = track_orders(angle, orders=np.array(list(levels)), revolutions=16)
    for row, level in zip(track.amplitude, levels.values(), strict=True):
        assert row == pytest.approx(level, rel=0.03)


def test_a_growing_order_is_followed() -> None:
    phase = phase_from_speed(25.0, sampling_rate_hz=RATE_HZ, n_samples=N)
    x = (1 + phase.revolutions / 150) * np.cos(2 * np.pi * 3 * phase.revolutions)
    track = track_orders(resample_to_angle(x, phase, samples_per_revolution=16), orders=np.array([3.0]), revolutions=8)
    inner = slice(1, -1)
    assert track.amplitude[0][inner] == pytest.approx((1 + track.revolution / 150)[inner], rel=1e-3)


@pytest.mark.parametrize(("window", "worst"), [("flattop", 0.002), ("hann", 0.16)])
def test_amplitude_between_bins(window, worst: float) -> None:
    turns = np.arange(16 * 40) / 16
    for order in (3.0, 3.0125):
        angle = AngleSignal(np.cos(2 * np.pi * order * turns), 16, 0.0)
        assert order_spectrum(angle, window=window).amplitude.max() == pytest.approx(1, rel=worst)


@pytest.mark.parametrize("start", [0.37, 5.0])
def test_samples_lie_at_whole_revolutions(start: float) -> None:
    phase = phase_from_speed(10.0, sampling_rate_hz=1000.0, n_samples=3000)
    shifted = type(phase)(phase.revolutions + start, 1000.0)
    y = resample_to_angle(np.cos(2 * np.pi * shifted.revolutions), shifted, samples_per_revolution=20)
    k = round(-y.start_revolution * 20) % 20
    assert y.samples[k + 20] == pytest.approx(1, abs=1e-3)
    assert y.revolution[0] >= start


@given(st.floats(0.01, 100), st.integers(0, 2**31))
def test_batch_is_loop_and_gain_scales(gain: float, seed: int) -> None:
    x = np.random.default_rng(seed).standard_normal((2, 2, 3000)).astype(np.float32)
    phase = phase_from_speed(np.linspace(11, 17, 3000), sampling_rate_hz=1000.0, n_samples=3000)
    y = resample_to_angle(x, phase, samples_per_revolution=12)
    s, track = order_spectrum(y, revolutions=10), track_orders(y, orders=np.array([1.0, 2.7]), revolutions=5)
    assert y.samples.dtype == s.amplitude.dtype == track.amplitude.dtype == np.float32
    one = resample_to_angle(gain * x[1, 0].astype(np.float64), phase, samples_per_revolution=12)
    assert one.samples == pytest.approx(gain * y.samples[1, 0], rel=1e-3, abs=gain * 1e-5)
    assert order_spectrum(one, revolutions=10).amplitude == pytest.approx(gain * s.amplitude[1, 0], rel=1e-3)
    assert track_orders(one, orders=np.array([1.0, 2.7]), revolutions=5).amplitude == pytest.approx(
        gain * track.amplitude[1, 0], rel=1e-3, abs=gain * 1e-5
    )


def test_refusals() -> None:
    phase = phase_from_speed(10.0, sampling_rate_hz=1000.0, n_samples=3000)
    slow = phase_from_speed(0.01, sampling_rate_hz=1000.0, n_samples=3000)
    x = np.ones(3000)
    angle = resample_to_angle(x, phase, samples_per_revolution=16)
    with pytest.raises(ParameterError, match="4 or more"):
        resample_to_angle(x, phase, samples_per_revolution=2)
    with pytest.raises(ParameterError, match="belong together"):
        resample_to_angle(x[:-1], phase)
    with pytest.raises(ParameterError, match="lowest speed"):
        resample_to_angle(x, slow)
    with pytest.raises(ParameterError, match="30 whole revolutions"):
        order_spectrum(angle, revolutions=31)
    with pytest.raises(ParameterError, match="record longer"):
        order_spectrum(AngleSignal(np.ones(5), 16, 0.0))
    with pytest.raises(ParameterError, match=r"above 0 up to 7\.2"):
        track_orders(angle, orders=np.array([7.5]))
    with pytest.raises(ParameterError, match="2 or more"):
        track_orders(angle, orders=np.array([1.0]), revolutions=1)
