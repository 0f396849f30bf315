"""Whether a graph says what the estimator said."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from palier.errors import BundleError
from palier.models.onnx_predictor import OnnxPredictor

__all__ = ["Parity", "check_parity"]

#: Trees compare float32 with float32 in the graph: a number on a threshold may fall on the other side of it.
_MOST_DIFFERENT = 0.005
_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True)
class Parity:
    """How far apart the two were."""

    largest_difference: float
    """Of a probability."""
    share_same_class: float
    windows: int


def check_parity(estimator: Any, predictor: OnnxPredictor, *, examples: Float[np.ndarray, "window number"]) -> Parity:
    """Compare the graph with the estimator on prepared windows, in batches of 1, 7 and all.

    Raises
    ------
    BundleError
        If more than 0.5 % of the windows differ by more than 0.001 in any probability: the bundle is then not written.
    """
    told = np.asarray(estimator.predict_proba(examples), np.float64)
    worst, off, same, n = 0.0, 0, 0, 0
    for batch in (1, 7, len(examples)):
        for i in range(0, min(len(examples), 8 * batch), batch):
            served = predictor.scores_of(examples[i : i + batch])
            mine = told[i : i + batch]
            difference = np.abs(served - mine).max(axis=1)
            worst = max(worst, float(difference.max()))
            off += int((difference > _TOLERANCE).sum())
            same += int((served.argmax(axis=1) == mine.argmax(axis=1)).sum())
            n += len(mine)
    if off > _MOST_DIFFERENT * n:
        raise BundleError(
            f"the exported graph differs from the model by up to {worst:.3g} on {off} of {n} windows; "
            "it was not written: please report it with the recipe"
        )
    return Parity(worst, same / n, n)
