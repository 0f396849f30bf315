"""What time stamps prove, against stamps whose rate is known."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from palier.data.timebase import STEP_TOLERANCE, TimeBaseMeter, time_base


@given(rate_hz=st.floats(1e-3, 1e7), n=st.integers(2, 3000), start_s=st.floats(-1e3, 1e3))
def test_a_uniform_grid_gives_its_rate(rate_hz: float, n: int, start_s: float) -> None:
    assume(abs(start_s) * 2.3e-16 < 1e-4 / rate_hz)  # stamps must be able to show the steps
    found = time_base(start_s + np.arange(n) / rate_hz)
    assert found.problem is None
    assert found.sampling_rate_hz == pytest.approx(rate_hz, rel=1e-3)


@pytest.mark.parametrize("rate_hz", [1.0, 12_000.0, 25_600.0, 48_000.0, 51_200.0, 97_656.0])
@pytest.mark.parametrize("decimals", [6, 7, 9])
def test_rounded_stamps_give_the_whole_rate_over_a_second(rate_hz: float, decimals: int) -> None:
    assert time_base(np.round(np.arange(int(rate_hz) + 2) / rate_hz, decimals)).sampling_rate_hz == rate_hz


def test_a_rate_that_is_not_whole_stays_so() -> None:
    assert time_base(np.arange(100_000) / 12_207.03125).sampling_rate_hz == pytest.approx(12_207.03125, rel=1e-12)


@given(at=st.integers(1, 199), share=st.floats(-3, 3))
def test_one_displaced_step_is_found_where_it_is(at: int, share: float) -> None:
    t = np.arange(200) * 0.01
    t[at:] += share * 0.01
    found = time_base(t)
    if abs(share) > STEP_TOLERANCE + 1e-6:
        assert found.problem is not None
        assert f"from sample {at - 1} to {at} " in found.problem
    elif abs(share) < STEP_TOLERANCE - 1e-6:
        assert found.sampling_rate_hz is not None


def test_jitter_above_one_percent_is_told() -> None:
    t = np.arange(1000) * 1e-3
    t[500] += 2e-5
    assert time_base(t).remark is not None
    t[500] -= 1.9e-5
    assert time_base(t).remark is None


@pytest.mark.parametrize(
    "t", [[0.0], [0.0, 0.0], [1.0, 0.0], [0.0, np.nan, 1.0], [0.0, np.inf, 2.0], [0.0] * 5000, [np.nan] * 3]
)
def test_stamps_that_prove_nothing(t: list[float]) -> None:
    found = time_base(np.array(t))
    assert found.sampling_rate_hz is None
    assert found.problem


@given(cuts=st.lists(st.integers(0, 20_000), max_size=6))
def test_pieces_give_what_the_whole_gives(cuts: list[int]) -> None:
    t = np.round(np.arange(20_000) / 25_600, 6)
    meter = TimeBaseMeter()
    for piece in np.split(t, sorted(cuts)):
        meter.add(piece)
    assert meter.result() == time_base(t) or meter.result().sampling_rate_hz == time_base(t).sampling_rate_hz
