"""Is there damage, and which: combs of bearing lines against combs that belong to no bearing."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float

from palier.core.bearing import RollingBearing
from palier.diagnosis.combs import EvidenceMap, comb_evidence, evidence_map
from palier.diagnosis.families import FAMILIES, LineFamily, defect_hz, explained_hz, family_of
from palier.diagnosis.known import known_lines
from palier.dsp.demodulate import BandEnvelopes

__all__ = ["EFFECT_THRESHOLD", "SLIP_TOLERANCE", "CombResult", "DetectionResult", "detect"]

#: Rolling elements slip: real lines lie 1–2 % off the kinematic ones (Randall and Antoni 2011).
SLIP_TOLERANCE = 0.015

#: Least modulation depth, all bearing lines together, that is called damage in a long recording. Healthy machines
#: have weak bearing lines, too: see docs/decisions/0004 for where this comes from.
EFFECT_THRESHOLD = 0.3

#: A line counts towards the depth when noise alone would put it there less than once in exp(6) ≈ 400 places.
_LEAST_EXCESS = 6.0

#: Lines of the two faults that both modulate at the cage speed.
_SHARED = {"bsf2", "ftf"}

#: A line of an envelope spectrum under a Hann window is this wide.
_BINS_PER_LINE = 5

#: The Gumbel scale of the best of many combs in pure noise; the fit never claims to know less scatter than that.
_LEAST_SCALE = 0.3


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
    marked: Bool[np.ndarray, " frequency"]
    band_evidence: Float[np.ndarray, " band"]
    """Evidence of the strongest comb in each band."""
    combs_searched: int


@dataclass(frozen=True, slots=True)
class _Setting:
    """What every step needs to know about the machine."""

    bearing: RollingBearing
    shaft_hz: float
    tolerance: float
    """Relative half-width of every search: slip and what is not known of the speed."""
    cage_hz: float
    """Where the cage turns: nominal, or where its comb was found."""

    def places(self, centre_hz: float, resolution_hz: float) -> Float[np.ndarray, " place"]:
        half = self.tolerance * centre_hz + resolution_hz / 2
        return np.arange(centre_hz - half, centre_hz + half + 1e-9, resolution_hz / 2)


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
    setting = _Setting(bearing, shaft_hz, SLIP_TOLERANCE + shaft_uncertainty, bearing.ftf_order * shaft_hz)
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
    scene = _Scene(envelopes, marked, field, noise, setting)
    cage = _best_comb(scene, family_of("cage"))
    if _noise_p(scene, cage) <= false_alarm_rate:
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
    threshold = float(np.hypot(EFFECT_THRESHOLD, 3 * _line_noise(scene, combs[0])))
    p_value = min(1.0, len(combs) * min(c.p_value for c in combs))
    return DetectionResult(
        damage=p_value <= false_alarm_rate and effect >= threshold,
        p_value=p_value,
        effect=effect,
        effect_threshold=threshold,
        combs=tuple(combs),
        marked=marked,
        band_evidence=scene.evidence(combs[0].family, np.array([combs[0].found_hz]))[0],
        combs_searched=sum(
            len(setting.places(c.nominal_hz, field.resolution_hz)) * len(envelopes.bands_hz) for c in combs
        ),
    )


@dataclass(frozen=True, slots=True)
class _Track:
    """The strongest place and band of one family."""

    family: LineFamily
    found_hz: float
    band: int
    evidence: float


@dataclass(frozen=True, slots=True, eq=False)
class _Scene:
    """The maps of one recording and the machine they are read for."""

    envelopes: BandEnvelopes
    marked: Bool[np.ndarray, " frequency"]
    field: EvidenceMap
    noise: EvidenceMap
    """The same map for pure noise: unit exponentials, drawn once from a fixed seed."""
    setting: _Setting

    def lines_hz(self, track: _Track) -> Float[np.ndarray, " line"]:
        """The lines of a family where it was found."""
        return track.family.frequencies_hz(
            np.array(track.found_hz), shaft_hz=self.setting.shaft_hz, cage_hz=self.setting.cage_hz
        )

    def explained_hz(self, track: _Track) -> Float[np.ndarray, " line"]:
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
        return comb_evidence(
            field or self.field,
            family,
            places,
            shaft_hz=self.setting.shaft_hz,
            cage_hz=self.setting.cage_hz,
            without_hz=without_hz,
        )


def _best_comb(scene: _Scene, family: LineFamily) -> _Track:
    setting = scene.setting
    places = setting.places(defect_hz(setting.bearing, family, shaft_hz=setting.shaft_hz), scene.field.resolution_hz)
    evidence = scene.evidence(family, places)
    place, band = np.unravel_index(int(evidence.argmax()), evidence.shape)
    return _Track(family, float(places[place]), int(band), float(evidence[place, band]))


def _by_strength(scene: _Scene, tracks: list[_Track]) -> list[_Track]:
    """Order the faults: each pair is judged by the lines that the two do not share."""
    wins = []
    for track in tracks:
        depths = [
            (_depth(scene, track, scene.lines_hz(other)), _depth(scene, other, scene.lines_hz(track)))
            for other in tracks
            if other is not track
        ]
        wins.append((sum(own > theirs for own, theirs in depths), _depth(scene, track, None), track.evidence))
    return [tracks[i] for i in sorted(range(len(tracks)), key=lambda i: wins[i], reverse=True)]


def _result(scene: _Scene, track: _Track, taken: Float[np.ndarray, " line"]) -> CombResult:
    """Judge one fault after everything that stronger faults explain was taken out."""
    setting = scene.setting
    evidence = float(scene.evidence(track.family, np.array([track.found_hz]), without_hz=taken).max())
    explained = np.unique(np.concatenate([taken, scene.explained_hz(track)]))
    p_value, aliens = _p_value(scene, track.family, evidence, explained)
    nominal_hz = defect_hz(setting.bearing, track.family, shaft_hz=setting.shaft_hz)
    return CombResult(
        family=track.family,
        nominal_hz=nominal_hz,
        tolerance_hz=setting.tolerance * nominal_hz,
        found_hz=track.found_hz,
        band=track.band,
        evidence=evidence,
        p_value=p_value,
        depth=_depth(scene, track, None),
        own_depth=_depth(scene, track, taken),
        aliens=aliens,
    )


def _alien_centres_hz(family: LineFamily, setting: _Setting) -> Float[np.ndarray, " place"]:
    """Places whose search window meets no line of the bearing, nor a simple fraction or multiple of one."""
    low, high = (0.25, 9.0) if family.line == "ftf" else (1.2, 11.0)
    ratio = 1 + 2 * setting.tolerance
    orders = low * ratio ** np.arange(int(np.log(high / low) / np.log(ratio)) + 1)
    own = np.array([defect_hz(setting.bearing, f, shaft_hz=1.0) for f in FAMILIES])
    fractions = np.array([1, 2, 3, 4, 1 / 2, 3 / 2, 1 / 3, 2 / 3, 4 / 3])
    related = (own[:, None] * fractions).ravel()
    clear = np.min(np.abs(orders[:, None] / related - 1), axis=1) > 2 * setting.tolerance
    return np.asarray(orders[clear] * setting.shaft_hz)


def _p_value(
    scene: _Scene, family: LineFamily, evidence: float, explained_hz: Float[np.ndarray, " line"]
) -> tuple[float, int]:
    """Chance of such evidence where there is no fault, and how many places of the recording that was learnt from.

    The larger of two: the best combs of pure noise, and those of this recording around places that belong to no
    bearing line, without what the faults found so far explain.
    """
    windows, aliens = _alien_windows(scene, family)
    if evidence <= 0:  # less than noise gives on average
        return 1.0, aliens
    own = _best_of_windows(scene, family, windows, without_hz=explained_hz if aliens else None)
    noise = _best_of_windows(scene, family, windows[::2], field=scene.noise)
    return max(_gumbel_tail(own, evidence), _gumbel_tail(noise, evidence)), aliens


def _noise_p(scene: _Scene, track: _Track) -> float:
    """Chance of such a comb in pure noise."""
    windows, _ = _alien_windows(scene, track.family)
    return _gumbel_tail(_best_of_windows(scene, track.family, windows[::2], field=scene.noise), track.evidence)


def _best_of_windows(
    scene: _Scene,
    family: LineFamily,
    windows: list[Float[np.ndarray, " place"]],
    *,
    without_hz: Float[np.ndarray, " line"] | None = None,
    field: EvidenceMap | None = None,
) -> Float[np.ndarray, " window"]:
    """Strongest evidence of each window, over its places and all bands: the search that a fault gets."""
    starts = np.cumsum([0] + [len(w) for w in windows[:-1]])
    evidence = scene.evidence(family, np.concatenate(windows), without_hz=without_hz, field=field)
    return np.asarray(np.maximum.reduceat(evidence.max(axis=1), starts))


def _alien_windows(scene: _Scene, family: LineFamily) -> tuple[list[Float[np.ndarray, " place"]], int]:
    """Return the places around every alien centre, and how many aliens there are.

    With a speed so uncertain that every place may be one of the bearing's there are none; then any places will do
    for the noise.
    """
    setting = scene.setting
    centres = _alien_centres_hz(family, setting)
    aliens = len(centres)
    if not aliens:
        centres = defect_hz(setting.bearing, family, shaft_hz=setting.shaft_hz) * np.linspace(0.5, 1.5, 21)
    return [setting.places(c, scene.field.resolution_hz) for c in centres], aliens


def _gumbel_tail(maxima: Float[np.ndarray, " place"], value: float) -> float:
    """Chance of a maximum of at least `value`, by the Gumbel law through the median and the 90 % quantile."""
    median, upper = np.quantile(maxima, [0.5, 0.9])
    # quantile(q) = location − scale·log(−log q)
    scale = max(_LEAST_SCALE, (upper - median) / (np.log(np.log(2)) - np.log(-np.log(0.9))))
    location = median + scale * np.log(np.log(2))
    return float(-np.expm1(-np.exp(-(value - location) / scale)))


def _line_noise(scene: _Scene, comb: CombResult) -> float:
    """Amplitude that noise alone gives one line of the strongest comb: short recordings and narrow bands have more."""
    depth, excess = scene.envelopes.depth[comb.band], scene.envelopes.excess[comb.band]
    near = np.abs(scene.envelopes.frequency_hz / comb.found_hz - 1) < 0.5
    usable = near & (excess > 0)
    return float(np.sqrt(np.mean(depth[usable].astype(np.float64) ** 2 / excess[usable]))) if usable.any() else 0.0


def _depth(scene: _Scene, track: _Track, without_hz: Float[np.ndarray, " line"] | None) -> float:
    """Root of the summed squares of the significant lines of a family, background taken off."""
    envelopes, lines, weight = scene.envelopes, scene.lines_hz(track), np.array(track.family.weight)
    if without_hz is not None and len(without_hz):
        away = np.min(np.abs(lines[:, None] - without_hz), axis=1) > 2.5 * envelopes.resolution_hz
        lines, weight = lines[away], weight[away]
    index = np.rint(lines / envelopes.resolution_hz).astype(np.intp)
    inside = (index > 0) & (index < len(scene.marked) - 1)
    index, weight = index[inside], weight[inside]
    near = index[:, None] + np.array([-1, 0, 1])
    excess = np.where(scene.marked[near], 0, envelopes.excess[track.band, near])
    peak = excess.argmax(axis=1)
    row = np.arange(len(index))
    excess, depth = excess[row, peak], weight * envelopes.depth[track.band, near[row, peak]]
    keep = excess > _LEAST_EXCESS
    return float(np.sqrt(np.sum(depth[keep].astype(np.float64) ** 2 * (1 - 1 / excess[keep]))))
