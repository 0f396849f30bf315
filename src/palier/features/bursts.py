"""Features of what comes in bursts: how many, how long, how strong; and what sticks and slips."""

import numpy as np

from palier.core.shapes import PerWaveform
from palier.features.context import SignalContext
from palier.features.registry import feature

__all__ = [
    "STICK_SLIP_BAND_HZ",
    "burst_contrast",
    "burst_duty",
    "burst_rate",
    "cell_means",
    "impact_contrast",
    "impact_rate",
    "runs_above",
    "stick_slip_frequency",
    "stick_slip_ratio",
    "stick_slip_rms",
]

STICK_SLIP_BAND_HZ = (1.0, 6.0)
#: Up to here the power is compared with that of stick-slip.
_SLOW_HZ = 100.0
_BURST_CELL_S, _BURST_RATIO = 4e-3, 3.0
_IMPACT_CELL_S, _IMPACT_RATIO = 1e-3, 6.0


def cell_means(square: np.ndarray, *, rate_hz: float, cell_s: float) -> np.ndarray:
    r"""Mean of a squared envelope over cells of time, relative to the median cell.

    .. math:: e_m / \tilde e, \qquad e_m = \langle |z_t|^2 \rangle_{t \in m}

    Parameters
    ----------
    square : float, shape (waveform, moment)
        Squared envelopes; what is left over after the last whole cell is left out.
    rate_hz : float
        Moments per second.
    cell_s : float
        Length of a cell, rounded to whole moments, at least one.

    Returns
    -------
    float64, shape (waveform, cell)

    Examples
    --------
    >>> cell_means(np.array([[1.0, 1.0, 2.0, 4.0, 1.0, 1.0]]), rate_hz=1000.0, cell_s=0.002)
    array([[1., 3., 1.]])
    """
    length = max(1, round(cell_s * rate_hz))
    count = square.shape[1] // length
    cells = square[:, : count * length].reshape(len(square), count, length).mean(axis=-1, dtype=np.float64)
    return np.asarray(cells / np.maximum(np.median(cells, axis=-1, keepdims=True), 1e-30))


def runs_above(cells: np.ndarray, ratio: float) -> np.ndarray:
    """Count the runs of neighbouring cells above a ratio.

    Examples
    --------
    >>> runs_above(np.array([[1.0, 9.0, 9.0, 1.0, 9.0], [9.0, 1.0, 1.0, 1.0, 1.0]]), 3.0)
    array([2., 1.])
    """
    above = cells > ratio
    return np.asarray(above[:, 0] + np.count_nonzero(above[:, 1:] & ~above[:, :-1], axis=-1), dtype=np.float64)


def _bursts(c: SignalContext) -> np.ndarray:
    return cell_means(c.squared_envelope, rate_hz=c.envelope_rate_hz, cell_s=_BURST_CELL_S)


def _impacts(c: SignalContext) -> np.ndarray:
    return cell_means(c.squared_envelope, rate_hz=c.envelope_rate_hz, cell_s=_IMPACT_CELL_S)


def _seconds(c: SignalContext) -> float:
    return float(c.squared_envelope.shape[1] / c.envelope_rate_hz)


@feature(unit="1/s", domain="bursts", low=0)
def burst_rate(c: SignalContext) -> PerWaveform:
    r"""Bursts per second: runs of cells of 4 ms whose squared envelope exceeds three times the median cell.

    .. math:: \tfrac1T\,\#\{m : e_m > 3\,\tilde e \ge e_{m-1}\}

    The envelope is that of a twentieth to nine twentieths of the sampling rate. Bursts so frequent that they fill half
    of the time raise the median and hide themselves.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).standard_normal(40_000)
    >>> x[2000::4000] += 60
    >>> burst_rate(signal_context(x, sampling_rate_hz=10_000)).round(1)
    array([2.6])
    """
    return runs_above(c.block(_bursts), _BURST_RATIO) / _seconds(c)


@feature(unit="1", domain="bursts", low=0, high=0.5)
def burst_duty(c: SignalContext) -> PerWaveform:
    r"""Share of the time that bursts fill.

    .. math:: \tfrac1M\,\#\{m : e_m > 3\,\tilde e\}

    over cells of 4 ms. At most one half: beyond that the median is a burst itself.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).standard_normal(40_000)
    >>> x.reshape(-1, 4000)[:, :400] *= 10
    >>> bool(abs(burst_duty(signal_context(x, sampling_rate_hz=10_000))[0] - 0.1) < 0.02)
    True
    """
    return np.asarray(np.mean(c.block(_bursts) > _BURST_RATIO, axis=-1))


@feature(unit="dB", domain="bursts", low=0)
def burst_contrast(c: SignalContext) -> PerWaveform:
    r"""How far the strongest cell of 4 ms stands above the median one.

    .. math:: 10 \lg \bigl(\max_m e_m \big/ \tilde e\bigr)

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).standard_normal(40_000)
    >>> x[20_000:20_400] *= 10
    >>> burst_contrast(signal_context(x, sampling_rate_hz=10_000)).round(-1)
    array([20.])
    """
    return np.asarray(10 * np.log10(np.maximum(c.block(_bursts).max(axis=-1), 1)))


@feature(unit="1/s", domain="bursts", low=0)
def impact_rate(c: SignalContext) -> PerWaveform:
    r"""Short impacts per second: runs of cells of 1 ms whose squared envelope exceeds six times the median cell.

    .. math:: \tfrac1T\,\#\{m : e_m > 6\,\tilde e \ge e_{m-1}\}

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).standard_normal(40_000)
    >>> x[2000::20_000] += 60
    >>> bool(impact_rate(signal_context(x, sampling_rate_hz=10_000))[0] < 2)
    True
    """
    return runs_above(c.block(_impacts), _IMPACT_RATIO) / _seconds(c)


@feature(unit="dB", domain="bursts", low=0)
def impact_contrast(c: SignalContext) -> PerWaveform:
    r"""How far the strongest cell of 1 ms stands above the median one.

    .. math:: 10 \lg \bigl(\max_m e_m \big/ \tilde e\bigr)

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).standard_normal(40_000)
    >>> x[20_000] += 100
    >>> bool(impact_contrast(signal_context(x, sampling_rate_hz=10_000))[0] > 20)
    True
    """
    return np.asarray(10 * np.log10(np.maximum(c.block(_impacts).max(axis=-1), 1)))


@feature(unit="u", domain="bursts", low=0)
def stick_slip_rms(c: SignalContext) -> PerWaveform:
    r"""Root mean square between 1 and 6 Hz, where a starved film sticks and slips.

    .. math:: \sqrt{\sum_{1\,\mathrm{Hz} \le f_k \le 6\,\mathrm{Hz}} P_k}

    Waveforms shorter than two seconds show little of it: their bins are half a hertz wide and more.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.sqrt(2) * np.sin(2 * np.pi * 3.5 * np.arange(10_000) / 1000)
    >>> stick_slip_rms(signal_context(x, sampling_rate_hz=1000)).round(3)
    array([1.])
    """
    return np.asarray(np.sqrt(np.maximum(c.band_power(*STICK_SLIP_BAND_HZ)[:, 0], 0)) * c.scale)


@feature(unit="1", domain="bursts", low=0, high=1, undefined="where the Nyquist frequency is below 100 Hz")
def stick_slip_ratio(c: SignalContext) -> PerWaveform:
    r"""Share of 1–6 Hz in the power between 1 and 100 Hz.

    .. math:: \sum_{1 \le f_k \le 6} P_k \Big/ \sum_{1 \le f_k \le 100} P_k

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> t_s = np.arange(10_000) / 1000
    >>> x = np.sin(2 * np.pi * 3.5 * t_s) + np.sin(2 * np.pi * 60 * t_s)
    >>> stick_slip_ratio(signal_context(x, sampling_rate_hz=1000)).round(2)
    array([0.5])
    """
    low, high = STICK_SLIP_BAND_HZ
    p = np.maximum(c.band_power(np.array([low, low]), np.array([high, _SLOW_HZ])), 1e-30)
    return np.asarray(np.minimum(p[:, 0] / p[:, 1], 1))


@feature(unit="Hz", domain="bursts", low=1, high=6)
def stick_slip_frequency(c: SignalContext) -> PerWaveform:
    r"""Mean frequency between 1 and 6 Hz, weighted by the square of the power.

    .. math:: \sum_{1 \le f \le 6} f\, P_f^2 \Big/ \sum P_f^2

    over cells of a quarter of a hertz.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.sin(2 * np.pi * 3.5 * np.arange(10_000) / 1000)
    >>> stick_slip_frequency(signal_context(x, sampling_rate_hz=1000)).round(1)
    array([3.5])
    """
    edges_hz = np.arange(STICK_SLIP_BAND_HZ[0], STICK_SLIP_BAND_HZ[1] + 0.125, 0.25)
    p = np.maximum(c.band_power(edges_hz[:-1], edges_hz[1:]), 1e-30)
    weights = (p / p.max(axis=-1, keepdims=True)) ** 2
    return np.asarray((weights @ ((edges_hz[:-1] + edges_hz[1:]) / 2)) / weights.sum(axis=-1))
