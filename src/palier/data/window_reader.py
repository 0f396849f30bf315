"""Read windows of records from the shards of a dataset, from any thread and after a fork."""

import os
import sys
from collections.abc import Sequence
from typing import Final

import numpy as np
from jaxtyping import Float32, Int64

from palier.data.index import Index
from palier.data.same_folder import SameFolder
from palier.data.schema import FileEntry
from palier.data.shard import ArrayLayout, ShardFiles, read_at, read_layout, unpack_chunk
from palier.data.window_cache import WindowCache
from palier.errors import DatasetError

__all__ = ["WindowReader"]

_SAMPLE_BYTES: Final = 4
_LITTLE: Final = np.dtype("<f4")
_NATIVE: Final = sys.byteorder == "little"


class _Process:
    """What belongs to one process: open files, and pieces that were unpacked."""

    __slots__ = ("cache", "files", "pid")

    def __init__(self, files: ShardFiles, cache: WindowCache) -> None:
        self.pid, self.files, self.cache = os.getpid(), files, cache


class WindowReader:
    """Knows where each record lies, and reads from there.

    Parameters
    ----------
    folder : SameFolder
        The dataset's directory.
    shards : sequence of FileEntry
    index : Index
    cache_bytes : int
        How much of compressed shards is kept unpacked.
    max_open_shards : int
    """

    def __init__(
        self, folder: SameFolder, shards: Sequence[FileEntry], index: Index, *, cache_bytes: int, max_open_shards: int
    ) -> None:
        self._folder = folder
        self._paths = [folder.path / s.path for s in shards]
        self._n_bytes = [s.n_bytes for s in shards]
        self._limits = cache_bytes, max_open_shards
        self._layouts: dict[int, list[ArrayLayout | None]] = {}
        self._array_names, codes = np.unique(index.column("array").astype(str), return_inverse=True)
        self._array = codes.astype(np.int64)
        self._shard, self._row = index.column("shard"), index.column("row")
        self._n_samples = index.column("n_samples")
        if len(index) and not 0 <= self._shard.min() <= self._shard.max() < len(shards):
            raise DatasetError(f"{folder.path}: the index names shards that the card does not; restore the dataset")
        self._process = self._fresh_process()

    def read(
        self, records: Int64[np.ndarray, " window"], starts: Int64[np.ndarray, " window"], n: int, *, channels: range
    ) -> Float32[np.ndarray, "window channel time"]:
        """Return windows that lie inside their records, in the order asked for.

        Raises
        ------
        DatasetError
            If a shard is damaged.
        """
        out = np.empty((len(records), len(channels), n), _LITTLE)
        if len(records):
            place = self._shard[records] * np.int64(len(self._array_names)) + self._array[records]
            order = np.argsort(place, kind="stable")
            for group in np.split(order, np.flatnonzero(np.diff(place[order])) + 1):
                rows, firsts = self._row[records[group]].tolist(), starts[group].tolist()
                self._group(int(records[group[0]]), rows, firsts, channels, out, group.tolist())
        return out if _NATIVE else out.astype(np.float32)

    def read_one(self, i: int, start: int, n: int, *, n_channels: int) -> Float32[np.ndarray, "channel time"]:
        """Return one window of all channels of a record.

        Raises
        ------
        DatasetError
            If the shard is damaged.
        """
        out = np.empty((1, n_channels, n), _LITTLE)
        self._group(i, [self._row.item(i)], [start], range(n_channels), out, [0])
        samples: np.ndarray = out[0]
        return samples if _NATIVE else samples.astype(np.float32)

    def close(self) -> None:
        """Close the open files; they are opened again when they are needed."""
        self._here().files.close()

    @property
    def n_open(self) -> int:
        """Number of files open in this process."""
        return self._here().files.n_open

    @property
    def cache(self) -> WindowCache:
        """The unpacked pieces of this process."""
        return self._here().cache

    def _fresh_process(self) -> _Process:
        cache_bytes, limit = self._limits
        files = ShardFiles(self._folder, self._paths, n_bytes=self._n_bytes, limit=limit)
        return _Process(files, WindowCache(limit_bytes=cache_bytes))

    def _here(self) -> _Process:
        """Return what belongs to this process; after a fork, the parent's locks may be held by nobody who is here."""
        process = self._process
        if process.pid != os.getpid():
            process.files.abandon()
            process = self._process = self._fresh_process()
        return process

    def _layout(self, i: int) -> ArrayLayout:
        shard = self._shard.item(i)
        layouts = self._layouts.get(shard)
        if layouts is None:
            found = read_layout(self._paths[shard])
            layouts = self._layouts[shard] = [found.get(str(name)) for name in self._array_names]
        layout = layouts[self._array.item(i)]
        if layout is None or self._row.item(i) >= layout.n_records or layout.n_samples != self._n_samples.item(i):
            raise DatasetError(f"{self._paths[shard]}: does not hold what the index says; restore the dataset")
        return layout

    def _group(
        self, i: int, rows: list[int], starts: list[int], channels: range, out: np.ndarray, slots: list[int]
    ) -> None:
        """Read windows of the array that record `i` is in into ``out[slot]``."""
        process = self._here()
        shard = self._shard.item(i)
        handle = process.files.acquire(shard)
        try:
            layout = self._layout(i)
            if layout.straight:
                first = layout.first_byte
                places = [first[row] + _SAMPLE_BYTES * start for row, start in zip(rows, starts, strict=True)]
                _read_straight(handle.descriptor, places, out, slots)
            else:
                for row, start, slot in zip(rows, starts, slots, strict=True):
                    _read_pieces(process.cache, handle.descriptor, shard, layout, row, start, channels, out[slot])
        except (EOFError, OSError, ValueError, IndexError) as error:
            if isinstance(error, DatasetError):
                raise
            raise DatasetError(
                f"{self._paths[shard]}: is damaged ({str(error) or 'it ends too early'}); see palier dataset verify"
            ) from error
        finally:
            process.files.release(handle)


def _read_straight(descriptor: int, places: list[int], out: np.ndarray, slots: list[int]) -> None:
    n_bytes = out.shape[1] * out.shape[2] * _SAMPLE_BYTES
    memory = out.data.cast("B")
    for slot, place in zip(slots, places, strict=True):
        read_at(descriptor, memory[slot * n_bytes : (slot + 1) * n_bytes], place)


def _read_pieces(
    cache: WindowCache,
    descriptor: int,
    shard: int,
    layout: ArrayLayout,
    row: int,
    start: int,
    channels: range,
    out: np.ndarray,
) -> None:
    """Read a window chunk by chunk; packed chunks through the cache."""
    n, chunk = out.shape[1], layout.chunk
    for c in range(start // chunk, (start + n - 1) // chunk + 1):
        low, high = max(start, c * chunk), min(start + n, (c + 1) * chunk)
        into = out[:, low - start : high - start]
        place = int(layout.offset[row, c])
        if not layout.deflated:
            for k, channel in enumerate(channels):
                read_at(descriptor, into[k].data.cast("B"), place + _SAMPLE_BYTES * (channel * chunk + low - c * chunk))
            continue

        def load(place: int = place, n_bytes: int = int(layout.n_bytes[row, c])) -> np.ndarray:
            packed = bytearray(n_bytes)
            read_at(descriptor, memoryview(packed), place)
            return unpack_chunk(packed, layout)

        piece = cache.get_or_load((shard, place), load)
        into[:] = piece[channels.start : channels.stop, low - c * chunk : high - c * chunk]
