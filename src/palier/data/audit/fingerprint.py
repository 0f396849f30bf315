"""Fingerprints by which the same stretch of signal is recognised anywhere, whatever its offset and gain."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import numpy as np
from jaxtyping import Int32, UInt64

from palier.core.shapes import Waveform

__all__ = ["Fingerprints", "common_lag", "fingerprints", "samples_sha256"]

#: A peak is the highest sample within this many on either side.
_REACH: Final = 8
#: Where the shape of a peak is read, in samples from its top, and to how many levels.
_PLACES: Final = np.array([-8, -5, -3, -2, -1, 1, 2, 3, 5, 8])
_LEVELS: Final = 32
#: Kept per channel: the smallest hashes, which are the same choice in every copy.
_KEPT: Final = 512
#: Fewer distinct shapes among the peaks than this share: the signal repeats itself and cannot be recognised.
_LEAST_DISTINCT: Final = 0.5
_LEAST_MATCHES: Final = 6
_LEAST_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprints:
    """Hashes of peak shapes, rising and distinct, and where the peaks are."""

    hashes: UInt64[np.ndarray, " peak"]
    positions: Int32[np.ndarray, " peak"]


def samples_sha256(x: Waveform) -> str:
    """Return the hex digest of the samples' bytes."""
    return sha256(np.ascontiguousarray(x).data).hexdigest()


def fingerprints(x: Waveform) -> Fingerprints:
    """Describe up to 512 peaks of a waveform by their shapes, each read at ten samples to 32 levels.

    The shape is taken relative to the peak's height over the lowest of those samples, so gain and offset drop out.
    Which peaks are kept depends on their shapes alone: a stretch cut out of a recording keeps the same ones.
    A signal that repeats itself exactly has none.

    Parameters
    ----------
    x : float, shape (time)
    """
    n = len(x)
    empty = Fingerprints(np.empty(0, np.uint64), np.empty(0, np.int32))
    if n < 4 * _REACH:
        return empty
    highest = x
    reach = 1
    while reach < _REACH:  # doubling: the running maximum over 2, 4, 8 and then 17 samples
        highest = np.maximum(highest[:-reach], highest[reach:])
        reach *= 2
    around = np.maximum(np.maximum(highest[: n - 2 * _REACH], highest[_REACH + 1 :]), x[_REACH : n - _REACH])
    peaks = np.flatnonzero(x[_REACH : n - _REACH] >= around) + _REACH
    shape = x[peaks[:, None] + _PLACES].astype(np.float64)
    top, low = x[peaks].astype(np.float64), shape.min(axis=1)
    height = top - low
    usable = height > 0
    peaks, shape, low, height = peaks[usable], shape[usable], low[usable], height[usable]
    levels = np.minimum((shape - low[:, None]) / height[:, None] * _LEVELS, _LEVELS - 1).astype(np.uint64)
    code = np.zeros(len(peaks), np.uint64)
    for column in levels.T:
        code = code * np.uint64(_LEVELS) + column
    hashes, first = np.unique(_scrambled(code), return_index=True)
    if len(hashes) < max(_LEAST_MATCHES, _LEAST_DISTINCT * len(code)):
        return empty
    return Fingerprints(hashes[:_KEPT], peaks[first[:_KEPT]].astype(np.int32))


def _scrambled(code: np.ndarray) -> np.ndarray:
    """Mix the bits (SplitMix64's finaliser), so that small hashes are a fair choice of shapes."""
    z = code + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)))


def common_lag(a: Fingerprints, b: Fingerprints) -> tuple[int, int] | None:
    """Return the lag at which two channels hold the same peaks, and how many, or None.

    At least six shapes must agree, and at least half of all that agree must do so at one lag.

    Parameters
    ----------
    a, b : Fingerprints

    Returns
    -------
    (lag, count) or None
        Sample ``i`` of `a` is sample ``i + lag`` of `b`.
    """
    _, ia, ib = np.intersect1d(a.hashes, b.hashes, assume_unique=True, return_indices=True)
    if len(ia) < _LEAST_MATCHES:
        return None
    lags, counts = np.unique(b.positions[ib].astype(np.int64) - a.positions[ia], return_counts=True)
    best = int(np.argmax(counts))
    if counts[best] < max(_LEAST_MATCHES, _LEAST_SHARE * len(ia)):
        return None
    return int(lags[best]), int(counts[best])
