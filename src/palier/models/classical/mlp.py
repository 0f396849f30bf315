"""A small fully connected network."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sklearn.neural_network import MLPClassifier

__all__ = ["build"]


def build(*, seed: int, hidden: int, layers: int, alpha: float, max_iter: int) -> "MLPClassifier":
    """Make a network of equal hidden layers with an L2 penalty, trained by Adam until its loss stands still."""
    from sklearn.neural_network import MLPClassifier

    return MLPClassifier((hidden,) * layers, alpha=alpha, max_iter=max_iter, random_state=seed, n_iter_no_change=15)
