"""Mean of the scores of three different models."""

from typing import TYPE_CHECKING

from palier.models.catalogue import build_model

if TYPE_CHECKING:
    from sklearn.ensemble import VotingClassifier

__all__ = ["build", "members"]

_MEMBERS = ("svm", "extra_trees", "mlp")


def members(seed: int) -> list[tuple[str, object]]:
    """Return the members with their defaults: a kernel, trees and a network err in different places."""
    return [(name, build_model(name, seed=seed)) for name in _MEMBERS]


def build(*, seed: int) -> "VotingClassifier":
    """Make the ensemble."""
    from sklearn.ensemble import VotingClassifier

    return VotingClassifier(members(seed), voting="soft", flatten_transform=False)
