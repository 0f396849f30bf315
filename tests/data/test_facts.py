"""What names and values state, and what they do not."""

from datetime import UTC, datetime
from typing import Any

import pytest

from palier.data.facts import NO_FACTS, Facts, Stated, facts_from, time_scale, unit_in_name


@pytest.mark.parametrize(
    ("name", "value", "rate_hz"),
    [
        ("fs", 12000, 12_000.0), ("Fs", "12000", 12_000.0), ("sampling_rate_hz", 25600.0, 25_600.0),
        ("Sampling Rate [kHz]", "25,6", 25_600.0), ("Sample rate", "51.2 kHz", 51_200.0),
        ("dt", 1 / 25600, 25_600.0), ("time step (ms)", 0.5, 2000.0), ("wf_increment", 1 / 48000, 48_000.0),
        ("rig/fs", 1.5, 1.5), ("bearing.sr", 48828, 48_828.0), ("samples_per_second", 100, 100.0),
    ],
)  # fmt: skip
def test_rates(name: str, value: Any, rate_hz: float) -> None:
    found = facts_from([(name, value)]).sampling_rate_hz
    assert found is not None
    assert found.value == pytest.approx(rate_hz, rel=1e-12)
    assert name in found.reason


@pytest.mark.parametrize(
    ("name", "value", "speed_hz"),
    [
        ("rpm", 1500, 25.0), ("speed_rpm", "1500", 25.0), ("Speed", "1500 rpm", 25.0), ("shaft_speed_hz", 25, 25.0),
        ("Drehzahl [1/min]", 1500, 25.0), ("motor speed (rpm)", "1500", 25.0),
    ],
)  # fmt: skip
def test_speeds(name: str, value: Any, speed_hz: float) -> None:
    found = facts_from([(name, value)]).speed_hz
    assert found is not None
    assert found.value == pytest.approx(speed_hz)


@pytest.mark.parametrize(
    ("name", "value"),
    [("speed", 1500), ("rate", 25.0), ("load", 270), ("n", 5), ("fs", "fast"), ("frequency", 50.0), ("fs", None),
     ("fs", [1, 2]), ("fs", True), ("unit", ""), ("Speed", "3 m/s"), ("fs [V]", 3)],
)  # fmt: skip
def test_names_that_state_nothing_beyond_doubt(name: str, value: Any) -> None:
    assert facts_from([(name, value)]) == NO_FACTS


def test_units() -> None:
    assert facts_from([("unit", "m/s²")]).unit == Stated("m/s^2", "'unit' in the file")
    volts = facts_from([("Unit", "V")])
    assert volts.unit is None
    assert volts.notes == ("'Unit' = 'V' is none of g, m/s^2, mm/s, um: not used",)


@pytest.mark.parametrize(
    ("text", "unit"),
    [("acc [g]", "g"), ("a (m/s^2)", "m/s^2"), ("Beschleunigung [m/s²]", "m/s^2"), ("v [mm/s]", "mm/s"),
     ("d (µm)", "um"),
     ("acc_g", "g"), ("x_m_s2", "m/s^2"), ("v_mm_s", "mm/s"), ("gap_um", "um"), ("a1", None), ("mass_g", None),
     ("u [V]", None), ("_um", None), ("[g]", "g")],
)  # fmt: skip
def test_units_in_names(text: str, unit: str | None) -> None:
    assert unit_in_name(text) == unit


@pytest.mark.parametrize(
    ("text", "scale"),
    [
        ("t", 1.0),
        ("Time", 1.0),
        ("time_ms", 1e-3),
        ("time [µs]", 1e-6),
        ("x/t", 1.0),
        ("timer", None),
        ("time [V]", None),
    ],
)
def test_names_of_time(text: str, scale: float | None) -> None:
    assert time_scale(text) == scale


def test_start_times_need_a_zone() -> None:
    aware = datetime(2024, 5, 1, 10, tzinfo=UTC)
    assert facts_from([("start_time", "2024-05-01T10:00:00Z")]).start_time == Stated(aware, "'start_time' in the file")
    assert facts_from([("start_time", aware)]).start_time is not None
    naive = facts_from([("start_time", "2024-05-01T10:00:00")])
    assert naive.start_time is None
    assert "no time zone" in naive.notes[0]


def test_a_file_that_contradicts_itself_states_nothing() -> None:
    found = facts_from([("fs", 12000), ("sampling_rate", 48000)])
    assert found.sampling_rate_hz is None
    assert "contradicts itself" in found.notes[0]
    assert facts_from([("fs", 12000), ("dt", 1 / 12000)]).sampling_rate_hz is not None


def test_nearer_facts_win() -> None:
    near = Facts(unit=Stated("g", "near"), notes=("a",))
    far = Facts(unit=Stated("um", "far"), speed_hz=Stated(25.0, "far"), notes=("a", "b"))
    both = near.over(far)
    assert both.unit == Stated("g", "near")
    assert both.speed_hz == Stated(25.0, "far")
    assert both.notes == ("a", "b")
