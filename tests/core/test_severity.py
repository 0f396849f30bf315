"""The limits against the published ISO tables, written out once more by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.core.severity import ISO_10816_1_CLASSES, ISO_20816_3_LIMITS, ZoneLimits
from palier.errors import ParameterError

PUBLISHED = {
    ("1", "rigid"): (2.3, 4.5, 7.1),
    ("1", "flexible"): (3.5, 7.1, 11.0),
    ("2", "rigid"): (1.4, 2.8, 4.5),
    ("2", "flexible"): (2.3, 4.5, 7.1),
}
PUBLISHED_CLASSES = {
    "I": (0.71, 1.8, 4.5),
    "II": (1.12, 2.8, 7.1),
    "III": (1.8, 4.5, 11.2),
    "IV": (2.8, 7.1, 18.0),
}


def test_limits_are_the_published_ones():
    assert {k: v.as_tuple() for k, v in ISO_20816_3_LIMITS.items()} == PUBLISHED
    assert {k: v.as_tuple() for k, v in ISO_10816_1_CLASSES.items()} == PUBLISHED_CLASSES


@pytest.mark.parametrize("limits", list(PUBLISHED.values()) + list(PUBLISHED_CLASSES.values()))
def test_a_value_on_the_limit_is_in_the_better_zone(limits):
    zones = ZoneLimits(*limits)
    for limit, better, worse in zip(limits, "ABC", "BCD", strict=True):
        assert zones.zone(limit) == better
        assert zones.zone(math.nextafter(limit, math.inf)) == worse


@given(st.floats(0, 100), st.floats(0, 100))
def test_more_vibration_is_never_a_better_zone(v, w):
    zones = ISO_20816_3_LIMITS["1", "flexible"]
    assert (v <= w) <= (zones.zone(v) <= zones.zone(w))


@pytest.mark.parametrize("limits", [(2, 2, 3), (3, 2, 4), (0, 1, 2), (-1, 1, 2)])
def test_limits_that_do_not_rise_are_refused(limits):
    with pytest.raises(ParameterError, match="rise"):
        ZoneLimits(*limits)


@pytest.mark.parametrize("velocity", [-0.1, math.nan, math.inf])
def test_impossible_velocity_is_refused(velocity):
    with pytest.raises(ParameterError, match="velocity"):
        ZoneLimits(1, 2, 3).zone(velocity)
