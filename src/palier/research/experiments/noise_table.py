"""Every classical model on one split: clean and under noise, trained with and without noise, over several seeds."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from palier.core.split import Split
from palier.evaluation.dataset_scores import group_level_of, score_dataset
from palier.research.judge import NOISE_SEED
from palier.research.trial import run_trial
from palier.training import recipe_from

if TYPE_CHECKING:
    from palier.data.cache import DerivedCache
    from palier.data.store import Dataset

__all__ = ["NoiseRow", "NoiseTable", "run_noise_table", "spread"]


@dataclass(frozen=True, slots=True)
class NoiseTable:
    """What is run."""

    models: tuple[str, ...]
    seeds: tuple[int, ...]
    noise: tuple[str, ...] = ("clean", "white:20dB", "white:10dB", "white:5dB", "white:0dB")
    """Of the test records."""
    augment: tuple[tuple[str, ...], ...] = ((),)
    """Of the training windows, one run for each."""
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Of models, instead of their defaults."""


@dataclass(frozen=True, slots=True)
class NoiseRow:
    """One trained model under one noise."""

    model: str
    augmented: bool
    seed: int
    noise: str
    accuracy: float
    """Share of the test records."""
    n_records: int


def run_noise_table(
    table: NoiseTable,
    dataset: "Dataset",
    split: Split,
    *,
    cache: "DerivedCache | None",
    workers: int = 1,
    on_row: Callable[[NoiseRow], None] | None = None,
) -> Iterator[NoiseRow]:
    """Yield a row for each model, augmentation, seed and noise, in that order.

    Parameters
    ----------
    table : NoiseTable
    dataset : Dataset
    split : Split
        Its first fold is used; the seeds are those of the training.
    cache : DerivedCache or None
        Keeps the features, which all seeds share.
    workers : int
    on_row : callable, optional
        Called with each row.
    """
    fold = split.folds[0]
    for model in table.models:
        for augment in table.augment:
            for seed in table.seeds:
                recipe = recipe_from(
                    {"model": model, "augment": list(augment), "parameters": dict(table.parameters.get(model, {}))}
                )
                trial = run_trial(recipe, dataset, split, fold=fold, seed=seed, cache=cache, workers=workers)
                for noise in table.noise:
                    scored = score_dataset(
                        trial.predictor, dataset, fold.test, group_level=group_level_of(split), noise=noise,
                        noise_seed=NOISE_SEED, cache=cache, workers=workers,
                    )  # fmt: skip
                    scores = scored.scores
                    row = NoiseRow(model, bool(augment), seed, noise, float(scores.correct.mean()), len(scores))
                    if on_row is not None:
                        on_row(row)
                    yield row


def spread(rows: Sequence[NoiseRow]) -> tuple[float, float]:
    """Return the mean accuracy of rows, and the range from the lowest to the highest."""
    values = [r.accuracy for r in rows]
    return sum(values) / len(values), max(values) - min(values)
