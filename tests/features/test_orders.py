import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palier.features import signal_context
from palier.features.orders import (
    ORDERS,
    harmonic_balance,
    order_amplitudes,
    order_prominences,
    subsynchronous_amplitude,
    subsynchronous_order,
    subsynchronous_prominence,
    subsynchronous_ratio,
    whirl_sideband_prominence,
)

RATE_HZ, N = 5120.0, 10_240
T_S = np.arange(N) / RATE_HZ


def context(x: np.ndarray, speed_hz: float):
    return signal_context(x, sampling_rate_hz=RATE_HZ, speed_hz=speed_hz)


@settings(max_examples=25)
@given(
    speed_hz=st.floats(40, 90),
    order=st.sampled_from(ORDERS),
    amplitude=st.floats(0.01, 100),
    phase=st.floats(0, 6.3),
)
def test_a_line_reads_its_amplitude_at_its_own_order_and_nothing_elsewhere(speed_hz, order, amplitude, phase) -> None:
    c = context(amplitude * np.sin(2 * np.pi * order * speed_hz * T_S + phase), speed_hz)
    got = order_amplitudes(c)[0]
    at = ORDERS.index(order)
    assert got[at] == pytest.approx(amplitude, rel=0.01)
    assert np.delete(got, at).max() < 0.05 * amplitude


def test_the_harmonic_balance_is_bounded_where_a_ratio_is_not() -> None:
    one, two = (np.sin(2 * np.pi * k * 60 * T_S) for k in (1, 2))
    assert harmonic_balance(context(one, 60.0))[0] == pytest.approx([-1, -1], abs=0.01)
    assert harmonic_balance(context(two, 60.0))[0, 0] == pytest.approx(1, abs=1e-6)
    assert harmonic_balance(context(one + two, 60.0))[0, 0] == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("order", [0.42, 0.45, 0.48])
@pytest.mark.parametrize("speed_hz", [54.0, 60.0, 66.0])
def test_a_whirl_is_found_with_its_order_and_its_amplitude(order: float, speed_hz: float) -> None:
    noise = 0.02 * np.random.default_rng(0).standard_normal(N)
    c = context(0.7 * np.sin(2 * np.pi * order * speed_hz * T_S) + np.sin(2 * np.pi * speed_hz * T_S) + noise, speed_hz)
    assert subsynchronous_amplitude(c)[0] == pytest.approx(0.7, rel=0.06)
    assert subsynchronous_order(c)[0] == pytest.approx(order, abs=0.015)
    assert subsynchronous_ratio(c)[0] == pytest.approx(0.49 / 1.49, rel=0.1)
    assert subsynchronous_prominence(c)[0] > 25


def test_exactly_one_half_is_no_whirl() -> None:
    t_s = np.arange(4 * N) / RATE_HZ  # 8 s: bins of an eighth of a hertz keep 0.49× and 0.5× apart
    noise = 0.02 * np.random.default_rng(0).standard_normal(4 * N)
    c = context(np.sin(2 * np.pi * 30 * t_s) + np.sin(2 * np.pi * 60 * t_s) + noise, 60.0)
    assert subsynchronous_ratio(c)[0] < 0.02
    assert order_amplitudes(c)[0, ORDERS.index(0.5)] == pytest.approx(1, rel=0.01)


def test_prominence_is_that_of_lines_and_not_of_noise() -> None:
    noise = np.random.default_rng(0).standard_normal((50, N))
    quiet = order_prominences(context(noise, 60.0))
    assert (np.median(quiet, axis=0) < 10).all()
    line = order_prominences(context(noise[:5] + 0.5 * np.sin(2 * np.pi * 120 * T_S), 60.0))
    assert (line[:, 1] > 15).all()
    assert np.median(line[:, [0, 2, 3]]) < 10


def test_a_swelling_whirl_has_sidebands_and_a_steady_one_has_not() -> None:
    noise = 0.02 * np.random.default_rng(0).standard_normal((10, N))
    carrier = np.sin(2 * np.pi * 27 * T_S + 1)
    swelling = context(noise + (1 + 0.2 * np.sin(2 * np.pi * 13.5 * T_S)) * carrier, 60.0)
    steady = context(noise + carrier + 0.4 * np.sin(2 * np.pi * 60 * T_S), 60.0)
    assert whirl_sideband_prominence(swelling).min() > whirl_sideband_prominence(steady).max() + 10


def test_an_order_above_nyquist_is_undefined() -> None:
    x = np.random.default_rng(0).standard_normal(N)
    got = order_amplitudes(context(x, 400.0))[0]
    assert np.isnan(got[[o * 400 > 2500 for o in ORDERS]]).all()
    assert np.isfinite(got[: ORDERS.index(6.0)]).all()
