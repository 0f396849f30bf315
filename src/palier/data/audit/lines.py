"""Spectral lines and how easily chance would put one at a given place."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp, floor, log
from typing import Final

import numpy as np
from jaxtyping import Bool

from palier.core.shapes import Spectrum, Waveform
from palier.dsp.whiten import fast_length, local_median

__all__ = ["LineSpectrum", "chance_of_lines", "line_spectrum", "slot_chance", "strongest_lines"]

_MOST_SAMPLES: Final = 2**19
_BACKGROUND_BINS: Final = 201
#: A slot is judged against slots of the same width from half to twice its frequency.
_NEIGHBOURHOOD: Final = 2.0
_LEAST_NEIGHBOURS: Final = 8
#: Bins next to zero hold what is left of the mean and of drifts.
_FIRST_BIN: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class LineSpectrum:
    """Power over the local background, on the axis of the declared sampling rate."""

    spacing_hz: float
    prominence: Spectrum
    """Power of each bin over the background's mean; 1 is what noise gives."""


def line_spectrum(x: Waveform, *, sampling_rate_hz: float) -> LineSpectrum:
    """Return the power spectrum (Hann window) of a waveform over the median of 201 bins around.

    Parameters
    ----------
    x : float, shape (time)
        No more than its first 524 288 samples are used.
    sampling_rate_hz : float
    """
    n = fast_length(min(len(x), _MOST_SAMPLES))
    spectrum = np.fft.rfft(x[:n] - x[:n].mean(dtype=np.float64).astype(x.dtype))
    # the Hann window in the frequency domain: a weighted sum of three neighbours
    windowed = spectrum[1:-1] - (spectrum[:-2] + spectrum[2:]) / 2
    power = np.zeros(len(spectrum), windowed.real.dtype)
    power[1:-1] = windowed.real**2 + windowed.imag**2
    background = local_median(power, width_bins=_BACKGROUND_BINS)
    floor_power = np.maximum(background, np.finfo(power.dtype).tiny)
    return LineSpectrum(sampling_rate_hz / n, power / floor_power * log(2))


def slot_chance(
    spectrum: LineSpectrum, frequency_hz: float, *, tolerance: float, known: Bool[np.ndarray, " frequency"]
) -> float | None:
    """Return the chance that a place like this one, elsewhere nearby, holds as high a line.

    The slot reaches from :math:`f(1-\\delta)` to :math:`f(1+\\delta)` and half a bin further; the chance is its rank
    among adjoining slots of the same width between half and twice its frequency. Where fewer than eight are left,
    there is no answer.

    Parameters
    ----------
    spectrum : LineSpectrum
    frequency_hz : float
        On the declared axis.
    tolerance : float
        :math:`\\delta`, relative.
    known : bool, shape (frequency)
        Bins of lines that are explained, and so no part of the surroundings.

    Returns
    -------
    float or None
    """
    q, df = spectrum.prominence, spectrum.spacing_hz
    low, high = _slot(frequency_hz, tolerance, df)
    width = high - low
    first = max(_FIRST_BIN, round(frequency_hz / _NEIGHBOURHOOD / df))
    last = min(len(q), round(frequency_hz * _NEIGHBOURHOOD / df))
    count = (last - first) // width
    if low < _FIRST_BIN or high >= len(q) - 1 or count < _LEAST_NEIGHBOURS:
        return None
    around = slice(first, first + count * width)
    columns, explained = q[around].reshape(count, width).T, known[around].reshape(count, width).T
    others = np.maximum.reduce(columns)[~np.logical_or.reduce(explained)]
    if len(others) < _LEAST_NEIGHBOURS:
        return None
    return float(min(1.0, (1 + np.count_nonzero(others > q[low:high].max())) / (1 + len(others))))


def _slot(frequency_hz: float, tolerance: float, spacing_hz: float) -> tuple[int, int]:
    low = floor(frequency_hz * (1 - tolerance) / spacing_hz - 0.5)
    return low, max(ceil(frequency_hz * (1 + tolerance) / spacing_hz + 0.5) + 1, low + 3)


def chance_of_lines(chances: Sequence[float]) -> float:
    """Combine the chances of several slots into that of all of them together (Fisher's method).

    Parameters
    ----------
    chances : sequence of float
        Each above 0 and up to 1.

    Returns
    -------
    float
        1 for no slots.

    Examples
    --------
    >>> round(chance_of_lines([0.01, 0.02]), 5), chance_of_lines([])
    (0.0019, 1.0)
    """
    x = -sum(log(p) for p in chances)
    term = total = 1.0
    for k in range(1, len(chances)):
        term *= x / k
        total += term
    return min(1.0, exp(-x) * total) if chances else 1.0


def strongest_lines(spectrum: LineSpectrum, *, count: int, from_hz: float, to_hz: float) -> Spectrum:
    """Return the frequencies of the most prominent local maxima, rising, refined by a parabola through the logarithm.

    Parameters
    ----------
    spectrum : LineSpectrum
    count : int
    from_hz, to_hz : float
    """
    q, df = spectrum.prominence, spectrum.spacing_hz
    low, high = max(_FIRST_BIN, ceil(from_hz / df)), min(len(q) - 2, floor(to_hz / df))
    if high - low < 3:
        return np.empty(0)
    y = np.log(np.maximum(q[low - 1 : high + 1].astype(np.float64), 1e-9))
    peaks = np.flatnonzero((y[1:-1] > y[:-2]) & (y[1:-1] >= y[2:])) + 1
    peaks = peaks[np.argsort(y[peaks])[::-1][:count]]
    peaks = peaks[y[peaks] > log(12.0)]
    left, mid, right = y[peaks - 1], y[peaks], y[peaks + 1]
    bend = left - 2 * mid + right
    shift = np.divide(left - right, 2 * bend, out=np.zeros_like(mid), where=bend != 0)
    return np.sort((peaks + shift + low - 1) * df)
