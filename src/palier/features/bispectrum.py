"""Features of the bispectrum in orders of the shaft: which lines belong together."""

from functools import cache
from math import log
from typing import Final

import numpy as np

from palier.core.shapes import PerWaveform
from palier.dsp import cosine_window, next_fast_real_length
from palier.features.context import SignalContext
from palier.features.registry import feature

__all__ = [
    "LEAST_REVOLUTIONS",
    "bicoherence_1x_1x",
    "bicoherence_1x_2x",
    "bicoherence_half",
    "bicoherence_max",
    "bicoherence_mean",
    "bispectral_entropy",
]

#: A waveform of fewer revolutions has no segments to average.
LEAST_REVOLUTIONS: Final = 12.0
_STEP = 0.25  # orders from line to line; a Hann segment of four revolutions or more tells 1× from 1.5×
_FIRST, _LAST = 2, 24  # 0.5× to 6×, in steps
_SEGMENT_REVOLUTIONS = (4.0, 8.0)
_SEGMENTS = 6  # not overlapping, where the record allows
_HIGHEST_ORDER = 7.0  # kept when the waveform is thinned out
_UNDEFINED = f"without a speed, with fewer than {LEAST_REVOLUTIONS:g} revolutions, or 7× above Nyquist"


@cache
def _pairs() -> tuple[np.ndarray, np.ndarray]:
    """All pairs of lines whose sum is a line, each once."""
    pairs = [(i, j) for i in range(_FIRST, _LAST + 1) for j in range(i, _LAST + 1) if i + j <= _LAST]
    first, second = np.array(pairs).T
    return first, second


@cache
def _place(first: float, second: float) -> int:
    """Index of a pair of orders among the pairs."""
    i, j = _pairs()
    return int(np.flatnonzero((i == first / _STEP) & (j == second / _STEP))[0])


def _segment_lines(c: SignalContext, row: int) -> np.ndarray:
    """Complex amplitudes of orders 0.25×, 0.5×, … 6× (rows) in each Hann segment (columns) of one waveform."""
    from scipy.fft import irfft

    speed_hz = c.speed_hz[row]
    kept = min(next_fast_real_length(int(_HIGHEST_ORDER * speed_hz / c.bin_hz) + 1), c.bins.shape[1] - 1)
    # the waveform at only the rate that 7× needs
    slow = irfft(c.bins[row, :kept], 2 * kept, norm="forward") * np.float32(1 / c.n)
    rate_hz = 2 * kept * c.bin_hz
    revolutions = speed_hz * c.duration_s
    length = round(
        min(max(revolutions / _SEGMENTS, _SEGMENT_REVOLUTIONS[0]), _SEGMENT_REVOLUTIONS[1]) / speed_hz * rate_hz
    )
    segments = np.lib.stride_tricks.sliding_window_view(slow, length)[:: max(1, length // 2)]
    turn = np.exp(np.arange(length) * (-2j * np.pi * _STEP * speed_hz / rate_hz)).astype(np.complex64)
    waves = np.cumprod(np.broadcast_to(turn[:, None], (length, _LAST)), axis=1)
    waves *= cosine_window("hann", length).astype(np.float32)[:, None]
    lines = (segments @ waves.real + 1j * (segments @ waves.imag)).T
    return np.asarray(lines.astype(np.complex128) * (2 / length))


def _bicoherence(c: SignalContext) -> np.ndarray:
    """Squared bicoherence of every pair, then the magnitude of the bispectrum of every pair."""
    first, second = _pairs()
    result = np.full((c.x.shape[0], 2, first.size), np.nan)
    for row in range(c.x.shape[0]):  # each waveform has its own speed, and with it its own segments
        speed_hz = c.speed_hz[row]
        if not (speed_hz * c.duration_s >= LEAST_REVOLUTIONS and _HIGHEST_ORDER * speed_hz <= c.nyquist_hz):
            continue
        lines = _segment_lines(c, row)
        product = lines[first - 1] * lines[second - 1]
        third = lines[first + second - 1]
        bispectrum = np.abs(np.mean(product * np.conj(third), axis=1))
        product_power = np.mean(product.real**2 + product.imag**2, axis=1)
        third_power = np.mean(third.real**2 + third.imag**2, axis=1)
        bound = np.maximum(product_power * third_power, 1e-60)
        result[row] = np.minimum(bispectrum**2 / bound, 1), bispectrum
    return result


def _pair(c: SignalContext, first: float, second: float) -> np.ndarray:
    return np.asarray(c.block(_bicoherence)[:, 0, _place(first, second)])


@feature(unit="1", domain="bispectrum", needs=("speed",), low=0, high=1, undefined=_UNDEFINED)
def bicoherence_max(c: SignalContext) -> PerWaveform:
    r"""Largest squared bicoherence of all pairs of orders from 0.5× to 6×, a quarter order apart.

    .. math:: b^2(p, q) = \frac{\bigl|\langle X_p X_q X_{p+q}^* \rangle\bigr|^2}
              {\langle |X_p X_q|^2 \rangle\,\langle |X_{p+q}|^2 \rangle}

    averaged over half-overlapping Hann segments of four to eight revolutions; 0 to 1 by the Cauchy–Schwarz inequality.
    Noise reads about one over the number of segments. Lines at *p*, *q* and *p + q* of steady phase read 1 whether or
    not a nonlinearity ties them: it says that three lines keep step, not why.

    References
    ----------
    Y. C. Kim, E. J. Powers, "Digital bispectral analysis and its applications to nonlinear wave interactions", IEEE
    Trans. Plasma Sci. 7 (1979) 120–131, doi:10.1109/TPS.1979.4317207.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> t_s = np.arange(4000) / 1000
    >>> x = np.random.default_rng(0).standard_normal(4000) / 10
    >>> x += np.sin(2 * np.pi * 25 * t_s) + np.sin(2 * np.pi * 50 * t_s + 1)
    >>> bicoherence_max(signal_context(x, sampling_rate_hz=1000, speed_hz=25.0)).round(1)
    array([1.])
    """
    return np.asarray(c.block(_bicoherence)[:, 0].max(axis=-1))


@feature(unit="1", domain="bispectrum", needs=("speed",), low=0, high=1, undefined=_UNDEFINED)
def bicoherence_mean(c: SignalContext) -> PerWaveform:
    r"""Mean squared bicoherence over all pairs of orders.

    .. math:: \langle b^2(p, q) \rangle_{p,q}

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).standard_normal(20_000)
    >>> bool(bicoherence_mean(signal_context(x, sampling_rate_hz=1000, speed_hz=25.0))[0] < 0.05)
    True
    """
    return np.asarray(c.block(_bicoherence)[:, 0].mean(axis=-1))


@feature(unit="1", domain="bispectrum", needs=("speed",), low=0, high=1, undefined=_UNDEFINED)
def bispectral_entropy(c: SignalContext) -> PerWaveform:
    r"""Evenness of the magnitude of the bispectrum over the pairs of orders: 0 when one pair holds all.

    .. math:: -\frac{1}{\ln M} \sum_{p,q} s_{pq} \ln s_{pq}, \qquad
              s_{pq} = |B(p,q)| \Big/ \sum |B|, \quad B(p,q) = \langle X_p X_q X_{p+q}^* \rangle

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).standard_normal(20_000)
    >>> bool(bispectral_entropy(signal_context(x, sampling_rate_hz=1000, speed_hz=25.0))[0] > 0.9)
    True
    """
    magnitude = c.block(_bicoherence)[:, 1]
    s = np.maximum(magnitude / np.maximum(magnitude.sum(axis=-1, keepdims=True), 1e-60), 1e-30)
    return np.asarray(np.clip(-np.sum(s * np.log(s), axis=-1) / log(s.shape[1]), 0, 1))


@feature(unit="1", domain="bispectrum", needs=("speed",), low=0, high=1, undefined=_UNDEFINED)
def bicoherence_1x_1x(c: SignalContext) -> PerWaveform:
    r"""Squared bicoherence of the shaft with itself: does 2× keep step with 1×?

    .. math:: b^2(1, 1) = \frac{\bigl|\langle X_1^2 X_2^* \rangle\bigr|^2}
              {\langle |X_1|^4 \rangle\,\langle |X_2|^2 \rangle}

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> t_s = np.arange(4000) / 1000
    >>> x = np.sin(2 * np.pi * 25 * t_s) + np.sin(2 * np.pi * 50 * t_s + 1)
    >>> bicoherence_1x_1x(signal_context(x, sampling_rate_hz=1000, speed_hz=25.0)).round(3)
    array([1.])
    """
    return _pair(c, 1.0, 1.0)


@feature(unit="1", domain="bispectrum", needs=("speed",), low=0, high=1, undefined=_UNDEFINED)
def bicoherence_1x_2x(c: SignalContext) -> PerWaveform:
    r"""Squared bicoherence of 1× and 2×: does 3× keep step with both?

    .. math:: b^2(1, 2) = \frac{\bigl|\langle X_1 X_2 X_3^* \rangle\bigr|^2}
              {\langle |X_1 X_2|^2 \rangle\,\langle |X_3|^2 \rangle}

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> t_s = np.arange(4000) / 1000
    >>> x = sum(np.sin(2 * np.pi * 25 * k * t_s + k) for k in (1, 2, 3))
    >>> bicoherence_1x_2x(signal_context(x, sampling_rate_hz=1000, speed_hz=25.0)).round(3)
    array([1.])
    """
    return _pair(c, 1.0, 2.0)


@feature(unit="1", domain="bispectrum", needs=("speed",), low=0, high=1, undefined=_UNDEFINED)
def bicoherence_half(c: SignalContext) -> PerWaveform:
    r"""Squared bicoherence of half the speed with itself: near 1 for an exact subharmonic, low for a whirl at 0.45×.

    .. math:: b^2(\tfrac12, \tfrac12) = \frac{\bigl|\langle X_{1/2}^2 X_1^* \rangle\bigr|^2}
              {\langle |X_{1/2}|^4 \rangle\,\langle |X_1|^2 \rangle}

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> t_s = np.arange(4000) / 1000
    >>> x = np.sin(2 * np.pi * 25 * t_s) + np.sin(2 * np.pi * 12.5 * t_s)
    >>> bicoherence_half(signal_context(x, sampling_rate_hz=1000, speed_hz=25.0)).round(3)
    array([1.])
    """
    return _pair(c, 0.5, 0.5)
