"""A result in words, for somebody who knows machines and no statistics."""

from typing import Final

from palier.core.split import Level
from palier.evaluation.ceiling import Ceiling
from palier.evaluation.compare import Comparison
from palier.evaluation.intervals import Interval
from palier.evaluation.records import RecordScores
from palier.evaluation.result import Caution, ClassFigures, Column, DatasetFacts, ModelFacts, SplitFacts

__all__ = ["FEW_GROUPS", "cautions_of", "comparison_sentence", "percent", "plural", "sentence_of"]

#: With fewer independent groups than this an interval is a rough guide.
FEW_GROUPS: Final = 10

#: A class with fewer test records than this says little by itself.
_FEW_RECORDS = 5

#: Decimals of a percentage.
_MOST_DIGITS = 4

#: A wider interval makes decimals idle.
_WIDE = 0.05

_PLURALS = {"window": "windows", "record": "records", "condition": "conditions", "bearing": "bearings", "rig": "rigs"}


def percent(value: float, digits: int = 1) -> str:
    """Return a fraction as per cent; what is not all or nothing is never rounded to it.

    Examples
    --------
    >>> percent(0.731), percent(0.731, 0), percent(1.0), percent(0.99972), percent(0.0004)
    ('73.1 %', '73 %', '100 %', '99.97 %', '0.04 %')
    """
    if value in {0.0, 1.0}:
        return f"{100 * value:.0f} %"
    while digits < _MOST_DIGITS and float(f"{100 * value:.{digits}f}") in {0.0, 100.0}:
        digits += 1
    return f"{100 * value:.{digits}f} %"


def plural(n: int, level: Level) -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> plural(1, "bearing"), plural(3520, "record")
    ('1 bearing', '3,520 records')
    """
    return f"{n:,} {level if n == 1 else _PLURALS[level]}"


def sentence_of(
    *, n_records: int, n_groups: int, group_level: Level, split: SplitFacts, columns: tuple[Column, ...]
) -> str:
    """Say in one sentence what the model gets right, beside the majority, the leak and the baseline."""
    first, others = columns[0], {c.name: c for c in columns[1:]}
    who = plural(n_records, "record") + ("" if group_level == "record" else f" of {plural(n_groups, group_level)}")
    if split.leaky:
        unseen = "parts of which it was trained on" if split.level == "window" else "much like those it was trained on"
        how = f"{unseen} (a leaky split: no score to rely on)"
    else:
        how = "that it was not trained on" if group_level == "record" else "that it has never seen"
    digits = _digits(first.accuracy)
    text = (
        f"On {who} {how}, the model names the right class in {percent(first.accuracy.value, digits)} of the records "
        f"({_interval_text(first.accuracy)})"
    )
    said = {name: percent(c.accuracy.value, digits) for name, c in others.items()}
    if "majority" in others:
        text += f"; always giving the most frequent class would be right in {said['majority']}"
    if "baseline" in others:
        text += f"; the baseline ({others['baseline'].text}) in {said['baseline']}"
    if "leaky" in others:
        text += f"; with a split that leaks the same model seems to reach {said['leaky']}"
    return text + "."


def _digits(interval: Interval) -> int:
    return 0 if interval.high - interval.low > _WIDE else 1


def _interval_text(interval: Interval) -> str:
    low, high = (percent(v, _digits(interval)).removesuffix(" %") for v in (interval.low, interval.high))
    return f"{100 * interval.confidence:.0f} % interval {low} to {high} % by {interval.unit}"


def cautions_of(
    *,
    scores: RecordScores,
    group_level: Level,
    n_groups: int,
    model: ModelFacts,
    dataset: DatasetFacts,
    split: SplitFacts,
    columns: tuple[Column, ...],
    per_class: tuple[ClassFigures, ...],
    ceiling: Ceiling | None,
) -> tuple[Caution, ...]:
    """Return what a reader must know before believing the score, the gravest first."""
    rows = [
        _synthetic(model, dataset),
        _leaky(split),
        _groups(n_groups, group_level),
        _majority(columns),
        _unknown_classes(scores),
        _ceiling(columns[0], ceiling),
        _absent(per_class),
        _small(per_class),
        _gap(columns),
        _reach(split),
    ]
    return tuple(r for r in rows if r is not None)


def _synthetic(model: ModelFacts, dataset: DatasetFacts) -> Caution | None:
    if dataset.synthetic:
        return Caution(
            "synthetic",
            "Simulated records: this score was never validated on measured data. It says how well the model tells the "
            "simulator's faults apart, not what it does on a machine.",
        )
    if model.synthetic:
        return Caution(
            "trained_on_synthetic", "The model was trained on simulated records and judged on measured ones."
        )
    return None


def _leaky(split: SplitFacts) -> Caution | None:
    if not split.leaky:
        return None
    return Caution(
        "leaky_split",
        f"The split {split.name!r} leaks: it was drawn by {split.level}, so the test side resembles the training "
        "side more than any new machine will. Its score is for comparison with an honest one only.",
    )


def _groups(n_groups: int, level: Level) -> Caution | None:
    if n_groups >= FEW_GROUPS:
        return None
    if n_groups == 1:
        text = f"All test records are of one {level}: nothing can be said of another, and the interval is 0 to 100 %."
    else:
        text = (
            f"Only {plural(n_groups, level)} on the test side: the interval is a rough guide, however many records or "
            f"windows there are. More {_PLURALS[level]} are needed, not more windows."
        )
    return Caution("few_groups", text)


def _majority(columns: tuple[Column, ...]) -> Caution | None:
    majority = next((c for c in columns if c.name == "majority"), None)
    if majority is None or columns[0].accuracy.low > majority.accuracy.value:
        return None
    return Caution(
        "not_better_than_majority",
        f"Not shown to beat the simplest rule: always giving the most frequent class is right in "
        f"{percent(majority.accuracy.value)}, and the interval of this model reaches down to "
        f"{percent(columns[0].accuracy.low)}.",
    )


def _unknown_classes(scores: RecordScores) -> Caution | None:
    never = scores.scores.max(axis=0, initial=0.0) == 0
    lost = [(scores.classes[k], int((scores.true_class == k).sum())) for k in range(len(scores.classes)) if never[k]]
    lost = [(name, n) for name, n in lost if n]
    if not lost:
        return None
    named = ", ".join(f"{name} ({plural(n, 'record')})" for name, n in lost)
    return Caution("unknown_classes", f"The model never gives any score to {named}: these records can only be wrong.")


def _ceiling(honest: Column, ceiling: Ceiling | None) -> Caution | None:
    if ceiling is None or honest.accuracy.low <= ceiling.accuracy:
        return None
    return Caution(
        "above_ceiling",
        f"Better than possible: {plural(ceiling.n_without_signature, 'record')} hold no trace of their fault, so no "
        f"rule gets more than {percent(ceiling.accuracy)} right without luck. Something other than the fault gives the "
        "class away: look for a leak.",
    )


def _absent(per_class: tuple[ClassFigures, ...]) -> Caution | None:
    absent = [c.key for c in per_class if c.support == 0]
    if not absent:
        return None
    return Caution("absent_classes", f"No test record of {', '.join(absent)}: nothing is known of these classes.")


def _small(per_class: tuple[ClassFigures, ...]) -> Caution | None:
    small = [f"{c.key} ({c.support})" for c in per_class if 0 < c.support < _FEW_RECORDS]
    if not small:
        return None
    return Caution("small_classes", f"Fewer than {_FEW_RECORDS} test records of {', '.join(small)}.")


def _gap(columns: tuple[Column, ...]) -> Caution | None:
    leaky = next((c for c in columns if c.name == "leaky"), None)
    if leaky is None or leaky.accuracy.value - columns[0].accuracy.value < 0.05:
        return None
    gap = 100 * (leaky.accuracy.value - columns[0].accuracy.value)
    return Caution(
        "gap",
        f"A leaky split would have promised {gap:.0f} points more: that much of a score is "
        "the recordings being recognised, not the faults.",
    )


def _reach(split: SplitFacts) -> Caution | None:
    if split.leaky or split.level in {"bearing", "rig"}:
        return None
    return Caution(
        "reach",
        f"The split is by {split.level}: the score holds for new records of the machines and bearings in this dataset. "
        "Nothing here shows how the model does on another bearing.",
    )


def comparison_sentence(comparison: Comparison) -> str:
    """Say in one sentence which model is right most often, and whether that is shown."""
    best, accuracy = comparison.names[0], comparison.results[0].figures.accuracy
    level, right = comparison.significance, percent(accuracy.value, _digits(accuracy))
    beaten = [p.b for p in comparison.pairs if p.a == best and p.mcnemar_holm < level and p.difference.low > 0]
    others = len(comparison.names) - 1
    if len(beaten) == others:
        shown = "more often than every other model, beyond chance"
    elif beaten:
        shown = f"beyond chance more often than {len(beaten)} of {others} others ({', '.join(beaten)})"
    else:
        shown = "but no difference from the others is shown"
    return (
        f"On {plural(comparison.n_records, 'record')}, {best} is right most often: in {right} of them "
        f"({_interval_text(accuracy)}), {shown}."
    )
