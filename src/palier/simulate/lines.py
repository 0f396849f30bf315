"""Sums of sinusoids, made quickly: of fixed frequency as one matrix product, shaft-locked ones along a ramp."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt, pi

import numpy as np
from jaxtyping import Float

from palier.core.shapes import Waveform
from palier.errors import ParameterError

__all__ = ["Line", "Ramp", "sum_of_lines"]


@dataclass(frozen=True, slots=True)
class Line:
    """``amplitude · sin(phase + order · θ(t) + 2π hz t)``, θ the angle of the shaft."""

    amplitude: float
    phase_rad: float
    order: float = 0.0
    hz: float = 0.0


@dataclass(frozen=True, slots=True)
class Ramp:
    """A shaft speed that changes evenly along a record."""

    start_hz: float
    end_hz: float

    @property
    def mean_hz(self) -> float:
        """Mean speed."""
        return (self.start_hz + self.end_hz) / 2


def sum_of_lines(lines: Sequence[Line], *, speed: Ramp, n: int, sampling_rate_hz: float) -> Waveform:
    r"""Add up sinusoids.

    At constant speed, with blocks of B samples, :math:`\sin(a_m + b_k) = \sin a_m \cos b_k + \cos a_m \sin b_k` makes
    the sum of K lines a product of an (n/B, 2K) and a (2K, B) matrix. Along a ramp the phase
    :math:`2\pi \int N\,dt` is computed sample by sample.

    Parameters
    ----------
    lines : sequence of Line
    speed : Ramp
        Shaft speed from the first to the last sample, Hz.
    n : int
    sampling_rate_hz : float

    Returns
    -------
    float32, shape (n,)

    Raises
    ------
    ParameterError
        If there is no sample, or the rate is not positive.

    Examples
    --------
    >>> x = sum_of_lines([Line(2.0, 0.0, hz=1.0)], speed=Ramp(1.0, 1.0), n=5, sampling_rate_hz=4.0)
    >>> [round(float(v), 6) + 0.0 for v in x]
    [0.0, 2.0, 0.0, -2.0, 0.0]
    """
    if n < 1 or not sampling_rate_hz > 0:
        raise ParameterError(f"{n} samples at {sampling_rate_hz} Hz; allowed are one and more at a positive rate")
    if not lines:
        return np.zeros(n, np.float32)
    amplitude = np.array([s.amplitude for s in lines])
    phase = np.array([s.phase_rad for s in lines])
    order = np.array([s.order for s in lines])
    hz = np.array([s.hz for s in lines])
    if speed.start_hz != speed.end_hz and order.any():
        return _along_ramp(amplitude, phase, order, hz, speed, n, sampling_rate_hz)
    step = 2 * pi * (order * speed.start_hz + hz) / sampling_rate_hz  # rad per sample
    block = isqrt(n) + 1
    coarse = phase + step * np.arange(0, n, block)[:, None]
    fine = step[:, None] * np.arange(block)
    left = np.concatenate((amplitude * np.sin(coarse), amplitude * np.cos(coarse)), axis=1).astype(np.float32)
    right = np.concatenate((np.cos(fine), np.sin(fine))).astype(np.float32)
    return np.asarray((left @ right).reshape(-1)[:n])


def _along_ramp(
    amplitude: Float[np.ndarray, " line"],
    phase: Float[np.ndarray, " line"],
    order: Float[np.ndarray, " line"],
    hz: Float[np.ndarray, " line"],
    speed: Ramp,
    n: int,
    rate_hz: float,
) -> Waveform:
    t_s = np.arange(n) / rate_hz
    turns = speed.start_hz * t_s + (speed.end_hz - speed.start_hz) / (2 * n / rate_hz) * t_s**2
    total = np.zeros(n, np.float32)
    for a, p, k, f in zip(amplitude, phase, order, hz, strict=True):
        cycles = p / (2 * pi) + k * turns + f * t_s
        cycles -= np.floor(cycles)  # float32 keeps what is left
        total += np.float32(a) * np.sin(np.float32(2 * pi) * cycles.astype(np.float32))
    return total
