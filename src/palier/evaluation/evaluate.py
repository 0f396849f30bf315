"""Judge the scores of a model: one road for every model."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np
from jaxtyping import Bool, Float, Int

from palier.core.split import Level
from palier.errors import ParameterError
from palier.evaluation.calibration import (
    apply_temperature,
    brier_score,
    expected_calibration_error,
    reliability_curve,
    risk_coverage,
)
from palier.evaluation.ceiling import score_ceiling
from palier.evaluation.errors import analyse_errors
from palier.evaluation.intervals import (
    DEFAULT_CONFIDENCE,
    DEFAULT_DRAWS,
    Interval,
    bootstrap_confusions,
    exact_binomial_interval,
    interval_of_draws,
)
from palier.evaluation.metrics import (
    Curve,
    accuracy_of,
    class_f1,
    class_precision,
    class_recall,
    confusion_matrix,
    log_loss,
    macro_f1_of,
    one_vs_rest,
    precision_recall_curve,
    roc_curve,
    thinned,
)
from palier.evaluation.records import RecordScores
from palier.evaluation.result import (
    CalibrationFigures,
    ClassCurves,
    ClassFigures,
    Column,
    DatasetFacts,
    EvaluationResult,
    ModelFacts,
    NoisePoint,
    RecordFigures,
    SeedFigures,
    SeedRow,
    SplitFacts,
    Stratum,
    WindowFigures,
)
from palier.evaluation.statistics import seed_spread
from palier.evaluation.words import cautions_of, sentence_of

__all__ = ["NoiseVariant", "evaluate_scores"]

#: Points of a curve that a result keeps.
_CURVE_POINTS = 60

#: Records of one pass of the error analysis.
_BLOCK = 8192

#: A result lists its groups up to this many.
_MOST_GROUPS = 100


@dataclass(frozen=True, slots=True, eq=False)
class NoiseVariant:
    """The scores of the same test records with noise laid over them."""

    noise: str
    """As it was asked for."""
    snr_db: float | None
    """Ratio of the record's AC power to the noise's, where the noise has one."""
    scores: RecordScores


def evaluate_scores(
    scores: RecordScores,
    *,
    model: ModelFacts,
    dataset: DatasetFacts,
    split: SplitFacts,
    group_level: Level,
    rng: np.random.Generator,
    training_counts: Mapping[str, int] | None = None,
    leaky: RecordScores | None = None,
    baseline: RecordScores | None = None,
    baseline_text: str = "random forest on the envelope spectrum",
    noise: Sequence[NoiseVariant] = (),
    seeds: Mapping[int, RecordScores] | None = None,
    temperature: float | None = None,
    confidence: float = DEFAULT_CONFIDENCE,
    n_draws: int = DEFAULT_DRAWS,
) -> EvaluationResult:
    """Judge the scores of a test side.

    Parameters
    ----------
    scores : RecordScores
        Of the test records, from `RecordAccumulator` or `collect_records`. Their groups are the units of the intervals.
    model, dataset, split : ModelFacts, DatasetFacts, SplitFacts
        Where the scores come from.
    group_level : Level
        What the groups are: ``record``, or ``bearing`` where bearings are the key of the split.
    rng : numpy.random.Generator
        For the intervals; the same state gives the same result.
    training_counts : mapping of str to int, optional
        Training records of each class, for the majority predictor. Left out, it answers the class that is most frequent
        on the test side, which no real predictor can know, and the column says so.
    leaky : RecordScores, optional
        Of the same model under a leaky split: shown beside the honest score.
    baseline : RecordScores, optional
        Of a simple model under the same split.
    baseline_text : str
        What the baseline is.
    noise : sequence of NoiseVariant
        The noise curve, without its clean point.
    seeds : mapping of int to RecordScores, optional
        Scores of the same model trained with other seeds (this one's among them) under the same split.
    temperature : float, optional
        Temperature that is applied before the figures of calibration.
    confidence : float
        Of all intervals.
    n_draws : int
        Bootstrap draws.

    Raises
    ------
    ParameterError
        If there is no record, or the noise variants, seeds or baseline are of other records.

    Examples
    --------
    >>> from palier.evaluation.records import ScoredRecord, collect_records
    >>> rows = [ScoredRecord(f"r{i}", i % 2, np.eye(2)[[i % 2]] * 0.8 + 0.1, group=f"r{i}") for i in range(40)]
    >>> result = evaluate_scores(
    ...     collect_records(rows, classes=("healthy", "wear")),
    ...     model=ModelFacts("m", "svm", "journal"),
    ...     dataset=DatasetFacts("d", "0" * 64),
    ...     split=SplitFacts("by-record", None, "record", "holdout", "0", leaky=False),
    ...     group_level="record",
    ...     rng=np.random.default_rng(0),
    ... )
    >>> result.figures.accuracy.value, round(result.figures.accuracy.low, 3)
    (1.0, 0.912)
    """
    if not len(scores):
        raise ParameterError("scores of no record; give the test side at least one record")
    for name, other in (
        *((v.noise, v.scores) for v in noise),
        *((f"seed {s}", o) for s, o in (seeds or {}).items()),
        *((("the baseline", baseline),) if baseline is not None else ()),
    ):
        _same_records(scores, other, name)
    judge = _Judge(int(rng.integers(2**63)), group_level, confidence, n_draws)
    own = judge.view("honest", scores)
    columns = _columns(judge, own, scores, training_counts, leaky, baseline, baseline_text)
    per_class = _per_class(judge, own, scores)
    known = np.isfinite(scores.signature_share).all()
    ceiling = score_ceiling(scores.true_class, scores.signature_share, n_classes=len(scores.classes),
                            healthy=_healthy(scores)) if known and "healthy" in scores.classes else None  # fmt: skip
    n_groups = len(np.unique(own.groups))
    votes = _window_confusion(scores)
    return EvaluationResult(
        sentence=sentence_of(
            n_records=len(scores), n_groups=n_groups, group_level=group_level, split=split, columns=columns
        ),
        cautions=cautions_of(
            scores=scores, group_level=group_level, n_groups=n_groups, model=model, dataset=dataset, split=split,
            columns=columns, per_class=per_class, ceiling=ceiling,
        ),
        model=model,
        dataset=dataset,
        split=split,
        classes=scores.classes,
        n_records=len(scores),
        n_groups=n_groups,
        group_level=group_level,
        figures=_record_figures(own, scores, per_class),
        columns=columns,
        per_class=per_class,
        confusion=tuple(tuple(int(n) for n in row) for row in own.confusion),
        windows=WindowFigures(
            "descriptive", int(votes.sum()), float(accuracy_of(votes)), float(macro_f1_of(votes))
        ),
        noise=_noise(judge, own, noise),
        by_severity=_strata(judge, scores, scores.severity, "severity"),
        by_condition=_strata(judge, scores, scores.condition, "condition"),
        by_group=_groups(judge, scores) if group_level != "record" and n_groups <= _MOST_GROUPS else (),
        ceiling=ceiling,
        calibration=_calibration(scores, temperature),
        curves=_curves(scores),
        errors=analyse_errors(scores.blocks(_BLOCK)),
        seeds=_seeds(seeds),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """The records of one score, with their resampled confusions."""

    confusion: Int[np.ndarray, "true predicted"]
    draws: Int[np.ndarray, "draw true predicted"]
    groups: Int[np.ndarray, " record"]
    accuracy: Interval
    macro_f1: Interval


@dataclass(frozen=True, slots=True)
class _Judge:
    seed: int
    unit: Level
    confidence: float
    n_draws: int

    def view(self, name: str, scores: RecordScores) -> _View:
        """Judge some records; the draws depend on the name, not on what else is judged."""
        return self.view_of(name, scores.true_class, scores.predicted, scores.group_codes, len(scores.classes))

    def view_of(
        self,
        name: str,
        true_class: Int[np.ndarray, " record"],
        predicted: Int[np.ndarray, " record"],
        groups: Int[np.ndarray, " record"],
        n_classes: int,
    ) -> _View:
        key = int.from_bytes(sha256(name.encode()).digest()[:8], "big")
        confusion = confusion_matrix(true_class, predicted, n_classes=n_classes)
        draws = bootstrap_confusions(
            true_class, predicted, n_classes=n_classes, groups=groups, n_draws=self.n_draws,
            rng=np.random.default_rng([self.seed, key]),
        )  # fmt: skip
        n_units = len(np.unique(groups))
        return _View(
            confusion, draws, groups,
            self.interval(accuracy_of, confusion, draws, n_units),
            self.interval(macro_f1_of, confusion, draws, n_units),
        )  # fmt: skip

    def interval(
        self,
        figure: Callable[[Int[np.ndarray, "*batch true predicted"]], Float[np.ndarray, "*batch"]],
        confusion: Int[np.ndarray, "true predicted"],
        draws: Int[np.ndarray, "draw true predicted"],
        n_units: int,
    ) -> Interval:
        """Return a figure with its interval; where every unit says the same, the exact binomial one."""
        value, drawn = float(figure(confusion)), figure(draws)
        if n_units > 1 and np.all((drawn == value) | np.isnan(drawn)):
            exact = exact_binomial_interval(value * n_units, n_units, unit=self.unit, confidence=self.confidence)
            return replace(exact, value=value)
        return interval_of_draws(value, drawn, unit=self.unit, n_units=n_units, confidence=self.confidence)


def _columns(
    judge: _Judge,
    own: _View,
    scores: RecordScores,
    training_counts: Mapping[str, int] | None,
    leaky: RecordScores | None,
    baseline: RecordScores | None,
    baseline_text: str,
) -> tuple[Column, ...]:
    rows = [Column("honest", "this model on this split", len(scores), own.accuracy, own.macro_f1)]
    if leaky is not None:
        seen = judge.view("leaky", leaky)
        rows.append(
            Column("leaky", "the same model under a split that leaks", len(leaky), seen.accuracy, seen.macro_f1)
        )
    if training_counts is None:
        most = scores.classes[int(np.bincount(scores.true_class).argmax())]
        text = f"always {most}, the most frequent class of the test records (the training counts were not given)"
    else:
        most = max(scores.classes, key=lambda c: training_counts.get(c, 0))
        text = f"always {most}, the most frequent class of the training records"
    always = np.full(len(scores), scores.classes.index(most))
    naive = judge.view_of("majority", scores.true_class, always, own.groups, len(scores.classes))
    rows.append(Column("majority", text, len(scores), naive.accuracy, naive.macro_f1))
    if baseline is not None:
        simple = judge.view("baseline", baseline)
        rows.append(Column("baseline", baseline_text, len(baseline), simple.accuracy, simple.macro_f1))
    return tuple(rows)


def _per_class(judge: _Judge, own: _View, scores: RecordScores) -> tuple[ClassFigures, ...]:
    precision, f1 = class_precision(own.confusion), class_f1(own.confusion)
    roc, pr = one_vs_rest(scores.scores, scores.true_class)
    made = []
    for k, key in enumerate(scores.classes):
        n_groups = len(np.unique(own.groups[scores.true_class == k]))
        recall = judge.interval(_recall_of(k), own.confusion, own.draws, n_groups) if n_groups else None
        made.append(
            ClassFigures(
                key=key,
                support=int(own.confusion[k].sum()),
                n_groups=n_groups,
                predicted=int(own.confusion[:, k].sum()),
                precision=_known(precision[k]),
                recall=recall,
                f1=_known(f1[k]),
                roc_auc=_known(roc[k]),
                pr_auc=_known(pr[k]),
            )
        )
    return tuple(made)


def _recall_of(k: int) -> Callable[[Int[np.ndarray, "*batch true predicted"]], Float[np.ndarray, "*batch"]]:
    return lambda confusion: np.asarray(class_recall(confusion)[..., k])


def _record_figures(own: _View, scores: RecordScores, per_class: tuple[ClassFigures, ...]) -> RecordFigures:
    roc = [c.roc_auc for c in per_class if c.roc_auc is not None]
    pr = [c.pr_auc for c in per_class if c.pr_auc is not None]
    return RecordFigures(
        accuracy=own.accuracy,
        macro_f1=own.macro_f1,
        roc_auc=float(np.mean(roc)) if roc else None,
        pr_auc=float(np.mean(pr)) if pr else None,
        log_loss=log_loss(scores.scores, scores.true_class),
    )


def _window_confusion(scores: RecordScores) -> Int[np.ndarray, "true predicted"]:
    table = np.zeros((len(scores.classes),) * 2, np.int64)
    np.add.at(table, scores.true_class, scores.votes)
    return table


def _noise(judge: _Judge, own: _View, noise: Sequence[NoiseVariant]) -> tuple[NoisePoint, ...]:
    if not noise:
        return ()
    points = [NoisePoint("clean", None, own.accuracy, own.macro_f1)]
    for variant in noise:
        # the draws of the clean score are taken, so that points of the curve differ by the noise alone
        seen = judge.view("honest", variant.scores)
        points.append(
            NoisePoint(
                variant.noise, None if variant.snr_db is None else float(variant.snr_db), seen.accuracy, seen.macro_f1
            )
        )
    return tuple(points)


def _strata(judge: _Judge, scores: RecordScores, values: np.ndarray, name: str) -> tuple[Stratum, ...]:
    found = sorted({str(v) for v in values if v is not None}, key=_rank)
    return tuple(_stratum(judge, scores.take(values == v), v, name) for v in found)


def _groups(judge: _Judge, scores: RecordScores) -> tuple[Stratum, ...]:
    rows = []
    for name in sorted({str(g) for g in scores.group}):
        part = scores.take(scores.group.astype(str) == name)
        # within one group its records are all there is to resample
        inner = _Judge(judge.seed, "record", judge.confidence, judge.n_draws)
        seen = inner.view_of(f"group {name}", part.true_class, part.predicted, np.arange(len(part)), len(part.classes))
        rows.append(Stratum(name, len(part), 1, seen.accuracy, seen.macro_f1.value))
    return tuple(sorted(rows, key=lambda r: (r.accuracy.value, r.name)))


def _stratum(judge: _Judge, part: RecordScores, value: str, name: str) -> Stratum:
    seen = judge.view(f"{name} {value}", part)
    return Stratum(value, len(part), len(np.unique(seen.groups)), seen.accuracy, seen.macro_f1.value)


def _rank(value: str) -> tuple[int, str]:
    from palier.core.dataset import SEVERITY_LEVELS

    levels: tuple[str, ...] = SEVERITY_LEVELS
    return (levels.index(value) if value in levels else -1, value)


def _calibration(scores: RecordScores, temperature: float | None) -> CalibrationFigures:
    shown = scores.scores if temperature is None else apply_temperature(scores.scores, temperature)
    confidence, correct = np.minimum(shown.max(axis=1), 1.0), scores.correct
    curve = risk_coverage(confidence, correct)
    kept = thinned(Curve(curve.coverage, curve.risk), points=_CURVE_POINTS)
    return CalibrationFigures(
        ece=expected_calibration_error(confidence, correct),
        brier=brier_score(shown, scores.true_class),
        bins=reliability_curve(confidence, correct),
        temperature=temperature,
        risk_coverage_area=curve.area,
        coverage=tuple(kept.x.tolist()),
        risk=tuple(kept.y.tolist()),
    )


def _curves(scores: RecordScores) -> tuple[ClassCurves, ...]:
    made = []
    for k, key in enumerate(scores.classes):
        own: Bool[np.ndarray, " record"] = scores.true_class == k
        if own.all() or not own.any():
            continue
        roc = thinned(roc_curve(own, scores.scores[:, k]), points=_CURVE_POINTS)
        pr = thinned(precision_recall_curve(own, scores.scores[:, k]), points=_CURVE_POINTS)
        made.append(ClassCurves(key, *(tuple(v.tolist()) for v in (roc.x, roc.y, pr.x, pr.y))))
    return tuple(made)


def _seeds(seeds: Mapping[int, RecordScores] | None) -> SeedFigures | None:
    if not seeds:
        return None
    rows = []
    for seed in sorted(seeds):
        s = seeds[seed]
        table = confusion_matrix(s.true_class, s.predicted, n_classes=len(s.classes))
        rows.append(SeedRow(seed, float(accuracy_of(table)), float(macro_f1_of(table))))
    return SeedFigures(tuple(rows), seed_spread([r.accuracy for r in rows]), seed_spread([r.macro_f1 for r in rows]))


def _same_records(scores: RecordScores, other: RecordScores, name: str) -> None:
    mine, theirs = set(scores.record_id.tolist()), set(other.record_id.tolist())
    if mine != theirs or scores.classes != other.classes:
        raise ParameterError(
            f"{name}: {len(mine ^ theirs)} records are not on both sides, or the classes differ; "
            "score the same test records with the same classes"
        )


def _healthy(scores: RecordScores) -> int:
    return scores.classes.index("healthy")


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
