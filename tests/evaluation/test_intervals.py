import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from palier.errors import ParameterError
from palier.evaluation.intervals import (
    bootstrap_confusions,
    bootstrap_difference,
    exact_binomial_interval,
    interval_of_draws,
)
from palier.evaluation.metrics import accuracy_of, confusion_matrix


def labels(n: int, *, wrong: float = 0.2, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    true = rng.integers(0, 3, n)
    return true, np.where(rng.random(n) < wrong, (true + 1) % 3, true)


@pytest.mark.parametrize("grouped", [False, True])
def test_draws_have_the_moments_of_a_naive_bootstrap(grouped: bool) -> None:
    true, predicted = labels(60)
    groups = np.random.default_rng(5).integers(0, 12, 60) if grouped else np.arange(60)
    fast = accuracy_of(
        bootstrap_confusions(true, predicted, n_classes=3, groups=groups, n_draws=8000, rng=np.random.default_rng(1))
    )
    rng, naive = np.random.default_rng(2), []
    members = [np.flatnonzero(groups == g) for g in np.unique(groups)]
    for _ in range(8000):
        rows = np.concatenate([members[g] for g in rng.integers(0, len(members), len(members))])
        naive.append(float((true[rows] == predicted[rows]).mean()))
    assert fast.mean() == pytest.approx(np.mean(naive), abs=0.005)
    assert fast.std() == pytest.approx(np.std(naive), rel=0.05)
    np.testing.assert_allclose(np.quantile(fast, (0.025, 0.975)), np.quantile(naive, (0.025, 0.975)), atol=0.02)


def test_whole_groups_are_drawn() -> None:
    true = np.array([0] * 5 + [1] * 7)
    groups = np.array([3] * 5 + [9] * 7)
    draws = bootstrap_confusions(true, true, n_classes=2, groups=groups, n_draws=200, rng=np.random.default_rng(0))
    assert {tuple(np.diag(d)) for d in draws} == {(10, 0), (5, 7), (0, 14)}


def test_one_record_a_group_is_the_bootstrap_by_record() -> None:
    true, predicted = labels(50)
    a = bootstrap_confusions(true, predicted, n_classes=3, n_draws=9, rng=np.random.default_rng(0))
    b = bootstrap_confusions(
        true, predicted, n_classes=3, groups=np.arange(50)[::-1], n_draws=9, rng=np.random.default_rng(0)
    )
    assert np.array_equal(a, b)


def test_many_groups_are_drawn_in_blocks() -> None:
    n = 3000  # two blocks of draws
    true, predicted = labels(2 * n)
    draws = bootstrap_confusions(
        true, predicted, n_classes=3, groups=np.repeat(np.arange(n), 2), n_draws=1000, rng=np.random.default_rng(0)
    )
    assert draws.sum(axis=(1, 2)).tolist() == [2 * n] * 1000
    whole = confusion_matrix(true, predicted, n_classes=3)
    np.testing.assert_allclose(draws.mean(axis=0), whole, rtol=0.05)
    assert len({d.tobytes() for d in draws}) > 990


@given(st.integers(1, 300), st.data())
def test_the_exact_interval_equals_scipy(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    ours = exact_binomial_interval(k, n, unit="record")
    theirs = stats.binomtest(k, n).proportion_ci(0.95, method="exact")
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_with_many_units_the_interval_is_the_percentile_one_and_with_few_it_is_wider() -> None:
    draws = np.random.default_rng(0).standard_normal(20_000)
    plain = interval_of_draws(0.0, draws, unit="record", n_units=100_000)
    np.testing.assert_allclose((plain.low, plain.high), np.quantile(draws, (0.025, 0.975)), atol=0.01)
    few = interval_of_draws(0.0, draws, unit="bearing", n_units=5)
    # t(4) 0.975 quantile is 2.776; times sqrt(5/4)
    assert few.high == pytest.approx(2.776 * np.sqrt(5 / 4), abs=0.15)
    one = interval_of_draws(0.9, draws, unit="bearing", n_units=1)
    assert (one.low, one.high) == (0.0, 1.0)


def test_draws_without_the_class_are_left_out() -> None:
    draws = np.concatenate([np.full(50, np.nan), np.linspace(0.4, 0.6, 51)])
    interval = interval_of_draws(0.5, draws, unit="bearing", n_units=50)
    assert 0.4 <= interval.low < 0.5 < interval.high <= 0.6


@pytest.mark.parametrize(("n_groups", "least"), [(8, 0.88), (20, 0.92)])
def test_intervals_by_group_cover_as_promised_and_by_record_far_too_seldom(n_groups: int, least: float) -> None:
    """Bearings differ (beta-distributed accuracies), each has 20 records; the mean accuracy is 0.8."""
    rng = np.random.default_rng(1)
    rounds, per_group = 400, 20
    groups = np.repeat(np.arange(n_groups), per_group)
    hits = {"bearing": 0, "record": 0}
    for _ in range(rounds):
        accuracy = rng.beta(4, 1, n_groups)
        wrong = (rng.random(n_groups * per_group) >= accuracy[groups]).astype(np.int64)
        true = np.zeros(len(wrong), np.int64)
        for unit in hits:
            draws = accuracy_of(
                bootstrap_confusions(
                    true, wrong, n_classes=2, groups=groups if unit == "bearing" else None, n_draws=600, rng=rng
                )
            )
            n_units = n_groups if unit == "bearing" else len(wrong)
            interval = interval_of_draws(1 - wrong.mean(), draws, unit=unit, n_units=n_units)
            hits[unit] += interval.low <= 0.8 <= interval.high
    assert hits["bearing"] / rounds >= least
    assert hits["record"] / rounds < 0.75


def test_a_difference_equals_the_shares_and_its_interval_those_of_a_naive_bootstrap() -> None:
    rng = np.random.default_rng(3)
    a, b = rng.random(80) < 0.9, rng.random(80) < 0.7
    groups = np.repeat(np.arange(16), 5)
    ours = bootstrap_difference(a, b, groups=groups, unit="bearing", n_draws=8000, rng=np.random.default_rng(0))
    assert ours.value == pytest.approx(a.mean() - b.mean())
    step = (a.astype(int) - b.astype(int)).reshape(16, 5).mean(axis=1)
    naive = step[rng.integers(0, 16, (8000, 16))].mean(axis=1)
    tail = stats.norm.cdf(np.sqrt(16 / 15) * stats.t.ppf(0.025, 15))
    np.testing.assert_allclose((ours.low, ours.high), np.quantile(naive, (tail, 1 - tail)), atol=0.015)
    swapped = bootstrap_difference(b, a, groups=groups, unit="bearing", n_draws=8000, rng=np.random.default_rng(0))
    assert swapped.value == -ours.value
    one = bootstrap_difference(a, b, groups=np.zeros(80, int), rng=rng)
    assert (one.low, one.high) == (-1.0, 1.0)


def test_the_same_generator_gives_the_same_interval() -> None:
    true, predicted = labels(100)
    first, second = (
        bootstrap_confusions(true, predicted, n_classes=3, n_draws=50, rng=np.random.default_rng(4)) for _ in range(2)
    )
    assert np.array_equal(first, second)


def test_what_cannot_be_is_refused() -> None:
    nothing = np.zeros(0, np.int64)
    with pytest.raises(ParameterError, match="at least one"):
        bootstrap_confusions(nothing, nothing, n_classes=2, rng=np.random.default_rng(0))
    with pytest.raises(ParameterError, match="5 of 4"):
        exact_binomial_interval(5, 4, unit="record")
    with pytest.raises(ParameterError, match="confidence"):
        interval_of_draws(0.5, np.ones(3), unit="record", n_units=3, confidence=95)
    with pytest.raises(ParameterError, match="the same ones"):
        bootstrap_difference(np.ones(2, bool), np.ones(3, bool), rng=np.random.default_rng(0))
