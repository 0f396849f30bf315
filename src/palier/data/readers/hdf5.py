"""HDF5 files: every numeric vector or slender matrix in them is a channel, attributes say what it is."""

import math
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from palier.data.candidates import Candidates, Channel, TimeAxis
from palier.data.facts import Facts, Stated, facts_from, time_scale, unit_in_name
from palier.data.matrix import channel_names, time_and_channel_axes
from palier.data.source import BLOCK_BYTES, Source, check_expansion, printable
from palier.errors import ReadError

__all__ = ["Node", "candidates", "candidates_in"]

#: What h5py raises on damaged files (found by fuzzing): the HDF5 library's errors become any of these.
_ERRORS = (OSError, RuntimeError, ValueError, KeyError, TypeError, AttributeError, OverflowError, MemoryError)
_MAX_OBJECTS = 10_000
_MAX_DEPTH = 32
_MAX_ATTRIBUTE_BYTES = 4096
_MAX_CHUNK_BYTES = 2**28
#: deflate, shuffle, Fletcher checksum, LZF: the filters whose largest possible output is known beforehand.
_DEFLATE, _LZF = 1, 32000
_FILTERS = {_DEFLATE: 1032, 2: 1, 3: 1, _LZF: 90}


@dataclass(slots=True)
class Node:
    """A dataset on the walk through a file."""

    name: str
    dataset: Any
    skip: bool = False
    reason: str | None = None
    """Why it is no channel."""


@dataclass(slots=True)
class _Found:
    nodes: list[Node] = field(default_factory=list)
    entries: dict[str, list[tuple[str, Any]]] = field(default_factory=dict)
    """Attributes and single values by the path of the group or dataset they belong to."""
    rejected: list[str] = field(default_factory=list)


def candidates(source: Source) -> Candidates:
    """Return the channels of an HDF5 file."""
    return candidates_in(source, "hdf5", lambda _node: None)


def candidates_in(source: Source, reader: str, look_at: Callable[[Node], str | float | None]) -> Candidates:
    """Return the channels of an HDF5 file; `look_at` applies the conventions of the program that wrote it.

    `look_at` may mark a dataset as no channel, or return a single value that it holds.
    """
    import h5py

    try:
        file = source.keep(h5py.File(source.path, "r", locking=False))
        found = _walk(file, look_at)
        channels: list[Channel] = []
        axes: list[TimeAxis] = []
        for node in found.nodes:
            _take(source, node, found, channels, axes)
    except ReadError:
        raise
    except _ERRORS as error:
        raise source.error(
            f"is a damaged or truncated HDF5 file ({_first_line(error)}); copy the file again"
        ) from error
    axis = next((a for a in axes if any(c.n_samples == a.channel.n_samples for c in channels)), None)
    if axis is None:
        channels.extend(a.channel for a in axes)
    scalars = tuple(entry for entries in found.entries.values() for entry in entries)
    return Candidates(
        reader,
        tuple(channels),
        facts_from(found.entries.get("", ())),
        rejected=tuple(found.rejected),
        time_axis=axis,
        scalars=scalars,
    )


def _walk(file: Any, look_at: Callable[[Node], str | float | None]) -> _Found:
    import h5py

    found = _Found()
    found.entries[""] = _attributes(file)
    waiting = [("", file, 0)]
    seen: set[int] = set()
    while waiting:
        path, group, depth = waiting.pop()
        for name in group:
            link = group.get(name, getlink=True)
            full = f"{path}/{name}".lstrip("/")
            if isinstance(link, h5py.ExternalLink):
                found.rejected.append(f"{printable(full, limit=60)} (link to another file)")
                continue
            thing = group.get(name)
            if thing is None:
                continue
            address = h5py.h5o.get_info(thing.id).addr
            if address in seen or len(seen) >= _MAX_OBJECTS:
                continue
            seen.add(address)
            if isinstance(thing, h5py.Group) and depth < _MAX_DEPTH and not name.startswith("#"):
                found.entries[full] = _attributes(thing)
                waiting.append((full, thing, depth + 1))
            elif isinstance(thing, h5py.Dataset):
                _dataset(Node(full, thing), path, look_at, found)
    return found


def _dataset(node: Node, path: str, look_at: Callable[[Node], str | float | None], found: _Found) -> None:
    dataset = node.dataset
    node.reason = _unreadable(dataset)
    value = look_at(node) if node.reason is None else None
    if node.skip:
        return
    last = node.name.rpartition("/")[2]
    if value is None and node.reason is None and dataset.size == 1:
        value = float(np.ravel(dataset[()])[0])
    elif value is None and dataset.size == 1 and dataset.dtype.kind in "OS" and dataset.shape is not None:
        value = _plain_value(np.ravel(dataset[()])[0])
    if value is not None:
        found.entries.setdefault(path, []).append((last, value))
    elif node.reason is not None:
        found.rejected.append(f"{printable(node.name, limit=60)} ({node.reason})")
    else:
        found.entries[node.name] = _attributes(dataset)
        found.nodes.append(node)


def _unreadable(dataset: Any) -> str | None:
    """Return why a dataset holds no samples that can be read, told without reading any."""
    if dataset.shape is None or dataset.size == 0:
        return "empty"
    if dataset.dtype.kind == "c" or dataset.dtype.names in (("real", "imag"), ("r", "i")):
        return "complex numbers"
    if dataset.dtype.kind not in "iuf":
        return {"b": "logical values", "S": "text", "O": "text or references"}.get(dataset.dtype.kind, "no numbers")
    if dataset.is_virtual or dataset.external:
        return "its numbers are in another file"
    if dataset.id.get_storage_size() == 0:
        return "its numbers were never written"
    return _unreadable_filters(dataset)


def _unreadable_filters(dataset: Any) -> str | None:
    if dataset.chunks is None:
        return None
    if len(dataset.chunks) != dataset.ndim:
        return "its description contradicts itself"
    if math.prod(dataset.chunks) * dataset.dtype.itemsize > _MAX_CHUNK_BYTES:
        return "its chunks are larger than 256 MiB; repack it with h5repack"
    created = dataset.id.get_create_plist()
    codes = [created.get_filter(i)[0] for i in range(created.get_nfilters())]
    if any(code not in _FILTERS for code in codes) or sum(code in (_DEFLATE, _LZF) for code in codes) > 1:
        return "its compression is not supported; repack it with h5repack -f GZIP=6"
    return None


def _attributes(thing: Any) -> list[tuple[str, Any]]:
    entries = []
    for name in thing.attrs:
        if thing.attrs.get_id(name).get_storage_size() <= _MAX_ATTRIBUTE_BYTES:
            value = _plain_value(thing.attrs[name])
            if value is not None:
                entries.append((name, value))
    return entries


def _plain_value(value: Any) -> str | float | None:
    if isinstance(value, np.ndarray):
        if value.size != 1:
            return None
        value = value.ravel()[0]
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, str):
        return value
    return float(value) if isinstance(value, (int, float, np.integer, np.floating)) else None


def _take(source: Source, node: Node, found: _Found, channels: list[Channel], axes: list[TimeAxis]) -> None:
    dataset = node.dataset
    name = printable(node.name, limit=120)
    sides = time_and_channel_axes(dataset.shape)
    if isinstance(sides, str):
        found.rejected.append(f"{name} ({sides})")
        return
    time_axis, channel_axis = sides
    n_samples = dataset.shape[time_axis]
    check_expansion(
        source, f"dataset {name}", packed_bytes=dataset.id.get_storage_size(), unpacked_bytes=dataset.nbytes
    )
    facts = _facts(node, found)
    if channel_axis is None:
        scale = time_scale(_with_unit(node, found))
        channel = Channel(name, n_samples, partial(_blocks, source, dataset, time_axis, None, 0), facts)
        if scale is None:
            channels.append(channel)
        else:
            axes.append(TimeAxis(channel, scale, f"time stamps in dataset {name}"))
        return
    for i, one in enumerate(_matrix_names(dataset, name, dataset.shape[channel_axis])):
        channels.append(Channel(one, n_samples, partial(_blocks, source, dataset, time_axis, channel_axis, i), facts))


def _facts(node: Node, found: _Found) -> Facts:
    facts = facts_from(found.entries[node.name])
    unit = unit_in_name(node.name.rpartition("/")[2])
    if unit is not None and facts.unit is None:
        facts = Facts(unit=Stated(unit, f"name of dataset {printable(node.name, limit=60)}")).over(facts)
    path = node.name
    while path:
        path = path.rpartition("/")[0]
        facts = facts.over(facts_from(found.entries.get(path, ())))
    return facts


def _with_unit(node: Node, found: _Found) -> str:
    """Return the name of a dataset with the unit that its attribute states."""
    last = node.name.rpartition("/")[2]
    unit = next((v for k, v in found.entries[node.name] if k.lower() in ("unit", "units")), None)
    return f"{last} [{unit}]" if isinstance(unit, str) and "[" not in last else last


def _matrix_names(dataset: Any, name: str, n_channels: int) -> list[str]:
    for key in ("channel_names", "channels", "columns"):
        if key in dataset.attrs and dataset.attrs.get_id(key).get_storage_size() <= _MAX_ATTRIBUTE_BYTES:
            given = [_plain_value(v) for v in np.ravel(dataset.attrs[key])]
            if len(given) == n_channels == len(set(given)) and all(isinstance(v, str) and v for v in given):
                return [printable(str(v), limit=60) for v in given]
    return channel_names(name, n_channels)


def _blocks(
    source: Source, dataset: Any, time_axis: int, channel_axis: int | None, channel: int
) -> Iterator[np.ndarray]:
    try:
        _check_chunks(source, dataset)
        n_samples = dataset.shape[time_axis]
        step = max(1, BLOCK_BYTES // dataset.dtype.itemsize)
        if dataset.chunks is not None:  # whole chunks, so that none is unpacked twice
            long = dataset.chunks[time_axis]
            step = max(1, round(step / long)) * long
        where: list[Any] = [0] * dataset.ndim
        if channel_axis is not None:
            where[channel_axis] = channel
        for first in range(0, n_samples, step):
            where[time_axis] = slice(first, min(first + step, n_samples))
            yield dataset[tuple(where)]
    except ReadError:
        raise
    except (*_ERRORS, zlib.error) as error:
        name = printable(dataset.name.lstrip("/"), limit=60)
        raise source.error(
            f"is damaged: dataset {name} cannot be read ({_first_line(error)}); copy it again"
        ) from error


def _check_chunks(source: Source, dataset: Any) -> None:
    """Refuse chunks that would unpack beyond the size they must have; the HDF5 library itself sets no bound."""
    created = dataset.id.get_create_plist()
    codes = [created.get_filter(i)[0] for i in range(created.get_nfilters())]
    growth = max((_FILTERS[code] for code in codes), default=1)
    if dataset.chunks is None or growth == 1:
        return
    n_bytes = math.prod(dataset.chunks) * dataset.dtype.itemsize
    suspects: list[Any] = []
    dataset.id.chunk_iter(lambda info: suspects.append(info) if info.size * growth > _MAX_CHUNK_BYTES else None)
    for info in suspects:
        mask, packed = dataset.id.read_direct_chunk(info.chunk_offset)
        if _DEFLATE in codes and not mask & (1 << codes.index(_DEFLATE)):
            unpacked = len(zlib.decompressobj().decompress(packed, n_bytes + 64))
        else:
            unpacked = 0 if mask & (1 << codes.index(_LZF)) else info.size * growth
        if unpacked > n_bytes + 32:
            raise source.error(
                f"is damaged, or a decompression bomb: a chunk of {printable(dataset.name)} unpacks beyond the "
                f"{n_bytes} bytes that it should hold; get the original file"
            )


def _first_line(error: BaseException) -> str:
    return printable(str(error).splitlines()[0] if str(error) else type(error).__name__, limit=100)
