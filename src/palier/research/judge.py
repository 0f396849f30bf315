"""Judge a model on the test side of a split, beside the same model under a leaky split and the majority."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from palier.core.split import Fold, Split
from palier.data.split import noise_of
from palier.errors import ParameterError
from palier.evaluation.dataset_scores import DatasetScores, group_level_of, score_dataset
from palier.evaluation.evaluate import NoiseVariant, evaluate_scores
from palier.evaluation.records import RecordScores, concatenate_scores
from palier.evaluation.result import DatasetFacts, EvaluationResult, ModelFacts, SplitFacts
from palier.models.onnx_predictor import OnnxPredictor
from palier.models.window_table import WindowPlan, count_windows
from palier.research.trial import Trial, run_trial
from palier.training import Recipe

if TYPE_CHECKING:
    from palier.data.cache import DerivedCache
    from palier.data.store import Dataset

__all__ = ["Judgement", "cross_validate", "judge", "leaky_scores", "leaky_split", "snr_of", "split_facts"]

#: Seed of the noise laid over test records; training variants use their own.
NOISE_SEED = 20_201

_LEAKY_TEST_SHARE = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """A result with the record scores it was made of."""

    result: EvaluationResult
    scores: RecordScores
    unknown: int
    """Test records of a class that the model does not know; judged wrong."""


def judge(
    predictor: OnnxPredictor,
    dataset: "Dataset",
    *,
    split: Split | None,
    fold: Fold | None,
    sha256: str | None = None,
    noise: Sequence[str] = (),
    leaky: RecordScores | None = None,
    seeds: Mapping[int, RecordScores] | None = None,
    seed: int = 0,
    channel: int = 0,
    cache: "DerivedCache | None" = None,
    workers: int = 1,
    on_progress: Callable[[int, int], None] | None = None,
) -> Judgement:
    """Score the test side of a fold, clean and under noise, and judge it.

    Parameters
    ----------
    predictor : OnnxPredictor
    dataset : Dataset
    split, fold : Split and Fold, optional
        Left out, every record is tested: only for a dataset that the model has not seen.
    sha256 : str, optional
        Of the bundle.
    noise : sequence of str
        Noise variants, such as ``white:10dB``.
    leaky : RecordScores, optional
        Of the same model under a leaky split.
    seeds : mapping, optional
        Scores of the same recipe trained with other seeds.
    seed : int
        Of the bootstrap.
    channel, cache, workers
        See `score_dataset`.
    on_progress : callable, optional
        Called with the records done and all records, counting each noise variant.

    Raises
    ------
    ParameterError
        If there is nothing to test.
    """
    records = np.arange(len(dataset)) if fold is None else fold.test
    level = group_level_of(split)
    if split is None:
        level = "bearing" if _named(dataset, "bearing") else "record"
    done, total = 0, len(records) * (1 + len(noise))

    def advance(n: int) -> None:
        nonlocal done
        done += n
        if on_progress is not None:
            on_progress(done, total)

    def scored(variant: str, *, signatures: bool) -> DatasetScores:
        return score_dataset(
            predictor, dataset, records, group_level=level, noise=variant, noise_seed=NOISE_SEED, channel=channel,
            split=split, signatures=signatures, cache=cache, workers=workers, on_progress=advance,
        )  # fmt: skip

    synthetic = dataset.card.n_simulated > 0
    shifted = None if fold is None else noise_of(fold)
    clean = scored(shifted or "clean", signatures=synthetic)
    variants = [NoiseVariant(v, snr_of(v), scored(v, signatures=False).scores) for v in noise]
    card = predictor.card
    result = evaluate_scores(
        clean.scores,
        model=ModelFacts(card.name, card.model, card.kind, sha256, synthetic=card.synthetic),
        dataset=DatasetFacts(dataset.card.name, dataset.card.content_hash, synthetic=synthetic),
        split=split_facts(dataset, split, fold),
        group_level=level,
        rng=np.random.default_rng(seed),
        training_counts=None if fold is None else _counts(dataset, fold),
        leaky=leaky,
        noise=variants,
        seeds=seeds,
    )
    return Judgement(result, clean.scores, clean.unknown)


def cross_validate(
    recipe: Recipe,
    dataset: "Dataset",
    split: Split,
    *,
    seed: int,
    leaky: RecordScores | None = None,
    cache: "DerivedCache | None" = None,
    workers: int = 1,
    on_progress: Callable[[int, int], None] | None = None,
) -> Judgement:
    """Train on each fold of a split, score its test side, and judge all test sides together.

    Parameters
    ----------
    recipe, dataset, split, seed, cache, workers
        See `run_trial`.
    leaky : RecordScores, optional
        Of the same model under a leaky split.
    on_progress : callable, optional
        Called with the folds done and all folds.

    Raises
    ------
    ParameterError
        If a record is tested twice.
    """
    parts: list[RecordScores] = []
    unknown = 0
    classes: tuple[str, ...] = ()
    trial: Trial | None = None
    for number, fold in enumerate(split.folds):
        trial = run_trial(recipe, dataset, split, fold=fold, seed=seed, cache=cache, workers=workers)
        scored = score_dataset(
            trial.predictor, dataset, fold.test, group_level=group_level_of(split), channel=recipe.channel,
            noise=noise_of(fold) or "clean", noise_seed=NOISE_SEED, split=split, cache=cache, workers=workers,
        )  # fmt: skip
        if classes and trial.card.classes != classes:
            raise ParameterError(
                f"fold {fold.name} trains on the classes {', '.join(trial.card.classes)} and another on "
                f"{', '.join(classes)}; make folds that hold every class"
            )
        classes, unknown = trial.card.classes, unknown + scored.unknown
        parts.append(scored.scores)
        if on_progress is not None:
            on_progress(number + 1, len(split.folds))
    assert trial is not None
    scores = concatenate_scores(parts)
    synthetic = dataset.card.n_simulated > 0
    everyone = Fold(np.unique(np.concatenate([f.train for f in split.folds])), *(np.zeros(0, np.int64),) * 2, "all")
    result = evaluate_scores(
        scores,
        model=ModelFacts(f"{recipe.model}, cross-validated", recipe.model, trial.card.kind, synthetic=synthetic),
        dataset=DatasetFacts(dataset.card.name, dataset.card.content_hash, synthetic=synthetic),
        split=split_facts(dataset, split, everyone),
        group_level=group_level_of(split),
        rng=np.random.default_rng(seed),
        training_counts=_counts(dataset, everyone),
        leaky=leaky,
    )
    return Judgement(result, scores, unknown)


def leaky_split(dataset: "Dataset", split: Split, *, recipe: Recipe, window: int, hop: int) -> Split | None:
    """Return the split that many papers would have used instead: of windows, or of records where each is one window.

    None where there is nothing to leak: records of one window each, every one a group of its own.
    """
    everyone = np.unique(np.concatenate([np.concatenate((f.train, f.validation, f.test)) for f in split.folds]))
    lengths = dataset.index.column("n_samples")
    plan = WindowPlan(window, hop, recipe.channel)
    windows = min(count_windows(int(lengths[r]), plan) for r in everyone)
    none = np.zeros(0, np.int64)
    if windows >= 2:
        return Split(
            f"{split.name}-leaky", "window", "holdout", (Fold(everyone, none, everyone),), split.seed, leaky=True,
            window_test_share=_LEAKY_TEST_SHARE, text="random windows of the same records on both sides",
        )  # fmt: skip
    if split.level == "record" or len(set(dataset.index.column(split.level)[everyone].tolist())) == len(everyone):
        return None  # every record is a group of its own
    rng = np.random.default_rng(split.seed)
    labels = dataset.index.column("label")
    test: list[int] = []
    for label in sorted({str(labels[r]) for r in everyone}):
        own = rng.permutation([r for r in everyone if str(labels[r]) == label])
        test += own[: max(1, round(_LEAKY_TEST_SHARE * len(own)))].tolist()
    side = np.isin(everyone, test)
    return Split(
        f"{split.name}-leaky", "record", "holdout", (Fold(everyone[~side], none, everyone[side]),), split.seed,
        leaky=True, text=f"random records, whatever {split.level} they are of",
    )  # fmt: skip


def leaky_scores(
    recipe: Recipe,
    dataset: "Dataset",
    split: Split,
    *,
    window: int,
    hop: int,
    seed: int,
    cache: "DerivedCache | None" = None,
    workers: int = 1,
    on_progress: Callable[[int, int], None] | None = None,
) -> RecordScores | None:
    """Train and test the same recipe under the leaky split, only to show its score beside the honest one.

    `on_progress` is called with the training records done and all of them.
    """
    leaky = leaky_split(dataset, split, recipe=recipe, window=window, hop=hop)
    if leaky is None:
        return None
    fold = leaky.folds[0]
    trial = run_trial(
        recipe, dataset, leaky, fold=fold, seed=seed, cache=cache, workers=workers, on_progress=on_progress
    )
    return score_dataset(
        trial.predictor, dataset, fold.test, channel=recipe.channel, split=leaky, cache=cache, workers=workers
    ).scores


def split_facts(dataset: "Dataset", split: Split | None, fold: Fold | None) -> SplitFacts:
    """Say how training and test were parted."""
    if split is None or fold is None:
        return SplitFacts(
            "all records", None, "rig", "other_dataset", "all", leaky=False,
            text="every record of a dataset that the model was not trained on",
        )  # fmt: skip
    entry = dataset.card.splits.get(split.name)
    return SplitFacts(
        split.name, None if entry is None else entry.sha256, split.level, split.kind, fold.name, split.leaky, split.text
    )


def snr_of(variant: str) -> float | None:
    """Return the signal-to-noise ratio that a noise variant states, in dB.

    Examples
    --------
    >>> snr_of("white:10dB"), snr_of("clipping:0.8")
    (10.0, None)
    """
    for part in variant.split(":")[1:]:
        if part.lower().endswith("db"):
            return float(part[:-2])
    return None


def _named(dataset: "Dataset", level: str) -> bool:
    return all(v is not None for v in dataset.index.column(level))


def _counts(dataset: "Dataset", fold: Fold) -> dict[str, int]:
    return dict(Counter(str(v) for v in dataset.index.column("label")[fold.train]))
