from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from palier.core.recording import Provenance, Recording
from palier.core.units import UNITS, parse_unit, to_si_factor
from palier.errors import ParameterError, UndeclaredError


def recording(**changed: object) -> Recording:
    fields: dict[str, object] = {
        "samples": np.arange(20, dtype=np.float32).reshape(2, 10),
        "provenance": Provenance("a.mat", "0" * 64),
        "sampling_rate_hz": 5.0,
        **changed,
    }
    return Recording(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "word"),
    [({"samples": np.zeros(5, np.float32)}, "shape"), ({"samples": np.zeros((1, 0), np.float32)}, "empty"),
     ({"samples": np.zeros((1, 5))}, "float32"), ({"samples": np.array([[1, np.nan]], np.float32)}, "NaN"),
     ({"samples": np.array([[1, np.inf, -np.inf]], np.float32)}, "2 of 3"),
     ({"sampling_rate_hz": 0.0}, "sampling_rate_hz"),
     ({"sampling_rate_hz": float("nan")}, "sampling_rate_hz"), ({"speed_hz": -1.0}, "speed_hz"),
     ({"unit": "V"}, "unit"),
     ({"channel_names": ("one",)}, "channel names"),
     ({"start_time": datetime(2026, 1, 1)}, "time zone")],  # noqa: DTZ001 - without a zone on purpose
)  # fmt: skip
def test_what_no_recording_can_be_is_refused(changed: dict[str, object], word: str) -> None:
    with pytest.raises(ParameterError, match=word):
        recording(**changed)


def test_samples_cannot_be_changed_and_the_givers_array_stays_his() -> None:
    own = np.zeros((1, 5), np.float32)
    r = recording(samples=own)
    with pytest.raises(ValueError, match="read-only"):
        r.samples[0, 0] = 1
    own[0, 0] = 1  # still writeable for whoever made it


def test_what_is_undeclared_stops_the_step_that_needs_it() -> None:
    bare = recording(sampling_rate_hz=None)
    for call, option in (
        (bare.require_rate, "--sampling-rate"),
        (bare.require_unit, "unit"),
        (bare.require_speed, "--speed-rpm"),
    ):
        with pytest.raises(UndeclaredError, match=option):
            call()
    with pytest.raises(UndeclaredError):
        _ = bare.duration_s


def test_a_channel_is_found_by_name_or_number() -> None:
    r = recording(channel_names=("DE", "FE"))
    assert r.channel("fe").samples[0, 0] == 10
    assert r.channel("0").channel_names == ("DE",)
    for name in ("BA", "7", "²"):
        with pytest.raises(ParameterError, match="DE, FE"):
            r.channel(name)


def test_segments_cut_time_and_stay_inside() -> None:
    part = recording().segment(start_s=0.4, duration_s=1.0)
    np.testing.assert_array_equal(part.samples[0], [2, 3, 4, 5, 6])
    assert part.duration_s == 1.0
    for start, length in ((-0.2, 1.0), (1.5, 1.0), (0.0, 0.0)):
        with pytest.raises(ParameterError, match="outside"):
            recording().segment(start_s=start, duration_s=length)
    for start, length in ((float("nan"), 1.0), (0.0, float("inf"))):
        with pytest.raises(ParameterError, match="finite"):
            recording().segment(start_s=start, duration_s=length)


def test_replace_keeps_everything_else() -> None:
    r = recording(start_time=datetime(2026, 1, 1, tzinfo=UTC), unit="g")
    assert replace(r, speed_hz=25.0).unit == "g"
    assert recording().channel_names == ("ch0", "ch1")


@pytest.mark.parametrize(
    ("text", "unit"), [("G", "g"), ("m/s²", "m/s^2"), ("mm / s", "mm/s"), ("µm", "um"), ("um", "um")]
)
def test_units_are_understood_in_their_spellings(text: str, unit: str) -> None:
    assert parse_unit(text) == unit


def test_an_unknown_unit_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ParameterError, match=r"m/s\^2"):
        parse_unit("inch")


def test_factors_to_si() -> None:
    assert {u: to_si_factor(u) for u in UNITS} == {"g": 9.80665, "m/s^2": 1.0, "mm/s": 1e-3, "um": 1e-6}
