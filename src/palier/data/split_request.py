"""What split is asked for."""

from dataclasses import dataclass
from typing import Literal, get_args

from palier.core.split import LEVELS, Level
from palier.data.split_shift import Shift
from palier.errors import ParameterError

__all__ = ["SplitKind", "SplitRequest"]

SplitKind = Literal["holdout", "kfold", "leave_one_out", "shift", "source"]


@dataclass(frozen=True, slots=True)
class SplitRequest:
    """What split is asked for.

    Raises
    ------
    ParameterError
        If a field is outside its range.
    """

    name: str
    kind: SplitKind = "holdout"
    level: Level | None = None
    """What must not straddle; None: the highest level that the data name."""
    seed: int = 0
    shares: tuple[float, float, float] = (0.6, 0.2, 0.2)
    """Of training, validation and test. For folds, of the training records as far as training and validation go."""
    folds: int = 5
    leaky: bool = False
    """Allow a level below the highest, on purpose."""
    shift: Shift | None = None
    labels: tuple[str, ...] | None = None
    """Only records of these classes; None: all that have a label."""

    def __post_init__(self) -> None:
        if self.kind not in get_args(SplitKind):
            raise ParameterError(f"kind of split is {self.kind!r}; allowed are {', '.join(get_args(SplitKind))}")
        if self.level is not None and self.level not in LEVELS:
            raise ParameterError(f"level is {self.level!r}; allowed are {', '.join(LEVELS)}")
        train, validation, test = self.shares
        if not (train > 0 and test > 0 and validation >= 0 and abs(train + validation + test - 1) < 1e-6):
            raise ParameterError(
                f"shares are {self.shares}; allowed are training and test above 0, validation 0 or above, 1 in all"
            )
        if self.folds < 2:
            raise ParameterError(f"folds is {self.folds}; allowed are 2 and above")
        if self.seed < 0:
            raise ParameterError(f"seed is {self.seed}; allowed are 0 and above")
        if (self.kind == "shift") != (self.shift is not None):
            raise ParameterError("a split of the kind shift needs what it shifts by, and no other kind takes it")
        if self.level == "window" and self.kind != "holdout":
            raise ParameterError(f"a {self.kind} of windows; allowed on the level window is a holdout alone")
