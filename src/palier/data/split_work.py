"""The records that a split parts: their groups, classes and strata."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

import numpy as np
from jaxtyping import Int

from palier.core.split import Fold, Level, Split
from palier.data.split_groups import Columns, Leak, group_levels, group_records
from palier.data.split_request import SplitRequest
from palier.errors import ParameterError

__all__ = [
    "TEST",
    "TRAIN",
    "VALIDATION",
    "Rows",
    "SplitWork",
    "classes_of_labels",
    "labelled_rows",
    "too_few",
    "words_of_leak",
    "work_of",
]

#: Order in which sides are dealt to: where it does not matter, test is served before validation.
TRAIN: Final = 0
TEST: Final = 1
VALIDATION: Final = 2
_SHOWN: Final = 3

Rows = Int[np.ndarray, " record"]


@dataclass(frozen=True, slots=True, eq=False)
class SplitWork:
    """The records to part, and the groups they make; group numbers are in the order of the seed."""

    columns: Columns
    request: SplitRequest
    rows: Rows
    level: Level
    leaky: bool
    group: Rows
    label: np.ndarray
    stratum: Rows

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return int(self.group.max()) + 1

    def only(self, some: np.ndarray) -> "SplitWork":
        """Return the work with some of the records; groups stay what they are."""
        group, stratum = (np.unique(v[some], return_inverse=True)[1] for v in (self.group, self.stratum))
        return replace(self, rows=self.rows[some], group=group, label=self.label[some], stratum=stratum)

    def split(self, folds: Sequence[Fold], text: str) -> Split:
        """Return the split of these folds; `text` says in words what it is."""
        test_share = self.request.shares[2]
        return Split(
            self.request.name, self.level, self.request.kind, tuple(folds), self.request.seed, leaky=self.leaky,
            window_test_share=test_share, text=text,
        )  # fmt: skip

    def fold(self, side: Rows, name: str = "0") -> Fold:
        """Return the fold in which each record is on its side; on none where the side is negative."""
        train, test, validation = (self.rows[side == s] for s in (TRAIN, TEST, VALIDATION))
        return Fold(train, validation, test, name)

    def counts(self, of: Rows, on: np.ndarray) -> np.ndarray:
        """Count the records of each group and class (or stratum) among those on `on`."""
        table = np.zeros((self.n_groups, int(of.max()) + 1))
        np.add.at(table, (self.group[on], of[on]), 1)
        return table

    def groups_of(self, label: str, on: np.ndarray | None = None) -> int:
        """Count the groups of a class, among the records on `on` where that is given."""
        own = self.label == label if on is None else (self.label == label) & on
        return len(np.unique(self.group[own]))


def work_of(columns: Columns, request: SplitRequest, rows: Rows, level: Level, *, leaky: bool) -> SplitWork:
    """Group the records by a level and, unless the split is leaky on purpose, by all that it must keep whole."""
    levels = () if level in ("window", "record") and leaky else (level,) if leaky else group_levels(level)
    group = group_records(columns, rows, levels)
    label = np.array([str(v) for v in columns.column("label")[rows]], object)
    severity = columns.column("severity")[rows].tolist()
    pairs = [f"{kind}\0{how_grave or ''}" for kind, how_grave in zip(label, severity, strict=True)]
    stratum = np.asarray(np.unique(np.array(pairs), return_inverse=True)[1], np.int64)
    return SplitWork(
        columns, request, rows, level, leaky, _shuffled(columns, rows, group, request.seed), label, stratum
    )


def _shuffled(columns: Columns, rows: Rows, group: Rows, seed: int) -> Rows:
    """Number the groups anew, in a random order that depends on the seed and the records' names alone."""
    first: dict[int, str] = {}
    for g, name in zip(group.tolist(), map(str, columns.column("record_id")[rows]), strict=True):
        first[g] = min(first.get(g, name), name)
    keys = [sha256(f"{seed}\0{first[g]}".encode()).digest() for g in range(len(first))]
    number = np.empty(len(keys), np.int64)
    number[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
    return np.asarray(number[group])


def classes_of_labels(label: np.ndarray) -> tuple[list[str], Rows]:
    """Return the names of the classes, sorted, and the number of each record's class."""
    names, number = np.unique(label.astype(str), return_inverse=True)
    return names.tolist(), np.asarray(number, np.int64)


def labelled_rows(columns: Columns, request: SplitRequest) -> Rows:
    """Return the rows of the records that have a label, and one that is asked for.

    Raises
    ------
    ParameterError
        If there are none, a label is in no record, or two records have one name.
    """
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


def words_of_leak(what: str, leak: Leak) -> str:
    """Say what leaks, on which level, and what to do."""
    shown = ", ".join(leak.names[:_SHOWN]) + (" …" if len(leak.names) > _SHOWN else "")
    return (
        f"{what} leaks on the level {leak.level}: {len(leak.names)} of them could lie on two sides ({shown}); split by "
        f"{leak.level}, or ask for the leaky split (--leaky) to show its score beside the honest one"
    )


def too_few(work: SplitWork, names: list[str], on: np.ndarray) -> str:
    """Say which class cannot be on both sides, or that the classes stand in each other's way."""
    unit = work.level
    lone = [n for n in names if work.groups_of(n) < 2 or not ((work.label == n) & on[TRAIN]).any()]
    counted = ", ".join(f"{n} {work.groups_of(n)}" for n in names)
    who = f"class {lone[0]} has too few" if lone else "the classes share too few"
    return (
        f"{who}: training and test each need at least one {unit} of every class, and there are {counted}; get "
        f"recordings of another {unit}, or leave the class out (--label names those to keep)"
    )
