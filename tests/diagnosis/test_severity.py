"""Sines of known velocity land in the right zone, and whatever is not declared is refused by name."""

import numpy as np
import pytest

from palier.core.severity import ISO_20816_3_LIMITS
from palier.diagnosis.severity import rate_severity, rate_velocity, velocity_band_hz
from palier.errors import ParameterError

RATE_HZ = 12_000.0
G_M_S2 = 9.80665


def sine(velocity_rms_mm_s, *, frequency_hz=60.0, unit="mm/s", duration_s=6.0, rate_hz=RATE_HZ):
    """A sine whose r.m.s. velocity is known: acceleration amplitude = 2 pi f times velocity amplitude."""
    t_s = np.arange(round(duration_s * rate_hz)) / rate_hz
    v = np.sqrt(2) * velocity_rms_mm_s * np.sin(2 * np.pi * frequency_hz * t_s)
    a = np.sqrt(2) * velocity_rms_mm_s * 1e-3 * 2 * np.pi * frequency_hz * np.cos(2 * np.pi * frequency_hz * t_s)
    return {"mm/s": v, "m/s^2": a, "g": a / G_M_S2}[unit].astype(np.float32)


def rate(x, **changes):
    declared = {
        "sampling_rate_hz": RATE_HZ,
        "unit": "mm/s",
        "machine_group": "1",
        "support": "rigid",
        "speed_hz": 30.0,
    }
    return rate_severity(x, **(declared | changes))


@pytest.mark.parametrize("unit", ["mm/s", "m/s^2", "g"])
@pytest.mark.parametrize(("group", "support"), list(ISO_20816_3_LIMITS))
def test_a_sine_lands_on_the_right_side_of_every_limit(group, support, unit):
    limits = ISO_20816_3_LIMITS[group, support].as_tuple()
    for limit, better, worse in zip(limits, "ABC", "BCD", strict=True):
        for factor, zone in ((0.99, better), (1.01, worse)):
            rated = rate(sine(factor * limit, unit=unit), unit=unit, machine_group=group, support=support)
            assert rated.zone == zone
            assert rated.velocity_rms_mm_s == pytest.approx(factor * limit, rel=2e-3)
            assert rated.limits_mm_s == limits
            assert rated.edition is not None
            assert rated.refused_because is None


def test_vibration_outside_the_band_does_not_count():
    loud_below, loud_above = sine(50, frequency_hz=5.0), sine(50, frequency_hz=2000.0)
    assert rate(sine(1.0) + loud_below + loud_above).zone == "A"


def test_slow_machines_are_rated_from_2_hz():
    assert velocity_band_hz(10.0) == (10.0, 1000.0)
    assert velocity_band_hz(9.99) == (2.0, 1000.0)
    x = sine(3.0, frequency_hz=5.0)
    assert rate(x, speed_hz=5.0).zone == "B"
    assert rate(x, speed_hz=10.0).zone == "A"


@pytest.mark.parametrize(
    ("missing", "word"),
    [("unit", "unit"), ("machine_group", "machine group"), ("support", "support"), ("speed_hz", "speed")],
)
def test_a_missing_declaration_is_named(missing, word):
    rated = rate(sine(3.0), **{missing: None}, trend_db=7.5)
    assert rated.zone is None
    assert word in rated.refused_because
    assert rated.velocity_rms_mm_s is None
    assert rated.edition is None
    assert rated.trend_db == 7.5


def test_every_missing_declaration_is_named_at_once():
    rated = rate(sine(3.0), unit=None, machine_group=None, support=None, speed_hz=None)
    assert rated.refused_because.count(";") == 3


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"speed_hz": 119 / 60}, "119 rpm"),
        ({"speed_hz": 30_001 / 60}, "outside"),
        ({"sampling_rate_hz": 2500.0}, "2560"),
        ({"unit": "um"}, "displacement"),
    ],
)
def test_what_cannot_be_rated_is_refused(changes, word):
    rated = rate(sine(3.0), **changes)
    assert rated.zone is None
    assert word in rated.refused_because


def test_a_short_record_is_refused():
    assert "too short" in rate(sine(3.0, duration_s=0.99)).refused_because
    assert rate(sine(3.0, duration_s=1.0)).zone == "B"
    assert "too short" in rate(sine(3.0, duration_s=4.9), speed_hz=9.0).refused_because


@pytest.mark.parametrize("group", ["I", "3", "group 1", ""])
def test_a_class_is_not_a_group(group):
    with pytest.raises(ParameterError, match="not groups"):
        rate(sine(3.0), machine_group=group)


def test_an_unknown_support_is_refused():
    with pytest.raises(ParameterError, match="rigid, flexible"):
        rate(sine(3.0), support="soft")


def test_a_velocity_measured_elsewhere_is_rated_alike():
    assert rate_velocity(4.5, machine_group="1", support="rigid", speed_hz=30.0).zone == "B"
    assert rate_velocity(4.51, machine_group="1", support="rigid", speed_hz=30.0).zone == "C"
    assert rate_velocity(4.5, machine_group="1", support="rigid", speed_hz=1.0).zone is None
    with pytest.raises(ParameterError, match="velocity"):
        rate_velocity(float("nan"), machine_group="1", support="rigid", speed_hz=30.0)


@pytest.mark.parametrize("changes", [{"speed_hz": 0.0}, {"speed_hz": float("nan")}, {"sampling_rate_hz": 0.0}])
def test_impossible_numbers_are_refused(changes):
    with pytest.raises(ParameterError):
        rate(sine(3.0), **changes)


def test_the_answer_never_claims_conformity():
    assert "complian" not in str(rate(sine(3.0))).lower()
