"""Part the records of a dataset into training, validation and test, so that nothing known straddles them."""

from dataclasses import replace
from typing import Final

import numpy as np

from palier.core.split import Fold, Level, Split
from palier.data.split_deal import Dealing, deal, violations_of_sides
from palier.data.split_folds import kfold, leave_one_out
from palier.data.split_groups import Columns, Table, find_leak, highest_level, named_levels
from palier.data.split_request import SplitKind, SplitRequest
from palier.data.split_shift import Shift, shift_parts
from palier.data.split_source import source_split
from palier.data.split_work import (
    TEST,
    TRAIN,
    Rows,
    SplitWork,
    classes_of_labels,
    labelled_rows,
    too_few,
    words_of_leak,
    work_of,
)
from palier.errors import LeakError, ParameterError

__all__ = [
    "Columns",
    "Shift",
    "SplitKind",
    "SplitRequest",
    "Table",
    "highest_level",
    "make_split",
    "named_levels",
    "noise_of",
]

_NOISE: Final = "noise="


def make_split(columns: Columns, request: SplitRequest) -> Split:
    """Make a split.

    Records that share a name on the chosen level, or on any higher one, stay together, even where not every record has
    such a name, and groups that a record links are one group. Groups are dealt out so that every class × severity has
    its share on each side. The same request gives the same split, whatever the order of the rows.

    Parameters
    ----------
    columns : Columns
        With ``record_id``, ``label``, ``severity``, ``condition``, ``bearing``, ``rig`` and, for shifts and sources,
        the column in question. Records without a label are on no side.
    request : SplitRequest

    Raises
    ------
    LeakError
        If a level is asked for that lets a higher one straddle, or the source's own sides do; the message names it.
    ParameterError
        If a class has too few groups, or nothing is left on a side.

    Examples
    --------
    >>> records = Table({
    ...     "record_id": [f"r{i}" for i in range(12)],
    ...     "label": ["healthy", "wear"] * 6,
    ...     "bearing": [f"b{i // 2}" for i in range(12)],
    ... })
    >>> split = make_split(records, SplitRequest("honest"))
    >>> split.level, len(split.folds[0].train), len(split.folds[0].test)
    ('bearing', 8, 2)
    >>> make_split(records, SplitRequest("hasty", level="record"))
    Traceback (most recent call last):
    palier.errors.LeakError: a split by record leaks on the level bearing: 6 of them could lie on two sides (b0, b1, b2
    …); split by bearing, or ask for the leaky split (--leaky) to show its score beside the honest one
    """
    rows = labelled_rows(columns, request)
    if request.kind == "source":
        return source_split(columns, request, rows)
    level = request.level or highest_level(columns, rows)
    _refuse_unnamed(columns, rows, level)
    leak = find_leak(columns, rows, level)
    if leak is not None and not request.leaky:
        raise LeakError(words_of_leak(f"a split by {level}", leak))
    work = work_of(columns, request, rows, level, leaky=leak is not None)
    if level == "window":
        fold = Fold(rows, np.zeros(0, np.int64), rows)
        return work.split((fold,), "windows are drawn onto the sides, whatever record they are of")
    make = {"holdout": _holdout, "kfold": kfold, "leave_one_out": leave_one_out, "shift": _shifted}
    return make[request.kind](work)


def noise_of(fold: Fold) -> str | None:
    """Return the noise variant that the test side of a fold is to be heard through, or None.

    Only splits that shift by noise have such folds: their names say it, as in ``noise=white:10dB``.

    Examples
    --------
    >>> none = np.zeros(0, np.int64)
    >>> noise_of(Fold(none, none, none, "noise=white:10dB")), noise_of(Fold(none, none, none))
    ('white:10dB', None)
    """
    return fold.name.removeprefix(_NOISE) if fold.name.startswith(_NOISE) else None


def _refuse_unnamed(columns: Columns, rows: Rows, level: Level) -> None:
    if level in ("window", "record") or level in named_levels(columns, rows):
        return
    unnamed = columns.column(level)[rows].tolist().count(None)
    why = f"{unnamed} of {len(rows)} records name none" if unnamed else "all records name the same"
    raise ParameterError(
        f"no split by {level}: {why}; the highest level that the data name is {highest_level(columns, rows)}"
    )


def _holdout(work: SplitWork) -> Split:
    everywhere = np.ones((3, len(work.rows)), bool)
    side = _onto_sides(work, everywhere)
    return work.split((work.fold(side),), f"holdout by {work.level}")


def _onto_sides(work: SplitWork, on: np.ndarray) -> Rows:
    """Deal groups to training, test and validation; a record counts on the sides that `on` (side, record) allows it."""
    names, number = classes_of_labels(work.label)
    train, validation, test = work.request.shares
    strata = np.stack([work.counts(work.stratum, on[s]) for s in range(3)])
    classes = np.stack([work.counts(number, on[s]) for s in range(3)])
    shares = np.array([train, test, validation]) * (classes.sum(axis=2) > 0).T
    shares /= shares.sum(axis=1, keepdims=True)
    required = np.zeros((3, len(names)), bool)
    required[TRAIN] = True
    required[TEST] = classes[TEST].any(axis=0)
    side, kept = deal(Dealing(strata, classes, shares), violations_of_sides(required))
    if not kept:
        raise ParameterError(too_few(work, names, on))
    return np.asarray(side[work.group])


def _shifted(work: SplitWork) -> Split:
    shift = work.request.shift
    assert shift is not None
    if shift.by == "noise":
        fold = _holdout(work).folds[0]
        folds = [replace(fold, name=f"{_NOISE}{spec}") for spec in shift.test_on]
        return work.split(folds, f"train as recorded, test under {', '.join(shift.test_on)}, by {work.level}")
    near, far, text = shift_parts(work.columns, work.rows, shift)
    for name, part in (("training", near), ("test", far)):
        if not part.any():
            raise ParameterError(f"{text}: no record is left for {name}; choose another threshold, or other bins")
    kept = work.only(near | far)
    near, far = near[near | far], far[near | far]
    lost = sorted(set(kept.label[far]) - set(kept.label[near]))
    if lost:
        raise ParameterError(
            f"{text}: no training record is left of {', '.join(lost)}; choose another threshold, or leave the class "
            "out (--label names those to keep)"
        )
    side = _onto_sides(kept, np.stack([near, far, near]))
    side = np.where(np.where(side == TEST, far, near), side, -1)
    return kept.split((kept.fold(side),), f"{text}, by {work.level}")
