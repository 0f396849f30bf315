"""Gradient-boosted trees on binned features."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier

__all__ = ["build"]


def build(*, seed: int, max_iter: int, learning_rate: float, max_leaf_nodes: int) -> "HistGradientBoostingClassifier":
    """Make boosted trees; nothing is set aside for stopping, so every training window is learnt from."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_iter=max_iter,
        learning_rate=learning_rate,
        max_leaf_nodes=max_leaf_nodes,
        early_stopping=False,
        random_state=seed,
    )
