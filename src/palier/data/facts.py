"""What files say about a recording besides its samples, and the names under which they say it."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from palier.core.units import Unit, parse_unit
from palier.data.source import printable
from palier.errors import ParameterError

__all__ = ["NO_FACTS", "Facts", "Stated", "facts_from", "name_and_unit", "time_scale", "unit_in_name"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stated(Generic[T]):
    """A value and who says so."""

    value: T
    reason: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file states about a recording; ``None`` where it states nothing."""

    sampling_rate_hz: Stated[float] | None = None
    unit: Stated[Unit] | None = None
    speed_hz: Stated[float] | None = None
    start_time: Stated[datetime] | None = None
    bearing_name: Stated[str] | None = None
    notes: tuple[str, ...] = ()

    def over(self, other: "Facts") -> "Facts":
        """Return these facts, completed by those of `other`."""
        mine = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "notes"}
        filled = {name: getattr(other, name) if value is None else value for name, value in mine.items()}
        return replace(self, **filled, notes=self.notes + tuple(n for n in other.notes if n not in self.notes))


#: Of a file that states nothing.
NO_FACTS = Facts()

_RATE_NAMES = frozenset(
    [
        "fs",
        "sr",
        "fsamp",
        "samplingrate",
        "samplerate",
        "samplingfrequency",
        "samplefrequency",
        "samplingfreq",
        "samplefreq",
        "samplespersecond",
        "abtastrate",
        "abtastfrequenz",
        "frequencedechantillonnage",
    ]
)
_STEP_NAMES = frozenset(
    [
        "dt",
        "deltat",
        "sampleinterval",
        "samplinginterval",
        "sampleperiod",
        "samplingperiod",
        "timestep",
        "timeincrement",
        "xincrement",
        "wfincrement",
    ]
)
_SPEED_NAMES = frozenset(
    [
        "speed",
        "shaftspeed",
        "rotationalspeed",
        "rotationspeed",
        "rotatingspeed",
        "motorspeed",
        "runningspeed",
        "shaft",
        "rotation",
        "rotor",
        "motor",
        "shaftfrequency",
        "rotationalfrequency",
        "rotationfrequency",
        "drehzahl",
        "vitesse",
        "n",
        "rpm",
    ]
)
_UNIT_NAMES = frozenset(
    ["unit", "units", "unitstring", "yunit", "amplitudeunit", "accelerationunit", "engineeringunits", "einheit"]
)
_START_NAMES = frozenset(
    ["starttime", "startdate", "recordedat", "datetime", "wfstarttime", "acquisitiontime", "measurementtime"]
)
_BEARING_NAMES = frozenset(["bearing", "bearingname", "bearingtype", "bearingdesignation"])
_TIME_NAMES = frozenset(
    [
        "t",
        "time",
        "times",
        "timestamp",
        "timestamps",
        "zeit",
        "temps",
        "elapsed",
        "elapsedtime",
        "timeaxis",
        "sec",
        "seconds",
    ]
)

_HZ_FACTORS = {"hz": 1.0, "khz": 1e3, "mhz": 1e6, "1/s": 1.0, "s/s": 1.0, "sps": 1.0, "samples/s": 1.0}
_SECOND_FACTORS = {
    "s": 1.0, "sec": 1.0, "secs": 1.0, "second": 1.0, "seconds": 1.0,
    "ms": 1e-3, "msec": 1e-3, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "usec": 1e-6, "ns": 1e-9, "min": 60.0,
}  # fmt: skip
_SPEED_FACTORS = {"hz": 1.0, "1/s": 1.0, "rps": 1.0, "rpm": 1 / 60, "1/min": 1 / 60, "r/min": 1 / 60}
_SUFFIX_UNITS = {"hz": "hz", "khz": "khz", "rpm": "rpm", "rps": "rps", "ms": "ms", "us": "us", "ns": "ns", "s": "s"}
_SUFFIX_VIBRATION: dict[str, Unit] = {"_m_s2": "m/s^2", "_mm_s": "mm/s", "_um": "um"}

_BRACKETED = re.compile(r"^\s*(.*?)\s*[\[(]\s*([^\[\]()]*(?:\([^()]*\))?[^\[\]()]*)\s*[\])]\s*$")
_NUMBER_AND_UNIT = re.compile(r"^\s*([+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?)\s*([^\d\s].*?)?\s*$")


def name_and_unit(text: str) -> tuple[str, str | None]:
    """Split a column or variable name into the name proper and the unit written behind it.

    Examples
    --------
    >>> name_and_unit("Acceleration [m/s²]"), name_and_unit("time_ms"), name_and_unit("a1")
    (('Acceleration', 'm/s²'), ('time', 'ms'), ('a1', None))
    """
    if match := _BRACKETED.match(text):
        return match[1], match[2].strip()
    base, _, suffix = text.strip().rpartition("_")
    if base and suffix.lower() in _SUFFIX_UNITS:
        return base, _SUFFIX_UNITS[suffix.lower()]
    return text.strip(), None


def unit_in_name(text: str) -> Unit | None:
    """Return the vibration unit that a column name states, in brackets or as a suffix (``_m_s2``, ``_mm_s``, ``_um``).

    Examples
    --------
    >>> unit_in_name("ax (m/s2)"), unit_in_name("velocity_mm_s"), unit_in_name("a1"), unit_in_name("u [V]")
    ('m/s^2', 'mm/s', None, None)
    """
    lowered = text.strip().lower()
    for suffix, unit in _SUFFIX_VIBRATION.items():
        if lowered.endswith(suffix) and len(lowered) > len(suffix):
            return unit
    if lowered.endswith("_g") and lowered.startswith(("acc", "vib")):
        return "g"
    match = _BRACKETED.match(text)
    return None if match is None else _vibration_unit(match[2])


def time_scale(text: str) -> float | None:
    """Return the seconds per unit of a time axis named `text` (1 where it names no unit); ``None`` if it names no time.

    Examples
    --------
    >>> time_scale("Time [ms]"), time_scale("t"), time_scale("a1"), time_scale("time (V)")
    (0.001, 1.0, None, None)
    """
    base, unit = name_and_unit(text)
    if _plain(base) not in _TIME_NAMES:
        return None
    return 1.0 if unit is None else _SECOND_FACTORS.get(unit.lower())


def facts_from(entries: Iterable[tuple[str, Any]]) -> Facts:
    """Return what named values (variables, attributes, header lines) state about a recording.

    Only names whose meaning is beyond doubt count: a speed needs its unit in the name or the value (``rpm``,
    ``speed_hz``), a start time its time zone.

    Examples
    --------
    >>> facts = facts_from([("fs", 25600), ("speed_rpm", "1500"), ("Unit", "m/s2")])
    >>> facts.sampling_rate_hz.value, facts.speed_hz.value, facts.unit.value
    (25600.0, 25.0, 'm/s^2')
    """
    found: dict[str, list[Stated[Any]]] = {}
    notes: list[str] = []
    for name, value in entries:
        base, name_unit = name_and_unit(name)
        stated = _meaning(_plain(base), name_unit, value)
        if stated is None:
            continue
        quantity, meaning = stated
        if meaning is None:
            notes.append(f"{printable(name, limit=60)!r} = {printable(str(value), limit=60)!r} {_UNUSED[quantity]}")
        else:
            found.setdefault(quantity, []).append(Stated(meaning, f"{printable(name, limit=60)!r} in the file"))
    kept: dict[str, Stated[Any]] = {}
    for quantity, values in found.items():
        if any(_differ(v.value, values[0].value) for v in values[1:]):
            listed = " and ".join(f"{v.value} ({v.reason})" for v in values)
            notes.append(f"{quantity}: the file contradicts itself, {listed}; none is used")
        else:
            kept[quantity] = values[0]
    return Facts(**kept, notes=tuple(notes))


_UNUSED = {
    "start_time": "has no time zone, or is no ISO 8601 date and time: not used",
    "unit": "is none of g, m/s^2, mm/s, um: not used",
    "speed_hz": "is no positive speed: not used",
}


def _meaning(name: str, name_unit: str | None, value: Any) -> tuple[str, Any] | None:
    """Return the quantity `name` stands for and its value; a value of ``None`` means that it cannot be used."""
    if name in _BEARING_NAMES and isinstance(value, str) and 3 <= len(value.strip()) <= 64:
        return "bearing_name", printable(value.strip())
    if name in _UNIT_NAMES and isinstance(value, str) and value.strip():
        return "unit", _vibration_unit(value)
    if name in _START_NAMES and isinstance(value, (str, datetime)):
        return "start_time", _aware(value)
    number, unit = _number_and_unit(value)
    if number is None:
        return None
    unit = (unit or name_unit or "").lower().strip("[]() ")
    if name in _RATE_NAMES and (unit or "hz") in _HZ_FACTORS:
        return "sampling_rate_hz", number * _HZ_FACTORS[unit or "hz"]
    if name in _STEP_NAMES and (unit or "s") in _SECOND_FACTORS:
        step_s = number * _SECOND_FACTORS[unit or "s"]
        return "sampling_rate_hz", _tidy(1 / step_s) if step_s else math.inf
    unit = "rpm" if name == "rpm" or name.endswith("rpm") else unit
    if (name in _SPEED_NAMES or name.removesuffix("rpm") in _SPEED_NAMES) and unit in _SPEED_FACTORS:
        speed_hz = number * _SPEED_FACTORS[unit]
        return "speed_hz", speed_hz if 0 < speed_hz < math.inf else None
    return None


def _plain(name: str) -> str:
    """Return the letters and digits of the last part of a path-like name, in lower case."""
    return "".join(c for c in re.split(r"[./\\]", name)[-1].lower() if c.isalnum())


def _number_and_unit(value: Any) -> tuple[float | None, str | None]:
    if isinstance(value, bool):
        return None, None
    if isinstance(value, str):
        match = _NUMBER_AND_UNIT.match(value[:200])
        return (None, None) if match is None else (float(match[1].replace(",", ".")), match[2])
    try:
        return float(value), None
    except (TypeError, ValueError, OverflowError):
        return None, None


def _vibration_unit(text: str) -> Unit | None:
    try:
        return parse_unit(text.strip().strip("[]()"))
    except ParameterError:
        return None


def _aware(value: str | datetime) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    return value if value.tzinfo is not None else None


def _tidy(rate_hz: float) -> float:
    """Return the whole number that a rate from a rounded interval stands for, where it is within 1e-9 of one."""
    near = round(rate_hz) if math.isfinite(rate_hz) else 0
    return float(near) if near and abs(rate_hz / near - 1) < 1e-9 else rate_hz


def _differ(a: Any, b: Any) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        return not math.isclose(a, b, rel_tol=1e-3)
    return bool(a != b)
