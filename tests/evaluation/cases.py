"""Scores of made-up models, for the tests of evaluation and its report."""

import numpy as np

from palier.core.faults import JOURNAL_CLASSES
from palier.evaluation import DatasetFacts, ModelFacts, RecordScores, SplitFacts
from palier.evaluation.evaluate import NoiseVariant, evaluate_scores
from palier.evaluation.result import EvaluationResult

CLASSES = ("healthy", "misalignment", "oil_whirl", "wear")
LEVELS = ("incipient", "mild", "moderate", "severe")


def made_scores(
    n: int = 200,
    *,
    seed: int = 0,
    strength: float = 2.0,
    per_group: int = 1,
    classes: tuple[str, ...] = CLASSES,
    flags: bool = False,
) -> RecordScores:
    """Scores of a model that is the surer the higher `strength`; all else follows the record's number."""
    k = len(classes)
    facts = np.random.default_rng(99)
    true = (
        facts.integers(0, k, n)
        if per_group == 1
        else np.repeat(facts.integers(0, k, -(-n // per_group)), per_group)[:n]
    )
    silent = facts.random(n) < 0.1
    rng = np.random.default_rng(seed)
    logits = rng.standard_normal((n, k)) + strength * np.eye(k)[true]
    p = np.exp(logits)
    p /= p.sum(axis=1, keepdims=True)
    votes = np.zeros((n, k), np.int64)
    votes[np.arange(n), p.argmax(axis=1)] = 8
    votes[np.arange(n), true] += 2
    number = np.arange(n)
    return RecordScores(
        classes=classes,
        record_id=np.array([f"r{i:06d}" for i in number], dtype=object),
        true_class=true,
        scores=p,
        votes=votes,
        group=np.array([f"b{i // per_group:05d}" for i in number], dtype=object),
        severity=np.array([None if t == 0 else LEVELS[i % 4] for i, t in zip(number, true, strict=True)], dtype=object),
        condition=np.array([f"{(15, 25)[i % 2]}-Hz" for i in number], dtype=object),
        signature_share=np.where((true == 0) | silent, 0.0, 1.0) if flags else np.full(n, np.nan),
    )


MODEL = ModelFacts("forest-1", "random_forest", "journal", "a" * 64, synthetic=True)
DATASET = DatasetFacts("default", "b" * 64, synthetic=True)
SPLIT = SplitFacts("by-record", "c" * 64, "record", "holdout", "0", leaky=False, text="20 % of the records")
BY_BEARING = SplitFacts("by-bearing", "d" * 64, "bearing", "holdout", "0", leaky=False, text="2 of 9 bearings")


def full_result(seed: int = 0) -> EvaluationResult:
    """A result with everything in it."""
    return evaluate_scores(
        made_scores(400, flags=True, strength=2.5, seed=seed),
        model=MODEL,
        dataset=DATASET,
        split=SPLIT,
        group_level="record",
        rng=np.random.default_rng(0),
        training_counts={"healthy": 300, "misalignment": 200, "oil_whirl": 200, "wear": 200},
        leaky=made_scores(400, strength=6.0, seed=3),
        baseline=made_scores(400, strength=1.8, seed=4),
        noise=[
            NoiseVariant(f"white:{s}dB", s, made_scores(400, strength=2.5 - d))
            for s, d in ((20, 0.1), (10, 0.5), (5, 1), (0, 1.7))
        ],
        seeds={s: made_scores(400, strength=2.5, seed=s) for s in range(5)},
        n_draws=500,
    )


def bearing_result() -> EvaluationResult:
    """Two dozen records of few bearings, measured; nothing optional given."""
    return evaluate_scores(
        made_scores(48, per_group=8, strength=1.0),
        model=ModelFacts("svm-cwru", "svm", "journal"),
        dataset=DatasetFacts("rig", "e" * 64),
        split=BY_BEARING,
        group_level="bearing",
        rng=np.random.default_rng(0),
        n_draws=500,
    )


def eleven_result() -> EvaluationResult:
    """All journal classes, with noises that have a ratio and some that have none."""
    names = tuple(f.key for f in JOURNAL_CLASSES)
    return evaluate_scores(
        made_scores(700, classes=names, strength=3.0),
        model=MODEL,
        dataset=DATASET,
        split=SPLIT,
        group_level="record",
        rng=np.random.default_rng(0),
        noise=[
            *(NoiseVariant(f"white:{s}dB", s, made_scores(700, classes=names, strength=1 + s / 10)) for s in (10, 0)),
            *(NoiseVariant(f"pink:{s}dB", s, made_scores(700, classes=names, strength=1.5 + s / 10)) for s in (10, 0)),
            NoiseVariant("mains", None, made_scores(700, classes=names, strength=2.0)),
            NoiseVariant("dropouts", None, made_scores(700, classes=names, strength=1.0)),
        ],
        n_draws=300,
    )
