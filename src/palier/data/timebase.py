"""The sampling rate that a column of time stamps proves."""

import math
from dataclasses import dataclass

import numpy as np

from palier.core.shapes import Waveform

__all__ = ["STEP_TOLERANCE", "TimeBase", "TimeBaseMeter", "time_base"]

#: A step may differ from the median step by at most this share of it: half a sample, so that no sample can be
#: missing or doubled, while rounded stamps (39 and 40 µs for 39.0625 µs) pass.
STEP_TOLERANCE = 0.5
_REPORT_ABOVE = 0.01
#: The median step is taken over so many first stamps (all, in shorter recordings).
_STAMPS_FOR_MEDIAN = 4096


@dataclass(frozen=True, slots=True)
class TimeBase:
    """A sampling rate, or why there is none."""

    sampling_rate_hz: float | None
    problem: str | None = None
    """Why the stamps give no rate."""
    remark: str | None = None
    """What the user should know although they do."""


def time_base(time_s: Waveform) -> TimeBase:
    r"""Return the sampling rate of uniformly spaced time stamps.

    .. math:: f_s = (N-1) / (t_{N-1} - t_0)

    which the rounding of single stamps does not disturb, provided that every step lies within half a median step of
    the median step. A rate that differs from a whole number of Hz by less than the scatter of the stamps allows to
    tell is given as that whole number.

    Parameters
    ----------
    time_s : float64, shape (time,)
        Time stamps in seconds.

    Examples
    --------
    >>> time_base(np.round(np.arange(2560) / 25600, 6)).sampling_rate_hz
    25600.0
    >>> time_base(np.array([0.0, 1e-3, 2e-3, 4e-3])).problem
    'the time step from sample 2 to 3 is 2 times the median step'
    """
    meter = TimeBaseMeter()
    meter.add(time_s)
    return meter.result()


class TimeBaseMeter:
    """`time_base` of stamps that come in pieces, none of which is kept."""

    __slots__ = ("_errors", "_first_s", "_largest_jitter", "_last_s", "_median_s", "_n", "_problem", "_waiting")

    def __init__(self) -> None:
        self._waiting: list[np.ndarray] = []
        self._n = 0
        self._first_s = self._last_s = self._median_s = math.nan
        self._largest_jitter = 0.0
        self._errors: list[tuple[int, int, float, float]] = []
        self._problem: str | None = None

    def add(self, time_s: Waveform) -> None:
        """Take in the next stamps."""
        if self._problem is not None or len(time_s) == 0:
            return
        if self._waiting or not self._n:
            self._waiting.append(np.asarray(time_s, np.float64))
            if sum(map(len, self._waiting)) < _STAMPS_FOR_MEDIAN:
                return
            self._start()
        else:
            self._judge(np.asarray(time_s, np.float64))

    def _start(self) -> None:
        time_s = np.concatenate(self._waiting)
        self._waiting = []
        with np.errstate(invalid="ignore", over="ignore"):
            self._median_s = float(np.median(np.diff(time_s[: _STAMPS_FOR_MEDIAN + 1])))
        if not 0 < self._median_s < math.inf:
            self._problem = "the time stamps do not increase (too coarse, or no times)"
            self._n = len(time_s)
            return
        self._first_s = self._last_s = float(time_s[0])
        self._n = 1
        self._judge(time_s[1:])

    def _judge(self, time_s: np.ndarray) -> None:
        with np.errstate(invalid="ignore", over="ignore"):
            steps = np.diff(time_s, prepend=self._last_s) / self._median_s
            jitter = np.abs(steps - 1)
        worst = int(np.argmax(jitter))
        if not jitter[worst] <= STEP_TOLERANCE:
            i = self._n - 1 + worst
            self._problem = f"the time step from sample {i} to {i + 1} is {steps[worst]:.3g} times the median step"
            return
        self._largest_jitter = max(self._largest_jitter, float(jitter[worst]))
        at = np.arange(self._n, self._n + len(time_s))
        error_s = time_s - self._first_s - self._median_s * at
        self._errors.append((self._n, self._n + len(time_s) - 1, float(error_s.min()), float(error_s.max())))
        self._n += len(time_s)
        self._last_s = float(time_s[-1])

    def result(self) -> TimeBase:
        """Return what all stamps together prove."""
        if self._waiting and sum(map(len, self._waiting)) > 1:
            self._start()
        if self._problem is not None:
            return TimeBase(None, self._problem)
        if self._n < 2:
            return TimeBase(None, "there is only one time stamp")
        mean_s = (self._last_s - self._first_s) / (self._n - 1)
        # The errors were taken from a line of the median slope; this bounds them from the line of the mean slope.
        tilt_s = self._median_s - mean_s
        scatter_s = max(
            abs(error_s + i * tilt_s) for low, high, *both in self._errors for error_s in both for i in (low, high)
        )
        rate_hz = 1 / mean_s
        cannot_tell_hz = rate_hz * (2 * scatter_s / (mean_s * (self._n - 1)) + 1e-9)
        whole = round(rate_hz)
        if whole > 0 and abs(rate_hz - whole) <= cannot_tell_hz:
            rate_hz = float(whole)
        remark = None
        if self._largest_jitter > _REPORT_ABOVE:
            percent = 100 * self._largest_jitter
            remark = f"time steps differ from their median by up to {percent:.3g} % (rounded stamps, or jitter)"
        return TimeBase(rate_hz, None, remark)
