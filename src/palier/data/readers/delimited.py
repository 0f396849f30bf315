"""Text tables: CSV, TSV and the like, also compressed with gzip. One row per instant, one column per channel."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from palier.data.candidates import Candidates, Channel, TimeAxis
from palier.data.facts import NO_FACTS, Facts, Stated, facts_from, name_and_unit, time_scale, unit_in_name
from palier.data.source import Source, printable
from palier.data.table_layout import Layout, find_layout, split_row
from palier.data.text import Text

__all__ = ["candidates"]

#: The first rows tell time stamps and row numbers from samples.
_LOOKED_AT_ROWS = 200
_INDEX_NAMES = frozenset(["", "index", "sample", "samples", "sampleno", "samplenumber", "n", "no", "nr", "unnamed0"])
_FREQUENCY_NAMES = frozenset(["f", "freq", "frequency", "frequenz", "frequence", "fréquence"])
_KEY_AND_VALUE = re.compile(r"^[\s#%;\"*/]*([A-Za-zÀ-ÿ][^:=,;\t]{0,60}?)\s*[:=,;\t]\s*(\S.*?)[\s,;\"]*$")


def candidates(source: Source) -> Candidates:
    """Return the channels of a text table."""
    text = Text(source)
    sample = text.sample()
    lines = sample.split("\n")
    if len(lines) < 3 and lines[0].strip():
        one_row = _one_row(source, text, lines)
        if one_row is not None:
            return one_row
    if not text.sample_is_all or (lines and not lines[-1]):
        lines.pop()  # incomplete, or nothing
    layout = find_layout(lines)
    if isinstance(layout, str):
        raise source.error(f"cannot be read as a table: {layout}")
    return _table(source, text, layout, lines)


def _table(source: Source, text: Text, layout: Layout, lines: list[str]) -> Candidates:
    filled = [line for line in lines[layout.n_skipped : layout.n_skipped + _LOOKED_AT_ROWS] if line.strip()]
    rows = [split_row(line, layout.delimiter) for line in filled]
    names = _names(layout)
    channels: list[Channel] = []
    rejected: list[str] = []
    axis: TimeAxis | None = None
    for i, (name, kind) in enumerate(zip(names, layout.kinds, strict=True)):
        named = "" if layout.names is None else name
        unit = unit_in_name(named)
        facts = NO_FACTS if unit is None else Facts(unit=Stated(unit, f"header of {_called(name)}"))
        channel = Channel(name, None, facts=facts, column=i)
        found = None if axis is not None else _time_axis(source, channel, named, kind, rows, layout)
        if found is not None:
            axis = found
        elif kind != "number":
            rejected.append(f"{name} ({'date and time' if kind == 'clock' else 'text'})")
        elif _is_index(named, i, rows, layout):
            rejected.append(f"{name} (counts the rows)")
        else:
            channels.append(channel)
    if axis is not None and not channels and layout.kinds[axis.channel.column] == "number":
        channels, axis = [axis.channel], None
    entries = [(m[1].strip('" '), m[2]) for line in layout.preamble if (m := _KEY_AND_VALUE.match(line))]
    notes = [note for note in (text.note, layout.note) if note is not None]
    if any(layout.kinds[c] == "text" for c in range(len(layout.kinds))):
        notes.append(f"columns that hold no numbers were left out: {', '.join(rejected[:6])}")
    return Candidates(
        "delimited",
        tuple(channels),
        facts_from((key, value) for key, value in entries),
        tuple(notes),
        tuple(rejected),
        time_axis=axis,
        rows=partial(_rows, source, text, layout),
        scalars=tuple((f"{_FIRST_ROW}{i}", field) for i, field in enumerate(rows[0])) if rows else (),
    )


_FIRST_ROW = "first row, column "


def _called(name: str) -> str:
    return name if name.startswith("column ") else f"column {name}"


def _names(layout: Layout) -> list[str]:
    given = layout.names or ()
    names: list[str] = []
    for i in range(len(layout.kinds)):
        name = printable(given[i], limit=60) if i < len(given) and given[i] else f"column {i}"
        names.append(name if name not in names else f"{name} ({i})")
    return names


def _time_axis(
    source: Source, channel: Channel, named: str, kind: str, rows: list[list[str]], layout: Layout
) -> TimeAxis | None:
    """Return the time axis that a column is, told by its name, or by its values where it is the first."""
    scale = time_scale(named) if named else None
    if kind == "clock":
        return TimeAxis(channel, 1.0, f"dates and times in {_called(channel.name)}")
    if kind != "number":
        return None
    if scale is not None:
        unit = "" if name_and_unit(named)[1] else ", taken as seconds"
        return TimeAxis(channel, scale, f"time stamps in {_called(channel.name)}{unit}")
    if channel.column != 0 or len(layout.kinds) < 2 or len(rows) < 8:
        return None
    values = _sampled(rows, 0, layout)
    if values is None or not _uniform(values) or (_whole(values) and np.diff(values)[0] == 1):
        return None
    if "".join(filter(str.isalpha, name_and_unit(named)[0].lower())) in _FREQUENCY_NAMES and named:
        raise source.error(
            f"is a spectrum, for {_called(channel.name)} rises evenly; palier needs the waveform: samples over time"
        )
    return TimeAxis(channel, 1.0, f"{_called(channel.name)} rises evenly, taken as seconds")


def _is_index(named: str, i: int, rows: list[list[str]], layout: Layout) -> bool:
    plain = "".join(c for c in named.lower() if c.isalnum())
    values = _sampled(rows, i, layout)
    if len(layout.kinds) < 2 or values is None or len(values) < 8:
        return False
    counts = _whole(values) and bool((np.diff(values) == 1).all())
    return counts and (i == 0 or plain in _INDEX_NAMES)


def _sampled(rows: list[list[str]], i: int, layout: Layout) -> np.ndarray | None:
    try:
        return np.array([float(row[i].replace(layout.decimal, ".")) for row in rows])
    except (ValueError, IndexError):
        return None


def _uniform(values: np.ndarray) -> bool:
    steps = np.diff(values)
    with np.errstate(invalid="ignore"):
        return bool(steps.min() > 0 and np.abs(steps / np.median(steps) - 1).max() < 0.1)


def _whole(values: np.ndarray) -> bool:
    return bool((values == np.round(values)).all())


def _one_row(source: Source, text: Text, lines: list[str]) -> Candidates | None:
    """Return the one channel of a file whose samples all stand in one row; ``None`` where they do not."""
    for delimiter in (",", ";", "\t", None):
        fields = split_row(lines[0], delimiter)
        if not text.sample_is_all:
            fields.pop()
        if len(fields) < 16:
            continue
        layout = find_layout(fields)
        if isinstance(layout, str) or len(layout.kinds) != 1 or layout.n_skipped:
            continue
        text.row_delimiter = delimiter or " "
        layout = replace(layout, note="one row: its fields were read as samples in time")
        return replace(_table(source, text, layout, fields), scalars=())
    return None


def _rows(source: Source, text: Text, layout: Layout, columns: tuple[int, ...]) -> Iterator[np.ndarray]:
    """Yield the numbers of `columns`, pieces of shape (column, time)."""
    clocks = tuple(c for c in columns if layout.kinds[c] == "clock")
    origin: list[np.datetime64] = []
    line_number = layout.n_skipped
    block = b""
    for block in text.blocks(layout.n_skipped):
        _check_widths(source, block, layout, line_number)
        numbers = block.replace(b",", b".") if layout.decimal == "," else block
        shown = numbers.decode("utf-8", "replace").split("\n")
        if any(line and not line.isspace() for line in shown):
            yield _parse(source, shown, layout, columns, clocks, origin, line_number)
        line_number += block.count(b"\n")
    if layout.delimiter is None and block.strip():
        last = block.rstrip().rpartition(b"\n")[2].decode("utf-8", "replace")
        if len(split_row(last, None)) != len(layout.kinds):
            raise source.error(f"is truncated: its last line {printable(last, limit=40)!r} has fewer fields")


def _parse(
    source: Source,
    lines: list[str],
    layout: Layout,
    columns: tuple[int, ...],
    clocks: tuple[int, ...],
    origin: list[np.datetime64],
    line_number: int,
) -> np.ndarray:
    try:
        if not clocks:
            return np.loadtxt(
                lines, np.float64, comments=None, delimiter=layout.delimiter, usecols=columns, ndmin=2, quotechar='"'
            ).T
        texts = np.loadtxt(
            lines, "U40", comments=None, delimiter=layout.delimiter, usecols=columns, ndmin=2, quotechar='"'
        ).T
        return np.stack(
            [_seconds(t, origin) if c in clocks else t.astype(np.float64) for c, t in zip(columns, texts, strict=True)]
        )
    except (ValueError, IndexError) as error:
        raise _wrong_field(source, lines, layout, columns, line_number) from error


def _seconds(texts: np.ndarray, origin: list[np.datetime64]) -> np.ndarray:
    """Turn dates and times, or times of day, into seconds since the first day; `origin` remembers that day."""
    bare = np.char.replace(np.char.rstrip(np.char.strip(texts), "Z"), ",", ".")
    # Only differences matter, so that the time zone can be left out.
    if zone := re.search(r":\d\d(?:\.\d+)?([+-])\d\d:?\d\d$", str(bare[0])):
        bare = np.char.rpartition(bare, zone[1])[..., 0]
    if str(bare[0])[2:3] == ":":
        bare = np.char.add("1970-01-01T", bare)
    instants = bare.astype("datetime64[ns]")
    if not origin:
        origin.append(instants[0].astype("datetime64[D]"))
    return np.asarray((instants - origin[0]) / np.timedelta64(1, "s"))


def _wrong_field(
    source: Source, lines: list[str], layout: Layout, columns: tuple[int, ...], line_number: int
) -> Exception:
    names = _names(layout)
    for i, line in enumerate(lines):
        fields = split_row(line, layout.delimiter)
        if not any(fields):
            continue
        for column in columns:
            field = fields[column] if column < len(fields) else ""
            if layout.kinds[column] == "number" and not _is_number(field):
                what = f"{printable(field, limit=40)!r} in" if field else "nothing in"
                return source.error(
                    f"has {what} line {line_number + i + 1}, {_called(names[column])}, where a number must be; "
                    "repair or remove that line"
                )
    return source.error(f"has a date or time that makes no sense after line {line_number}; repair or remove that line")


def _is_number(field: str) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True


def _check_widths(source: Source, block: bytes, layout: Layout, line_number: int) -> None:
    """Refuse rows with more or fewer fields than the others: the file is cut, or another table follows."""
    if layout.delimiter is None or (len(layout.kinds) == 1 and not layout.trailing):
        return
    data = np.frombuffer(block, np.uint8)
    ends = np.append(np.flatnonzero(data == 10), len(data))
    marks = np.flatnonzero(data == ord(layout.delimiter))
    widths = np.diff(np.searchsorted(marks, ends), prepend=0)
    lengths = np.diff(ends, prepend=-1) - 1
    wrong = np.flatnonzero((widths != len(layout.kinds) - 1 + layout.trailing) & (lengths > 0))
    for i in wrong[:1000]:
        line = block[ends[i] - lengths[i] : ends[i]].decode("utf-8", "replace")
        if line.strip() and len(split_row(line, layout.delimiter)) != len(layout.kinds) + layout.trailing:
            raise source.error(
                f"has {widths[i] + 1} fields in line {line_number + i + 1} and {len(layout.kinds)} in the others; it "
                "is truncated there, or another table begins: keep one complete table"
            )
