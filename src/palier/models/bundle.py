"""A trained model as a folder: an ONNX graph, what it is and where it comes from, and checksums. No pickle."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from palier.core.faults import BearingKind, classes_of
from palier.core.recording import Recording
from palier.errors import BundleError, OutputError, PalierError, ParameterError
from palier.models.inputs import FeatureInput, ModelInput, input_from_json, input_to_json

__all__ = ["BUNDLE_SCHEMA", "BundleCard", "Calibration", "ModelBundle", "OodStatistics", "open_bundle", "write_bundle"]

#: Version of bundle.json.
BUNDLE_SCHEMA: Final = 1

_FILES = ("model.onnx", "bundle.json")
_CHECKSUMS = "checksums.sha256"

#: The rate of a recording may differ by this share from the one a model was trained at.
_RATE_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True)
class Calibration:
    """Scores of records that the model was not trained on, by their true class.

    They tell how strange a new record's scores are: conformal sets and the detection's p-value come from them.
    """

    true_class_scores: Mapping[str, tuple[float, ...]] = field(repr=False)
    """For each class, the mean score of that class in each calibration record of the class."""
    groups: int
    """Independent groups (records, or bearings where bearings are the split key) among them."""
    level: str
    """What one group is."""
    temperature: float = 1.0
    """Divides the logarithms of the scores for display."""


@dataclass(frozen=True, slots=True)
class OodStatistics:
    """Where the training data lie in the space of the model's input: mean, precision, and the limit of the distance."""

    mean: tuple[float, ...] = field(repr=False)
    precision: tuple[tuple[float, ...], ...] = field(repr=False)
    limit: float
    """Mahalanobis distance that the stated share of calibration records stays below."""
    share: float


@dataclass(frozen=True, slots=True)
class BundleCard:
    """What a model is, what it was made from and for, and what it may be fed."""

    name: str
    model: str
    """Key of the model catalogue."""
    kind: BearingKind
    classes: tuple[str, ...]
    sampling_rate_hz: float
    window_s: float
    hop_s: float
    unit: str | None
    """Unit of the recordings it was trained on; None where that was undeclared."""
    input: ModelInput
    synthetic: bool
    """True where the training data are simulated."""
    dataset: Mapping[str, Any]
    """Name and content hash."""
    split: Mapping[str, Any]
    """Name, hash, level, kind, fold, leaky."""
    training: Mapping[str, Any]
    """Recipe, seed, records, windows."""
    versions: Mapping[str, str]
    commit: str | None = None
    metrics: Mapping[str, Any] = field(default_factory=dict)
    calibration: Calibration | None = None
    ood: OodStatistics | None = None
    schema: int = BUNDLE_SCHEMA

    def __post_init__(self) -> None:
        known = [f.key for f in classes_of(self.kind)]
        wrong = [c for c in self.classes if c not in known]
        if wrong or len(set(self.classes)) != len(self.classes) or len(self.classes) < 2:
            raise BundleError(
                f"classes {', '.join(self.classes)}; allowed are two or more of {', '.join(known)}, each once"
            )
        if not (self.sampling_rate_hz > 0 and self.window_s > 0 and self.hop_s > 0):
            raise BundleError(
                f"rate {self.sampling_rate_hz} Hz, window {self.window_s} s, hop {self.hop_s} s; allowed are positive"
            )

    @property
    def calibration_text(self) -> str:
        """What the calibration records are, in words."""
        level = "record" if self.calibration is None else self.calibration.level
        return f"held-out {'simulated ' if self.synthetic else ''}{level}s"

    @property
    def window_samples(self) -> int:
        """Samples of one window."""
        return round(self.window_s * self.sampling_rate_hz)

    @property
    def hop_samples(self) -> int:
        """Samples from one window to the next."""
        return max(1, round(self.hop_s * self.sampling_rate_hz))


@dataclass(frozen=True, slots=True)
class ModelBundle:
    """An opened bundle, its checksums proved."""

    path: Path
    card: BundleCard
    sha256: str
    """Of the checksum file: the name of exactly this model."""

    def check_recording(self, recording: Recording, *, kind: BearingKind | None = None) -> None:
        """Refuse a recording that the model was not made for.

        Raises
        ------
        BundleError
            If the rate, the length, the unit or the kind of bearing is another; the message says what to do.
        UndeclaredError
            If the recording does not say its rate, or its unit where the model needs one, or its speed.
        """
        card, source = self.card, recording.provenance.source
        rate_hz = recording.require_rate()
        if kind is not None and kind != card.kind:
            raise BundleError(
                f"{card.name} was trained on {card.kind} bearings and {source} is of a {kind} bearing; "
                f"use a model for {kind} bearings"
            )
        if abs(rate_hz / card.sampling_rate_hz - 1) > _RATE_TOLERANCE:
            raise BundleError(
                f"{source} is sampled at {rate_hz:g} Hz and {card.name} was trained at {card.sampling_rate_hz:g} Hz; "
                "use a model of that rate, or resample the recording before (never by declaring another rate)"
            )
        if recording.n_samples < card.window_samples:
            raise BundleError(
                f"{source} is {recording.duration_s:.3g} s long and {card.name} needs windows of {card.window_s:g} s; "
                "record longer, or train with shorter windows"
            )
        if card.unit is not None and recording.require_unit() != card.unit:
            raise BundleError(
                f"{source} is in {recording.unit} and {card.name} was trained on {card.unit}; "
                "convert the recording, or use a model of that unit"
            )
        if isinstance(card.input, FeatureInput):
            from palier.features import feature_set

            current = feature_set(card.input.feature_set).version
            if current != card.input.version:
                raise BundleError(
                    f"{card.name} was trained on version {card.input.version} of the features {card.input.feature_set} "
                    f"and this palier computes version {current}; train it again, or use the palier it was made with "
                    f"({card.versions.get('palier', 'unknown')})"
                )
            if card.input.speed == "refuse" and self._needs_speed():
                recording.require_speed()

    def _needs_speed(self) -> bool:
        """Whether a chosen feature is computed from the shaft speed."""
        from palier.features import find_feature

        assert isinstance(self.card.input, FeatureInput)
        return any("speed" in find_feature(name).needs for name in self.card.input.columns)


def write_bundle(folder: Path, card: BundleCard, onnx: bytes) -> ModelBundle:
    """Write a bundle beside its place and rename it there.

    Raises
    ------
    OutputError
        If something is there already, or the folder cannot be written.
    """
    if folder.exists():
        raise OutputError(f"{folder} exists already; choose another name, or remove it first")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise OutputError(
            f"{folder} cannot be written ({error.strerror}); choose a folder that exists and is yours"
        ) from error
    try:
        (temporary / "model.onnx").write_bytes(onnx)
        (temporary / "bundle.json").write_text(_card_text(card), encoding="utf-8")
        (temporary / _CHECKSUMS).write_text(_checksums(temporary), encoding="utf-8")
        temporary.chmod(0o755)
        temporary.rename(folder)
    except OSError as error:
        raise OutputError(f"{folder} cannot be written ({error.strerror}); is there space left?") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return open_bundle(folder)


def open_bundle(folder: Path) -> ModelBundle:
    """Open a bundle after proving its checksums.

    Raises
    ------
    BundleError
        If it is no bundle, damaged, or of a newer version.
    """
    if not folder.is_dir():
        raise BundleError(
            f"{folder} is no folder, and a model bundle is one, as `palier train` writes it; name another"
        )
    try:
        stated = (folder / _CHECKSUMS).read_text(encoding="utf-8", errors="replace")
        actual = _checksums(folder)
        text = (folder / "bundle.json").read_bytes()
    except OSError as error:
        raise BundleError(
            f"{folder} is no model bundle ({error.strerror}: {Path(error.filename or folder).name}); a bundle is a "
            "folder with model.onnx, bundle.json and checksums, as `palier train` writes it"
        ) from error
    if stated != actual:
        raise BundleError(f"{folder}: the checksums do not hold: the bundle is damaged or was edited; copy it again")
    try:
        document = json.loads(text)
    except ValueError as error:
        raise BundleError(f"{folder}: bundle.json is no JSON ({error}); train the model again") from error
    return ModelBundle(folder, _card_from(document, folder), hashlib.sha256(stated.encode()).hexdigest())


def _checksums(folder: Path) -> str:
    return "".join(f"{hashlib.sha256((folder / n).read_bytes()).hexdigest()}  {n}\n" for n in _FILES)


def _card_text(card: BundleCard) -> str:
    document = asdict(card)
    document["input"] = input_to_json(card.input)
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _card_from(document: Mapping[str, Any], folder: Path) -> BundleCard:
    version = document.get("schema") if isinstance(document, dict) else None
    if not isinstance(version, int) or version < 1:
        raise BundleError(f"{folder}: bundle.json states no schema version; is this a bundle of palier?")
    if version > BUNDLE_SCHEMA:
        raise BundleError(
            f"{folder}: bundle of schema {version}, and this palier knows {BUNDLE_SCHEMA}; install a newer palier"
        )
    fields = dict(document)
    try:
        fields["input"] = input_from_json(fields["input"])
        fields["classes"] = tuple(fields["classes"])
        if fields.get("calibration") is not None:
            scores = fields["calibration"].pop("true_class_scores")
            fields["calibration"] = Calibration(
                {key: tuple(values) for key, values in scores.items()}, **fields["calibration"]
            )
        if fields.get("ood") is not None:
            ood = fields["ood"]
            fields["ood"] = OodStatistics(
                tuple(ood["mean"]), tuple(tuple(r) for r in ood["precision"]), ood["limit"], ood["share"]
            )
        return BundleCard(**fields)
    except (KeyError, TypeError, AttributeError, ParameterError) as error:
        raise BundleError(f"{folder}: bundle.json cannot be understood ({error}); train the model again") from error
    except PalierError as error:
        raise BundleError(f"{folder}: {error}") from error
