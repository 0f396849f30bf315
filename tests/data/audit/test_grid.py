"""Steps are recovered from codes we made ourselves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.data.audit.grid import find_grid


@given(
    st.floats(1e-6, 10.0),
    st.integers(20, 16_000),
    st.integers(0, 2**32 - 1),
)
def test_the_step_of_a_converter_is_found(step, peak_code, seed):
    codes = np.random.default_rng(seed).normal(scale=peak_code / 4, size=40_000).round().clip(-peak_code, peak_code)
    grid = find_grid((codes * step).astype(np.float32))
    assert grid is not None
    assert grid.step == pytest.approx(step, rel=1e-3)
    assert grid.zero_on_grid


def test_an_offset_between_the_steps_is_seen(rng):
    codes = rng.normal(scale=200, size=20_000).round()
    grid = find_grid(((codes + 0.5) * 0.01).astype(np.float32))
    assert grid.step == pytest.approx(0.01, rel=1e-4)
    assert not grid.zero_on_grid


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_continuous_values_have_no_grid(rng, scale):
    assert find_grid((scale * rng.normal(size=50_000)).astype(np.float32)) is None


def test_few_values_have_no_grid():
    assert find_grid(np.array([0, 1, 0, 1, 1], np.float32)) is None
