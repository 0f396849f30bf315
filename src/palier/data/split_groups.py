"""Which records belong together: the levels that a table of records names, and the groups they make."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from jaxtyping import Int

from palier.core.split import LEVELS, Level
from palier.errors import ParameterError

__all__ = ["Columns", "Leak", "Table", "find_leak", "group_levels", "group_records", "highest_level", "named_levels"]

_GROUP_LEVELS: Final[tuple[Level, ...]] = ("condition", "bearing", "rig")
#: A bearing moved to another rig is the same bearing; an operating condition of two bearings is no object.
_OBJECTS: Final[tuple[Level, ...]] = ("bearing", "rig")

_Records = Int[np.ndarray, " record"]


class Columns(Protocol):
    """A table with a row for each record: a dataset's index, or anybody's."""

    def column(self, name: str) -> np.ndarray:
        """Return a column; None or NaN where nobody knows."""

    def __len__(self) -> int:
        """Return the number of records."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Columns in memory; one that is not given is not known for any record.

    Examples
    --------
    >>> table = Table({"record_id": ["r0", "r1"], "label": ["healthy", None]})
    >>> len(table), table.column("bearing").tolist()
    (2, [None, None])
    """

    columns: dict[str, Sequence[object]]

    def __post_init__(self) -> None:
        lengths = {name: len(values) for name, values in self.columns.items()}
        if "record_id" not in lengths or len(set(lengths.values())) != 1:
            raise ParameterError(f"columns have the lengths {lengths}; allowed are equal ones, record_id among them")

    def column(self, name: str) -> np.ndarray:
        """Return a column as objects."""
        made = np.empty(len(self), object)
        made[:] = list(self.columns[name]) if name in self.columns else None
        return made

    def __len__(self) -> int:
        return len(self.columns["record_id"])


def named_levels(columns: Columns, rows: _Records | None = None) -> tuple[Level, ...]:
    """Return the levels above the record that every record names, with two names or more, lowest first.

    Examples
    --------
    >>> named_levels(Table({"record_id": ["a", "b"], "bearing": ["b1", "b2"], "rig": ["r1", "r1"]}))
    ('bearing',)
    """
    chosen = np.arange(len(columns)) if rows is None else rows
    named: list[Level] = []
    for level in _GROUP_LEVELS:
        values = columns.column(level)[chosen].tolist()
        if values and None not in values and len(set(values)) >= 2:
            named.append(level)
    return tuple(named)


def highest_level(columns: Columns, rows: _Records | None = None) -> Level:
    """Return the highest level that the data name; ``record`` where they name none."""
    named = named_levels(columns, rows)
    return named[-1] if named else "record"


def group_levels(level: Level) -> tuple[Level, ...]:
    """Return the levels whose names hold records together in a split on `level`.

    The level itself and all above it; for a rig also the bearing, which may have been moved between rigs.

    Examples
    --------
    >>> group_levels("record"), group_levels("rig")
    (('condition', 'bearing', 'rig'), ('bearing', 'rig'))
    """
    at_least = [name for name in _GROUP_LEVELS if LEVELS.index(name) >= LEVELS.index(level)]
    return tuple(name for name in _GROUP_LEVELS if name in at_least or (level == "rig" and name in _OBJECTS))


def group_records(columns: Columns, rows: _Records, levels: Sequence[Level]) -> _Records:
    """Number the groups of records that are linked by a name on any of `levels`, directly or through others.

    A name that all records share parts nothing and links nothing; neither does a missing one.
    """
    parent = list(range(len(rows)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for level in levels:
        values = columns.column(level)[rows].tolist()
        if len(set(values)) < 2:
            continue
        first: dict[object, int] = {}
        for i, value in enumerate(values):
            if value is not None:
                parent[root(i)] = root(first.setdefault(value, i))
    roots = np.array([root(i) for i in range(len(rows))], np.int64)
    return np.asarray(np.unique(roots, return_inverse=True)[1], np.int64)


@dataclass(frozen=True, slots=True)
class Leak:
    """What a split on a level would tear apart."""

    level: Level
    names: tuple[str, ...]
    """Groups of that level whose records could come to lie on two sides."""


def find_leak(columns: Columns, rows: _Records, level: Level) -> Leak | None:
    """Return what of a higher level, the highest first, a split on `level` could tear apart; None if nothing.

    Only levels that every record names: a partly named one is no reason to refuse, for what it does name stays whole.
    """
    own = columns.column("record_id" if level in ("window", "record") else level)[rows].tolist()
    for higher in reversed(_GROUP_LEVELS):
        if LEVELS.index(higher) <= LEVELS.index(level):
            continue
        names = columns.column(higher)[rows].tolist()
        if None in names or len(set(names)) < 2:
            continue
        parts: defaultdict[object, set[object]] = defaultdict(set)
        for name, part in zip(names, own, strict=True):
            parts[name].add(part)
        torn = tuple(sorted(str(n) for n, p in parts.items() if len(p) > 1))
        if torn:
            return Leak(higher, torn)
    return Leak("record", tuple(map(str, own))) if level == "window" else None
