"""Integration and differentiation between acceleration, velocity and displacement, within a band."""

from math import ceil, pi
from typing import Literal

import numpy as np

from palier.core.shapes import BatchedWaveform, PerWaveform, Spectrum, Waveform
from palier.core.units import UNITS, Unit, to_si_factor
from palier.dsp.spectrum import checked_band, next_fast_real_length
from palier.errors import ParameterError

__all__ = ["differentiate_band_limited", "integrate_band_limited", "velocity_rms_mm_s"]

_FADE_PERIODS = 4.0  # of the lower edge, at each end
_LEAST_PERIODS = 10.0  # two fades, and something between them
_LEAST_PERIODS_RMS = 4.0
_FLANK = 1.5  # a flank ends at this multiple of the upper edge, and at the lower edge divided by it

# how often a waveform of this unit is integrated to become a velocity
_TIMES_TO_VELOCITY: dict[Unit, Literal[-1, 0, 1]] = {"g": 1, "m/s^2": 1, "mm/s": 0, "um": -1}


def integrate_band_limited(
    x: BatchedWaveform, *, sampling_rate_hz: float, band_hz: tuple[float, float], times: Literal[1, 2] = 1
) -> BatchedWaveform:
    r"""Integrate a waveform once or twice, as far as it lies in a band.

    .. math:: y = \mathcal F^{-1}\Bigl\{\frac{H(f)}{(2\pi i f)^{p}}\,\mathcal F\{w\,(x-\bar x)\}\Bigr\}, \qquad p = 1, 2

    H is 1 in the band and falls to 0 as a raised cosine outside it, over a factor of 1.5 in frequency on either side.
    The lower edge is what keeps offset and drift, which integration would raise without bound, out of the result: put
    it below the slowest line of interest and no lower.

    The jump between the ends of a record would leak into low frequencies and be raised likewise, so the waveform fades
    in and out (*w*, smoothly) over four periods of the lower edge at each end, and the result with it: trim ``4 / low``
    seconds at each end before reading it. In between, a sine from twice the lower edge to the upper edge is integrated
    to within 0.1 %; nearer to the lower edge, where the filter rings longest, the error grows to some per cent.
    The result has zero mean: constants of integration are not in the data.

    Parameters
    ----------
    x : float, shape (..., time)
        m/s² for m/s and m, m/s for m; in general any unit, times s or s². At least ``10 / low`` seconds.
    sampling_rate_hz : float
        Hz, positive.
    band_hz : (low, high)
        Hz, 0 < low < high ≤ Nyquist frequency.
    times : {1, 2}

    Returns
    -------
    float, shape (..., time)
        As long as `x`, in its dtype.

    Raises
    ------
    ParameterError
        If the band does not fit or the record is too short for it.

    References
    ----------
    A. Brandt and R. Brincker, "Integrating time signals in frequency domain – Comparison with time domain integration",
    Measurement 58 (2014) 511–519, doi:10.1016/j.measurement.2014.09.004.

    Examples
    --------
    >>> t_s = np.arange(24_000) / 12_000
    >>> acceleration_m_s2 = 10 * np.cos(2 * np.pi * 50 * t_s) + 9.81
    >>> v_m_s = integrate_band_limited(acceleration_m_s2, sampling_rate_hz=12_000, band_hz=(10, 1000))
    >>> float(v_m_s[4800:-4800].max().round(4)), round(10 / (2 * np.pi * 50), 4)
    (0.0318, 0.0318)
    """
    if times not in (1, 2):
        raise ParameterError(f"times is {times}; allowed are 1 and 2")
    return _changed(x, sampling_rate_hz=sampling_rate_hz, band_hz=band_hz, times=times)


def differentiate_band_limited(
    x: BatchedWaveform, *, sampling_rate_hz: float, band_hz: tuple[float, float], times: Literal[1, 2] = 1
) -> BatchedWaveform:
    r"""Differentiate a waveform once or twice, as far as it lies in a band.

    As `integrate_band_limited` with :math:`(2\pi i f)^{p}` in place of its inverse. Here the upper edge matters: it
    keeps noise, which differentiation raises, out of the result.

    Parameters
    ----------
    x : float, shape (..., time)
        m for m/s and m/s²; in general any unit, per s or s². At least ``10 / low`` seconds.
    sampling_rate_hz : float
        Hz, positive.
    band_hz : (low, high)
        Hz, 0 < low < high ≤ Nyquist frequency.
    times : {1, 2}

    Returns
    -------
    float, shape (..., time)
        As long as `x`, in its dtype; the first and last ``4 / low`` seconds fade.

    Raises
    ------
    ParameterError
        If the band does not fit or the record is too short for it.

    Examples
    --------
    >>> t_s = np.arange(24_000) / 12_000
    >>> v = differentiate_band_limited(np.sin(2 * np.pi * 50 * t_s), sampling_rate_hz=12_000, band_hz=(10, 1000))
    >>> float((v[4800:-4800].max() / (2 * np.pi * 50)).round(3))
    1.0
    """
    if times not in (1, 2):
        raise ParameterError(f"times is {times}; allowed are 1 and 2")
    return _changed(x, sampling_rate_hz=sampling_rate_hz, band_hz=band_hz, times=-times)


def velocity_rms_mm_s(
    x: BatchedWaveform, *, sampling_rate_hz: float, unit: Unit, band_hz: tuple[float, float] = (10.0, 1000.0)
) -> PerWaveform:
    r"""Root mean square of the vibration velocity in a band: the number that ISO 20816 zones are read from.

    .. math:: v = \sqrt{\frac{1}{N\sum_t w_t^2}\sum_k \Bigl|\frac{H(f_k)}{(2\pi f_k)^{p}}\Bigr|^2
              \bigl|\mathcal F\{w\,(x-\bar x_w)\}_k\bigr|^2}

    with *p* = 1 for acceleration, 0 for velocity, −1 for displacement; *H* as in `integrate_band_limited`, *w* a window
    that fades over four periods of the lower edge at each end, or over half of the record if that is shorter, and sums
    over positive and negative frequencies. No waveform is needed, so no transform back.

    A sine from twice the lower edge up reads right to within 0.2 % from ``10 / low`` seconds on, to within 1 % in the
    shortest record allowed. The band is flat to its edges, where instruments to ISO 2954 are 3 dB down: a line at the
    very edge reads up to 3 dB more here, one just outside is attenuated about alike.

    Parameters
    ----------
    x : float, shape (..., time)
        In `unit`; at least ``4 / low`` seconds.
    sampling_rate_hz : float
        Hz, positive.
    unit : {"g", "m/s^2", "mm/s", "um"}
        Of `x`; acceleration is integrated, displacement differentiated.
    band_hz : (low, high)
        Hz, 0 < low < high ≤ Nyquist frequency. ISO 20816-3: 10 to 1000 Hz, from 2 Hz for machines below 600 rpm.

    Returns
    -------
    float64, shape (...)
        mm/s, never negative.

    Raises
    ------
    ParameterError
        If the band does not fit, the record is too short for it, or there is no such unit.

    References
    ----------
    ISO 20816-1:2016 and ISO 20816-3:2022 (evaluation), ISO 2954:2012 (instruments).

    Examples
    --------
    >>> t_s = np.arange(24_000) / 12_000
    >>> v_mm_s = 4.0 * np.sqrt(2) * np.sin(2 * np.pi * 24.7 * t_s)
    >>> float(velocity_rms_mm_s(v_mm_s, sampling_rate_hz=12_000, unit="mm/s").round(3))
    4.0
    """
    if unit not in UNITS:
        raise ParameterError(f"unit is {unit!r}; allowed are {', '.join(UNITS)}")
    low_hz, high_hz = _integrable(x, sampling_rate_hz, band_hz, least_periods=_LEAST_PERIODS_RMS)
    n = x.shape[-1]
    fade = _fading(n, min(n // 2, ceil(_FADE_PERIODS / low_hz * sampling_rate_hz)))
    size = next_fast_real_length(n)
    bins = np.fft.rfft(_faded(x, fade), size)
    power = bins.real**2
    power += bins.imag**2
    gain = np.abs(_response(size, sampling_rate_hz, (low_hz, high_hz), times=_TIMES_TO_VELOCITY[unit])) ** 2
    # positive and negative frequencies; the Nyquist bin exists once
    gain[1 : (size + 1) // 2] *= 2
    mean_square = np.einsum("...k,k->...", power, gain, dtype=np.float64) / (size * float(np.sum(fade**2)))
    return np.asarray(np.sqrt(mean_square) * (to_si_factor(unit) * 1e3))


def _changed(
    x: BatchedWaveform, *, sampling_rate_hz: float, band_hz: tuple[float, float], times: int
) -> BatchedWaveform:
    """Integrate `times` times, or differentiate where that is negative."""
    band_hz = _integrable(x, sampling_rate_hz, band_hz, least_periods=_LEAST_PERIODS)
    n = x.shape[-1]
    length = ceil(_FADE_PERIODS / band_hz[0] * sampling_rate_hz)
    # zeros keep what rings beyond one end from coming in at the other
    size = next_fast_real_length(n + length)
    bins = np.fft.rfft(_faded(x, _fading(n, length)), size)
    bins *= _response(size, sampling_rate_hz, band_hz, times=times).astype(bins.dtype)
    return np.fft.irfft(bins, size)[..., :n]


def _integrable(
    x: BatchedWaveform, sampling_rate_hz: float, band_hz: tuple[float, float], *, least_periods: float
) -> tuple[float, float]:
    """Return a band that fits the waveform."""
    low_hz, high_hz = checked_band(band_hz, sampling_rate_hz=sampling_rate_hz)
    if low_hz == 0:
        raise ParameterError("the band starts at 0 Hz, where an integral has no bound; start above")
    if x.shape[-1] < least_periods / low_hz * sampling_rate_hz:
        raise ParameterError(
            f"{x.shape[-1] / sampling_rate_hz:.3g} s of signal; a band from {low_hz:g} Hz needs at least "
            f"{least_periods / low_hz:.3g} s: give a longer record or raise the lower edge"
        )
    return low_hz, high_hz


def _fading(n: int, length: int) -> Waveform:
    """Ones with a rise and fall of `length` samples that is smooth up to its curvature, so that little leaks."""
    fade = np.ones(n)
    u = (np.arange(length) + 0.5) / length
    rise = u - np.sin(2 * pi * u) / (2 * pi)
    fade[:length], fade[n - length :] = rise, rise[::-1]
    return fade


def _faded(x: BatchedWaveform, fade: Waveform) -> BatchedWaveform:
    """Waveform less its weighted mean, faded; it sums to zero."""
    mean = (np.einsum("...t,t->...", x, fade, dtype=np.float64) / float(fade.sum()))[..., None]
    return np.asarray((x - mean.astype(x.dtype)) * fade.astype(x.dtype))


def _response(size: int, sampling_rate_hz: float, band_hz: tuple[float, float], *, times: int) -> np.ndarray:
    """``H / (2πif)^times`` on the bins of a real FFT."""
    low_hz, high_hz = band_hz
    f_hz: Spectrum = np.fft.rfftfreq(size, 1 / sampling_rate_hz)
    below = np.clip((f_hz * _FLANK - low_hz) / (low_hz * (_FLANK - 1)), 0, 1)
    above = np.clip((high_hz * _FLANK - f_hz) / (high_hz * (_FLANK - 1)), 0, 1)
    flanks = (0.5 - 0.5 * np.cos(pi * below)) * (0.5 - 0.5 * np.cos(pi * above))
    response = np.zeros(f_hz.size, np.complex128)
    passed = flanks > 0
    response[passed] = flanks[passed] * (2j * pi * f_hz[passed]) ** -times
    if size % 2 == 0 and times % 2:
        response[-1] = 0  # a real waveform at the Nyquist frequency has no quadrature
    return response
