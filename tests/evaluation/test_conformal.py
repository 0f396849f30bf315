import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.errors import ParameterError
from palier.evaluation.conformal import (
    calibrate_conformal,
    conformal_from_true_scores,
    exchangeability_martingale,
    first_alarm,
)

CLASSES = ("healthy", "wear", "oil_whirl")


def drawn(
    n_groups: int, per_group: int, rng: np.random.Generator, *, within: float = 1.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Groups (bearings) of one class each; the groups differ in how hard they are, not only their records."""
    true = np.repeat(rng.integers(0, 3, n_groups), per_group)
    hard = np.repeat(rng.standard_normal(n_groups), per_group)
    logits = within * rng.standard_normal((len(true), 3)) + (1.5 + hard)[:, None] * np.eye(3)[true]
    p = np.exp(logits)
    return p / p.sum(axis=1, keepdims=True), true, np.repeat(np.arange(n_groups), per_group)


@given(st.integers(1, 25), st.integers(1, 4), st.integers(0, 999))
def test_p_values_equal_a_naive_count(n_groups: int, per_group: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    p, true, groups = drawn(n_groups, per_group, rng)
    fitted = calibrate_conformal(p, true, groups, classes=CLASSES, level="bearing")
    new = drawn(3, 1, rng)[0]
    ours = fitted.p_values(new)
    for i, row in enumerate(new):
        for k in range(3):
            members = np.unique(groups[true == k])
            share = [np.mean(p[(groups == g) & (true == k), k] <= row[k] + 1e-12) for g in members]
            assert ours[i, k] == pytest.approx((1 + sum(share)) / (len(members) + 1))


@pytest.mark.parametrize("kind", ["mondrian", "marginal"])
@pytest.mark.parametrize("per_group", [1, 10])
def test_records_of_new_groups_are_missed_no_more_often_than_promised(kind: str, per_group: int) -> None:
    rng = np.random.default_rng(3)
    alpha, missed, n = 0.2, np.zeros(3), np.zeros(3)
    for _ in range(250):
        fitted = calibrate_conformal(*drawn(40, per_group, rng), classes=CLASSES, level="bearing", kind=kind)
        p, true, _groups = drawn(20, 1, rng)
        sets = fitted.sets(p, alpha=alpha)
        out = ~sets.members[np.arange(len(true)), true]
        missed += np.bincount(true, weights=out, minlength=3)
        n += np.bincount(true, minlength=3)
    # three standard deviations of 250 calibrations, each of which misses by its own share
    assert missed.sum() / n.sum() < alpha + 0.015
    assert missed.sum() / n.sum() > 0.12  # and the sets are not simply everything
    if kind == "mondrian":
        assert np.all(missed / n < alpha + 0.025)


def test_windows_taken_for_groups_promise_what_nine_bearings_cannot_keep() -> None:
    """Why calibration groups are records or bearings: nine bearings with 50 windows each are nine, not 450."""
    rng = np.random.default_rng(0)
    missed = {"bearing": 0.0, "window": 0.0}
    for _ in range(300):
        p, true, groups = drawn(9, 50, rng, within=0.2)
        new, new_true, _ = drawn(20, 1, rng, within=0.2)
        for level in missed:
            own = groups if level == "bearing" else np.arange(len(p))
            fitted = calibrate_conformal(p, true, own, classes=CLASSES, level=level, kind="marginal")
            members = fitted.sets(new, alpha=0.01).members
            missed[level] += float(np.mean(~members[np.arange(20), new_true])) / 300
    assert missed["bearing"] == 0.0  # nothing is ruled out, and the answer says why
    assert missed["window"] > 0.03  # promised: 0.01


def test_nine_bearings_promise_ninety_per_cent_and_no_more() -> None:
    rng = np.random.default_rng(0)
    p, true, groups = drawn(9, 4, rng)
    fitted = calibrate_conformal(p, true, groups, classes=CLASSES, level="bearing", kind="marginal")
    assert fitted.smallest_alpha == pytest.approx(0.1)
    assert fitted.sets(p, alpha=0.1).reason is None
    refused = fitted.sets(p, alpha=0.05)
    assert refused.members.all()
    assert refused.always == CLASSES
    assert refused.reason is not None
    assert "19 calibration groups (bearings)" in refused.reason
    assert "10 % is the least" in refused.reason


def test_a_class_with_too_few_groups_is_always_in_the_set_and_the_others_are_not() -> None:
    few = {"healthy": [0.9] * 30, "wear": [0.9] * 30, "oil_whirl": [0.9] * 2}
    fitted = conformal_from_true_scores(few, classes=CLASSES, level="record")
    sets = fitted.sets(np.array([[0.95, 0.04, 0.01]]), alpha=0.1)
    assert sets.members.tolist() == [[True, False, True]]
    assert sets.always == ("oil_whirl",)
    assert "oil_whirl has as few as 2" in str(sets.reason)


def test_a_record_like_no_class_has_an_empty_set() -> None:
    fitted = conformal_from_true_scores({c: [0.99] * 30 for c in CLASSES}, classes=CLASSES, level="record")
    assert not fitted.sets(np.array([[0.4, 0.3, 0.3]]), alpha=0.1).members.any()


@given(st.floats(0.01, 0.5), st.floats(0.01, 0.5))
def test_a_smaller_share_of_misses_gives_a_larger_set(a: float, b: float) -> None:
    p, true, groups = drawn(40, 2, np.random.default_rng(1))
    fitted = calibrate_conformal(p, true, groups, classes=CLASSES, level="bearing")
    strict, loose = (fitted.sets(p, alpha=v).members for v in (min(a, b), max(a, b)))
    assert np.all(strict >= loose)


def test_a_group_counts_once_however_many_records_it_has() -> None:
    p, true, groups = drawn(12, 1, np.random.default_rng(1))
    once = calibrate_conformal(p, true, groups, classes=CLASSES, level="bearing")
    twice = calibrate_conformal(
        np.repeat(p, 5, axis=0), np.repeat(true, 5), np.repeat(groups, 5), classes=CLASSES, level="bearing"
    )
    new = drawn(9, 1, np.random.default_rng(2))[0]
    np.testing.assert_allclose(once.p_values(new), twice.p_values(new))


def test_an_unchanged_machine_raises_an_alarm_no_more_often_than_stated_and_a_changed_one_soon() -> None:
    rng = np.random.default_rng(0)
    false = [
        first_alarm(exchangeability_martingale(rng.random(60), rng.random(300), rng=rng), false_alarm=0.05)
        for _ in range(200)
    ]
    assert sum(f is not None for f in false) / 200 <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)
    delays = []
    for _ in range(20):
        stream = np.concatenate([rng.random(100), 0.7 + rng.random(150)])
        alarm = first_alarm(exchangeability_martingale(rng.random(60), stream, rng=rng), false_alarm=0.01)
        assert alarm is not None
        delays.append(alarm - 100)
    assert 0 < np.median(delays) < 40


def test_equal_values_bet_nothing_on_the_order() -> None:
    rng = np.random.default_rng(0)
    path = exchangeability_martingale(np.zeros(50), np.zeros(400), rng=rng)
    assert path.max() < 1.5
    naive = exchangeability_martingale(np.arange(5.0), np.arange(3.0), rng=np.random.default_rng(1))
    again = exchangeability_martingale(np.arange(5.0)[::-1], np.arange(3.0), rng=np.random.default_rng(1))
    assert np.array_equal(naive, again)


def test_the_capital_equals_a_naive_ranking() -> None:
    rng = np.random.default_rng(4)
    calibration, observed = rng.random(20), rng.random(30)
    path = exchangeability_martingale(calibration, observed, rng=np.random.default_rng(9), jump=0.05)
    tie = np.random.default_rng(9).random(30)
    capital, seen = {-1.0: 1 / 3, 0.0: 1 / 3, 1.0: 1 / 3}, list(calibration)
    for i, v in enumerate(observed):
        seen.append(v)
        p = (sum(s > v for s in seen) + tie[i] * sum(s == v for s in seen)) / len(seen)
        total = sum(capital.values())
        capital = {e: (0.95 * c + 0.05 * total / 3) * (1 + e * (p - 0.5)) for e, c in capital.items()}
        assert path[i] == pytest.approx(np.log10(sum(capital.values())))


def test_what_cannot_be_is_refused() -> None:
    rng = np.random.default_rng(0)
    p, true, groups = drawn(5, 1, rng)
    fitted = calibrate_conformal(p, true, groups, classes=CLASSES, level="record")
    with pytest.raises(ParameterError, match="alpha"):
        fitted.sets(p, alpha=0.0)
    with pytest.raises(ParameterError, match="shape"):
        fitted.p_values(np.ones((2, 2)))
    with pytest.raises(ParameterError, match="at least one"):
        calibrate_conformal(p[:0], true[:0], groups[:0], classes=CLASSES, level="record")
    with pytest.raises(ParameterError, match="at least one"):
        exchangeability_martingale(np.zeros(0), np.ones(1), rng=rng)
    with pytest.raises(ParameterError, match="finite"):
        exchangeability_martingale(np.ones(1), np.array([np.nan]), rng=rng)
    with pytest.raises(ParameterError, match="false_alarm"):
        first_alarm(np.zeros(1), false_alarm=1.0)
