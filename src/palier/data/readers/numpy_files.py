"""NumPy ``.npy`` and ``.npz`` files. Pickled objects are never loaded."""

import struct
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from math import prod
from tokenize import TokenError
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from palier.data.candidates import Candidates, Channel, TimeAxis
from palier.data.facts import NO_FACTS, Facts, Stated, facts_from, time_scale, unit_in_name
from palier.data.matrix import channel_names, matrix_blocks, time_and_channel_axes
from palier.data.source import BLOCK_BYTES, MAX_BYTES, FileStream, Source, check_expansion, printable
from palier.errors import ReadError

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

__all__ = ["candidates"]

_MAX_MEMBERS = 4096
_MAX_DIRECTORY_BYTES = 2**20
#: What numpy's header parser and zipfile raise on damaged files (found by fuzzing).
_ERRORS = (
    ValueError,
    TypeError,
    KeyError,
    OSError,
    EOFError,
    SyntaxError,
    TokenError,
    struct.error,
    zlib.error,
    MemoryError,
    RecursionError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
)


class _ZipStream:
    """A member of an archive, read in order."""

    __slots__ = ("_member",)

    def __init__(self, member: IO[bytes]) -> None:
        self._member = member

    def read(self, n_bytes: int, /) -> bytes:
        return self._member.read(n_bytes)

    def skip(self, n_bytes: int, /) -> None:
        while n_bytes > 0:
            data = self._member.read(min(n_bytes, BLOCK_BYTES))
            if not data:
                raise EOFError
            n_bytes -= len(data)


def candidates(source: Source) -> Candidates:
    """Return the channels of a ``.npy`` or ``.npz`` file."""
    if source.head.startswith(b"PK"):
        return _archive(source)
    try:
        source.file.seek(0)
        header = _Header(source.file)
    except _ERRORS as error:
        raise source.error("is a damaged .npy file: its header makes no sense; copy the file again") from error
    start = source.file.tell()
    name = printable(source.path.stem)
    if header.why_not is None and start + header.n_bytes > source.size:
        _check_size(source, name, header.n_bytes)
        raise source.error(
            f"is truncated: its header states {header.n_bytes} bytes of samples, {source.size - start} are there; "
            "copy the file again"
        )
    channels, rejected = _channels(source, name, header, partial(_in_file, source, start))
    axis, channels = _split_time(channels)
    return Candidates("numpy", tuple(channels), rejected=tuple(rejected), time_axis=axis)


@contextmanager
def _in_file(source: Source, start: int) -> Iterator[FileStream]:
    yield FileStream(source.file, start)


class _Header:
    """What a ``.npy`` header states; leaves the file at the first number."""

    def __init__(self, file: IO[bytes]) -> None:
        version = np.lib.format.read_magic(file)  # type: ignore[no-untyped-call]  # numpy 2.3 has no types here
        if version not in ((1, 0), (2, 0), (3, 0)):
            raise ValueError
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # remarks on headers written by Python 2
            self.shape, self.column_major, self.dtype = read(file)  # type: ignore[no-untyped-call]  # as above
        if any(n < 0 for n in self.shape):
            raise ValueError
        self.n_bytes = prod(self.shape) * self.dtype.itemsize
        self.why_not = _why_not(self.dtype)


def _why_not(dtype: np.dtype) -> str | None:
    if dtype.hasobject:
        return "Python objects, which are never loaded because they can run code"
    if dtype.names is not None:
        return None
    return {"c": "complex numbers", "b": "logical values", "U": "text", "S": "text"}.get(
        dtype.kind, None if dtype.kind in "iuf" else "no numbers"
    )


def _check_size(source: Source, name: str, n_bytes: int) -> None:
    if n_bytes > MAX_BYTES:
        raise source.error(f"array {name} has {n_bytes / 2**30:.1f} GiB; allowed are 2 GiB: cut the recording")


def _channels(
    source: Source, name: str, header: _Header, opened: Callable[[], AbstractContextManager[Any]]
) -> tuple[list[Channel], list[str]]:
    if header.why_not is not None:
        return [], [f"{name} ({header.why_not})"]
    sides = time_and_channel_axes(header.shape)
    if isinstance(sides, str):
        return [], [f"{name} ({sides})"]
    time_axis, channel_axis = sides
    n_samples = header.shape[time_axis]
    n_channels = 1 if channel_axis is None else header.shape[channel_axis]
    interleaved = channel_axis is not None and (channel_axis > time_axis) != header.column_major

    def channel(called: str, i: int, part: str | None) -> Channel:
        unit = unit_in_name(called)
        return Channel(
            called,
            n_samples,
            partial(
                _blocks,
                source,
                opened,
                part,
                dtype=header.dtype,
                n_samples=n_samples,
                n_channels=n_channels,
                channel=i,
                interleaved=interleaved,
            ),
            NO_FACTS if unit is None else Facts(unit=Stated(unit, f"name of {called}")),
        )

    if header.dtype.names is not None:
        numeric = [f for f in header.dtype.names if header.dtype[f].kind in "iuf" and header.dtype[f].shape == ()]
        rejected = [f"{name}.{printable(f)} (no real numbers)" for f in header.dtype.names if f not in numeric]
        if channel_axis is not None:
            return [], [f"{name} (records in more than one axis)"]
        return [channel(printable(f), 0, f) for f in numeric], rejected
    names = [name] if channel_axis is None else channel_names(name, n_channels)
    return [channel(n, i, None) for i, n in enumerate(names)], []


def _blocks(
    source: Source, opened: Callable[[], AbstractContextManager[Any]], part: str | None, **layout: Any
) -> Iterator[np.ndarray]:
    from zipfile import BadZipFile

    try:
        with opened() as stream:
            for block in matrix_blocks(stream, **layout):
                yield block if part is None else block[part]
    except (BadZipFile, *_ERRORS) as error:
        raise source.error("is damaged: its numbers cannot be unpacked to the end; copy the file again") from error


def _split_time(channels: list[Channel]) -> tuple[TimeAxis | None, list[Channel]]:
    """Take the time stamps out of the channels, where others are as long."""
    for channel in channels:
        scale = time_scale(channel.name)
        others = [c for c in channels if c is not channel]
        if scale is not None and any(c.n_samples == channel.n_samples for c in others):
            return TimeAxis(channel, scale, f"time stamps in {channel.name}"), others
    return None, channels


def _archive(source: Source) -> Candidates:
    from zipfile import BadZipFile, ZipFile

    _check_directory(source)
    channels: list[Channel] = []
    rejected: list[str] = []
    scalars: list[tuple[str, float | str]] = []
    try:
        archive = source.keep(ZipFile(source.file))
        for info in archive.infolist()[:_MAX_MEMBERS]:
            _member(source, archive, info, channels, rejected, scalars)
    except ReadError:
        raise
    except (BadZipFile, *_ERRORS) as error:
        raise source.error("is a damaged or truncated .npz archive; copy the file again") from error
    axis, channels = _split_time(channels)
    return Candidates(
        "numpy",
        tuple(channels),
        facts_from(scalars),
        rejected=tuple(rejected),
        time_axis=axis,
        scalars=tuple(scalars),
    )


def _check_directory(source: Source) -> None:
    """Refuse an archive whose table of contents is too large to be listed."""
    tail_bytes = min(source.size, 22 + 65535)
    tail = FileStream(source.file, source.size - tail_bytes).read(tail_bytes)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise source.error("is a truncated .npz archive: its table of contents is missing; copy the file again")
    size = struct.unpack("<I", tail[at + 12 : at + 16])[0]
    if size > _MAX_DIRECTORY_BYTES:  # also what archives beyond 4 GiB or 65,535 members state
        raise source.error(f"has a table of contents of {size} bytes; allowed are {_MAX_DIRECTORY_BYTES}")


def _member(
    source: Source,
    archive: "ZipFile",
    info: "ZipInfo",
    channels: list[Channel],
    rejected: list[str],
    scalars: list[tuple[str, float | str]],
) -> None:
    name = printable(info.filename.removesuffix(".npy"))
    if not info.filename.endswith(".npy") or info.flag_bits & 1:
        rejected.append(f"{name} ({'encrypted' if info.flag_bits & 1 else 'no array'})")
        return
    with archive.open(info) as member:
        header = _Header(member)
        if header.why_not in (None, "text") and prod(header.shape) == 1 and header.n_bytes <= _MAX_MEMBERS:
            value = np.frombuffer(member.read(header.n_bytes), header.dtype)[0]
            if header.dtype.names is None:
                scalars.append((name, str(value) if header.why_not else float(value)))
            return
        start = member.tell()
    if header.why_not is None:
        check_expansion(source, f"array {name}", packed_bytes=info.compress_size, unpacked_bytes=start + header.n_bytes)
        if start + header.n_bytes != info.file_size:
            raise source.error(f"contradicts itself: array {name} has another size than its header states")
    found, why = _channels(source, name, header, partial(_in_archive, archive, info, start))
    channels.extend(found)
    rejected.extend(why)


@contextmanager
def _in_archive(archive: "ZipFile", info: "ZipInfo", start: int) -> Iterator[_ZipStream]:
    with archive.open(info) as member:
        stream = _ZipStream(member)
        stream.skip(start)
        yield stream
