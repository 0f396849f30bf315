"""Features of the waveform as it runs in time."""

import numpy as np

from palier.core.shapes import PerWaveform
from palier.features.context import SignalContext, mean_product
from palier.features.registry import feature

__all__ = [
    "clearance_factor",
    "crest_factor",
    "impulse_factor",
    "kurtosis",
    "rms",
    "shape_factor",
    "skewness",
]


@feature(unit="u", domain="time", low=0)
def rms(c: SignalContext) -> PerWaveform:
    r"""Root mean square of the vibration, its mean removed.

    .. math:: x_\mathrm{rms} = \sqrt{\tfrac1N \sum_t (x_t - \bar x)^2}

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> t_s = np.arange(1000) / 1000
    >>> rms(signal_context(7 + np.sqrt(2) * np.sin(2 * np.pi * 5 * t_s), sampling_rate_hz=1000)).round(4)
    array([1.])
    """
    return c.scale


@feature(unit="1", domain="time", low=1)
def kurtosis(c: SignalContext) -> PerWaveform:
    r"""Fourth standardised moment: 3 for Gaussian noise, 1.5 for a sine, large for rare impacts.

    .. math:: \beta_2 = \frac{\tfrac1N \sum_t (x_t-\bar x)^4}{x_\mathrm{rms}^4}

    Not the excess: 3 is not subtracted. It falls again as damage spreads and impacts become frequent.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> t_s = np.arange(1000) / 1000
    >>> kurtosis(signal_context(np.sin(2 * np.pi * 5 * t_s), sampling_rate_hz=1000)).round(4)
    array([1.5])
    """
    return np.asarray(mean_product(c.square, c.square))


@feature(unit="1", domain="time")
def skewness(c: SignalContext) -> PerWaveform:
    r"""Third standardised moment: 0 for anything that is as often high as low.

    .. math:: \gamma_1 = \frac{\tfrac1N \sum_t (x_t-\bar x)^3}{x_\mathrm{rms}^3}

    It changes its sign with the polarity of the sensor.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).exponential(size=100_000)
    >>> skewness(signal_context(x, sampling_rate_hz=1000)).round(1)
    array([2.])
    """
    return np.asarray(mean_product(c.square, c.x))


@feature(unit="1", domain="time", low=1)
def crest_factor(c: SignalContext) -> PerWaveform:
    r"""Ratio of the peak to the r.m.s. of the vibration.

    .. math:: C = \max_t |x_t - \bar x| \,/\, x_\mathrm{rms}

    A young spall raises the peak before the r.m.s., so that C climbs first and sinks again as damage spreads: read it
    as a trend, not as a level. It grows with the length of the waveform, as any maximum does.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> t_s = np.arange(1000) / 1000
    >>> crest_factor(signal_context(9.81 * np.sin(2 * np.pi * 5 * t_s), sampling_rate_hz=1000)).round(4)
    array([1.4142])
    """
    return c.peak


@feature(unit="1", domain="time", low=1)
def shape_factor(c: SignalContext) -> PerWaveform:
    r"""Ratio of the r.m.s. to the mean magnitude: 1.11 for a sine, 1.25 for Gaussian noise.

    .. math:: x_\mathrm{rms} \,/\, \tfrac1N \sum_t |x_t - \bar x|

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> t_s = np.arange(1000) / 1000
    >>> shape_factor(signal_context(np.sin(2 * np.pi * 5 * t_s + 0.1), sampling_rate_hz=1000)).round(2)
    array([1.11])
    """
    return 1 / c.mean_magnitude


@feature(unit="1", domain="time", low=1)
def impulse_factor(c: SignalContext) -> PerWaveform:
    r"""Ratio of the peak to the mean magnitude.

    .. math:: \max_t |x_t - \bar x| \,/\, \tfrac1N \sum_t |x_t - \bar x|

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> t_s = np.arange(1000) / 1000
    >>> impulse_factor(signal_context(np.sin(2 * np.pi * 5 * t_s), sampling_rate_hz=1000)).round(2)
    array([1.57])
    """
    return np.asarray(c.peak / c.mean_magnitude)


@feature(unit="1", domain="time", low=1)
def clearance_factor(c: SignalContext) -> PerWaveform:
    r"""Ratio of the peak to the square of the mean root magnitude: the most sensitive to rare impacts.

    .. math:: \max_t |x_t - \bar x| \,\Big/\, \Bigl(\tfrac1N \sum_t \sqrt{|x_t - \bar x|}\Bigr)^2

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.tile([1.0, -1.0], 500)
    >>> clearance_factor(signal_context(x, sampling_rate_hz=1000)).round(4)
    array([1.])
    """
    root = np.sqrt(c.magnitude).mean(axis=-1, dtype=np.float64)
    return np.asarray(c.peak / root**2)
