"""Set models side by side on the same records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from palier.core.split import Level
from palier.errors import ParameterError
from palier.evaluation.intervals import DEFAULT_CONFIDENCE, DEFAULT_DRAWS, Interval, bootstrap_difference
from palier.evaluation.records import RecordScores
from palier.evaluation.result import Caution, EvaluationResult
from palier.evaluation.statistics import McNemar, Wilcoxon, holm, mcnemar_exact, wilcoxon_signed_rank

__all__ = ["Comparison", "Judged", "PairedComparison", "compare_results"]


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A model's result, with the record scores that it was made of."""

    name: str
    """Unique in the comparison."""
    result: EvaluationResult
    scores: RecordScores


@dataclass(frozen=True, slots=True)
class PairedComparison:
    """Two models on the same records."""

    a: str
    b: str
    difference: Interval
    """Accuracy of `a` less that of `b`, resampled by the same units as the scores."""
    mcnemar: McNemar
    mcnemar_holm: float
    """The p-value, adjusted for the number of pairs."""
    wilcoxon: Wilcoxon | None
    """Over the seeds that both were trained with; None where there is none."""
    wilcoxon_holm: float | None
    verdict: str
    """In words."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Models in the order of their accuracy, and every pair of them."""

    cautions: tuple[Caution, ...]
    results: tuple[EvaluationResult, ...]
    names: tuple[str, ...]
    """Of the results, the most accurate first."""
    pairs: tuple[PairedComparison, ...]
    n_records: int
    n_groups: int
    group_level: Level
    significance: float


def compare_results(
    entries: Sequence[Judged],
    *,
    rng: np.random.Generator,
    seed_accuracies: Mapping[str, Mapping[int, float]] | None = None,
    significance: float = 0.05,
    confidence: float = DEFAULT_CONFIDENCE,
    n_draws: int = DEFAULT_DRAWS,
) -> Comparison:
    """Compare every pair of models on the same test records.

    McNemar's test asks whether these two *trained models* differ on such records; Wilcoxon's over seeds asks whether
    the two *ways of training* differ. Both are adjusted after Holm over all pairs.

    Parameters
    ----------
    entries : sequence of Judged
        At least two, of the same records and classes.
    rng : numpy.random.Generator
        For the intervals.
    seed_accuracies : mapping of str to mapping of int to float, optional
        For each name, the accuracy of each training seed. Left out, those in the results are taken.
    significance : float
        Level of the tests, after the adjustment.
    confidence : float
        Of the intervals.
    n_draws : int

    Raises
    ------
    ParameterError
        If there are fewer than two, two share a name, or their records, groups or classes differ.

    Examples
    --------
    >>> from palier.evaluation.evaluate import evaluate_scores
    >>> from palier.evaluation.records import ScoredRecord, collect_records
    >>> from palier.evaluation.result import DatasetFacts, ModelFacts, SplitFacts
    >>> def judged(name, sure):
    ...     rows = [ScoredRecord(f"r{i}", i % 2, np.array([[0.9, 0.1]])[:, :: 1 - 2 * (i % 2 * sure)], f"r{i}")
    ...             for i in range(40)]
    ...     scores = collect_records(rows, classes=("healthy", "wear"))
    ...     result = evaluate_scores(
    ...         scores, model=ModelFacts(name, "svm", "journal"), dataset=DatasetFacts("d", "0" * 64),
    ...         split=SplitFacts("s", None, "record", "holdout", "0", leaky=False), group_level="record",
    ...         rng=np.random.default_rng(0))
    ...     return Judged(name, result, scores)
    >>> pair = compare_results([judged("good", 1), judged("blind", 0)], rng=np.random.default_rng(0)).pairs[0]
    >>> pair.mcnemar.only_a, pair.verdict.split(";")[0]
    (20, 'good is right more often than blind on these records, by 50.0 points')
    """
    if len(entries) < 2 or len({e.name for e in entries}) < len(entries):
        raise ParameterError(f"{len(entries)} models to compare; allowed are two or more, each with its own name")
    ordered = sorted(entries, key=lambda e: (-float(e.scores.correct.mean()), e.name))
    first = ordered[0]
    level = first.result.group_level
    rows = [_aligned(e, first) for e in ordered]
    groups = None if level == "record" else rows[0].group_codes
    seeds = {e.name: dict((seed_accuracies or {}).get(e.name, _own_seeds(e.result))) for e in ordered}
    made = []
    for i, j in combinations(range(len(ordered)), 2):
        a, b = ordered[i].name, ordered[j].name
        correct_a, correct_b = rows[i].correct, rows[j].correct
        shared = sorted(set(seeds[a]) & set(seeds[b]))
        made.append((
            a, b,
            bootstrap_difference(correct_a, correct_b, groups=groups, unit=level, confidence=confidence,
                                 n_draws=n_draws, rng=rng),
            mcnemar_exact(correct_a, correct_b),
            wilcoxon_signed_rank(np.array([seeds[a][s] - seeds[b][s] for s in shared])) if shared else None,
        ))  # fmt: skip
    by_records = holm([m.p_value for *_, m, _w in made])
    tested = [k for k, row in enumerate(made) if row[4] is not None and row[4].claim_possible]
    by_seeds = dict(zip(tested, holm([w.p_value for k in tested if (w := made[k][4]) is not None]), strict=True))
    pairs = tuple(
        PairedComparison(
            a, b, difference, mcnemar, float(by_records[k]), wilcoxon,
            float(by_seeds[k]) if k in by_seeds else None,
            _verdict(a, b, difference, float(by_records[k]), by_seeds.get(k), wilcoxon, level, significance),
        )
        for k, (a, b, difference, mcnemar, wilcoxon) in enumerate(made)
    )  # fmt: skip
    n_groups = len(np.unique(rows[0].group_codes))
    return Comparison(
        cautions=_cautions(ordered, level, n_groups),
        results=tuple(e.result for e in ordered),
        names=tuple(e.name for e in ordered),
        pairs=pairs,
        n_records=len(rows[0]),
        n_groups=n_groups,
        group_level=level,
        significance=significance,
    )


def _aligned(entry: Judged, first: Judged) -> RecordScores:
    """Return the scores in the record order of the first."""
    mine, wanted = entry.scores, first.scores
    place = {r: i for i, r in enumerate(mine.record_id.tolist())}
    if set(place) != set(wanted.record_id.tolist()) or mine.classes != wanted.classes:
        raise ParameterError(
            f"{entry.name} and {first.name} were not judged on the same records and classes; evaluate both on one split"
        )
    if entry.result.group_level != first.result.group_level:
        raise ParameterError(
            f"{entry.name} and {first.name} have groups of different levels; evaluate both on one split"
        )
    return mine.take(np.array([place[r] for r in wanted.record_id.tolist()]))


def _own_seeds(result: EvaluationResult) -> dict[int, float]:
    return {} if result.seeds is None else {r.seed: r.accuracy for r in result.seeds.rows}


def _verdict(
    a: str,
    b: str,
    difference: Interval,
    by_records: float,
    by_seeds: float | None,
    wilcoxon: Wilcoxon | None,
    level: Level,
    significance: float,
) -> str:
    points = 100 * difference.value
    clear = difference.low > 0 or difference.high < 0
    if by_records < significance and clear:
        text = f"{a} is right more often than {b} on these records, by {points:.1f} points"
    elif by_records < significance:
        text = f"{a} and {b} differ on these records, but not surely on other {level}s"
    else:
        text = f"No difference between {a} and {b} is shown on these records ({points:+.1f} points)"
    if wilcoxon is None:
        return text + "; one seed each: nothing is shown about the ways of training."
    if by_seeds is None:
        return text + f"; {wilcoxon.text}."
    shown = "a difference" if by_seeds < significance else "no difference"
    return text + f"; over {wilcoxon.n} seeds {shown} between the ways of training is shown (p = {by_seeds:.2g})."


def _cautions(entries: Sequence[Judged], level: Level, n_groups: int) -> tuple[Caution, ...]:
    rows = {c.key: c for e in entries for c in e.result.cautions if c.key in {"synthetic", "leaky_split", "few_groups"}}
    if n_groups < len(entries[0].scores):
        rows["dependent_records"] = Caution(
            "dependent_records",
            f"Several records share a {level}, and McNemar's test takes records as independent: its p-values are too "
            f"small. The intervals are resampled by {level} ({n_groups} of them); believe those.",
        )
    if len({e.result.split.sha256 or e.result.split.name for e in entries}) > 1:
        rows["different_splits"] = Caution(
            "different_splits", "The models were trained under different splits; the same records are tested."
        )
    return tuple(rows.values())
