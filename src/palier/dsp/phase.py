"""The angle a shaft has turned by, from a tacho or from its speed."""

from dataclasses import dataclass
from math import ceil, floor
from typing import Literal

import numpy as np
from jaxtyping import Float

from palier.core.shapes import Waveform
from palier.errors import ParameterError

__all__ = ["ShaftPhase", "phase_from_speed", "tacho_pulse_times", "tacho_to_phase"]


@dataclass(frozen=True, slots=True, eq=False)
class ShaftPhase:
    """How far a shaft has turned at each sample of a recording.

    Raises
    ------
    ParameterError
        If the phase does not rise throughout.
    """

    revolutions: Float[np.ndarray, " time"]
    """Phase in revolutions, rising, at samples `first_sample`, `first_sample` + 1, …"""
    sampling_rate_hz: float
    first_sample: int = 0
    """Sample of the recording at which the phase is first known."""

    def __post_init__(self) -> None:
        step = np.diff(self.revolutions)
        if self.revolutions.size < 2 or not np.isfinite(self.revolutions).all():
            raise ParameterError("a shaft phase needs at least two samples, all finite")
        if step.min() <= 0:
            at_s = (self.first_sample + int(step.argmin())) / self.sampling_rate_hz
            raise ParameterError(
                f"the shaft phase does not rise at {at_s:.6g} s: the shaft stops or turns back there, or the tacho "
                "pulses are wrong; cut the recording or correct the pulses"
            )

    @property
    def speed_hz(self) -> Float[np.ndarray, " time"]:
        """Speed at each sample, revolutions per second."""
        speed_hz: np.ndarray = np.gradient(self.revolutions) * self.sampling_rate_hz
        return speed_hz

    def scaled(self, ratio: float) -> "ShaftPhase":
        """Return the phase of a shaft that turns `ratio` times as fast (behind a gear or belt)."""
        return ShaftPhase(self.revolutions * ratio, self.sampling_rate_hz, self.first_sample)


def tacho_pulse_times(
    tacho: Waveform,
    *,
    sampling_rate_hz: float,
    threshold: float | None = None,
    hysteresis: float | None = None,
    edge: Literal["rising", "falling"] = "rising",
) -> Float[np.ndarray, " pulse"]:
    """Find the instants at which a tacho signal passes its threshold.

    A pulse counts once the signal has passed from below ``threshold - hysteresis/2`` to above
    ``threshold + hysteresis/2``; its time is where it crosses the threshold, between two samples.

    Parameters
    ----------
    tacho : float, shape (time)
        Any unit.
    sampling_rate_hz : float
        Hz.
    threshold : float, optional
        In the unit of `tacho`; midway between its 1st and 99th percentile when not given.
    hysteresis : float, optional
        Not negative, in the unit of `tacho`; a quarter of the span between those percentiles when not given.
    edge : {"rising", "falling"}
        Which flank is timed. Take the steeper one.

    Returns
    -------
    float, shape (pulse)
        Seconds from the first sample, rising.

    Raises
    ------
    ParameterError
        If there are fewer than two pulses.

    Examples
    --------
    >>> t_s = np.arange(1000) / 1000
    >>> tacho_pulse_times(np.sin(2 * np.pi * 5 * t_s), sampling_rate_hz=1000.0, threshold=0.0).round(4)
    array([0.2, 0.4, 0.6, 0.8])
    """
    low, high = np.percentile(tacho, [1, 99]).tolist()
    level = (low + high) / 2 if threshold is None else threshold
    dead = (high - low) / 4 if hysteresis is None else hysteresis
    if dead < 0 or (high == low and hysteresis is None):
        raise ParameterError(
            f"hysteresis is {dead}; allowed is 0 or more" if dead < 0 else "the tacho signal is constant: no pulses"
        )
    y = (tacho.astype(np.float64) - level) * (1 if edge == "rising" else -1)
    clear = np.flatnonzero((y >= dead / 2) | (y < -dead / 2))
    up = y[clear] >= dead / 2
    reached = clear[1:][up[1:] & ~up[:-1]]  # first sample above the dead band, coming from below it
    crossing = np.flatnonzero((y[1:] >= 0) & (y[:-1] < 0))
    if reached.size < 2:
        raise ParameterError(
            f"{reached.size} pulses pass {level:.6g} ± {dead / 2:.6g} in a signal from {tacho.min():.6g} to "
            f"{tacho.max():.6g}; at least 2 are needed: set threshold and hysteresis"
        )
    left = crossing[np.searchsorted(crossing, reached, side="left") - 1]
    times_s: np.ndarray = (left + y[left] / (y[left] - y[left + 1])) / sampling_rate_hz
    return times_s


def tacho_to_phase(
    pulse_s: Float[np.ndarray, " pulse"],
    *,
    sampling_rate_hz: float,
    n_samples: int,
    pulses_per_revolution: int = 1,
) -> ShaftPhase:
    """Interpolate the shaft phase at every sample between the first and the last tacho pulse.

    A cubic spline through the pulses: exact for constant speed and for a constant rate of change. Nothing is
    extrapolated before the first or after the last pulse. A missing pulse shifts all later phase by one pulse and shows
    as a dip of the speed; it is not repaired.

    Parameters
    ----------
    pulse_s : float, shape (pulse)
        Seconds from the first sample, rising; at least 4.
    sampling_rate_hz : float
        Hz, of the recording whose samples get a phase.
    n_samples : int
        Length of that recording.
    pulses_per_revolution : int
        1 or more.

    Returns
    -------
    ShaftPhase
        Zero at the first pulse.

    Raises
    ------
    ParameterError
        If pulses are too few, not rising, or no sample lies between them.

    References
    ----------
    K. R. Fyfe, E. D. S. Munck, "Analysis of computed order tracking", MSSP 11 (1997) 187–205,
    doi:10.1006/mssp.1996.0056.

    Examples
    --------
    >>> phase = tacho_to_phase(np.array([0.1, 0.2, 0.3, 0.4]), sampling_rate_hz=100.0, n_samples=50)
    >>> phase.first_sample, phase.revolutions[[0, 5, -1]].round(6).tolist()
    (10, [0.0, 0.5, 3.0])
    """
    from scipy.interpolate import CubicSpline

    if pulses_per_revolution < 1:
        raise ParameterError(f"pulses_per_revolution is {pulses_per_revolution}; allowed is 1 or more")
    if pulse_s.size < 4:
        raise ParameterError(f"{pulse_s.size} tacho pulses; at least 4 are needed to follow the speed")
    if np.any(np.diff(pulse_s) <= 0):
        raise ParameterError(f"tacho pulse {int(np.diff(pulse_s).argmin()) + 1} is not later than the one before it")
    first = max(ceil(round(float(pulse_s[0]) * sampling_rate_hz, 6)), 0)
    last = min(floor(round(float(pulse_s[-1]) * sampling_rate_hz, 6)), n_samples - 1)
    if last <= first:
        raise ParameterError(
            f"the tacho pulses run from {pulse_s[0]:.6g} to {pulse_s[-1]:.6g} s, but the recording lasts "
            f"{n_samples / sampling_rate_hz:.6g} s: they do not belong together"
        )
    spline = CubicSpline(pulse_s, np.arange(pulse_s.size) / pulses_per_revolution)
    return ShaftPhase(np.asarray(spline(np.arange(first, last + 1) / sampling_rate_hz)), sampling_rate_hz, first)


def phase_from_speed(
    speed_hz: float | Float[np.ndarray, " point"],
    *,
    sampling_rate_hz: float,
    n_samples: int,
    time_s: Float[np.ndarray, " point"] | None = None,
) -> ShaftPhase:
    r"""Integrate a speed to a phase: :math:`\theta(t) = \int_0^t f_r\,dt` revolutions.

    A constant error of the speed turns into an error of phase that grows with time: 0.1 % after 500 revolutions is
    half a turn. Good enough for order spectra of modest resolution, seldom for averaging.

    Parameters
    ----------
    speed_hz : float, or float of shape (point)
        Revolutions per second, positive.
    sampling_rate_hz : float
        Hz.
    n_samples : int
        Length of the recording.
    time_s : float, shape (point), optional
        Instants of `speed_hz`, rising, covering the recording; linear in between. Left out, `speed_hz` has one value
        per sample, or one in all.

    Returns
    -------
    ShaftPhase
        Zero at the first sample.

    Raises
    ------
    ParameterError
        If the speed is not positive throughout, or does not cover the recording.

    Examples
    --------
    >>> run_up = np.array([10.0, 20.0])
    >>> phase = phase_from_speed(run_up, time_s=np.array([0.0, 1.0]), sampling_rate_hz=100.0, n_samples=101)
    >>> phase.revolutions[[0, 50, 100]].round(6).tolist()
    [0.0, 6.25, 15.0]
    """
    if n_samples < 2:
        raise ParameterError(f"n_samples is {n_samples}; at least 2 are needed")
    t_s = np.arange(n_samples) / sampling_rate_hz
    speed = np.asarray(speed_hz, dtype=np.float64)
    if time_s is not None:
        if speed.shape != time_s.shape or time_s.size < 2 or np.any(np.diff(time_s) <= 0):
            raise ParameterError("speed_hz and time_s must be equally long, at least 2 points, and time_s rising")
        if time_s[0] > 0 or time_s[-1] < t_s[-1] - 1e-9:
            raise ParameterError(
                f"the speed is known from {time_s[0]:.6g} to {time_s[-1]:.6g} s; the recording runs from 0 to "
                f"{t_s[-1]:.6g} s and nothing is extrapolated"
            )
        speed = np.interp(t_s, time_s, speed)
    elif speed.ndim and speed.size != n_samples:
        raise ParameterError(f"{speed.size} speeds for {n_samples} samples; give one per sample, one in all, or time_s")
    if not (np.isfinite(speed).all() and speed.min() > 0):
        raise ParameterError(f"the lowest speed is {speed.min()} Hz; allowed are positive, finite speeds")
    speed = np.broadcast_to(speed, (n_samples,))
    revolutions = np.concatenate([[0.0], np.cumsum((speed[1:] + speed[:-1]) / 2)]) / sampling_rate_hz
    return ShaftPhase(revolutions, sampling_rate_hz)
