"""One trial: a model is fitted, exported, compared with its export, calibrated, and written as a bundle."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from palier import __version__
from palier.core.split import Fold, Split
from palier.evaluation.calibration import fit_temperature
from palier.evaluation.dataset_scores import DatasetScores, group_level_of, score_dataset
from palier.evaluation.ood import fit_training_cloud, held_out_limit
from palier.export import Parity, check_parity, to_onnx
from palier.models.bundle import BundleCard, Calibration, ModelBundle, OodStatistics, write_bundle
from palier.models.onnx_predictor import OnnxPredictor
from palier.training import FittedModel, Recipe, fit

if TYPE_CHECKING:
    from palier.data.cache import DerivedCache
    from palier.data.store import Dataset

__all__ = ["Trial", "run_trial"]

#: Share of ordinary records whose distance from the training data stays within the limit.
_INSIDE = 0.99
#: Packages whose versions a bundle states.
_STATED = ("numpy", "scikit-learn", "skl2onnx", "onnx", "aeon")


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """A fitted model, ready to be judged or written."""

    card: BundleCard
    onnx: bytes
    parity: Parity

    @property
    def predictor(self) -> OnnxPredictor:
        """The model as it will be served."""
        return OnnxPredictor(self.card, self.onnx)

    def write(self, folder: Path, *, metrics: dict[str, Any] | None = None) -> ModelBundle:
        """Write the bundle, with the figures of its evaluation where there are any."""
        card = self.card if metrics is None else replace(self.card, metrics=metrics)
        return write_bundle(folder, card, self.onnx)


def run_trial(
    recipe: Recipe,
    dataset: "Dataset",
    split: Split,
    *,
    fold: Fold,
    seed: int,
    split_sha256: str | None = None,
    name: str | None = None,
    cache: "DerivedCache | None" = None,
    workers: int = 1,
    on_progress: Callable[[int, int], None] | None = None,
) -> Trial:
    """Fit a model on the training side, export it, and calibrate the export on the validation side.

    Everything after the fit is done with the exported graph: what is calibrated and judged is what is served. Without a
    validation side there is no calibration, and a diagnosis with the bundle states no false-alarm rate.

    Parameters
    ----------
    recipe : Recipe
    dataset : Dataset
    split : Split
    fold : Fold
        One of the split's.
    seed : int
    split_sha256 : str, optional
        Hash of the stored split.
    name : str, optional
        Of the bundle; otherwise model and dataset.
    cache, workers, on_progress
        See `palier.training.fit`.

    Raises
    ------
    BundleError
        If the export does not say what the model says.
    """
    fitted = fit(recipe, dataset, split, fold=fold, seed=seed, cache=cache, workers=workers, on_progress=on_progress)
    onnx = to_onnx(fitted.estimator, width=fitted.input.width)
    card = _card(fitted, dataset, split, fold, split_sha256, name)
    parity = check_parity(fitted.estimator, OnnxPredictor(card, onnx), examples=fitted.examples)
    if len(fold.validation):
        predictor = OnnxPredictor(card, onnx)
        held_out = score_dataset(
            predictor, dataset, fold.validation, group_level=group_level_of(split), channel=recipe.channel,
            split=split if split.level == "window" else None, cache=cache, workers=workers,
        )  # fmt: skip
        card = replace(card, calibration=_calibration(held_out, card, split), ood=_ood(fitted, held_out))
    return Trial(card, onnx, parity)


def _card(
    fitted: FittedModel, dataset: "Dataset", split: Split, fold: Fold, split_sha256: str | None, name: str | None
) -> BundleCard:
    rate_hz = fitted.sampling_rate_hz
    return BundleCard(
        name=name or f"{fitted.recipe.model} on {dataset.card.name}",
        model=fitted.recipe.model,
        kind=fitted.kind,
        classes=fitted.classes,
        sampling_rate_hz=rate_hz,
        window_s=fitted.plan.window / rate_hz,
        hop_s=fitted.plan.hop / rate_hz,
        unit=fitted.unit,
        input=fitted.input,
        synthetic=dataset.card.n_simulated > 0,
        dataset={"name": dataset.card.name, "content_hash": dataset.card.content_hash},
        split={
            "name": split.name,
            "sha256": split_sha256,
            "level": split.level,
            "kind": split.kind,
            "fold": fold.name,
            "leaky": split.leaky,
            "text": split.text,
        },
        training={
            "recipe": fitted.recipe.as_json(),
            "seed": fitted.seed,
            "records": fitted.n_records,
            "windows": fitted.n_windows,
            "speed_range_hz": None if fitted.speed_range_hz is None else list(fitted.speed_range_hz),
        },
        versions=_versions(),
        commit=_commit(),
    )


def _versions() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    found = {"palier": __version__}
    for package in _STATED:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _commit() -> str | None:
    """Return the commit of the source tree that palier runs from; None for an installed package."""
    root = Path(__file__).resolve().parents[3]
    head = root / ".git" / "HEAD"
    if not head.is_file():
        return None
    text = head.read_text(encoding="utf-8").strip()
    if not text.startswith("ref: "):
        return text
    reference = root / ".git" / text.removeprefix("ref: ")
    return reference.read_text(encoding="utf-8").strip() if reference.is_file() else None


def _calibration(held_out: DatasetScores, card: BundleCard, split: Split) -> Calibration:
    scores = held_out.scores
    own = scores.scores[np.arange(len(scores)), scores.true_class]
    by_class = {
        key: tuple(sorted(_by_group(own[scores.true_class == k], scores.group[scores.true_class == k])))
        for k, key in enumerate(scores.classes)
        if key in card.classes
    }
    return Calibration(
        true_class_scores=by_class,
        groups=len(set(scores.group.tolist())),
        level=group_level_of(split),
        temperature=fit_temperature(scores.scores, scores.true_class),
    )


def _by_group(values: np.ndarray, groups: np.ndarray) -> list[float]:
    """Return one score for each independent group: its lowest, so that no group counts twice."""
    return [float(values[groups == g].min()) for g in dict.fromkeys(groups.tolist())]


def _ood(fitted: FittedModel, held_out: DatasetScores) -> OodStatistics | None:
    """Describe where the training windows lie, and how far ordinary records stray from there."""
    if held_out.centres is None:
        return None
    groups = held_out.scores.group_codes
    share = min(_INSIDE, (n := len(np.unique(groups))) / (n + 1))
    cloud = fit_training_cloud(fitted.examples.astype(np.float64))
    limit = held_out_limit(cloud.distance(held_out.centres), groups, share=share)
    return OodStatistics(
        mean=tuple(cloud.mean.tolist()),
        precision=tuple(tuple(row) for row in cloud.precision.tolist()),
        limit=limit.limit,
        share=limit.share,
    )
