"""Whether a record is like anything the model was trained on."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from palier.errors import ParameterError

__all__ = ["OodLimit", "TrainingCloud", "energy_score", "fit_training_cloud", "held_out_limit"]


def energy_score(
    logits: Float[np.ndarray, "record class"], *, temperature: float = 1.0
) -> Float[np.ndarray, " record"]:
    r"""Return the free energy of a network's outputs: the higher, the stranger the record.

    .. math:: E(x) = -T \ln \sum_k e^{f_k(x)/T}

    It needs the outputs *before* the softmax: probabilities sum to one, so their energy is zero whatever the record,
    and they are refused.

    Parameters
    ----------
    logits : float, shape (record, class)
    temperature : float
        Above 0.

    Raises
    ------
    ParameterError
        If the temperature is not positive, a value is not finite, or the rows are probabilities or their logarithms.

    References
    ----------
    Liu et al. (2020), Energy-based out-of-distribution detection, arXiv:2010.03759.

    Examples
    --------
    >>> energy_score(np.array([[5.0, 0.0], [0.1, 0.0]])).round(3).tolist()
    [-5.007, -0.744]
    """
    if not 0 < temperature < float("inf") or not np.isfinite(logits).all():
        raise ParameterError(f"temperature {temperature}, or outputs that are not finite; allowed are positive, finite")
    top = logits.max(axis=1, keepdims=True)
    energy = -(top[:, 0] + temperature * np.log(np.exp((logits - top) / temperature).sum(axis=1)))
    if len(logits) > 1:
        flat = np.abs(np.log(np.exp(logits - top).sum(axis=1)) + top[:, 0]).max()
        simplex = logits.min() >= 0 and np.abs(logits.sum(axis=1) - 1).max() < 1e-6
        if flat < 1e-6 or simplex:
            raise ParameterError("the rows are probabilities or their logarithms; the energy needs the raw outputs")
    return np.asarray(energy)


@dataclass(frozen=True, slots=True, eq=False)
class TrainingCloud:
    """Where the training records lie in the space of the features."""

    mean: Float[np.ndarray, " feature"]
    precision: Float[np.ndarray, "feature feature"]
    shrinkage: float
    """Share of the covariance that was replaced by a multiple of the identity, 0 to 1."""

    def distance(self, features: Float[np.ndarray, "record feature"]) -> Float[np.ndarray, " record"]:
        r"""Return the Mahalanobis distance from the training records' mean.

        .. math:: d(x) = \sqrt{(x - \mu)^T \Sigma^{-1} (x - \mu)}

        Parameters
        ----------
        features : float, shape (record, feature)
            Scaled as in training.
        """
        if features.ndim != 2 or features.shape[1] != len(self.mean):
            raise ParameterError(f"features of shape {features.shape}; allowed is (record, {len(self.mean)})")
        off = features - self.mean
        return np.asarray(np.sqrt(np.maximum(np.einsum("rf,fg,rg->r", off, self.precision, off), 0)))


def fit_training_cloud(features: Float[np.ndarray, "record feature"]) -> TrainingCloud:
    r"""Estimate mean and precision of the training features.

    The covariance is shrunk towards the identity, :math:`(1-\rho) S + \rho\,\tfrac{\mathrm{tr} S}{p} I`, by the
    share :math:`\rho` of Ledoit and Wolf, so that it can be inverted with fewer records than features.

    Parameters
    ----------
    features : float, shape (record, feature)
        Scaled to comparable ranges; training records only.

    Raises
    ------
    ParameterError
        If there are fewer than two records, a value is not finite, or all records are equal.

    References
    ----------
    Ledoit and Wolf (2004), doi:10.1016/S0047-259X(03)00096-4.

    Examples
    --------
    >>> cloud = fit_training_cloud(np.random.default_rng(0).standard_normal((5000, 3)))
    >>> bool(abs(cloud.distance(np.array([[3.0, 0.0, 0.0]]))[0] - 3) < 0.15)
    True
    """
    n, p = features.shape
    if n < 2 or not np.isfinite(features).all():
        raise ParameterError(f"{n} records, or features that are not finite; allowed are two or more, finite")
    mean = features.mean(axis=0, dtype=np.float64)
    off = features - mean
    covariance = off.T @ off / n
    level = np.trace(covariance) / p
    if not level > 0:
        raise ParameterError("all training records have the same features; there is no cloud to measure from")
    spread = float(((covariance - level * np.eye(p)) ** 2).sum() / p)
    noise = float((((off**2).sum(axis=1) ** 2).sum() / n - (covariance**2).sum()) / (n * p))
    share = 1.0 if spread == 0 else min(1.0, max(0.0, noise / spread))
    shrunk = (1 - share) * covariance + share * level * np.eye(p)
    try:
        precision = np.linalg.inv(shrunk)
    except np.linalg.LinAlgError as error:
        raise ParameterError("features that repeat each other exactly; leave one of each pair out") from error
    return TrainingCloud(mean, precision, share)


@dataclass(frozen=True, slots=True)
class OodLimit:
    """From where on a record is called unlike the training data."""

    limit: float
    share: float
    """Share of ordinary records that stay at or below the limit, at least."""
    n_groups: int

    def is_outside(self, strangeness: Float[np.ndarray, " record"]) -> Bool[np.ndarray, " record"]:
        """Say which records lie beyond the limit."""
        return np.asarray(strangeness > self.limit)


def held_out_limit(
    strangeness: Float[np.ndarray, " record"], groups: Int[np.ndarray, " record"], *, share: float = 0.95
) -> OodLimit:
    r"""Return the limit that a new ordinary record exceeds with a chance of at most ``1 - share``.

    The conformal quantile of held-out, in-distribution records: the smallest value at or below which lie
    :math:`(G + 1)\cdot share` of the :math:`G` groups, each counting once.

    Parameters
    ----------
    strangeness : float, shape (record,)
        Energy or distance of records that training did not see and that are in distribution.
    groups : int, shape (record,)
        Records or bearings, never windows.
    share : float
        Between 0 and 1.

    Raises
    ------
    ParameterError
        If lengths differ, or there are too few groups for the share: G groups can promise G/(G+1) at most.

    Examples
    --------
    >>> held_out_limit(np.arange(1.0, 20.0), np.arange(19), share=0.9)
    OodLimit(limit=18.0, share=0.9, n_groups=19)
    """
    if len(strangeness) != len(groups) or not 0 < share < 1:
        raise ParameterError(
            f"{len(strangeness)} values, {len(groups)} groups, share {share}; allowed are as many, 0-1"
        )
    _, place, count = np.unique(groups, return_inverse=True, return_counts=True)
    n_groups = len(count)
    if n_groups < share * (n_groups + 1) - 1e-9:
        raise ParameterError(
            f"{n_groups} groups cannot promise a share of {share:g}: they allow {n_groups / (n_groups + 1):.3g}; "
            f"hold out {int(np.ceil(share / (1 - share) - 1e-9))} groups, or lower the share"
        )
    order = np.argsort(strangeness, kind="stable")
    mass = np.cumsum((1 / count[place])[order])
    first = int(np.searchsorted(mass, share * (n_groups + 1) - 1e-9))
    return OodLimit(float(strangeness[order][min(first, len(order) - 1)]), share, n_groups)
