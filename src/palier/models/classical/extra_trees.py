"""Extremely randomised trees."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sklearn.ensemble import ExtraTreesClassifier

__all__ = ["build"]


def build(*, seed: int, n_estimators: int, min_samples_leaf: int) -> "ExtraTreesClassifier":
    """Make a forest of trees with random thresholds."""
    from sklearn.ensemble import ExtraTreesClassifier

    return ExtraTreesClassifier(n_estimators, min_samples_leaf=min_samples_leaf, random_state=seed)
