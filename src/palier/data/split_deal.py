"""Deal groups of records onto sides, so that every stratum has its share and every class is where it must be."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, Int

__all__ = ["Dealing", "deal", "violations_of_folds", "violations_of_sides"]

#: Up to so many ways to deal are all tried.
_MOST_TRIED: Final = 60_000

#: Which class is on which side (…, side, class), to the number of rules broken (…).
Violations = Callable[[Bool[np.ndarray, "*way side kind"]], Int[np.ndarray, "*way"]]


@dataclass(frozen=True, slots=True, eq=False)
class Dealing:
    """What there is to deal.

    Groups come in the order in which ties are broken: shuffled by whoever wants another split for another seed.
    """

    strata: Float[np.ndarray, "side group stratum"]
    """Records of each stratum that count if the group is dealt to the side."""
    classes: Float[np.ndarray, "side group kind"]
    """Records of each class, likewise."""
    shares: Float[np.ndarray, "group side"]
    """What each side should get of the group's like; 0: the group may not go there. Rows sum to 1."""

    @property
    def target(self) -> Float[np.ndarray, "side stratum"]:
        """Records of each stratum that each side should get."""
        return np.asarray(np.einsum("sgk,gs->sk", self.strata, self.shares))

    @property
    def weight(self) -> Float[np.ndarray, " stratum"]:
        """A record of a small stratum weighs more."""
        return np.asarray(1 / np.maximum(self.target.sum(axis=0), 1e-9))


def violations_of_sides(required: Bool[np.ndarray, "side kind"]) -> Violations:
    """Return the rule that certain classes must be on certain sides."""
    return lambda here: np.asarray((required & ~here).sum(axis=(-2, -1)))


def violations_of_folds(here: Bool[np.ndarray, "*way side kind"]) -> Int[np.ndarray, "*way"]:
    """Count classes that are in one part alone, and so cannot be trained for it, and parts that are empty."""
    alone = here.sum(axis=-2) < 2
    return np.asarray(alone.sum(axis=-1) + (~here.any(axis=-1)).sum(axis=-1))


def deal(dealing: Dealing, violations: Violations) -> tuple[Int[np.ndarray, " group"], bool]:
    """Deal the groups.

    All ways are compared where there are few (the least squared distance from the shares, among those that keep the
    rules); otherwise large groups go first, each to where it is missed most, and then single groups are moved until
    the rules are kept.

    Returns
    -------
    (side, kept)
        The side of each group, and whether the rules are kept; if they are not, and all ways were tried, none keeps
        them.
    """
    n_sides, n_groups = dealing.strata.shape[:2]
    if n_groups * np.log(n_sides) <= np.log(_MOST_TRIED):
        return _best_of_all(dealing, violations)
    side = _greedy(dealing)
    return _repaired(dealing, side, violations)


def _best_of_all(dealing: Dealing, violations: Violations) -> tuple[np.ndarray, bool]:
    n_sides, n_groups, n_strata = dealing.strata.shape
    have = np.zeros((1, n_sides, n_strata))
    here = np.zeros((1, n_sides, dealing.classes.shape[2]), bool)
    for g in range(n_groups):  # ways × sides: the last group varies fastest
        step = np.zeros((n_sides, n_sides, n_strata))
        step[np.arange(n_sides), np.arange(n_sides)] = dealing.strata[:, g]
        seen = np.zeros((n_sides, n_sides, here.shape[2]), bool)
        seen[np.arange(n_sides), np.arange(n_sides)] = dealing.classes[:, g] > 0
        open_sides = dealing.shares[g] > 0
        have = (have[:, None] + step[open_sides]).reshape(-1, n_sides, n_strata)
        here = (here[:, None] | seen[open_sides]).reshape(-1, n_sides, here.shape[2])
    distance = ((have - dealing.target) ** 2 @ dealing.weight).sum(axis=1)
    broken = violations(here)
    best = int(np.lexsort((distance.round(9), broken))[0])
    side = np.zeros(n_groups, np.int64)
    kept, way = bool(broken[best] == 0), best
    for g in reversed(range(n_groups)):
        choices = np.flatnonzero(dealing.shares[g] > 0)
        way, digit = divmod(way, len(choices))
        side[g] = choices[digit]
    return side, kept


def _greedy(dealing: Dealing) -> np.ndarray:
    target, weight = dealing.target, dealing.weight
    have = np.zeros_like(target)
    side = np.zeros(dealing.shares.shape[0], np.int64)
    size = dealing.strata.max(axis=0).sum(axis=1)
    wanted = np.maximum(target.sum(axis=1), 1e-9)
    for g in np.argsort(-size, kind="stable"):
        counts = dealing.strata[:, g]
        cost = ((2 * (have - target) + counts) * counts) @ weight
        cost[dealing.shares[g] == 0] = np.inf
        # small strata leave sides equal: the one that is emptiest as a whole is next, or the last would starve
        full = have.sum(axis=1) / wanted
        side[g] = int(np.lexsort((full.round(9), cost.round(9)))[0])
        have[side[g]] += counts[side[g]]
    return side


def _repaired(dealing: Dealing, side: np.ndarray, violations: Violations) -> tuple[np.ndarray, bool]:
    """Move single groups, each time the one that mends most and costs least balance, until the rules are kept."""
    side = side.copy()
    n_sides, n_groups = dealing.strata.shape[:2]
    groups = np.arange(n_groups)
    while True:
        own_classes = dealing.classes[side, groups]
        total = np.stack([own_classes[side == s].sum(axis=0) for s in range(n_sides)])
        broken = int(violations(total > 0))
        if broken == 0:
            return side, True
        have = np.stack([dealing.strata[s, side == s].sum(axis=0) for s in range(n_sides)])
        best: tuple[int, float, int, int] | None = None
        for to in range(n_sides):
            after = np.repeat((total > 0)[None], n_groups, axis=0)
            after[groups, side] = (total[side] - own_classes) > 0
            after[:, to] |= dealing.classes[to] > 0
            count = violations(after)
            movable = (side != to) & (dealing.shares[:, to] > 0) & (count < broken)
            if not movable.any():
                continue
            error, own, new = have - dealing.target, dealing.strata[side, groups], dealing.strata[to]
            cost = ((own - 2 * error[side]) * own + (new + 2 * error[to]) * new) @ dealing.weight
            at = np.flatnonzero(movable)
            g = int(at[np.lexsort((cost[at].round(9), count[at]))[0]])
            found = (int(count[g]), float(cost[g].round(9)), to, g)
            best = found if best is None or found < best else best
        if best is None:
            return side, False
        side[best[3]] = best[2]
