"""Evidence for a comb of lines, over any number of defect frequencies and bands at once."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from palier.diagnosis.families import LineFamily
from palier.dsp.demodulate import BandEnvelopes

__all__ = ["EvidenceMap", "comb_evidence", "evidence_map"]

# Mean of log(1 + max of n unit exponentials), n = 0 … 9, by numerical integration (tests recompute it).
_EXPECTED = np.array([0.0, 0.5963, 0.8314, 0.9671, 1.0594, 1.1280, 1.1819, 1.2260, 1.2631, 1.2949])


@dataclass(frozen=True, slots=True, eq=False)
class EvidenceMap:
    """Log-evidence of a line at every bin: ``log(1 + excess)``, less what noise alone gives on average.

    ``reach`` bins on either side count as the same place, and marked bins are neutral (0): they are no evidence for
    or against anything.
    """

    evidence: Float[np.ndarray, "frequency band"]
    resolution_hz: float
    reach: int


def evidence_map(envelopes: BandEnvelopes, *, marked: Bool[np.ndarray, " frequency"], reach: int = 1) -> EvidenceMap:
    """Turn envelope spectra into log-evidence, leaving `marked` bins out."""
    excess = np.where(marked, 0, envelopes.excess).T  # a row per bin, so that one look-up serves all bands
    best, usable = excess.copy(), (~marked).astype(np.intp)
    count = usable.copy()
    for shift in range(1, reach + 1):
        np.maximum(best[shift:], excess[:-shift], out=best[shift:])
        np.maximum(best[:-shift], excess[shift:], out=best[:-shift])
        count[shift:] += usable[:-shift]
        count[:-shift] += usable[shift:]
    evidence = np.log1p(best) - _EXPECTED[np.minimum(count, len(_EXPECTED) - 1)][:, None].astype(best.dtype)
    evidence[count == 0] = 0
    evidence[0] = 0
    return EvidenceMap(evidence, envelopes.resolution_hz, reach)


def comb_evidence(
    field: EvidenceMap,
    family: LineFamily,
    defect_hz: Float[np.ndarray, " place"],
    *,
    shaft_hz: float,
    cage_hz: float,
    without_hz: Float[np.ndarray, " line"] | None = None,
) -> Float[np.ndarray, "place band"]:
    r"""Weighted sum of the evidence at the lines of a family, :math:`\sum_i w_i\,L_b(f_i)`.

    Lines that lie on one of `without_hz` (within 2.5 bins) or beyond the axis count nothing.
    """
    lines = family.frequencies_hz(defect_hz, shaft_hz=shaft_hz, cage_hz=cage_hz)
    index = np.rint(lines / field.resolution_hz).astype(np.intp)
    n = len(field.evidence)
    weight = np.where(index < n, np.array(family.weight), 0.0)
    if without_hz is not None and len(without_hz):
        place = np.clip(np.searchsorted(without_hz, lines), 1, max(1, len(without_hz) - 1))
        near = np.minimum(
            np.abs(lines - without_hz[np.minimum(place, len(without_hz) - 1)]), np.abs(lines - without_hz[place - 1])
        )
        weight = np.where(near <= 2.5 * field.resolution_hz, 0.0, weight)
    index = np.minimum(index, n - 1)
    weight = weight.astype(field.evidence.dtype)
    total = np.zeros((len(lines), field.evidence.shape[1]), field.evidence.dtype)
    for i in np.flatnonzero(np.array(family.weight)):
        total += weight[:, i, None] * field.evidence[index[:, i]]
    return total
