"""Random forest."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sklearn.ensemble import RandomForestClassifier

__all__ = ["build"]


def build(*, seed: int, n_estimators: int, min_samples_leaf: int) -> "RandomForestClassifier":
    """Make a random forest."""
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(n_estimators, min_samples_leaf=min_samples_leaf, random_state=seed)
