"""Features of order and disorder: entropies of patterns, scaling, dimension."""

from math import factorial, log
from typing import Final

import numpy as np

from palier.core.shapes import PerWaveform
from palier.features.context import SignalContext
from palier.features.registry import feature

__all__ = [
    "dfa_exponent",
    "fractal_dimension",
    "hjorth_complexity",
    "permutation_entropy",
    "sample_entropy",
    "teager_kurtosis",
]

_SAMPLE_POINTS: Final = 2048
_SAMPLE_TOLERANCE: Final = 0.2
_PATTERN: Final = 4
_DFA_SIZES: Final = 12
_DFA_LEAST: Final = 16
_LAGS: Final = (1, 2, 3, 4, 6, 8, 12, 16)


@feature(unit="1", domain="complexity", low=0, undefined="where no pattern of three values repeats")
def sample_entropy(c: SignalContext) -> PerWaveform:
    r"""How seldom what matched for two samples goes on to match for a third: 0 for order, 2 and more for noise.

    .. math:: -\ln \frac{\#\{i<j : \|u_i^{(3)} - u_j^{(3)}\|_\infty \le 0.2\,\sigma\}}
              {\#\{i<j : \|u_i^{(2)} - u_j^{(2)}\|_\infty \le 0.2\,\sigma\}}

    with :math:`u_i^{(m)}` the *m* values from sample *i* on, of the means over as many neighbouring samples as leave at
    most 2048 values, and :math:`\sigma` their standard deviation. Pairs are counted between the boxes of two k-d trees,
    not one by one.

    References
    ----------
    J. S. Richman, J. R. Moorman, "Physiological time-series analysis using approximate entropy and sample entropy", Am.
    J. Physiol. 278 (2000) H2039–H2049, doi:10.1152/ajpheart.2000.278.6.H2039.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).standard_normal(2000)
    >>> sample_entropy(signal_context(x, sampling_rate_hz=1000)).round(0)
    array([2.])
    """
    from scipy.spatial import KDTree

    step = -(-c.n // _SAMPLE_POINTS)
    count = c.n // step
    coarse = c.x[:, : count * step].reshape(-1, count, step).mean(axis=-1, dtype=np.float64)
    spread = coarse.std(axis=-1, keepdims=True)
    values = np.full(len(coarse), np.nan)
    for row, u in enumerate(coarse / np.where(spread > 0, spread, 1)):
        triples = np.stack([u[:-2], u[1:-1], u[2:]], axis=-1)
        pairs = []
        for length in (2, 3):
            tree = KDTree(triples[:, :length])
            hits = int(tree.count_neighbors(tree, _SAMPLE_TOLERANCE, p=np.inf))
            pairs.append(hits - len(triples))  # each pair twice, and each pattern matches itself
        if pairs[1] > 0:
            values[row] = max(log(pairs[0] / pairs[1]), 0.0)
    return values


@feature(unit="1", domain="complexity", low=0, high=1)
def permutation_entropy(c: SignalContext) -> PerWaveform:
    r"""Evenness of the 24 orders in which four neighbouring samples can stand: 1 for white noise, low if smooth.

    .. math:: -\frac{1}{\ln 24} \sum_{\pi} p_\pi \ln p_\pi

    It sees order only, not size: any monotonic distortion of the sensor leaves it as it is.

    References
    ----------
    C. Bandt, B. Pompe, "Permutation entropy: a natural complexity measure for time series", Phys. Rev. Lett. 88 (2002)
    174102, doi:10.1103/PhysRevLett.88.174102.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).standard_normal(20_000)
    >>> permutation_entropy(signal_context(x, sampling_rate_hz=1000)).round(2)
    array([1.])
    """
    last = c.n - _PATTERN + 1
    parts = [c.x[:, k : k + last] for k in range(_PATTERN)]
    code = np.zeros((c.x.shape[0], last), dtype=np.int64)
    for i in range(_PATTERN):
        for j in range(i + 1, _PATTERN):
            code = 2 * code + (parts[i] < parts[j])
    codes = 2 ** (_PATTERN * (_PATTERN - 1) // 2)
    counts = np.bincount((code + np.arange(len(code))[:, None] * codes).ravel(), minlength=codes * len(code))
    p = counts.reshape(len(code), codes) / last
    return np.asarray(-np.sum(p * np.log(np.where(p > 0, p, 1)), axis=-1) / log(factorial(_PATTERN)))


@feature(unit="1", domain="complexity")
def dfa_exponent(c: SignalContext) -> PerWaveform:
    r"""Detrended fluctuation analysis: how fluctuations grow with the time over which they are watched.

    .. math:: F(n) \propto n^{\alpha}, \qquad F^2(n) = \langle (y_t - \hat y_{t,n})^2 \rangle,
              \qquad y_t = \sum_{s \le t} (x_s - \bar x)

    with :math:`\hat y_{t,n}` a straight line in each box of *n* samples, and :math:`\alpha` the slope of
    :math:`\ln F` over :math:`\ln n` for twelve sizes from 16 samples to a quarter of the waveform. 0.5 for white noise,
    1 for 1/f noise, 1.5 for a random walk, near 0 for a line much faster than the boxes.

    References
    ----------
    C.-K. Peng et al., "Mosaic organization of DNA nucleotides", Phys. Rev. E 49 (1994) 1685–1689,
    doi:10.1103/PhysRevE.49.1685.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).standard_normal(20_000)
    >>> dfa_exponent(signal_context(x, sampling_rate_hz=1000)).round(1)
    array([0.5])
    """
    profile = np.cumsum(c.x, axis=-1, dtype=np.float64)
    sizes = np.unique(np.geomspace(_DFA_LEAST, c.n // 4, _DFA_SIZES).round().astype(int))
    fluctuation = np.stack([_detrended_power(profile, int(size)) for size in sizes], axis=-1)
    return _slope(np.log(sizes), 0.5 * np.log(np.maximum(fluctuation, 1e-30)))


def _detrended_power(profile: np.ndarray, size: int) -> np.ndarray:
    """Mean square of a profile about a straight line in each box."""
    count = profile.shape[-1] // size
    boxes = profile[:, : count * size].reshape(-1, count, size)
    ramp = np.arange(size) - (size - 1) / 2
    centred = boxes - boxes.mean(axis=-1, keepdims=True)
    explained = (centred @ ramp) ** 2 / (ramp @ ramp)
    return np.asarray((np.einsum("wbt,wbt->wb", centred, centred) - explained).mean(axis=-1) / size)


def _slope(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Slope of the least-squares line through points whose last axis is that of `x`."""
    d = x - x.mean()
    return np.asarray((y @ d) / (d @ d))


@feature(unit="1", domain="complexity")
def fractal_dimension(c: SignalContext) -> PerWaveform:
    r"""Fractal dimension of the curve: near 1 if it is smooth over 16 samples, 1.5 for a random walk, 2 for noise.

    .. math:: D = 2 - \frac{\mathrm{d} \ln \langle |x_{t+k} - x_t| \rangle}{\mathrm{d} \ln k}, \qquad k = 1 \ldots 16

    The madogram estimator: Higuchi's curve length without its subsampling.

    References
    ----------
    T. Gneiting, H. Ševčíková, D. B. Percival, "Estimators of fractal dimension", Statist. Sci. 27 (2012) 247–277,
    doi:10.1214/11-STS370.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.cumsum(np.random.default_rng(0).standard_normal(100_000))
    >>> fractal_dimension(signal_context(x, sampling_rate_hz=1000)).round(1)
    array([1.5])
    """
    change = [np.abs(c.x[:, k:] - c.x[:, :-k]).mean(axis=-1, dtype=np.float64) for k in _LAGS]
    return np.asarray(2 - _slope(np.log(_LAGS), np.log(np.maximum(np.stack(change, axis=-1), 1e-30))))


@feature(unit="1", domain="complexity", low=1)
def hjorth_complexity(c: SignalContext) -> PerWaveform:
    r"""How many times busier the slope of the waveform is than the waveform: 1 for a sine, more for a mixture.

    .. math:: \frac{\sigma_{\ddot x} / \sigma_{\dot x}}{\sigma_{\dot x} / \sigma_x}

    with differences of neighbouring samples for derivatives. Not below 1 by the Cauchy–Schwarz inequality, apart from
    the ends of the waveform.

    References
    ----------
    B. Hjorth, "EEG analysis based on time domain properties", Electroencephalogr. Clin. Neurophysiol. 29 (1970)
    306–310, doi:10.1016/0013-4694(70)90143-4.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.sin(2 * np.pi * 0.05 * np.arange(20_000))
    >>> hjorth_complexity(signal_context(x, sampling_rate_hz=1000)).round(2)
    array([1.])
    """
    first = np.diff(c.x, axis=-1)
    second = np.diff(first, axis=-1)
    p1, p2 = (np.maximum(np.mean(d * d, axis=-1, dtype=np.float64), 1e-30) for d in (first, second))
    return np.asarray(np.maximum(np.sqrt(p2) / p1, 1))


@feature(unit="1", domain="complexity", low=1)
def teager_kurtosis(c: SignalContext) -> PerWaveform:
    r"""Kurtosis of the Teager–Kaiser energy about its mean: sudden events of high frequency, over whatever is slow.

    .. math:: \frac{\langle (\psi - \bar\psi)^4 \rangle}{\langle (\psi - \bar\psi)^2 \rangle^2}, \qquad
              \psi_t = x_t^2 - x_{t-1}\,x_{t+1}

    References
    ----------
    J. F. Kaiser, "On a simple algorithm to calculate the 'energy' of a signal", Proc. IEEE ICASSP (1990) 381–384,
    doi:10.1109/ICASSP.1990.115702.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.sin(2 * np.pi * 0.01 * np.arange(20_000)) + 1e-3 * np.random.default_rng(0).standard_normal(20_000)
    >>> x[10_000] += 1
    >>> bool(teager_kurtosis(signal_context(x, sampling_rate_hz=1000))[0] > 1000)
    True
    """
    energy = c.square[:, 1:-1] - c.x[:, :-2] * c.x[:, 2:]
    centred = energy - energy.mean(axis=-1, keepdims=True, dtype=np.float64).astype(np.float32)
    square = centred.astype(np.float64) ** 2
    variance = np.maximum(square.mean(axis=-1), 1e-30)
    return np.asarray(np.maximum(np.mean(square**2, axis=-1) / variance**2, 1))
