"""Fast kurtogram: which band of a waveform is the most impulsive."""

from dataclasses import dataclass
from math import ceil, inf, log2

import numpy as np
from jaxtyping import Float, Int

from palier.core.shapes import BatchedWaveform, Waveform
from palier.dsp.spectrum import next_fast_real_length
from palier.errors import ParameterError

__all__ = ["Kurtogram", "fast_kurtogram"]

_FADE = 0.01  # share of the record that fades in, and out
_SETTLING = 3.0  # periods of a band's width at each end, besides, that no average includes
_FLANK = 0.25  # share of its width by which a band reaches into its neighbours
_LEAST_BINS = 64  # in the narrowest band
_DEFAULT_BINS = 512
_DEFAULT_LEVELS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Kurtogram:
    """Excess kurtosis of the complex envelope in every band of a 1/3-binary tree."""

    level: Float[np.ndarray, " band"]
    """log2 of the number of bands that share the axis: 0, 1, 1.58, 2, 2.58, 3, …"""
    low_hz: Float[np.ndarray, " band"]
    high_hz: Float[np.ndarray, " band"]
    kurtosis: Float[np.ndarray, "*batch band"]
    """0 for Gaussian noise, −1 for one sine, large for rare impacts."""
    best: Int[np.ndarray, "*batch"]
    """Which band has the highest kurtosis."""

    @property
    def centre_hz(self) -> Waveform:
        """Middle of every band."""
        return np.asarray((self.low_hz + self.high_hz) / 2)

    @property
    def bandwidth_hz(self) -> Waveform:
        """Width of every band."""
        return np.asarray(self.high_hz - self.low_hz)

    @property
    def best_band_hz(self) -> Float[np.ndarray, "*batch 2"]:
        """Both edges of the best band."""
        return np.stack([self.low_hz[self.best], self.high_hz[self.best]], axis=-1)

    def as_image(self) -> Float[np.ndarray, "*batch row column"]:
        """Spread the map over equal columns: a row for each level, frequency rising from left to right."""
        rows = [self.kurtosis[..., self.level == level] for level in np.unique(self.level)]
        columns = int(np.lcm.reduce([row.shape[-1] for row in rows]))
        return np.stack([np.repeat(row, columns // row.shape[-1], axis=-1) for row in rows], axis=-2)


def fast_kurtogram(
    x: BatchedWaveform,
    *,
    sampling_rate_hz: float,
    levels: int | None = None,
    minimum_bandwidth_hz: float = 0.0,
) -> Kurtogram:
    r"""Kurtosis over centre frequency and bandwidth, to find the band in which impacts stand out.

    The axis from 0 to the Nyquist frequency is cut into 1, 2, 3, 4, 6, 8, 12, … :math:`2^L` equal bands. For the
    complex envelope *z* of each,

    .. math:: K = \frac{\langle|z|^4\rangle}{\langle|z|^2\rangle^2} - 2

    Antoni's bands, as filters whose flanks reach a quarter of the width into the neighbours, −6 dB at the edges: one
    FFT of the record, and for each row of the map one batch of short inverse FFTs at twice the rate that the band
    needs, at which :math:`\langle|z|^4\rangle` is that of the continuous envelope. (MATLAB's ``kurtogram`` runs short
    FIR filters down a tree at the critical rate; its values differ by some per cent.) One per cent of the record at
    each end fades, and it and three periods of the band's width count for nothing, lest a line that does not close in
    the record strike the bands beside it: lines up to 60 dB above the noise do no harm.

    One large knock makes a band look more impulsive than a hundred small ones; kurtosis also falls again as impacts
    come so often that they overlap in a narrow band. The estimate scatters by :math:`2/\sqrt{BT}` for noise in a band
    of width *B* over a duration *T*, and the best of many narrow bands is high by chance: set `minimum_bandwidth_hz` to
    a few times the highest fault frequency that the envelope must carry.

    Parameters
    ----------
    x : float, shape (..., time)
        Any unit. The mean is removed.
    sampling_rate_hz : float
        Hz, positive.
    levels : int, optional
        *L*: the narrowest band is ``sampling_rate_hz / 2**(levels + 1)`` wide. It must hold 64 bins. By default as many
        as leave 512 bins to it, 8 at most.
    minimum_bandwidth_hz : float
        Rows of narrower bands are left out; at most the Nyquist frequency.

    Returns
    -------
    Kurtogram
        Kurtosis in the dtype of `x`, sums in double precision. A band without power has kurtosis 0.

    Raises
    ------
    ParameterError
        If the waveform is too short for the levels, or a parameter is out of range.

    References
    ----------
    J. Antoni, "Fast computation of the kurtogram for the detection of transient faults", MSSP 21 (2007) 108–124,
    doi:10.1016/j.ymssp.2005.12.002.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> t_s = np.arange(2**15) / 16_384
    >>> knock = np.exp(-600 * t_s[:256]) * np.sin(2 * np.pi * 3000 * t_s[:256])
    >>> strikes = np.zeros(2**15)
    >>> strikes[::400] = 5.0
    >>> x = np.convolve(strikes, knock)[: 2**15] + rng.standard_normal(2**15)
    >>> k = fast_kurtogram(x, sampling_rate_hz=16_384, minimum_bandwidth_hz=500)
    >>> low_hz, high_hz = k.best_band_hz.tolist()
    >>> low_hz < 3000 < high_hz
    True
    """
    n = x.shape[-1]
    counts = _bands_per_row(n, sampling_rate_hz, levels, minimum_bandwidth_hz)
    size = next_fast_real_length(n)
    fade = _fading(n)
    offset = x.mean(axis=-1, keepdims=True, dtype=np.float64).astype(x.dtype)
    bins = np.fft.rfft((x - offset) * fade.astype(x.dtype), size)
    bins[..., 0] = 0
    loudest = np.abs(bins).max(axis=-1, keepdims=True)
    bins /= np.where(loudest > 0, loudest, 1)  # so that fourth powers of any unit stay within single precision
    rows = [_row_kurtosis(bins, count, padding=size / n) for count in counts]
    edges_hz = [np.arange(count + 1) * (sampling_rate_hz / 2 / count) for count in counts]
    kurtosis = np.concatenate(rows, axis=-1)
    return Kurtogram(
        level=np.repeat(np.log2(counts), counts),
        low_hz=np.concatenate([e[:-1] for e in edges_hz]),
        high_hz=np.concatenate([e[1:] for e in edges_hz]),
        kurtosis=kurtosis.astype(x.dtype),
        best=np.asarray(kurtosis.argmax(axis=-1)),
    )


def _bands_per_row(n: int, sampling_rate_hz: float, levels: int | None, minimum_bandwidth_hz: float) -> list[int]:
    """Return 1, 2, 3, 4, 6, 8, … as far as levels, record and bandwidth allow."""
    if not 0 < sampling_rate_hz < inf:
        raise ParameterError(f"sampling_rate_hz is {sampling_rate_hz}; allowed is a positive, finite rate")
    if not 0 <= minimum_bandwidth_hz <= sampling_rate_hz / 2:
        raise ParameterError(
            f"minimum_bandwidth_hz is {minimum_bandwidth_hz}; allowed is 0 to {sampling_rate_hz / 2:g} Hz, half of the "
            "sampling rate"
        )
    deepest = int(log2(n / (2 * _LEAST_BINS))) if n >= 2 * _LEAST_BINS else -1
    if levels is None:
        levels = max(0, min(_DEFAULT_LEVELS, int(log2(max(n, 1) / (2 * _DEFAULT_BINS))))) if n >= 2 else 0
    if not 0 <= levels <= deepest:
        raise ParameterError(
            f"{levels} levels of {n} samples; each needs {2 * _LEAST_BINS}·2^levels samples, so allowed are 0 to "
            f"{deepest}" + (": give a longer waveform" if deepest < 0 else "")
        )
    counts = sorted({2**k for k in range(levels + 1)} | {3 * 2**k for k in range(levels - 1)})
    widest = sampling_rate_hz / 2 / minimum_bandwidth_hz * (1 + 1e-12) if minimum_bandwidth_hz > 0 else inf
    return [count for count in counts if count <= widest]


def _fading(n: int) -> Waveform:
    """Ones with a rise and fall over one per cent at each end, smooth up to the curvature."""
    fade = np.ones(n)
    length = max(1, ceil(_FADE * n))
    rise = _smooth((np.arange(length) + 0.5) / length)
    fade[:length], fade[-length:] = rise, rise[::-1]
    return fade


def _smooth(u: np.ndarray) -> np.ndarray:
    """Rise from 0 to 1 with neither slope nor curvature at either end, so that little rings or leaks."""
    return np.asarray(u * u * u * (10 + u * (6 * u - 15)))


def _row_kurtosis(bins: np.ndarray, count: int, *, padding: float) -> Float[np.ndarray, "*batch band"]:
    """Excess kurtosis of `count` equal bands of a spectrum whose bin 0 is empty."""
    total = bins.shape[-1] - 1
    edges = np.arange(count + 1) * (total / count) + 0.5  # between two bins, or on one
    overlap = ceil(_FLANK * total / count)
    width = ceil(total / count) + 2 * overlap + 1
    place = np.floor(edges[:-1, None]).astype(np.intp) - overlap + np.arange(width)
    real = bins.real.dtype
    low, high = edges[:-1, None].copy(), edges[1:, None].copy()
    low[0], high[-1] = -inf, inf  # nothing to overlap with at 0 Hz and at the Nyquist frequency
    inside = (np.minimum(place - low, high - place) / (2 * overlap) + 0.5).astype(real)
    weights = _smooth(np.clip(inside, 0, 1)) * ((place >= 1) & (place <= total))
    # twice the width: |z|² folds only where both of its factors lie on the flanks
    points = next_fast_real_length(max(width, ceil(2 * total / count)))
    base = np.zeros((*bins.shape[:-1], count, points), bins.dtype)
    np.multiply(bins[..., np.clip(place, 1, total)], weights, out=base[..., :width])
    used = points / padding
    drop = ceil(_FADE * used + _SETTLING * points * count / total)
    z = np.fft.ifft(base, norm="forward")[..., drop : int(used) - drop]
    square = z.real**2
    square += z.imag**2
    second = square.mean(axis=-1, dtype=np.float64)
    fourth = np.einsum("...t,...t->...", square, square, dtype=np.float64) / square.shape[-1]
    power = np.where(second > 0, second, 1)
    return np.where(second > 0, fourth / power**2 - 2, 0.0)
