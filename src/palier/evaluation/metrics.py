"""Figures of merit on records: fractions from 0 to 1, with a stated meaning for classes that are absent."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from palier.errors import ParameterError

__all__ = [
    "Curve",
    "accuracy_of",
    "average_precision",
    "class_f1",
    "class_precision",
    "class_recall",
    "confusion_matrix",
    "log_loss",
    "macro_f1_of",
    "one_vs_rest",
    "precision_recall_curve",
    "roc_auc",
    "roc_curve",
    "thinned",
]

Confusion = Int[np.ndarray, "*batch true predicted"]
PerClass = Float[np.ndarray, "*batch class"]


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Points of a curve, x ascending."""

    x: Float[np.ndarray, " point"]
    y: Float[np.ndarray, " point"]


def confusion_matrix(
    true_class: Int[np.ndarray, " record"], predicted: Int[np.ndarray, " record"], *, n_classes: int
) -> Int[np.ndarray, "true predicted"]:
    """Count records by true class (rows) and predicted class (columns).

    Parameters
    ----------
    true_class, predicted : int, shape (record,)
        Places among the classes.
    n_classes : int
        Classes in all, absent ones included.

    Raises
    ------
    ParameterError
        If lengths differ or an index is no class.

    Examples
    --------
    >>> confusion_matrix(np.array([0, 0, 1]), np.array([0, 1, 1]), n_classes=2).tolist()
    [[1, 1], [0, 1]]
    """
    if len(true_class) != len(predicted):
        raise ParameterError(f"{len(true_class)} true and {len(predicted)} predicted classes; give one for each record")
    for values in (true_class, predicted):
        if len(values) and not (values.min() >= 0 and values.max() < n_classes):
            raise ParameterError(f"classes {values.min()} to {values.max()}; allowed are 0 to {n_classes - 1}")
    cells = np.bincount(true_class * n_classes + predicted, minlength=n_classes**2)
    return np.asarray(cells.reshape(n_classes, n_classes))


def accuracy_of(confusion: Confusion) -> Float[np.ndarray, "*batch"]:
    """Return the share of records that are right; NaN for none.

    Examples
    --------
    >>> float(accuracy_of(np.array([[3, 1], [0, 4]])))
    0.875
    """
    return _ratio(np.asarray(np.trace(confusion, axis1=-2, axis2=-1)), np.asarray(confusion.sum(axis=(-2, -1))))


def class_precision(confusion: Confusion) -> PerClass:
    """Return the share of each class's alarms that are right; NaN where a class was never predicted.

    Examples
    --------
    >>> class_precision(np.array([[3, 1], [0, 4]])).tolist()
    [1.0, 0.8]
    """
    return _ratio(np.diagonal(confusion, axis1=-2, axis2=-1), confusion.sum(axis=-2))


def class_recall(confusion: Confusion) -> PerClass:
    """Return the share of each class's records that were found; NaN where no record has the class.

    Examples
    --------
    >>> class_recall(np.array([[3, 1], [0, 4]])).tolist()
    [0.75, 1.0]
    """
    return _ratio(np.diagonal(confusion, axis1=-2, axis2=-1), confusion.sum(axis=-1))


def class_f1(confusion: Confusion) -> PerClass:
    r"""Return the harmonic mean of precision and recall of each class.

    .. math:: F_1 = \frac{2\,TP}{2\,TP + FP + FN}

    It is 0 for a class that occurs and is never found, and NaN for one that neither occurs nor is predicted.

    Examples
    --------
    >>> class_f1(np.array([[3, 1, 0], [0, 4, 0], [0, 0, 0]])).round(3).tolist()
    [0.857, 0.889, nan]
    """
    right = np.diagonal(confusion, axis1=-2, axis2=-1)
    return _ratio(2 * right, confusion.sum(axis=-1) + confusion.sum(axis=-2))


def macro_f1_of(confusion: Confusion) -> Float[np.ndarray, "*batch"]:
    """Return the mean F1 of the classes that occur among the true ones.

    A class without any test record has no say of its own: what is wrongly called by its name already lowers the
    recall of the others. NaN where there is no record.

    Examples
    --------
    >>> float(macro_f1_of(np.array([[3, 1, 0], [0, 4, 0], [0, 0, 0]])).round(3))
    0.873
    """
    occurs = confusion.sum(axis=-1) > 0
    f1 = np.where(occurs, class_f1(confusion), 0.0)
    return _ratio(np.asarray(f1.sum(axis=-1)), np.asarray(occurs.sum(axis=-1)))


def log_loss(scores: Float[np.ndarray, "record class"], true_class: Int[np.ndarray, " record"]) -> float:
    r"""Return the mean negative logarithm of the true class's score (nats).

    .. math:: L = -\tfrac1N \sum_i \ln \max(p_{i, y_i}, \varepsilon)

    with the machine epsilon 2.2e-16, so that one hopeless record costs 36 and not infinity.

    Parameters
    ----------
    scores : float, shape (record, class)
        Probabilities.
    true_class : int, shape (record,)

    Raises
    ------
    ParameterError
        If there is no record.

    Examples
    --------
    >>> round(log_loss(np.array([[0.5, 0.5], [0.25, 0.75]]), np.array([0, 1])), 4)
    0.4904
    """
    if not len(scores):
        raise ParameterError("log loss of no record; give at least one")
    own = scores[np.arange(len(scores)), true_class]
    return float(-np.log(np.maximum(own, np.finfo(np.float64).eps)).mean())


def roc_auc(is_positive: Bool[np.ndarray, " record"], score: Float[np.ndarray, " record"]) -> float:
    r"""Return the chance that a positive record scores above a negative one, ties counting half.

    .. math:: A = \frac{R_+ - n_+(n_+ + 1)/2}{n_+ n_-}

    with the sum :math:`R_+` of the positive records' mid-ranks (Mann and Whitney 1947, doi:10.1214/aoms/1177730491).
    NaN where one side is empty.

    Parameters
    ----------
    is_positive : bool, shape (record,)
    score : float, shape (record,)
        Higher means more likely positive.

    Examples
    --------
    >>> roc_auc(np.array([True, False, True, False]), np.array([0.9, 0.1, 0.4, 0.4]))
    0.875
    """
    positive, negative = int(is_positive.sum()), int((~is_positive).sum())
    if not positive or not negative:
        return float("nan")
    _, place, count = np.unique(score, return_inverse=True, return_counts=True)
    rank = np.cumsum(count) - (count - 1) / 2
    return float((rank[place][is_positive].sum() - positive * (positive + 1) / 2) / (positive * negative))


def average_precision(is_positive: Bool[np.ndarray, " record"], score: Float[np.ndarray, " record"]) -> float:
    r"""Return the area under the precision-recall steps.

    .. math:: AP = \sum_k (R_k - R_{k-1})\, P_k

    over thresholds from the highest down, records of equal score together. Not interpolated: a straight line between
    points of such a curve promises too much. NaN where no record is positive.

    Parameters
    ----------
    is_positive : bool, shape (record,)
    score : float, shape (record,)

    References
    ----------
    Davis and Goadrich (2006), doi:10.1145/1143844.1143874.

    Examples
    --------
    >>> round(average_precision(np.array([True, False, True]), np.array([0.9, 0.8, 0.7])), 4)
    0.8333
    """
    if not is_positive.any():
        return float("nan")
    hits, taken = _steps(is_positive, score)
    return float(np.sum(np.diff(hits, prepend=0) / hits[-1] * (hits / taken)))


def roc_curve(is_positive: Bool[np.ndarray, " record"], score: Float[np.ndarray, " record"]) -> Curve:
    """Return the true-positive rate over the false-positive rate, from (0, 0) to (1, 1).

    Parameters
    ----------
    is_positive : bool, shape (record,)
    score : float, shape (record,)

    Raises
    ------
    ParameterError
        If one side is empty.

    Examples
    --------
    >>> c = roc_curve(np.array([True, False]), np.array([0.8, 0.3]))
    >>> c.x.tolist(), c.y.tolist()
    ([0.0, 0.0, 1.0], [0.0, 1.0, 1.0])
    """
    if is_positive.all() or not is_positive.any():
        raise ParameterError("a ROC curve needs positive and negative records; this class has one kind only")
    hits, taken = _steps(is_positive, score)
    misses = taken - hits
    return Curve(np.concatenate([[0.0], misses / misses[-1]]), np.concatenate([[0.0], hits / hits[-1]]))


def precision_recall_curve(is_positive: Bool[np.ndarray, " record"], score: Float[np.ndarray, " record"]) -> Curve:
    """Return the precision over the recall, from the strictest threshold down.

    Parameters
    ----------
    is_positive : bool, shape (record,)
    score : float, shape (record,)

    Raises
    ------
    ParameterError
        If no record is positive.

    Examples
    --------
    >>> c = precision_recall_curve(np.array([True, False, True]), np.array([0.9, 0.8, 0.7]))
    >>> c.x.tolist(), c.y.round(3).tolist()
    ([0.5, 0.5, 1.0], [1.0, 0.5, 0.667])
    """
    if not is_positive.any():
        raise ParameterError("a precision-recall curve needs positive records; this class has none")
    hits, taken = _steps(is_positive, score)
    return Curve(hits / hits[-1], hits / taken)


def one_vs_rest(
    scores: Float[np.ndarray, "record class"], true_class: Int[np.ndarray, " record"]
) -> tuple[Float[np.ndarray, " class"], Float[np.ndarray, " class"]]:
    """Return the ROC AUC and the average precision of each class against all others; NaN where undefined.

    Parameters
    ----------
    scores : float, shape (record, class)
    true_class : int, shape (record,)

    Examples
    --------
    >>> roc, pr = one_vs_rest(np.array([[0.9, 0.1], [0.2, 0.8]]), np.array([0, 1]))
    >>> roc.tolist(), pr.tolist()
    ([1.0, 1.0], [1.0, 1.0])
    """
    own = [(true_class == k, scores[:, k]) for k in range(scores.shape[1])]
    return np.array([roc_auc(*o) for o in own]), np.array([average_precision(*o) for o in own])


def thinned(curve: Curve, *, points: int) -> Curve:
    """Keep at most so many points of a curve, evenly along its way, the ends among them.

    Parameters
    ----------
    curve : Curve
    points : int
        At least 2.

    Raises
    ------
    ParameterError
        If fewer than two points are asked for.

    Examples
    --------
    >>> thinned(Curve(np.arange(101) / 100, np.zeros(101)), points=3).x.tolist()
    [0.0, 0.5, 1.0]
    """
    if points < 2:
        raise ParameterError(f"points is {points}; allowed are 2 and above")
    if len(curve.x) <= points:
        return curve
    way = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(curve.x)) + np.abs(np.diff(curve.y)))])
    rows = np.unique(np.searchsorted(way, np.linspace(0, way[-1], points)).clip(0, len(way) - 1))
    return Curve(curve.x[rows], curve.y[rows])


def _steps(
    is_positive: Bool[np.ndarray, " record"], score: Float[np.ndarray, " record"]
) -> tuple[Int[np.ndarray, " threshold"], Int[np.ndarray, " threshold"]]:
    """Positive records, and all records, at or above each distinct score, from the highest down."""
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(is_positive[order])
    last = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
    return hits[last], last + 1


def _ratio(top: np.ndarray, bottom: np.ndarray) -> Float[np.ndarray, "*batch"]:
    nothing = np.asarray(bottom) == 0
    return np.asarray(np.where(nothing, np.nan, top / np.where(nothing, 1, bottom)), np.float64)
