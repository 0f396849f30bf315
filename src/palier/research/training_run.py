"""What ``palier train`` does: fit, judge beside the leaky score, write the bundle."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from palier.errors import OutputError, ParameterError
from palier.evaluation.records import RecordScores
from palier.evaluation.result import EvaluationResult
from palier.models.bundle import ModelBundle
from palier.models.catalogue import model_entry
from palier.research.judge import Judgement, cross_validate, judge, leaky_scores
from palier.research.trial import run_trial
from palier.training import Recipe
from palier.training.fit import plan_of

if TYPE_CHECKING:
    from palier.data.cache import DerivedCache
    from palier.data.store import Dataset

__all__ = ["Trained", "TrainingRun", "run_training", "summary_of"]


@dataclass(frozen=True, slots=True)
class TrainingRun:
    """What is asked for."""

    recipe: Recipe
    split: str
    fold: str | None
    """A fold's name; None for the first; ``all`` to cross-validate."""
    seed: int
    accepted: tuple[str, ...] = ()
    """Fatal findings of the audit that were accepted knowingly."""
    show_leaky: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """What came of it."""

    judgement: Judgement
    bundle: ModelBundle | None


def run_training(
    run: TrainingRun,
    dataset: "Dataset",
    *,
    out: Path | None,
    cache: "DerivedCache | None" = None,
    workers: int = 1,
    on_progress: Callable[[int, int], None] | None = None,
    on_step: Callable[[str, int, int], None] | None = None,
) -> Trained:
    """Train, judge and write.

    Parameters
    ----------
    run : TrainingRun
    dataset : Dataset
    out : Path, optional
        Folder of the bundle; without it none is written.
    cache, workers, on_progress
        See `palier.training.fit`.
    on_step : callable, optional
        Called with the step (``leaky``, ``training`` or ``judging``), the records done in it, and all of its records.

    Raises
    ------
    OutputError
        If something is at `out` already; before anything is trained.
    ParameterError
        If a bundle is asked for while cross-validating.
    """
    say = on_step or (lambda _step, _done, _total: None)

    def trained(done: int, total: int) -> None:
        say("training", done, total)
        if on_progress is not None:
            on_progress(done, total)

    if out is not None and out.exists():
        raise OutputError(f"{out} exists already; choose another name, or remove it first")
    split = dataset.split(run.split)
    if run.fold == "all" and out is not None:
        raise ParameterError(
            "--fold all trains one model for each fold and writes none; leave --out away, or name a fold"
        )
    fold = split.fold(None if run.fold == "all" else run.fold)
    rate_hz = float(dataset.index.column("sampling_rate_hz")[fold.train[0]])
    plan, _ = plan_of(run.recipe, dataset, fold, rate_hz)
    leaky: RecordScores | None = None
    if run.show_leaky and not split.leaky:
        leaky = leaky_scores(
            run.recipe, dataset, split, window=plan.window, hop=plan.hop, seed=run.seed, cache=cache, workers=workers,
            on_progress=lambda done, total: say("leaky", done, total),
        )  # fmt: skip
    if run.fold == "all":
        judged = cross_validate(
            run.recipe, dataset, split, seed=run.seed, leaky=leaky, cache=cache, workers=workers,
            on_progress=on_progress,
        )  # fmt: skip
        return Trained(judged, None)
    entry = dataset.card.splits[run.split]
    trial = run_trial(
        run.recipe, dataset, split, fold=fold, seed=run.seed, split_sha256=entry.sha256, cache=cache,
        workers=workers, on_progress=trained,
    )  # fmt: skip
    judged = judge(
        trial.predictor, dataset, split=split, fold=fold, leaky=leaky, seed=run.seed, channel=run.recipe.channel,
        cache=cache, workers=workers, on_progress=lambda done, total: say("judging", done, total),
    )  # fmt: skip
    if out is None:
        return Trained(judged, None)
    training = {**trial.card.training, "accepted_findings": list(run.accepted)}
    bundle = replace(trial, card=replace(trial.card, training=training)).write(out, metrics=summary_of(judged.result))
    return Trained(judged, bundle)


def summary_of(result: EvaluationResult) -> dict[str, Any]:
    """Return what a bundle says of its own worth."""
    return {
        "sentence": result.sentence,
        "columns": {
            c.name: {"accuracy": c.accuracy.value, "low": c.accuracy.low, "high": c.accuracy.high, "text": c.text}
            for c in result.columns
        },
        "macro_f1": result.figures.macro_f1.value,
        "n_records": result.n_records,
        "n_groups": result.n_groups,
        "group_level": result.group_level,
        "ece": result.calibration.ece,
        "cautions": [c.text for c in result.cautions],
        "model": model_entry(result.model.model).name,
    }
