"""Who is trained on and who is tested on."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Literal, get_args

import numpy as np
from jaxtyping import Bool, Int

from palier.errors import ParameterError

__all__ = ["LEVELS", "Fold", "Level", "Records", "Split"]

Level = Literal["window", "record", "condition", "bearing", "rig"]

#: From the lowest to the highest; a split is made on the highest that the data can name.
LEVELS: Final[tuple[Level, ...]] = get_args(Level)

#: Rows of a dataset's index, ascending.
Records = Int[np.ndarray, " record"]


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """One way to part the records; no record is on two sides, and some may be on none."""

    train: Records
    validation: Records
    """May be empty."""
    test: Records
    name: str = "0"
    """What is left out, where that has a name: a bearing, a rig, a speed."""


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """A named split of one dataset.

    Raises
    ------
    ParameterError
        If there is no fold, or a level or a share is outside its range.
    """

    name: str
    level: Level
    """What never straddles two sides. ``window``: windows are drawn onto the sides, whatever record they are of."""
    kind: Literal["holdout", "kfold", "leave_one_out", "shift", "source"]
    folds: tuple[Fold, ...]
    seed: int
    leaky: bool = False
    """Made on purpose below the highest level that the data names: only to be shown beside an honest one."""
    window_test_share: float = 0.2
    """For the level ``window`` alone: every record is then on both sides, with this share of its windows on test."""
    text: str = ""
    """What was asked for, in words."""

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise ParameterError(f"level is {self.level!r}; allowed are {', '.join(LEVELS)}")
        if not self.folds:
            raise ParameterError(f"split {self.name!r} has no fold; at least one is needed")
        if not 0 < self.window_test_share < 1:
            raise ParameterError(f"window_test_share is {self.window_test_share}; allowed is between 0 and 1")

    def fold(self, name: str | None = None) -> Fold:
        """Return the fold of a name, or the first.

        Raises
        ------
        ParameterError
            If there is none of that name.
        """
        for fold in self.folds:
            if name in (None, fold.name):
                return fold
        names = ", ".join(f.name for f in self.folds)
        raise ParameterError(f"split {self.name!r} has no fold {name!r}; there are {names}")

    def is_test_window(self, record_id: str, n_windows: int) -> Bool[np.ndarray, " window"]:
        """Say which windows of a record are on the test side of a split of the level ``window``.

        It depends on the seed and the record's name alone.

        Examples
        --------
        >>> none = np.zeros(0, np.int64)
        >>> split = Split("leaky", "window", "holdout", (Fold(none, none, none),), seed=0, leaky=True)
        >>> int(split.is_test_window("r0", 1000).sum())
        217
        """
        key = int.from_bytes(sha256(record_id.encode()).digest()[:8], "big")
        drawn = np.random.default_rng([self.seed, key]).random(n_windows)
        return np.asarray(drawn < self.window_test_share)
