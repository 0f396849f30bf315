"""How a text file is laid out as a table: delimiter, decimal mark, header, kinds of columns."""

import csv
import re
from collections import Counter
from dataclasses import dataclass

__all__ = ["ColumnKind", "Layout", "find_layout", "split_row"]

ColumnKind = str
"""``number``, ``clock`` (a date and time, or a time of day) or ``text``."""

_NUMBER = r"[+-]?(?:\d+{mark}?\d*|{mark}\d+)(?:[eE][+-]?\d+)?|[+-]?(?:nan|inf|infinity)"
_NUMBERS = {
    ".": re.compile(_NUMBER.format(mark=r"\."), re.IGNORECASE),
    # A comma is a decimal mark only between digits: "1, 2" are two numbers.
    ",": re.compile(
        r"[+-]?\d+(?:,\d+)?(?:[eE][+-]?\d+)?|[+-]?,\d+(?:[eE][+-]?\d+)?|[+-]?(?:nan|inf|infinity)", re.IGNORECASE
    ),
}
_CLOCK = re.compile(r"(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?")
_COMPLEX = re.compile(r"\(?[+-]?[\d.]+(?:e[+-]?\d+)?[+-][\d.]+(?:e[+-]?\d+)?[ij]\)?", re.IGNORECASE)
#: ``None`` is any run of blanks. The first that fits best is taken.
_DELIMITERS = ("\t", ";", ",", "|", None)
_JUDGED_ROWS = 24
_UNITS = frozenset(
    [
        "",
        "-",
        "s",
        "ms",
        "us",
        "µs",
        "g",
        "m/s2",
        "m/s^2",
        "m/s²",
        "mm/s",
        "um",
        "µm",
        "v",
        "mv",
        "hz",
        "rpm",
        "n",
        "°c",
    ]
)
MAX_COLUMNS = 4096


@dataclass(frozen=True, slots=True)
class Layout:
    """A table in a text file."""

    delimiter: str | None
    decimal: str
    n_skipped: int
    """Lines before the first row of numbers."""
    names: tuple[str, ...] | None
    """Of the columns, where there is a header."""
    kinds: tuple[ColumnKind, ...]
    preamble: tuple[str, ...]
    """Lines before the header."""
    trailing: bool
    """True where every row ends in one delimiter more."""
    note: str | None = None


def split_row(line: str, delimiter: str | None) -> list[str]:
    """Return the fields of a row, without blanks and quotes around them.

    Examples
    --------
    >>> split_row(' "a" ;1,5', ";"), split_row("  1   2 ", None)
    (['a', '1,5'], ['1', '2'])
    """
    if delimiter is None:
        return line.replace('"', " ").split()
    if '"' in line:
        fields = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
        return [f.strip() for f in fields]
    return [f.strip() for f in line.split(delimiter)]


def find_layout(lines: list[str]) -> Layout | str:
    """Return the layout of the table in `lines`, or why there is none.

    The rows at the end of the sample decide on delimiter and decimal mark; the table then starts at the first row that
    fits.

    Parameters
    ----------
    lines : list of str
        The first lines of a file, all complete.

    Examples
    --------
    >>> layout = find_layout(["Zeit [s];a [g]", "0,0;1,5", "0,1;-2,5"])
    >>> layout.delimiter, layout.decimal, layout.names, layout.n_skipped
    (';', ',', ('Zeit [s]', 'a [g]'), 1)
    """
    filled = [line for line in lines if line.strip()]
    best: tuple[float, int, int, str | None, str, int] | None = None
    for preference, delimiter in enumerate(_DELIMITERS):
        for decimal in (".", ","):
            if decimal == delimiter:
                continue
            rows = [split_row(line, delimiter) for line in filled[-_JUDGED_ROWS:]]
            n_columns = Counter(map(len, rows)).most_common(1)[0][0] if rows else 0
            fields = [f for row in rows if len(row) == n_columns for f in _without_empty_end(row)]
            numeric = sum(_kind(f, decimal) != "text" for f in fields)
            if numeric:
                score = (numeric / len(fields), numeric, -preference, delimiter, decimal, n_columns)
                if best is None or score[:3] > best[:3]:
                    best = score
    if best is None:
        if any(_COMPLEX.search(line) for line in filled[-_JUDGED_ROWS:]):
            return "its numbers are complex; allowed are real numbers, one per sample"
        return "no table of numbers is in it"
    *_, delimiter, decimal, n_columns = best
    note = None
    if delimiter == "," and n_columns == 2:
        decimal_evidence = _comma_is_decimal(filled[-_JUDGED_ROWS:])
        if decimal_evidence is not None:
            if decimal_evidence:
                delimiter, decimal, n_columns = ";", ",", 1
                note = "the comma was read as decimal mark: its right side has leading zeros"
            else:
                note = "two columns of whole numbers; if the comma is a decimal mark, write a decimal point"
    return _from_first_row(lines, delimiter, decimal, n_columns, note)


def _from_first_row(
    lines: list[str], delimiter: str | None, decimal: str, n_columns: int, note: str | None
) -> Layout | str:
    if n_columns > MAX_COLUMNS:
        return f"its rows have {n_columns} columns; allowed are {MAX_COLUMNS}: put one sample per row"
    filled = [line for line in lines if line.strip()][-_JUDGED_ROWS:]
    judged = [row for line in filled if len(row := split_row(line, delimiter)) == n_columns]
    trailing = n_columns > 1 and all(row[-1] == "" for row in judged)
    kinds = tuple(_column_kind([row[i] for row in judged], decimal) for i in range(n_columns - trailing))
    if kinds == ("text",) * len(kinds):
        return "no column of numbers is in it"
    above: list[list[str]] = []
    for line in lines:
        row = split_row(line, delimiter)
        if len(row) == n_columns and _fits(row, kinds, decimal):
            break
        above.append(row)
    else:
        return "no table of numbers is in it"
    first = len(above)
    names, n_header = _header(above, n_columns, len(kinds))
    if names is None and _is_counted_header([split_row(s, delimiter) for s in lines[first : first + 3]], kinds):
        names, n_header = tuple(row[: len(kinds)]), 0
        first += 1
        note = note or "the first row (0, 1, 2 …) was read as column names"
    preamble = tuple(lines[: first - n_header])
    return Layout(delimiter, decimal, first, names, kinds, preamble, trailing, note)


def _fits(row: list[str], kinds: tuple[ColumnKind, ...], decimal: str) -> bool:
    return all(kind == "text" or _kind(f, decimal) == kind for kind, f in zip(kinds, row, strict=False))


def _header(above: list[list[str]], n_columns: int, n_named: int) -> tuple[tuple[str, ...] | None, int]:
    """Return the column names and how many lines they take."""
    if not above or len(above[-1]) not in (n_columns, n_named) or not any(above[-1]):
        return None, 0
    last = above[-1][:n_named]
    if last[0].startswith("#"):
        last = [last[0].lstrip("# "), *last[1:]]
    if n_columns == 1 and re.search(r"[:=]", last[0]):
        return None, 0  # a line such as "fs = 12000" names no column
    if len(above) > 1 and len(above[-2]) in (n_columns, n_named) and all(_is_unit(f) for f in last):
        joined = (
            f"{name} [{unit.strip('[]()')}]" if unit else name for name, unit in zip(above[-2], last, strict=False)
        )
        return tuple(joined), 2
    return tuple(last), 1


def _is_unit(field: str) -> bool:
    return field.strip("[]() ").lower() in _UNITS


def _is_counted_header(rows: list[list[str]], kinds: tuple[ColumnKind, ...]) -> bool:
    """Tell whether the first row is 0, 1, 2 … above numbers with fractions, as data frames without names are saved."""
    if len(rows) < 2 or rows[0][: len(kinds)] != [str(i) for i in range(len(kinds))]:
        return False
    return all(re.search(r"[.,eE]", f) for row in rows[1:] for f in row[: len(kinds)])


def _without_empty_end(row: list[str]) -> list[str]:
    return row[:-1] if len(row) > 1 and row[-1] == "" else row


def _kind(field: str, decimal: str) -> ColumnKind:
    if _NUMBERS[decimal].fullmatch(field):
        return "number"
    return "clock" if _CLOCK.fullmatch(field) else "text"


def _column_kind(fields: list[str], decimal: str) -> ColumnKind:
    kinds = Counter(_kind(f, decimal) for f in fields)
    # One number makes a number column: a text in it is then an error, not a label.
    return "number" if kinds["number"] else "clock" if kinds["clock"] else "text"


def _comma_is_decimal(lines: list[str]) -> bool | None:
    """Tell whether the comma of rows such as ``0,015`` is a decimal mark; ``None`` where the rows are no such pairs."""
    pairs = [line.strip().split(",") for line in lines]
    if not all(len(p) == 2 and re.fullmatch(r"[+-]?\d+", p[0]) and re.fullmatch(r"\d+", p[1]) for p in pairs):
        return None
    return any((len(p[1]) > 1 and p[1].startswith("0")) or re.match(r"[+-]?0\d|-0$", p[0]) for p in pairs)
