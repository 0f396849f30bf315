"""Read the arrays of a shard where HDF5 says that their chunks lie, without going through HDF5.

Once the places are known, a window is one system call: no lock, no cache in between, nothing that a fork could break.
"""

import os
import zlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np
from jaxtyping import Int64

from palier.data.same_folder import SameFolder
from palier.errors import DatasetError

__all__ = ["ArrayLayout", "ShardFiles", "read_at", "read_layout", "unpack_chunk"]

_DEFLATE: Final = 1
_SHUFFLE: Final = 2
_SAMPLE_BYTES: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class ArrayLayout:
    """Where the chunks of one array (record, channel, time) lie in its file."""

    n_records: int
    n_channels: int
    n_samples: int
    chunk: int
    """Samples per chunk."""
    offset: Int64[np.ndarray, "record chunk"]
    """Of each chunk's first byte."""
    n_bytes: Int64[np.ndarray, "record chunk"]
    """Of each chunk in the file."""
    shuffled: bool
    deflated: bool
    straight: bool
    """One channel, not packed, and the chunks of each record follow each other: any window is one piece of the file."""
    first_byte: list[int]
    """Of each record."""

    @property
    def chunk_bytes(self) -> int:
        """Bytes of a chunk once unpacked."""
        return self.n_channels * self.chunk * _SAMPLE_BYTES


def read_layout(path: Path) -> dict[str, ArrayLayout]:
    """Return the layouts of a shard's arrays by their names; the file is closed again.

    Raises
    ------
    DatasetError
        If it is no shard, or holds what palier does not write.
    """
    import h5py

    try:
        with h5py.File(path, "r", locking=False) as file:
            return {name: _layout(path, name, file[name]) for name in file if file[name].ndim == 3}
    except (OSError, RuntimeError, KeyError, ValueError, AttributeError) as error:
        if isinstance(error, DatasetError):
            raise
        raise DatasetError(f"{path}: no shard that can be read ({_first_line(error)}); restore the dataset") from error


def _layout(path: Path, name: str, array: Any) -> ArrayLayout:
    n_records, n_channels, n_samples = array.shape
    created = array.id.get_create_plist()
    filters = [created.get_filter(i)[0] for i in range(created.get_nfilters())]
    chunk = array.chunks
    known = array.dtype == np.dtype("<f4") and chunk is not None and chunk[:2] == (1, n_channels)
    if not known or filters not in ([], [_DEFLATE], [_SHUFFLE, _DEFLATE]):
        raise DatasetError(
            f"{path}: array {name} is {array.dtype} in chunks of {chunk} with the filters {filters}; allowed are "
            f"little-endian float32, chunks of (1, {n_channels}, n), and none, deflate, or shuffle and deflate"
        )
    n_chunks = -(-n_samples // chunk[2])
    offset = np.full((n_records, n_chunks), -1, np.int64)
    n_bytes = np.zeros((n_records, n_chunks), np.int64)
    unfiltered: list[int] = []

    def take(info: Any) -> None:
        place = info.chunk_offset[0], info.chunk_offset[2] // chunk[2]
        offset[place], n_bytes[place] = info.byte_offset, info.size
        if info.filter_mask:
            unfiltered.append(info.filter_mask)

    array.id.chunk_iter(take)
    if (offset < 0).any() or unfiltered:
        raise DatasetError(f"{path}: array {name} has chunks that were not written as palier does; restore the dataset")
    one_after_the_other = (np.diff(offset, axis=1) == chunk[2] * _SAMPLE_BYTES * n_channels).all()
    return ArrayLayout(
        n_records, n_channels, n_samples, chunk[2], offset, n_bytes,
        shuffled=_SHUFFLE in filters, deflated=_DEFLATE in filters,
        straight=not filters and n_channels == 1 and bool(one_after_the_other), first_byte=offset[:, 0].tolist(),
    )  # fmt: skip


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def unpack_chunk(packed: bytes | bytearray, layout: ArrayLayout) -> np.ndarray:
    """Return the samples (channel, time) of a packed chunk.

    Raises
    ------
    ValueError
        If it is damaged.
    """
    inflater = zlib.decompressobj()
    try:
        data = inflater.decompress(packed, layout.chunk_bytes)
        whole = inflater.eof or not inflater.decompress(inflater.unconsumed_tail, 1)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if len(data) != layout.chunk_bytes or not whole:
        raise ValueError(f"{len(data)} bytes instead of {layout.chunk_bytes}")
    if layout.shuffled:
        data = np.frombuffer(data, np.uint8).reshape(_SAMPLE_BYTES, -1).T.tobytes()
    return np.frombuffer(data, "<f4").reshape(layout.n_channels, layout.chunk)


def _read_in_steps(descriptor: int, into: memoryview, offset: int) -> int:
    """Where the system has no positioned read into memory."""
    data = os.pread(descriptor, len(into), offset)
    into[: len(data)] = data
    return len(data)


def _preadv(descriptor: int, into: memoryview, offset: int) -> int:
    return os.preadv(descriptor, (into,), offset)


_read = _preadv if hasattr(os, "preadv") else _read_in_steps


def read_at(descriptor: int, into: memoryview, offset: int) -> None:
    """Fill bytes from a place of a file.

    Raises
    ------
    EOFError
        If the file ends before.
    """
    n = _read(descriptor, into, offset)
    while n < len(into):
        more = _read(descriptor, into[n:], offset + n)
        if more == 0:
            raise EOFError
        n += more


@dataclass(slots=True, eq=False)
class _Handle:
    descriptor: int
    users: int = 0
    dropped: bool = False


class ShardFiles:
    """The open shards of one process: the most recently used ones, and never closed while somebody reads.

    Parameters
    ----------
    folder : SameFolder
        The dataset's directory.
    paths : sequence of Path
    n_bytes : sequence of int
        The size that each must have.
    limit : int
        Most files open at once, those that threads are reading at that moment aside.
    """

    __slots__ = ("_folder", "_handles", "_limit", "_lock", "_n_bytes", "_paths")

    def __init__(self, folder: SameFolder, paths: Sequence[Path], *, n_bytes: Sequence[int], limit: int) -> None:
        self._folder, self._paths, self._n_bytes, self._limit = folder, paths, n_bytes, limit
        self._lock = Lock()
        self._handles: OrderedDict[int, _Handle] = OrderedDict()

    def acquire(self, shard: int) -> _Handle:
        """Return the open file of a shard, which stays open until it is released."""
        with self._lock:
            handle = self._handles.get(shard)
            if handle is None:
                handle = self._handles[shard] = self._open(shard)
                while len(self._handles) > self._limit:
                    _, oldest = self._handles.popitem(last=False)
                    oldest.dropped = True
                    if oldest.users == 0:
                        os.close(oldest.descriptor)
            else:
                self._handles.move_to_end(shard)
            handle.users += 1
            return handle

    def release(self, handle: _Handle) -> None:
        """Let go of an open file."""
        with self._lock:
            handle.users -= 1
            if handle.dropped and handle.users == 0:
                os.close(handle.descriptor)

    def close(self) -> None:
        """Close every file that nobody reads at the moment; the others are closed when they are released."""
        with self._lock:
            while self._handles:
                _, handle = self._handles.popitem()
                handle.dropped = True
                if handle.users == 0:
                    os.close(handle.descriptor)

    def abandon(self) -> None:
        """Close every file of a parent process after a fork, where no other thread is left."""
        while self._handles:
            os.close(self._handles.popitem()[1].descriptor)

    @property
    def n_open(self) -> int:
        """Number of files open now."""
        return len(self._handles)

    def _open(self, shard: int) -> _Handle:
        path = self._paths[shard]
        self._folder.check()
        try:
            descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
        except OSError as error:
            raise DatasetError(f"{path}: cannot be opened ({error.strerror}); restore the dataset") from error
        n_bytes = os.fstat(descriptor).st_size
        if n_bytes != self._n_bytes[shard]:
            os.close(descriptor)
            raise DatasetError(
                f"{path}: has {n_bytes} bytes, and the card says {self._n_bytes[shard]}; restore the dataset"
            )
        return _Handle(descriptor)
