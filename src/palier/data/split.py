"""Part the records of a dataset into training, validation and test, so that nothing known straddles them."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Literal, Protocol, get_args

import numpy as np
from jaxtyping import Bool, Int

from palier.core.dataset import SEVERITY_LEVELS
from palier.core.split import LEVELS, Fold, Level, Split
from palier.errors import LeakError, ParameterError

__all__ = ["Columns", "Shift", "SplitKind", "SplitRequest", "highest_level", "make_split", "named_levels"]

SplitKind = Literal["holdout", "kfold", "leave_one_out", "shift", "source"]
ShiftBy = Literal["severity", "speed", "load", "temperature"]

_SHIFT_COLUMNS: Final = {"speed": "speed_hz", "load": "load", "temperature": "temperature_c"}
_GROUP_LEVELS: Final[tuple[Level, ...]] = ("condition", "bearing", "rig")


class Columns(Protocol):
    """A table with a row for each record: a dataset's index, or anybody's."""

    def column(self, name: str) -> np.ndarray:
        """Return a column; None or NaN where nobody knows."""

    def __len__(self) -> int:
        """Return the number of records."""


@dataclass(frozen=True, slots=True)
class Shift:
    """Train on one part of the conditions, test on the other."""

    by: ShiftBy
    direction: Literal["up", "down"]
    """``up``: train at and below the threshold, test above it; ``down``: the reverse. By severity, ``down`` trains on
    mild and above and tests incipient, ``up`` trains on incipient and mild and tests moderate and above."""
    threshold: float | None = None
    """In the unit of the column (Hz, the load's unit, °C); the median where none is given. Not for severity."""

    def __post_init__(self) -> None:
        if self.by not in get_args(ShiftBy) or self.direction not in ("up", "down"):
            raise ParameterError(
                f"shift by {self.by!r} {self.direction!r}; allowed are {', '.join(get_args(ShiftBy))}, up or down"
            )
        if self.by == "severity" and self.threshold is not None:
            raise ParameterError("a shift by severity takes no threshold; it parts the named levels")


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
    """Of training, validation and test, for a holdout and a shift."""
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
        if (self.kind == "shift") != (self.shift is not None):
            raise ParameterError("a split of the kind shift needs what it shifts by, and no other kind takes it")


def named_levels(columns: Columns, rows: Int[np.ndarray, " record"] | None = None) -> tuple[Level, ...]:
    """Return the levels above the record that every record names with at least two names among them, lowest first."""
    chosen = np.arange(len(columns)) if rows is None else rows
    named: list[Level] = []
    for level in _GROUP_LEVELS:
        values = columns.column(level)[chosen]
        if len(values) and all(v is not None for v in values) and len(set(values.tolist())) >= 2:
            named.append(level)
    return tuple(named)


def highest_level(columns: Columns, rows: Int[np.ndarray, " record"] | None = None) -> Level:
    """Return the highest level that the data name; ``record`` where they name none."""
    named = named_levels(columns, rows)
    return named[-1] if named else "record"


def make_split(columns: Columns, request: SplitRequest) -> Split:
    """Make a split.

    Records that share a name on the chosen level, or on any higher one that the data name, stay together; groups are
    dealt out so that every class × severity has its share on each side. The same request gives the same split, whatever
    the order of the rows.

    Parameters
    ----------
    columns : Columns
        With ``record_id``, ``label``, ``severity``, ``condition``, ``bearing``, ``rig`` and, for shifts and sources,
        the column in question.
    request : SplitRequest

    Raises
    ------
    LeakError
        If a level is asked for that lets a higher one straddle; the message names it.
    ParameterError
        If a class has too few groups, or nothing is left on a side.
    """
    rows = _rows(columns, request)
    top = highest_level(columns, rows)
    level = request.level or (top if request.kind != "source" else "record")
    if request.kind == "source":
        return _source(columns, request, rows, level)
    _refuse_leaks(columns, rows, level, request)
    if level == "window":
        none = np.zeros(0, np.int64)
        fold = Fold(rows, none, rows)
        return _named(request, level, (fold,), "windows are drawn onto the sides, whatever record they are of")
    group = _groups(columns, rows, level, leaky=request.leaky)
    stratum = _strata(columns, rows)
    labels = columns.column("label")[rows]
    rank = _ranks(columns, rows, group, request.seed)
    if request.kind == "holdout":
        side = _deal(group, stratum, rank, np.array(request.shares))
        side = _with_every_class(side, group, labels, rank, level)
        return _named(request, level, (_fold(rows, side),), f"holdout by {level}")
    if request.kind == "kfold":
        return _kfold(request, rows, group, stratum, rank, labels, level)
    if request.kind == "leave_one_out":
        return _leave_one_out(columns, request, rows, group, labels, level)
    return _shifted(columns, request, rows, group, stratum, rank, labels, level)


def _rows(columns: Columns, request: SplitRequest) -> Int[np.ndarray, " record"]:
    labels = columns.column("label")
    present = {str(v) for v in labels if v is not None}
    if request.labels is not None:
        missing = [v for v in request.labels if v not in present]
        if missing:
            raise ParameterError(f"no record of {', '.join(missing)}; there are {', '.join(sorted(present))}")
    wanted = present if request.labels is None else set(request.labels)
    rows = np.flatnonzero([v is not None and str(v) in wanted for v in labels])
    if not len(rows):
        raise ParameterError("no record has a label; import the dataset with --labels or --label-pattern")
    return rows


def _refuse_leaks(
    columns: Columns, rows: Int[np.ndarray, " record"], level: Level, request: SplitRequest
) -> None:
    """Stop where the level asked for lets a higher one, that the data name, straddle the sides."""
    if level in _GROUP_LEVELS and level not in named_levels(columns, rows):
        values = columns.column(level)[rows]
        unnamed = sum(v is None for v in values)
        why = f"{unnamed} of {len(rows)} records have none" if unnamed else "all records have the same"
        raise ParameterError(
            f"no split by {level}: {why}; the highest level here is {highest_level(columns, rows)}"
        )
    higher = [n for n in named_levels(columns, rows) if LEVELS.index(n) > LEVELS.index(level)]
    if level == "window":
        higher = ["record", *higher]
    if request.leaky or not higher:
        return
    worst = higher[-1]
    names = columns.column("record_id" if worst == "record" else worst)[rows]
    own = rows if level in ("record", "window") else columns.column(level)[rows]
    shared = [n for n in dict.fromkeys(names.tolist()) if level == "window" or len(set(own[names == n].tolist())) > 1]
    if not shared:
        return  # every group of the higher level is one group of this one: nothing can straddle
    raise LeakError(
        f"a split by {level} leaks on the level {worst}: records of one {worst} would be on both sides "
        f"({len(shared)} could, such as {shared[0]}); split by {worst}, or state --leaky to show the score beside the "
        "honest one"
    )


def _groups(
    columns: Columns, rows: Int[np.ndarray, " record"], level: Level, *, leaky: bool
) -> Int[np.ndarray, " record"]:
    """Number the groups: records linked by a name on the level, or on a higher one, belong together."""
    n = len(rows)
    parent = np.arange(n)

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = int(parent[i])
        return i

    levels = [level] if leaky else [lv for lv in named_levels(columns, rows) if LEVELS.index(lv) >= LEVELS.index(level)]
    for name in levels:
        if name == "record":
            continue
        first: dict[str, int] = {}
        for i, value in enumerate(columns.column(name)[rows]):
            if value is not None:
                j = first.setdefault(str(value), i)
                parent[root(i)] = root(j)
    roots = np.array([root(i) for i in range(n)])
    return np.asarray(np.unique(roots, return_inverse=True)[1], np.int64)


def _strata(columns: Columns, rows: Int[np.ndarray, " record"]) -> Int[np.ndarray, " record"]:
    pairs = zip(columns.column("label")[rows], columns.column("severity")[rows], strict=True)
    names = [f"{label}\0{severity}" for label, severity in pairs]
    return np.asarray(np.unique(names, return_inverse=True)[1], np.int64)


def _ranks(
    columns: Columns, rows: Int[np.ndarray, " record"], group: Int[np.ndarray, " record"], seed: int
) -> Int[np.ndarray, " group"]:
    """Put the groups in a random order that depends on the seed and the records' names alone."""
    ids = columns.column("record_id")[rows]
    first: dict[int, str] = {}
    for g, name in zip(group.tolist(), ids, strict=True):
        first[g] = min(first.get(g, str(name)), str(name))
    keys = [sha256(f"{seed}\0{first[g]}".encode()).digest() for g in range(len(first))]
    return np.asarray(sorted(range(len(keys)), key=keys.__getitem__), np.int64)


def _deal(
    group: Int[np.ndarray, " record"],
    stratum: Int[np.ndarray, " record"],
    order: Int[np.ndarray, " group"],
    shares: np.ndarray,
) -> Int[np.ndarray, " record"]:
    """Deal groups to sides, large ones first, each to the side that lacks most of what it holds."""
    n_groups, n_strata = len(order), int(stratum.max()) + 1
    counts = np.zeros((n_groups, n_strata))
    np.add.at(counts, (group, stratum), 1)
    totals = counts.sum(axis=0)
    target = shares[:, None] * totals
    have = np.zeros_like(target)
    side = np.zeros(n_groups, np.int64)
    size = counts.sum(axis=1)
    open_sides = shares > 0
    for g in sorted(order.tolist(), key=lambda k: -size[k]):  # a stable sort: the random order within a size
        need = np.where(open_sides, (target - have) @ counts[g], -np.inf)
        side[g] = int(need.argmax())
        have[side[g]] += counts[g]
    return side[group]


def _with_every_class(
    side: Int[np.ndarray, " record"],
    group: Int[np.ndarray, " record"],
    labels: np.ndarray,
    order: Int[np.ndarray, " group"],
    level: Level,
) -> Int[np.ndarray, " record"]:
    """See to it that every class is in training (0) and test (2), by moving whole groups."""
    side = side.copy()
    place = {g: i for i, g in enumerate(order.tolist())}
    for label in sorted({str(v) for v in labels}):
        own = labels == label
        groups = sorted(set(group[own].tolist()), key=place.__getitem__)
        if len(groups) < 2:
            raise ParameterError(
                f"class {label} has {len(groups)} {level}, and training and test each need one; get recordings of "
                f"another {level}, leave the class out (--label), or state --leaky with a lower level"
            )
        for wanted, other in ((2, 0), (0, 2)):
            if not (side[own] == wanted).any():
                spare = [g for g in groups if (side[group == g] == 1).all()]
                donors = spare or [g for g in groups if (side[group == g] == other).all()]
                side[group == donors[-1]] = wanted
    return side


def _fold(rows: Int[np.ndarray, " record"], side: Int[np.ndarray, " record"], name: str = "0") -> Fold:
    return Fold(rows[side == 0], rows[side == 1], rows[side == 2], name)


def _kfold(
    request: SplitRequest,
    rows: Int[np.ndarray, " record"],
    group: Int[np.ndarray, " record"],
    stratum: Int[np.ndarray, " record"],
    order: Int[np.ndarray, " group"],
    labels: np.ndarray,
    level: Level,
) -> Split:
    k = request.folds
    part = _deal(group, stratum, order, np.full(k, 1 / k))
    folds = []
    for i in range(k):
        held = (i + 1) % k if k >= 3 else -1
        train = (part != i) & (part != held)
        lacking = sorted({str(v) for v in labels} - {str(v) for v in labels[train]})
        if lacking or not (part == i).any():
            raise ParameterError(
                f"{k} folds by {level}: fold {i} has no training {level} of {', '.join(lacking) or 'its test side'}; "
                f"ask for fewer folds, or leave the class out (--label)"
            )
        folds.append(Fold(rows[train], rows[part == held], rows[part == i], str(i)))
    return _named(request, level, tuple(folds), f"{k} folds by {level}")


def _leave_one_out(
    columns: Columns,
    request: SplitRequest,
    rows: Int[np.ndarray, " record"],
    group: Int[np.ndarray, " record"],
    labels: np.ndarray,
    level: Level,
) -> Split:
    names = columns.column("record_id" if level == "record" else level)[rows]
    n_groups = int(group.max()) + 1
    if n_groups < 2:
        raise ParameterError(f"one {level} alone; leaving one out needs two and more")
    folds = []
    for g in range(n_groups):
        own = group == g
        lacking = sorted({str(v) for v in labels} - {str(v) for v in labels[~own]})
        name = "+".join(dict.fromkeys(str(v) for v in names[own]))
        if lacking:
            raise ParameterError(
                f"leaving out {level} {name} leaves no training record of {', '.join(lacking)}; leave the class out "
                "(--label), or get recordings of another"
            )
        folds.append(Fold(rows[~own], np.zeros(0, np.int64), rows[own], name))
    return _named(request, level, tuple(sorted(folds, key=lambda f: f.name)), f"one {level} left out at a time")


def _shifted(
    columns: Columns,
    request: SplitRequest,
    rows: Int[np.ndarray, " record"],
    group: Int[np.ndarray, " record"],
    stratum: Int[np.ndarray, " record"],
    order: Int[np.ndarray, " group"],
    labels: np.ndarray,
    level: Level,
) -> Split:
    shift = request.shift
    assert shift is not None
    near, far, text = _parts(columns, rows, shift)
    train, validation, test = request.shares
    mixed = any(near[group == g].any() and far[group == g].any() for g in range(int(group.max()) + 1))
    if mixed:  # a group on both parts: its records may serve on one side only
        side = _deal(group, stratum, order, np.array(request.shares))
    else:
        side = np.full(len(rows), 2)
        inner = np.flatnonzero(near)
        numbers = np.unique(group[inner], return_inverse=True)[1]
        known = set(group[inner].tolist())
        position = {g: i for i, g in enumerate(sorted(known))}
        inner_order = np.array([position[g] for g in order.tolist() if g in known], np.int64)
        both = np.array([train, validation, 0.0]) / (train + validation)
        inner_stratum = np.unique(stratum[inner], return_inverse=True)[1]
        side[inner] = _deal(numbers, inner_stratum, inner_order, both)
    keep = np.where(side == 2, far, near)
    side = np.where(keep, side, -1)
    fold = Fold(rows[side == 0], rows[side == 1], rows[side == 2])
    for name, part in (("training", fold.train), ("test", fold.test)):
        if not len(part):
            raise ParameterError(f"shift ({text}) leaves no record for {name}; choose another threshold")
    lacking = sorted({str(v) for v in labels[side == 2]} - {str(v) for v in labels[side == 0]})
    if lacking:
        raise ParameterError(f"shift ({text}) leaves no training record of {', '.join(lacking)}")
    return _named(request, level, (fold,), f"{text}, by {level}")


def _parts(
    columns: Columns, rows: Int[np.ndarray, " record"], shift: Shift
) -> tuple[Bool[np.ndarray, " record"], Bool[np.ndarray, " record"], str]:
    if shift.by == "severity":
        values = columns.column("severity")[rows]
        if any(v is None for v in values):
            raise ParameterError(f"{sum(v is None for v in values)} records state no severity; a shift by it needs all")
        levels = np.array([SEVERITY_LEVELS.index(v) for v in values])
        if shift.direction == "down":
            return levels >= 1, levels == 0, "train mild and above, test incipient"
        return levels <= 1, levels >= 2, "train incipient and mild, test moderate and above"
    numbers = columns.column(_SHIFT_COLUMNS[shift.by])[rows].astype(float)
    if not np.isfinite(numbers).all():
        missing = int((~np.isfinite(numbers)).sum())
        raise ParameterError(f"{missing} records state no {shift.by}; a shift by it needs all")
    threshold = float(np.median(numbers)) if shift.threshold is None else shift.threshold
    low = numbers <= threshold
    near, far = (low, ~low) if shift.direction == "up" else (~low, low)
    words = ("at most", "above") if shift.direction == "up" else ("above", "at most")
    return near, far, f"train at a {shift.by} {words[0]} {threshold:g}, test {words[1]} it"


def _source(
    columns: Columns, request: SplitRequest, rows: Int[np.ndarray, " record"], level: Level
) -> Split:
    sides = {"train": 0, "training": 0, "val": 1, "valid": 1, "validation": 1, "test": 2, "testing": 2}
    values = columns.column("source_split")[rows]
    unknown = sorted({str(v) for v in values if str(v).lower() not in sides})
    if unknown:
        raise ParameterError(
            f"the source's sides are {', '.join(unknown)} here; known are {', '.join(sides)}: make a split of another kind"
        )
    side = np.array([sides[str(v).lower()] for v in values])
    if not (side == 0).any() or not (side == 2).any():
        raise ParameterError("the source names no training or no test side; make a split of another kind")
    higher = named_levels(columns, rows)
    straddling = [
        lv for lv in higher
        if set(columns.column(lv)[rows][side == 0].tolist()) & set(columns.column(lv)[rows][side == 2].tolist())
    ]  # fmt: skip
    if straddling and not request.leaky:
        names = columns.column(straddling[-1])[rows]
        example = sorted({str(v) for v in names[side == 0]} & {str(v) for v in names[side == 2]})[0]
        raise LeakError(
            f"the source's own sides leak on the level {straddling[-1]}: {example} is on training and on test; make a "
            f"split by {straddling[-1]}, or state --leaky to show its score beside the honest one"
        )
    return Split(
        request.name, level, "source", (_fold(rows, side),), request.seed,
        leaky=bool(straddling), text="the sides that the source has",
    )  # fmt: skip


def _named(request: SplitRequest, level: Level, folds: Sequence[Fold], text: str) -> Split:
    return Split(
        request.name, level, request.kind, tuple(folds), request.seed, leaky=request.leaky, text=text
    )
