"""The leaky column, cross-validation, noise shifts, and what a trial writes."""

from dataclasses import replace

import numpy as np
import pytest

from palier.core.split import Fold, Split
from palier.data import open_dataset
from palier.data.build import build_dataset
from palier.data.split import SplitRequest, make_split
from palier.errors import OutputError
from palier.models.onnx_predictor import OnnxPredictor
from palier.research.experiments.noise_table import NoiseTable, run_noise_table, spread
from palier.research.judge import cross_validate, judge, leaky_split
from palier.research.training_run import TrainingRun, run_training
from palier.research.trial import run_trial
from palier.simulate import DatasetSpec, JournalSource
from palier.training import Recipe

KNN = Recipe("knn")


@pytest.fixture(scope="module")
def few_machines(tmp_path_factory):
    """Six machines with four records each of two classes: a split by record leaks."""
    spec = DatasetSpec(records_per_class=24, machines=6, duration_s=1.0, seed=3, faults=("healthy", "imbalance"))
    dataset = build_dataset(JournalSource(spec), tmp_path_factory.mktemp("few") / "few")
    dataset.add_split(make_split(dataset.index, SplitRequest("folds", kind="kfold", folds=3)))
    return open_dataset(dataset.path)


def test_the_leaky_split_is_of_windows_where_records_have_several(few_machines) -> None:
    split = few_machines.split("folds")
    assert split.level == "bearing"
    leaky = leaky_split(few_machines, split, recipe=KNN, window=4096, hop=4096)
    assert leaky is not None
    assert leaky.level == "window"
    assert leaky.leaky
    records = leaky_split(few_machines, split, recipe=KNN, window=20_480, hop=20_480)
    assert records is not None
    assert records.level == "record"
    machines = few_machines.index.column("bearing")
    fold = records.folds[0]
    assert set(machines[fold.train]) & set(machines[fold.test])
    assert not set(fold.train.tolist()) & set(fold.test.tolist())


def test_there_is_no_leaky_column_where_nothing_can_leak(small_dataset) -> None:
    split = small_dataset.split("by-machine")
    assert leaky_split(small_dataset, split, recipe=KNN, window=40_960, hop=40_960) is None


def test_cross_validation_tests_every_record_once_with_its_own_fold(few_machines) -> None:
    split = few_machines.split("folds")
    judged = cross_validate(KNN, few_machines, split, seed=0)
    assert sorted(judged.scores.record_id) == sorted(few_machines.index.column("record_id"))
    assert judged.result.group_level == "bearing"
    assert judged.result.n_groups == 6


def test_a_fold_that_shifts_by_noise_is_heard_through_it(small_dataset) -> None:
    split = small_dataset.split("by-machine")
    fold = split.folds[0]
    trial = run_trial(Recipe("extra_trees", parameters={"n_estimators": 40}), small_dataset, split, fold=fold, seed=0)
    clean = judge(trial.predictor, small_dataset, split=split, fold=fold).scores
    shifted = replace(fold, name="noise=white:-10dB")
    noisy = judge(trial.predictor, small_dataset, split=replace(split, folds=(shifted,)), fold=shifted).scores
    assert noisy.correct.mean() < clean.correct.mean()
    named = judge(trial.predictor, small_dataset, split=split, fold=fold, noise=("white:-10dB",)).result
    assert named.noise[-1].accuracy.value == noisy.correct.mean()


def test_a_record_of_an_unknown_class_is_judged_wrong(small_dataset) -> None:
    labels = small_dataset.index.column("label")
    split = small_dataset.split("by-machine")
    fold = split.folds[0]
    without = fold.train[labels[fold.train] != "cavitation"]
    trial = run_trial(KNN, small_dataset, split, fold=replace(fold, train=without, validation=fold.test[:0]), seed=0)
    judged = judge(trial.predictor, small_dataset, split=split, fold=fold)
    missing = int((labels[fold.test] == "cavitation").sum())
    assert judged.unknown == missing
    assert len(judged.scores) == len(fold.test)
    assert judged.result.figures.accuracy.value <= 1 - missing / len(fold.test)
    assert any(c.key == "unknown_classes" for c in judged.result.cautions)
    assert trial.card.calibration is None


def test_windows_of_the_test_side_only_are_scored_under_a_leaky_split(few_machines) -> None:
    rows, none = np.arange(len(few_machines)), np.zeros(0, np.int64)
    split = Split("w", "window", "holdout", (Fold(rows, none, rows),), 0, leaky=True, window_test_share=0.25)
    trial = run_trial(Recipe("knn", window_s=0.2), few_machines, split, fold=split.folds[0], seed=0)
    judged = judge(trial.predictor, few_machines, split=split, fold=split.folds[0])
    ids = few_machines.index.column("record_id")
    assert judged.result.windows.n_windows == sum(int(split.is_test_window(str(i), 5).sum()) for i in ids)
    assert any(c.key == "leaky_split" for c in judged.result.cautions)


def test_a_run_refuses_before_it_trains(small_dataset, small_bundle) -> None:
    run = TrainingRun(KNN, "by-machine", None, seed=0)
    with pytest.raises(OutputError, match="exists already"):
        run_training(run, small_dataset, out=small_bundle.path)


def test_scores_do_not_depend_on_cache_or_workers(small_dataset, small_bundle, tmp_path) -> None:
    from palier.data.cache import DerivedCache

    split = small_dataset.split("by-machine")
    predictor = OnnxPredictor.of(small_bundle)
    cache = DerivedCache(tmp_path / "cache")
    told = [
        judge(predictor, small_dataset, split=split, fold=split.folds[0], noise=("white:5dB",), cache=c, workers=w)
        for c, w in ((None, 1), (cache, 1), (cache, 1), (None, 2))
    ]
    for other in told[1:]:
        np.testing.assert_array_equal(other.scores.scores, told[0].scores.scores)
        assert other.result.noise == told[0].result.noise
    assert cache.info().n_entries > 0


def test_the_noise_table_has_a_row_for_everything(small_dataset) -> None:
    table = NoiseTable(("knn",), (0, 1), ("clean", "white:0dB"), ((), ("white:0dB",)))
    rows = list(run_noise_table(table, small_dataset, small_dataset.split("by-machine"), cache=None))
    assert len(rows) == 8
    assert [r.noise for r in rows[:2]] == ["clean", "white:0dB"]
    mean, width = spread([r for r in rows if r.noise == "clean" and not r.augmented])
    assert 0 <= width <= mean <= 1
