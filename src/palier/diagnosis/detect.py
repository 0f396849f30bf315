"""Is there damage, and which: combs of bearing lines against combs that belong to no bearing."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float

from palier.core.bearing import RollingBearing
from palier.diagnosis.combs import evidence_map
from palier.diagnosis.families import FAMILIES, LineFamily, defect_hz, family_of
from palier.diagnosis.known import known_lines
from palier.diagnosis.null import comb_p_value, noise_p_value
from palier.diagnosis.scene import Scene, Setting, Track
from palier.dsp.demodulate import BandEnvelopes

__all__ = ["EFFECT_THRESHOLD", "SLIP_TOLERANCE", "CombResult", "DetectionResult", "detect"]

#: Rolling elements slip: real lines lie 1–2 % off the kinematic ones (Randall and Antoni 2011).
SLIP_TOLERANCE = 0.015

#: Least modulation depth, all bearing lines together, that is called damage in a long recording. Healthy machines
#: have weak bearing lines, too: see docs/decisions/0004 for where this comes from.
EFFECT_THRESHOLD = 0.3

#: Lines of the two faults that both modulate at the cage speed.
_SHARED = {"bsf2", "ftf"}


@dataclass(frozen=True, slots=True, eq=False)
class CombResult:
    """The best comb of one fault."""

    family: LineFamily
    nominal_hz: float
    tolerance_hz: float
    found_hz: float
    band: int
    """Index of the band with the strongest evidence."""
    evidence: float
    p_value: float
    """Chance that the best of the combs belonging to no bearing is as strong, all places and bands searched."""
    depth: float
    """Modulation depth of the whole family in that band."""
    own_depth: float
    """The part of it that no other fault of this bearing explains: what faults are ranked by."""
    aliens: int
    """Places that belong to no bearing and to no known line, used as the null."""


@dataclass(frozen=True, slots=True, eq=False)
class DetectionResult:
    """Answer of `detect`, with the maps the evidence table is read from."""

    damage: bool
    p_value: float
    effect: float
    effect_threshold: float
    combs: tuple[CombResult, ...]
    """Strongest first; each after what stronger ones explain was taken out."""
    cage_hz: float
    """Where the cage turns: nominal, or where its comb was found."""
    marked: Bool[np.ndarray, " frequency"]
    band_evidence: Float[np.ndarray, " band"]
    """Evidence of the strongest comb in each band."""
    combs_searched: int


def detect(
    envelopes: BandEnvelopes,
    *,
    bearing: RollingBearing,
    shaft_hz: float,
    shaft_uncertainty: float,
    mains_hz: tuple[float, ...] = (),
    false_alarm_rate: float = 0.01,
) -> DetectionResult:
    """Search the envelope spectra of several bands for the line families of a bearing.

    Each fault's comb (harmonics, and the sidebands that belong to that fault) is tried at every place within the
    slip and speed tolerance and in every band, and the best is kept. The null is the same search, with the same
    number of places and bands, around places that belong to no line of the bearing, after everything the best comb
    explains was taken out; a Gumbel law fitted to those maxima gives its p-value, and the four faults are paid for by
    Bonferroni. Damage is called when that p-value is at most `false_alarm_rate` *and* the bearing lines together
    modulate the envelope by at least `EFFECT_THRESHOLD`: weak lines of a healthy bearing are significant, too. In a
    short recording three times the amplitude of one line of noise is added to that threshold (in squares).

    Parameters
    ----------
    envelopes : BandEnvelopes
    bearing : RollingBearing
    shaft_hz : float
    shaft_uncertainty : float
        Relative half-width of what is known of `shaft_hz`.
    mains_hz : tuple of float
        Supply frequencies that show in the recording: their mixtures with the shaft are set aside, too.
    false_alarm_rate : float
        0 to 1, both excluded.
    """
    setting = Setting(bearing, shaft_hz, SLIP_TOLERANCE + shaft_uncertainty, bearing.ftf_order * shaft_hz)
    marked = known_lines(
        n_bins=len(envelopes.frequency_hz),
        resolution_hz=envelopes.resolution_hz,
        shaft_hz=shaft_hz,
        shaft_uncertainty=shaft_uncertainty,
        mains_hz=mains_hz,
    )
    field = evidence_map(envelopes, marked=marked)
    unit = np.random.default_rng(0).exponential(size=envelopes.excess.shape).astype(envelopes.excess.dtype)
    noise = evidence_map(replace(envelopes, excess=unit), marked=marked)
    scene = Scene(envelopes, marked, field, noise, setting)
    cage = _best_comb(scene, family_of("cage"))
    if noise_p_value(scene, cage) <= false_alarm_rate:
        scene = replace(scene, setting=replace(setting, cage_hz=cage.found_hz))
    tracks = [_best_comb(scene, f) for f in FAMILIES]
    combs: list[CombResult] = []
    taken: dict[str, Float[np.ndarray, " line"]] = {}
    for track in _by_strength(scene, tracks):
        # an element and the cage share the cage's lines: neither explains the other away
        others = [lines for line, lines in taken.items() if {line, track.family.line} != _SHARED]
        combs.append(_result(scene, track, np.unique(np.concatenate([np.zeros(0), *others]))))
        if combs[-1].own_depth > 0:
            taken[track.family.line] = scene.explained_hz(track)
    depth = {c.family.line: c.own_depth for c in combs}
    effect = float(np.sqrt(depth["bpfo"] ** 2 + depth["bpfi"] ** 2 + max(depth["bsf2"], depth["ftf"]) ** 2))
    threshold = float(np.hypot(EFFECT_THRESHOLD, 3 * scene.line_noise(band=combs[0].band, near_hz=combs[0].found_hz)))
    p_value = min(1.0, len(combs) * min(c.p_value for c in combs))
    return DetectionResult(
        damage=bool(p_value <= false_alarm_rate and effect >= threshold),
        p_value=p_value,
        effect=effect,
        effect_threshold=threshold,
        combs=tuple(combs),
        cage_hz=scene.setting.cage_hz,
        marked=marked,
        band_evidence=scene.evidence(combs[0].family, np.array([combs[0].found_hz]))[0],
        combs_searched=sum(
            len(setting.places(c.nominal_hz, field.resolution_hz)) * len(envelopes.bands_hz) for c in combs
        ),
    )


def _best_comb(scene: Scene, family: LineFamily) -> Track:
    setting = scene.setting
    places = setting.places(defect_hz(setting.bearing, family, shaft_hz=setting.shaft_hz), scene.field.resolution_hz)
    evidence = scene.evidence(family, places)
    place, band = np.unravel_index(int(evidence.argmax()), evidence.shape)
    return Track(family, float(places[place]), int(band), float(evidence[place, band]))


def _by_strength(scene: Scene, tracks: list[Track]) -> list[Track]:
    """Order the faults: each pair is judged by the lines that the two do not share."""
    wins = []
    for track in tracks:
        depths = [
            (scene.depth(track, scene.lines_hz(other)), scene.depth(other, scene.lines_hz(track)))
            for other in tracks
            if other is not track
        ]
        wins.append((sum(own > theirs for own, theirs in depths), scene.depth(track, None), track.evidence))
    return [tracks[i] for i in sorted(range(len(tracks)), key=lambda i: wins[i], reverse=True)]


def _result(scene: Scene, track: Track, taken: Float[np.ndarray, " line"]) -> CombResult:
    """Judge one fault after everything that stronger faults explain was taken out."""
    setting = scene.setting
    evidence = float(scene.evidence(track.family, np.array([track.found_hz]), without_hz=taken).max())
    explained = np.unique(np.concatenate([taken, scene.explained_hz(track)]))
    p_value, aliens = comb_p_value(scene, track.family, evidence, explained)
    nominal_hz = defect_hz(setting.bearing, track.family, shaft_hz=setting.shaft_hz)
    return CombResult(
        family=track.family,
        nominal_hz=nominal_hz,
        tolerance_hz=setting.tolerance * nominal_hz,
        found_hz=track.found_hz,
        band=track.band,
        evidence=evidence,
        p_value=p_value,
        depth=scene.depth(track, None),
        own_depth=scene.depth(track, taken),
        aliens=aliens,
    )
