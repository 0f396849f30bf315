"""The split that a source has already, unless it leaks."""

from typing import Final

import numpy as np

from palier.core.split import Fold, Level, Split
from palier.data.split_groups import Columns, Leak, group_levels, named_levels
from palier.data.split_request import SplitRequest
from palier.data.split_work import TEST, TRAIN, VALIDATION, Rows, words_of_leak
from palier.errors import LeakError, ParameterError

__all__ = ["source_split"]

_SIDES: Final = {
    "train": TRAIN, "training": TRAIN, "val": VALIDATION, "valid": VALIDATION, "validation": VALIDATION,
    "dev": VALIDATION, "test": TEST, "testing": TEST,
}  # fmt: skip


def source_split(columns: Columns, request: SplitRequest, rows: Rows) -> Split:
    """Return the sides on which the source placed the records; those it placed nowhere are on none.

    Raises
    ------
    LeakError
        If a bearing or a rig is on two of them, unless the request is leaky.
    ParameterError
        If a side has a name that is not known, or there is no training or no test side.
    """
    placed = columns.column("source_split")[rows]
    unknown = sorted({str(v) for v in placed if v is not None and str(v).strip().lower() not in _SIDES})
    if unknown:
        raise ParameterError(
            f"the source calls its sides {', '.join(unknown)}; known are {', '.join(_SIDES)}: make a split of "
            "another kind"
        )
    rows = rows[[v is not None for v in placed]]
    side = np.array([_SIDES[str(v).strip().lower()] for v in placed if v is not None], np.int64)
    for s, name in ((TRAIN, "training"), (TEST, "test")):
        if not (side == s).any():
            raise ParameterError(f"the source names no {name} side; make a split of another kind")
    leak = _straddling(columns, rows, side, request.level)
    if leak is not None and not request.leaky:
        raise LeakError(words_of_leak("the split that the source has", leak))
    whole = [lv for lv in named_levels(columns, rows) if not _torn(columns, rows, side, lv)]
    level = whole[-1] if whole else "record"
    train, test, validation = (rows[side == s] for s in (TRAIN, TEST, VALIDATION))
    return Split(
        request.name, level, "source", (Fold(train, validation, test),), request.seed, leaky=leak is not None,
        text="the sides that the source has",
    )  # fmt: skip


def _straddling(columns: Columns, rows: Rows, side: Rows, level: Level | None) -> Leak | None:
    levels = group_levels(level or "record")
    found = [(name, _torn(columns, rows, side, name)) for name in reversed(levels)]
    # conditions return on purpose unless they are the level asked for
    return next((Leak(n, torn) for n, torn in found if torn and (n != "condition" or level == n)), None)


def _torn(columns: Columns, rows: Rows, side: Rows, level: Level) -> tuple[str, ...]:
    names = columns.column(level)[rows].tolist()
    if len(set(names)) < 2:
        return ()
    sides: dict[object, set[int]] = {}
    for name, s in zip(names, side.tolist(), strict=True):
        if name is not None:
            sides.setdefault(name, set()).add(s)
    return tuple(sorted(str(n) for n, s in sides.items() if len(s) > 1))
