"""Features of the wavelet packet transform: eight equal bands, by Daubechies' wavelet of four vanishing moments."""

from math import log
from typing import Final

import numpy as np

from palier.core.shapes import PerWaveform
from palier.features.context import SignalContext
from palier.features.registry import feature

__all__ = ["packet_energy_spread", "packet_entropy", "packet_kurtosis"]

_LEVELS: Final = 3
_FLOOR: Final = 1e-12


def _packets(c: SignalContext) -> np.ndarray:
    """Return the share of the energy and the kurtosis of every packet."""
    from pywt import dwt

    nodes = [c.x]
    for _ in range(_LEVELS):
        nodes = [half for node in nodes for half in dwt(node, "db4", mode="periodization", axis=-1)]
    energy = np.stack([np.sum(w * w, axis=-1, dtype=np.float64) for w in nodes], axis=-1)
    fourth = np.stack([np.sum((w * w) ** 2, axis=-1, dtype=np.float64) for w in nodes], axis=-1)
    length = np.array([w.shape[-1] for w in nodes])
    share = np.maximum(energy / energy.sum(axis=-1, keepdims=True), _FLOOR)
    return np.stack([share, fourth * length / np.maximum(energy, 1e-30) ** 2], axis=-1)


@feature(unit="1", domain="packets", low=0, high=1)
def packet_entropy(c: SignalContext) -> PerWaveform:
    r"""Evenness of the energy over the eight wavelet packets of the third level.

    .. math:: -\frac{1}{\ln 8} \sum_{j=1}^{8} s_j \ln s_j

    with :math:`s_j` the share of the energy in packet *j*.

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).standard_normal(20_000)
    >>> packet_entropy(signal_context(x, sampling_rate_hz=1000)).round(2)
    array([1.])
    """
    s = c.block(_packets)[:, :, 0]
    return np.asarray(np.clip(-np.sum(s * np.log(s), axis=-1) / log(s.shape[-1]), 0, 1))


@feature(unit="1", domain="packets", low=1)
def packet_kurtosis(c: SignalContext) -> PerWaveform:
    r"""Mean of the kurtosis over the eight wavelet packets, each weighing alike: impacts, however weak their band.

    .. math:: \tfrac18 \sum_{j=1}^{8} \frac{\langle w_j^4 \rangle}{\langle w_j^2 \rangle^2}

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).standard_normal(100_000)
    >>> packet_kurtosis(signal_context(x, sampling_rate_hz=1000)).round(1)
    array([3.])
    """
    return np.asarray(np.maximum(c.block(_packets)[:, :, 1].mean(axis=-1), 1))


@feature(unit="dB", domain="packets", low=0)
def packet_energy_spread(c: SignalContext) -> PerWaveform:
    r"""Standard deviation of the levels of the eight wavelet packets: how far the spectrum is from white, in decibels.

    .. math:: \operatorname{std}_j\, 10 \lg s_j

    Examples
    --------
    >>> from palier.features.context import signal_context
    >>> x = np.random.default_rng(0).standard_normal(100_000)
    >>> bool(packet_energy_spread(signal_context(x, sampling_rate_hz=1000))[0] < 0.3)
    True
    """
    return np.asarray((10 * np.log10(c.block(_packets)[:, :, 0])).std(axis=-1))
