"""A vibration recording, and where it came from."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from math import isfinite
from typing import Literal

import numpy as np

from palier.core.shapes import Samples
from palier.core.units import UNITS, Unit
from palier.errors import ParameterError, UndeclaredError

__all__ = ["Declared", "Provenance", "Recording", "is_simulated"]


def is_simulated(source: str) -> bool:
    """Whether a source says that it is simulated: a generator's words, or the name of a file exported from such a set.

    Examples
    --------
    >>> is_simulated("simulated: oil whirl"), is_simulated("SIMULATED-wear-000001.npz"), is_simulated("pump.wav")
    (True, True, False)
    """
    return source.lower().startswith(("simulated:", "simulated-"))


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where samples came from, so that anybody can find them again."""

    source: str
    """File name as given, or ``simulated: …`` for synthetic data."""
    sha256: str
    """Hex digest of the source file's bytes (of the samples' bytes where there is no file)."""
    reader: str = "memory"
    """Name of the reader or generator that made the recording."""
    notes: tuple[str, ...] = ()
    """What the reader decided and why: channel taken, rate source, contradictions. Shown to the user."""
    channels_available: tuple[str, ...] = ()
    """Every candidate channel of the file, taken or not."""
    speed_origin: Literal["declared", "file"] | None = None
    """Who said the shaft speed."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What the user states about a recording. It wins over the file; a contradiction is reported."""

    sampling_rate_hz: float | None = None
    unit: Unit | None = None
    speed_hz: float | None = None
    channel: str | None = None
    bearing_name: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """Samples of one or more channels taken together, with everything known about them.

    What nobody declared is ``None``, and nothing downstream guesses it: a step that needs it calls
    `require_rate`, `require_unit` or `require_speed` and stops with a message otherwise.

    Parameters
    ----------
    samples : float32, shape (channel, time)
        Seen through a read-only view, not copied: whoever made the array must not write to it afterwards.
        At least one channel and one sample, all finite.
    provenance : Provenance
    sampling_rate_hz : float, optional
        Any positive number.
    unit : {"g", "m/s^2", "mm/s", "um"}, optional
        One unit for all channels.
    channel_names : tuple of str, optional
        One per channel; ``ch0``, ``ch1`` … when not given.
    speed_hz : float, optional
        Mean shaft speed, revolutions per second.
    start_time : datetime, optional
        Aware (with a time zone).
    bearing_name : str, optional
        Designation of the bearing, where the file or its known data set states it.

    Raises
    ------
    ParameterError
        If a field is outside its range.

    Examples
    --------
    >>> x = np.zeros((1, 4), np.float32)
    >>> r = Recording(x, Provenance("example", "0" * 64), sampling_rate_hz=2.0)
    >>> r.duration_s
    2.0
    >>> r.require_unit()
    Traceback (most recent call last):
    palier.errors.UndeclaredError: example: the unit is not declared; declare it (--unit: g, m/s^2, mm/s, um)
    """

    samples: Samples
    provenance: Provenance
    sampling_rate_hz: float | None = None
    unit: Unit | None = None
    channel_names: tuple[str, ...] = field(default=())
    speed_hz: float | None = None
    start_time: datetime | None = None
    bearing_name: str | None = None

    def __post_init__(self) -> None:
        x = self.samples
        if x.ndim != 2 or x.shape[0] < 1 or x.shape[1] < 1:
            raise ParameterError(f"samples have shape {x.shape}; allowed is (channel, time), neither empty")
        if x.dtype != np.float32:
            raise ParameterError(f"samples are {x.dtype}; allowed is float32")
        with np.errstate(invalid="ignore"):  # infinities of both signs make NaN here, which is what is looked for
            total = x.sum(dtype=np.float64)
        if not np.isfinite(total) and not np.isfinite(x).all():
            raise ParameterError(f"{np.count_nonzero(~np.isfinite(x))} of {x.size} samples are NaN or infinite")
        for name, value in (("sampling_rate_hz", self.sampling_rate_hz), ("speed_hz", self.speed_hz)):
            if value is not None and not (0 < value < float("inf")):
                raise ParameterError(f"{name} is {value}; allowed is a positive, finite number")
        if self.unit is not None and self.unit not in UNITS:
            raise ParameterError(f"unit is {self.unit!r}; allowed are {', '.join(UNITS)}")
        if not self.channel_names:
            object.__setattr__(self, "channel_names", tuple(f"ch{i}" for i in range(x.shape[0])))
        if len(self.channel_names) != x.shape[0]:
            raise ParameterError(f"{len(self.channel_names)} channel names for {x.shape[0]} channels")
        if self.start_time is not None and self.start_time.tzinfo is None:
            raise ParameterError("start_time has no time zone; give an aware datetime")
        if x.flags.writeable:
            x = x.view()
            x.flags.writeable = False
            object.__setattr__(self, "samples", x)

    @property
    def n_samples(self) -> int:
        """Samples per channel."""
        return int(self.samples.shape[1])

    @property
    def duration_s(self) -> float:
        """Length in seconds; needs the sampling rate."""
        return self.n_samples / self.require_rate()

    def require_rate(self) -> float:
        """Return the sampling rate in Hz, or stop."""
        if self.sampling_rate_hz is None:
            raise UndeclaredError(
                f"{self.provenance.source}: the sampling rate is not declared; declare it (--sampling-rate, in Hz)"
            )
        return self.sampling_rate_hz

    def require_unit(self) -> Unit:
        """Return the unit, or stop."""
        if self.unit is None:
            raise UndeclaredError(
                f"{self.provenance.source}: the unit is not declared; declare it (--unit: {', '.join(UNITS)})"
            )
        return self.unit

    def require_speed(self) -> float:
        """Return the shaft speed in Hz, or stop."""
        if self.speed_hz is None:
            raise UndeclaredError(
                f"{self.provenance.source}: the shaft speed is not declared; declare it (--speed-rpm)"
            )
        return self.speed_hz

    def channel(self, name: str) -> "Recording":
        """Return the recording of one channel, found by its name (case-insensitive) or its number from 0."""
        names = [n.lower() for n in self.channel_names]
        if name.lower() in names:
            i = names.index(name.lower())
        elif name.isdecimal() and int(name) < len(names):
            i = int(name)
        else:
            raise ParameterError(
                f"{self.provenance.source}: no channel {name!r}; there are {', '.join(self.channel_names)}"
            )
        return replace(self, samples=self.samples[i : i + 1], channel_names=(self.channel_names[i],))

    def segment(self, *, start_s: float, duration_s: float) -> "Recording":
        """Return the samples of ``[start_s, start_s + duration_s)``, which must lie inside the recording."""
        rate_hz = self.require_rate()
        if not (isfinite(start_s) and isfinite(duration_s)):
            raise ParameterError(f"segment from {start_s} s, {duration_s} s long; allowed are finite numbers")
        first, n = round(start_s * rate_hz), round(duration_s * rate_hz)
        if first < 0 or n < 1 or first + n > self.n_samples:
            raise ParameterError(
                f"segment {start_s}–{start_s + duration_s} s lies outside the recording of {self.duration_s:.4g} s"
            )
        return replace(self, samples=self.samples[:, first : first + n])
