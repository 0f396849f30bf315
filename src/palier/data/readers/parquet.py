"""Parquet tables: one row per instant, one column per channel."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from palier.data.candidates import Candidates, Channel, TimeAxis
from palier.data.facts import Facts, Stated, facts_from, time_scale, unit_in_name
from palier.data.source import Source, check_expansion, printable
from palier.errors import ReadError

__all__ = ["candidates"]

_BATCH_ROWS = 2**17
_MAX_COLUMNS = 4096
_MAX_METADATA_BYTES = 2**24


def candidates(source: Source) -> Candidates:
    """Return the channels of a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    _check_footer(source)
    try:
        file = source.keep(pq.ParquetFile(source.path, thrift_string_size_limit=_MAX_METADATA_BYTES))
        metadata, schema = file.metadata, file.schema_arrow
        n_rows = metadata.num_rows
        if len(schema) > _MAX_COLUMNS or metadata.num_columns > _MAX_COLUMNS:
            raise source.error(f"has {len(schema)} columns; allowed are {_MAX_COLUMNS}: one column per channel")
        packed = _packed_bytes(metadata)
        entries = [
            (k.decode("utf-8", "replace"), v.decode("utf-8", "replace"))
            for k, v in (schema.metadata or {}).items()
            if len(v) <= 1024
        ]
        found = [_column(source, file, field, n_rows, packed) for field in schema]
    except ReadError:
        raise
    except (pa.ArrowException, OSError, ValueError, KeyError, MemoryError, OverflowError) as error:
        raise source.error("is a damaged or truncated Parquet file; copy the file again") from error
    channels = [c for c in found if isinstance(c, Channel)]
    rejected = tuple(c for c in found if isinstance(c, str))
    axis = None
    for channel in channels:
        scale = time_scale(channel.name)
        if scale is not None and len(channels) > 1:
            axis = TimeAxis(channel, scale, f"time stamps in column {channel.name}")
            channels.remove(channel)
            break
    return Candidates(
        "parquet", tuple(channels), facts_from(entries), rejected=rejected, time_axis=axis, scalars=tuple(entries)
    )


def _check_footer(source: Source) -> None:
    source.file.seek(max(0, source.size - 8))
    footer = source.file.read(8)
    if len(footer) < 8 or footer[4:] != b"PAR1":
        raise source.error("is a truncated Parquet file: its end mark is missing; copy the file again")
    size = int.from_bytes(footer[:4], "little")
    if size > min(_MAX_METADATA_BYTES, source.size):
        raise source.error(f"is damaged: it states {size} bytes of metadata; copy the file again")


def _packed_bytes(metadata: Any) -> dict[str, int]:
    """Return the stored size of each column."""
    packed: dict[str, int] = {}
    for group in range(metadata.num_row_groups):
        for i in range(metadata.num_columns):
            column = metadata.row_group(group).column(i)
            packed[column.path_in_schema] = packed.get(column.path_in_schema, 0) + column.total_compressed_size
    return packed


def _column(source: Source, file: Any, field: Any, n_rows: int, packed: dict[str, int]) -> Channel | str:
    import pyarrow.types as kinds

    name = printable(field.name, limit=120)
    is_time = kinds.is_timestamp(field.type)
    if not (kinds.is_integer(field.type) or kinds.is_floating(field.type) or is_time):
        return f"{name} ({field.type})"
    if field.name.startswith("__index_level") or field.name not in packed:
        return f"{name} (row index)"
    width = field.type.bit_width // 8
    check_expansion(source, f"column {name}", packed_bytes=packed[field.name], unpacked_bytes=n_rows * width)
    given = [(k.decode("utf-8", "replace"), v.decode("utf-8", "replace")) for k, v in (field.metadata or {}).items()]
    facts = facts_from(given)
    unit = unit_in_name(field.name)
    if unit is not None and facts.unit is None:
        facts = Facts(unit=Stated(unit, f"name of column {name}")).over(facts)
    if is_time:
        return Channel(name if time_scale(name) else "timestamp", n_rows, partial(_times, source, file, field.name))
    return Channel(name, n_rows, partial(_blocks, source, file, field.name), facts)


def _blocks(source: Source, file: Any, name: str) -> Iterator[np.ndarray]:
    for column in _batches(source, file, name):
        if column.null_count:
            raise source.error(
                f"has {column.null_count} empty cells in column {printable(name)}; palier invents no samples: cut them"
            )
        yield column.to_numpy(zero_copy_only=False)


def _times(source: Source, file: Any, name: str) -> Iterator[np.ndarray]:
    first: np.datetime64 | None = None
    for column in _batches(source, file, name):
        times = column.to_numpy(zero_copy_only=False)
        first = times[0] if first is None else first
        yield (times - first) / np.timedelta64(1, "s")


def _batches(source: Source, file: Any, name: str) -> Iterator[Any]:
    import pyarrow as pa

    try:
        for batch in file.iter_batches(_BATCH_ROWS, columns=[name], use_threads=False):
            yield batch.column(0)
    except (pa.ArrowException, OSError, ValueError, KeyError, MemoryError, OverflowError, IndexError) as error:
        if isinstance(error, ReadError):
            raise
        raise source.error(f"is damaged: column {printable(name)} cannot be unpacked; copy the file again") from error
