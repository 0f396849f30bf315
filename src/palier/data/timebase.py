"""The sampling rate that a column of time stamps proves."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

__all__ = ["STEP_TOLERANCE", "TimeBase", "time_base"]

#: A step may differ from the median step by at most this share of it: half a sample, so that no sample can be
#: missing or doubled, while rounded stamps (39 and 40 µs for 39.0625 µs) pass.
STEP_TOLERANCE = 0.5
_REPORT_ABOVE = 0.01
_BLOCK = 2**18


@dataclass(frozen=True, slots=True)
class TimeBase:
    """A sampling rate, or why there is none."""

    sampling_rate_hz: float | None
    problem: str | None = None
    """Why the stamps give no rate."""
    remark: str | None = None
    """What the user should know although they do."""


def time_base(time_s: Float[np.ndarray, " time"]) -> TimeBase:
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
    n = len(time_s)
    if n < 2:
        return TimeBase(None, "there is only one time stamp")
    median_s = float(np.median(np.diff(time_s[: _BLOCK + 1])))
    if not np.isfinite(median_s) or median_s <= 0:
        return TimeBase(None, "the time stamps do not increase: they are too coarse, or no time stamps")
    mean_s = float(time_s[-1] - time_s[0]) / (n - 1)
    largest_jitter = largest_error_s = 0.0
    for first in range(0, n - 1, _BLOCK):
        t = time_s[first : first + _BLOCK + 1]
        jitter = np.abs(np.diff(t) / median_s - 1)
        worst = int(np.argmax(jitter))
        if not jitter[worst] <= STEP_TOLERANCE:
            step = (t[worst + 1] - t[worst]) / median_s
            i = first + worst
            return TimeBase(None, f"the time step from sample {i} to {i + 1} is {step:.3g} times the median step")
        largest_jitter = max(largest_jitter, float(jitter[worst]))
        error_s = np.abs(t - (time_s[0] + mean_s * np.arange(first, first + len(t))))
        largest_error_s = max(largest_error_s, float(error_s.max()))
    rate_hz = 1 / mean_s
    cannot_tell_hz = rate_hz * 2 * largest_error_s / (mean_s * (n - 1)) + 1e-9 * rate_hz
    if abs(rate_hz - round(rate_hz)) <= cannot_tell_hz and round(rate_hz) > 0:
        rate_hz = float(round(rate_hz))
    remark = None
    if largest_jitter > _REPORT_ABOVE:
        remark = f"time steps differ from their median by up to {100 * largest_jitter:.3g} % (rounded stamps or jitter)"
    return TimeBase(rate_hz, None, remark)
