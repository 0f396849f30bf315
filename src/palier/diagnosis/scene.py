"""The maps of one recording, and the machine they are read for."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from palier.core.bearing import RollingBearing
from palier.diagnosis.combs import EvidenceMap, comb_evidence
from palier.diagnosis.families import LineFamily, explained_hz
from palier.dsp.demodulate import BandEnvelopes

__all__ = ["Scene", "Setting", "Track"]

#: A line counts towards the depth when noise alone would put it there less than once in exp(6) ≈ 400 places.
_LEAST_EXCESS = 6.0

#: A line of an envelope spectrum under a Hann window is this wide.
_BINS_PER_LINE = 5


@dataclass(frozen=True, slots=True)
class Setting:
    """What every step needs to know about the machine."""

    bearing: RollingBearing
    shaft_hz: float
    tolerance: float
    """Relative half-width of every search: slip and what is not known of the speed."""
    cage_hz: float
    """Where the cage turns: nominal, or where its comb was found."""

    def places(self, centre_hz: float, resolution_hz: float) -> Float[np.ndarray, " place"]:
        """Every half bin within the tolerance of a centre."""
        half = self.tolerance * centre_hz + resolution_hz / 2
        return np.arange(centre_hz - half, centre_hz + half + 1e-9, resolution_hz / 2)


@dataclass(frozen=True, slots=True)
class Track:
    """The strongest place and band of one family."""

    family: LineFamily
    found_hz: float
    band: int
    evidence: float


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """The maps of one recording and the machine they are read for."""

    envelopes: BandEnvelopes
    marked: Bool[np.ndarray, " frequency"]
    field: EvidenceMap
    noise: EvidenceMap
    """The same map for pure noise: unit exponentials, drawn once from a fixed seed."""
    setting: Setting

    def lines_hz(self, track: Track) -> Float[np.ndarray, " line"]:
        """The lines of a family where it was found."""
        return track.family.frequencies_hz(
            np.array(track.found_hz), shaft_hz=self.setting.shaft_hz, cage_hz=self.setting.cage_hz
        )

    def explained_hz(self, track: Track) -> Float[np.ndarray, " line"]:
        """Every place where the fault of `track` may put energy, as far as the recording can tell places apart.

        A short recording has few bins; so many sidebands are taken as leave three quarters of them to the null.
        """
        lines = np.unique(self.lines_hz(track))
        for sidebands in (0, 1, 2, 4):
            wider = explained_hz(
                track.family,
                defect_hz=track.found_hz,
                shaft_hz=self.setting.shaft_hz,
                cage_hz=self.setting.cage_hz,
                highest_hz=float(self.envelopes.frequency_hz[-1]),
                shaft_sidebands=sidebands,
            )
            if len(wider) * _BINS_PER_LINE > 0.25 * len(self.marked):
                break
            lines = np.unique(np.concatenate([lines, wider]))
        return lines

    def evidence(
        self,
        family: LineFamily,
        places: Float[np.ndarray, " place"],
        *,
        without_hz: Float[np.ndarray, " line"] | None = None,
        field: EvidenceMap | None = None,
    ) -> Float[np.ndarray, "place band"]:
        """Evidence of a family at many places, in this recording or in another field."""
        return comb_evidence(
            field or self.field,
            family,
            places,
            shaft_hz=self.setting.shaft_hz,
            cage_hz=self.setting.cage_hz,
            without_hz=without_hz,
        )

    def line_noise(self, *, band: int, near_hz: float) -> float:
        """Amplitude that noise alone gives one line near a place: short recordings and narrow bands have more."""
        depth, excess = self.envelopes.depth[band], self.envelopes.excess[band]
        near = np.abs(self.envelopes.frequency_hz / near_hz - 1) < 0.5
        usable = near & (excess > 0)
        return float(np.sqrt(np.mean(depth[usable].astype(np.float64) ** 2 / excess[usable]))) if usable.any() else 0.0

    def depth(self, track: Track, without_hz: Float[np.ndarray, " line"] | None) -> float:
        """Root of the summed squares of the significant lines of a family, background taken off.

        A sideband counts for no more than the harmonic it belongs to: modulation never makes it larger.
        """
        envelopes, lines = self.envelopes, self.lines_hz(track)
        index = np.rint(lines / envelopes.resolution_hz).astype(np.intp)
        inside = (index > 0) & (index < len(self.marked) - 1)
        near = np.where(inside, index, 1)[:, None] + np.array([-1, 0, 1])
        hidden = self.marked[near]
        excess = np.where(hidden, 0, envelopes.excess[track.band, near])
        peak = excess.argmax(axis=1)
        row = np.arange(len(index))
        excess = excess[row, peak]
        found = inside & (excess > _LEAST_EXCESS)
        depth = np.where(found, envelopes.depth[track.band, near[row, peak]], 0).astype(np.float64)
        parent = np.array(track.family.parents)
        has_parent = (parent >= 0) & ~(hidden.all(axis=1) | ~inside)[parent]
        depth = np.where(has_parent, np.minimum(depth, depth[parent]), depth)
        if without_hz is not None and len(without_hz):
            found &= np.min(np.abs(lines[:, None] - without_hz), axis=1) > 2.5 * envelopes.resolution_hz
        weighted = np.array(track.family.weight) * depth
        return float(np.sqrt(np.sum(weighted[found] ** 2 * (1 - 1 / excess[found]))))
