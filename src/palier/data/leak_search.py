"""Find the same stretch of signal in two records, whatever gain, offset, shift or filter lies between them.

Candidates share compact fingerprints: shapes of single peaks, and constellations of peaks of the spectrogram, each of
whose lines is first divided by its mean over time so that what a machine does all the time does not count (after
A. L.-C. Wang, "An industrial-strength audio search algorithm", ISMIR 2003). A candidate is proved on its samples.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float32, Int32, Int64, UInt64

from palier.data.audit.fingerprint import fingerprints

__all__ = ["Match", "Prints", "candidates", "landmarks", "prints_of", "prove"]

_FRAME: Final = 256
_HOP: Final = 32
#: A landmark is the greatest value within so many frames and bins, this many times the mean of its line.
_REACH_FRAMES: Final = 8
_REACH_BINS: Final = 4
_LEAST_POWER: Final = 3.0
#: An anchor makes constellations with pairs of the next landmarks within so many frames.
_FAN: Final = 4
_MOST_FRAMES: Final = 64
#: Prints kept per record and kind: fewer where there are many records, for all must fit in memory.
_MOST_KEPT: Final = 256
_LEAST_KEPT: Final = 48
_KEPT_IN_ALL: Final = 2_000_000
#: A print that more records share than this says nothing; so many must agree at one lag.
_MOST_SHARING: Final = 24
_LEAST_MATCHES: Final = 4
#: Proof: share of frequencies at which the coherence exceeds the limit, over at least so many segments.
_COHERENT: Final = 0.8
_LEAST_SHARE: Final = 0.25
_SEGMENTS: Final = 10
_PROOF_SAMPLES: Final = 2**17
_LEAST_OVERLAP: Final = 192


@dataclass(frozen=True, slots=True, eq=False)
class Prints:
    """Fingerprints of one record: hashes, rising within a kind, and where they are."""

    hashes: UInt64[np.ndarray, " print"]
    positions: Int32[np.ndarray, " print"]
    """In samples for the first `n_shapes`, in frames of 32 samples for the rest."""
    n_shapes: int


@dataclass(frozen=True, slots=True)
class Match:
    """Two records that hold the same stretch of signal."""

    lag: int
    """Sample ``i`` of the first is sample ``i + lag`` of the second."""
    n_shared: int
    """Samples that both hold."""
    correlation: float
    """Of the shared stretch, −1 to 1; near ±1 for a copy that differs in gain and offset alone."""
    coherent: float
    """Share of frequencies at which one explains at least 80 % of the other; chance gives about none."""


def prints_of(x: Float32[np.ndarray, " time"], *, n_records: int) -> Prints:
    """Return the fingerprints of a waveform, as many as the memory for `n_records` of them allows."""
    kept = int(np.clip(_KEPT_IN_ALL // max(n_records, 1), _LEAST_KEPT, _MOST_KEPT))
    shapes = fingerprints(x)
    hashes, frames = landmarks(x)
    n_shapes = min(kept, len(shapes.hashes))
    return Prints(
        np.concatenate((shapes.hashes[:kept], hashes[:kept])),
        np.concatenate((shapes.positions[:kept], frames[:kept])).astype(np.int32),
        n_shapes,
    )


def landmarks(x: Float32[np.ndarray, " time"]) -> tuple[UInt64[np.ndarray, " print"], Int32[np.ndarray, " print"]]:
    """Return hashes of constellations of three peaks of the spectrogram, rising and distinct, and their frames.

    Gain and offset drop out; so does a filter wherever it lets the peaks pass, whatever its phase.
    """
    import scipy.fft  # twice as fast as numpy's over many short frames

    none = np.empty(0, np.uint64), np.empty(0, np.int32)
    if len(x) < 2 * _FRAME:
        return none
    frames = np.lib.stride_tricks.sliding_window_view(x - x.mean(dtype=np.float64).astype(np.float32), _FRAME)[::_HOP]
    lines = scipy.fft.rfft(frames * np.hanning(_FRAME).astype(np.float32), axis=-1)[:, 2:-2]
    power = lines.real**2 + lines.imag**2
    mean = power.mean(axis=0)
    power /= np.maximum(mean, max(float(mean.max()) * 1e-12, 1e-30))
    frame, line = np.nonzero((power >= _LEAST_POWER) & (power >= _local_maximum(power)))
    if len(frame) < 3:
        return none
    made = [_constellations(frame, line, i, j) for i in range(1, _FAN) for j in range(i + 1, _FAN + 1)]
    code = np.concatenate([c for c, _ in made])
    at = np.concatenate([f for _, f in made])
    hashes, first = np.unique(_scrambled(code), return_index=True)
    return hashes, at[first].astype(np.int32)


def _local_maximum(power: np.ndarray) -> np.ndarray:
    """Greatest value within the reach on either side, in frames and bins."""
    highest = power
    for axis, reach in ((0, _REACH_FRAMES), (1, _REACH_BINS)):
        padding = [(0, 0), (0, 0)]
        padding[axis] = (reach, reach)
        wide = np.moveaxis(np.pad(highest, padding), axis, 0)
        n, span = wide.shape[0] - 2 * reach, 1
        running = wide
        while 2 * span <= 2 * reach + 1:
            running = np.maximum(running[:-span], running[span:])
            span *= 2
        rest = 2 * reach + 1 - span
        highest = np.moveaxis(np.maximum(running[:n], running[rest : rest + n]), 0, axis)
    return highest


def _constellations(frame: np.ndarray, line: np.ndarray, i: int, j: int) -> tuple[np.ndarray, np.ndarray]:
    """Join each landmark with the i-th and j-th after it."""
    a, b, c = np.arange(len(frame) - j), np.arange(i, len(frame) - j + i), np.arange(j, len(frame))
    near = (frame[c] - frame[a] < _MOST_FRAMES) & (frame[b] > frame[a])
    a, b, c = a[near], b[near], c[near]
    code = np.zeros(len(a), np.uint64)
    for part, bits in ((line[a], 7), (line[b], 7), (line[c], 7), (frame[b] - frame[a], 6), (frame[c] - frame[a], 6)):
        code = (code << np.uint64(bits)) | part.astype(np.uint64)
    return code, frame[a]


def _scrambled(code: np.ndarray) -> np.ndarray:
    """Mix the bits (SplitMix64's finaliser); the constant keeps these apart from the shapes of peaks."""
    z = code + np.uint64(0x632BE59BD9B4E019)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)))


def candidates(prints: Sequence[Prints], apart: "np.ndarray | None" = None) -> Iterator[tuple[int, int, int, int]]:
    """Give pairs of records that share fingerprints at one lag, those that share most first.

    Parameters
    ----------
    prints : sequence of Prints
    apart : int, shape (fold, record), optional
        Sides of the records, negative on none: only pairs on different sides of some fold are of interest.

    Yields
    ------
    (first, second, lag, count)
        Sample ``i`` of the first is about sample ``i + lag`` of the second.
    """
    n = len(prints)
    if n < 2:
        return
    record = np.repeat(np.arange(n), [len(p.hashes) for p in prints])
    hashes = np.concatenate([p.hashes for p in prints])
    scale = np.concatenate([np.repeat([1, _HOP], [p.n_shapes, len(p.hashes) - p.n_shapes]) for p in prints])
    at = np.concatenate([p.positions for p in prints]).astype(np.int64) * scale
    order = np.lexsort((record, hashes))
    hashes, record, at = hashes[order], record[order], at[order]
    count = np.unique(hashes, return_counts=True)[1]
    usable = np.repeat(count <= _MOST_SHARING, count)
    pairs: list[np.ndarray] = []
    for step in range(1, min(_MOST_SHARING, int(count.max(initial=0)))):
        i = np.flatnonzero(usable[:-step] & (hashes[:-step] == hashes[step:]) & (record[:-step] != record[step:]))
        if apart is not None and len(i):
            one, other = apart[:, record[i]], apart[:, record[i + step]]
            i = i[((one != other) & (one >= 0) & (other >= 0)).any(axis=0)]
        if len(i):
            pairs.append(np.stack([record[i], record[i + step], at[i + step] - at[i]]))
    if not pairs:
        return
    yield from _agreed(np.concatenate(pairs, axis=1), n)


def _agreed(pairs: Int64[np.ndarray, "3 pair"], n: int) -> Iterator[tuple[int, int, int, int]]:
    """Keep pairs of which enough prints agree on the lag, to two frames."""
    code, pair = np.unique(pairs[0] * n + pairs[1], return_inverse=True)
    order = np.lexsort((pairs[2], pair))
    pair, lag = pair[order].astype(np.int64), pairs[2][order]
    # of each pair, the run of lags within two frames that holds most prints
    wide = np.int64(2 * _HOP)
    key = pair * np.int64(2**32) + lag + 2**31
    size = np.searchsorted(key, key + wide, side="right") - np.arange(len(key))
    best = np.lexsort((-size, pair))
    keep = best[np.r_[True, np.diff(pair[best]) > 0]]
    keep = keep[size[keep] >= _LEAST_MATCHES]
    for k in keep[np.argsort(-size[keep], kind="stable")]:
        middle = int(np.median(lag[k : k + size[k]]))
        first, second = divmod(int(code[pair[k]]), n)
        yield first, second, middle, int(size[k])


def prove(a: Float32[np.ndarray, " time"], b: Float32[np.ndarray, " time"], *, lag: int) -> Match | None:
    """Compare the samples that two records should share, or return None if they do not.

    The lag is refined by cross-correlation of the whitened stretches. Then the magnitude-squared coherence is taken:
    for a filtered copy it is 1 wherever both have power, for different recordings it has the mean 1/segments.

    Parameters
    ----------
    a, b : float32, shape (time)
    lag : int
        About where sample 0 of `a` is in `b`.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=5000).astype(np.float32)
    >>> found = prove(x[:4000], 3 * x[1000:] + 1, lag=-990)
    >>> found.lag, found.n_shared, round(found.correlation, 6)
    (-1000, 3000, 1.0)
    """
    one, other = _shared(a, b, lag)
    if len(one) < _LEAST_OVERLAP:
        return None
    lag += _refinement(one, other)
    one, other = _shared(a, b, lag)
    if len(one) < _LEAST_OVERLAP:
        return None
    n_shared = len(one)
    one, other = one[:_PROOF_SAMPLES], other[:_PROOF_SAMPLES]
    spread = float(one.std(dtype=np.float64) * other.std(dtype=np.float64))
    if spread == 0:
        return None
    coherent = _coherent_share(one, other)
    if coherent < _LEAST_SHARE:
        return None
    product = (one - one.mean(dtype=np.float64)) * (other - other.mean(dtype=np.float64))
    return Match(lag, n_shared, float(product.mean()) / spread, coherent)


def _shared(a: np.ndarray, b: np.ndarray, lag: int) -> tuple[np.ndarray, np.ndarray]:
    first, last = max(0, -lag), min(len(a), len(b) - lag)
    if last <= first:
        return a[:0], b[:0]
    return a[first:last], b[first + lag : last + lag]


def _refinement(one: np.ndarray, other: np.ndarray) -> int:
    """Return by how many samples the second lies later, within four frames' hops."""
    one, other = one[:_PROOF_SAMPLES], other[:_PROOF_SAMPLES]
    n = 1 << int(2 * len(one) - 1).bit_length()
    spectra = [np.fft.rfft(x - x.mean(dtype=np.float64), n) for x in (one, other)]
    cross = np.conj(spectra[0]) * spectra[1]
    sizes = np.abs(cross)
    whole = np.fft.irfft(cross / np.maximum(sizes, max(float(sizes.max()) * 1e-9, 1e-300)), n)
    reach = min(4 * _HOP, len(one) - 1)
    near = np.concatenate((whole[-reach:], whole[: reach + 1]))
    return int(np.abs(near).argmax()) - reach


def _coherent_share(one: np.ndarray, other: np.ndarray) -> float:
    size = 1 << int(max(16, min(512, 2 * len(one) // (_SEGMENTS + 1)))).bit_length() - 1
    window = np.hanning(size + 1)[:-1]
    spectra = [
        np.fft.rfft(_centred(np.lib.stride_tricks.sliding_window_view(x, size)[:: size // 2]) * window)[:, 1:-1]
        for x in (one, other)
    ]
    cross = (np.conj(spectra[0]) * spectra[1]).mean(axis=0)
    powers = [(np.abs(s) ** 2).mean(axis=0) for s in spectra]
    floor = [max(float(p.max()) * 1e-12, 1e-300) for p in powers]
    coherence = np.abs(cross) ** 2 / (np.maximum(powers[0], floor[0]) * np.maximum(powers[1], floor[1]))
    return float((coherence > _COHERENT).mean())


def _centred(segments: np.ndarray) -> np.ndarray:
    return np.asarray(segments - segments.mean(axis=-1, keepdims=True, dtype=np.float64))
