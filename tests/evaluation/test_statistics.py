from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from palier.errors import ParameterError
from palier.evaluation.statistics import holm, mcnemar_exact, seed_spread, wilcoxon_signed_rank

flags = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=0, max_size=60)


@given(flags)
def test_mcnemar_equals_the_binomial_test_of_the_records_that_differ(rows: list[tuple[bool, bool]]) -> None:
    a, b = np.array([r[0] for r in rows], bool), np.array([r[1] for r in rows], bool)
    ours = mcnemar_exact(a, b)
    n = ours.only_a + ours.only_b
    assert n == int((a != b).sum())
    assert ours.p_value == pytest.approx(stats.binomtest(ours.only_a, n).pvalue if n else 1.0)
    turned = mcnemar_exact(b, a)
    assert (turned.only_a, turned.only_b, turned.p_value) == (ours.only_b, ours.only_a, ours.p_value)


@given(st.lists(st.integers(-4, 4), min_size=1, max_size=11))
def test_the_signed_rank_test_equals_all_sign_patterns_with_ties(steps: list[int]) -> None:
    ours = wilcoxon_signed_rank(np.array(steps) / 100)
    moved = np.array([s for s in steps if s])
    if not len(moved):
        assert ours.p_value == 1.0
        return
    rank = stats.rankdata(np.abs(moved))
    seen = rank[moved > 0].sum()
    middle = rank.sum() / 2
    every = np.array([np.dot(rank, signs) for signs in product((0, 1), repeat=len(moved))])
    assert ours.statistic == pytest.approx(seen)
    assert ours.p_value == pytest.approx(np.mean(np.abs(every - middle) >= abs(seen - middle) - 1e-9))


@pytest.mark.parametrize("n", [5, 12, 25, 45])
def test_the_signed_rank_test_equals_scipy_without_ties(n: int) -> None:
    d = np.random.default_rng(n).standard_normal(n) + 0.3
    ours = wilcoxon_signed_rank(d)
    assert ours.exact
    assert ours.p_value == pytest.approx(stats.wilcoxon(d, method="exact").pvalue)


def test_with_many_seeds_the_signed_rank_test_equals_scipys_approximation() -> None:
    d = np.round(np.random.default_rng(0).standard_normal(120) + 0.1, 1)
    ours = wilcoxon_signed_rank(d)
    assert not ours.exact
    theirs = stats.wilcoxon(d, method="asymptotic", zero_method="wilcox", correction=False).pvalue
    assert ours.p_value == pytest.approx(theirs)


def test_fewer_than_ten_seeds_make_no_claim_whatever_the_p_value() -> None:
    nine, ten = wilcoxon_signed_rank(np.arange(1.0, 10.0)), wilcoxon_signed_rank(np.arange(1.0, 11.0))
    assert nine.p_value < 0.01
    assert not nine.claim_possible
    assert "no claim can be made with fewer than 10" in nine.text
    assert ten.claim_possible
    assert "no claim" not in ten.text


def closed_testing(p: list[float]) -> list[float]:
    """Holm is the closure of Bonferroni: a claim stands if every intersection that holds it is rejected."""
    m = len(p)
    every = [s for size in range(1, m + 1) for s in combinations(range(m), size)]
    return [max(min(1.0, len(s) * min(p[j] for j in s)) for s in every if i in s) for i in range(m)]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=7))
def test_holm_is_the_closure_of_bonferroni(p: list[float]) -> None:
    np.testing.assert_allclose(holm(p), closed_testing(p))


def test_holm_keeps_the_chance_of_any_false_claim() -> None:
    rng = np.random.default_rng(0)
    false = sum(bool((holm(rng.random(6)) < 0.05).any()) for _ in range(4000))
    assert false / 4000 == pytest.approx(0.05, abs=0.012)
    assert len(holm([])) == 0


def test_the_spread_over_seeds() -> None:
    values = [0.97, 0.99, 0.98, 0.995]
    s = seed_spread(values)
    assert (s.n, s.mean, s.lowest, s.highest) == (4, pytest.approx(np.mean(values)), 0.97, 0.995)
    assert s.standard_deviation == pytest.approx(np.std(values, ddof=1))
    assert s.spread == pytest.approx(0.025)
    assert seed_spread([0.5]).standard_deviation is None


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ParameterError):
        holm([0.1, 1.2])
    with pytest.raises(ParameterError):
        seed_spread([])
    with pytest.raises(ParameterError):
        wilcoxon_signed_rank(np.array([0.1, np.nan]))
    with pytest.raises(ParameterError):
        mcnemar_exact(np.ones(2, bool), np.ones(3, bool))
