"""Find recordings whose declared rate is wrong by a factor: lines that stand still elsewhere appear moved by it."""

from collections.abc import Sequence
from math import exp, log
from typing import Final

import numpy as np

from palier.data.audit.findings import Finding
from palier.data.audit.rate_proof import RATIOS
from palier.data.audit.summary import RecordingSummary

__all__ = ["compare_rates"]

#: Two recordings are expected to share lines when their stated speeds differ by no more than this.
_SAME_SPEED: Final = 0.005
_LINE_TOLERANCE: Final = 0.001
_MOST_PARTNERS: Final = 32
_CHANCE_RATIOS: Final = 10_000
_WIDEST_RATIO: Final = 10.0
_LEAST_COINCIDENCES: Final = 8
#: Standard deviations above chance, and multiple of the coincidences at the declared rate, that count as proof.
_LEAST_Z: Final = 6.0
_LEAST_GAIN: Final = 2.0


def compare_rates(summaries: Sequence[RecordingSummary]) -> tuple[Finding, ...]:
    """Report recordings whose lines coincide with those of others at the same speed only at another sampling rate.

    Lines of the rig and the mains stand still; lines of the shaft do so at the same speed. Their coincidences are
    counted at every ratio of `RATIOS` and, for chance, at ten thousand other ratios between a tenth and ten.

    Parameters
    ----------
    summaries : sequence of RecordingSummary

    Returns
    -------
    tuple of Finding
        ``rate_contradicted_by_others``.
    """
    findings = []
    for i, own in enumerate(summaries):
        partners = [
            other
            for j, other in enumerate(summaries)
            if j != i and own.speed_hz and other.speed_hz and abs(other.speed_hz / own.speed_hz - 1) < _SAME_SPEED
        ]
        finding = _compare(own, partners[:_MOST_PARTNERS])
        findings += [] if finding is None else [finding]
    return tuple(findings)


def _compare(own: RecordingSummary, partners: Sequence[RecordingSummary]) -> Finding | None:
    if not partners or not len(own.lines_hz) or own.sampling_rate_hz is None:
        return None
    theirs = np.sort(np.concatenate([p.lines_hz for p in partners]))
    if not len(theirs):
        return None
    ratios = np.array([float(r) for r in RATIOS])
    counts = _coincidences(own.lines_hz, theirs, ratios)
    best = int(np.argmax(counts))
    if best == 0 or counts[best] < max(_LEAST_COINCIDENCES, _LEAST_GAIN * counts[0]):
        return None
    span = log(_WIDEST_RATIO)
    others = np.exp(np.linspace(-span, span, _CHANCE_RATIOS))
    others = others[np.abs(np.log(others[:, None] / ratios)).min(axis=1) > 3 * _LINE_TOLERANCE]
    chance = _coincidences(own.lines_hz, theirs, others)
    mean, deviation = float(chance.mean()), max(float(chance.std()), 1.0)
    z = (counts[best] - mean) / deviation
    if z < _LEAST_Z or counts[best] <= chance.max():
        return None
    ratio, rate_hz = float(ratios[best]), own.sampling_rate_hz
    names = ", ".join(p.source for p in partners[:3]) + (" …" if len(partners) > 3 else "")
    p_value = len(RATIOS) / (1 + len(chance))
    return Finding(
        "rate_contradicted_by_others",
        "fatal",
        own.source,
        f"Compared with {len(partners)} recordings at the same speed ({names}), {counts[best]} lines coincide if the "
        f"true rate is {ratio:.4g} times the declared {rate_hz:g} Hz, {counts[0]} if it is as declared and "
        f"{mean:.0f} ± {deviation:.0f} by chance ({z:.0f} standard deviations; none of {len(chance)} other ratios "
        f"reaches as many, p < {p_value:.1g}).",
        f"Either this recording is sampled at {ratio * rate_hz:g} Hz, or those others are not at what they declare. "
        "Ask whoever recorded them, and declare the true rates.",
        {
            "ratio": ratio,
            "proved_rate_hz": ratio * rate_hz,
            "coincidences": int(counts[best]),
            "coincidences_declared": int(counts[0]),
            "coincidences_by_chance": mean,
            "z": float(z),
            "p_value": p_value,
            "n_partners": len(partners),
        },
    )


def _coincidences(own_hz: np.ndarray, theirs_hz: np.ndarray, ratios: np.ndarray) -> np.ndarray:
    """Count pairs of lines that agree within the tolerance, for each ratio."""
    moved = np.outer(ratios, own_hz)
    low, high = exp(-_LINE_TOLERANCE), exp(_LINE_TOLERANCE)
    within = np.searchsorted(theirs_hz, moved * high, "right") - np.searchsorted(theirs_hz, moved * low, "left")
    return np.asarray(within.sum(axis=1))
