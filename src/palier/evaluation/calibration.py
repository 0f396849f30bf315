"""Whether a score of 0.9 is right nine times in ten, and what is gained by answering only when sure."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, Int

from palier.errors import ParameterError

__all__ = [
    "ECE_BINS",
    "ReliabilityBin",
    "RiskCoverage",
    "apply_temperature",
    "brier_score",
    "expected_calibration_error",
    "fit_temperature",
    "reliability_curve",
    "risk_coverage",
]

ECE_BINS: Final = 15

#: A temperature outside these says that the scores carry nothing, or that every answer was right.
_TEMPERATURES: Final = (0.05, 20.0)


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """The records whose confidence lies in one bin."""

    low: float
    high: float
    n: int
    confidence: float
    """Mean of the records."""
    accuracy: float


def reliability_curve(
    confidence: Float[np.ndarray, " record"], correct: Bool[np.ndarray, " record"], *, n_bins: int = ECE_BINS
) -> tuple[ReliabilityBin, ...]:
    """Return mean confidence and accuracy of the records in bins of equal width; empty bins are left out.

    A bin holds the confidences above its lower edge, up to and with its upper one.

    Parameters
    ----------
    confidence : float, shape (record,)
        Score of the predicted class, 0 to 1.
    correct : bool, shape (record,)
    n_bins : int
        At least 1.

    Raises
    ------
    ParameterError
        If lengths differ, a confidence is outside 0 to 1, or there is no bin.

    Examples
    --------
    >>> bins = reliability_curve(np.array([0.9, 0.95, 0.2]), np.array([True, False, False]), n_bins=2)
    >>> [(b.low, b.n, round(b.confidence, 3), b.accuracy) for b in bins]
    [(0.0, 1, 0.2, 0.0), (0.5, 2, 0.925, 0.5)]
    """
    if len(confidence) != len(correct) or n_bins < 1:
        raise ParameterError(f"{len(confidence)} confidences, {len(correct)} flags, {n_bins} bins; allowed are as many")
    if len(confidence) and not (confidence.min() >= 0 and confidence.max() <= 1 + 1e-6):
        raise ParameterError(f"confidence from {confidence.min():.4g} to {confidence.max():.4g}; allowed are 0 to 1")
    place = np.clip(np.ceil(confidence * n_bins).astype(np.int64) - 1, 0, n_bins - 1)
    n = np.bincount(place, minlength=n_bins)
    mean = np.bincount(place, weights=confidence, minlength=n_bins)
    right = np.bincount(place, weights=correct, minlength=n_bins)
    return tuple(
        ReliabilityBin(float(b / n_bins), float((b + 1) / n_bins), int(n[b]), float(mean[b] / n[b]),
                       float(right[b] / n[b]))
        for b in np.flatnonzero(n)
    )  # fmt: skip


def expected_calibration_error(
    confidence: Float[np.ndarray, " record"], correct: Bool[np.ndarray, " record"], *, n_bins: int = ECE_BINS
) -> float:
    r"""Return the mean distance between confidence and accuracy over bins of equal width.

    .. math:: ECE = \sum_b \frac{n_b}{N}\,\lvert \mathrm{acc}_b - \mathrm{conf}_b \rvert

    It is biased upwards for few records: with 15 bins and 100 records even a perfectly calibrated model shows some
    0.05. Compare it between models on the same records only.

    Parameters
    ----------
    confidence : float, shape (record,)
    correct : bool, shape (record,)
    n_bins : int

    Raises
    ------
    ParameterError
        If there is no record, or an argument of `reliability_curve` is wrong.

    References
    ----------
    Guo et al. (2017), On calibration of modern neural networks, https://proceedings.mlr.press/v70/guo17a.html.

    Examples
    --------
    >>> expected_calibration_error(np.array([0.75, 0.75, 0.75, 0.75]), np.array([True, True, True, False]))
    0.0
    """
    bins = reliability_curve(confidence, correct, n_bins=n_bins)
    if not bins:
        raise ParameterError("calibration error of no record; give at least one")
    return float(sum(b.n * abs(b.accuracy - b.confidence) for b in bins) / len(confidence))


def brier_score(scores: Float[np.ndarray, "record class"], true_class: Int[np.ndarray, " record"]) -> float:
    r"""Return Brier's score over all classes, from 0 (sure and right) to 2 (sure and wrong).

    .. math:: B = \frac1N \sum_i \sum_k (p_{ik} - [y_i = k])^2

    Parameters
    ----------
    scores : float, shape (record, class)
    true_class : int, shape (record,)

    Raises
    ------
    ParameterError
        If there is no record.

    References
    ----------
    Brier (1950), doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.

    Examples
    --------
    >>> brier_score(np.array([[0.5, 0.5], [0.0, 1.0]]), np.array([0, 1]))
    0.25
    """
    if not len(scores):
        raise ParameterError("Brier score of no record; give at least one")
    own = scores[np.arange(len(scores)), true_class]
    return float(np.mean((scores**2).sum(axis=1) - 2 * own + 1))


def apply_temperature(
    scores: Float[np.ndarray, "record class"], temperature: float
) -> Float[np.ndarray, "record class"]:
    r"""Soften (above 1) or sharpen (below 1) scores; no predicted class changes.

    .. math:: p'_k = \frac{p_k^{1/T}}{\sum_j p_j^{1/T}}

    Parameters
    ----------
    scores : float, shape (record, class)
        Probabilities.
    temperature : float
        Above 0.

    Raises
    ------
    ParameterError
        If the temperature is not positive and finite.

    Examples
    --------
    >>> apply_temperature(np.array([[0.8, 0.2]]), 2.0).round(4).tolist()
    [[0.6667, 0.3333]]
    """
    if not 0 < temperature < float("inf"):
        raise ParameterError(f"temperature is {temperature}; allowed is a positive, finite number")
    level = np.log(np.maximum(scores, np.finfo(np.float64).tiny)) / temperature
    power = np.exp(level - level.max(axis=1, keepdims=True))
    return np.asarray(power / power.sum(axis=1, keepdims=True))


def fit_temperature(scores: Float[np.ndarray, "record class"], true_class: Int[np.ndarray, " record"]) -> float:
    """Return the temperature that makes the scores of held-out records as likely as possible.

    For display only: conformal sets are made of the scores as they are. Fit it on records (of bearings) that neither
    training nor test saw. The likelihood has one maximum in 1/T; it is searched from 0.05 to 20.

    Parameters
    ----------
    scores : float, shape (record, class)
        Probabilities.
    true_class : int, shape (record,)

    Raises
    ------
    ParameterError
        If there is no record.

    References
    ----------
    Guo et al. (2017), https://proceedings.mlr.press/v70/guo17a.html.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> p = rng.dirichlet(np.ones(3), size=2000)
    >>> y = (p.cumsum(axis=1) > rng.random((2000, 1))).argmax(axis=1)
    >>> 0.9 < fit_temperature(p, y) < 1.1
    True
    >>> 1.8 < fit_temperature(apply_temperature(p, 0.5), y) < 2.2
    True
    """
    from scipy.optimize import minimize_scalar

    if not len(scores):
        raise ParameterError("temperature of no record; give held-out records")
    level = np.log(np.maximum(scores, np.finfo(np.float64).tiny))
    level = level - level.max(axis=1, keepdims=True)
    own = level[np.arange(len(level)), true_class]

    def loss(log_inverse: float) -> float:
        inverse = np.exp(log_inverse)
        return float(np.mean(np.log(np.exp(level * inverse).sum(axis=1)) - own * inverse))

    bounds = (-np.log(_TEMPERATURES[1]), -np.log(_TEMPERATURES[0]))
    found = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-6})
    return float(np.exp(-found.x))


@dataclass(frozen=True, slots=True, eq=False)
class RiskCoverage:
    """Share of wrong answers when only the surest records are answered."""

    coverage: Float[np.ndarray, " point"]
    """Share of the records that are answered, ascending; records of one confidence come together."""
    risk: Float[np.ndarray, " point"]
    area: float
    """Mean risk over the coverages: 0 is best."""

    def coverage_at(self, risk: float) -> float:
        """Return the largest coverage whose risk is no higher, 0 if there is none."""
        able = np.flatnonzero(self.risk <= risk)
        return float(self.coverage[able[-1]]) if len(able) else 0.0


def risk_coverage(confidence: Float[np.ndarray, " record"], correct: Bool[np.ndarray, " record"]) -> RiskCoverage:
    r"""Return the error rate among the surest records, for each share of the records answered.

    Its area is the mean over records of the risk at that record's confidence; records of equal confidence are
    answered together, so that their order tells nothing.

    Parameters
    ----------
    confidence : float, shape (record,)
    correct : bool, shape (record,)

    Raises
    ------
    ParameterError
        If lengths differ or there is no record.

    References
    ----------
    Geifman and El-Yaniv (2017), Selective classification for deep neural networks, arXiv:1705.08500.

    Examples
    --------
    >>> c = risk_coverage(np.array([0.9, 0.8, 0.6, 0.5]), np.array([True, True, False, True]))
    >>> c.coverage.tolist(), c.risk.round(3).tolist(), c.coverage_at(0.0)
    ([0.25, 0.5, 0.75, 1.0], [0.0, 0.0, 0.333, 0.25], 0.5)
    """
    if len(confidence) != len(correct) or not len(confidence):
        raise ParameterError(
            f"{len(confidence)} confidences and {len(correct)} flags; allowed are as many, at least one"
        )
    order = np.argsort(-confidence, kind="stable")
    wrong = np.cumsum(~correct[order])
    last = np.append(np.flatnonzero(np.diff(confidence[order])), len(order) - 1)
    answered = last + 1
    risk = wrong[last] / answered
    return RiskCoverage(answered / len(order), risk, float(np.sum(np.diff(answered, prepend=0) * risk) / len(order)))
