"""The samples of a recording on disk, with minima and maxima at coarser steps: any window of it at once, however long.

A pack is one folder: ``pack.json`` says what is there; ``samples.f32`` holds the samples, channel after channel, as
little-endian float32; ``level-<k>.f32`` holds minimum and maximum of every block of ``factor**k`` samples. It is
written beside its place and renamed: it is there whole or not at all, and never changed.
"""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from jaxtyping import Float32, Int64

from palier.core.recording import Provenance, Recording
from palier.data.files import output_errors, publish_folder, synchronise
from palier.errors import ParameterError, ReadError

__all__ = ["PACK_VERSION", "Pack", "open_pack", "write_pack"]

#: Changes whenever an older palier could not read the folder.
PACK_VERSION: Final = 1

#: Samples (or blocks of the level below) in one block of a level.
_FACTOR: Final = 16
#: No level is made of so few blocks: reading them all costs nothing.
_COARSEST: Final = 64
#: Blocks (or samples) that are in memory at one time while a pack is written.
_AT_ONCE: Final = _FACTOR**5
#: A level is read where it has at least so many blocks for each step that is drawn, so that steps are nearly even.
_BLOCKS_PER_STEP: Final = 4
_TYPE: Final = np.dtype("<f4")
_HEADER: Final = "pack.json"
_SAMPLES: Final = "samples.f32"

Pairs = Float32[np.ndarray, "block 2"]


def write_pack(
    recording: Recording,
    folder: Path,
    *,
    about: Mapping[str, Any] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write a recording, in pieces, so that no second copy of it is ever in memory.

    Parameters
    ----------
    recording : Recording
        Samples may be mapped from a file.
    folder : Path
        Where the pack will be; one that is there is replaced.
    about : mapping, optional
        JSON values to keep with it, such as what was declared when it was read.
    on_progress : callable, optional
        Called with the samples written and all samples, at least every million; what it raises ends the writing, and
        nothing is left.

    Raises
    ------
    OutputError
        If it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> x = np.arange(1000, dtype=np.float32)[None]
    >>> with tempfile.TemporaryDirectory() as place:
    ...     write_pack(Recording(x, Provenance("ramp", "0" * 64)), Path(place, "pack"))
    ...     position, low, high = open_pack(Path(place, "pack")).envelope(0, 0, 1000, 4)
    >>> position.tolist(), low.tolist(), high.tolist()
    ([0, 240, 496, 736], [0.0, 240.0, 496.0, 736.0], [239.0, 495.0, 735.0, 999.0])
    """
    made = folder.with_name(f".{folder.name}.part")
    with output_errors(folder):
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(parents=True)
        try:
            n_channels, n = recording.samples.shape
            _write_samples(recording.samples, made, on_progress or (lambda _done, _total: None))
            levels = _write_levels(made, n_channels, n)
            header = _header(recording, levels, dict(about or {}))
            (made / _HEADER).write_text(json.dumps(header, ensure_ascii=False, allow_nan=False), encoding="utf-8")
            for file in made.iterdir():
                synchronise(file)
            publish_folder(made, folder)
        finally:
            shutil.rmtree(made, ignore_errors=True)


def _write_samples(samples: np.ndarray, made: Path, report: Callable[[int, int], None]) -> None:
    """Write the samples and the first level in one pass."""
    done = 0
    with (made / _SAMPLES).open("wb") as file, (made / _level(1)).open("wb") as level:
        for channel in samples:
            for start in range(0, len(channel), _AT_ONCE):
                block = np.ascontiguousarray(channel[start : start + _AT_ONCE], _TYPE)
                file.write(block.data)
                level.write(_reduced(np.stack((block, block), axis=1)).data)
                done += len(block)
                report(done, samples.size)


def _write_levels(made: Path, n_channels: int, n: int) -> list[int]:
    """Write each level above the first from the one below; return how many blocks each has."""
    blocks = [-(-n // _FACTOR)]
    while blocks[-1] > _COARSEST:
        below = _mapped(made / _level(len(blocks)), (n_channels, blocks[-1], 2))
        with (made / _level(len(blocks) + 1)).open("wb") as file:
            for channel in below:
                for start in range(0, blocks[-1], _AT_ONCE):
                    file.write(_reduced(channel[start : start + _AT_ONCE]).data)
        blocks.append(-(-blocks[-1] // _FACTOR))
    return blocks


def _reduced(pairs: Pairs) -> Pairs:
    """Return minimum and maximum of every `_FACTOR` rows; the last may have fewer."""
    starts = np.arange(0, len(pairs), _FACTOR)
    low, high = np.minimum.reduceat(pairs[:, 0], starts), np.maximum.reduceat(pairs[:, 1], starts)
    return np.stack((low, high), axis=1).astype(_TYPE)


def _level(number: int) -> str:
    return f"level-{number}.f32"


def _header(recording: Recording, levels: list[int], about: dict[str, Any]) -> dict[str, Any]:
    origin, start = recording.provenance, recording.start_time
    return {
        "version": PACK_VERSION,
        "factor": _FACTOR,
        "levels": levels,
        "n_samples": recording.n_samples,
        "channels": list(recording.channel_names),
        "sampling_rate_hz": recording.sampling_rate_hz,
        "unit": recording.unit,
        "speed_hz": recording.speed_hz,
        "start_time": None if start is None else start.isoformat(),
        "bearing_name": recording.bearing_name,
        "provenance": {
            "source": origin.source,
            "sha256": origin.sha256,
            "reader": origin.reader,
            "notes": list(origin.notes),
            "channels_available": list(origin.channels_available),
            "speed_origin": origin.speed_origin,
        },
        "about": about,
    }


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """An opened pack. Its files are mapped into memory: only what is asked for is read. Made by `open_pack`."""

    folder: Path
    header: Mapping[str, Any]
    _samples: Float32[np.ndarray, "channel time"] = field(repr=False)
    _levels: tuple[Float32[np.ndarray, "channel block 2"], ...] = field(repr=False)

    @property
    def n_samples(self) -> int:
        """Samples per channel."""
        return int(self._samples.shape[1])

    @property
    def channels(self) -> tuple[str, ...]:
        """Names of the channels."""
        return tuple(self.header["channels"])

    @property
    def about(self) -> Mapping[str, Any]:
        """What was kept with it."""
        about: Mapping[str, Any] = self.header["about"]
        return about

    def samples(self, channel: int, first: int, last: int) -> Float32[np.ndarray, " time"]:
        """Return the samples of ``[first, last)``.

        Raises
        ------
        ParameterError
            If there is no such channel, or the window is empty or not inside the recording.
        """
        self._check(channel, first, last)
        return np.array(self._samples[channel, first:last], np.float32)

    def envelope(
        self, channel: int, first: int, last: int, points: int
    ) -> tuple[Int64[np.ndarray, " step"], Float32[np.ndarray, " step"], Float32[np.ndarray, " step"]]:
        """Return where each of at most `points` steps over ``[first, last)`` begins, its minimum and its maximum.

        A step ends where the next begins, and the last at `last`; minimum and maximum are those of exactly these
        samples. Where there are no more samples than `points`, every sample is a step. What is read does not depend on
        the length of the recording, and hardly on that of the window.

        Raises
        ------
        ParameterError
            If there is no such channel, the window is empty or not inside the recording, or `points` is below 1.
        """
        self._check(channel, first, last)
        if points < 1:
            raise ParameterError(f"points is {points}; allowed are 1 and above")
        if last - first <= points:
            x = self.samples(channel, first, last)
            return np.arange(first, last), x, x
        size, rows, start, stop = self._rows(channel, first, last, points)
        steps = min(points, stop - start)
        inner = np.arange(steps) * (stop - start) // steps
        low, high = np.minimum.reduceat(rows[:, 0], inner), np.maximum.reduceat(rows[:, 1], inner)
        for place, one, other in ((0, first, start * size), (-1, stop * size, last)):
            if one < other:  # what lies beside the whole blocks
                lowest, highest = self._extremes(channel, one, other)
                low[place], high[place] = min(low[place], lowest), max(high[place], highest)
        position = (start + inner) * size
        position[0] = first
        return position, low, high

    def recording(self) -> Recording:
        """Return the recording as it was read; its samples stay in the file until they are used."""
        h = self.header
        told = dict(h["provenance"])
        told |= {name: tuple(told[name]) for name in ("notes", "channels_available")}
        return Recording(
            self._samples,
            Provenance(**told),
            sampling_rate_hz=h["sampling_rate_hz"],
            unit=h["unit"],
            channel_names=self.channels,
            speed_hz=h["speed_hz"],
            start_time=None if h["start_time"] is None else datetime.fromisoformat(h["start_time"]),
            bearing_name=h["bearing_name"],
        )

    def _check(self, channel: int, first: int, last: int) -> None:
        if not 0 <= channel < len(self._samples):
            raise ParameterError(f"no channel {channel}; there are 0 to {len(self._samples) - 1}")
        if not 0 <= first < last <= self.n_samples:
            raise ParameterError(
                f"samples {first} to {last} were asked for; allowed are windows within 0 to {self.n_samples}"
            )

    def _rows(self, channel: int, first: int, last: int, points: int) -> tuple[int, np.ndarray, int, int]:
        """Return the block size of the level to read, its whole blocks inside the window, and which they are."""
        number = 0
        while number < len(self._levels) and (last - first) // _FACTOR ** (number + 1) >= _BLOCKS_PER_STEP * points:
            number += 1
        size = _FACTOR**number
        start, stop = -(-first // size), last // size
        if number == 0:
            x = self._samples[channel, first:last]
            return 1, np.stack((x, x), axis=1), first, last
        return size, np.asarray(self._levels[number - 1][channel, start:stop]), start, stop

    def _extremes(self, channel: int, first: int, last: int) -> tuple[np.float32, np.float32]:
        """Return minimum and maximum of ``[first, last)``, from the coarsest whole blocks and what lies beside them."""
        lows, highs = [], []
        size = 1
        rows = self._samples[channel]
        for level in (None, *self._levels):
            if level is not None:
                rows, size = level[channel], size * _FACTOR
            whole = -(-first // (size * _FACTOR)), last // (size * _FACTOR)
            parts = [(first, whole[0] * size * _FACTOR), (whole[1] * size * _FACTOR, last)]
            done = whole[0] >= whole[1] or level is self._levels[-1]
            for one, other in [(first, last)] if done else parts:
                part = rows[one // size : other // size]
                if len(part):
                    lows.append(part.min() if level is None else part[:, 0].min())
                    highs.append(part.max() if level is None else part[:, 1].max())
            if done:
                break
            first, last = parts[0][1], parts[1][0]
        return min(lows), max(highs)


def open_pack(folder: Path) -> Pack:
    """Open a pack: its header is read, and no samples.

    Raises
    ------
    ReadError
        If there is none, it is damaged, or of another version.
    """
    try:
        header = json.loads((folder / _HEADER).read_text(encoding="utf-8"))
        if header["version"] != PACK_VERSION:
            raise ReadError(
                f"{folder.name}: a pack of version {header['version']}, and this palier reads {PACK_VERSION}; "
                "import the recording again"
            )
        n_channels = len(header["channels"])
        samples = _mapped(folder / _SAMPLES, (n_channels, header["n_samples"]))
        levels = tuple(
            _mapped(folder / _level(k), (n_channels, n_blocks, 2)) for k, n_blocks in enumerate(header["levels"], 1)
        )
    except FileNotFoundError:
        raise ReadError(f"{folder.name}: the samples are not there any more; import the recording again") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, ReadError):
            raise
        raise ReadError(f"{folder.name}: the pack is damaged ({error}); import the recording again") from error
    return Pack(folder, header, samples, levels)


def _mapped(file: Path, shape: tuple[int, ...]) -> Float32[np.ndarray, "..."]:
    expected = int(np.prod(shape)) * _TYPE.itemsize
    if (size := file.stat().st_size) != expected:
        raise ValueError(f"{file.name} has {size} bytes instead of {expected}")
    return np.memmap(file, _TYPE, "r", shape=shape)
