"""What a diagnosis says: frozen values that the JSON, the report and every page show.

Numbers that do not exist are ``None``, never NaN. All frequencies are Hz.
"""

from dataclasses import dataclass
from typing import Literal

from palier.core.shapes import Spectrum, Waveform

__all__ = [
    "SCHEMA_VERSION",
    "AuditNote",
    "BandResult",
    "Detection",
    "Diagnosis",
    "EvidenceLine",
    "LevelSummary",
    "ModelOpinion",
    "PlotData",
    "RankedFault",
    "RecordingSummary",
    "Remark",
    "Severity",
    "SpeedUsed",
    "Verdict",
]

#: Version of the JSON form; the first number changes when a reader of the old form would break.
SCHEMA_VERSION = "1.1"

Verdict = Literal["no_damage_found", "damage", "damage_type_unclear", "not_enough_data"]


@dataclass(frozen=True, slots=True)
class RecordingSummary:
    """The recording and the channel that were judged."""

    source: str
    sha256: str
    reader: str
    channel: str
    channels: tuple[str, ...]
    n_samples: int
    sampling_rate_hz: float
    duration_s: float
    unit: str | None
    start_time: str | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SpeedUsed:
    """The shaft speed the lines were computed from."""

    hz: float
    low_hz: float
    high_hz: float
    origin: Literal["declared", "file", "estimated"]
    explanation: str


@dataclass(frozen=True, slots=True)
class BandResult:
    """One demodulation band that was searched."""

    low_hz: float
    high_hz: float
    origin: Literal["whole", "fixed", "kurtogram"]
    kurtosis: float
    """Excess kurtosis of the envelope in this band."""
    evidence: float
    """Evidence of the strongest fault's comb in this band, natural-log units; 0 is what noise gives."""
    chosen: bool
    """True for the band whose evidence the answer rests on."""


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """What was looked for, where, and how far above the local background it stands."""

    fault: str
    label: str
    """Such as ``BPFO``, ``2×BPFI``, ``BPFI − 1×``."""
    band_low_hz: float
    band_high_hz: float
    expected_hz: float
    tolerance_hz: float
    found_hz: float
    """Highest bin within the tolerance."""
    amplitude: float
    """Amplitude of that line in the envelope spectrum, as a fraction of the mean envelope (modulation depth)."""
    prominence_db: float
    """Level above the local background (median of the neighbourhood)."""
    p_value: float
    """Chance of such a line in this place if the background were noise, all places within the tolerance counted."""
    found: bool
    quantity: Literal["modulation_depth", "amplitude"] = "modulation_depth"
    """What `amplitude` is: a fraction of the mean envelope, or a value in the unit of the recording."""


@dataclass(frozen=True, slots=True)
class Detection:
    """Is there damage, at a stated false-alarm rate."""

    damage: bool
    p_value: float
    """Chance that a recording without damage gives as strong a result, all searches counted."""
    false_alarm_rate: float
    effect: float
    """Modulation depth of the strongest line family (0–1 and above); of a model: 1 minus its score of healthy."""
    effect_threshold: float
    """Least value of it that is called damage."""
    combs_searched: int
    """0 where a model decides."""
    explanation: str


@dataclass(frozen=True, slots=True)
class RankedFault:
    """One fault of the ranking, strongest first."""

    fault: str
    score: float
    """Modulation depth of this fault's lines that no stronger fault explains; of a model: its mean score."""
    share: float
    """Share of the squared scores, 0–1, or the model's tempered score: for display, not a probability."""
    lines_found: int
    lines_searched: int


@dataclass(frozen=True, slots=True)
class Remark:
    """Something an analyst should know that is no bearing damage (shaft lines, gear mesh, mains)."""

    key: str
    text: str
    value: float | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class LevelSummary:
    """Plain levels of the judged channel."""

    rms: float
    peak: float
    crest_factor: float
    kurtosis: float
    unit: str | None


@dataclass(frozen=True, slots=True)
class Severity:
    """How bad: an ISO 20816-3 zone where everything it needs is declared, a trend figure always."""

    zone: Literal["A", "B", "C", "D"] | None
    refused_because: str | None
    velocity_rms_mm_s: float | None
    limits_mm_s: tuple[float, float, float] | None
    machine_group: str | None
    support: str | None
    edition: str | None
    trend_db: float | None
    """Level of the strongest defect line over its local background: compare it with the same machine's earlier ones."""


@dataclass(frozen=True, slots=True)
class AuditNote:
    """A finding of the acquisition audit on this recording."""

    key: str
    severity: Literal["info", "warning", "fatal"]
    text: str
    remedy: str


@dataclass(frozen=True, slots=True)
class ModelOpinion:
    """What a trained model says, what it was trained on, and how far it may be believed."""

    name: str
    model: str
    """Row of the model catalogue."""
    sha256: str
    """Of the bundle's checksums: exactly this model."""
    synthetic: bool
    """Trained on simulated data."""
    trained_on: str
    honest_score: str | None
    """What it got right on records it had never seen, in words."""
    windows: int
    window_s: float
    scores: dict[str, float]
    """Mean score of each class."""
    prediction_set: tuple[str, ...]
    """Classes that calibration records of theirs do not rule out."""
    coverage: float | None
    """Share of records whose true class is in such a set, promised for records like the calibration's."""
    set_explanation: str
    distance: float | None
    """From the training data (Mahalanobis), and the limit beyond which the model is not asked."""
    distance_limit: float | None
    outside: bool | None
    strange: str | None
    """In what way the recording is unlike the training data; there is then no verdict from the model."""
    contradictions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The answer for one recording."""

    schema_version: str
    palier_version: str
    recording: RecordingSummary
    verdict: Verdict
    sentence: str
    """The answer in one sentence."""
    bearing: dict[str, float | int | str] | None
    """Name, geometry, orders and provenance."""
    speed: SpeedUsed | None
    detection: Detection | None
    ranking: tuple[RankedFault, ...]
    evidence: tuple[EvidenceLine, ...]
    bands: tuple[BandResult, ...]
    severity: Severity
    level: LevelSummary
    remarks: tuple[Remark, ...]
    assumptions: tuple[str, ...]
    not_checked: tuple[str, ...]
    needed: tuple[str, ...]
    """With "not enough data": what would suffice."""
    audit: tuple[AuditNote, ...]
    model: ModelOpinion | None = None
    """Where a model was asked."""


@dataclass(frozen=True, slots=True, eq=False)
class PlotData:
    """The curves behind a diagnosis, for the report; never part of the JSON."""

    samples: Waveform
    """The judged channel."""
    sampling_rate_hz: float
    envelope_frequency_hz: Spectrum
    envelope_amplitude: Spectrum
    """Squared-envelope spectrum of the chosen band, as a fraction of the mean squared envelope."""
    envelope_background: Spectrum
    """Local background (running median) of the same."""
