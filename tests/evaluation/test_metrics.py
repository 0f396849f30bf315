import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as oracle

from palier.errors import ParameterError
from palier.evaluation.metrics import (
    Curve,
    accuracy_of,
    average_precision,
    class_f1,
    class_precision,
    class_recall,
    confusion_matrix,
    log_loss,
    macro_f1_of,
    one_vs_rest,
    precision_recall_curve,
    roc_auc,
    roc_curve,
    thinned,
)

cases = st.tuples(st.integers(2, 6), st.integers(1, 80), st.integers(0, 10_000))


def drawn(case: tuple[int, int, int]) -> tuple[int, np.ndarray, np.ndarray]:
    k, n, seed = case
    rng = np.random.default_rng(seed)
    # some classes never occur, others are never predicted
    return k, rng.integers(0, rng.integers(1, k + 1), n), rng.integers(0, rng.integers(1, k + 1), n)


@given(cases)
def test_counts_and_class_figures_equal_scikit_learn(case: tuple[int, int, int]) -> None:
    k, true, predicted = drawn(case)
    table = confusion_matrix(true, predicted, n_classes=k)
    assert np.array_equal(table, oracle.confusion_matrix(true, predicted, labels=np.arange(k)))
    p, r, f, support = oracle.precision_recall_fscore_support(
        true, predicted, labels=np.arange(k), zero_division=np.nan
    )
    np.testing.assert_allclose(class_precision(table), p)
    np.testing.assert_allclose(class_recall(table), r)
    np.testing.assert_allclose(class_f1(table), f)
    assert table.sum(axis=1).tolist() == support.tolist()
    assert accuracy_of(table) == pytest.approx(oracle.accuracy_score(true, predicted))
    present = np.unique(true)
    assert macro_f1_of(table) == pytest.approx(
        oracle.f1_score(true, predicted, labels=present, average="macro", zero_division=0)
    )


@given(cases, st.integers(0, 1000))
def test_the_order_of_the_records_and_the_names_of_the_classes_do_not_matter(
    case: tuple[int, int, int], seed: int
) -> None:
    k, true, predicted = drawn(case)
    rng = np.random.default_rng(seed)
    order, renamed = rng.permutation(len(true)), rng.permutation(k)
    table = confusion_matrix(true, predicted, n_classes=k)
    assert np.array_equal(table, confusion_matrix(true[order], predicted[order], n_classes=k))
    other = confusion_matrix(renamed[true], renamed[predicted], n_classes=k)
    assert accuracy_of(other) == pytest.approx(accuracy_of(table))
    assert macro_f1_of(other) == pytest.approx(macro_f1_of(table))
    np.testing.assert_allclose(class_f1(other)[renamed], class_f1(table))


def test_figures_of_many_matrices_equal_one_at_a_time() -> None:
    tables = np.random.default_rng(0).integers(0, 4, (3, 5, 4, 4))
    tables[0, 0] = 0
    for figure in (accuracy_of, macro_f1_of, class_precision, class_recall, class_f1):
        together = figure(tables)
        apart = np.array([[figure(t) for t in row] for row in tables])
        np.testing.assert_allclose(together, apart)
    assert np.isnan(accuracy_of(tables)[0, 0])
    assert np.isnan(macro_f1_of(tables)[0, 0])


scored = st.tuples(st.integers(2, 120), st.integers(0, 10_000), st.integers(1, 8))


@given(scored)
def test_areas_and_curves_equal_scikit_learn_with_ties(case: tuple[int, int, int]) -> None:
    n, seed, levels = case
    rng = np.random.default_rng(seed)
    positive = rng.random(n) < 0.4
    positive[:2] = True, False
    score = rng.integers(0, levels, n) / levels
    assert roc_auc(positive, score) == pytest.approx(oracle.roc_auc_score(positive, score))
    assert average_precision(positive, score) == pytest.approx(oracle.average_precision_score(positive, score))
    fpr, tpr, _ = oracle.roc_curve(positive, score, drop_intermediate=False)
    ours = roc_curve(positive, score)
    np.testing.assert_allclose(ours.x, fpr)
    np.testing.assert_allclose(ours.y, tpr)
    assert np.trapezoid(ours.y, ours.x) == pytest.approx(roc_auc(positive, score))
    precision, recall, _ = oracle.precision_recall_curve(positive, score)
    pr = precision_recall_curve(positive, score)
    np.testing.assert_allclose(pr.x[::-1], recall[:-1])
    np.testing.assert_allclose(pr.y[::-1], precision[:-1])


def test_areas_of_several_classes_equal_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    true, scores = rng.integers(0, 4, 300), rng.dirichlet(np.ones(4), 300)
    roc, pr = one_vs_rest(scores, true)
    assert roc.mean() == pytest.approx(oracle.roc_auc_score(true, scores, multi_class="ovr", average="macro"))
    assert pr.mean() == pytest.approx(oracle.average_precision_score(np.eye(4)[true], scores, average="macro"))


def test_areas_of_a_class_that_never_or_always_occurs_are_undefined() -> None:
    always = np.ones(3, bool)
    assert np.isnan(roc_auc(always, np.arange(3.0)))
    assert np.isnan(roc_auc(~always, np.arange(3.0)))
    assert np.isnan(average_precision(~always, np.arange(3.0)))
    assert average_precision(always, np.arange(3.0)) == 1.0
    with pytest.raises(ParameterError, match="one kind only"):
        roc_curve(always, np.arange(3.0))
    with pytest.raises(ParameterError, match="none"):
        precision_recall_curve(~always, np.arange(3.0))


def test_log_loss_equals_scikit_learn_and_stays_finite() -> None:
    rng = np.random.default_rng(1)
    true, scores = rng.integers(0, 5, 200), rng.dirichlet(np.ones(5), 200)
    assert log_loss(scores, true) == pytest.approx(oracle.log_loss(true, scores, labels=np.arange(5)))
    assert log_loss(np.array([[1.0, 0.0]]), np.array([1])) == pytest.approx(36.04, abs=0.01)
    with pytest.raises(ParameterError):
        log_loss(np.zeros((0, 2)), np.zeros(0, int))


@given(st.integers(2, 400), st.integers(2, 50), st.integers(0, 99))
def test_a_thinned_curve_keeps_its_ends_and_only_points_of_the_curve(n: int, points: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    curve = Curve(np.sort(rng.random(n)), np.sort(rng.random(n)))
    kept = thinned(curve, points=points)
    assert len(kept.x) <= max(points, 2)
    assert (kept.x[0], kept.y[0], kept.x[-1], kept.y[-1]) == (curve.x[0], curve.y[0], curve.x[-1], curve.y[-1])
    assert set(zip(kept.x, kept.y, strict=True)) <= set(zip(curve.x, curve.y, strict=True))
    assert np.all(np.diff(kept.x) >= 0)


def test_what_is_no_class_is_refused() -> None:
    with pytest.raises(ParameterError, match="allowed are 0 to 1"):
        confusion_matrix(np.array([0, 2]), np.array([0, 1]), n_classes=2)
    with pytest.raises(ParameterError, match="one for each record"):
        confusion_matrix(np.array([0]), np.array([0, 1]), n_classes=2)
    with pytest.raises(ParameterError, match="points"):
        thinned(Curve(np.zeros(3), np.zeros(3)), points=1)
