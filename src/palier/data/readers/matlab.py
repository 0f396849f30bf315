"""MATLAB ``.mat`` files of version 5, 6 and 7; version 7.3 is HDF5, see `matlab73`.

The parser follows the published file format ("MAT-File Format", The MathWorks) and reads numeric arrays, text and
1 × 1 structures only. It is palier's own because it must never unpack or read more than the channel that is taken, and
because importing scipy.io alone takes longer than reading a recording should.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from math import prod

import numpy as np

from palier.data.candidates import Candidates, Channel, TimeAxis
from palier.data.facts import NO_FACTS, Facts, Stated, facts_from, time_scale, unit_in_name
from palier.data.matrix import channel_names, matrix_blocks, time_and_channel_axes
from palier.data.source import (
    MAX_BYTES,
    ByteStream,
    FileStream,
    Inflated,
    Source,
    check_expansion,
    printable,
    read_exactly,
)

__all__ = ["candidates"]

_HEADER_BYTES = 128
_MAX_VARIABLES = 10_000
_MAX_DEPTH = 4
_MAX_TEXT_BYTES = 4096

_MATRIX, _COMPRESSED = 14, 15
_STORED = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
_TEXT_CODECS = {1: "utf-8", 2: "utf-8", 4: "utf-16", 16: "utf-8", 17: "utf-16", 18: "utf-32"}
_CELL, _STRUCT, _OBJECT, _CHAR, _SPARSE = 1, 2, 3, 4, 5
_NUMERIC = range(6, 16)
_CLASS_WORDS = {_CELL: "cell array", _OBJECT: "object", _SPARSE: "sparse matrix", 16: "function", 17: "object"}
_COMPLEX = 0x0800


class _MalformedError(Exception):
    """A variable whose bytes make no sense; the others of the file may."""


@dataclass(frozen=True, slots=True)
class _Array:
    """A numeric array: where its numbers are."""

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype
    position: int
    """In the file, or in the inflated element."""
    element: tuple[int, int] | None
    """Position and size of the compressed element that holds it."""
    inline: bytes | None
    """The numbers themselves, where there are few."""


@dataclass(slots=True)
class _Contents:
    arrays: list[_Array]
    scalars: list[tuple[str, float | str]]
    rejected: list[str]


def candidates(source: Source) -> Candidates:
    """Return the channels of a MATLAB file."""
    contents = _contents(source)
    facts = facts_from(contents.scalars)
    channels: list[Channel] = []
    axis: TimeAxis | None = None
    for array in contents.arrays:
        sides = time_and_channel_axes(array.shape)
        if isinstance(sides, str):
            contents.rejected.append(f"{array.name} ({sides})")
            continue
        found = _channels(source, array, *sides)
        scale = time_scale(array.name) if len(found) == 1 else None
        if scale is not None and axis is None:
            axis = TimeAxis(found[0], scale, f"time stamps in variable {array.name}")
        else:
            channels.extend(found)
    if axis is not None and not any(c.n_samples == axis.channel.n_samples for c in channels):
        channels.append(axis.channel)
        axis = None
    return Candidates(
        "matlab",
        tuple(channels),
        facts,
        rejected=tuple(contents.rejected),
        time_axis=axis,
        scalars=tuple(contents.scalars),
    )


def _channels(source: Source, array: _Array, time_axis: int, channel_axis: int | None) -> list[Channel]:
    n_samples = array.shape[time_axis]
    n_channels = 1 if channel_axis is None else array.shape[channel_axis]
    names = [array.name] if channel_axis is None else channel_names(array.name, n_channels)
    unit = unit_in_name(array.name)
    facts = NO_FACTS if unit is None else Facts(unit=Stated(unit, f"name of variable {array.name}"))
    return [
        Channel(
            name,
            n_samples,
            partial(
                _blocks,
                source,
                array,
                n_samples=n_samples,
                n_channels=n_channels,
                channel=i,
                interleaved=channel_axis is not None and channel_axis < time_axis,  # arrays are column-major
            ),
            facts,
        )
        for i, name in enumerate(names)
    ]


def _blocks(
    source: Source, array: _Array, *, n_samples: int, n_channels: int, channel: int, interleaved: bool
) -> Iterator[np.ndarray]:
    import zlib

    stream: ByteStream
    inflated: Inflated | None = None
    if array.inline is not None:
        stream = FileStream(BytesIO(array.inline), 0)
    elif array.element is None:
        stream = FileStream(source.file, array.position)
    else:
        stream = inflated = Inflated(source.file, *array.element)
    try:
        if inflated is not None:
            inflated.skip(array.position)
        yield from matrix_blocks(
            stream,
            dtype=array.dtype,
            n_samples=n_samples,
            n_channels=n_channels,
            channel=channel,
            interleaved=interleaved,
        )
        if inflated is not None:
            inflated.finish()
    except (EOFError, zlib.error) as error:
        raise source.error(f"is damaged: variable {array.name} cannot be unpacked; copy the file again") from error


def _contents(source: Source) -> _Contents:
    """Walk over the variables without reading their numbers."""
    order = "<" if source.head[126:128] == b"IM" else ">"
    found = _Contents([], [], [])
    position = _HEADER_BYTES
    for _ in range(_MAX_VARIABLES):
        if position >= source.size:
            break
        tag = FileStream(source.file, position).read(8)
        kind, n_bytes = (int(v) for v in np.frombuffer(tag, f"{order}u4")) if len(tag) == 8 else (0, 0)
        if len(tag) < 8 or position + 8 + n_bytes > source.size:
            missing = position + 8 + n_bytes - source.size
            raise source.error(
                f"is truncated: {missing} bytes of the variable at byte {position} are missing; copy the file again"
            )
        if kind in (_MATRIX, _COMPRESSED):
            _variable(source, order, kind, position + 8, n_bytes, found)
        position += 8 + n_bytes
        if kind != _COMPRESSED:
            position += -n_bytes % 8
    else:
        raise source.error(f"holds more than {_MAX_VARIABLES} variables; save the samples as one numeric vector")
    return found


def _variable(source: Source, order: str, kind: int, position: int, n_bytes: int, found: _Contents) -> None:
    import zlib

    before = len(found.arrays), len(found.scalars)
    try:
        if kind == _MATRIX:
            stream = FileStream(source.file, position)
            _Walker(source, stream, order, None, found).matrix(n_bytes, "", 0)
            return
        inflated = Inflated(source.file, position, n_bytes)
        inner, unpacked = (int(v) for v in np.frombuffer(read_exactly(inflated, 8), f"{order}u4"))
        if inner == _MATRIX:
            check_expansion(source, f"the variable at byte {position}", packed_bytes=n_bytes, unpacked_bytes=unpacked)
            _Walker(source, inflated, order, (position, n_bytes), found).matrix(unpacked, "", 0)
    except (_MalformedError, EOFError, zlib.error, UnicodeDecodeError):
        # One damaged variable does not make the others unreadable: 99.mat of the CWRU set has such a one.
        del found.arrays[before[0] :], found.scalars[before[1] :]
        found.rejected.append(f"variable at byte {position - 8} (damaged)")


class _Walker:
    """Reads the head of one matrix, and of the fields of a structure, from a stream."""

    __slots__ = ("_element", "_found", "_order", "_source", "_stream")

    def __init__(
        self,
        source: Source,
        stream: FileStream | Inflated,
        order: str,
        element: tuple[int, int] | None,
        found: _Contents,
    ) -> None:
        self._source = source
        self._stream = stream
        self._order = order
        self._element = element
        self._found = found

    def matrix(self, n_bytes: int, prefix: str, depth: int) -> None:
        """Take in the matrix whose content starts here and has `n_bytes`."""
        end = self._stream.position + n_bytes
        if n_bytes == 0:
            return
        flags = self._values(8, (6,))
        array_class, is_complex = int(flags[0]) & 0xFF, bool(int(flags[0]) & _COMPLEX)
        if array_class == 17:  # no dimensions follow
            self._reject(prefix or "an unnamed variable", array_class)
            return
        shape = tuple(int(n) for n in self._values(4 * 32, (5,)))
        if any(n < 0 for n in shape):
            raise _MalformedError
        name = self._element_bytes(_MAX_TEXT_BYTES)[1].decode("utf-8", "replace")
        name = printable(prefix or name, limit=120)
        if array_class in _NUMERIC and is_complex:
            self._found.rejected.append(f"{name} (complex numbers)")
        elif array_class in _NUMERIC:
            self._numeric(name, shape, end)
        elif array_class == _CHAR:
            self._text(name, shape)
        elif array_class == _STRUCT and prod(shape) == 1 and depth < _MAX_DEPTH:
            self._structure(name, depth, end)
        elif array_class == _STRUCT:
            self._found.rejected.append(f"{name} (structure array)")
        else:
            self._reject(name, array_class)

    def _numeric(self, name: str, shape: tuple[int, ...], end: int) -> None:
        kind, n_bytes, inline = self._tag()
        if kind not in _STORED:
            raise _MalformedError
        dtype = np.dtype(self._order + _STORED[kind])
        n_values = prod(shape)
        if n_values * dtype.itemsize > MAX_BYTES:
            raise self._source.error(f"variable {name} has {n_values} values, more than 2 GiB: cut the recording")
        if n_values * dtype.itemsize != n_bytes or (inline is None and self._stream.position + n_bytes > end):
            raise _MalformedError
        if n_values == 1:
            data = inline if inline is not None else read_exactly(self._stream, n_bytes)
            self._found.scalars.append((name, float(np.frombuffer(data, dtype)[0])))
        else:
            array = _Array(name, shape, dtype, self._stream.position, self._element, inline)
            self._found.arrays.append(array)

    def _text(self, name: str, shape: tuple[int, ...]) -> None:
        kind, n_bytes, inline = self._tag()
        if 0 < prod(shape) <= _MAX_TEXT_BYTES // 4 and n_bytes <= _MAX_TEXT_BYTES and kind in _TEXT_CODECS:
            data = inline if inline is not None else read_exactly(self._stream, n_bytes)
            codec = _TEXT_CODECS[kind]
            if codec != "utf-8":
                codec += "-le" if self._order == "<" else "-be"
            self._found.scalars.append((name, data.decode(codec, "replace").strip("\0 ")))
        self._found.rejected.append(f"{name} (text)")

    def _structure(self, name: str, depth: int, end: int) -> None:
        name_bytes = int(self._values(4, (5,))[0])
        kind, n_bytes, inline = self._tag()
        if not 0 < name_bytes <= 256 or n_bytes % name_bytes or n_bytes > 64 * _MAX_VARIABLES:
            raise _MalformedError
        names = inline if inline is not None else read_exactly(self._stream, n_bytes)
        if inline is None:
            self._stream.skip(-n_bytes % 8)
        for at in range(0, n_bytes, name_bytes):
            field = names[at : at + name_bytes].split(b"\0")[0].decode("utf-8", "replace")
            kind, n_bytes, inline = self._tag()
            if kind != _MATRIX or inline is not None or self._stream.position + n_bytes > end:
                raise _MalformedError
            after = self._stream.position + n_bytes
            self.matrix(n_bytes, f"{name}.{field}", depth + 1)
            if after < self._stream.position:
                raise _MalformedError
            self._stream.skip(after - self._stream.position)

    def _reject(self, name: str, array_class: int) -> None:
        self._found.rejected.append(f"{name} ({_CLASS_WORDS.get(array_class, 'unknown kind')})")

    def _tag(self) -> tuple[int, int, bytes | None]:
        """Return the type and size of the next element, and its bytes where they lie in the tag itself."""
        tag = read_exactly(self._stream, 8)
        first, second = (int(v) for v in np.frombuffer(tag, f"{self._order}u4"))
        small = first >> 16
        if not small:
            return first, second, None
        if small > 4:
            raise _MalformedError
        return first & 0xFFFF, small, tag[4 : 4 + small]

    def _element_bytes(self, limit: int) -> tuple[int, bytes]:
        kind, n_bytes, inline = self._tag()
        if inline is not None:
            return kind, inline
        if n_bytes > limit:
            raise _MalformedError
        data = read_exactly(self._stream, n_bytes)
        self._stream.skip(-n_bytes % 8)
        return kind, data

    def _values(self, limit: int, kinds: tuple[int, ...]) -> np.ndarray:
        kind, data = self._element_bytes(limit)
        if kind not in kinds or not data or len(data) % 4:
            raise _MalformedError
        return np.frombuffer(data, self._order + _STORED[kind])
