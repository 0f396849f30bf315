"""What every model looks like to whoever uses it."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from jaxtyping import Float

from palier.core.faults import BearingKind
from palier.errors import ParameterError

__all__ = ["Predictor", "Windows"]


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Windows of one channel, all of one length and rate, with what is known of their machine.

    Raises
    ------
    ParameterError
        If the arrays disagree in length or a number is outside its range.
    """

    samples: Float[np.ndarray, "window time"]
    """float32."""
    sampling_rate_hz: float
    speed_hz: Float[np.ndarray, " window"]
    """Shaft speed of each window; NaN where nobody declared it."""

    def __post_init__(self) -> None:
        if self.samples.ndim != 2 or self.speed_hz.shape != self.samples.shape[:1]:
            raise ParameterError(
                f"windows of shape {self.samples.shape} with {self.speed_hz.shape} speeds; allowed is (window, time) "
                "with one speed for each window"
            )
        if not 0 < self.sampling_rate_hz < float("inf"):
            raise ParameterError(f"sampling_rate_hz is {self.sampling_rate_hz}; allowed is a positive, finite number")


class Predictor(Protocol):
    """A model that gives every window a score for each class."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Keys of the taxonomy, in the order of the scores."""

    @property
    def kind(self) -> BearingKind:
        """Kind of bearing it was made for."""

    def scores(self, windows: Windows) -> Float[np.ndarray, "window class"]:
        """Return probabilities, float64, each row summing to one."""
