"""Features of the discrete wavelet transform (Daubechies, four vanishing moments)."""

from math import log
from typing import Final

import numpy as np

from palier.core.shapes import PerWaveform
from palier.features.context import SignalContext, mean_product
from palier.features.registry import feature

__all__ = [
    "WAVELET_LEVELS",
    "wavelet_entropy",
    "wavelet_kurtosis",
    "wavelet_share_d1",
    "wavelet_share_d2",
    "wavelet_share_d3",
]

#: Levels of detail: the last reaches down to a 64th of the sampling rate.
WAVELET_LEVELS: Final = 5


def _details(c: SignalContext) -> np.ndarray:
    """Return the mean square and the kurtosis of every level: details 1 to 5, then the approximation."""
    from pywt import wavedec

    low, *details = wavedec(c.x, "db4", mode="periodization", level=WAVELET_LEVELS)
    rows = []
    for w in (*details[::-1], low):
        square = w * w
        power = mean_product(w, w)
        fourth = mean_product(square, square)
        rows.append(np.stack([power * w.shape[1], fourth / np.maximum(power, 1e-30) ** 2], axis=-1))
    return np.stack(rows, axis=1)


def _shares(c: SignalContext) -> np.ndarray:
    energy = c.block(_details)[:, :, 0]
    return np.asarray(energy / energy.sum(axis=-1, keepdims=True))


@feature(unit="1", domain="wavelet", low=0, high=1)
def wavelet_share_d1(c: SignalContext) -> PerWaveform:
    r"""Share of the energy in the first detail: from a quarter to half of the sampling rate.

    .. math:: E_1 \Big/ \sum_j E_j, \qquad E_j = \sum_k d_{jk}^2

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).standard_normal(20_000)
    >>> wavelet_share_d1(signal_context(x, sampling_rate_hz=1000)).round(1)
    array([0.5])
    """
    return _shares(c)[:, 0]


@feature(unit="1", domain="wavelet", low=0, high=1)
def wavelet_share_d2(c: SignalContext) -> PerWaveform:
    r"""Share of the energy in the second detail: from an eighth to a quarter of the sampling rate.

    .. math:: E_2 \Big/ \sum_j E_j, \qquad E_j = \sum_k d_{jk}^2

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).standard_normal(20_000)
    >>> wavelet_share_d2(signal_context(x, sampling_rate_hz=1000)).round(2)
    array([0.24])
    """
    return _shares(c)[:, 1]


@feature(unit="1", domain="wavelet", low=0, high=1)
def wavelet_share_d3(c: SignalContext) -> PerWaveform:
    r"""Share of the energy in the third detail: from a sixteenth to an eighth of the sampling rate.

    .. math:: E_3 \Big/ \sum_j E_j, \qquad E_j = \sum_k d_{jk}^2

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.sin(2 * np.pi * 0.09 * np.arange(20_000))
    >>> bool(wavelet_share_d3(signal_context(x, sampling_rate_hz=1000))[0] > 0.8)
    True
    """
    return _shares(c)[:, 2]


@feature(unit="1", domain="wavelet", low=0, high=1)
def wavelet_entropy(c: SignalContext) -> PerWaveform:
    r"""Evenness of the energy over the levels: 0 when one holds all, 1 when all hold as much.

    .. math:: -\frac{1}{\ln J} \sum_{j=1}^{J} s_j \ln s_j, \qquad s_j = E_j \Big/ \sum_i E_i

    over five details and the approximation.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.sin(2 * np.pi * 0.002 * np.arange(20_000))
    >>> bool(wavelet_entropy(signal_context(x, sampling_rate_hz=1000))[0] < 0.01)
    True
    """
    s = np.maximum(_shares(c), 1e-30)
    return np.asarray(np.clip(-np.sum(s * np.log(s), axis=-1) / log(s.shape[1]), 0, 1))


@feature(unit="1", domain="wavelet", low=1)
def wavelet_kurtosis(c: SignalContext) -> PerWaveform:
    r"""Largest kurtosis of the first four details: impacts, in whichever octave they ring.

    .. math:: \max_{j \le 4} \frac{\langle d_j^4 \rangle}{\langle d_j^2 \rangle^2}

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).standard_normal(20_000)
    >>> bool(abs(wavelet_kurtosis(signal_context(x, sampling_rate_hz=1000))[0] - 3) < 0.5)
    True
    """
    return np.asarray(np.maximum(c.block(_details)[:, :4, 1].max(axis=-1), 1))
