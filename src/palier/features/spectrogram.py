"""Features of the spectrogram: how the spectrum changes along the waveform."""

from math import log
from typing import Final

import numpy as np

from palier.core.shapes import PerWaveform
from palier.dsp import cosine_window
from palier.features.context import SignalContext
from palier.features.registry import feature

__all__ = ["spectral_flux", "spectrogram_entropy", "spectrogram_variation"]

_FRAME: Final = 256
_FLOOR: Final = 1e-12


def _spectrogram(c: SignalContext) -> np.ndarray:
    """Return the power of half-overlapping Hann frames of 256 samples, by frame and bin, as shares of the whole."""
    from scipy.fft import rfft

    frames = np.lib.stride_tricks.sliding_window_view(c.x, _FRAME, axis=-1)[:, :: _FRAME // 2]
    bins = rfft(frames * cosine_window("hann", _FRAME).astype(np.float32))[..., 1:-1]
    power = bins.real.astype(np.float64) ** 2 + bins.imag.astype(np.float64) ** 2
    return np.asarray(np.maximum(power / power.sum(axis=(1, 2), keepdims=True), _FLOOR / power[0].size))


@feature(unit="1", domain="spectrogram", low=0, high=1)
def spectrogram_entropy(c: SignalContext) -> PerWaveform:
    r"""Evenness of the power over time and frequency together.

    .. math:: -\frac{1}{\ln TF} \sum_{t,f} s_{tf} \ln s_{tf}

    with :math:`s_{tf}` the share of the power in bin *f* of frame *t* (256 samples, Hann, half overlapping). Steady
    white noise reads a little below 1 because single bins scatter.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).standard_normal(20_000)
    >>> spectrogram_entropy(signal_context(x, sampling_rate_hz=1000)).round(2)
    array([0.96])
    """
    s = c.block(_spectrogram)
    return np.asarray(np.clip(-np.sum(s * np.log(s), axis=(1, 2)) / log(s[0].size), 0, 1))


@feature(unit="1", domain="spectrogram", low=0, high=1)
def spectral_flux(c: SignalContext) -> PerWaveform:
    r"""Mean change of the *shape* of the spectrum from frame to frame: 0 if steady, at most 1.

    .. math:: \Bigl\langle \tfrac12 \sum_f |q_{t+1,f} - q_{tf}| \Bigr\rangle_t, \qquad
              q_{tf} = s_{tf} \Big/ \sum_g s_{tg}

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.sin(2 * np.pi * 0.125 * np.arange(20_000))
    >>> spectral_flux(signal_context(x, sampling_rate_hz=1000)).round(2)
    array([0.])
    """
    s = c.block(_spectrogram)
    q = s / s.sum(axis=-1, keepdims=True)
    return np.asarray(np.abs(np.diff(q, axis=1)).sum(axis=-1).mean(axis=-1) / 2)


@feature(unit="1", domain="spectrogram", low=0)
def spectrogram_variation(c: SignalContext) -> PerWaveform:
    r"""Mean coefficient of variation in time of the power of a bin: 1 for noise, 0 for lines, more for bursts.

    .. math:: \Bigl\langle \operatorname{std}_t(s_{tf}) \big/ \langle s_{tf} \rangle_t \Bigr\rangle_f

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).standard_normal(100_000)
    >>> spectrogram_variation(signal_context(x, sampling_rate_hz=1000)).round(1)
    array([1.])
    """
    s = c.block(_spectrogram)
    return np.asarray((s.std(axis=1) / s.mean(axis=1)).mean(axis=-1))
