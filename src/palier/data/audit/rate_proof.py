"""Prove or refute a declared sampling rate from the lines that every machine has: its shaft's and the mains'."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from palier.core.recording import Recording
from palier.core.shapes import Waveform
from palier.data.audit.findings import Finding
from palier.data.audit.lines import LineSpectrum, chance_of_lines, line_spectrum, slot_chance

__all__ = ["RATIOS", "RateHypothesis", "check_rate", "rate_hypotheses"]

#: True over declared rates that are tried: whole factors, and 44.1 kHz taken for 48 kHz or the reverse.
RATIOS: Final[tuple[Fraction, ...]] = (
    Fraction(1),
    Fraction(2),
    Fraction(4),
    Fraction(8),
    Fraction(1, 2),
    Fraction(1, 4),
    Fraction(1, 8),
    Fraction(441, 480),
    Fraction(480, 441),
)
_SHAFT_HARMONICS: Final = 6
_EXTRAS: Final = 7
#: Vibration follows the mains at even multiples of its frequency (magnetic pull does not care for the sign).
_MAINS_HARMONICS: Final = (2, 4, 6, 8, 10, 12)
_SUPPLIES_HZ: Final = (50, 60)
_SHAFT_TOLERANCE: Final = 0.0015
_MAINS_TOLERANCE: Final = 0.0007
#: How far the stated speed may be off, and the steps in which it is refined.
_SPEED_TOLERANCE: Final = 0.005
_SPEED_STEP: Final = 0.0005
_REFINED_HARMONICS: Final = 50
#: Revolutions that keep the lines of a shaft eight times slower apart.
_LEAST_REVOLUTIONS: Final = 40
#: Chance, after counting all ratios tried, below which a rate is called refuted or supported.
_PROOF: Final = 1e-3
#: Chance above which a family of lines is called absent.
_ABSENT: Final = 0.02
_DECLARED_ABSENT: Final = 0.05
_SPEED_ABSENT: Final = 0.1
#: Chance below which the mains speak for a ratio, and how much more than for the declared rate they must do so.
_MAINS_SPEAKS: Final = 0.01
_MAINS_FACTOR: Final = 10.0
#: At twice the rate the even multiples of the mains fall on all multiples, where hum stands at the declared rate.
_HUM_RATIO: Final = 2.0
_FOUND: Final = 0.1
_FOUND_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class RateHypothesis:
    """How well the lines fit if the true rate were `ratio` times the declared one."""

    ratio: float
    shaft_chance: float
    """Chance that other places nearby hold lines as high as those at the shaft's harmonics. For whole ratios above 1
    only the lines that the declared rate does *not* explain count."""
    mains_chance: float
    """The same for the mains, where its lines stand apart from the shaft's; 1 if the shaft speaks against the ratio."""
    supply_hz: int
    """The supply frequency that fits better."""
    found: int
    """Shaft lines found."""
    searched: int
    """Shaft lines searched."""
    odd_found_share: float
    """Share found among the odd harmonics, which half this ratio would not explain."""
    declared_only_chance: float | None
    """For ratios of one half and less: the chance of the lines that only the declared rate explains."""
    mains_or_hum_chance: float | None
    """For the declared rate: the least chance of even or of all multiples of either supply, those on lines of the shaft
    too. Hum picked up by cables shows at odd multiples, which a rate twice as high would take for even ones."""

    @property
    def together(self) -> float:
        """Shaft and mains combined."""
        return chance_of_lines([max(self.shaft_chance, 1e-300), max(self.mains_chance, 1e-300)])


def rate_hypotheses(x: Waveform, *, sampling_rate_hz: float, speed_hz: float) -> tuple[RateHypothesis, ...]:
    """Test every ratio of `RATIOS` on one waveform.

    Lines at the harmonics of the stated speed, and at even multiples of 50 and of 60 Hz, are compared with the rest
    of the same spectrum around them, so that neither its colour nor its other lines speak for any ratio.

    Parameters
    ----------
    x : float, shape (time)
    sampling_rate_hz : float
        As declared.
    speed_hz : float
        Shaft speed; believed to 0.5 %.

    Returns
    -------
    tuple of RateHypothesis
        The declared rate first. Empty where the recording is shorter than 40 revolutions at the declared rate.
    """
    if len(x) / sampling_rate_hz * speed_hz < _LEAST_REVOLUTIONS:
        return ()
    spectrum = line_spectrum(x, sampling_rate_hz=sampling_rate_hz)
    return tuple(_hypothesis(spectrum, ratio, speed_hz) for ratio in RATIOS)


def _hypothesis(spectrum: LineSpectrum, ratio: Fraction, speed_hz: float) -> RateHypothesis:
    r = float(ratio)
    shaft_hz = _refined(spectrum, speed_hz / r)
    known = _multiples(spectrum, shaft_hz)
    harmonics: Sequence[int] = range(1, _SHAFT_HARMONICS + 1)
    if ratio > 1 and ratio.denominator == 1:
        harmonics = [k for k in range(1, 2 * _EXTRAS + 1) if k % int(ratio)][:_EXTRAS]
    by_harmonic = {
        k: p
        for k in harmonics
        if (p := slot_chance(spectrum, k * shaft_hz, tolerance=_SHAFT_TOLERANCE, known=known)) is not None
    }
    shaft, odd = list(by_harmonic.values()), [p for k, p in by_harmonic.items() if k % 2]
    declared_only = None
    if ratio.numerator == 1 and ratio < 1:
        alone = [k for k in range(1, 2 * _EXTRAS + 1) if k % ratio.denominator][:_EXTRAS]
        chances = (slot_chance(spectrum, k * shaft_hz * r, tolerance=_SHAFT_TOLERANCE, known=known) for k in alone)
        declared_only = chance_of_lines([p for p in chances if p is not None])
    shaft_chance, mains_chance, supply_hz = chance_of_lines(shaft), 1.0, _SUPPLIES_HZ[0]
    if ratio == 1 or shaft_chance < _ABSENT:  # the mains alone refute nothing
        mains_chance, supply_hz = min(
            (chance_of_lines(_mains(spectrum, supply / r, shaft_hz, known)), supply) for supply in _SUPPLIES_HZ
        )
    return RateHypothesis(
        ratio=r,
        shaft_chance=shaft_chance,
        mains_chance=min(1.0, len(_SUPPLIES_HZ) * mains_chance),
        supply_hz=supply_hz,
        found=sum(p < _FOUND for p in shaft),
        searched=len(shaft),
        odd_found_share=sum(p < _FOUND for p in odd) / max(len(odd), 1),
        declared_only_chance=declared_only,
        mains_or_hum_chance=_mains_or_hum(spectrum, known) if ratio == 1 else None,
    )


def _refined(spectrum: LineSpectrum, shaft_hz: float) -> float:
    """Find the speed within the tolerance whose harmonics stand highest: the lowest eight first, then fifty."""
    wide = np.arange(-_SPEED_TOLERANCE, _SPEED_TOLERANCE + _SPEED_STEP / 2, _SPEED_STEP)
    coarse = shaft_hz * (1 + wide)
    best = coarse[np.argmax(_comb(spectrum, coarse, count=8, reach=1))]
    fine = best * (1 + np.linspace(-2 * _SPEED_STEP, 2 * _SPEED_STEP, 41))
    return float(fine[np.argmax(_comb(spectrum, fine, count=_REFINED_HARMONICS, reach=0))])


def _comb(spectrum: LineSpectrum, shaft_hz: np.ndarray, *, count: int, reach: int) -> np.ndarray:
    q = spectrum.prominence
    bins = np.rint(np.outer(shaft_hz, np.arange(1, count + 1)) / spectrum.spacing_hz).astype(np.intp)
    inside = (bins > reach) & (bins < len(q) - 1 - reach)
    safe = np.where(inside, bins, reach)
    highest = np.max([q[safe + shift] for shift in range(-reach, reach + 1)], axis=0)
    return np.asarray((np.clip(np.log(np.maximum(highest, 1)), 0, 8) * inside).sum(axis=1))


def _multiples(spectrum: LineSpectrum, shaft_hz: float) -> np.ndarray:
    """Mark the bins of all harmonics of the shaft: known lines, so no part of the surroundings."""
    n = len(spectrum.prominence)
    known = np.zeros(n + 1, bool)
    bins = np.rint(np.arange(1, int((n - 1) * spectrum.spacing_hz / shaft_hz)) * shaft_hz / spectrum.spacing_hz)
    for shift in (-1, 0, 1):
        known[np.clip(bins.astype(np.intp) + shift, 0, n)] = True
    return known[:n]


def _mains(spectrum: LineSpectrum, supply_hz: float, shaft_hz: float, known: np.ndarray) -> list[float]:
    chances = []
    for k in _MAINS_HARMONICS:
        f = k * supply_hz
        apart = abs(f - round(f / shaft_hz) * shaft_hz)
        if apart > 2 * spectrum.spacing_hz + 0.0003 * f:
            chance = slot_chance(spectrum, f, tolerance=_MAINS_TOLERANCE, known=known)
            chances += [] if chance is None else [chance]
    return chances


def _mains_or_hum(spectrum: LineSpectrum, known: np.ndarray) -> float:
    families = ([k * supply for k in ks] for supply in _SUPPLIES_HZ for ks in (_MAINS_HARMONICS, range(1, 7)))
    chances = (
        [slot_chance(spectrum, float(f), tolerance=_MAINS_TOLERANCE, known=known) for f in family]
        for family in families
    )
    return min(chance_of_lines([p for p in slots if p is not None]) for slots in chances)


def check_rate(recording: Recording, *, channel: int = 0) -> Finding | None:
    """Say whether the lines of shaft and mains support the declared sampling rate, refute it, or are silent.

    Parameters
    ----------
    recording : Recording
        Needs a rate and a speed, and 40 revolutions; there is no finding otherwise.
    channel : int
        Row of its samples.

    Returns
    -------
    Finding or None
        ``rate_refuted`` (fatal where the mains confirm it, a warning where a second, slower shaft could look the
        same), ``rate_supported``, ``speed_not_seen`` (mains support the rate, the stated speed shows nowhere), or None.
    """
    if recording.sampling_rate_hz is None or recording.speed_hz is None:
        return None
    tried = rate_hypotheses(
        recording.samples[channel], sampling_rate_hz=recording.sampling_rate_hz, speed_hz=recording.speed_hz
    )
    if not tried:
        return None
    declared, rivals = tried[0], [h for h in tried[1:] if _refutes(h, tried[0])]
    source = f"{recording.provenance.source}:{recording.channel_names[channel]}"
    if rivals:
        best = _largest_like(min(rivals, key=lambda h: h.together), tried)
        return _refuted(best, declared, recording.sampling_rate_hz, recording.speed_hz, source)
    shown = declared.shaft_chance < _PROOF or (declared.shaft_chance < _ABSENT and declared.together < _PROOF)
    doubtful = declared.odd_found_share < _FOUND_SHARE or any(_whole(h) and _seen(h) for h in tried)
    if shown and not doubtful:
        return Finding(
            "rate_supported",
            "info",
            source,
            f"Lines at {declared.found} of the first {declared.searched} harmonics of {recording.speed_hz * 60:.5g} rpm"
            f"{_mains_words(declared)} support {recording.sampling_rate_hz:g} Hz; chance alone would do so with "
            f"p = {declared.together:.1g}.",
            "Nothing to do.",
            {"p_value": declared.together, "found": declared.found, "searched": declared.searched},
        )
    if declared.shaft_chance > _SPEED_ABSENT and declared.mains_chance < _PROOF:
        return Finding(
            "speed_not_seen",
            "info",
            source,
            f"Lines of the {declared.supply_hz} Hz mains support {recording.sampling_rate_hz:g} Hz "
            f"(p = {declared.mains_chance:.1g}), but none stands at the harmonics of "
            f"{recording.speed_hz * 60:.5g} rpm.",
            "Check the speed: a nominal speed may be several percent off.",
            {"p_value": declared.mains_chance, "shaft_chance": declared.shaft_chance},
        )
    return None


def _mains_words(h: RateHypothesis) -> str:
    return f" and of the {h.supply_hz} Hz mains" if h.mains_chance < _MAINS_SPEAKS else ""


def _whole(h: RateHypothesis) -> bool:
    return h.ratio > 1 and h.ratio == int(h.ratio)


def _seen(h: RateHypothesis) -> bool:
    return h.shaft_chance < _ABSENT and h.found >= _FOUND_SHARE * h.searched > 0


def _largest_like(best: RateHypothesis, tried: Sequence[RateHypothesis]) -> RateHypothesis:
    """Prefer a larger whole ratio whose own lines show too: a rate four times higher also explains those of twice."""
    larger = [
        h
        for h in tried
        if _whole(best) and _whole(h) and h.ratio > best.ratio and _seen(h) and h.odd_found_share >= _FOUND_SHARE
    ]
    return max([best, *larger], key=lambda h: h.ratio)


def _refutes(rival: RateHypothesis, declared: RateHypothesis) -> bool:
    if len(RATIOS) * rival.together >= _PROOF or not _seen(rival):
        return False
    unexplained = declared.shaft_chance if rival.declared_only_chance is None else rival.declared_only_chance
    if not _whole(rival) and (unexplained < _DECLARED_ABSENT or rival.shaft_chance > _PROOF):
        return False
    # a harmonic family of the declared rate can look like one of a lower rate, the mains cannot
    if rival.ratio < 1 and not _mains_agree(rival, declared):
        return False
    own = _own_mains(declared)
    return not (own < _MAINS_SPEAKS and own < rival.mains_chance)


def _mains_agree(rival: RateHypothesis, declared: RateHypothesis) -> bool:
    if rival.ratio == _HUM_RATIO:
        return False
    return rival.mains_chance < _MAINS_SPEAKS and rival.mains_chance * _MAINS_FACTOR < _own_mains(declared)


def _own_mains(declared: RateHypothesis) -> float:
    """Everything the mains may say for the declared rate."""
    own = declared.mains_or_hum_chance
    return declared.mains_chance if own is None else min(own, declared.mains_chance)


def _refuted(best: RateHypothesis, declared: RateHypothesis, rate_hz: float, speed_hz: float, source: str) -> Finding:
    sure = _mains_agree(best, declared)
    p_value = min(1.0, len(RATIOS) * best.together)
    if sure:
        reason = f"and the {best.supply_hz} Hz mains, p = {best.mains_chance:.1g} against {_own_mains(declared):.1g}"
    else:
        reason = "but the mains do not decide; a second, slower shaft or looseness could look alike"
    return Finding(
        "rate_refuted",
        "fatal" if sure else "warning",
        source,
        f"The recording is not sampled at {rate_hz:g} Hz but at {best.ratio:.4g} times that, {best.ratio * rate_hz:g} "
        f"Hz: only so do lines fall on the harmonics of {speed_hz * 60:.5g} rpm ({best.found} of {best.searched} "
        f"decisive ones, chance {best.shaft_chance:.1g}), {reason}. All this by chance, every ratio tried "
        f"counted: p = {p_value:.1g}.",
        f"Declare {best.ratio * rate_hz:g} Hz after checking it with whoever recorded the data.",
        {
            "ratio": best.ratio,
            "proved_rate_hz": best.ratio * rate_hz,
            "p_value": p_value,
            "shaft_chance": best.shaft_chance,
            "mains_chance": best.mains_chance,
            "mains_chance_declared": _own_mains(declared),
            "shaft_chance_declared": declared.shaft_chance,
        },
    )
