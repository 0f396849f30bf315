"""Choose features and scale them, from training rows alone.

Whatever is chosen or scaled here is learnt from the rows that are given. Give the training rows of one fold and nothing
else: chosen on all rows, features of pure noise "predict" the labels they were chosen by.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Literal, get_args

import numpy as np
from jaxtyping import Float, Int

from palier.errors import MissingToolError, ParameterError

__all__ = ["METHODS", "Ranking", "Scaler", "SelectionMethod", "fit_scaler", "rank_features",
           "select_features"]  # fmt: skip

SelectionMethod = Literal["mrmr", "mutual_information", "rfe", "permutation"]

#: Each method in a sentence.
METHODS: dict[SelectionMethod, str] = {
    "mrmr": "Most information about the class, least correlation with those already chosen.",
    "mutual_information": "Most information about the class, each feature on its own.",
    "rfe": "Leaves out, again and again, the features that a random forest uses least.",
    "permutation": "Most accuracy lost on held-out rows when the feature is shuffled among them.",
}

_TREES = 100
_NEIGHBOURS = 3
_REPEATS = 5
_HELD_OUT = 0.3
_FRACTION = 0.2  # of all features, that RFE leaves out in one go

Rows = Float[np.ndarray, "row feature"]
Labels = Int[np.ndarray, " row"]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Features from the most to the least useful, as one method sees it."""

    method: SelectionMethod
    order: tuple[int, ...]
    """Columns, best first."""
    score: tuple[float, ...]
    """By column; what it measures depends on the method. For RFE minus the rank, 0 for the last one left."""


@dataclass(frozen=True, slots=True)
class Scaler:
    r"""Centre and scale of every column, from the rows of one training side: :math:`z = (x - c)/s`."""

    centre: tuple[float, ...]
    scale: tuple[float, ...]

    def transform(self, x: Rows) -> Rows:
        """Centre and scale any rows."""
        return np.asarray((x - np.asarray(self.centre)) / np.asarray(self.scale))


def fit_scaler(x: Rows, *, kind: Literal["standard", "robust"] = "standard") -> Scaler:
    r"""Learn centre and scale of every column.

    ``standard``: mean and standard deviation. ``robust``: median and interquartile range over 1.349, which is the
    standard deviation of Gaussian values and takes no notice of a few wild ones; a column whose middle
    half is one value, such as a count that is mostly zero, has its standard deviation. A column that does not vary has
    scale 1.

    Parameters
    ----------
    x : float, shape (row, feature)
        Training rows only, finite.
    kind : {"standard", "robust"}

    Raises
    ------
    ParameterError
        If there is no row, a value is not finite, or the kind is unknown.

    Examples
    --------
    >>> s = fit_scaler(np.array([[1.0, 5.0], [3.0, 5.0]]))
    >>> s.transform(np.array([[4.0, 6.0]])).tolist()
    [[2.0, 1.0]]
    """
    _check(x, None)
    if kind == "standard":
        centre, scale = x.mean(axis=0), x.std(axis=0)
    elif kind == "robust":
        low, centre, high = np.percentile(x, (25, 50, 75), axis=0)
        scale, deviation = (high - low) / 1.349, x.std(axis=0)
        scale = np.where(scale > 1e-9 * deviation, scale, deviation)
    else:
        raise ParameterError(f"kind is {kind!r}; allowed are standard, robust")
    scale = np.where(scale > 1e-12 * np.maximum(np.abs(centre), 1e-300), scale, 1.0)
    return Scaler(tuple(centre.tolist()), tuple(scale.tolist()))


def select_features(x: Rows, y: Labels, *, method: SelectionMethod, n_features: int, seed: int = 0) -> tuple[int, ...]:
    """Return the best columns, ascending; see `rank_features`.

    Parameters
    ----------
    x : float, shape (row, feature)
        Training rows only, finite.
    y : int, shape (row)
        Their classes.
    method : {"mrmr", "mutual_information", "rfe", "permutation"}
    n_features : int
        How many to choose, 1 to all.
    seed : int

    Raises
    ------
    ParameterError
        If more columns are asked for than there are, or none.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> y = np.arange(200) % 2
    >>> x = rng.standard_normal((200, 4))
    >>> x[:, 1] += 3 * y
    >>> x[:, 2] = x[:, 1]
    >>> select_features(x, y, method="mrmr", n_features=1)
    (1,)
    """
    if not 1 <= n_features <= x.shape[1]:
        raise ParameterError(f"n_features is {n_features}; allowed are 1 to the {x.shape[1]} columns")
    return tuple(sorted(rank_features(x, y, method=method, seed=seed).order[:n_features]))


def rank_features(x: Rows, y: Labels, *, method: SelectionMethod, seed: int = 0) -> Ranking:
    r"""Put features in order of use, from the most to the least.

    ``mutual_information``: of a feature and the class, estimated from the three nearest neighbours (Ross 2014).
    ``mrmr``: greedily, the feature with the largest quotient of its mutual information and its mean absolute rank
    correlation :math:`|\rho|` with those already chosen (Ding and Peng 2005, with a correlation for the redundancy).
    ``rfe``: a random forest is fitted again and again, each time without those it used least, a fifth of all at once.
    ``permutation``: the accuracy that a random forest, fitted on 70 % of the rows, loses on the other 30 % when the
    values of one feature are shuffled among them; mean of five shuffles. Correlated features stand in for one another,
    so each of them may look useless.

    Parameters
    ----------
    x : float, shape (row, feature)
        Training rows only, finite.
    y : int, shape (row)
        Their classes, at least two.
    method : {"mrmr", "mutual_information", "rfe", "permutation"}
    seed : int
        Of the estimator's tie-breaking noise, the forests and the shuffles.

    Returns
    -------
    Ranking

    Raises
    ------
    ParameterError
        If rows and labels disagree, a value is not finite, or there is one class only.

    References
    ----------
    B. C. Ross, "Mutual information between discrete and continuous data sets", PLoS ONE 9 (2014) e87357,
    doi:10.1371/journal.pone.0087357. C. Ding, H. Peng, "Minimum redundancy feature selection from microarray gene
    expression data", J. Bioinform. Comput. Biol. 3 (2005) 185–205, doi:10.1142/S0219720005001004. I. Guyon et al.,
    "Gene selection for cancer classification using support vector machines", Machine Learning 46 (2002) 389–422,
    doi:10.1023/A:1012487302797. L. Breiman, "Random forests", Machine Learning 45 (2001) 5–32,
    doi:10.1023/A:1010933404324.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> y = np.arange(300) % 3
    >>> x = rng.standard_normal((300, 4))
    >>> x[:, 2] += 2 * y
    >>> [rank_features(x, y, method=m).order[0] for m in ("mrmr", "mutual_information", "rfe", "permutation")]
    [2, 2, 2, 2]
    """
    if method not in get_args(SelectionMethod):
        raise ParameterError(f"method is {method!r}; allowed are {', '.join(METHODS)}")
    if find_spec("sklearn") is None:
        raise MissingToolError("ranking features needs scikit-learn, which is not installed; install palier[train]")
    _check(x, y)
    rankers = {"mrmr": _mrmr, "mutual_information": _by_information, "rfe": _rfe, "permutation": _permutation}
    order, score = rankers[method](x, y, seed)
    return Ranking(method, tuple(int(i) for i in order), tuple(float(s) for s in score))


def _check(x: np.ndarray, y: np.ndarray | None) -> None:
    if x.ndim != 2 or not x.size:
        raise ParameterError(f"features have shape {x.shape}; allowed is (row, feature), neither empty")
    if not np.isfinite(x).all():
        bad = np.flatnonzero(~np.isfinite(x).all(axis=0)).tolist()
        raise ParameterError(f"columns {bad} hold values that are not finite; leave them out or cut the rows")
    if y is not None and (y.shape != x.shape[:1] or np.unique(y).size < 2):
        raise ParameterError(
            f"{x.shape[0]} rows with labels of shape {y.shape} and {np.unique(y).size} classes; allowed is one label "
            "for each row, of two classes or more"
        )


def _information(x: np.ndarray, y: np.ndarray, seed: int) -> np.ndarray:
    from sklearn.feature_selection import mutual_info_classif

    information: np.ndarray = mutual_info_classif(x, y, n_neighbors=_NEIGHBOURS, random_state=seed)
    return information


def _by_information(x: np.ndarray, y: np.ndarray, seed: int) -> tuple[Sequence[int], Sequence[float]]:
    information = _information(x, y, seed)
    return np.argsort(-information, kind="stable").tolist(), information.tolist()


def _mrmr(x: np.ndarray, y: np.ndarray, seed: int) -> tuple[Sequence[int], Sequence[float]]:
    from scipy.stats import rankdata

    information = _information(x, y, seed)
    ranks = rankdata(x, axis=0)
    ranks -= ranks.mean(axis=0)
    norm = np.linalg.norm(ranks, axis=0)
    ranks /= np.where(norm > 0, norm, 1)
    correlation = np.abs(ranks.T @ ranks)
    order = [int(information.argmax())]
    redundancy = correlation[order[0]].copy()
    left = np.ones(x.shape[1], dtype=bool)
    left[order[0]] = False
    score = information.copy()
    while left.any():
        quotient = np.where(left, information / np.maximum(redundancy / len(order), 1e-3), -np.inf)
        best = int(quotient.argmax())
        score[best] = quotient[best]
        order.append(best)
        left[best] = False
        redundancy += correlation[best]
    return order, score.tolist()


def _forest(seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(_TREES, random_state=seed, min_samples_leaf=2)


def _rfe(x: np.ndarray, y: np.ndarray, seed: int) -> tuple[Sequence[int], Sequence[float]]:
    from sklearn.feature_selection import RFE

    rank = RFE(_forest(seed), n_features_to_select=1, step=_FRACTION).fit(x, y).ranking_
    return np.argsort(rank, kind="stable").tolist(), (1.0 - rank).tolist()


def _permutation(x: np.ndarray, y: np.ndarray, seed: int) -> tuple[Sequence[int], Sequence[float]]:
    from sklearn.inspection import permutation_importance

    rng = np.random.default_rng(seed)
    held = np.zeros(len(y), dtype=bool)
    for label in np.unique(y):  # of each class alike
        rows = rng.permutation(np.flatnonzero(y == label))
        held[rows[: max(1, round(_HELD_OUT * len(rows)))]] = True
    if not np.array_equal(np.unique(y[~held]), np.unique(y)):
        raise ParameterError("a class has one row only; permutation importance holds some rows out: give two or more")
    forest = _forest(seed).fit(x[~held], y[~held])
    lost = permutation_importance(forest, x[held], y[held], n_repeats=_REPEATS, random_state=seed).importances_mean
    return np.argsort(-lost, kind="stable").tolist(), lost.tolist()
