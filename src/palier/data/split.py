"""Part the records of a dataset into training, validation and test, so that nothing known straddles them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final, Literal, get_args

import numpy as np
from jaxtyping import Int

from palier.core.split import LEVELS, Fold, Level, Split
from palier.data.split_deal import Dealing, deal, violations_of_folds, violations_of_sides
from palier.data.split_groups import (
    Columns,
    Leak,
    Table,
    find_leak,
    group_levels,
    group_records,
    highest_level,
    named_levels,
)
from palier.data.split_shift import Shift, shift_parts
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

SplitKind = Literal["holdout", "kfold", "leave_one_out", "shift", "source"]

#: Order in which sides are dealt to: where it does not matter, test is served before validation.
_TRAIN, _TEST, _VALIDATION = range(3)
_NOISE: Final = "noise="
_MOST_FOLDS: Final = 200
_SHOWN: Final = 3
_SOURCE_SIDES: Final = {
    "train": _TRAIN, "training": _TRAIN, "val": _VALIDATION, "valid": _VALIDATION, "validation": _VALIDATION,
    "dev": _VALIDATION, "test": _TEST, "testing": _TEST,
}  # fmt: skip

_Records = Int[np.ndarray, " record"]


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


@dataclass(frozen=True, slots=True, eq=False)
class _Work:
    """The records to part, and the groups they make; group numbers are in the order of the seed."""

    columns: Columns
    request: SplitRequest
    rows: _Records
    level: Level
    leaky: bool
    group: _Records
    label: np.ndarray
    stratum: _Records

    @property
    def n_groups(self) -> int:
        return int(self.group.max()) + 1

    def only(self, some: np.ndarray) -> "_Work":
        """Return the work with some of the records; groups stay what they are."""
        group, stratum = (np.unique(v[some], return_inverse=True)[1] for v in (self.group, self.stratum))
        return replace(self, rows=self.rows[some], group=group, label=self.label[some], stratum=stratum)

    def split(self, folds: Sequence[Fold], text: str) -> Split:
        test_share = self.request.shares[2]
        return Split(
            self.request.name, self.level, self.request.kind, tuple(folds), self.request.seed, leaky=self.leaky,
            window_test_share=test_share, text=text,
        )  # fmt: skip

    def fold(self, side: _Records, name: str = "0") -> Fold:
        train, test, validation = (self.rows[side == s] for s in (_TRAIN, _TEST, _VALIDATION))
        return Fold(train, validation, test, name)

    def counts(self, of: _Records, on: np.ndarray) -> np.ndarray:
        """Count the records of each group and class (or stratum) among those on `on`."""
        table = np.zeros((self.n_groups, int(of.max()) + 1))
        np.add.at(table, (self.group[on], of[on]), 1)
        return table

    def groups_of(self, label: str, on: np.ndarray | None = None) -> int:
        own = self.label == label if on is None else (self.label == label) & on
        return len(np.unique(self.group[own]))


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
    rows = _rows(columns, request)
    if request.kind == "source":
        return _source(columns, request, rows)
    level = request.level or highest_level(columns, rows)
    _refuse_unnamed(columns, rows, level)
    leak = find_leak(columns, rows, level)
    if leak is not None and not request.leaky:
        raise LeakError(_leaks(f"a split by {level}", leak))
    work = _work(columns, request, rows, level, leaky=leak is not None)
    if level == "window":
        fold = Fold(rows, np.zeros(0, np.int64), rows)
        return work.split((fold,), "windows are drawn onto the sides, whatever record they are of")
    make = {"holdout": _holdout, "kfold": _kfold, "leave_one_out": _leave_one_out, "shift": _shifted}
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


# ---- records, groups ----


def _rows(columns: Columns, request: SplitRequest) -> _Records:
    ids = columns.column("record_id").tolist()
    twice = [name for name, n in Counter(ids).items() if n > 1]
    if twice:
        raise ParameterError(f"{len(twice)} record names occur more than once, such as {twice[0]}; make them unique")
    labels = columns.column("label")
    present = {str(v) for v in labels if v is not None}
    missing = [v for v in request.labels or () if v not in present]
    if missing:
        raise ParameterError(f"no record of {', '.join(missing)}; there are {', '.join(sorted(present)) or 'none'}")
    wanted = present if request.labels is None else set(request.labels)
    rows = np.flatnonzero([v is not None and str(v) in wanted for v in labels])
    if not len(rows):
        raise ParameterError("no record has a label; import the dataset with --labels or --label-pattern")
    return rows


def _refuse_unnamed(columns: Columns, rows: _Records, level: Level) -> None:
    if level in ("window", "record") or level in named_levels(columns, rows):
        return
    unnamed = columns.column(level)[rows].tolist().count(None)
    why = f"{unnamed} of {len(rows)} records name none" if unnamed else "all records name the same"
    raise ParameterError(
        f"no split by {level}: {why}; the highest level that the data name is {highest_level(columns, rows)}"
    )


def _leaks(what: str, leak: Leak) -> str:
    shown = ", ".join(leak.names[:_SHOWN]) + (" …" if len(leak.names) > _SHOWN else "")
    return (
        f"{what} leaks on the level {leak.level}: {len(leak.names)} of them could lie on two sides ({shown}); split by "
        f"{leak.level}, or ask for the leaky split (--leaky) to show its score beside the honest one"
    )


def _work(columns: Columns, request: SplitRequest, rows: _Records, level: Level, *, leaky: bool) -> _Work:
    levels = () if level in ("window", "record") and leaky else (level,) if leaky else group_levels(level)
    group = group_records(columns, rows, levels)
    label = np.array([str(v) for v in columns.column("label")[rows]], object)
    severity = columns.column("severity")[rows].tolist()
    pairs = [f"{kind}\0{how_grave or ''}" for kind, how_grave in zip(label, severity, strict=True)]
    stratum = np.asarray(np.unique(np.array(pairs), return_inverse=True)[1], np.int64)
    return _Work(columns, request, rows, level, leaky, _shuffled(columns, rows, group, request.seed), label, stratum)


def _shuffled(columns: Columns, rows: _Records, group: _Records, seed: int) -> _Records:
    """Number the groups anew, in a random order that depends on the seed and the records' names alone."""
    first: dict[int, str] = {}
    for g, name in zip(group.tolist(), map(str, columns.column("record_id")[rows]), strict=True):
        first[g] = min(first.get(g, name), name)
    keys = [sha256(f"{seed}\0{first[g]}".encode()).digest() for g in range(len(first))]
    number = np.empty(len(keys), np.int64)
    number[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
    return np.asarray(number[group])


def _classes(label: np.ndarray) -> tuple[list[str], _Records]:
    names, number = np.unique(label.astype(str), return_inverse=True)
    return names.tolist(), np.asarray(number, np.int64)


# ---- kinds of split ----


def _holdout(work: _Work) -> Split:
    everywhere = np.ones((3, len(work.rows)), bool)
    side = _onto_sides(work, everywhere)
    return work.split((work.fold(side),), f"holdout by {work.level}")


def _onto_sides(work: _Work, on: np.ndarray) -> _Records:
    """Deal groups to training, test and validation; a record counts on the sides that `on` (side, record) allows it."""
    names, number = _classes(work.label)
    train, validation, test = work.request.shares
    strata = np.stack([work.counts(work.stratum, on[s]) for s in range(3)])
    classes = np.stack([work.counts(number, on[s]) for s in range(3)])
    shares = np.array([train, test, validation]) * (classes.sum(axis=2) > 0).T
    shares /= shares.sum(axis=1, keepdims=True)
    required = np.zeros((3, len(names)), bool)
    required[_TRAIN] = True
    required[_TEST] = classes[_TEST].any(axis=0)
    side, kept = deal(Dealing(strata, classes, shares), violations_of_sides(required))
    if not kept:
        raise ParameterError(_too_few(work, names, on))
    return np.asarray(side[work.group])


def _too_few(work: _Work, names: list[str], on: np.ndarray) -> str:
    """Say which class cannot be on both sides, or that the classes stand in each other's way."""
    unit = work.level
    lone = [n for n in names if work.groups_of(n) < 2 or not ((work.label == n) & on[_TRAIN]).any()]
    counted = ", ".join(f"{n} {work.groups_of(n)}" for n in names)
    who = f"class {lone[0]} has too few" if lone else "the classes share too few"
    return (
        f"{who}: training and test each need at least one {unit} of every class, and there are {counted}; get "
        f"recordings of another {unit}, or leave the class out (--label names those to keep)"
    )


def _kfold(work: _Work) -> Split:
    k = work.request.folds
    if work.n_groups < k:
        raise ParameterError(f"{k} folds of {work.n_groups} groups by {work.level}; allowed are up to {work.n_groups}")
    names, number = _classes(work.label)
    everywhere = np.ones(len(work.rows), bool)
    strata, classes = work.counts(work.stratum, everywhere), work.counts(number, everywhere)
    dealing = Dealing(
        np.broadcast_to(strata, (k, *strata.shape)),
        np.broadcast_to(classes, (k, *classes.shape)),
        np.full((work.n_groups, k), 1 / k),
    )
    part, kept = deal(dealing, violations_of_folds)
    if not kept:
        raise ParameterError(_too_few(work, names, np.ones((3, len(work.rows)), bool)))
    folds = [_fold_without(work, part[work.group] == i, str(i)) for i in range(k)]
    return work.split(folds, f"{k} folds by {work.level}{_about_validation(folds)}")


def _leave_one_out(work: _Work) -> Split:
    if not 2 <= work.n_groups <= _MOST_FOLDS:
        raise ParameterError(
            f"leaving out one {work.level} at a time: there are {work.n_groups} groups, allowed are 2 to {_MOST_FOLDS};"
            " ask for another level, or for folds (--kind kfold)"
        )
    column = work.columns.column("record_id" if work.level == "record" else work.level)[work.rows]
    names, _ = _classes(work.label)
    folds = []
    for g in range(work.n_groups):
        own = work.group == g
        name = "+".join(sorted({str(v) for v in column[own] if v is not None}))
        lacking = [c for c in names if c not in set(work.label[~own])]
        if lacking:
            why = _too_few(work, lacking, np.ones((3, len(own)), bool))
            raise ParameterError(f"leaving out {work.level} {name}: {why}")
        folds.append(_fold_without(work, own, name))
    folds.sort(key=lambda fold: fold.name)
    return work.split(folds, f"one {work.level} left out at a time{_about_validation(folds)}")


def _fold_without(work: _Work, test: np.ndarray, name: str) -> Fold:
    """Train on all but `test`, and validate on some of that where every class can spare a group and keep two."""
    side = np.where(test, _TEST, _TRAIN)
    train, validation, _ = work.request.shares
    names, number = _classes(work.label)
    if validation > 0 and all(work.groups_of(c, ~test) >= 3 for c in names):
        inside = (work.counts(number, ~test) > 0).any(axis=1)
        strata, classes = work.counts(work.stratum, ~test)[inside], work.counts(number, ~test)[inside]
        shares = np.tile(np.array([train, validation]) / (train + validation), (len(strata), 1))
        both = Dealing(np.stack([strata, strata]), np.stack([classes, classes]), shares)
        dealt, kept = deal(both, violations_of_sides(np.array([[True], [False]]) & np.ones((2, len(names)), bool)))
        if kept:
            place = np.zeros(work.n_groups, np.int64)
            place[inside] = np.where(dealt == 1, _VALIDATION, _TRAIN)
            side = np.where(test, _TEST, place[work.group])
    return work.fold(side, name)


def _about_validation(folds: Sequence[Fold]) -> str:
    with_some = sum(len(f.validation) > 0 for f in folds)
    if with_some == len(folds):
        return ""
    return f"; {with_some or 'none'} of {len(folds)} with a validation side, for want of groups"


def _shifted(work: _Work) -> Split:
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
    side = np.where(np.where(side == _TEST, far, near), side, -1)
    return kept.split((kept.fold(side),), f"{text}, by {work.level}")


def _source(columns: Columns, request: SplitRequest, rows: _Records) -> Split:
    placed = columns.column("source_split")[rows]
    unknown = sorted({str(v) for v in placed if v is not None and str(v).strip().lower() not in _SOURCE_SIDES})
    if unknown:
        raise ParameterError(
            f"the source calls its sides {', '.join(unknown)}; known are {', '.join(_SOURCE_SIDES)}: make a split of "
            "another kind"
        )
    rows = rows[[v is not None for v in placed]]
    side = np.array([_SOURCE_SIDES[str(v).strip().lower()] for v in placed if v is not None], np.int64)
    for s, name in ((_TRAIN, "training"), (_TEST, "test")):
        if not (side == s).any():
            raise ParameterError(f"the source names no {name} side; make a split of another kind")
    leak = _straddling(columns, rows, side, request.level)
    if leak is not None and not request.leaky:
        raise LeakError(_leaks("the split that the source has", leak))
    whole = [lv for lv in named_levels(columns, rows) if not _torn(columns, rows, side, lv)]
    level = whole[-1] if whole else "record"
    train, test, validation = (rows[side == s] for s in (_TRAIN, _TEST, _VALIDATION))
    return Split(
        request.name, level, "source", (Fold(train, validation, test),), request.seed, leaky=leak is not None,
        text="the sides that the source has",
    )  # fmt: skip


def _straddling(columns: Columns, rows: _Records, side: _Records, level: Level | None) -> Leak | None:
    levels = group_levels(level or "record")
    found = [(name, _torn(columns, rows, side, name)) for name in reversed(levels)]
    # conditions return on purpose unless they are the level asked for
    return next((Leak(n, torn) for n, torn in found if torn and (n != "condition" or level == n)), None)


def _torn(columns: Columns, rows: _Records, side: _Records, level: Level) -> tuple[str, ...]:
    names = columns.column(level)[rows].tolist()
    if len(set(names)) < 2:
        return ()
    sides: dict[object, set[int]] = {}
    for name, s in zip(names, side.tolist(), strict=True):
        if name is not None:
            sides.setdefault(name, set()).add(s)
    return tuple(sorted(str(n) for n, s in sides.items() if len(s) > 1))
