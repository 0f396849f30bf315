"""Support-vector machine."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sklearn.calibration import CalibratedClassifierCV

__all__ = ["build"]

#: Parts of the training data on which the sigmoid that turns distances into scores is fitted.
_FOLDS = 5


def build(*, seed: int, C: float, gamma: float | str) -> "CalibratedClassifierCV":
    """Make a Gaussian-kernel machine whose decision values become probabilities by Platt's sigmoid."""
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.model_selection import StratifiedKFold
    from sklearn.svm import SVC

    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
    return CalibratedClassifierCV(SVC(C=C, gamma=gamma, cache_size=500, random_state=seed), ensemble=False, cv=folds)
