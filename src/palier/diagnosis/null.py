"""How often a comb as strong comes about where there is no fault."""

import numpy as np
from jaxtyping import Float

from palier.diagnosis.combs import EvidenceMap
from palier.diagnosis.families import FAMILIES, LineFamily, defect_hz
from palier.diagnosis.scene import Scene, Setting, Track

__all__ = ["comb_p_value", "noise_p_value"]

#: The Gumbel scale of the best of many combs in pure noise; the fit never claims to know less scatter than that.
_LEAST_SCALE = 0.3


def comb_p_value(
    scene: Scene, family: LineFamily, evidence: float, explained_hz: Float[np.ndarray, " line"]
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
    stronger = np.count_nonzero(own >= evidence) / (len(own) + 1)
    return max(_gumbel_tail(own, evidence), _gumbel_tail(noise, evidence), stronger), aliens


def noise_p_value(scene: Scene, track: Track) -> float:
    """Chance of such a comb in pure noise."""
    windows, _ = _alien_windows(scene, track.family)
    return _gumbel_tail(_best_of_windows(scene, track.family, windows[::2], field=scene.noise), track.evidence)


def _best_of_windows(
    scene: Scene,
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


def _alien_windows(scene: Scene, family: LineFamily) -> tuple[list[Float[np.ndarray, " place"]], int]:
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


def _alien_centres_hz(family: LineFamily, setting: Setting) -> Float[np.ndarray, " place"]:
    """Places whose search window meets no line of the bearing, nor a simple fraction or multiple of one."""
    low, high = (0.25, 9.0) if family.line == "ftf" else (1.2, 11.0)
    ratio = 1 + 2 * setting.tolerance
    orders = low * ratio ** np.arange(int(np.log(high / low) / np.log(ratio)) + 1)
    own = np.array([defect_hz(setting.bearing, f, shaft_hz=1.0) for f in FAMILIES])
    fractions = np.array([1, 2, 3, 4, 1 / 2, 3 / 2, 1 / 3, 2 / 3, 4 / 3])
    related = (own[:, None] * fractions).ravel()
    clear = np.min(np.abs(orders[:, None] / related - 1), axis=1) > 2 * setting.tolerance
    return np.asarray(orders[clear] * setting.shaft_hz)


def _gumbel_tail(maxima: Float[np.ndarray, " place"], value: float) -> float:
    """Chance of a maximum of at least `value`, by the Gumbel law through the median and the 90 % quantile."""
    median, upper = np.quantile(maxima, [0.5, 0.9])
    # quantile(q) = location − scale·log(−log q)
    scale = max(_LEAST_SCALE, (upper - median) / (np.log(np.log(2)) - np.log(-np.log(0.9))))
    location = median + scale * np.log(np.log(2))
    return float(-np.expm1(-np.exp(-(value - location) / scale)))
