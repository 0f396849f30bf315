"""Features of the envelope of what lies between a twentieth and nine twentieths of the sampling rate."""

import numpy as np

from palier.core.shapes import PerWaveform
from palier.features.context import SignalContext
from palier.features.registry import feature
from palier.features.spectral import refined_peak

__all__ = ["envelope_kurtosis", "envelope_peak", "envelope_rms", "modulation_frequency"]

#: The slowest modulation looked for, as bins of the envelope's spectrum, and the fastest, as a share of its rate.
_SLOWEST_BINS, _FASTEST = 3, 0.1


@feature(unit="u", domain="envelope", low=0)
def envelope_rms(c: SignalContext) -> PerWaveform:
    r"""Root mean square of the envelope: √2 times that of the band.

    .. math:: \sqrt{\langle |z|^2 \rangle}

    with *z* the analytic signal of the band.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.sin(2 * np.pi * 0.2 * np.arange(4000))
    >>> envelope_rms(signal_context(3 * x, sampling_rate_hz=1000)).round(2)
    array([3.])
    """
    return np.asarray(np.sqrt(c.squared_envelope.mean(axis=-1, dtype=np.float64)) * c.scale)


@feature(unit="1", domain="envelope", low=1)
def envelope_kurtosis(c: SignalContext) -> PerWaveform:
    r"""Kurtosis of the squared envelope about zero: 1 for a sine, 2 for Gaussian noise, large for impacts.

    .. math:: \langle |z|^4 \rangle \big/ \langle |z|^2 \rangle^2

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).standard_normal(100_000)
    >>> envelope_kurtosis(signal_context(x, sampling_rate_hz=1000)).round(1)
    array([2.])
    """
    e = c.squared_envelope
    mean = np.maximum(e.mean(axis=-1, dtype=np.float64), 1e-30)
    relative = e * (1 / mean[:, None]).astype(np.float32)
    return np.maximum(np.mean(relative * relative, axis=-1, dtype=np.float64), 1)


@feature(unit="u", domain="envelope", low=0)
def envelope_peak(c: SignalContext) -> PerWaveform:
    r"""Highest value of the envelope.

    .. math:: \max_t |z_t|

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.sin(2 * np.pi * 0.2 * np.arange(4000))
    >>> envelope_peak(signal_context(3 * x, sampling_rate_hz=1000)).round(2)
    array([3.])
    """
    return np.asarray(np.sqrt(c.squared_envelope.max(axis=-1)).astype(np.float64) * c.scale)


@feature(unit="Hz", domain="envelope", low=0)
def modulation_frequency(c: SignalContext) -> PerWaveform:
    r"""Frequency of the strongest line in the spectrum of the squared envelope.

    .. math:: \arg\max_{3/T \le f \le 0.04 f_s} \bigl|\mathcal F\{|z|^2 - \langle |z|^2\rangle\}(f)\bigr|

    Under a Hann window, refined between the bins. There is always a strongest line: it says nothing about whether it
    stands out.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> t_s = np.arange(40_000) / 10_000
    >>> x = (1 + 0.5 * np.sin(2 * np.pi * 33.3 * t_s)) * np.sin(2 * np.pi * 2000 * t_s)
    >>> modulation_frequency(signal_context(x, sampling_rate_hz=10_000)).round(1)
    array([33.3])
    """
    a = c.envelope_amplitude
    last = max(_SLOWEST_BINS + 2, int(_FASTEST * c.envelope_rate_hz / c.envelope_bin_hz))
    return refined_peak(a, _SLOWEST_BINS, last) * c.envelope_bin_hz
