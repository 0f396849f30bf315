"""Sets of classes that hold the true one as often as promised, and an alarm when a machine leaves that ground."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from jaxtyping import Bool, Float, Int

from palier.errors import ParameterError

__all__ = [
    "ConformalCalibration",
    "ConformalSets",
    "calibrate_conformal",
    "conformal_from_true_scores",
    "exchangeability_martingale",
    "first_alarm",
]

#: Rounding of a sum of weights is not evidence.
_TIE: Final = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class ConformalSets:
    """For each record, the classes that cannot be ruled out at the stated level."""

    classes: tuple[str, ...]
    members: Bool[np.ndarray, "record class"]
    """An empty row says: like none of the classes."""
    alpha: float
    """Highest share of records whose true class is missing from its set."""
    always: tuple[str, ...]
    """Classes that have too few calibration groups for this promise, and so are in every set."""
    reason: str | None
    """Why those are; None where the promise needs no such help."""


@dataclass(frozen=True, slots=True, eq=False)
class ConformalCalibration:
    """How strange held-out records look to a model, by their true class.

    The strangeness of a record for a class is one less the score of that class: of the scores as the model gives them,
    never after a temperature.
    """

    classes: tuple[str, ...]
    kind: Literal["mondrian", "marginal"]
    """``mondrian``: the promise holds within each class; ``marginal``: over all records together."""
    level: str
    """What the calibration groups are: record, bearing, …"""
    strangeness: tuple[Float[np.ndarray, " _"], ...]
    """Ascending; one array for each class, or a single one where the kind is marginal."""
    weights: tuple[Float[np.ndarray, " _"], ...]
    """Of each value; those of one group sum to one."""
    n_groups: tuple[int, ...]

    @property
    def smallest_alpha(self) -> float:
        """The smallest share of misses that can be promised for every class: 1/(n+1) with n groups."""
        return 1 / (min(self.n_groups) + 1)

    def p_values(self, scores: Float[np.ndarray, "record class"]) -> Float[np.ndarray, "record class"]:
        r"""Return for each record and class how unusual the record would be for that class.

        .. math:: p = \frac{1 + \sum_g \frac{1}{n_g} \#\{i \in g : a_i \ge a\}}{G + 1}

        over the :math:`G` calibration groups, each counting once however many records it has.

        Parameters
        ----------
        scores : float, shape (record, class)
            Probabilities, uncalibrated.

        Returns
        -------
        float, shape (record, class)
            Between 1/(G+1) and 1.
        """
        if scores.ndim != 2 or scores.shape[1] != len(self.classes):
            raise ParameterError(f"scores of shape {scores.shape}; allowed is (record, {len(self.classes)})")
        p = np.empty(scores.shape)
        for k in range(len(self.classes)):
            own = 0 if self.kind == "marginal" else k
            below = np.searchsorted(self.strangeness[own], 1 - scores[:, k] - _TIE, side="left")
            mass = np.concatenate([[0.0], np.cumsum(self.weights[own])])
            p[:, k] = (1 + self.n_groups[own] - mass[below]) / (self.n_groups[own] + 1)
        return np.minimum(p, 1.0)

    def sets(self, scores: Float[np.ndarray, "record class"], *, alpha: float) -> ConformalSets:
        """Return the classes whose p-value exceeds `alpha`.

        For a record of a new group (a bearing never seen) the true class is missing with a chance of at most `alpha`,
        if that group is as good as drawn from the same population as the calibration groups. A class with n groups
        cannot be ruled out at an `alpha` below 1/(n+1); it is then in every set, and the answer says so. Where that is
        so for all classes the set is the whole list.

        Parameters
        ----------
        scores : float, shape (record, class)
        alpha : float
            Between 0 and 1, for example 0.1.

        Raises
        ------
        ParameterError
            If `alpha` is outside its range, or the scores do not fit.
        """
        if not 0 < alpha < 1:
            raise ParameterError(f"alpha is {alpha}; allowed is between 0 and 1, for example 0.1")
        counts = self.n_groups if self.kind == "mondrian" else self.n_groups * len(self.classes)
        always = tuple(c for c, n in zip(self.classes, counts, strict=True) if 1 / (n + 1) > alpha + _TIE)
        reason = None
        if always:
            worst = min(counts)
            reason = (
                f"at most {100 * alpha:g} % misses need {int(np.ceil(1 / alpha - _TIE)) - 1} calibration groups "
                f"({self.level}s) {'of each class' if self.kind == 'mondrian' else 'in all'}; "
                f"{', '.join(always)} {'has' if len(always) == 1 else 'have'} as few as {worst}, so nothing rules "
                f"{'it' if len(always) == 1 else 'them'} out; with these, {100 / (worst + 1):.3g} % is the least that "
                "can be promised"
            )
        return ConformalSets(self.classes, self.p_values(scores) > alpha + _TIE, alpha, always, reason)


def calibrate_conformal(
    scores: Float[np.ndarray, "record class"],
    true_class: Int[np.ndarray, " record"],
    groups: Int[np.ndarray, " record"],
    *,
    classes: Sequence[str],
    level: str,
    kind: Literal["mondrian", "marginal"] = "mondrian",
) -> ConformalCalibration:
    """Learn from held-out records how strange the true class may look.

    Parameters
    ----------
    scores : float, shape (record, class)
        Probabilities of records that neither training nor test saw; as the model gives them.
    true_class : int, shape (record,)
    groups : int, shape (record,)
        Records or bearings, never windows: what is independent.
    classes : sequence of str
    level : str
        What a group is.
    kind : {"mondrian", "marginal"}

    Raises
    ------
    ParameterError
        If lengths differ or there is no record.

    References
    ----------
    Vovk, Gammerman and Shafer (2022), Algorithmic Learning in a Random World, doi:10.1007/978-3-031-06649-8, chapter 4;
    Lee, Barber and Willett (2023), arXiv:2306.06342, for groups.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> right = 0.6 + 0.4 * rng.random(40)
    >>> true = np.arange(40) % 2
    >>> scores = np.where(np.eye(2)[true] == 1, right[:, None], 1 - right[:, None])
    >>> fitted = calibrate_conformal(scores, true, np.arange(40), classes=("healthy", "wear"), level="bearing")
    >>> round(fitted.smallest_alpha, 4)
    0.0476
    >>> fitted.sets(np.array([[0.95, 0.05]]), alpha=0.1).members.tolist()
    [[True, False]]
    >>> fitted.sets(np.array([[0.95, 0.05]]), alpha=0.01).always
    ('healthy', 'wear')
    """
    if not len(scores) == len(true_class) == len(groups) or not len(scores):
        raise ParameterError(
            f"{len(scores)} scores, {len(true_class)} classes, {len(groups)} groups; allowed are as many, at least one"
        )
    own = 1 - scores[np.arange(len(scores)), true_class]
    parts = [true_class == k for k in range(len(classes))] if kind == "mondrian" else [np.ones(len(own), bool)]
    rows = [_group_weighted(own[part], groups[part]) for part in parts]
    return ConformalCalibration(
        tuple(classes), kind, level,
        tuple(r[0] for r in rows), tuple(r[1] for r in rows), tuple(r[2] for r in rows),
    )  # fmt: skip


def conformal_from_true_scores(
    true_class_scores: Mapping[str, Sequence[float]], *, classes: Sequence[str], level: str
) -> ConformalCalibration:
    """Return a calibration by class from one true-class score for each independent group.

    Parameters
    ----------
    true_class_scores : mapping of str to sequence of float
        For each class, the score of that class in each of its calibration groups: one number per group.
    classes : sequence of str
        In the order of the scores; a class without any number is in every set.
    level : str
        What a group is.

    Examples
    --------
    >>> c = conformal_from_true_scores({"wear": [0.9, 0.8]}, classes=("healthy", "wear"), level="record")
    >>> c.n_groups, c.p_values(np.array([[0.15, 0.85]])).round(3).tolist()
    ((0, 2), [[1.0, 0.667]])
    """
    rows = [np.sort(1 - np.asarray(true_class_scores.get(c, ()), np.float64)) for c in classes]
    return ConformalCalibration(
        tuple(classes),
        "mondrian",
        level,
        tuple(rows),
        tuple(np.ones(len(r)) for r in rows),
        tuple(len(r) for r in rows),
    )


def exchangeability_martingale(
    calibration: Float[np.ndarray, " group"],
    observed: Float[np.ndarray, " record"],
    *,
    rng: np.random.Generator,
    jump: float = 0.01,
) -> Float[np.ndarray, " record"]:
    r"""Bet against the records of a machine being like the calibration records, and return the capital, as log10.

    As long as they are exchangeable the capital is expected to stay at 1, and exceeds :math:`1/\delta` at any time with
    a chance of at most :math:`\delta` (Ville): a capital of 100 is an alarm with at most 1 % false alarms *ever*.
    Each new strangeness is ranked among the calibration's and the earlier ones, ties broken by `rng`; the ranks are bet
    on by the Simple Jumper.

    Parameters
    ----------
    calibration : float, shape (group,)
        Strangeness of held-out records, one for each independent group, in no particular order.
    observed : float, shape (record,)
        Strangeness of the machine's records in the order of time.
    rng : numpy.random.Generator
    jump : float
        Chance of changing the bet at each step, above 0 up to 1.

    Raises
    ------
    ParameterError
        If there is no calibration record, a value is not finite, or `jump` is outside its range.

    References
    ----------
    Vovk et al. (2021), Retrain or not retrain: conformal test martingales for change-point detection, arXiv:2102.10439.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> calm = exchangeability_martingale(rng.random(50), rng.random(100), rng=rng)
    >>> moved = exchangeability_martingale(rng.random(50), 0.8 + rng.random(100), rng=rng)
    >>> bool(calm.max() < 2), bool(moved.max() > 2)
    (True, True)
    """
    if not len(calibration) or not 0 < jump <= 1:
        raise ParameterError(f"{len(calibration)} calibration records, jump {jump}; allowed are at least one, 0 to 1")
    if not (np.isfinite(calibration).all() and np.isfinite(observed).all()):
        raise ParameterError("a strangeness is not finite; leave that record out, and say so")
    seen = np.concatenate([np.sort(calibration), np.empty(len(observed))])
    n = len(calibration)
    tie = rng.random(len(observed))
    bets, capital = np.array([-1.0, 0.0, 1.0]), np.full(3, 1 / 3)
    scale_log10, path = 0.0, np.empty(len(observed))
    for i, value in enumerate(observed):
        low, high = np.searchsorted(seen[:n], value, side="left"), np.searchsorted(seen[:n], value, side="right")
        # the share of values that are stranger, with itself among the ties
        rank = (n - high + tie[i] * (high - low + 1)) / (n + 1)
        seen[high + 1 : n + 1] = seen[high:n].copy()
        seen[high] = value
        n += 1
        capital = (1 - jump) * capital + jump * capital.mean()
        capital = capital * (1 + bets * (rank - 0.5))
        total = capital.sum()
        scale_log10 += float(np.log10(total))
        capital = capital / total
        path[i] = scale_log10
    return path


def first_alarm(log10_capital: Float[np.ndarray, " record"], *, false_alarm: float = 0.01) -> int | None:
    """Return the first record at which the capital reaches 1/`false_alarm`, or None.

    Parameters
    ----------
    log10_capital : float, shape (record,)
    false_alarm : float
        Chance of any alarm, ever, while nothing has changed; between 0 and 1.

    Examples
    --------
    >>> first_alarm(np.array([0.0, 1.5, 2.1]), false_alarm=0.01)
    2
    """
    if not 0 < false_alarm < 1:
        raise ParameterError(f"false_alarm is {false_alarm}; allowed is between 0 and 1, for example 0.01")
    over = np.flatnonzero(log10_capital >= -np.log10(false_alarm))
    return int(over[0]) if len(over) else None


def _group_weighted(
    values: Float[np.ndarray, " record"], groups: Int[np.ndarray, " record"]
) -> tuple[Float[np.ndarray, " record"], Float[np.ndarray, " record"], int]:
    _, place, count = np.unique(groups, return_inverse=True, return_counts=True)
    order = np.argsort(values, kind="stable")
    return values[order], (1 / count[place])[order], len(count)
