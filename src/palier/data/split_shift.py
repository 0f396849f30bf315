"""Shifts: which records are near, to be trained on, and which are far, to be tested on."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from jaxtyping import Bool, Int

from palier.core.dataset import SEVERITY_LEVELS
from palier.data.split_groups import Columns
from palier.data.transforms import NoiseSpec
from palier.errors import ParameterError

__all__ = ["Shift", "ShiftBy", "shift_parts"]

ShiftBy = Literal["severity", "speed", "load", "temperature", "condition", "bearing", "rig", "noise"]

_NUMBERS: Final = {"speed": "speed_hz", "load": "load", "temperature": "temperature_c"}
_UNITS: Final = {"speed": " Hz", "load": "", "temperature": " °C"}
_NAMES: Final = ("condition", "bearing", "rig", "severity")

_Part = Bool[np.ndarray, " record"]


@dataclass(frozen=True, slots=True)
class Shift:
    """Train on one part of the conditions, test on the other.

    Either by a threshold and a direction, or by naming what to train on and what to test on. Records of either part
    that share a group are never on two sides: groups that reach over both are dealt out, and the rest of each is left
    out.

    Raises
    ------
    ParameterError
        If the fields contradict each other.
    """

    by: ShiftBy
    direction: Literal["up", "down"] = "up"
    """``up``: train at and below the threshold, test above it; ``down``: the reverse. By severity, ``down`` trains on
    mild and above and tests incipient, ``up`` trains on incipient and mild and tests moderate and above; healthy
    records are on both sides."""
    threshold: float | None = None
    """In the unit of the column (Hz, the load's unit, °C); the median where none is given. Not for names."""
    train_on: tuple[str, ...] = ()
    """Names, or for numbers ``LOW..HIGH`` (both included) or single values. Of a noise shift: nothing."""
    test_on: tuple[str, ...] = ()
    """Likewise; of a noise shift: the noise variants, each of which becomes a fold."""

    def __post_init__(self) -> None:
        if self.by not in get_args(ShiftBy) or self.direction not in ("up", "down"):
            raise ParameterError(
                f"shift by {self.by!r} {self.direction!r}; allowed are {', '.join(get_args(ShiftBy))}, up or down"
            )
        if self.by == "noise":
            if self.train_on or not self.test_on or self.threshold is not None:
                raise ParameterError("a shift by noise takes the variants to test on, and nothing else")
            object.__setattr__(self, "test_on", tuple(str(NoiseSpec.parse(spec)) for spec in self.test_on))
            return
        if bool(self.train_on) != bool(self.test_on):
            raise ParameterError(f"shift by {self.by}: name both what to train on and what to test on, or neither")
        if self.threshold is not None and (self.by in _NAMES or self.train_on):
            raise ParameterError(f"shift by {self.by}: a threshold is for numbers, and not beside named parts")
        if not self.train_on and self.by in ("condition", "bearing", "rig"):
            raise ParameterError(f"a shift by {self.by} needs the names to train on and those to test on")


def shift_parts(columns: Columns, rows: Int[np.ndarray, " record"], shift: Shift) -> tuple[_Part, _Part, str]:
    """Return who may be trained on, who may be tested on, and both in words.

    Raises
    ------
    ParameterError
        If a record does not say what the shift is by, or a name is in no record.
    """
    if shift.by == "severity":
        return _by_severity(columns, rows, shift)
    if shift.by in _NUMBERS:
        return _by_number(columns, rows, shift)
    values = columns.column(shift.by)[rows]
    near, far = (_named(values, names, shift) for names in (shift.train_on, shift.test_on))
    return _apart(near, far, shift)


def _apart(near: _Part, far: _Part, shift: Shift) -> tuple[_Part, _Part, str]:
    if (near & far).any():
        raise ParameterError(f"shift by {shift.by}: {int((near & far).sum())} records are in both parts; part them")
    return near, far, f"train on the {shift.by} {', '.join(shift.train_on)}, test on {', '.join(shift.test_on)}"


def _named(values: np.ndarray, names: tuple[str, ...], shift: Shift) -> _Part:
    there = {str(v) for v in values if v is not None}
    absent = [n for n in names if n not in there]
    if absent:
        raise ParameterError(f"no {shift.by} {', '.join(absent)}; there are {', '.join(sorted(there)[:20]) or 'none'}")
    return np.array([v is not None and str(v) in names for v in values], bool)


def _by_severity(columns: Columns, rows: Int[np.ndarray, " record"], shift: Shift) -> tuple[_Part, _Part, str]:
    healthy = columns.column("label")[rows] == "healthy"
    values = columns.column("severity")[rows]
    unknown = sum(v is None and not h for v, h in zip(values, healthy, strict=True))
    if unknown:
        raise ParameterError(f"{unknown} faulty records state no severity; a shift by it needs all")
    if shift.train_on:
        near, far = (_named(values, names, shift) for names in (shift.train_on, shift.test_on))
        near, far, text = _apart(near & ~healthy, far & ~healthy, shift)
        return near | healthy, far | healthy, text
    level = np.array([SEVERITY_LEVELS.index(v) if v is not None else -1 for v in values])
    if shift.direction == "down":
        return (level >= 1) | healthy, (level == 0) | healthy, "train on mild and above, test on incipient"
    mild = (level == 0) | (level == 1)
    return mild | healthy, (level >= 2) | healthy, "train on incipient and mild, test on moderate and above"


def _by_number(columns: Columns, rows: Int[np.ndarray, " record"], shift: Shift) -> tuple[_Part, _Part, str]:
    numbers = columns.column(_NUMBERS[shift.by])[rows].astype(float)
    missing = int((~np.isfinite(numbers)).sum())
    if missing:
        raise ParameterError(f"{missing} records state no {shift.by}; a shift by it needs all")
    if shift.by == "load":
        units = sorted({str(u) for u in columns.column("load_unit")[rows]})
        if len(units) > 1:
            raise ParameterError(f"the loads are in {', '.join(units)}; a shift by load needs one unit")
    if shift.train_on:
        near, far = (
            np.logical_or.reduce([_within(numbers, text, shift.by) for text in texts])
            for texts in (shift.train_on, shift.test_on)
        )
        return _apart(near, far, shift)
    threshold = float(np.median(numbers)) if shift.threshold is None else shift.threshold
    low = numbers <= threshold
    near, far = (low, ~low) if shift.direction == "up" else (~low, low)
    words = ("at most", "above") if shift.direction == "up" else ("above", "at most")
    return near, far, f"train at a {shift.by} {words[0]} {threshold:g}{_UNITS[shift.by]}, test {words[1]} it"


def _within(numbers: np.ndarray, text: str, by: str) -> _Part:
    low, dots, high = text.partition("..")
    try:
        first, last = float(low), float(high if dots else low)
    except ValueError:
        raise ParameterError(f"shift by {by}: {text!r} is no number and no LOW..HIGH") from None
    slack = 1e-9 * max(abs(first), abs(last))
    return np.asarray((numbers >= first - slack) & (numbers <= last + slack))
