"""Zero-phase filters, and removal of offset and slope."""

from math import ceil, inf, log
from typing import Literal

import numpy as np

from palier.core.shapes import BatchedWaveform
from palier.errors import ParameterError

__all__ = ["band_pass", "band_stop", "detrend", "high_pass", "low_pass"]

Kind = Literal["lowpass", "highpass", "bandpass", "bandstop"]
_SETTLED = 1e-3  # of the slowest decay, at the end of the padding


def low_pass(x: BatchedWaveform, *, sampling_rate_hz: float, cutoff_hz: float, order: int = 4) -> BatchedWaveform:
    r"""Keep what is below a frequency, without moving it in time.

    A Butterworth filter in second-order sections runs forwards and backwards, so the phase cancels and the gain is
    squared: with the prewarped frequency :math:`\Omega = \tan(\pi f/f_s)`,

    .. math:: |H(f)|^2 = \frac{1}{1 + (\Omega/\Omega_c)^{2N}}

    which is one half (−6 dB, not −3) at the cutoff. Both ends are continued by their mirror image about the end point
    for as long as the filter rings; what is read there is a guess that gets better inwards. MATLAB's ``filtfilt`` of a
    ``butter`` design does the same, with shorter continuation.

    Zero phase means that an impact rings before it happens: do not read onset times from the result.

    Parameters
    ----------
    x : float, shape (..., time)
        Any unit. It must be longer than the filter rings, about ``0.7 · order / cutoff_hz`` seconds.
    sampling_rate_hz : float
        Hz, positive.
    cutoff_hz : float
        Hz, above 0 and below the Nyquist frequency.
    order : int
        Of the single pass, 1 to 12.

    Returns
    -------
    float, shape (..., time)
        In the dtype of `x`; the recursion runs in double precision.

    Raises
    ------
    ParameterError
        If the cutoff is not below the Nyquist frequency, the order is out of range or the waveform too short.

    References
    ----------
    Oppenheim, Schafer and Buck, "Discrete-Time Signal Processing", 2nd ed. (1999), chapters 5 and 7.

    Examples
    --------
    >>> t_s = np.arange(2000) / 1000
    >>> slow, fast = np.sin(2 * np.pi * 5 * t_s), np.sin(2 * np.pi * 200 * t_s)
    >>> y = low_pass(slow + fast, sampling_rate_hz=1000, cutoff_hz=50)
    >>> float(np.abs(y - slow)[500:1500].max().round(3))
    0.0
    """
    return _zero_phase(x, "lowpass", (cutoff_hz,), sampling_rate_hz=sampling_rate_hz, order=order)


def high_pass(x: BatchedWaveform, *, sampling_rate_hz: float, cutoff_hz: float, order: int = 4) -> BatchedWaveform:
    r"""Keep what is above a frequency, without moving it in time.

    :math:`|H|^2 = 1/(1 + (\Omega_c/\Omega)^{2N})` with :math:`\Omega = \tan(\pi f/f_s)`; otherwise as `low_pass`.

    Parameters
    ----------
    x : float, shape (..., time)
        Any unit; longer than the filter rings.
    sampling_rate_hz : float
        Hz, positive.
    cutoff_hz : float
        Hz, above 0 and below the Nyquist frequency. The gain there is one half.
    order : int
        Of the single pass, 1 to 12.

    Returns
    -------
    float, shape (..., time)
        In the dtype of `x`.

    Raises
    ------
    ParameterError
        As `low_pass`.

    Examples
    --------
    >>> t_s = np.arange(2000) / 1000
    >>> y = high_pass(7 + np.sin(2 * np.pi * 200 * t_s), sampling_rate_hz=1000, cutoff_hz=20)
    >>> float(np.abs(y[500:1500]).max().round(2))
    0.95
    """
    return _zero_phase(x, "highpass", (cutoff_hz,), sampling_rate_hz=sampling_rate_hz, order=order)


def band_pass(
    x: BatchedWaveform, *, sampling_rate_hz: float, band_hz: tuple[float, float], order: int = 4
) -> BatchedWaveform:
    r"""Keep what lies in a band, without moving it in time.

    :math:`|H|^2 = 1/\bigl(1 + ((\Omega^2-\Omega_1\Omega_2)/(\Omega(\Omega_2-\Omega_1)))^{2N}\bigr)` with
    :math:`\Omega = \tan(\pi f/f_s)`; otherwise as `low_pass`. A narrow band rings long: about ``1.4 · order`` over
    its width.

    Parameters
    ----------
    x : float, shape (..., time)
        Any unit; longer than the filter rings.
    sampling_rate_hz : float
        Hz, positive.
    band_hz : (low, high)
        Hz, 0 < low < high < Nyquist frequency. The gain is one half at both.
    order : int
        Of each flank in the single pass, 1 to 12.

    Returns
    -------
    float, shape (..., time)
        In the dtype of `x`.

    Raises
    ------
    ParameterError
        As `low_pass`.

    Examples
    --------
    >>> t_s = np.arange(2000) / 1000
    >>> x = sum(np.sin(2 * np.pi * f * t_s) for f in (5.0, 100.0, 400.0))
    >>> y = band_pass(x, sampling_rate_hz=1000, band_hz=(50, 200))
    >>> float(np.abs(y - np.sin(2 * np.pi * 100 * t_s))[500:1500].max().round(2))
    0.0
    """
    return _zero_phase(x, "bandpass", band_hz, sampling_rate_hz=sampling_rate_hz, order=order)


def band_stop(
    x: BatchedWaveform, *, sampling_rate_hz: float, band_hz: tuple[float, float], order: int = 4
) -> BatchedWaveform:
    r"""Remove what lies in a band, without moving the rest in time.

    :math:`|H|^2 = 1/\bigl(1 + (\Omega(\Omega_2-\Omega_1)/(\Omega^2-\Omega_1\Omega_2))^{2N}\bigr)` with
    :math:`\Omega = \tan(\pi f/f_s)`; otherwise as `band_pass`.

    Parameters
    ----------
    x : float, shape (..., time)
        Any unit; longer than the filter rings.
    sampling_rate_hz : float
        Hz, positive.
    band_hz : (low, high)
        Hz, 0 < low < high < Nyquist frequency. The gain is one half at both.
    order : int
        Of each flank in the single pass, 1 to 12.

    Returns
    -------
    float, shape (..., time)
        In the dtype of `x`.

    Raises
    ------
    ParameterError
        As `low_pass`.

    Examples
    --------
    >>> t_s = np.arange(4000) / 1000
    >>> mains, rest = np.sin(2 * np.pi * 50 * t_s), np.sin(2 * np.pi * 200 * t_s)
    >>> y = band_stop(mains + rest, sampling_rate_hz=1000, band_hz=(45, 55), order=2)
    >>> float(np.abs(y - rest)[1000:3000].max().round(2))
    0.0
    """
    return _zero_phase(x, "bandstop", band_hz, sampling_rate_hz=sampling_rate_hz, order=order)


def detrend(x: BatchedWaveform, *, kind: Literal["constant", "linear"] = "constant") -> BatchedWaveform:
    r"""Remove the offset of a waveform, or the straight line that fits it best.

    :math:`y_t = x_t - \bar x` or :math:`y_t = x_t - \bar x - \beta\,(t-\bar t)` with the least-squares slope
    :math:`\beta = \sum (t-\bar t)\,x_t / \sum (t-\bar t)^2`.

    A line through a slow sine takes part of the sine with it: use `high_pass` for drifts that bend.

    Parameters
    ----------
    x : float, shape (..., time)
        Any unit, at least 1 sample, 2 for ``linear``.
    kind : {"constant", "linear"}

    Returns
    -------
    float, shape (..., time)
        In the dtype of `x`; sums run in double precision.

    Raises
    ------
    ParameterError
        If there is no such kind, or the waveform is too short.

    Examples
    --------
    >>> detrend(np.array([1.0, 2.0, 6.0]))
    array([-2., -1.,  3.])
    >>> detrend(np.array([1.0, 3.0, 5.0, 7.0]), kind="linear")
    array([0., 0., 0., 0.])
    """
    if kind not in ("constant", "linear"):
        raise ParameterError(f"no kind {kind!r}; there are constant and linear")
    n, needed = x.shape[-1], 1 if kind == "constant" else 2
    if n < needed:
        raise ParameterError(f"{n} samples; detrending by a {kind} needs at least {needed}")
    y = x - x.mean(axis=-1, keepdims=True, dtype=np.float64)
    if kind == "linear":
        t = np.arange(n) - (n - 1) / 2
        y -= (y @ t)[..., None] / (t @ t) * t
    return np.asarray(y, dtype=x.dtype)


def _zero_phase(
    x: BatchedWaveform, kind: Kind, edges_hz: tuple[float, ...], *, sampling_rate_hz: float, order: int
) -> BatchedWaveform:
    """Run a Butterworth filter both ways, with ends continued for as long as it rings."""
    from scipy.signal import butter, sosfiltfilt

    if not 0 < sampling_rate_hz < inf:
        raise ParameterError(f"sampling_rate_hz is {sampling_rate_hz}; allowed is a positive, finite rate")
    if not 1 <= order <= 12:
        raise ParameterError(f"order is {order}; allowed is 1 to 12")
    if not all(a < b for a, b in zip((0.0, *edges_hz), (*edges_hz, sampling_rate_hz / 2), strict=True)):
        raise ParameterError(
            f"{kind} at {' to '.join(f'{f:g}' for f in edges_hz)} Hz; allowed is above 0, rising, and below "
            f"{sampling_rate_hz / 2:g} Hz, half of the sampling rate"
        )
    critical = edges_hz[0] if len(edges_hz) == 1 else edges_hz
    _, poles, _ = butter(order, critical, kind, output="zpk", fs=sampling_rate_hz)
    slowest = float(np.abs(poles).max())
    ringing = max(3 * (2 * order + 1), ceil(log(_SETTLED) / log(slowest)) if slowest > 0 else 0)
    if x.shape[-1] <= ringing:
        raise ParameterError(
            f"{x.shape[-1]} samples are not more than the {ringing} that this {kind} filter rings for; give a longer "
            "waveform, a lower order or a wider band"
        )
    sections = butter(order, critical, kind, output="sos", fs=sampling_rate_hz)
    return np.asarray(sosfiltfilt(sections, x, axis=-1, padtype="odd", padlen=ringing), dtype=x.dtype)
