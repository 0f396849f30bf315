"""The evidence table: each line that was looked for, where, and how far above the local background."""

import numpy as np

from palier.core.bearing import RollingBearing
from palier.diagnosis.detect import CombResult, DetectionResult
from palier.diagnosis.result import EvidenceLine
from palier.dsp.demodulate import BandEnvelopes

__all__ = ["LINE_P_VALUE", "evidence_lines", "lines_found"]

#: A line is called found when noise would put one as strong there at most this often.
LINE_P_VALUE = 0.01


def evidence_lines(
    envelopes: BandEnvelopes, found: DetectionResult, *, bearing: RollingBearing, shaft_hz: float
) -> tuple[EvidenceLine, ...]:
    """One row per line of each fault, faults in the order of their strength.

    `expected_hz` is the kinematic line, `found_hz` the highest bin where that fault's comb fits best. The p-value
    counts the bins looked at for this row, not the search for the comb (that is in the detection's p-value).
    """
    return tuple(row for comb in found.combs for row in _rows(envelopes, found, comb, bearing, shaft_hz))


def _rows(
    envelopes: BandEnvelopes, found: DetectionResult, comb: CombResult, bearing: RollingBearing, shaft_hz: float
) -> list[EvidenceLine]:
    family = comb.family
    expected = family.frequencies_hz(np.array(comb.nominal_hz), shaft_hz=shaft_hz, cage_hz=bearing.ftf_order * shaft_hz)
    places = family.frequencies_hz(np.array(comb.found_hz), shaft_hz=shaft_hz, cage_hz=found.cage_hz)
    low_hz, high_hz = envelopes.bands_hz[comb.band]
    excess, depth = envelopes.excess[comb.band], envelopes.depth[comb.band]
    rows = []
    for i, (expected_hz, place_hz) in enumerate(zip(expected, places, strict=True)):
        centre = round(place_hz / envelopes.resolution_hz)
        near = np.arange(max(1, centre - 1), min(len(excess), centre + 2))
        near = near[~found.marked[near]] if len(near) else near
        if not len(near):
            continue  # hidden under a shaft or mains line, or beyond the band
        best = near[excess[near].argmax()]
        u = float(excess[best])
        p_value = float(-np.expm1(len(near) * np.log1p(-np.exp(-u)))) if u > 0 else 1.0
        rows.append(
            EvidenceLine(
                fault=family.fault,
                label=family.label(i),
                band_low_hz=low_hz,
                band_high_hz=high_hz,
                expected_hz=float(expected_hz),
                tolerance_hz=abs(family.multiple[i]) * comb.tolerance_hz,
                found_hz=float(envelopes.frequency_hz[best]),
                amplitude=float(depth[best]),
                prominence_db=float(10 * np.log10(max(u, 1e-6) / np.log(2))),
                p_value=p_value,
                found=p_value <= LINE_P_VALUE,
            )
        )
    return rows


def lines_found(rows: tuple[EvidenceLine, ...], fault: str) -> tuple[int, int]:
    """How many lines of a fault were found, and how many looked for."""
    own = [r for r in rows if r.fault == fault]
    return sum(r.found for r in own), len(own)
