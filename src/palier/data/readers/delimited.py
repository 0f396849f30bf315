"""Text tables: CSV, TSV and their relatives, plain or gzipped."""

import gzip
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from palier.data.contents import Channel, Contents, unit_in_label
from palier.data.hostile import MAX_BYTES, translated
from palier.data.tables import LEAST_SAMPLES
from palier.errors import ReadError

__all__ = ["Layout", "layout_of", "read", "text_lines"]

_SNIFFED_BYTES = 65_536
_MOST_COLUMNS = 1024
_LONGEST_LINE = 1_000_000
_TIME = re.compile(r"^\W*(time|t|temps|zeit|tiempo)\b\s*[\[(_]?\s*(s|sec|seconds?|ms|us|µs)?\s*[\])]?\W*$", re.IGNORECASE)
_PER_SECOND = {"ms": 1e-3, "us": 1e-6, "µs": 1e-6}
_JITTER = 0.01


@dataclass(frozen=True, slots=True)
class Layout:
    """How a text table is written."""

    delimiter: str | None
    """None: any run of blanks."""
    decimal_comma: bool
    skipped: int
    """Lines before the first row of numbers."""
    labels: tuple[str, ...]
    """Column labels; empty where there is no header."""
    columns: int


def read(path: Path) -> Contents:
    """Find the columns of a text table, its time column and the units in its labels."""
    layout = layout_of(path)
    labels = layout.labels or tuple(f"column {i + 1}" for i in range(layout.columns))
    notes: list[str] = []
    rate_hz, time_column = _time_column(path, layout, labels, notes)
    n = _count_rows(path, layout)
    if n < LEAST_SAMPLES:
        raise ReadError(f"{path.name}: {n} rows of numbers; allowed are {LEAST_SAMPLES} and more")
    channels = tuple(
        Channel(label, n, _loader(path, layout, i), unit_in_label(label))
        for i, label in enumerate(labels)
        if i != time_column
    )
    if not channels:
        raise ReadError(f"{path.name}: only a time column; there is no signal beside it")
    return Contents(channels, sampling_rate_hz=rate_hz, why="the first column that is not time", notes=tuple(notes))


def layout_of(path: Path) -> Layout:
    """Recognise delimiter, decimal comma and header from the beginning of a text table."""
    with translated(path, "a text table"), _opened(path) as file:
        head = file.read(_SNIFFED_BYTES)
    if b"\x00" in head:
        raise ReadError(f"{path.name}: binary content, not a text table; name its format with --format")
    text = head.decode("utf-8-sig", "replace")
    lines = text.splitlines()
    if len(head) == _SNIFFED_BYTES:
        lines = lines[:-1]  # cut off in the middle
    for number, line in enumerate(lines):
        for delimiter in (";", "\t", ",", "|", None):
            decimal_comma = delimiter != "," and "," in line
            values = _numbers(line, delimiter, decimal_comma)
            if values is None or (delimiter is not None and len(values) < 2 and delimiter in line):
                continue
            if delimiter is not None and delimiter not in line:
                continue
            if len(values) > _MOST_COLUMNS:
                raise ReadError(
                    f"{path.name}: {len(values)} columns; allowed are {_MOST_COLUMNS}: one column per channel, one row per "
                    "sample (transpose it)"
                )
            labels = _labels(lines[number - 1], delimiter, len(values)) if number else ()
            return Layout(delimiter, decimal_comma, number, labels, len(values))
    raise ReadError(
        f"{path.name}: no row of numbers in its first {len(lines)} lines; allowed are columns of numbers separated by "
        "comma, semicolon, tab, bar or blanks"
    )


def text_lines(path: Path, layout: Layout) -> Iterator[str]:
    """Yield the rows of numbers, with decimal points, never more than `MAX_BYTES` of them."""
    total = 0
    with _opened(path) as binary, io.TextIOWrapper(binary, encoding="utf-8-sig", errors="replace") as file:
        for number, line in enumerate(iter(lambda: file.readline(_LONGEST_LINE), "")):
            total += len(line)
            if total > MAX_BYTES:
                raise ReadError(
                    f"{path.name}: more than {MAX_BYTES / 1024**3:g} GiB of text; cut the recording into shorter ones"
                )
            if len(line) >= _LONGEST_LINE:
                raise ReadError(f"{path.name}: line {number + 1} has over {_LONGEST_LINE} characters; one row per sample")
            if number >= layout.skipped and line.strip():
                yield line.replace(",", ".") if layout.decimal_comma else line


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        gzipped = file.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if gzipped else path.open("rb")


def _numbers(line: str, delimiter: str | None, decimal_comma: bool) -> list[float] | None:  # noqa: FBT001 - private
    fields = line.strip().split(delimiter)
    if not fields or fields == [""]:
        return None
    if fields[-1].strip() == "" and len(fields) > 1:
        fields = fields[:-1]  # a delimiter at the end of each line
    try:
        return [float(f.replace(",", ".") if decimal_comma else f) for f in fields]
    except ValueError:
        return None


def _labels(line: str, delimiter: str | None, columns: int) -> tuple[str, ...]:
    fields = [f.strip().strip("\"'") for f in line.strip().lstrip("#").split(delimiter)]
    if len(fields) > 1 and fields[-1] == "":
        fields = fields[:-1]
    if len(fields) != columns:
        return ()
    return tuple(f or f"column {i + 1}" for i, f in enumerate(fields))


def _column(path: Path, layout: Layout, column: int, most: int | None = None) -> np.ndarray:
    with translated(path, "a text table"):
        return np.atleast_1d(
            np.loadtxt(
                text_lines(path, layout),
                delimiter=layout.delimiter,
                usecols=column,
                max_rows=most,
                comments=None,
                dtype=np.float64,
            )
        )


def _loader(path: Path, layout: Layout, column: int) -> Callable[[], np.ndarray]:
    return lambda: _column(path, layout, column)


def _count_rows(path: Path, layout: Layout) -> int:
    with translated(path, "a text table"):
        return sum(1 for _ in text_lines(path, layout))


def _time_column(
    path: Path, layout: Layout, labels: tuple[str, ...], notes: list[str]
) -> tuple[float | None, int | None]:
    for i, label in enumerate(labels):
        match = _TIME.match(label) if layout.labels else None
        if match is None:
            continue
        step = np.diff(_column(path, layout, i)) * _PER_SECOND.get((match.group(2) or "s").lower(), 1.0)
        typical = float(np.median(step)) if len(step) else 0.0
        if not typical > 0:
            raise ReadError(f"{path.name}: the time column {label!r} does not rise; export it again or remove it")
        # rounded times jitter by one unit of their last digit: judge the mean over blocks of 100 steps
        worst = max(abs(float(b.mean()) / typical - 1) for b in np.array_split(step, max(1, len(step) // 100)))
        mean = float(step.mean())
        if worst > _JITTER or abs(mean / typical - 1) > _JITTER:
            raise ReadError(
                f"{path.name}: the time column {label!r} has gaps or uneven steps (up to {worst:.0%} off); "
                "resample it, or cut out an even part"
            )
        notes.append(f"sampling rate {1 / mean:.6g} Hz from the time column {label!r}")
        return 1 / mean, i
    if not layout.labels and layout.columns > 1:
        first = _column(path, layout, 0, most=1000)
        step = np.diff(first)
        if len(step) > 1 and np.all(step > 0) and np.ptp(step) <= _JITTER * step.mean():
            notes.append(
                f"column 1 rises in even steps of {step.mean():.6g} and is not taken for a signal; it has no label, so "
                "no rate is read from it: declare the sampling rate"
            )
            return None, 0
    return None, None
