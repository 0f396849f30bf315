"""MiniRocket and a linear classifier, on the waveform."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float, Int

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression

__all__ = ["MiniRocketClassifier", "build"]


@dataclass(slots=True)
class MiniRocketClassifier:
    """The transform of a maintained library, standardised, and a logistic regression."""

    seed: int
    n_kernels: int
    max_dilations: int
    C: float
    transform: Any = field(default=None, init=False)
    centre: Float[np.ndarray, " feature"] = field(default_factory=lambda: np.zeros(0), init=False)
    scale: Float[np.ndarray, " feature"] = field(default_factory=lambda: np.ones(0), init=False)
    linear: "LogisticRegression | None" = field(default=None, init=False)

    @property
    def classes_(self) -> Int[np.ndarray, " class"]:
        """Class indices, in the order of the scores."""
        assert self.linear is not None
        return np.asarray(self.linear.classes_)

    def fit(self, x: Float[np.ndarray, "window time"], y: Int[np.ndarray, " window"]) -> "MiniRocketClassifier":
        """Fit the thresholds of the transform, then the classifier."""
        from aeon.transformations.collection.convolution_based import MiniRocket
        from sklearn.linear_model import LogisticRegression

        self.transform = MiniRocket(
            n_kernels=self.n_kernels, max_dilations_per_kernel=self.max_dilations, random_state=self.seed
        )
        shares = self.transform.fit_transform(x[:, None, :].astype(np.float32))
        self.centre = shares.mean(axis=0, dtype=np.float64)
        self.scale = np.maximum(shares.std(axis=0, dtype=np.float64), 1e-6)
        self.linear = LogisticRegression(C=self.C, max_iter=1000, random_state=self.seed)
        self.linear.fit((shares - self.centre) / self.scale, y)
        return self

    def predict_proba(self, x: Float[np.ndarray, "window time"]) -> Float[np.ndarray, "window class"]:
        """Return the scores of each window."""
        assert self.linear is not None
        shares = self.transform.transform(x[:, None, :].astype(np.float32))
        return np.asarray(self.linear.predict_proba((shares - self.centre) / self.scale))


def build(*, seed: int, n_kernels: int, max_dilations: int, rate_hz: float, C: float) -> MiniRocketClassifier:  # noqa: ARG001
    """Make the classifier; `rate_hz` is the rate of the waveform it is given."""
    return MiniRocketClassifier(seed, n_kernels, max_dilations, C)
