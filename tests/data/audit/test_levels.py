import numpy as np
import pytest

from palier.data.audit.grid import find_grid
from palier.data.audit.levels import check_length, check_offset, check_resolution


def resolution(x):
    x = x.astype(np.float32)
    return check_resolution(x, source="a", grid=find_grid(x))


def test_an_offset_beyond_the_vibration_is_reported(rng):
    x = rng.normal(size=20_000).astype(np.float32)
    assert check_offset(x + 0.9, source="a", unit="g") is None
    found = check_offset(x + np.float32(3), source="a", unit="g")
    assert found.values["ratio"] == pytest.approx(3, rel=0.03)


@pytest.mark.parametrize(("sigma", "severity"), [(0.3, "fatal"), (2.0, "warning"), (5.0, None), (300.0, None)])
def test_few_steps_are_reported(rng, sigma, severity):
    found = resolution(np.round(rng.normal(scale=sigma, size=50_000)) * 0.01)
    assert (None if found is None else found.severity) == severity
    if found is not None:
        assert found.values["step"] == pytest.approx(0.01, rel=1e-3)


def test_continuous_values_have_resolution_enough(rng):
    assert resolution(rng.normal(size=10_000)) is None


@pytest.mark.parametrize(
    ("n", "declared", "short"),
    [
        (12_000, {}, False),
        (7_000, {}, True),
        (7_000, {"speed_hz": None}, False),
        (5_000, {"speed_hz": None}, True),
        (300, {"sampling_rate_hz": None}, False),
        (200, {"sampling_rate_hz": None}, True),
    ],
)
def test_length_is_judged_by_revolutions_then_seconds_then_samples(rng, make, n, declared, short):
    assert (check_length(make(rng.normal(size=n), **declared)) is not None) is short
