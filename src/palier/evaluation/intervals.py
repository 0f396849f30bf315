"""Where the true value of a score lies: bootstrap by record or by group, and the exact binomial interval."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from jaxtyping import Bool, Float, Int

from palier.errors import ParameterError

__all__ = [
    "DEFAULT_CONFIDENCE",
    "DEFAULT_DRAWS",
    "Interval",
    "bootstrap_confusions",
    "bootstrap_difference",
    "exact_binomial_interval",
    "interval_of_draws",
]

DEFAULT_CONFIDENCE: Final = 0.95
DEFAULT_DRAWS: Final = 2000

#: Numbers of one block of resampling weights.
_BLOCK = 2_000_000


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and where its true value lies, with the stated confidence."""

    value: float
    low: float
    high: float
    confidence: float
    """For example 0.95."""
    unit: str
    """What was resampled: record, bearing, …"""
    n_units: int
    method: Literal["bootstrap", "exact_binomial"]
    """`exact_binomial` where every unit says the same, so that resampling shows nothing."""


def bootstrap_confusions(
    true_class: Int[np.ndarray, " record"],
    predicted: Int[np.ndarray, " record"],
    *,
    n_classes: int,
    groups: Int[np.ndarray, " record"] | None = None,
    n_draws: int = DEFAULT_DRAWS,
    rng: np.random.Generator,
) -> Int[np.ndarray, "draw true predicted"]:
    """Resample records, or whole groups of them, and return the confusion matrix of each draw.

    Every figure of merit of the project is a function of these matrices. Resampling N records with replacement is
    drawing N times from the cells of the matrix, so its cost does not grow with N. Groups are drawn whole: records of
    one bearing are not independent, and resampling them one by one gives intervals that are too narrow.

    Parameters
    ----------
    true_class, predicted : int, shape (record,)
    n_classes : int
    groups : int, shape (record,), optional
        Number of each record's group, from 0. Left out, the record is the unit.
    n_draws : int
        At least 1.
    rng : numpy.random.Generator

    Raises
    ------
    ParameterError
        If there is no record, or no draw is asked for.

    References
    ----------
    Davison and Hinkley (1997), Bootstrap Methods and their Application, doi:10.1017/CBO9780511802843, section 3.8.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> c = bootstrap_confusions(np.array([0, 0, 1]), np.array([0, 1, 1]), n_classes=2, n_draws=5, rng=rng)
    >>> c.shape, c.sum(axis=(1, 2)).tolist()
    ((5, 2, 2), [3, 3, 3, 3, 3])
    """
    n = len(true_class)
    if not n or n_draws < 1:
        raise ParameterError(f"{n} records and {n_draws} draws; allowed are at least one of each")
    cell = true_class.astype(np.int64) * n_classes + predicted
    if groups is None or len(np.unique(groups)) == n:
        share = np.bincount(cell, minlength=n_classes**2) / n
        return np.asarray(rng.multinomial(n, share, size=n_draws).reshape(n_draws, n_classes, n_classes))
    number = np.unique(groups, return_inverse=True)[1]
    n_groups = int(number.max()) + 1
    used, place = np.unique(cell, return_inverse=True)
    table = np.zeros((n_groups, len(used)))
    np.add.at(table, (number, place), 1)
    drawn = np.zeros((n_draws, n_classes**2), np.int64)
    for start, weights in _group_weights(n_groups, n_draws, rng):
        drawn[start : start + len(weights), used] = np.rint(weights @ table).astype(np.int64)
    return drawn.reshape(n_draws, n_classes, n_classes)


def interval_of_draws(
    value: float, draws: Float[np.ndarray, " draw"], *, unit: str, n_units: int, confidence: float = DEFAULT_CONFIDENCE
) -> Interval:
    r"""Return the expanded percentile interval of bootstrap draws.

    The quantiles :math:`\Phi(\pm\sqrt{n/(n-1)}\;t_{n-1})` are taken instead of the plain ones: with few units the
    plain ones cover too seldom. Draws that are NaN (no record of a class was drawn) are left out.

    Parameters
    ----------
    value : float
        The figure itself.
    draws : float, shape (draw,)
        The figure of each draw.
    unit : str
        What was resampled.
    n_units : int
        How many there are; with one, nothing is known and the interval runs from 0 to 1.
    confidence : float
        Between 0 and 1.

    References
    ----------
    Hesterberg (2015), doi:10.1080/00031305.2015.1089789, section 3.

    Examples
    --------
    >>> i = interval_of_draws(0.5, np.linspace(0, 1, 1001), unit="record", n_units=1000)
    >>> round(i.low, 3), round(i.high, 3)
    (0.025, 0.975)
    """
    _check_confidence(confidence)
    finite = draws[np.isfinite(draws)]
    if n_units < 2 or not len(finite):
        return Interval(value, 0.0, 1.0, confidence, unit, n_units, "bootstrap")
    tail = _expanded_tail(n_units, confidence)
    low, high = np.quantile(finite, (tail, 1 - tail))
    return Interval(value, min(float(low), value), max(float(high), value), confidence, unit, n_units, "bootstrap")


def exact_binomial_interval(successes: float, n: int, *, unit: str, confidence: float = DEFAULT_CONFIDENCE) -> Interval:
    """Return the Clopper-Pearson interval of a share.

    Where every record is right (or wrong) resampling gives the same figure each time and would promise certainty;
    this does not: 100 of 100 still allows 0.964.

    Parameters
    ----------
    successes : float
        0 to `n`. Where units are groups it may be broken: five bearings with half of their records right are 2.5.
    n : int
        Units, at least 1.
    unit : str
        What was counted.
    confidence : float

    Raises
    ------
    ParameterError
        If the counts are impossible.

    References
    ----------
    Clopper and Pearson (1934), doi:10.1093/biomet/26.4.404.

    Examples
    --------
    >>> round(exact_binomial_interval(100, 100, unit="record").low, 3)
    0.964
    """
    from scipy.special import betaincinv

    _check_confidence(confidence)
    if not 0 <= successes <= n or n < 1:
        raise ParameterError(f"{successes} of {n}; allowed are 0 to n successes of at least one")
    tail = (1 - confidence) / 2
    low = 0.0 if successes == 0 else float(betaincinv(successes, n - successes + 1, tail))
    high = 1.0 if successes == n else float(betaincinv(successes + 1, n - successes, 1 - tail))
    return Interval(successes / n, low, high, confidence, unit, n, "exact_binomial")


def bootstrap_difference(
    correct_a: Bool[np.ndarray, " record"],
    correct_b: Bool[np.ndarray, " record"],
    *,
    groups: Int[np.ndarray, " record"] | None = None,
    unit: str = "record",
    confidence: float = DEFAULT_CONFIDENCE,
    n_draws: int = DEFAULT_DRAWS,
    rng: np.random.Generator,
) -> Interval:
    """Return how much more often A is right than B on the same records, with its interval.

    Each draw resamples records (or whole groups) once for both models.

    Parameters
    ----------
    correct_a, correct_b : bool, shape (record,)
        Whether each model is right on each record.
    groups : int, shape (record,), optional
        Left out, the record is the unit.
    unit : str
        What a group is.
    confidence : float
    n_draws : int
    rng : numpy.random.Generator

    Raises
    ------
    ParameterError
        If lengths differ or there is no record.

    Examples
    --------
    >>> a, b = np.array([True] * 90 + [False] * 10), np.array([True] * 80 + [False] * 20)
    >>> d = bootstrap_difference(a, b, rng=np.random.default_rng(0))
    >>> round(d.value, 3), d.low > 0
    (0.1, True)
    """
    if len(correct_a) != len(correct_b) or not len(correct_a):
        raise ParameterError(f"{len(correct_a)} and {len(correct_b)} records; allowed are the same ones, at least one")
    _check_confidence(confidence)
    step = correct_a.astype(np.int64) - correct_b.astype(np.int64)
    # a difference is a confusion of one row: the columns are worse, the same, better
    drawn = bootstrap_confusions(
        np.zeros(len(step), np.int64), step + 1, n_classes=3, groups=groups, n_draws=n_draws, rng=rng
    )[:, 0]
    draws = (drawn[:, 2] - drawn[:, 0]) / drawn.sum(axis=1)
    n_units = len(step) if groups is None else len(np.unique(groups))
    value = float(step.mean())
    if n_units < 2:
        return Interval(value, -1.0, 1.0, confidence, unit, n_units, "bootstrap")
    tail = _expanded_tail(n_units, confidence)
    low, high = np.quantile(draws, (tail, 1 - tail))
    return Interval(value, float(min(low, value)), float(max(high, value)), confidence, unit, n_units, "bootstrap")


def _group_weights(
    n_groups: int, n_draws: int, rng: np.random.Generator
) -> Iterator[tuple[int, Int[np.ndarray, "draw group"]]]:
    """Yield how often each group is drawn, a block of draws at a time, with the number of the first."""
    rows = max(1, _BLOCK // n_groups)
    for start in range(0, n_draws, rows):
        size = min(rows, n_draws - start)
        yield start, rng.multinomial(n_groups, np.full(n_groups, 1 / n_groups), size=size)


def _expanded_tail(n_units: int, confidence: float) -> float:
    from scipy.special import ndtr, stdtrit

    t = float(stdtrit(n_units - 1, (1 - confidence) / 2))
    return float(ndtr(np.sqrt(n_units / (n_units - 1)) * t))


def _check_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ParameterError(f"confidence is {confidence}; allowed is between 0 and 1, for example 0.95")
