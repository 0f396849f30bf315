"""The one result of an evaluation, the same for every model. Fractions run from 0 to 1."""

from dataclasses import dataclass
from typing import Final, Literal

from palier.core.faults import BearingKind
from palier.core.split import Level
from palier.evaluation.calibration import ReliabilityBin
from palier.evaluation.ceiling import Ceiling
from palier.evaluation.errors import ErrorAnalysis
from palier.evaluation.intervals import Interval
from palier.evaluation.statistics import SeedSpread

__all__ = [
    "EVALUATION_SCHEMA",
    "CalibrationFigures",
    "Caution",
    "ClassCurves",
    "ClassFigures",
    "Column",
    "ColumnName",
    "DatasetFacts",
    "EvaluationResult",
    "ModelFacts",
    "NoisePoint",
    "RecordFigures",
    "SeedFigures",
    "SeedRow",
    "SplitFacts",
    "Stratum",
    "WindowFigures",
]

#: The first number changes when a reader of the old form would break.
EVALUATION_SCHEMA: Final = "1.0"

ColumnName = Literal["honest", "leaky", "majority", "baseline"]


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What was judged."""

    name: str
    model: str
    """Key of the model catalogue."""
    kind: BearingKind
    sha256: str | None = None
    """Of the bundle; None where the model was judged without being written."""
    synthetic: bool = False
    """Trained on simulated data."""


@dataclass(frozen=True, slots=True)
class DatasetFacts:
    """What it was judged on."""

    name: str
    content_hash: str
    synthetic: bool = False
    """Simulated."""


@dataclass(frozen=True, slots=True)
class SplitFacts:
    """How training and test were parted."""

    name: str
    sha256: str | None
    level: Level
    """What never straddles the two sides."""
    kind: str
    fold: str
    """The fold that was tested, or ``all`` where the test sides of all folds are joined."""
    leaky: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class Caution:
    """Something a reader must know before believing the score."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class RecordFigures:
    """Figures with the record as the unit: the score."""

    accuracy: Interval
    macro_f1: Interval
    """Mean over the classes that occur."""
    roc_auc: float | None
    """One class against the rest, mean over the classes where it is defined."""
    pr_auc: float | None
    """Average precision, likewise."""
    log_loss: float
    """Nats."""


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """One class against the rest."""

    key: str
    support: int
    """Test records of the class."""
    n_groups: int
    """Independent groups among them."""
    predicted: int
    """Records that were given the class."""
    precision: float | None
    """None where it was never predicted."""
    recall: Interval | None
    """None where no record has the class."""
    f1: float | None
    roc_auc: float | None
    pr_auc: float | None


@dataclass(frozen=True, slots=True)
class WindowFigures:
    """Figures over windows: they describe, and prove nothing, because windows of one record are alike."""

    status: Literal["descriptive"]
    n_windows: int
    accuracy: float
    macro_f1: float


@dataclass(frozen=True, slots=True)
class Column:
    """One of the scores to be read side by side."""

    name: ColumnName
    text: str
    n_records: int
    accuracy: Interval
    macro_f1: Interval


@dataclass(frozen=True, slots=True)
class NoisePoint:
    """The score with noise laid over the test records."""

    noise: str
    """``clean``, or the noise as it was asked for."""
    snr_db: float | None
    accuracy: Interval
    macro_f1: Interval


@dataclass(frozen=True, slots=True)
class Stratum:
    """The score on some of the records."""

    name: str
    n_records: int
    n_groups: int
    accuracy: Interval
    macro_f1: float


@dataclass(frozen=True, slots=True)
class CalibrationFigures:
    """Whether the scores mean what they say."""

    ece: float
    """Expected calibration error over 15 bins."""
    brier: float
    """0 to 2."""
    bins: tuple[ReliabilityBin, ...]
    temperature: float | None
    """Temperature that was applied before these figures; None for the scores as they are."""
    risk_coverage_area: float
    coverage: tuple[float, ...]
    risk: tuple[float, ...]
    """Share of wrong answers at each coverage."""


@dataclass(frozen=True, slots=True)
class ClassCurves:
    """ROC and precision-recall curves of one class, thinned to a few dozen points."""

    key: str
    false_positive_rate: tuple[float, ...]
    true_positive_rate: tuple[float, ...]
    recall: tuple[float, ...]
    precision: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class SeedRow:
    """The score of one training seed."""

    seed: int
    accuracy: float
    macro_f1: float


@dataclass(frozen=True, slots=True)
class SeedFigures:
    """The score over training seeds; the split is the same."""

    rows: tuple[SeedRow, ...]
    accuracy: SeedSpread
    macro_f1: SeedSpread


@dataclass(frozen=True, slots=True)
class EvaluationResult:
    """What a model is worth on records that it has not seen, and everything needed to read that rightly."""

    sentence: str
    """The result in one sentence."""
    cautions: tuple[Caution, ...]
    model: ModelFacts
    dataset: DatasetFacts
    split: SplitFacts
    classes: tuple[str, ...]
    n_records: int
    n_groups: int
    group_level: Level
    """What is resampled for the intervals."""
    figures: RecordFigures
    columns: tuple[Column, ...]
    """Honest first, then those that were given."""
    per_class: tuple[ClassFigures, ...]
    confusion: tuple[tuple[int, ...], ...]
    """Records, by true class (rows) and predicted class (columns)."""
    windows: WindowFigures
    noise: tuple[NoisePoint, ...]
    by_severity: tuple[Stratum, ...]
    by_condition: tuple[Stratum, ...]
    by_group: tuple[Stratum, ...]
    """The worst first; empty where the record is the group."""
    ceiling: Ceiling | None
    """None where nobody knows which records hold no trace."""
    calibration: CalibrationFigures
    curves: tuple[ClassCurves, ...]
    errors: ErrorAnalysis
    seeds: SeedFigures | None
    schema_version: str = EVALUATION_SCHEMA

    def column(self, name: ColumnName) -> Column | None:
        """Return one of the columns, or None where it was not given."""
        return next((c for c in self.columns if c.name == name), None)
