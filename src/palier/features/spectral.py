"""Features of the power spectrum.

The spectrum is the power per bin under a Hann window, from bin 1 (the mean is no vibration) to the Nyquist frequency.
"""

from math import log

import numpy as np

from palier.core.shapes import PerWaveform
from palier.features.context import SignalContext
from palier.features.registry import feature

__all__ = [
    "HARMONIC_REACH",
    "band_power_high",
    "band_power_low",
    "band_power_mid",
    "dominant_frequency",
    "harmonic_ratio_1x",
    "harmonic_ratio_2x",
    "harmonic_ratio_3x",
    "line_power",
    "line_reach_hz",
    "refined_peak",
    "spectral_centroid",
    "spectral_entropy",
    "spectral_flatness",
    "spectral_rolloff",
    "spectral_spread",
]

#: How far from its nominal frequency a line is gathered, relative to it: what the speed may wander.
HARMONIC_REACH = 0.025
#: A Hann line fills two bins to either side.
_LINE_BINS = 2.5
#: Edges of the three bands, as shares of the sampling rate.
_LOW_BAND, _HIGH_BAND = 0.05, 0.15
_ROLLOFF = 0.85


def line_reach_hz(c: SignalContext, centre_hz: np.ndarray) -> np.ndarray:
    """How far to either side of its nominal frequency the power of a line is gathered, Hz.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> c = signal_context(np.sin(np.arange(1000)), sampling_rate_hz=1000)
    >>> line_reach_hz(c, np.array([50.0, 400.0]))
    array([ 2.5, 10. ])
    """
    return np.asarray(np.maximum(centre_hz * HARMONIC_REACH, _LINE_BINS * c.bin_hz))


def line_power(c: SignalContext, orders: np.ndarray) -> np.ndarray:
    """Power around each order of the shaft, relative to the mean square; NaN without a speed or above Nyquist.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.sin(2 * np.pi * 50 * np.arange(4000) / 1000)
    >>> line_power(signal_context(x, sampling_rate_hz=1000, speed_hz=25.0), np.array([1.0, 2.0, 30.0])).round(3)
    array([[ 0.,  1., nan]])
    """
    centre_hz = orders * c.speed_hz[:, None]
    reach_hz = line_reach_hz(c, centre_hz)
    return c.band_power(centre_hz - reach_hz, centre_hz + reach_hz)


def refined_peak(amplitude: np.ndarray, first: int, last: int) -> np.ndarray:
    r"""Place, in bins, of the strongest Hann line, exact for a single sine.

    .. math:: k \pm \delta, \qquad \delta = \frac{2r-1}{r+1}, \qquad r = A_{k\pm1}/A_k

    Parameters
    ----------
    amplitude : float, shape (waveform, bin)
        Amplitudes under a Hann window.
    first, last : int
        Bins among which the strongest is looked for; the last one is excluded.

    Returns
    -------
    float, shape (waveform)

    Examples
    --------
    >>> float(refined_peak(np.array([[0.0, 0.1, 0.85, 0.85, 0.1]]), 0, 5)[0])
    2.5
    """
    top = first + amplitude[:, first:last].argmax(axis=-1)
    rows = np.arange(len(top))
    before = amplitude[rows, np.maximum(top - 1, 0)]
    here = amplitude[rows, top]
    after = amplitude[rows, np.minimum(top + 1, amplitude.shape[1] - 1)]
    ratio = np.maximum(before, after) / np.maximum(here, np.finfo(np.float32).tiny)
    shift = np.clip((2 * ratio - 1) / (ratio + 1), 0, 0.5)
    return np.asarray(top + np.where(after >= before, shift, -shift))


def _moments_hz(c: SignalContext) -> np.ndarray:
    """Mean and standard deviation of frequency, weighted by power; summed by parts over the power below each bin."""
    below = c.cumulative_power[:, 1:-1]
    last = below.shape[1]
    steps = np.stack([np.ones(last), 2 * np.arange(last) + 1.0], axis=-1)
    first, second = (np.array([last, last**2]) - (below @ steps) / c.total_power[:, None]).T
    return np.stack([first, np.sqrt(np.maximum(second - first**2, 0))], axis=-1) * c.bin_hz


@feature(unit="Hz", domain="spectral", low=0)
def spectral_centroid(c: SignalContext) -> PerWaveform:
    r"""Mean frequency, weighted by power.

    .. math:: f_c = \sum_k f_k P_k \Big/ \sum_k P_k

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> t_s = np.arange(2000) / 1000
    >>> spectral_centroid(signal_context(np.sin(2 * np.pi * 50 * t_s), sampling_rate_hz=1000)).round(1)
    array([50.])
    """
    return c.block(_moments_hz)[:, 0]


@feature(unit="Hz", domain="spectral", low=0)
def spectral_spread(c: SignalContext) -> PerWaveform:
    r"""Standard deviation of frequency, weighted by power.

    .. math:: \sqrt{\textstyle\sum_k (f_k - f_c)^2 P_k \big/ \sum_k P_k}

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> t_s = np.arange(2000) / 1000
    >>> x = np.sin(2 * np.pi * 100 * t_s) + np.sin(2 * np.pi * 200 * t_s)
    >>> spectral_spread(signal_context(x, sampling_rate_hz=1000)).round(0)
    array([50.])
    """
    return c.block(_moments_hz)[:, 1]


@feature(unit="Hz", domain="spectral", low=0)
def dominant_frequency(c: SignalContext) -> PerWaveform:
    r"""Frequency of the strongest line, refined between the bins.

    .. math:: f = (k \pm \delta)\frac{f_s}{N}, \quad k = \arg\max_k P_k, \quad
              \delta = \frac{2r-1}{r+1}, \quad r = \sqrt{P_{k\pm1}/P_k}

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> t_s = np.arange(2000) / 1000
    >>> dominant_frequency(signal_context(np.sin(2 * np.pi * 50.13 * t_s), sampling_rate_hz=1000)).round(2)
    array([50.13])
    """
    top = 1 + c.power[:, 1:].argmax(axis=-1)
    near = np.take_along_axis(c.power, np.clip(top[:, None] + [-1, 0, 1], 0, c.power.shape[1] - 1), axis=-1)
    return np.asarray(refined_peak(np.sqrt(near), 1, 2) * c.bin_hz + (top - 1) * c.bin_hz)


@feature(unit="1", domain="spectral", low=0, high=1)
def spectral_entropy(c: SignalContext) -> PerWaveform:
    r"""Evenness of the power over frequency: 0 for one line, 1 for white noise.

    .. math:: -\frac{1}{\ln M} \sum_{m=1}^{M} q_m \ln q_m

    with :math:`q_m` the share of the power in cell *m* of 8 neighbouring bins. Of single bins, white noise would read
    less the shorter the waveform: their scatter is no structure.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).standard_normal(20_000)
    >>> bool(spectral_entropy(signal_context(x, sampling_rate_hz=1000))[0] > 0.98)
    True
    """
    p = c.smooth_power / c.smooth_power.sum(axis=-1, keepdims=True)
    return np.asarray(np.clip(-np.sum(p * np.log(p), axis=-1) / log(p.shape[1]), 0, 1))


@feature(unit="1", domain="spectral", low=0, high=1)
def spectral_flatness(c: SignalContext) -> PerWaveform:
    r"""Ratio of the geometric to the arithmetic mean of the spectrum: near 1 for white noise, 0 for lines.

    .. math:: \exp\Bigl(\tfrac1M \sum_m \ln q_m\Bigr) \Big/ \tfrac1M \sum_m q_m

    over cells of 8 neighbouring bins; their scatter leaves 0.89 to white noise.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).standard_normal(20_000)
    >>> spectral_flatness(signal_context(x, sampling_rate_hz=1000)).round(1)
    array([0.9])
    """
    mean_log = np.log(c.smooth_power).mean(axis=-1)
    return np.asarray(np.minimum(np.exp(mean_log) / c.smooth_power.mean(axis=-1), 1))


@feature(unit="Hz", domain="spectral", low=0)
def spectral_rolloff(c: SignalContext) -> PerWaveform:
    r"""Frequency below which 85 % of the power lies.

    .. math:: \min\Bigl\{f_k : \sum_{j\le k} P_j \ge 0.85 \sum_j P_j\Bigr\}

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).standard_normal(20_000)
    >>> bool(abs(spectral_rolloff(signal_context(x, sampling_rate_hz=1000))[0] - 425) < 5)
    True
    """
    wanted = _ROLLOFF * c.total_power
    place = [np.searchsorted(row, level) for row, level in zip(c.cumulative_power, wanted, strict=True)]
    return (np.array(place) - 1) * c.bin_hz


@feature(
    unit="1",
    domain="spectral",
    needs=("speed",),
    low=0,
    high=1,
    undefined="without a speed, or where the line is above Nyquist",
)
def harmonic_ratio_1x(c: SignalContext) -> PerWaveform:
    r"""Share of the power that lies at the shaft speed.

    .. math:: \sum_{|f_k - f_r| \le \Delta} P_k \Big/ \sum_k P_k, \qquad
              \Delta = \max(0.025 f_r,\ 2.5 f_s/N)

    with :math:`f_r` the declared (or estimated) shaft speed.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> t_s = np.arange(4000) / 1000
    >>> x = np.sin(2 * np.pi * 25 * t_s) + np.sin(2 * np.pi * 90 * t_s)
    >>> harmonic_ratio_1x(signal_context(x, sampling_rate_hz=1000, speed_hz=25.0)).round(3)
    array([0.5])
    """
    return np.asarray(c.block(_harmonic_shares)[:, 0])


@feature(
    unit="1",
    domain="spectral",
    needs=("speed",),
    low=0,
    high=1,
    undefined="without a speed, or where the line is above Nyquist",
)
def harmonic_ratio_2x(c: SignalContext) -> PerWaveform:
    r"""Share of the power that lies at twice the shaft speed.

    .. math:: \sum_{|f_k - 2 f_r| \le \Delta} P_k \Big/ \sum_k P_k, \qquad
              \Delta = \max(0.05 f_r,\ 2.5 f_s/N)

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> t_s = np.arange(4000) / 1000
    >>> harmonic_ratio_2x(signal_context(np.sin(2 * np.pi * 50 * t_s), sampling_rate_hz=1000, speed_hz=25.0)).round(3)
    array([1.])
    """
    return np.asarray(c.block(_harmonic_shares)[:, 1])


@feature(
    unit="1",
    domain="spectral",
    needs=("speed",),
    low=0,
    high=1,
    undefined="without a speed, or where the line is above Nyquist",
)
def harmonic_ratio_3x(c: SignalContext) -> PerWaveform:
    r"""Share of the power that lies at three times the shaft speed.

    .. math:: \sum_{|f_k - 3 f_r| \le \Delta} P_k \Big/ \sum_k P_k, \qquad
              \Delta = \max(0.075 f_r,\ 2.5 f_s/N)

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> t_s = np.arange(4000) / 1000
    >>> harmonic_ratio_3x(signal_context(np.sin(2 * np.pi * 50 * t_s), sampling_rate_hz=1000, speed_hz=25.0)).round(3)
    array([0.])
    """
    return np.asarray(c.block(_harmonic_shares)[:, 2])


def _harmonic_shares(c: SignalContext) -> np.ndarray:
    """Share of the power at 1×, 2× and 3×."""
    return np.asarray(np.clip(line_power(c, np.array([1.0, 2.0, 3.0])) / c.total_power[:, None], 0, 1))


@feature(unit="u^2", domain="spectral", low=0)
def band_power_low(c: SignalContext) -> PerWaveform:
    r"""Power below a twentieth of the sampling rate: shaft, film and gears.

    .. math:: \sum_{0 < f_k < 0.05 f_s} P_k

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> t_s = np.arange(4000) / 1000
    >>> band_power_low(signal_context(2 * np.sin(2 * np.pi * 25 * t_s), sampling_rate_hz=1000)).round(3)
    array([2.])
    """
    return np.asarray(c.block(_thirds)[:, 0])


@feature(unit="u^2", domain="spectral", low=0)
def band_power_mid(c: SignalContext) -> PerWaveform:
    r"""Power between a twentieth and three twentieths of the sampling rate: housing modes, cavitation.

    .. math:: \sum_{0.05 f_s \le f_k < 0.15 f_s} P_k

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> t_s = np.arange(4000) / 1000
    >>> band_power_mid(signal_context(2 * np.sin(2 * np.pi * 100 * t_s), sampling_rate_hz=1000)).round(3)
    array([2.])
    """
    return np.asarray(c.block(_thirds)[:, 1])


@feature(unit="u^2", domain="spectral", low=0)
def band_power_high(c: SignalContext) -> PerWaveform:
    r"""Power above three twentieths of the sampling rate: contact, friction, noise.

    .. math:: \sum_{f_k \ge 0.15 f_s} P_k

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> t_s = np.arange(4000) / 1000
    >>> band_power_high(signal_context(2 * np.sin(2 * np.pi * 300 * t_s), sampling_rate_hz=1000)).round(3)
    array([2.])
    """
    return np.asarray(c.block(_thirds)[:, 2])


def _thirds(c: SignalContext) -> np.ndarray:
    """Power in the three bands."""
    edges = np.array([0.0, _LOW_BAND, _HIGH_BAND, 0.5]) * c.sampling_rate_hz
    return np.asarray(np.maximum(c.band_power(edges[:-1], edges[1:]), 0) * c.scale[:, None] ** 2)
