import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from palier.errors import ParameterError
from palier.evaluation.calibration import (
    apply_temperature,
    brier_score,
    expected_calibration_error,
    fit_temperature,
    reliability_curve,
    risk_coverage,
)
from palier.evaluation.metrics import log_loss


def truthful(n: int, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Scores that mean what they say."""
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.full(4, 0.5), n)
    return p, (p.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)


def test_the_reliability_curve_equals_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    confidence = rng.random(500)
    correct = rng.random(500) < confidence
    bins = reliability_curve(confidence, correct, n_bins=10)
    right, mean = calibration_curve(correct, confidence, n_bins=10)
    np.testing.assert_allclose([b.accuracy for b in bins], right)
    np.testing.assert_allclose([b.confidence for b in bins], mean)
    assert sum(b.n for b in bins) == 500


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60), st.integers(1, 20))
def test_the_calibration_error_equals_a_naive_loop(rows: list[tuple[float, bool]], n_bins: int) -> None:
    confidence, correct = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
    naive = 0.0
    for b in range(n_bins):
        inside = (confidence * n_bins > b) & (confidence * n_bins <= b + 1)
        if b == 0:
            inside |= confidence == 0
        if inside.any():
            naive += inside.mean() * abs(correct[inside].mean() - confidence[inside].mean())
    ours = expected_calibration_error(confidence, correct, n_bins=n_bins)
    assert ours == pytest.approx(naive, abs=1e-12)
    assert 0 <= ours <= 1


def test_truthful_scores_have_a_small_error_and_overconfident_ones_the_known_one() -> None:
    p, true = truthful(50_000)
    assert expected_calibration_error(p.max(axis=1), p.argmax(axis=1) == true) < 0.01
    always = expected_calibration_error(np.full(1000, 0.95), np.arange(1000) % 2 == 0)
    assert always == pytest.approx(0.45)


def test_brier_equals_scikit_learn() -> None:
    p, true = truthful(300)
    theirs = brier_score_loss(true, p, labels=np.arange(4), scale_by_half=False)
    assert brier_score(p, true) == pytest.approx(theirs)
    assert brier_score(np.array([[0.0, 1.0]]), np.array([0])) == 2.0


@given(st.floats(0.2, 5.0))
def test_a_temperature_is_undone_by_its_inverse_and_moves_no_class(temperature: float) -> None:
    p, _ = truthful(50)
    p = np.clip(p, 1e-12, None)
    p /= p.sum(axis=1, keepdims=True)
    changed = apply_temperature(p, temperature)
    np.testing.assert_allclose(apply_temperature(changed, 1 / temperature), p, atol=1e-9)
    assert np.array_equal(changed.argmax(axis=1), p.argmax(axis=1))
    np.testing.assert_allclose(changed.sum(axis=1), 1)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_the_fitted_temperature_undoes_a_known_one_and_is_the_best_of_a_fine_grid(temperature: float) -> None:
    p, true = truthful(20_000, seed=1)
    spoiled = apply_temperature(p, 1 / temperature)
    fitted = fit_temperature(spoiled, true)
    assert fitted == pytest.approx(temperature, rel=0.05)
    grid = np.geomspace(0.06, 19, 300)
    losses = [log_loss(apply_temperature(spoiled, t), true) for t in grid]
    assert log_loss(apply_temperature(spoiled, fitted), true) <= min(losses) + 1e-9


def test_when_every_answer_is_right_the_temperature_stays_in_its_range() -> None:
    assert 0.05 <= fit_temperature(np.full((20, 2), (0.7, 0.3)), np.zeros(20, int)) < 0.06


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=50))
def test_risk_and_coverage_equal_a_naive_loop_whatever_the_order(rows: list[tuple[int, bool]]) -> None:
    confidence, correct = np.array([r[0] / 10 for r in rows]), np.array([r[1] for r in rows])
    curve = risk_coverage(confidence, correct)
    levels = sorted(set(confidence), reverse=True)
    naive = [(np.mean(confidence >= v), np.mean(~correct[confidence >= v])) for v in levels]
    np.testing.assert_allclose(curve.coverage, [c for c, _ in naive])
    np.testing.assert_allclose(curve.risk, [r for _, r in naive])
    assert curve.risk[-1] == pytest.approx(1 - correct.mean())
    each = [np.mean(~correct[confidence >= c]) for c in confidence]
    assert curve.area == pytest.approx(np.mean(each))
    turned = risk_coverage(confidence[::-1], correct[::-1])
    np.testing.assert_allclose(turned.risk, curve.risk)


def test_the_coverage_at_a_risk() -> None:
    curve = risk_coverage(np.array([0.9, 0.8, 0.7, 0.6]), np.array([True, True, False, True]))
    assert curve.coverage_at(0.25) == 1.0
    assert curve.coverage_at(0.2) == 0.5
    assert risk_coverage(np.array([0.9]), np.array([False])).coverage_at(0.5) == 0.0


def test_what_cannot_be_is_refused() -> None:
    nothing = np.zeros(0)
    with pytest.raises(ParameterError):
        expected_calibration_error(nothing, nothing.astype(bool))
    with pytest.raises(ParameterError):
        reliability_curve(np.array([1.2]), np.array([True]))
    with pytest.raises(ParameterError):
        brier_score(np.zeros((0, 2)), np.zeros(0, int))
    with pytest.raises(ParameterError):
        fit_temperature(np.zeros((0, 2)), np.zeros(0, int))
    with pytest.raises(ParameterError):
        apply_temperature(np.ones((1, 1)), 0.0)
    with pytest.raises(ParameterError):
        risk_coverage(nothing, nothing.astype(bool))
