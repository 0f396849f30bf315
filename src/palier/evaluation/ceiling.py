"""How good any model could be, where some records hold no trace of their fault."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from palier.errors import ParameterError

__all__ = ["Ceiling", "score_ceiling"]


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The highest share of records that a rule can get right without luck."""

    accuracy: float
    n_records: int
    n_without_signature: int
    """Records of a fault that hold no trace of it: nothing tells them from healthy ones."""
    recall: tuple[float | None, ...]
    """For each class, the share of its records that can be told; None where it has none."""
    best_guess: int
    """Class that the best rule answers where there is no trace."""


def score_ceiling(
    true_class: Int[np.ndarray, " record"],
    has_signature: Bool[np.ndarray, " record"] | Float[np.ndarray, " record"],
    *,
    n_classes: int,
    healthy: int = 0,
) -> Ceiling:
    r"""Return the accuracy of a rule that knows everything a record shows.

    A record of a fault without any trace of it is a healthy record to every sensor. Let :math:`N_k` be the records
    of class :math:`k` that show nothing (all the healthy ones among them). The best rule names every other record
    rightly and gives those that show nothing the most frequent of their classes:

    .. math:: A_{max} = \frac{N - \sum_k N_k + \max_k N_k}{N}

    Noise may hide traces that are there, so the true ceiling lies lower. A score well above it is a sign that
    something other than the fault gives the class away.

    Parameters
    ----------
    true_class : int, shape (record,)
    has_signature : bool or float, shape (record,)
        Whether the record (or the share of its windows that) holds any trace. Healthy records count as showing nothing.
    n_classes : int
    healthy : int
        Place of the healthy class.

    Raises
    ------
    ParameterError
        If lengths differ, there is no record, or a flag is unknown (NaN).

    Examples
    --------
    >>> c = score_ceiling(np.array([0, 0, 1, 1]), np.array([False, False, True, False]), n_classes=2)
    >>> c.accuracy, c.recall
    (0.75, (1.0, 0.5))
    """
    if len(true_class) != len(has_signature) or not len(true_class):
        raise ParameterError(
            f"{len(true_class)} classes and {len(has_signature)} flags; allowed is one for each record"
        )
    if not np.isfinite(np.asarray(has_signature, np.float64)).all():
        raise ParameterError("a record does not say whether it holds a trace; the ceiling needs all of them to")
    shows = (np.asarray(has_signature) > 0) & (true_class != healthy)
    n = np.bincount(true_class, minlength=n_classes)
    silent = np.bincount(true_class[~shows], minlength=n_classes)
    guess = int(silent.argmax()) if silent.any() else healthy
    found = n - silent
    found[guess] += silent[guess]
    return Ceiling(
        accuracy=float(found.sum() / n.sum()),
        n_records=int(n.sum()),
        n_without_signature=int(silent.sum() - silent[healthy]),
        recall=tuple(float(f / m) if m else None for f, m in zip(found, n, strict=True)),
        best_guess=guess,
    )
