"""Features of the continuous wavelet transform with Morlet's wavelet."""

from functools import cache
from math import log
from typing import Final

import numpy as np

from palier.core.shapes import PerWaveform
from palier.features.context import SignalContext
from palier.features.registry import feature

__all__ = ["cwt_kurtosis_max", "cwt_ridge_spread", "cwt_scale_entropy", "cwt_time_entropy", "scalogram"]

_SCALES: Final = 24
_LOWEST, _HIGHEST = 1 / 512, 0.4  # centre frequencies, as shares of the sampling rate
_CYCLES: Final = 6.0  # Morlet's ω0: the width of a wavelet's spectrum is its frequency over this
_REACH: Final = 3.5  # widths, beyond which the spectrum of a wavelet counts as zero
_CELLS: Final = 128  # of time


@cache
def _centres() -> np.ndarray:
    """Centre frequencies as shares of the sampling rate."""
    return np.geomspace(_LOWEST, _HIGHEST, _SCALES)


def _coefficients(c: SignalContext, share: float) -> np.ndarray:
    """Return the squared magnitudes at one scale, at as many equal steps of time as its bandwidth needs."""
    from scipy.fft import ifft

    centre = share * c.n
    width = centre / _CYCLES
    first = max(1, int(centre - _REACH * width))
    last = min(c.bins.shape[1], int(centre + _REACH * width) + 2)
    points = -(-max(last - first, 2) // _CELLS) * _CELLS
    gain = np.exp(-0.5 * ((np.arange(first, last) - centre) / width) ** 2).astype(np.float32) * np.float32(2 / c.n)
    z = ifft(c.bins[:, first:last] * gain, points, norm="forward")
    return np.asarray(z.real**2 + z.imag**2)


def scalogram(c: SignalContext) -> np.ndarray:
    """Power by scale and by 128 equal cells of time; one column more holds the kurtosis of each scale.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).standard_normal(4000)
    >>> scalogram(signal_context(x, sampling_rate_hz=1000)).shape
    (1, 24, 129)
    """
    result = np.empty((c.x.shape[0], _SCALES, _CELLS + 1))
    for k, share in enumerate(_centres().tolist()):  # over scales; each a batch of transforms
        square = _coefficients(c, share)
        result[:, k, :_CELLS] = square.reshape(len(square), _CELLS, -1).mean(axis=-1, dtype=np.float64)
        mean = np.maximum(square.mean(axis=-1, dtype=np.float64), 1e-30)
        result[:, k, _CELLS] = np.mean((square / mean[:, None]) ** 2, axis=-1, dtype=np.float64)
    return result


def _evenness(share: np.ndarray) -> np.ndarray:
    s = np.maximum(share / share.sum(axis=-1, keepdims=True), 1e-30)
    return np.asarray(np.clip(-np.sum(s * np.log(s), axis=-1) / log(s.shape[-1]), 0, 1))


@feature(unit="1", domain="cwt", low=0, high=1)
def cwt_scale_entropy(c: SignalContext) -> PerWaveform:
    r"""Evenness of the power over 24 scales of Morlet's wavelet.

    .. math:: -\frac{1}{\ln 24} \sum_a s_a \ln s_a, \qquad
              s_a = \langle |W_a|^2 \rangle_t \Big/ \sum_b \langle |W_b|^2 \rangle_t

    Centre frequencies from a 512th to two fifths of the sampling rate, in equal ratios. Each octave counts alike,
    where `spectral_entropy` gives half of its weight to the highest one.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.sin(2 * np.pi * 0.05 * np.arange(20_000))
    >>> bool(cwt_scale_entropy(signal_context(x, sampling_rate_hz=1000))[0] < 0.5)
    True
    """
    return _evenness(c.block(scalogram)[:, :, :_CELLS].mean(axis=-1))


@feature(unit="1", domain="cwt", low=0, high=1)
def cwt_time_entropy(c: SignalContext) -> PerWaveform:
    r"""Evenness of the power over time, every scale counting alike: 1 for what is steady, low for rare events.

    .. math:: -\frac{1}{\ln 128} \sum_t s_t \ln s_t, \qquad
              s_t \propto \sum_a |W_a(t)|^2 \big/ \langle |W_a|^2 \rangle_t

    over 128 cells of time.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = 0.01 * np.random.default_rng(0).standard_normal(20_000)
    >>> x[10_000:10_040] += 10 * np.sin(2 * np.pi * 0.05 * np.arange(40))
    >>> bool(cwt_time_entropy(signal_context(x, sampling_rate_hz=1000))[0] < 0.7)
    True
    """
    power = c.block(scalogram)[:, :, :_CELLS]
    return _evenness((power / np.maximum(power.mean(axis=-1, keepdims=True), 1e-30)).sum(axis=1))


@feature(unit="octave", domain="cwt", low=0)
def cwt_ridge_spread(c: SignalContext) -> PerWaveform:
    r"""How far the strongest scale wanders along the waveform: standard deviation of its frequency in octaves.

    .. math:: \operatorname{std}_t\, \log_2 f_{a^*(t)}, \qquad a^*(t) = \arg\max_a |W_a(t)|^2

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.sin(2 * np.pi * 0.05 * np.arange(20_000))
    >>> bool(cwt_ridge_spread(signal_context(x, sampling_rate_hz=1000))[0] < 0.1)
    True
    """
    strongest = c.block(scalogram)[:, :, :_CELLS].argmax(axis=1)
    return np.asarray(np.log2(_centres())[strongest].std(axis=-1))


@feature(unit="1", domain="cwt", low=1)
def cwt_kurtosis_max(c: SignalContext) -> PerWaveform:
    r"""Largest kurtosis of the squared magnitude over the scales, about zero: 2 for noise, 1 for a line.

    .. math:: \max_a \frac{\langle |W_a|^4 \rangle}{\langle |W_a|^2 \rangle^2}

    Low scales hold few independent values and scatter most.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = 0.01 * np.random.default_rng(0).standard_normal(20_000)
    >>> x[10_000:10_040] += 10 * np.sin(2 * np.pi * 0.05 * np.arange(40))
    >>> bool(cwt_kurtosis_max(signal_context(x, sampling_rate_hz=1000))[0] > 50)
    True
    """
    return np.asarray(np.maximum(c.block(scalogram)[:, :, _CELLS].max(axis=-1), 1))
