"""Diagnose a journal bearing from one recording, with a trained model and with what the recording itself shows."""

from dataclasses import replace

import numpy as np

from palier import __version__
from palier.core.faults import fault
from palier.core.recording import Recording
from palier.data.audit import audit_recording
from palier.diagnosis.evidence import lines_found
from palier.diagnosis.journal_evidence import contradictions, journal_evidence, parts_of
from palier.diagnosis.lines import LineSpectrum, line_spectrum
from palier.diagnosis.model_opinion import Asked, ask
from palier.diagnosis.remarks import shaft_lines, shaft_remarks
from palier.diagnosis.result import (
    SCHEMA_VERSION,
    AuditNote,
    Diagnosis,
    EvidenceLine,
    ModelOpinion,
    PlotData,
    RankedFault,
    Remark,
    SpeedUsed,
    Verdict,
)
from palier.diagnosis.rolling import DiagnosisSettings
from palier.diagnosis.severity import rate_severity
from palier.diagnosis.speed import resolve_speed
from palier.diagnosis.summary import level_summary, recording_summary
from palier.diagnosis.words import p_text
from palier.dsp.whiten import fast_length
from palier.models.bundle import ModelBundle

__all__ = ["diagnose_journal"]

#: At most this much of a recording is searched for lines.
_LONGEST_S = 60.0
#: Without calibration records a fault is named when its score is at least this, and twice the next.
_CLEAR_SCORE = 0.5
#: The spectrum is read up to this order.
_HIGHEST_ORDER = 12.0


def diagnose_journal(
    recording: Recording,
    *,
    bundle: ModelBundle,
    settings: DiagnosisSettings = DiagnosisSettings(),  # noqa: B008 - frozen
    baseline: Recording | None = None,
) -> tuple[Diagnosis, PlotData]:
    """Tell whether a journal bearing is damaged, and how: a model's word beside the measured signs.

    The model decides on damage (at a stated false-alarm rate, from its calibration records) and ranks the classes. The
    lines and bands in which the taxonomy says that each fault shows are measured in the recording; where they speak
    against the model, the diagnosis says so. A recording unlike the training data gets no verdict.

    Parameters
    ----------
    recording : Recording
        Its first channel is judged. Rate, unit, length and speed as the model needs them.
    bundle : ModelBundle
        Of journal bearings.
    settings : DiagnosisSettings
    baseline : Recording, optional
        The same machine and channel in good condition, for the shaft harmonics.

    Returns
    -------
    diagnosis : Diagnosis
    plots : PlotData

    Raises
    ------
    BundleError
        If the recording is not what the model was made for.
    UndeclaredError
        If rate, unit or speed are needed and stated nowhere.
    """
    bundle.check_recording(recording, kind="journal")
    rate_hz, x = recording.require_rate(), recording.samples[0]
    searched = x[: int(_LONGEST_S * rate_hz)]
    speed = resolve_speed(
        searched, sampling_rate_hz=rate_hz, stated_hz=recording.speed_hz,
        origin=recording.provenance.speed_origin or "declared", tolerance=settings.speed_tolerance,
        range_hz=settings.speed_range_hz,
    )  # fmt: skip
    asked = ask(bundle, recording, kind="journal", speed_hz=speed.hz, false_alarm_rate=settings.false_alarm_rate)
    evidence = _evidence(searched, rate_hz, speed)
    named = max(asked.opinion.scores, key=lambda key: asked.opinion.scores[key])
    opinion = replace(asked.opinion, contradictions=contradictions(named, evidence))
    ranking = _ranking(asked, evidence)
    verdict = _verdict(asked, opinion)
    diagnosis = Diagnosis(
        schema_version=SCHEMA_VERSION,
        palier_version=__version__,
        recording=recording_summary(recording),
        verdict=verdict,
        sentence=_sentence(verdict, asked, opinion),
        bearing={"name": "journal bearing", "provenance": "declared by the choice of the model"},
        speed=speed,
        detection=asked.detection,
        ranking=ranking,
        evidence=_in_order(evidence, ranking),
        bands=(),
        severity=rate_severity(
            x,
            sampling_rate_hz=rate_hz,
            unit=recording.unit,
            speed_hz=None if speed.origin == "estimated" else speed.hz,
            machine_group=settings.machine_group,
            support=settings.support,
            trend_db=_trend_db(ranking, evidence),
        ),
        level=level_summary(x, unit=recording.unit),
        remarks=(*_model_remarks(opinion), *_shaft(searched, rate_hz, speed, recording, baseline, settings)),
        assumptions=_assumptions(opinion, settings),
        not_checked=_not_checked(recording),
        needed=_needed(opinion) if verdict == "not_enough_data" else (),
        audit=tuple(AuditNote(f.key, f.severity, f.text, f.remedy) for f in audit_recording(recording)),
        model=opinion,
    )
    empty = np.zeros(0, np.float32)
    return diagnosis, PlotData(x, rate_hz, empty, empty, empty)


def _evidence(x: np.ndarray, rate_hz: float, speed: SpeedUsed) -> tuple[EvidenceLine, ...]:
    return journal_evidence(x, _spectrum(x, rate_hz, speed), sampling_rate_hz=rate_hz, speed=speed)


def _spectrum(x: np.ndarray, rate_hz: float, speed: SpeedUsed) -> LineSpectrum:
    n = fast_length(len(x))
    raw = np.fft.rfft(x[:n] - x[:n].mean(dtype=np.float64).astype(x.dtype))
    return line_spectrum(
        raw, n_samples=n, sampling_rate_hz=rate_hz, highest_hz=_HIGHEST_ORDER * speed.high_hz,
        background_hz=speed.hz / 4,
    )  # fmt: skip


def _shaft(
    x: np.ndarray,
    rate_hz: float,
    speed: SpeedUsed,
    recording: Recording,
    baseline: Recording | None,
    settings: DiagnosisSettings,
) -> tuple[Remark, ...]:
    if baseline is None:
        return ()
    own = shaft_lines(_spectrum(x, rate_hz, speed), speed=speed, unit=recording.unit)
    before, before_hz = baseline.samples[0], baseline.require_rate()
    then = resolve_speed(
        before, sampling_rate_hz=before_hz, stated_hz=baseline.speed_hz,
        origin=baseline.provenance.speed_origin or "declared", tolerance=settings.speed_tolerance,
        range_hz=settings.speed_range_hz,
    )  # fmt: skip
    return shaft_remarks(own, shaft_lines(_spectrum(before, before_hz, then), speed=then, unit=baseline.unit))


def _ranking(asked: Asked, evidence: tuple[EvidenceLine, ...]) -> tuple[RankedFault, ...]:
    scores = asked.opinion.scores
    order = sorted((key for key in scores if key != "healthy"), key=lambda key: -scores[key])
    rows = []
    for key in order:
        own = [lines_found(evidence, part) for part in parts_of(key)]
        rows.append(RankedFault(key, scores[key], asked.tempered[key], sum(f for f, _ in own), sum(n for _, n in own)))
    return tuple(rows)


def _in_order(evidence: tuple[EvidenceLine, ...], ranking: tuple[RankedFault, ...]) -> tuple[EvidenceLine, ...]:
    """Put the lines of the faults that the ranking names first in front."""
    parts = list(dict.fromkeys(part for row in ranking for part in parts_of(row.fault)))
    place = {part: i for i, part in enumerate(parts)}
    return tuple(sorted(evidence, key=lambda e: place.get(e.fault, len(parts))))


def _verdict(asked: Asked, opinion: ModelOpinion) -> Verdict:
    if opinion.strange is not None:
        return "not_enough_data"
    damaged = (
        asked.detection.damage
        if asked.detection is not None
        else max(opinion.scores, key=lambda key: opinion.scores[key]) != "healthy"
    )
    if not damaged:
        return "no_damage_found"
    if opinion.coverage is None:  # no calibration: the scores alone, and only where they are clear
        highest, second = sorted(opinion.scores.values(), reverse=True)[:2]
        return "damage" if highest >= max(_CLEAR_SCORE, 2 * second) else "damage_type_unclear"
    faults = [key for key in opinion.prediction_set if key != "healthy"]
    first = max((key for key in opinion.scores if key != "healthy"), key=lambda key: opinion.scores[key])
    return "damage" if faults == [first] else "damage_type_unclear"


def _sentence(verdict: Verdict, asked: Asked, opinion: ModelOpinion) -> str:
    order = sorted((k for k in opinion.scores if k != "healthy"), key=lambda k: -opinion.scores[k])
    strength = "" if asked.detection is None else f" ({p_text(asked.detection.p_value)})"
    if verdict == "not_enough_data":
        return f"No verdict: the recording is unlike the records the model was trained on: {opinion.strange}."
    if verdict == "no_damage_found":
        text = f"No damage found: the model scores it healthy at {opinion.scores.get('healthy', 0.0):.0%}{strength}."
    elif verdict == "damage":
        text = f"Damage: {fault(order[0]).name_en}{strength}."
    else:
        chosen = [key for key in opinion.prediction_set if key != "healthy"] or order[:2]
        listed = sorted(chosen, key=lambda k: -opinion.scores[k])[:3]
        text = f"Damage, type unclear: {' or '.join(fault(k).name_en for k in listed)}{strength}."
    if opinion.contradictions:
        text += " The measured lines speak against the model: see the contradictions."
    return text


def _model_remarks(opinion: ModelOpinion) -> tuple[Remark, ...]:
    return tuple(Remark("contradiction", text) for text in opinion.contradictions)


def _trend_db(ranking: tuple[RankedFault, ...], evidence: tuple[EvidenceLine, ...]) -> float | None:
    own = [e.prominence_db for e in evidence if e.fault in parts_of(ranking[0].fault)] if ranking else []
    return max(own) if own else None


def _assumptions(opinion: ModelOpinion, settings: DiagnosisSettings) -> tuple[str, ...]:
    items = [
        f"The model {opinion.name}: trained on {opinion.trained_on}.",
        "The recording is of a machine like those the model was trained on, at one speed that is nearly steady.",
        f"Speeds that are stated are within {settings.speed_tolerance:.1%} of the true one.",
    ]
    if opinion.synthetic:
        items.append("SIMULATED training data: the model was never validated on measured journal bearings.")
    return tuple(items)


def _not_checked(recording: Recording) -> tuple[str, ...]:
    items = [
        "Faults that are not among the model's classes: foundation, seals, gears, electrical faults.",
        "The film itself: no proximity probes, no oil temperature or pressure are read.",
    ]
    others = [c for c in (recording.provenance.channels_available or ()) if c != recording.channel_names[0]]
    if others:
        items.append(f"Other channels of the file: {', '.join(others)}.")
    return tuple(items)


def _needed(opinion: ModelOpinion) -> tuple[str, ...]:
    return (
        "a model trained on recordings of such machines, mounted and measured in the same way",
        f"or a recording like those of {opinion.trained_on}",
    )
