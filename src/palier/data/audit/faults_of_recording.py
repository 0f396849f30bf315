"""Faults that the measuring chain leaves in a recording: constant and copied channels, clipping, dropouts."""

from math import log
from typing import Final

import numpy as np

from palier.core.recording import Recording
from palier.core.shapes import Samples, Waveform
from palier.data.audit.findings import Finding
from palier.data.audit.grid import Grid

__all__ = ["check_clipping", "check_constant", "check_dropouts", "copied_channels"]

#: Clipped samples above this share make the waveform's shape worthless.
_FATAL_CLIPPED_SHARE: Final = 0.01
_CLIP_P: Final = 1e-6
#: A sine dwells at its crest: about six times as many samples tie there as the slope below the crest suggests.
_CLIP_RATIO: Final = 12
#: Full scale of converters from 8 to 24 bits (codes −2^k … 2^k − 1).
_FULL_SCALE_BITS: Final = range(7, 24)
#: A run of equal samples is a dropout when it is this many times as long as the longest to be expected.
_RUN_RATIO: Final = 4
_LEAST_RUN: Final = 16
#: The longest hundredth of all runs does not count for what is usual.
_USUAL_RUNS: Final = 0.99
_FATAL_DROPOUT_SHARE: Final = 0.1
_QUIET_BLOCKS: Final = 64
_QUIET_RATIO: Final = 0.01
_COPY_RESIDUAL: Final = 1e-6
_COPY_SAMPLES: Final = 2**14
_MOST_CHANNELS: Final = 64


def check_constant(x: Waveform, *, source: str) -> Finding | None:
    """Report a channel that never changes.

    Parameters
    ----------
    x : float, shape (time)
    source : str
        Named in the finding.
    """
    if x.min() != x.max():
        return None
    value = float(x[0])
    return Finding(
        "constant_channel",
        "fatal",
        source,
        f"All {len(x)} samples are {value:g}: there is no vibration in this channel.",
        "Check sensor, cable and channel assignment, and take another channel.",
        {"value": value, "n_samples": len(x)},
    )


def check_clipping(x: Waveform, *, source: str, grid: Grid | None) -> Finding | None:
    """Report samples that were cut off at one or both ends of the range.

    Two signs count: extremes equal to the full scale of a converter (codes :math:`2^k-1` and :math:`-2^k`), and more
    ties at an extreme than the values just below it allow (Poisson tail below one in a million, and twelve times as
    many as expected, which the crest of a smooth sine never reaches).

    Parameters
    ----------
    x : float, shape (time)
    source : str
    grid : Grid or None
        As `find_grid` returned it.
    """
    low, high = float(x.min()), float(x.max())
    step = grid.step if grid is not None else float(np.spacing(np.float32(max(-low, high, 0.0))))
    n_high, high_clips = _ties(x, high, step)
    n_low, low_clips = _ties(-x, -low, step)
    bits = _full_scale_bits(low, high, grid)
    if bits is not None:
        low_full, high_full = _at_full_scale(low, high, step, bits)
        high_clips, low_clips = high_clips or high_full, low_clips or low_full
    if not (high_clips or low_clips):
        return None
    n_clipped = n_high * high_clips + n_low * low_clips
    share = n_clipped / len(x)
    ends = " and ".join(
        f"{n} at {value:g}" for n, value, clips in ((n_high, high, high_clips), (n_low, low, low_clips)) if clips
    )
    why = f", the full scale of a {bits + 1}-bit converter" if bits is not None else ""
    return Finding(
        "clipping",
        "fatal" if share >= _FATAL_CLIPPED_SHARE else "warning",
        source,
        f"{n_clipped} of {len(x)} samples are cut off ({ends}{why}): peaks, kurtosis and high frequencies are wrong.",
        "Measure again with a larger range; until then use no peak value of this recording.",
        {
            "n_clipped": n_clipped,
            "share": share,
            "n_high": n_high * high_clips,
            "n_low": n_low * low_clips,
            "converter_bits": None if bits is None else bits + 1,
        },
    )


def _ties(x: Waveform, top: float, step: float) -> tuple[int, bool]:
    """Count the samples at the highest value, and tell whether they are too many."""
    n = int(np.count_nonzero(x >= top - step / 2))
    if n < 3 or n == len(x):
        return n, False
    count = min(n + max(16, 4 * n), len(x))
    below = np.sort(np.partition(x, len(x) - count)[-count:])[: count - n].astype(np.float64)
    if np.count_nonzero(below >= below[-1] - step / 2) > n / 3:
        return n, False
    expected = min(len(below) * step / max(top - float(below[0]), step), float(len(below)))
    return n, n > _CLIP_RATIO * expected and _poisson_tail(n, expected) < _CLIP_P


def _poisson_tail(n: int, mean: float) -> float:
    """Bound the chance of n or more events where `mean` are expected (Chernoff)."""
    if n <= mean:
        return 1.0
    return float(np.exp(n - mean - n * log(n / mean)))


def _full_scale_bits(low: float, high: float, grid: Grid | None) -> int | None:
    if grid is None or not grid.zero_on_grid:
        return None
    for bits in _FULL_SCALE_BITS:
        low_full, high_full = _at_full_scale(low, high, grid.step, bits)
        if (low_full and high / grid.step < 2**bits - 0.5) or (high_full and low / grid.step > -(2**bits) - 0.5):
            return bits
    return None


def _at_full_scale(low: float, high: float, step: float, bits: int) -> tuple[bool, bool]:
    return round(low / step) == -(2**bits), round(high / step) == 2**bits - 1


def check_dropouts(x: Waveform, *, source: str) -> tuple[Finding, ...]:
    """Report stretches in which the signal stands still or nearly vanishes.

    A run of equal samples counts when it is four times as long as the longest that chance would make from the share of
    equal neighbours in the recording. A stretch nearly vanishes when its standard deviation is below 1 % of the
    median of 64 such stretches.

    Parameters
    ----------
    x : float, shape (time), not constant
    source : str
    """
    n = len(x)
    starts, lengths = _long_runs(x)
    findings = []
    if len(starts):
        lost, first, longest = int(lengths.sum()), int(starts[0]), int(lengths.max())
        what = "zero" if not x[starts].any() else "one repeated value"
        findings.append(
            Finding(
                "dropout",
                "fatal" if lost >= _FATAL_DROPOUT_SHARE * n else "warning",
                source,
                f"{lost} of {n} samples, in {len(starts)} stretch{'es' if len(starts) > 1 else ''}, hold {what}; the "
                f"longest has {longest} samples, the first starts at sample {first}.",
                "Cut these stretches out, and find out whether samples are missing there or were filled in.",
                {"n_stretches": len(starts), "n_lost": lost, "longest": longest, "first": first},
            )
        )
    quiet = _quiet_blocks(x)
    if quiet and not findings:
        block = n // _QUIET_BLOCKS
        findings.append(
            Finding(
                "signal_loss",
                "warning",
                source,
                f"In {len(quiet)} of {_QUIET_BLOCKS} stretches of {block} samples the level falls below 1 % of the "
                f"usual one, first at sample {quiet[0] * block}: the machine stopped or the sensor lost contact.",
                "Diagnose only the stretch in which the machine ran and the sensor worked.",
                {"n_stretches": len(quiet), "first": quiet[0] * block},
            )
        )
    return tuple(findings)


def _long_runs(x: Waveform) -> tuple[np.ndarray, np.ndarray]:
    """Return where runs of equal samples start that are too long, and how long they are."""
    n, half = len(x), _LEAST_RUN // 2
    equal = x[1:] == x[:-1]
    # a run of 16 fills at least one of the aligned blocks of eight
    if not equal[: (n - 1) // half * half].reshape(-1, half).all(axis=1).any():
        return np.empty(0, np.intp), np.empty(0, np.intp)
    starts = np.flatnonzero(np.concatenate(([True], ~equal)))
    lengths = np.diff(np.append(starts, n))
    usual = lengths[lengths <= np.quantile(lengths, _USUAL_RUNS)].mean()
    least = max(_LEAST_RUN, _RUN_RATIO * log(n) / -log(max(1 - 1 / usual, 1e-6)))
    value = x[starts]
    inside = (value != x.max()) & (value != x.min())  # at an extreme, clipping says it
    long = (lengths >= least) & (inside | (value == 0))
    return starts[long], lengths[long]


def _quiet_blocks(x: Waveform) -> list[int]:
    block = len(x) // _QUIET_BLOCKS
    if block < _LEAST_RUN:
        return []
    levels = x[: block * _QUIET_BLOCKS].reshape(_QUIET_BLOCKS, block).std(axis=1)
    return [int(i) for i in np.flatnonzero(levels < _QUIET_RATIO * np.median(levels))]


def copied_channels(recording: Recording) -> tuple[Finding, ...]:
    """Report pairs of channels of which one is the other, perhaps scaled, offset or inverted.

    Two channels are copies when a straight line turns one into the other and leaves less than a millionth of its
    variance.

    Parameters
    ----------
    recording : Recording
    """
    x, names = recording.samples[:_MOST_CHANNELS], recording.channel_names
    if len(x) < 2:
        return ()
    candidates = _correlated(x[:, :_COPY_SAMPLES])
    findings = []
    for i, j in candidates:
        factor = _copy_factor(x[i], x[j])
        if factor is None:
            continue
        how = "the same as" if abs(factor - 1) < 1e-6 else f"{factor:.6g} times"
        findings.append(
            Finding(
                "copied_channel",
                "warning",
                f"{recording.provenance.source}:{names[j]}",
                f"Channel {names[j]} is {how} channel {names[i]}: it holds no measurement of its own.",
                "Use one of them, and check the wiring and the channel assignment.",
                {"of": names[i], "factor": factor},
            )
        )
    return tuple(findings)


def _correlated(x: Samples) -> list[tuple[int, int]]:
    centred = x - x.mean(axis=1, keepdims=True, dtype=np.float64)
    norm = np.sqrt((centred**2).sum(axis=1))
    alive = norm > 0
    unit = np.divide(centred, norm[:, None], out=np.zeros_like(centred), where=alive[:, None])
    r = np.triu(np.abs(unit @ unit.T), 1)
    return [(int(i), int(j)) for i, j in zip(*np.nonzero(r > 1 - 100 * _COPY_RESIDUAL), strict=True)]


def _copy_factor(a: Waveform, b: Waveform) -> float | None:
    a0 = a - a.mean(dtype=np.float64)
    b0 = b - b.mean(dtype=np.float64)
    energy = float(a0 @ a0)
    if energy == 0:
        return None
    factor = float(a0 @ b0) / energy
    residual = b0 - factor * a0
    return factor if float(residual @ residual) < _COPY_RESIDUAL * float(b0 @ b0) else None
