"""Ask a trained model about a recording, and say how far its word goes."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from palier.core.faults import BearingKind, fault
from palier.core.recording import Recording
from palier.diagnosis.result import Detection, ModelOpinion
from palier.evaluation.calibration import apply_temperature
from palier.evaluation.conformal import ConformalCalibration, conformal_from_true_scores
from palier.evaluation.ood import TrainingCloud
from palier.models.bundle import BundleCard, ModelBundle
from palier.models.inputs import FeatureInput
from palier.models.onnx_predictor import OnnxPredictor
from palier.models.predictor import Windows
from palier.models.window_table import WindowPlan, count_windows

__all__ = ["SET_ALPHA", "Asked", "ask"]

#: Share of records whose true class may be missing from the set of classes.
SET_ALPHA = 0.1

#: A speed may be this much beyond those of the training records.
_SPEED_MARGIN = 0.05

#: At most this many windows of a long recording are asked about, spread evenly over it.
_MOST_WINDOWS = 240


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """The model's opinion, its detection, and its scores tempered for display."""

    opinion: ModelOpinion
    detection: Detection | None
    """None where the bundle has no calibration records."""
    tempered: dict[str, float]


def ask(
    bundle: ModelBundle, recording: Recording, *, kind: BearingKind, speed_hz: float | None, false_alarm_rate: float
) -> Asked:
    """Score a recording window by window and judge the mean by the bundle's calibration records.

    Damage is called at a stated false-alarm rate: the p-value is the rank of the recording's score of *healthy* among
    the scores of healthy records that the model was not trained on. With n of these no rate below 1/(n+1) can be
    promised; the lowest possible is then used, and said.

    Parameters
    ----------
    bundle : ModelBundle
    recording : Recording
        Its first channel is judged.
    kind : {"journal", "rolling"}
        Of the bearing.
    speed_hz : float or None
        Shaft speed.
    false_alarm_rate : float

    Raises
    ------
    BundleError
        If the recording is not what the model was made for.
    UndeclaredError
        If it does not say what the model needs.
    """
    bundle.check_recording(recording, kind=kind)
    card = bundle.card
    windows = _windows(recording, card, speed_hz)
    predictor = OnnxPredictor.of(bundle)
    prepared = card.input.prepare(windows)
    mean = predictor.scores_of(prepared).mean(axis=0)
    conformal = None
    if card.calibration is not None:
        conformal = conformal_from_true_scores(
            card.calibration.true_class_scores, classes=card.classes, level=card.calibration.level
        )
    members, explanation, coverage = _set(conformal, card, mean)
    distance, limit = _distance(card, prepared)
    metrics = card.metrics.get("sentence")
    opinion = ModelOpinion(
        name=card.name,
        model=card.model,
        sha256=bundle.sha256,
        synthetic=card.synthetic,
        trained_on=_trained_on(card),
        honest_score=None if metrics is None else str(metrics),
        windows=len(windows.samples),
        window_s=card.window_s,
        scores=dict(zip(card.classes, (float(v) for v in mean), strict=True)),
        prediction_set=members,
        coverage=coverage,
        set_explanation=explanation,
        distance=distance,
        distance_limit=limit,
        outside=None if distance is None or limit is None else distance > limit,
        strange=_strange(card, speed_hz, distance, limit),
        contradictions=(),
    )
    temperature = 1.0 if card.calibration is None else card.calibration.temperature
    tempered = apply_temperature(mean[None, :], temperature=temperature)[0]
    return Asked(
        opinion,
        _detection(conformal, card, mean, false_alarm_rate),
        dict(zip(card.classes, (float(v) for v in tempered), strict=True)),
    )


def _windows(recording: Recording, card: BundleCard, speed_hz: float | None) -> Windows:
    x = recording.samples[0]
    plan = WindowPlan(card.window_samples, card.hop_samples)
    n = count_windows(len(x), plan)
    chosen = np.unique(np.linspace(0, n - 1, min(n, _MOST_WINDOWS)).astype(np.int64))
    cut = np.lib.stride_tricks.sliding_window_view(x, plan.window)[:: plan.hop][chosen]
    speed = np.nan if speed_hz is None else speed_hz
    return Windows(np.ascontiguousarray(cut), recording.require_rate(), np.full(len(chosen), speed))


def _set(
    conformal: ConformalCalibration | None, card: BundleCard, mean: Float[np.ndarray, " class"]
) -> tuple[tuple[str, ...], str, float | None]:
    if conformal is None:
        return (), "The model has no calibration records: no set of classes can be promised.", None
    sets = conformal.sets(mean[None, :], alpha=SET_ALPHA)
    members = tuple(c for c, inside in zip(card.classes, sets.members[0], strict=True) if inside)
    text = (
        f"Classes whose own calibration records do not rule them out; of {card.calibration_text}, at least "
        f"{1 - SET_ALPHA:.0%} have their true class in such a set."
    )
    if sets.reason is not None:
        text += f" The set is wider than it need be: {sets.reason}."
    return members, text, 1 - SET_ALPHA


def _distance(card: BundleCard, prepared: Float[np.ndarray, "window number"]) -> tuple[float | None, float | None]:
    if card.ood is None or not isinstance(card.input, FeatureInput):
        return None, None
    cloud = TrainingCloud(np.asarray(card.ood.mean), np.asarray(card.ood.precision), 0.0)
    centre = prepared.mean(axis=0, dtype=np.float64)[None, :]
    return float(cloud.distance(centre)[0]), card.ood.limit


def _strange(card: BundleCard, speed_hz: float | None, distance: float | None, limit: float | None) -> str | None:
    """Say in what way a recording is unlike the training data, if it is."""
    span = card.training.get("speed_range_hz")
    if span is not None and speed_hz is not None:
        low_hz, high_hz = span[0] * (1 - _SPEED_MARGIN), span[1] * (1 + _SPEED_MARGIN)
        if not low_hz <= speed_hz <= high_hz:
            return (
                f"its shaft turns at {speed_hz * 60:.0f} rpm, and those of the training records at "
                f"{span[0] * 60:.0f} to {span[1] * 60:.0f} rpm"
            )
    if distance is not None and limit is not None and distance > limit:
        return f"its features lie {distance:.3g} away from theirs, and ordinary records at most {limit:.3g}"
    return None


def _trained_on(card: BundleCard) -> str:
    records, name = card.training.get("records"), card.dataset.get("name")
    origin = "SIMULATED records" if card.synthetic else "records"
    return f"{records} {origin} of {name}, split by {card.split.get('level')}"


def _detection(
    conformal: ConformalCalibration | None, card: BundleCard, mean: Float[np.ndarray, " class"], rate: float
) -> Detection | None:
    if conformal is None or "healthy" not in card.classes:
        return None
    k = card.classes.index("healthy")
    n = conformal.n_groups[k]
    p_value = float(conformal.p_values(mean[None, :])[0, k])
    least = 1 / (n + 1)
    promised = max(rate, least)
    threshold = _threshold(conformal.strangeness[k], promised, n)
    text = (
        f"The score of {fault('healthy').name_en} compared with those of {n} {card.calibration_text} that are healthy: "
        f"called damage at p ≤ {promised:.3g}."
    )
    if promised > rate:
        text += f" A rate of {rate:g} would need {int(np.ceil(1 / rate)) - 1} of them; {least:.3g} is the least here."
    return Detection(
        damage=p_value <= promised * (1 + 1e-9),
        p_value=p_value,
        false_alarm_rate=promised,
        effect=1 - float(mean[k]),
        effect_threshold=threshold,
        combs_searched=0,
        explanation=text,
    )


def _threshold(strangeness: Float[np.ndarray, " record"], rate: float, n: int) -> float:
    """Return the least strangeness that is called damage, to be read beside the recording's own."""
    allowed = int(np.floor(rate * (n + 1) * (1 + 1e-9))) - 1  # calibration records at least as strange
    ordered = np.sort(strangeness)
    return float(ordered[n - 1 - allowed]) if 0 <= allowed < n else 0.0
