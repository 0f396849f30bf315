"""The answer in sentences."""

from palier.core.faults import fault
from palier.diagnosis.detect import DetectionResult
from palier.diagnosis.result import RankedFault, Verdict

__all__ = ["detection_text", "p_text", "sentence"]


def p_text(p_value: float) -> str:
    """Write a p-value: ``p = 0.03``, or ``p < 10⁻⁶`` where more digits would pretend.

    Examples
    --------
    >>> p_text(0.0312), p_text(1e-12)
    ('p = 0.031', 'p < 0.000001')
    """
    return "p < 0.000001" if p_value < 1e-6 else f"p = {p_value:.2g}"


def sentence(
    verdict: Verdict, *, ranking: tuple[RankedFault, ...], found: DetectionResult | None, needed: tuple[str, ...]
) -> str:
    """Say the answer in one sentence."""
    if verdict == "not_enough_data" or found is None:
        return "Not enough data: the recording cannot carry the answer; " + "; ".join(needed) + "."
    if verdict == "no_damage_found":
        why = (
            f"bearing lines are there but modulate the vibration by only {found.effect:.0%} "
            f"(damage: {found.effect_threshold:.0%} or more)"
            if found.p_value <= 0.01
            else f"no line family of this bearing stands out ({p_text(found.p_value)})"
        )
        return f"No bearing damage found: {why}."
    names = [fault(r.fault).name_en for r in ranking]
    strength = f"{p_text(found.p_value)}, modulation depth {found.effect:.0%}"
    if verdict == "damage":
        text = f"Bearing damage: {names[0]} ({strength})."
        if ranking[0].fault == "rolling_element" and ranking[1].fault == "cage" and ranking[1].score > 0:
            text += " A cage defect gives the same lines and is not excluded."
        return text
    return f"Bearing damage, type unclear: {names[0]} or {names[1]} ({strength})."


def detection_text(found: DetectionResult, *, false_alarm_rate: float, bands: int) -> str:
    """Explain what the p-value counts."""
    least = min(c.aliens for c in found.combs)
    return (
        f"The best comb of each fault, over {found.combs_searched} places in {bands} bands, against the best of as "
        f"many combs of pure noise, and of this recording around at least {least} places that belong to no bearing "
        f"line; four faults paid for. Called damage at p ≤ {false_alarm_rate:g} and a modulation depth of at least "
        f"{found.effect_threshold:.0%}."
    )
