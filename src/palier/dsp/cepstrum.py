"""Cepstrum, cepstral pre-whitening and liftering."""

from dataclasses import dataclass
from math import inf
from typing import Literal

import numpy as np
from jaxtyping import Float

from palier.core.shapes import BatchedWaveform, Waveform
from palier.errors import ParameterError

__all__ = ["Cepstrum", "lifter", "power_cepstrum", "prewhiten", "remove_rahmonics"]

_FLOOR = 1e-24  # of the strongest bin's power: what is below counts as this, because log 0 does not exist
_FLOOR_SINGLE = 1e-13  # the same in single precision, whose rounding leaves no less


@dataclass(frozen=True, slots=True, eq=False)
class Cepstrum:
    """Power cepstrum, up to half of the record."""

    quefrency_s: Waveform
    cepstrum: Float[np.ndarray, "*batch time"]
    """Dimensionless (nepers of power)."""


def power_cepstrum(x: BatchedWaveform, *, sampling_rate_hz: float) -> Cepstrum:
    r"""Spectrum of a log spectrum: families of equally spaced lines gather in one peak.

    .. math:: c(\tau) = \mathcal F^{-1}\bigl\{\ln |X(f)|^2\bigr\}

    Harmonics or sidebands :math:`\Delta f` apart show at the quefrency :math:`\tau = 1/\Delta f` and its multiples, the
    rahmonics; an echo of strength *a* after :math:`\tau_0` adds :math:`(-1)^{k+1} a^k/k` at :math:`k\tau_0`. It is
    twice the real cepstrum of MATLAB's ``rceps``. A change of gain moves only the value at 0.

    Noise between the lines of a spectrum counts as much as the lines: a low family drowns in it.

    Parameters
    ----------
    x : float, shape (..., time)
        Any unit, at least 2 samples. The mean is removed.
    sampling_rate_hz : float
        Hz, positive.

    Returns
    -------
    Cepstrum
        Quefrencies 0 to half of the duration, in the dtype of `x`. Bins without power count as 240 dB below the
        strongest (130 dB for float32); a waveform that is constant throughout has cepstrum 0.

    Raises
    ------
    ParameterError
        If the waveform is shorter than 2 samples or the rate is not positive.

    References
    ----------
    R. B. Randall, "A history of cepstrum analysis and its application to mechanical problems", MSSP 97 (2017) 3–19,
    doi:10.1016/j.ymssp.2016.12.026.

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_normal(10_000)
    >>> echo = x + 0.8 * np.roll(x, 250)
    >>> c = power_cepstrum(echo, sampling_rate_hz=1000)
    >>> float(c.quefrency_s[1 + c.cepstrum[1:].argmax()])
    0.25
    """
    n = _checked(x, sampling_rate_hz)
    full = np.fft.irfft(_log_power(_spectrum(x)), n)
    return Cepstrum(np.arange(n // 2 + 1) / sampling_rate_hz, full[..., : n // 2 + 1])


def prewhiten(x: BatchedWaveform) -> BatchedWaveform:
    r"""Give every frequency the same amplitude and keep its phase.

    .. math:: y = \sqrt n\;\mathcal F^{-1}\{X/|X|\}

    Setting the whole real cepstrum to zero but for the value at 0 does the same, hence the name cepstral pre-whitening.
    Lines of shaft, gears and mains sink to the level of everything else and resonances flatten; impacts, which are
    spread over many bins, stay impacts. No parameter to choose. It lifts frequencies that hold nothing but
    quantisation noise as high as all others: band-limit the envelope afterwards. `whitened_spectrum` with a `limit`
    keeps more of a weak fault.

    Parameters
    ----------
    x : float, shape (..., time)
        Any unit, at least 2 samples.

    Returns
    -------
    float, shape (..., time)
        Dimensionless, zero mean, r.m.s. ``sqrt(1 - 1/n)`` where all bins have power, in the dtype of `x`. Bins without
        any power stay empty.

    Raises
    ------
    ParameterError
        If the waveform is shorter than 2 samples.

    References
    ----------
    Borghesani, Pennacchi, Randall, Sawalhi and Ricci, "Application of cepstrum pre-whitening for the diagnosis of
    bearing faults under variable speed conditions", MSSP 36 (2013) 370–384, doi:10.1016/j.ymssp.2012.11.001.

    Examples
    --------
    >>> t = np.arange(1000)
    >>> x = np.random.default_rng(0).standard_normal(1000) + 50 * np.sin(2 * np.pi * 0.1 * t)
    >>> np.ptp(np.abs(np.fft.rfft(prewhiten(x)))[1:]).round(6) == 0
    np.True_
    """
    n = _checked(x, 1.0)
    bins = _spectrum(x)
    size = np.abs(bins)
    bins /= np.where(size > 0, size, 1) / size.dtype.type(np.sqrt(n))
    return np.fft.irfft(bins, n)


def lifter(
    x: BatchedWaveform, *, sampling_rate_hz: float, keep: Literal["short", "long"], cutoff_s: float
) -> BatchedWaveform:
    r"""Edit a waveform by quefrency: keep the short ones (resonances) or the long ones (periodic families).

    The log amplitude spectrum is filtered by a window over quefrency and put back with the phase of the original:

    .. math:: y = \mathcal F^{-1}\bigl\{\exp\tfrac12\mathcal F\{c\,\ell\}\;e^{i\arg X}\bigr\}

    With ``short`` the transfer path and its resonances stay and harmonic families flatten; with ``long`` the spectrum
    becomes flat but for its families. The value at quefrency 0, the overall gain, is always kept.

    Parameters
    ----------
    x : float, shape (..., time)
        Any unit, at least 2 samples. The mean is removed.
    sampling_rate_hz : float
        Hz, positive.
    keep : {"short", "long"}
        Which side of `cutoff_s`; what is at the cutoff belongs to the short side.
    cutoff_s : float
        s, above 0 and below half of the duration.

    Returns
    -------
    float, shape (..., time)
        In the unit and dtype of `x`.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    References
    ----------
    R. B. Randall, "A history of cepstrum analysis and its application to mechanical problems", MSSP 97 (2017) 3–19,
    doi:10.1016/j.ymssp.2016.12.026.

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_normal(4000)
    >>> echo = x + 0.9 * np.roll(x, 500)
    >>> y = lifter(echo, sampling_rate_hz=1000, keep="short", cutoff_s=0.4)
    >>> c = power_cepstrum(y, sampling_rate_hz=1000).cepstrum
    >>> bool(abs(c[500]) < 0.001)
    True
    """
    if keep not in ("short", "long"):
        raise ParameterError(f"keep is {keep!r}; allowed are short and long")
    n = _checked(x, sampling_rate_hz)
    if not 0 < cutoff_s < n / 2 / sampling_rate_hz:
        raise ParameterError(
            f"cutoff_s is {cutoff_s}; allowed is above 0 and below {n / 2 / sampling_rate_hz:g} s, half of the record"
        )
    distance_s = _distance_s(n, sampling_rate_hz)
    short = distance_s <= cutoff_s
    return _edited(x, short if keep == "short" else ~short | (distance_s == 0))


def remove_rahmonics(
    x: BatchedWaveform, *, sampling_rate_hz: float, spacing_hz: float, width: float = 0.02
) -> BatchedWaveform:
    r"""Flatten a family of equally spaced lines: the harmonics of a shaft, or sidebands.

    As `lifter`, with a window that is zero at all multiples of :math:`\tau_1 = 1/\Delta f`:
    :math:`\ell(\tau) = 0` where :math:`|\tau - k\tau_1| \le \tfrac12 \text{width}\cdot\tau_1`, :math:`k = 1, 2, …`

    The lines fall to the level around them. A line that belongs to no family stays, but for about the share `width` of
    its decibels over that level. Families whose spacing is a whole multiple of `spacing_hz` fall with it.

    Parameters
    ----------
    x : float, shape (..., time)
        Any unit, at least 2 samples. The mean is removed.
    sampling_rate_hz : float
        Hz, positive.
    spacing_hz : float
        Hz; above ``2 / duration`` and at most half of the sampling rate.
    width : float
        Width of each notch as a share of the first quefrency, above 0 and below 1; it covers the uncertainty of
        `spacing_hz` and slow speed changes.

    Returns
    -------
    float, shape (..., time)
        In the unit and dtype of `x`.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    References
    ----------
    Randall and Sawalhi, "A new method for separating discrete components from a signal", Sound & Vibration 45(5) (2011)
    6–9.

    Examples
    --------
    >>> t_s = np.arange(10_000) / 1000
    >>> lines = sum(np.cos(2 * np.pi * 20 * k * t_s) for k in range(1, 25))
    >>> x = lines + 0.01 * np.random.default_rng(0).standard_normal(10_000)
    >>> y = remove_rahmonics(x, sampling_rate_hz=1000, spacing_hz=20, width=0.1)
    >>> bool(np.std(y) < 0.02 * np.std(x))
    True
    """
    n = _checked(x, sampling_rate_hz)
    if not 2 * sampling_rate_hz / n < spacing_hz <= sampling_rate_hz / 2:
        raise ParameterError(
            f"spacing_hz is {spacing_hz}; allowed is above {2 * sampling_rate_hz / n:g} Hz (two lines to the record) "
            f"up to {sampling_rate_hz / 2:g} Hz"
        )
    if not 0 < width < 1:
        raise ParameterError(f"width is {width}; allowed is above 0 and below 1")
    turns = _distance_s(n, sampling_rate_hz) * spacing_hz
    nearest = np.rint(turns)
    # half a sample at least, so that a narrow notch does not fall between two quefrencies
    half = max(width / 2, 0.5 * spacing_hz / sampling_rate_hz * (1 + 1e-9))
    return _edited(x, (nearest == 0) | (np.abs(turns - nearest) > half))


def _checked(x: BatchedWaveform, sampling_rate_hz: float) -> int:
    """Return the samples of a waveform that has a cepstrum."""
    if not 0 < sampling_rate_hz < inf:
        raise ParameterError(f"sampling_rate_hz is {sampling_rate_hz}; allowed is a positive, finite rate")
    if x.shape[-1] < 2:
        raise ParameterError(f"{x.shape[-1]} samples; a cepstrum needs at least 2")
    return int(x.shape[-1])


def _spectrum(x: BatchedWaveform) -> np.ndarray:
    """Transform of a waveform less its mean, exactly zero at 0 Hz."""
    bins = np.fft.rfft(x - x.mean(axis=-1, keepdims=True, dtype=np.float64).astype(x.dtype))
    bins[..., 0] = 0
    return bins


def _log_power(bins: np.ndarray) -> np.ndarray:
    """Log power; the bin at 0 Hz, which holds nothing, takes its neighbour's."""
    power = bins.real**2 + bins.imag**2
    power[..., 0] = power[..., 1]
    top = power.max(axis=-1, keepdims=True)
    floor = _FLOOR if power.dtype == np.float64 else _FLOOR_SINGLE
    return np.asarray(np.log(np.maximum(power, np.where(top > 0, top * floor, 1)))).astype(power.dtype)


def _distance_s(n: int, sampling_rate_hz: float) -> Waveform:
    """Quefrency of every sample of a full cepstrum, without its sign."""
    t = np.arange(n)
    return np.asarray(np.minimum(t, n - t) / sampling_rate_hz)


def _edited(x: BatchedWaveform, kept: np.ndarray) -> BatchedWaveform:
    """Waveform whose log spectrum keeps only some quefrencies, with the phase it had."""
    n = x.shape[-1]
    bins = _spectrum(x)
    before = _log_power(bins)
    after = np.fft.rfft(np.fft.irfft(before, n) * kept.astype(x.dtype)).real
    bins *= np.exp((after - before) / 2)
    return np.fft.irfft(bins, n)
