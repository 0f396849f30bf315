"""Which class a file belongs to: from a table, or from its name."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

from palier.errors import ParameterError, ReadError

__all__ = ["Labeller", "labels_from_file", "labels_from_pattern"]

#: Tells the class of a file, or None.
Labeller = Callable[[Path], str | None]

_MOST_BYTES = 64 * 2**20


def labels_from_file(table: Path) -> Labeller:
    """Read a CSV table of paths and labels.

    Parameters
    ----------
    table : Path
        Two columns, path and label, with or without a heading. A path counts from the table's folder or from the
        working folder; a bare file name stands for every file of that name.

    Returns
    -------
    Labeller

    Raises
    ------
    ReadError
        If the table cannot be read, is empty, has a row of other than two columns, or gives one path two labels.
    """
    rows = _rows(table)
    if rows and [cell.strip().lower() for cell in rows[0][1]] in (["path", "label"], ["file", "label"]):
        rows = rows[1:]
    labels: dict[str, str] = {}
    for number, row in rows:
        cells = [cell.strip() for cell in row]
        if len(cells) != 2 or not all(cells):
            raise ReadError(f"{table}, line {number}: {len(row)} columns; allowed are two, a path and a label")
        if labels.setdefault(cells[0], cells[1]) != cells[1]:
            raise ReadError(f"{table}, line {number}: {cells[0]} has the labels {labels[cells[0]]} and {cells[1]}")
    if not labels:
        raise ReadError(f"{table}: no labels in it; give one line per recording, path,label")
    by_path = {key: label for name, label in labels.items() for key in (_key(table.parent / name), _key(Path(name)))}

    def label_of(path: Path) -> str | None:
        return by_path.get(_key(path), labels.get(path.name))

    return label_of


def _key(path: Path) -> str:
    return str(path.absolute().resolve())


def _rows(table: Path) -> list[tuple[int, list[str]]]:
    try:
        if table.stat().st_size > _MOST_BYTES:
            raise ReadError(f"{table}: larger than {_MOST_BYTES >> 20} MiB; is this a table of labels?")
        with table.open(encoding="utf-8-sig", newline="") as file:
            return [(number, row) for number, row in enumerate(csv.reader(file), 1) if any(c.strip() for c in row)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ReadError(f"{table}: no CSV text in UTF-8 ({error}); save it as UTF-8") from error
    except OSError as error:
        if isinstance(error, ReadError):
            raise
        raise ReadError(f"{table}: cannot be read ({error.strerror}); name an existing file of yours") from error


def labels_from_pattern(pattern: str) -> Labeller:
    r"""Make a labeller of a regular expression with one group.

    The expression is searched in the file's name, then in its whole path; the first group is the label.

    Parameters
    ----------
    pattern : str
        Such as ``(\w+?)_\d+`` or ``/(healthy|faulty)/``.

    Raises
    ------
    ParameterError
        If it is no regular expression, or has no group.

    Examples
    --------
    >>> label_of = labels_from_pattern("^(IR|OR|B|normal)")
    >>> label_of(Path("a/IR007_0_105.mat")), label_of(Path("a/x.mat"))
    ('IR', None)
    """
    try:
        expression = re.compile(pattern)
    except re.error as error:
        raise ParameterError(f"label pattern {pattern!r} is no regular expression: {error}") from error
    if expression.groups < 1:
        raise ParameterError(f"label pattern {pattern!r} has no group; put the part that is the label in parentheses")

    def label_of(path: Path) -> str | None:
        match = expression.search(path.name) or expression.search(path.as_posix())
        return None if match is None else match[1]

    return label_of
