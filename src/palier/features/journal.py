"""Features of journal bearings: the cavitation band, and the floor on which all lines stand."""

import numpy as np
from jaxtyping import Float

from palier.core.shapes import PerWaveform
from palier.features.bursts import cell_means, runs_above
from palier.features.context import SignalContext
from palier.features.registry import feature, feature_family

__all__ = [
    "CAVITATION_BAND_HZ",
    "cavitation_burst_rate",
    "cavitation_contrast",
    "cavitation_duty",
    "cavitation_kurtosis",
    "cavitation_prominence",
    "cavitation_rms",
    "floor_levels",
    "floor_tilt",
]

#: Where collapsing bubbles ring in this project's model, with a margin for the width of a burst.
CAVITATION_BAND_HZ = (1400.0, 2600.0)
_BESIDE_HZ = ((700.0, 1300.0), (2900.0, 4500.0))
_FLOORS_HZ = ((20.0, 150.0), (150.0, 700.0), (700.0, 1300.0), (2900.0, 4500.0), (4500.0, 8500.0))
_FLOOR_CELLS = 24
_CELL_S, _BURST_RATIO = 4e-3, 5.0
_END_DROP = 0.01  # share of the envelope at either end that is spoilt because the record does not close on itself
_ABOVE = "where the band reaches above Nyquist"


def _envelope(c: SignalContext) -> np.ndarray:
    """Squared envelope of the cavitation band without its ends, and what does not fit is NaN."""
    low, high = (round(f / c.bin_hz) for f in CAVITATION_BAND_HZ)
    if CAVITATION_BAND_HZ[1] > c.nyquist_hz:
        return np.full((c.x.shape[0], 64), np.nan)
    square = c.envelope_of_bins(low, high - low)
    drop = max(1, round(_END_DROP * square.shape[1]))
    return square[:, drop:-drop]


def _cells(c: SignalContext) -> np.ndarray:
    return cell_means(c.block(_envelope), rate_hz=CAVITATION_BAND_HZ[1] - CAVITATION_BAND_HZ[0], cell_s=_CELL_S)


@feature(unit="u", domain="journal", low=0, undefined=_ABOVE)
def cavitation_rms(c: SignalContext) -> PerWaveform:
    r"""Root mean square between 1400 and 2600 Hz.

    .. math:: \sqrt{\sum_{1400 \le f_k \le 2600} P_k}

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.sqrt(2) * np.sin(2 * np.pi * 2000 * np.arange(10_000) / 10_000)
    >>> cavitation_rms(signal_context(x, sampling_rate_hz=10_000)).round(3)
    array([1.])
    """
    return np.asarray(np.sqrt(np.maximum(c.band_power(*CAVITATION_BAND_HZ)[:, 0], 0)) * c.scale)


@feature(unit="dB", domain="journal", undefined="where 4500 Hz is above Nyquist")
def cavitation_prominence(c: SignalContext) -> PerWaveform:
    r"""Power density between 1400 and 2600 Hz over that to either side.

    .. math:: 10 \lg \frac{\bar S_{1400\text{–}2600}}{\sqrt{\bar S_{700\text{–}1300}\,\bar S_{2900\text{–}4500}}}

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).standard_normal(100_000)
    >>> abs(cavitation_prominence(signal_context(x, sampling_rate_hz=10_000))).round(0)
    array([0.])
    """
    bands = np.array([CAVITATION_BAND_HZ, *_BESIDE_HZ])
    p = np.maximum(c.band_power(bands[:, 0], bands[:, 1]), 1e-30) / (bands[:, 1] - bands[:, 0])
    return np.asarray(10 * np.log10(p[:, 0] / np.sqrt(p[:, 1] * p[:, 2])))


@feature(unit="1", domain="journal", low=1, undefined=_ABOVE)
def cavitation_kurtosis(c: SignalContext) -> PerWaveform:
    r"""Kurtosis of the squared envelope between 1400 and 2600 Hz, about zero: 2 for noise, more for bursts.

    .. math:: \langle |z|^4 \rangle \big/ \langle |z|^2 \rangle^2

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).standard_normal(200_000)
    >>> cavitation_kurtosis(signal_context(x, sampling_rate_hz=10_000)).round(1)
    array([2.])
    """
    e = c.block(_envelope)
    relative = e / np.maximum(e.mean(axis=-1, keepdims=True), 1e-30)
    return np.maximum(np.mean(relative**2, axis=-1, dtype=np.float64), 1)


@feature(unit="1/s", domain="journal", low=0, undefined=_ABOVE)
def cavitation_burst_rate(c: SignalContext) -> PerWaveform:
    r"""Bursts per second between 1400 and 2600 Hz: runs of cells of 4 ms above five times the median cell.

    .. math:: \tfrac1T\,\#\{m : e_m > 5\,\tilde e \ge e_{m-1}\}

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = 0.01 * np.random.default_rng(0).standard_normal(40_000)
    >>> x.reshape(-1, 4000)[:, 100:180] += np.sin(2 * np.pi * 0.2 * np.arange(80))
    >>> cavitation_burst_rate(signal_context(x, sampling_rate_hz=10_000)).round(1)
    array([2.3])
    """
    cells = c.block(_cells)
    rate = runs_above(cells, _BURST_RATIO) / (c.duration_s * (1 - 2 * _END_DROP))
    return np.where(np.isnan(cells[:, 0]), np.nan, rate)


@feature(unit="1", domain="journal", low=0, high=0.5, undefined=_ABOVE)
def cavitation_duty(c: SignalContext) -> PerWaveform:
    r"""Share of the time that bursts fill between 1400 and 2600 Hz.

    .. math:: \tfrac1M\,\#\{m : e_m > 5\,\tilde e\}

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).standard_normal(100_000)
    >>> bool(cavitation_duty(signal_context(x, sampling_rate_hz=10_000))[0] < 0.01)
    True
    """
    cells = c.block(_cells)
    return np.where(np.isnan(cells[:, 0]), np.nan, np.mean(cells > _BURST_RATIO, axis=-1))


@feature(unit="dB", domain="journal", low=0, undefined=_ABOVE)
def cavitation_contrast(c: SignalContext) -> PerWaveform:
    r"""How far the strongest cell of 4 ms between 1400 and 2600 Hz stands above the median one.

    .. math:: 10 \lg \bigl(\max_m e_m \big/ \tilde e\bigr)

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = 0.01 * np.random.default_rng(0).standard_normal(40_000)
    >>> x[20_000:20_080] += np.sin(2 * np.pi * 0.2 * np.arange(80))
    >>> bool(cavitation_contrast(signal_context(x, sampling_rate_hz=10_000))[0] > 25)
    True
    """
    return np.asarray(10 * np.log10(np.maximum(c.block(_cells).max(axis=-1), 1)))


@feature_family(
    names=tuple(f"floor_{low:g}_{high:g}_hz" for low, high in _FLOORS_HZ),
    unit="u", domain="journal", low=0, undefined=_ABOVE,
)  # fmt: skip
def floor_levels(c: SignalContext) -> Float[np.ndarray, "waveform band"]:
    r"""Root mean square that a band would have without its lines and bursts of lines.

    .. math:: \sqrt{24 \operatorname{median}_{m=1}^{24} P_m}

    where :math:`P_m` is the power in the *m*-th of 24 equal parts of the band: the median passes over lines that fill
    fewer than half of them. Worn surfaces lift it in every band.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).standard_normal(200_000)
    >>> x += 10 * np.sin(2 * np.pi * 1000 * np.arange(200_000) / 20_000)
    >>> floor_levels(signal_context(x, sampling_rate_hz=20_000))[0].round(2).tolist()
    [0.11, 0.23, 0.24, 0.4, 0.63]
    """
    return np.asarray(_floors(c) * c.scale[:, None])


def _floors(c: SignalContext) -> np.ndarray:
    parts = np.linspace(0, 1, _FLOOR_CELLS + 1)
    edges = np.concatenate([low + (high - low) * parts for low, high in _FLOORS_HZ]).reshape(len(_FLOORS_HZ), -1)
    power = c.band_power(edges[:, :-1].ravel(), edges[:, 1:].ravel())
    cells = np.maximum(power, 0).reshape(-1, len(_FLOORS_HZ), _FLOOR_CELLS)
    return np.asarray(np.sqrt(_FLOOR_CELLS * np.median(cells, axis=-1)))


@feature(unit="dB", domain="journal", undefined="where 8500 Hz is above Nyquist")
def floor_tilt(c: SignalContext) -> PerWaveform:
    r"""Density of the floor between 4500 and 8500 Hz over that between 150 and 700 Hz.

    .. math:: 10 \lg (\bar S_{4500\text{–}8500} / \bar S_{150\text{–}700})

    White noise reads 0, noise that falls with frequency less.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).standard_normal(200_000)
    >>> abs(floor_tilt(signal_context(x, sampling_rate_hz=20_000))).round(0)
    array([0.])
    """
    floors = np.maximum(_floors(c), 1e-15)
    (low, high), (first, last) = _FLOORS_HZ[1], _FLOORS_HZ[4]
    return np.asarray(20 * np.log10(floors[:, 4] / floors[:, 1]) - 10 * np.log10((last - first) / (high - low)))
