"""What a signature is made in: the course of speed, load and oil along one record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import pi
from typing import Any, Final

import numpy as np
from jaxtyping import Float

from palier.core.operating import OperatingPoint
from palier.core.shapes import Waveform
from palier.simulate.lines import Line, Ramp, sum_of_lines
from palier.simulate.operating import REFERENCE_TEMPERATURE_C

__all__ = ["TEMPERATURE_GAIN_PER_K", "Component", "Scene", "start_phase", "temperature_gain"]

#: k_T: sub-synchronous motion and stick-slip grow from 0.9 to 1.1 between 40 and 80 °C (engineering value).
TEMPERATURE_GAIN_PER_K: Final = 0.005

Course = Float[np.ndarray, " moment"]


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """One record's course. `moments` are few; between them everything is interpolated linearly."""

    n: int
    sampling_rate_hz: float
    speed: Ramp
    point: OperatingPoint
    """The mean state."""
    moments_s: Course
    speed_hz: Course
    load_fraction: Course
    oil_temperature_c: Course
    sommerfeld: Course

    @property
    def duration_s(self) -> float:
        """Length of the record."""
        return self.n / self.sampling_rate_hz

    def along(self, course: Course) -> float | Waveform:
        """Return a course sample by sample, or one number where it does not change."""
        if np.all(course == course[0]):
            return float(course[0])
        at_s = np.arange(self.n) / self.sampling_rate_hz
        return np.asarray(np.interp(at_s, self.moments_s, course), np.float32)

    def lines(self, *lines: Line, times: Course | None = None) -> Waveform:
        """Return a sum of sinusoids, its amplitude following a course."""
        x = sum_of_lines(lines, speed=self.speed, n=self.n, sampling_rate_hz=self.sampling_rate_hz)
        if times is not None:
            factor = self.along(times)
            x *= np.float32(factor) if isinstance(factor, float) else factor
        return x


@dataclass(frozen=True, slots=True, eq=False)
class Component:
    """What one fault adds at severity 1, and every draw behind it."""

    waveform: Waveform
    truth: Mapping[str, Any] = field(default_factory=dict)
    """JSON values."""


def temperature_gain(oil_temperature_c: Course) -> Course:
    """Return k_T: 0.9 at 40 °C, 1.1 at 80 °C.

    Examples
    --------
    >>> temperature_gain(np.array([40.0, 60.0, 80.0])).round(3).tolist()
    [0.9, 1.0, 1.1]
    """
    return np.asarray(1 + TEMPERATURE_GAIN_PER_K * (oil_temperature_c - REFERENCE_TEMPERATURE_C))


def start_phase(rng: np.random.Generator) -> float:
    """Return a random angle."""
    return float(rng.uniform(0, 2 * pi))
