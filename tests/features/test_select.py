import numpy as np
import pytest
from jaxtyping import TypeCheckError

from palier.errors import ParameterError
from palier.features.select import (
    METHODS,
    fit_scaler,
    rank_features,
    select_features,
)

#: A word outside a Literal: said by the function, or by the type checker where that is on.
WRONG = (ParameterError, TypeCheckError)


def useful(rows: int = 150, seed: int = 0):
    """Three classes; columns 2 and 5 tell them apart, 7 is a copy of 2, the rest is noise."""
    rng = np.random.default_rng(seed)
    y = np.arange(rows) % 3
    x = rng.standard_normal((rows, 12))
    x[:, 2] += 2 * y
    x[:, 5] += 2 * (y == 1)
    x[:, 7] = x[:, 2] + 0.05 * rng.standard_normal(rows)
    return x, y


@pytest.mark.parametrize("method", METHODS)
def test_what_tells_the_classes_apart_is_found(method) -> None:
    x, y = useful()
    chosen = select_features(x, y, method=method, n_features=3)
    assert {2, 7} & set(chosen)
    assert 5 in chosen


def test_mrmr_takes_one_of_two_copies_first() -> None:
    x, y = useful()
    assert set(rank_features(x, y, method="mrmr").order[:2]) in ({2, 5}, {7, 5})
    assert set(rank_features(x, y, method="mutual_information").order[:2]) == {2, 7}


@pytest.mark.parametrize("method", METHODS)
def test_a_ranking_names_each_column_once_and_the_same_seed_repeats_it(method) -> None:
    x, y = useful(60)
    first, again = (rank_features(x, y, method=method, seed=3) for _ in range(2))
    assert sorted(first.order) == list(range(12))
    assert len(first.score) == 12
    assert first == again


def test_mutual_information_is_that_of_known_distributions() -> None:
    # a feature that is the class and a little noise tells all of it: ln 2
    y = np.arange(2000) % 2
    x = (y * 10.0 + np.random.default_rng(0).standard_normal(2000))[:, None]
    assert rank_features(x, y, method="mutual_information").score[0] == pytest.approx(np.log(2), abs=0.02)


def accuracy(*, chosen_inside: bool) -> float:
    """A random forest on 15 of 400 columns of noise, cross-validated on two draws of 40 rows."""
    from sklearn.ensemble import RandomForestClassifier

    right = []
    for seed in (4, 5):
        rng = np.random.default_rng(seed)
        x, y, fold = rng.standard_normal((40, 400)), np.arange(40) % 2, rng.permutation(40) % 3
        outside = select_features(x, y, method="mutual_information", n_features=15)
        for k in range(3):
            train, test = fold != k, fold == k
            chosen = list(outside)
            if chosen_inside:
                chosen = list(select_features(x[train], y[train], method="mutual_information", n_features=15))
            forest = RandomForestClassifier(100, random_state=0).fit(x[train][:, chosen], y[train])
            right += (forest.predict(x[test][:, chosen]) == y[test]).tolist()
    return float(np.mean(right))


def test_noise_chosen_on_all_rows_predicts_and_chosen_in_the_fold_does_not() -> None:
    assert accuracy(chosen_inside=False) > 0.65  # 80 guesses: 2.7 standard deviations above one half
    assert 0.35 < accuracy(chosen_inside=True) < 0.65


def test_scalers_are_learnt_from_their_rows_alone() -> None:
    rng = np.random.default_rng(0)
    x = rng.gamma(2.0, size=(200, 3)) * [1.0, 100.0, 1.0]
    x[:, 2] = 7.0
    z = fit_scaler(x).transform(x)
    assert z.mean(axis=0) == pytest.approx(0, abs=1e-9)
    assert z.std(axis=0) == pytest.approx([1, 1, 0])
    wild = x.copy()
    wild[0, 0] = 1e9
    assert fit_scaler(wild, kind="robust").scale[0] == pytest.approx(fit_scaler(x, kind="robust").scale[0], rel=0.05)
    normal = rng.standard_normal((100_000, 1))
    assert fit_scaler(normal, kind="robust").scale[0] == pytest.approx(1, abs=0.02)
    counts = np.zeros((100, 1))
    counts[:10] = 5.0
    assert fit_scaler(counts, kind="robust").scale[0] == pytest.approx(counts.std())
    assert fit_scaler(x[:100]) == fit_scaler(x[:100].copy())
    assert fit_scaler(x[:100]) != fit_scaler(x)


def test_what_cannot_be_is_refused() -> None:
    x, y = useful(30)
    with pytest.raises(ParameterError, match="n_features is 13; allowed are 1 to the 12"):
        select_features(x, y, method="mrmr", n_features=13)
    with pytest.raises(WRONG, match="luck"):
        rank_features(x, y, method="luck")  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="1 classes"):
        rank_features(x, np.zeros(30, int), method="mrmr")
    x[3, 4] = np.nan
    with pytest.raises(ParameterError, match=r"columns \[4\] hold values that are not finite"):
        rank_features(x, y, method="mrmr")
    with pytest.raises(WRONG, match="odd"):
        fit_scaler(np.ones((2, 2)), kind="odd")  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="neither empty"):
        fit_scaler(np.ones((0, 2)))
    lonely = np.r_[y[:-1], 9]
    with pytest.raises(ParameterError, match="a class has one row only"):
        rank_features(useful(30)[0], lonely, method="permutation")


def test_without_scikit_learn_it_is_said(monkeypatch) -> None:
    from palier.errors import MissingToolError
    from palier.features import select

    monkeypatch.setattr(select, "find_spec", lambda _name: None)
    x = np.random.default_rng(0).normal(size=(20, 3))
    with pytest.raises(MissingToolError, match=r"install palier\[train\]"):
        select.rank_features(x, np.arange(20) % 2, method="mrmr")
