"""Diagnose a rolling bearing from one recording, without any training data."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Complex

from palier import __version__
from palier.core.bearing import RollingBearing
from palier.core.faults import fault
from palier.core.recording import Recording
from palier.core.shapes import Waveform
from palier.data.audit import audit_recording
from palier.diagnosis.detect import CombResult, DetectionResult, detect
from palier.diagnosis.evidence import evidence_lines, lines_found
from palier.diagnosis.lines import LineSpectrum, line_spectrum, mains_present
from palier.diagnosis.remarks import ShaftLines, shaft_lines, shaft_remarks
from palier.diagnosis.result import (
    SCHEMA_VERSION,
    AuditNote,
    BandResult,
    Detection,
    Diagnosis,
    EvidenceLine,
    PlotData,
    RankedFault,
    Remark,
    SpeedUsed,
    Verdict,
)
from palier.diagnosis.severity import rate_severity
from palier.diagnosis.speed import DEFAULT_SPEED_TOLERANCE, resolve_speed, uncertainty
from palier.diagnosis.sufficiency import sufficiency
from palier.diagnosis.summary import assumptions, bearing_entry, level_summary, not_checked, recording_summary
from palier.diagnosis.words import detection_text, p_text, sentence
from palier.dsp.demodulate import BandEnvelopes, band_plan, demodulate_bands, most_impulsive_band
from palier.dsp.whiten import fast_length, limited_spectrum, local_median
from palier.errors import ParameterError, UndeclaredError

__all__ = ["DiagnosisSettings", "diagnose_rolling"]

#: Width over which the spectrum is flattened: wider than any line, narrower than most resonances.
_WHITENING_HZ = 25.0

#: At most this much of a recording is searched for lines: no machine keeps its speed longer, and memory stays bounded.
_LONGEST_S = 60.0
_MOST_SAMPLES = 2**21

#: The first fault is named when it explains at least this many times the modulation of the second.
_CLEAR_RATIO = 1.5


@dataclass(frozen=True, slots=True)
class DiagnosisSettings:
    """What the user declares beside the recording."""

    false_alarm_rate: float = 0.01
    speed_tolerance: float = DEFAULT_SPEED_TOLERANCE
    speed_range_hz: tuple[float, float] | None = None
    machine_group: str | None = None
    support: str | None = None

    def __post_init__(self) -> None:
        if not 0 < self.false_alarm_rate < 1:
            raise ParameterError(f"false alarm rate is {self.false_alarm_rate}; allowed is between 0 and 1")


def diagnose_rolling(
    recording: Recording,
    *,
    bearing: RollingBearing | None,
    settings: DiagnosisSettings = DiagnosisSettings(),
    baseline: Recording | None = None,
) -> tuple[Diagnosis, PlotData]:
    """Tell whether a rolling bearing is damaged, which part, and on what evidence.

    Steps: shaft speed (stated, refined from the signal); deterministic lines limited to the level of the noise around
    them; squared envelope spectra of half-overlapping bands from the whole axis down, and of the kurtogram's best
    band; line families of the bearing against combs that belong to no bearing (`detect`); severity; remarks.

    Parameters
    ----------
    recording : Recording
        Its first channel is judged. Needs a sampling rate.
    bearing : RollingBearing or None
        None stops the diagnosis: palier guesses no geometry.
    settings : DiagnosisSettings
    baseline : Recording, optional
        The same machine and channel in good condition, for the shaft harmonics.

    Returns
    -------
    diagnosis : Diagnosis
    plots : PlotData
        The curves behind it.

    Raises
    ------
    UndeclaredError
        If sampling rate, bearing or speed are stated nowhere.
    """
    rate_hz = recording.require_rate()
    source = recording.provenance.source
    if bearing is None:
        raise UndeclaredError(
            f"{source}: the bearing is not declared; name it (--bearing 6205) or give its geometry "
            "(--bearing n=9,d=7.94mm,D=39.04mm,phi=0)"
        )
    x = recording.samples[0]
    searched = _searched(recording)
    speed = _speed(recording, searched, settings)
    enough = sufficiency(bearing, shaft_hz=speed.hz, sampling_rate_hz=rate_hz, duration_s=len(searched) / rate_hz)
    raw, n = _raw_spectrum(searched)
    spectrum = _line_spectrum(raw, n, rate_hz, speed)
    lines = shaft_lines(spectrum, speed=speed, unit=recording.unit)
    envelopes: BandEnvelopes | None = None
    found: DetectionResult | None = None
    evidence: tuple[EvidenceLine, ...] = ()
    ranking: tuple[RankedFault, ...] = ()
    verdict: Verdict = "not_enough_data"
    if not enough.needed:
        envelopes, origins = _envelopes(raw, n, rate_hz, enough.least_width_hz, enough.highest_hz, speed.hz)
        found = detect(
            envelopes,
            bearing=bearing,
            shaft_hz=speed.hz,
            shaft_uncertainty=uncertainty(speed),
            mains_hz=mains_present(spectrum, shaft_hz=speed.hz),
            false_alarm_rate=settings.false_alarm_rate,
        )
        evidence = evidence_lines(envelopes, found, bearing=bearing, shaft_hz=speed.hz)
        ranking = _ranking(found, evidence)
        verdict = _verdict(found, ranking)
    bands = () if envelopes is None or found is None else _bands(envelopes, origins, found)
    diagnosis = Diagnosis(
        schema_version=SCHEMA_VERSION,
        palier_version=__version__,
        recording=recording_summary(recording),
        verdict=verdict,
        sentence=sentence(verdict, ranking=ranking, found=found, needed=enough.needed),
        bearing=bearing_entry(bearing),
        speed=speed,
        detection=None if found is None else _detection(found, settings, len(bands)),
        ranking=ranking,
        evidence=evidence,
        bands=bands,
        severity=rate_severity(
            x,
            sampling_rate_hz=rate_hz,
            unit=recording.unit,
            speed_hz=None if speed.origin == "estimated" else speed.hz,
            machine_group=settings.machine_group,
            support=settings.support,
            trend_db=_trend_db(evidence, found),
        ),
        level=level_summary(x, unit=recording.unit),
        remarks=(*_weak_lines(found, settings), *shaft_remarks(lines, _baseline_lines(baseline, settings))),
        assumptions=assumptions(bearing, speed_tolerance=settings.speed_tolerance),
        not_checked=not_checked(recording, unresolved=enough.unresolved, searched_s=len(searched) / rate_hz),
        needed=enough.needed,
        audit=tuple(AuditNote(f.key, f.severity, f.text, f.remedy) for f in audit_recording(recording)),
    )
    return diagnosis, _plots(x, rate_hz, envelopes, found, speed.hz)


def _searched(recording: Recording) -> Waveform:
    """Return the part of a recording that is searched for lines: all of it, unless it is very long."""
    return recording.samples[0, : min(_MOST_SAMPLES, int(_LONGEST_S * recording.require_rate()))]


def _speed(recording: Recording, x: Waveform, settings: DiagnosisSettings) -> SpeedUsed:
    return resolve_speed(
        x,
        sampling_rate_hz=recording.require_rate(),
        stated_hz=recording.speed_hz,
        origin=recording.provenance.speed_origin or "declared",
        tolerance=settings.speed_tolerance,
        range_hz=settings.speed_range_hz,
    )


def _raw_spectrum(x: Waveform) -> tuple[Complex[np.ndarray, " frequency"], int]:
    """Return the one FFT of the recording, without its mean, and how many samples went in."""
    n = fast_length(len(x))
    return np.fft.rfft(x[:n] - x[:n].mean(dtype=np.float64).astype(x.dtype)), n


def _envelopes(
    raw: Complex[np.ndarray, " frequency"],
    n: int,
    rate_hz: float,
    least_width_hz: float,
    highest_hz: float,
    shaft_hz: float,
) -> tuple[BandEnvelopes, tuple[str, ...]]:
    whitened = limited_spectrum(raw, n_samples=n, sampling_rate_hz=rate_hz, width_hz=_WHITENING_HZ)
    plan = band_plan(nyquist_hz=rate_hz / 2, least_width_hz=least_width_hz)
    impulsive = most_impulsive_band(whitened, n_samples=n, sampling_rate_hz=rate_hz, least_width_hz=least_width_hz)
    envelopes = demodulate_bands(
        whitened,
        n_samples=n,
        sampling_rate_hz=rate_hz,
        bands_hz=plan if impulsive is None else (*plan, impulsive),
        highest_hz=highest_hz,
        background_hz=shaft_hz / 2,
    )
    return envelopes, ("whole", *["fixed"] * (len(plan) - 1), *["kurtogram"] * (impulsive is not None))


def _ranking(found: DetectionResult, evidence: tuple[EvidenceLine, ...]) -> tuple[RankedFault, ...]:
    """Rank by the modulation that no stronger fault explains.

    A damaged element and a damaged cage both modulate at the cage speed; where only cage lines show they cannot be
    told apart, and the element, taken to be the more frequent, is listed first.
    """
    score = {c.family.fault: c.own_depth for c in found.combs}
    score["rolling_element"] = max(score["rolling_element"], score["cage"])
    order = sorted(found.combs, key=lambda c: (-score[c.family.fault], c.family.fault == "cage"))
    total = sum(s**2 for s in score.values())
    return tuple(
        RankedFault(
            fault=c.family.fault,
            score=score[c.family.fault],
            share=score[c.family.fault] ** 2 / total if total else 0.25,
            lines_found=lines_found(evidence, c.family.fault)[0],
            lines_searched=lines_found(evidence, c.family.fault)[1],
        )
        for c in order
    )


def _verdict(found: DetectionResult, ranking: tuple[RankedFault, ...]) -> Verdict:
    if not found.damage:
        return "no_damage_found"
    first, *others = ranking
    rival = max(r.score for r in others if {first.fault, r.fault} != {"rolling_element", "cage"})
    return "damage" if first.score >= _CLEAR_RATIO * rival else "damage_type_unclear"


def _weak_lines(found: DetectionResult | None, settings: DiagnosisSettings) -> tuple[Remark, ...]:
    """Point out lines that are significant but too weak to be called damage."""
    if found is None or found.damage or found.p_value > settings.false_alarm_rate:
        return ()
    name = fault(_winner(found).family.fault).name_en
    text = (
        f"Weak but significant lines ({p_text(found.p_value)}), strongest those of: {name}. Healthy bearings show such "
        "lines, too: compare with earlier and later recordings of this bearing."
    )
    return (Remark("weak_bearing_lines", text, found.effect, "depth"),)


def _winner(found: DetectionResult) -> CombResult:
    return found.combs[0]


def _bands(envelopes: BandEnvelopes, origins: tuple[str, ...], found: DetectionResult) -> tuple[BandResult, ...]:
    chosen = _winner(found).band
    return tuple(
        BandResult(
            low_hz=low,
            high_hz=high,
            origin="whole" if origin == "whole" else "kurtogram" if origin == "kurtogram" else "fixed",
            kurtosis=float(envelopes.kurtosis[i]),
            evidence=float(found.band_evidence[i]),
            chosen=i == chosen,
        )
        for i, ((low, high), origin) in enumerate(zip(envelopes.bands_hz, origins, strict=True))
    )


def _detection(found: DetectionResult, settings: DiagnosisSettings, bands: int) -> Detection:
    return Detection(
        damage=found.damage,
        p_value=found.p_value,
        false_alarm_rate=settings.false_alarm_rate,
        effect=found.effect,
        effect_threshold=found.effect_threshold,
        combs_searched=found.combs_searched,
        explanation=detection_text(found, false_alarm_rate=settings.false_alarm_rate, bands=bands),
    )


def _trend_db(evidence: tuple[EvidenceLine, ...], found: DetectionResult | None) -> float | None:
    if found is None:
        return None
    own = [r.prominence_db for r in evidence if r.fault == _winner(found).family.fault]
    return max(own) if own else None


def _baseline_lines(baseline: Recording | None, settings: DiagnosisSettings) -> ShaftLines | None:
    if baseline is None:
        return None
    x, rate_hz = _searched(baseline), baseline.require_rate()
    speed = _speed(baseline, x, settings)
    return shaft_lines(_line_spectrum(*_raw_spectrum(x), rate_hz, speed), speed=speed, unit=baseline.unit)


def _line_spectrum(raw: Complex[np.ndarray, " frequency"], n: int, rate_hz: float, speed: SpeedUsed) -> LineSpectrum:
    return line_spectrum(
        raw,
        n_samples=n,
        sampling_rate_hz=rate_hz,
        highest_hz=max(12 * speed.high_hz, 400.0),
        background_hz=speed.hz / 2,
    )


def _plots(
    x: Waveform, rate_hz: float, envelopes: BandEnvelopes | None, found: DetectionResult | None, shaft_hz: float
) -> PlotData:
    if envelopes is None or found is None:
        empty = np.zeros(0, np.float32)
        return PlotData(x, rate_hz, empty, empty, empty)
    depth = envelopes.depth[_winner(found).band]
    width_bins = max(40, round(shaft_hz / 2 * envelopes.duration_s))
    background = np.sqrt(local_median(depth**2, width_bins=width_bins) / np.log(2)).astype(depth.dtype)
    return PlotData(x, rate_hz, envelopes.frequency_hz.astype(np.float32), depth, background)
