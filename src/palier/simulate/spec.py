"""What a simulated dataset is to be: one flat table, every field checked and named in its message."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from math import isfinite
from typing import Any, Final

import numpy as np
from jaxtyping import Int

from palier.core.dataset import SEVERITY_LEVELS, SeverityLevel
from palier.core.faults import BearingKind, classes_of
from palier.errors import ParameterError
from palier.simulate.acquisition import LAYERS
from palier.simulate.rolling import ROLLING_SCENARIO_FAULTS

__all__ = ["DatasetSpec", "spec_from"]

_MOST_RECORDS: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class DatasetSpec:
    """A simulated dataset.

    Records are numbered class by class. With ``severity: balanced`` the levels take turns within a class, so that every
    class has as many records of each level (give or take one); healthy records carry the level as a slot label.

    Raises
    ------
    ParameterError
        If a field is outside its range; the message begins with its name.

    Examples
    --------
    >>> len(DatasetSpec())
    3520
    >>> DatasetSpec(duration_s=-1)
    Traceback (most recent call last):
    palier.errors.ParameterError: duration_s: -1 came; allowed is a positive number of seconds
    """

    kind: BearingKind = "journal"
    seed: int = 0
    records_per_class: int = 320
    faults: tuple[str, ...] = ()
    """Keys of the taxonomy; all that can be simulated where none is given. They are put into class order."""
    severity: str | Mapping[str, float] = "balanced"
    """``balanced``, one level, or shares of levels."""
    sampling_rate_hz: float = 20_480.0
    duration_s: float = 5.0
    machines: int | None = None
    """How many machines the records come from in turn; None: every record is of a machine of its own."""
    speed_hz: float = 60.0
    """Nominal shaft speed."""
    speed_spread: float = 0.10
    """Speeds are uniform within this share of it."""
    load_range: tuple[float, float] = (0.30, 1.00)
    """Of the rated load."""
    oil_temperature_range_c: tuple[float, float] = (40.0, 80.0)
    evolving_share: float = 0.30
    """Of the records, whose severity grows within its level."""
    transient_share: float = 0.25
    """Of the records, with a speed ramp, a load step or a thermal drift."""
    snr_db: float | None = None
    """Physical signal over sensor noise; None: the sensor noise of the acquisition chain."""
    layers: Mapping[str, bool] = field(default_factory=dict)
    """Switches of the acquisition chain; a layer not named has its default."""

    def __post_init__(self) -> None:
        _check_names(self)
        _check_numbers(self)
        order = [f.key for f in classes_of(self.kind)]
        chosen = self.faults or _simulated(self.kind)
        object.__setattr__(self, "faults", tuple(sorted(chosen, key=order.index)))
        object.__setattr__(self, "layers", dict(self.layers))
        if not isinstance(self.severity, str):
            object.__setattr__(self, "severity", dict(self.severity))

    def __len__(self) -> int:
        return len(self.faults) * self.records_per_class

    @property
    def n_samples(self) -> int:
        """Samples of one record."""
        return round(self.duration_s * self.sampling_rate_hz)

    def label(self, index: int) -> str:
        """Return the class of a record."""
        return self.faults[index // self.records_per_class]

    def level(self, index: int) -> SeverityLevel:
        """Return the severity level of a record."""
        within = index % self.records_per_class
        if self.severity == "balanced":
            return SEVERITY_LEVELS[within % len(SEVERITY_LEVELS)]
        if isinstance(self.severity, str):
            return SEVERITY_LEVELS[SEVERITY_LEVELS.index(self.severity)]
        return SEVERITY_LEVELS[int(np.searchsorted(self._edges(), within, side="right"))]

    def _edges(self) -> Int[np.ndarray, " level"]:
        assert not isinstance(self.severity, str)
        shares = np.array([self.severity.get(level, 0.0) for level in SEVERITY_LEVELS])
        return np.asarray(np.rint(np.cumsum(shares)[:-1] / shares.sum() * self.records_per_class), np.int64)

    def machine(self, index: int) -> int:
        """Return the number of the machine a record comes from.

        Machines take turns after each has had a record of every level, so that each has records of every class.
        """
        if self.machines is None:
            return index
        return index % self.records_per_class // len(SEVERITY_LEVELS) % self.machines

    def as_json(self) -> dict[str, Any]:
        """Return the spec as JSON values."""
        document = {f.name: getattr(self, f.name) for f in fields(self)}
        return {
            k: dict(v) if isinstance(v, Mapping) else list(v) if isinstance(v, tuple) else v
            for k, v in document.items()
        }


def _simulated(kind: BearingKind) -> tuple[str, ...]:
    return ROLLING_SCENARIO_FAULTS if kind == "rolling" else tuple(f.key for f in classes_of("journal"))


def _fail(name: str, came: object, allowed: str) -> None:
    raise ParameterError(f"{name}: {came} came; allowed is {allowed}")


def _check_names(spec: DatasetSpec) -> None:
    if spec.kind not in ("journal", "rolling"):
        _fail("kind", repr(spec.kind), "journal or rolling")
    known = _simulated(spec.kind)
    for key in spec.faults:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            _fail("faults", repr(key), f"any of {', '.join(known)}" + (f"; did you mean {near[0]}?" if near else ""))
    if len(set(spec.faults)) != len(spec.faults):
        _fail("faults", ", ".join(spec.faults), "each fault once")
    if isinstance(spec.severity, str):
        if spec.severity not in ("balanced", *SEVERITY_LEVELS):
            _fail("severity", repr(spec.severity), f"balanced, {', '.join(SEVERITY_LEVELS)}, or shares of them")
    else:
        for level, share in spec.severity.items():
            if level not in SEVERITY_LEVELS:
                _fail("severity", repr(level), f"shares of {', '.join(SEVERITY_LEVELS)}")
            if not _number(share) or share < 0:
                _fail(f"severity.{level}", repr(share), "a share, 0 and above")
        if not sum(spec.severity.values()) > 0:
            _fail("severity", dict(spec.severity), "at least one share above 0")
    for name, on in spec.layers.items():
        if name not in LAYERS:
            _fail("layers", repr(name), f"any of {', '.join(LAYERS)}")
        if on not in (True, False):
            _fail(f"layers.{name}", repr(on), "true or false")


def _check_numbers(spec: DatasetSpec) -> None:
    for name, low in (("seed", 0), ("records_per_class", 1), ("machines", 1)):
        value = getattr(spec, name)
        if name == "machines" and value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int) or value < low:
            _fail(name, repr(value), f"a whole number, {low} and above")
    if spec.records_per_class * max(1, len(spec.faults)) > _MOST_RECORDS:
        _fail("records_per_class", spec.records_per_class, f"at most {_MOST_RECORDS} records in all")
    for name, unit in (("sampling_rate_hz", "Hz"), ("duration_s", "seconds"), ("speed_hz", "Hz")):
        value = getattr(spec, name)
        if not _number(value) or value <= 0:
            _fail(name, value, f"a positive number of {unit}")
    for name in ("speed_spread", "evolving_share", "transient_share"):
        value = getattr(spec, name)
        if not _number(value) or not 0 <= value <= (0.5 if name == "speed_spread" else 1):
            _fail(name, value, "0 to 0.5" if name == "speed_spread" else "0 to 1")
    for name, lowest in (("load_range", 0.0), ("oil_temperature_range_c", -50.0)):
        pair = getattr(spec, name)
        if len(pair) != 2 or not all(_number(v) for v in pair) or not lowest < pair[0] <= pair[1] <= 300:
            _fail(name, list(pair), f"two numbers, the lower first, above {lowest:g} and at most 300")
    if spec.snr_db is not None and not (_number(spec.snr_db) and abs(spec.snr_db) <= 100):
        _fail("snr_db", spec.snr_db, "-100 to 100 dB, or nothing")
    samples = spec.duration_s * spec.sampling_rate_hz
    if not 64 <= samples <= 2**31:
        _fail("duration_s", spec.duration_s, f"64 to 2^31 samples; at {spec.sampling_rate_hz:g} Hz it is {samples:g}")
    highest_hz = 3 * spec.speed_hz * (1 + spec.speed_spread)
    if spec.sampling_rate_hz < 2.5 * highest_hz:
        _fail("sampling_rate_hz", spec.sampling_rate_hz, f"{2.5 * highest_hz:g} Hz and above: lines reach 3× the speed")
    if (
        spec.kind == "journal"
        and spec.sampling_rate_hz < 6000
        and "cavitation" in " ".join(spec.faults or ["cavitation"])
    ):
        _fail("sampling_rate_hz", spec.sampling_rate_hz, "6000 Hz and above: cavitation lies at 1.5–2.5 kHz")


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def spec_from(values: Mapping[str, Any]) -> DatasetSpec:
    """Make a spec of plain values, as YAML gives them.

    Raises
    ------
    ParameterError
        If a field is unknown, of another type, or outside its range; the message names it.

    Examples
    --------
    >>> spec_from({"records_per_clas": 3})
    Traceback (most recent call last):
    palier.errors.ParameterError: records_per_clas: no such field; did you mean records_per_class?
    """
    names = [f.name for f in fields(DatasetSpec)]
    plain: dict[str, Any] = {}
    for key, value in values.items():
        if key not in names:
            near = get_close_matches(str(key), names, n=1)
            raise ParameterError(
                f"{key}: no such field; " + (f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}")
            )
        if value is None:
            continue
        if key == "faults":
            value = [value] if isinstance(value, str) else value
            if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
                _fail(key, repr(value), "a list of faults")
        if key in ("load_range", "oil_temperature_range_c") and not isinstance(value, list | tuple):
            _fail(key, repr(value), "a list of two numbers")
        if key == "layers" and not isinstance(value, Mapping):
            _fail(key, repr(value), "a table of layers, each true or false")
        if key == "severity" and not isinstance(value, str | Mapping):
            _fail(key, repr(value), "balanced, a level, or a table of shares")
        plain[key] = tuple(value) if isinstance(value, list) else value
    _check_types(plain)
    return DatasetSpec(**plain)


def _check_types(plain: Mapping[str, Any]) -> None:
    """Stop at values of another type than the field's, as YAML may give them."""
    if "kind" in plain and plain["kind"] not in ("journal", "rolling"):
        _fail("kind", repr(plain["kind"]), "journal or rolling")
    for name, low in (("seed", 0), ("records_per_class", 1), ("machines", 1)):
        if name in plain and (isinstance(plain[name], bool) or not isinstance(plain[name], int)):
            _fail(name, repr(plain[name]), f"a whole number, {low} and above")
    for name in ("sampling_rate_hz", "duration_s", "speed_hz", "speed_spread", "evolving_share", "transient_share",
                 "snr_db"):  # fmt: skip
        if name in plain and not _number(plain[name]):
            _fail(name, plain[name], "a number")
    for name, on in plain.get("layers", {}).items():
        if not isinstance(on, bool):
            _fail(f"layers.{name}", repr(on), "true or false")
    for name in ("load_range", "oil_temperature_range_c"):
        if name in plain and not (len(plain[name]) == 2 and all(_number(v) for v in plain[name])):
            _fail(name, list(plain[name]), "two numbers, the lower first")
