"""Logistic regression."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression

__all__ = ["build"]


def build(*, seed: int, C: float, max_iter: int) -> "LogisticRegression":
    """Make a multinomial logistic regression with an L2 penalty of strength 1 / C."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=C, max_iter=max_iter, random_state=seed)
