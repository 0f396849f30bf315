"""Nearest neighbours."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sklearn.neighbors import KNeighborsClassifier

__all__ = ["build"]


def build(*, seed: int, n_neighbors: int) -> "KNeighborsClassifier":  # noqa: ARG001 - nothing is drawn here
    """Make a classifier whose scores are the shares of the classes among the neighbours."""
    from sklearn.neighbors import KNeighborsClassifier

    return KNeighborsClassifier(n_neighbors=n_neighbors)
