"""Features of the bispectrum in orders of the shaft: which lines belong together."""

from functools import cache
from math import log
from typing import Final

import numpy as np

from palier.core.shapes import PerWaveform
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

#: A waveform of fewer revolutions has too few independent moments to average.
LEAST_REVOLUTIONS: Final = 24.0
_STEP = 0.25  # orders from line to line
_FIRST, _LAST = 2, 24  # 0.5× to 6×, in steps
#: Into how many parts a waveform is thought to be cut: as many as leave six revolutions to each, or four to each of 6.
_PARTS: Final = (6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)
_PART_REVOLUTIONS: Final = 6.0
_END_DROP: Final = 16  # a sixteenth of the moments at either end, where the record does not close on itself
_UNDEFINED = f"without a speed, with fewer than {LEAST_REVOLUTIONS:g} revolutions, or where 7× is above Nyquist"


def _parts(revolutions: float) -> int:
    """Return the number of parts for a waveform."""
    return max((p for p in _PARTS if revolutions / p >= _PART_REVOLUTIONS), default=_PARTS[0])


@cache
def _pairs() -> tuple[tuple[int, int], ...]:
    """All pairs of lines whose sum is a line, each once."""
    return tuple((p, q) for p in range(_FIRST, _LAST // 2 + 1) for q in range(p, _LAST - p + 1))


def _lines(c: SignalContext, rows: np.ndarray, parts: int) -> np.ndarray:
    """Complex amplitudes of orders 0, 0.25×, 0.5×, … 6× along each waveform, by waveform, order and moment.

    Each is what a filter lets through that falls as a squared cosine to nothing at two bins of a part off the order,
    seen from the order itself, so that the phases of two orders and of their sum compare at every moment.
    """
    from scipy.fft import ifft

    reach = 2 * parts
    centre = c.speed_hz[rows, None] / c.bin_hz * (_STEP * np.arange(_LAST + 1))
    nearest = np.rint(centre).astype(np.intp)
    offset = (nearest - centre)[..., None]
    place = np.arange(-reach, reach)
    weight = np.cos(np.pi / 2 * np.clip((place + offset) / reach, -1, 1)).astype(np.float32) ** 2
    index = nearest[..., None] + place
    band = c.bins[rows[:, None, None], np.abs(index)] * weight
    band[index < 1] = 0
    # bin `nearest - reach` comes first: the phase of each moment counts from the order itself
    turn = np.exp((2j * np.pi / (2 * reach)) * (offset - reach) * np.arange(2 * reach)).astype(np.complex64)
    drop = max(1, 2 * reach // _END_DROP)
    moments = ifft(band, norm="forward") * turn
    return np.asarray(moments[..., drop:-drop] * np.float32(2 / c.n))


def _bicoherence(c: SignalContext) -> np.ndarray:
    """Squared bicoherence of every pair, then the magnitude of the bispectrum of every pair."""
    first, second = np.array(_pairs()).T
    result = np.full((c.x.shape[0], 2, len(_pairs())), np.nan)
    revolutions = c.speed_hz * c.duration_s
    with np.errstate(invalid="ignore"):
        known = (revolutions >= LEAST_REVOLUTIONS) & ((_STEP * _LAST + 1) * c.speed_hz <= c.nyquist_hz)
    parts = np.array([_parts(r) if ok else 0 for r, ok in zip(revolutions.tolist(), known.tolist(), strict=True)])
    for count in np.unique(parts[known]).tolist():  # waveforms of about one speed go together
        rows = np.flatnonzero(parts == count)
        z = _lines(c, rows, count)
        third = z[:, first + second]
        product = z[:, first] * z[:, second]
        bispectrum = np.abs(np.vecdot(third, product)).astype(np.float64)
        power = np.vecdot(z, z).real.astype(np.float64)
        bound = np.vecdot(product, product).real * power[:, first + second]
        result[rows, 0] = np.minimum(bispectrum**2 / np.maximum(bound, 1e-60), 1)
        result[rows, 1] = bispectrum / z.shape[-1]
    return result


def _pair(c: SignalContext, first: float, second: float) -> np.ndarray:
    return np.asarray(c.block(_bicoherence)[:, 0, _pairs().index((round(first / _STEP), round(second / _STEP)))])


@feature(unit="1", domain="bispectrum", needs=("speed",), low=0, high=1, undefined=_UNDEFINED)
def bicoherence_max(c: SignalContext) -> PerWaveform:
    r"""Largest squared bicoherence of all pairs of orders from 0.5× to 6×, a quarter order apart.

    .. math:: b^2(p, q) = \frac{\bigl|\langle X_p X_q X_{p+q}^* \rangle\bigr|^2}
              {\langle |X_p X_q|^2 \rangle\,\langle |X_{p+q}|^2 \rangle}

    averaged over the moments of a waveform, with :math:`X_p` the complex amplitude of order *p* at a moment, as a
    filter a third of an order wide to either side shows it (a segment of six revolutions under a Hann window is as
    sharp). It is 0 to 1 by the Cauchy–Schwarz inequality. Noise reads about three over the number of revolutions.
    Lines at *p*, *q* and *p + q* of steady phase read 1 whether or not a nonlinearity ties them: it says that three
    lines keep step, not why.

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
