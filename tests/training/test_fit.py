from dataclasses import replace

import numpy as np
import pytest

from palier.core.split import Fold, Split
from palier.errors import ParameterError
from palier.training import Recipe, fit


def test_nothing_is_learnt_from_outside_the_training_side(small_dataset) -> None:
    split = small_dataset.split("by-machine")
    fold = split.folds[0]
    recipe = Recipe("knn", select="mutual_information", n_features=8)
    whole = fit(recipe, small_dataset, split, fold=fold, seed=0)
    alone = fit(
        recipe, small_dataset, split, fold=replace(fold, validation=fold.validation[:0], test=fold.test[:1]), seed=0
    )
    assert whole.input == alone.input  # centre, scale and the choice of features
    assert whole.n_records == len(fold.train)
    assert whole.input.width == 8
    np.testing.assert_array_equal(whole.examples, alone.examples)


def test_noise_variants_come_beside_the_clean_windows(small_dataset) -> None:
    split = small_dataset.split("by-machine")
    fold = split.folds[0]
    seen = []
    fitted = fit(
        Recipe("knn", augment=("white:10dB", "gain:3dB"), window_s=1.0), small_dataset, split, fold=fold, seed=0,
        on_progress=lambda done, total: seen.append((done, total)),
    )  # fmt: skip
    assert fitted.n_windows == 3 * 2 * len(fold.train)
    assert seen[-1] == (3 * len(fold.train), 3 * len(fold.train))


def test_a_window_level_split_keeps_its_test_windows_out(small_dataset) -> None:
    rows, none = np.arange(len(small_dataset)), np.zeros(0, np.int64)
    split = Split("leaky", "window", "holdout", (Fold(rows, none, rows),), 0, leaky=True, window_test_share=0.3)
    recipe = Recipe("knn", window_s=0.5)
    fitted = fit(recipe, small_dataset, split, fold=split.folds[0], seed=0)
    kept = sum(int((~split.is_test_window(i, 4)).sum()) for i in small_dataset.index.column("record_id"))
    assert fitted.n_windows == kept < 4 * len(rows)


def test_the_same_seed_gives_the_same_scores_whatever_the_workers(small_dataset) -> None:
    split = small_dataset.split("by-machine")
    told = [
        fit(Recipe("mlp", parameters={"max_iter": 30}), small_dataset, split, fold=split.folds[0], seed=7, workers=w)
        for w in (1, 2)
    ]
    x = told[0].examples
    np.testing.assert_array_equal(told[0].estimator.predict_proba(x), told[1].estimator.predict_proba(x))


def test_what_cannot_be_learnt_from_is_refused(small_dataset) -> None:
    split = small_dataset.split("by-machine")
    fold = split.folds[0]
    healthy = np.flatnonzero(small_dataset.index.column("label") == "healthy")
    with pytest.raises(ParameterError, match="at least two are needed"):
        fit(Recipe("knn"), small_dataset, split, fold=replace(fold, train=healthy), seed=0)
    with pytest.raises(ParameterError, match="no record"):
        fit(Recipe("knn"), small_dataset, split, fold=replace(fold, train=fold.train[:0]), seed=0)
    with pytest.raises(ParameterError, match="shorter than a window"):
        fit(Recipe("knn", window_s=3.0), small_dataset, split, fold=fold, seed=0)
    with pytest.raises(ParameterError, match="channel 1"):
        fit(Recipe("knn", channel=1), small_dataset, split, fold=fold, seed=0)
