"""A logistic regression on the scores of three different models."""

from typing import TYPE_CHECKING

from palier.models.classical.soft_voting import members

if TYPE_CHECKING:
    from sklearn.ensemble import StackingClassifier

__all__ = ["build"]


def build(*, seed: int, folds: int) -> "StackingClassifier":
    """Make the ensemble; the members' scores that the last stage learns from are of folds they did not see."""
    from sklearn.ensemble import StackingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold

    cv = StratifiedKFold(folds, shuffle=True, random_state=seed)
    return StackingClassifier(members(seed), LogisticRegression(max_iter=1000, random_state=seed), cv=cv)
