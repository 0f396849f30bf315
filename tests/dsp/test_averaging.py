"""Synchronous averaging against a plain loop and the square-root law."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.dsp.averaging import average_revolutions, time_synchronous_average
from palier.dsp.orders import AngleSignal
from palier.dsp.phase import phase_from_speed
from palier.errors import ParameterError


@given(st.integers(0, 2**31), st.integers(1, 3), st.integers(-20, 20))
def test_against_a_plain_loop(seed: int, revolutions: int, lead: int) -> None:
    x = np.random.default_rng(seed).standard_normal((2, 237))
    found = average_revolutions(AngleSignal(x, 16, lead / 16), revolutions=revolutions)
    first = next(i for i in range(16) if (lead + i) % 16 == 0)
    period = 16 * revolutions
    for row in range(2):
        parts = []
        i = first
        while i + period <= 237:
            parts.append(x[row, i : i + period])
            i += period
        mean = sum(parts) / len(parts)
        assert found.n_periods == len(parts)
        assert found.average[row] == pytest.approx(mean)
        assert found.residual[row] == pytest.approx([x[row, k] - mean[(k - first) % period] for k in range(237)])


@pytest.mark.parametrize("n", [16, 100, 900])
def test_noise_falls_with_the_square_root(n: int) -> None:
    rng = np.random.default_rng(n)
    found = average_revolutions(AngleSignal(rng.standard_normal(n * 512), 512, 0.0))
    assert found.average.std() * np.sqrt(n) == pytest.approx(1, rel=0.1)  # its own scatter is 3 %


def test_a_gear_is_taken_out_of_a_recording_at_changing_speed() -> None:
    rate_hz, n = 10_000.0, 60_000
    rng = np.random.default_rng(0)
    phase = phase_from_speed(np.linspace(18, 24, n), sampling_rate_hz=rate_hz, n_samples=n)
    theta = 2 * np.pi * phase.revolutions
    gear = np.cos(23 * theta) * (1 + 0.4 * np.cos(theta)) + 0.3 * np.cos(46 * theta + 1)
    rest = 0.2 * rng.standard_normal(n).astype(np.float32)
    x = np.stack([gear + rest, 2 * gear]).astype(np.float32)
    found = time_synchronous_average(x, phase)
    assert found.residual.shape == x.shape
    assert found.residual.dtype == np.float32
    assert found.n_periods == 125
    inner = slice(200, -200)
    assert found.residual[1, inner].std() < 0.002 * gear.std()
    removed = found.residual[0, inner] - rest[inner]  # only what noise leaves in the average
    assert removed.std() < 1.5 * 0.2 / np.sqrt(125)
    assert found.average[1].std() == pytest.approx(2 * gear.std(), rel=0.01)


def test_a_geared_shaft_has_its_own_average() -> None:
    phase = phase_from_speed(20.0, sampling_rate_hz=4000.0, n_samples=40_000)
    slow = phase.scaled(7 / 16)
    one, other = np.cos(2 * np.pi * 5 * phase.revolutions), np.cos(2 * np.pi * 5 * slow.revolutions)
    found = time_synchronous_average(one + other, slow, revolutions=1)
    assert found.average.std() == pytest.approx(other.std(), rel=0.05)
    assert (found.residual - one)[200:-200].std() < 0.1


def test_what_lies_above_the_highest_order_stays_in_the_residual() -> None:
    phase = phase_from_speed(20.0, sampling_rate_hz=4000.0, n_samples=40_000)
    high = np.cos(2 * np.pi * 40 * phase.revolutions)
    found = time_synchronous_average(high, phase, samples_per_revolution=32)
    assert found.residual[200:-200] == pytest.approx(high[200:-200], abs=0.01)


def test_refusals() -> None:
    with pytest.raises(ParameterError, match="1 whole periods"):
        average_revolutions(AngleSignal(np.ones(31), 16, 0.0))
    with pytest.raises(ParameterError, match="1 or more"):
        average_revolutions(AngleSignal(np.ones(310), 16, 0.0), revolutions=0)
    with pytest.raises(ParameterError, match="belong together"):
        time_synchronous_average(np.ones(99), phase_from_speed(10.0, sampling_rate_hz=1000.0, n_samples=3000))
