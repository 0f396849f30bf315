"""What ``palier evaluate`` and ``palier compare`` do: bundles on records that they have not seen."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from palier.core.split import Fold, Split
from palier.errors import ParameterError
from palier.evaluation.compare import Comparison, Judged, compare_results
from palier.models.bundle import ModelBundle
from palier.models.onnx_predictor import OnnxPredictor
from palier.research.judge import Judgement, judge

if TYPE_CHECKING:
    from palier.data.cache import DerivedCache
    from palier.data.store import Dataset

__all__ = ["compare_bundles", "evaluate_bundle"]


def evaluate_bundle(
    bundle: ModelBundle,
    dataset: "Dataset",
    *,
    split_name: str | None,
    fold_name: str | None = None,
    noise: Sequence[str] = (),
    channel: int = 0,
    seed: int = 0,
    cache: "DerivedCache | None" = None,
    workers: int = 1,
    on_progress: Callable[[int, int], None] | None = None,
) -> Judgement:
    """Judge a bundle on the test side of a split, or on every record of a dataset it was not trained on.

    Raises
    ------
    ParameterError
        If the records asked for were trained on, or the split is another than the bundle's on its own dataset.
    """
    split, fold = _side(bundle, dataset, split_name, fold_name)
    return judge(
        OnnxPredictor.of(bundle), dataset, split=split, fold=fold, sha256=bundle.sha256, noise=noise, seed=seed,
        channel=channel, cache=cache, workers=workers, on_progress=on_progress,
    )  # fmt: skip


def compare_bundles(
    bundles: Sequence[ModelBundle],
    dataset: "Dataset",
    *,
    split_name: str | None,
    fold_name: str | None = None,
    seed: int = 0,
    cache: "DerivedCache | None" = None,
    workers: int = 1,
    on_progress: Callable[[int, int], None] | None = None,
) -> Comparison:
    """Judge bundles on the same records and compare them pair by pair.

    Raises
    ------
    ParameterError
        If there are fewer than two, or one of them has seen the records.
    """
    if len(bundles) < 2:
        raise ParameterError(f"{len(bundles)} bundle to compare; give two or more")
    names: list[str] = []
    for bundle in bundles:
        twin = sum(b.path.name == bundle.path.name for b in bundles) > 1
        names.append(str(bundle.path) if twin else bundle.path.name)
    judged = []
    for number, (name, bundle) in enumerate(zip(names, bundles, strict=True)):

        def advance(done: int, total: int, before: int = number) -> None:
            if on_progress is not None:
                on_progress(before * total + done, len(bundles) * total)

        one = evaluate_bundle(
            bundle, dataset, split_name=split_name, fold_name=fold_name, seed=seed, cache=cache, workers=workers,
            on_progress=advance,
        )  # fmt: skip
        judged.append(Judged(name, one.result, one.scores))
    return compare_results(judged, rng=np.random.default_rng(seed))


def _side(
    bundle: ModelBundle, dataset: "Dataset", split_name: str | None, fold_name: str | None
) -> tuple[Split | None, Fold | None]:
    """Return what to test, and refuse what the bundle has seen."""
    card = bundle.card
    own = card.dataset.get("content_hash") == dataset.card.content_hash
    if split_name is None:
        if own:
            raise ParameterError(
                f"{bundle.path} was trained on this dataset; name its split (--split {card.split['name']}), so that "
                "only records it has not seen are scored"
            )
        return None, None
    split = dataset.split(split_name)
    entry = dataset.card.splits[split_name]
    if own and card.split.get("sha256") not in (None, entry.sha256):
        raise ParameterError(
            f"{bundle.path} was trained on the split {card.split['name']}, and {split_name} parts the records in "
            f"another way: its test side may have been trained on; use --split {card.split['name']}"
        )
    if own and fold_name is None:
        fold_name = str(card.split["fold"])
    if own and fold_name != card.split["fold"]:
        raise ParameterError(
            f"{bundle.path} was trained on the fold {card.split['fold']} of {split_name}; another fold's test side "
            "was trained on"
        )
    return split, split.fold(fold_name)
