import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import mahalanobis
from scipy.special import logsumexp, softmax
from sklearn.covariance import LedoitWolf

from palier.errors import ParameterError
from palier.evaluation.ood import energy_score, fit_training_cloud, held_out_limit


@given(st.integers(1, 30), st.integers(2, 6), st.floats(0.2, 5), st.integers(0, 99))
def test_the_energy_equals_scipy(n: int, k: int, temperature: float, seed: int) -> None:
    logits = 5 * np.random.default_rng(seed).standard_normal((n, k))
    ours = energy_score(logits, temperature=temperature)
    np.testing.assert_allclose(ours, -temperature * logsumexp(logits / temperature, axis=1), atol=1e-9)
    np.testing.assert_allclose(energy_score(logits + 3.0, temperature=temperature), ours - 3.0, atol=1e-9)


def test_probabilities_have_no_energy_and_are_refused() -> None:
    p = softmax(np.random.default_rng(0).standard_normal((9, 3)), axis=1)
    for rows in (p, np.log(p)):
        with pytest.raises(ParameterError, match="raw outputs"):
            energy_score(rows)
    with pytest.raises(ParameterError, match="finite"):
        energy_score(np.array([[np.inf, 0.0]]))


@pytest.mark.parametrize(("n", "p"), [(200, 5), (20, 40), (60, 60)])
def test_shrinkage_and_distance_equal_scikit_learn_and_scipy(n: int, p: int) -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((n, p)) @ rng.standard_normal((p, p))
    cloud, oracle = fit_training_cloud(x), LedoitWolf().fit(x)
    assert cloud.shrinkage == pytest.approx(oracle.shrinkage_)
    np.testing.assert_allclose(cloud.precision, oracle.precision_, rtol=1e-6, atol=1e-9)
    new = rng.standard_normal((4, p))
    theirs = [mahalanobis(row, oracle.location_, oracle.precision_) for row in new]
    np.testing.assert_allclose(cloud.distance(new), theirs)


def test_the_limit_holds_for_new_ordinary_records_and_catches_strange_ones() -> None:
    rng = np.random.default_rng(1)
    outside = []
    for _ in range(200):
        cloud = fit_training_cloud(rng.standard_normal((80, 6)))
        limit = held_out_limit(cloud.distance(rng.standard_normal((39, 6))), np.arange(39), share=0.9)
        outside.append(limit.is_outside(cloud.distance(rng.standard_normal((20, 6)))).mean())
    assert np.mean(outside) == pytest.approx(0.1, abs=0.02)
    assert limit.is_outside(cloud.distance(np.full((1, 6), 4.0))).all()


def test_a_group_counts_once_however_many_records_it_has() -> None:
    values = np.arange(1.0, 31.0)
    once = held_out_limit(values, np.arange(30), share=0.9)
    many = held_out_limit(np.repeat(values, 7), np.repeat(np.arange(30), 7), share=0.9)
    assert many == once
    # the naive conformal quantile: the ceil((n+1)·share)-th of n
    assert once.limit == values[int(np.ceil(31 * 0.9)) - 1]


def test_too_few_groups_for_the_share_are_refused_with_what_is_needed() -> None:
    with pytest.raises(ParameterError, match="hold out 19 groups"):
        held_out_limit(np.arange(60.0), np.arange(60) % 9, share=0.95)
    assert held_out_limit(np.arange(19.0), np.arange(19), share=0.95).limit == 18.0


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ParameterError):
        fit_training_cloud(np.ones((5, 3)))
    with pytest.raises(ParameterError):
        fit_training_cloud(np.ones((1, 3)))
    with pytest.raises(ParameterError):
        fit_training_cloud(np.random.default_rng(0).random((9, 3))).distance(np.ones((1, 2)))
    with pytest.raises(ParameterError):
        held_out_limit(np.ones(2), np.arange(3))
