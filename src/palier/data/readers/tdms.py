"""LabVIEW TDMS files, read through npTDMS: every numeric channel, with the scaling that the file states."""

import logging
import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import numpy as np

from palier.data.candidates import Candidates, Channel
from palier.data.facts import Facts, facts_from
from palier.data.source import FileStream, Source, check_expansion, printable
from palier.errors import ReadError

__all__ = ["candidates"]

_LEAD_IN_BYTES = 28
_MAX_SEGMENTS = 100_000
_UNKNOWN_SIZE = 0xFFFFFFFFFFFFFFFF
_KEPT = ("wf_increment", "unit_string", "NI_UnitDescription", "unit", "wf_start_time")
#: What npTDMS raises on damaged files (found by fuzzing and by reading it).
_ERRORS = (
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    EOFError,
    OSError,
    struct.error,
    MemoryError,
    OverflowError,
    NotImplementedError,
    ZeroDivisionError,
    StopIteration,
    RuntimeError,
)


def candidates(source: Source) -> Candidates:
    """Return the channels of a TDMS file."""
    from nptdms import TdmsFile
    from nptdms.log import log_manager

    log_manager.set_level(logging.CRITICAL)  # it would print parts of damaged files
    notes = _check_segments(source)
    try:
        source.file.seek(0)
        file = source.keep(TdmsFile.open(source.file))
        file_entries = _entries(file.properties)
        channels: list[Channel] = []
        rejected: list[str] = []
        several = len(file.groups()) > 1
        for group in file.groups():
            group_facts = facts_from(_entries(group.properties)).over(facts_from(file_entries))
            for one in group.channels():
                name = printable(f"{group.name}/{one.name}" if several else one.name, limit=120)
                found = _channel(source, one, name, group_facts)
                if isinstance(found, str):
                    rejected.append(f"{name} ({found})")
                else:
                    channels.append(found)
    except ReadError:
        raise
    except _ERRORS as error:
        raise source.error("is a damaged or truncated TDMS file; copy the file again") from error
    return Candidates("tdms", tuple(channels), notes=notes, rejected=tuple(rejected))


def _check_segments(source: Source) -> tuple[str, ...]:
    """Walk over the segments: the last may be cut short, and there may be too many to list."""
    position = 0
    for _ in range(_MAX_SEGMENTS):
        lead_in = FileStream(source.file, position).read(_LEAD_IN_BYTES)
        if len(lead_in) < _LEAD_IN_BYTES or not lead_in.startswith(b"TDSm"):
            raise source.error(f"is truncated or damaged: no segment begins at byte {position}; copy the file again")
        length = struct.unpack("<Q", lead_in[12:20])[0]
        if length == _UNKNOWN_SIZE:
            return ("the program that wrote the last segment did not close it; what is there was read",)
        position += _LEAD_IN_BYTES + length
        if position > source.size:
            raise source.error(
                f"is truncated: {position - source.size} bytes of its last segment are missing; copy the file again"
            )
        if position == source.size:
            return ()
    raise source.error(f"has more than {_MAX_SEGMENTS} segments; defragment it in LabVIEW")


def _channel(source: Source, one: Any, name: str, group_facts: Facts) -> Channel | str:
    if len(one) < 2:
        return "empty" if len(one) == 0 else "single value"
    dtype = one.dtype
    if dtype.kind not in "iuf":
        return {"c": "complex numbers", "b": "logical values", "M": "times"}.get(dtype.kind, "no numbers")
    check_expansion(source, f"channel {name}", packed_bytes=source.size, unpacked_bytes=len(one) * dtype.itemsize)
    return Channel(
        name, len(one), partial(_blocks, source, one, name), facts_from(_entries(one.properties)).over(group_facts)
    )


def _entries(properties: Any) -> list[tuple[str, Any]]:
    entries = []
    for name, value in properties.items():
        if isinstance(value, np.datetime64):
            # TDMS time stamps are UTC by definition.
            instant = value.astype("datetime64[us]").item()
            value = instant.replace(tzinfo=UTC) if isinstance(instant, datetime) else None
        known = "unit" if name == "NI_UnitDescription" else name
        if isinstance(value, (str, int, float, datetime, np.integer, np.floating)):
            entries.append((known, value))
    return entries


def _blocks(source: Source, one: Any, name: str) -> Iterator[np.ndarray]:
    try:
        for chunk in one.data_chunks():
            yield np.asarray(chunk[:])
    except _ERRORS as error:
        raise source.error(f"is damaged: channel {name} cannot be read to the end; copy the file again") from error
