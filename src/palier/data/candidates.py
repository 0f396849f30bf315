"""What a reader finds in a file, and how its samples are taken in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from palier.core.shapes import Samples
from palier.data.facts import NO_FACTS, Facts, Stated
from palier.data.source import MAX_BYTES, Source
from palier.data.timebase import TimeBase, TimeBaseMeter

__all__ = ["Candidates", "Channel", "TimeAxis", "load_channels"]

Blocks = Callable[[], Iterator[np.ndarray]]
Rows = Callable[[tuple[int, ...]], Iterator[np.ndarray]]


@dataclass(frozen=True, slots=True, eq=False)
class Channel:
    """A series of numbers that could be the samples."""

    name: str
    n_samples: int | None
    """``None`` where the file must be read to know."""
    blocks: Blocks | None = None
    """Yields the samples in order, in pieces of any real dtype. ``None`` where `Candidates.rows` does."""
    facts: Facts = NO_FACTS
    aliases: tuple[str, ...] = ()
    column: int = 0
    """What `Candidates.rows` calls it."""


@dataclass(frozen=True, slots=True, eq=False)
class TimeAxis:
    """The time stamps of channels that have as many samples."""

    channel: Channel
    seconds_per_unit: float
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """What a reader found."""

    reader: str
    channels: tuple[Channel, ...]
    facts: Facts = NO_FACTS
    notes: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    """What else is in the file, and why it is no channel."""
    preferred: Stated[str] | None = None
    """Name of the channel that a known data set takes, and why."""
    time_axis: TimeAxis | None = None
    rows: Rows | None = None
    """Yields several channels at once, as pieces of shape (channel, time), where the file holds them row by row."""
    scalars: tuple[tuple[str, Any], ...] = ()
    """Single values by name, for the readers of known data sets."""


def load_channels(
    source: Source, found: Candidates, taken: tuple[Channel, ...], axis: TimeAxis | None
) -> tuple[Samples, TimeBase | None]:
    """Return the samples of channels in float32, and what the time stamps beside them prove.

    Raises
    ------
    ReadError
        If there are fewer or more samples than the file states, or some are NaN or infinite.
    """
    meter = TimeBaseMeter()
    if found.rows is not None:
        columns = tuple(c.column for c in taken)
        pieces: list[np.ndarray] = []
        n_samples = 0
        for piece in found.rows(columns if axis is None else (*columns, axis.channel.column)):
            pieces.append(_float32(piece[: len(taken)]))
            n_samples += pieces[-1].shape[1]
            _check_length(source, taken[0], n_samples)
            if axis is not None:
                meter.add(np.asarray(piece[-1], np.float64) * axis.seconds_per_unit)
        samples = np.concatenate(pieces, axis=1) if pieces else np.empty((len(taken), 0), np.float32)
    else:
        n_samples = taken[0].n_samples or 0
        _check_length(source, taken[0], n_samples)
        samples = np.empty((len(taken), n_samples), np.float32)
        for row, channel in zip(samples, taken, strict=True):
            _fill(source, row, channel)
        if axis is not None and axis.channel.blocks is not None:
            for block in axis.channel.blocks():
                meter.add(np.asarray(block, np.float64) * axis.seconds_per_unit)
    if samples.shape[1] < 2:
        raise source.error(f"has {samples.shape[1]} samples; a recording has 2 at least")
    for row, channel in zip(samples, taken, strict=True):
        _check_finite(source, row, channel.name)
    return samples, None if axis is None else meter.result()


def _check_length(source: Source, channel: Channel, n_samples: int) -> None:
    if 4 * n_samples > MAX_BYTES:
        raise source.error(f"channel {channel.name} has more than {MAX_BYTES // 4} samples, the most allowed: cut it")


def _fill(source: Source, row: np.ndarray, channel: Channel) -> None:
    first = 0
    for block in channel.blocks() if channel.blocks is not None else ():
        if first + len(block) > len(row):
            raise source.error(f"channel {channel.name} holds more than the {len(row)} samples that its header states")
        row[first : first + len(block)] = _float32(block)
        first += len(block)
    if first != len(row):
        raise source.error(
            f"is truncated: channel {channel.name} has {first} of the {len(row)} samples that its header states; "
            "copy the file again"
        )


def _float32(block: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore", invalid="ignore"):  # what does not fit becomes infinite and is refused below
        return np.asarray(block, np.float32)


def _check_finite(source: Source, x: np.ndarray, name: str) -> None:
    with np.errstate(invalid="ignore"):
        if np.isfinite(x.sum(dtype=np.float64)):
            return
    bad = np.flatnonzero(~np.isfinite(x))
    runs = np.split(bad, np.flatnonzero(np.diff(bad) > 1) + 1)
    longest = max(runs, key=len)
    raise source.error(
        f"channel {name} has {len(bad)} of {len(x)} samples that are NaN, infinite or beyond single precision (first: "
        f"sample {bad[0]}; longest run: {len(longest)} from sample {longest[0]}); cut them out or repair the recording"
    )
