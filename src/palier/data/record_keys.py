"""Facts of imported files that no file states: a constant, a part of the path, or a column of a table."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Final, Literal

from palier.errors import ParameterError, ReadError

__all__ = ["FactTable", "Key", "number", "read_fact_table"]

_MOST_BYTES: Final = 64 * 2**20
_PATH_NAMES: Final = ("path", "file", "filename")


@dataclass(frozen=True, slots=True)
class Key:
    """Where a fact of each file comes from.

    Examples
    --------
    >>> Key.parse("pattern:(IR|OR|B)(\\\\d+)").value(Path("12k/IR007_0.mat"), {})
    'IR-007'
    >>> Key.parse("column:load").value(Path("a.mat"), {"load": "3"}), Key.parse("rig A").value(Path("a.mat"), {})
    ('3', 'rig A')
    """

    kind: Literal["constant", "pattern", "column"]
    text: str

    @classmethod
    def parse(cls, text: str) -> "Key":
        """Read a key as it is typed: ``column:NAME``, ``pattern:REGEX``, or the value itself.

        Raises
        ------
        ParameterError
            If the pattern is no regular expression or has no group, or a name is missing.
        """
        prefix, colon, rest = text.partition(":")
        kind = next((k for k in ("column", "pattern", "constant") if colon and prefix == k), None)
        key = cls("constant", text) if kind is None else cls(kind, rest)
        if not key.text.strip():
            raise ParameterError(f"key {text!r} is empty; allowed are a value, column:NAME and pattern:REGEX")
        if key.kind == "pattern":
            try:
                groups = re.compile(key.text).groups
            except re.error as error:
                raise ParameterError(f"pattern {key.text!r} is no regular expression: {error}") from error
            if groups < 1:
                raise ParameterError(f"pattern {key.text!r} has no group; put the part that counts in parentheses")
        return key

    def value(self, path: Path, row: Mapping[str, str]) -> str | None:
        """Return the fact of a file; None where nobody states it.

        A pattern is searched in the file's name, then in its path; its groups are joined by hyphens.
        """
        if self.kind == "constant":
            return self.text
        if self.kind == "column":
            return row.get(self.text) or None
        match = re.search(self.text, path.name) or re.search(self.text, path.as_posix())
        if match is None:
            return None
        return "-".join(g for g in match.groups() if g) or None


def number(value: str | None, *, what: str, of: str) -> float | None:
    """Return a number, None for nothing; `what` and `of` say in messages which one of which file."""
    if value is None:
        return None
    try:
        made = float(value)
    except ValueError:
        made = float("nan")
    if not isfinite(made):
        raise ParameterError(f"{of}: {what} is {value!r}; allowed is a number")
    return made


@dataclass(frozen=True, slots=True, eq=False)
class FactTable:
    """A table with a row of facts per file."""

    path: Path
    columns: tuple[str, ...]
    rows: Mapping[str, Mapping[str, str]]
    """By path as in the table."""
    _by_path: Mapping[str, Mapping[str, str]]

    def row(self, path: Path) -> Mapping[str, str]:
        """Return the facts of a file; empty where the table has none."""
        return self._by_path.get(str(path.absolute().resolve()), self.rows.get(path.name, {}))

    def check(self, keys: Sequence[Key]) -> None:
        """Refuse keys on columns that the table has not."""
        absent = [k.text for k in keys if k.kind == "column" and k.text not in self.columns]
        if absent:
            raise ParameterError(f"{self.path}: no column {', '.join(absent)}; there are {', '.join(self.columns)}")


def read_fact_table(table: Path) -> FactTable:
    """Read a CSV table with a heading, one of whose columns is ``path`` (or ``file``), or a table of path and label.

    A path counts from the table's folder or from the working folder; a bare file name stands for every file of that
    name.

    Raises
    ------
    ReadError
        If the table cannot be read, is empty, has a row of another length, or names a path twice.
    """
    try:
        if table.stat().st_size > _MOST_BYTES:
            raise ReadError(f"{table}: larger than {_MOST_BYTES >> 20} MiB; is this a table of labels?")
        with table.open(encoding="utf-8-sig", newline="") as file:
            cells_of = ((n, [c.strip() for c in row]) for n, row in enumerate(csv.reader(file), 1))
            lines = [(n, cells) for n, cells in cells_of if any(cells)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ReadError(f"{table}: no CSV text in UTF-8 ({error}); save it as UTF-8") from error
    except OSError as error:
        if isinstance(error, ReadError):
            raise
        raise ReadError(f"{table}: cannot be read ({error.strerror}); name an existing file of yours") from error
    if not lines:
        raise ReadError(f"{table}: no rows in it; give one line per recording, path,label")
    heading = [c.lower() for c in lines[0][1]]
    place = next((heading.index(n) for n in _PATH_NAMES if n in heading), None)
    if place is None and len(heading) != 2:
        raise ReadError(f"{table}: no column path among {', '.join(lines[0][1])}; call the column of the files so")
    columns = ("path", "label") if place is None else tuple(lines[0][1])
    rows: dict[str, Mapping[str, str]] = {}
    for n, cells in lines if place is None else lines[1:]:
        if len(cells) != len(columns):
            raise ReadError(f"{table}, line {n}: {len(cells)} columns; the table has {len(columns)}")
        name = cells[place or 0]
        row = dict(zip(columns, cells, strict=True))
        if not name:
            raise ReadError(f"{table}, line {n}: names no file")
        if rows.setdefault(name, row) != row:
            raise ReadError(f"{table}, line {n}: {name} has been in the table before, with other facts")
    by_path = {
        str(p.absolute().resolve()): row for name, row in rows.items() for p in (table.parent / name, Path(name))
    }
    return FactTable(table, columns, rows, by_path)
