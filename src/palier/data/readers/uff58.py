"""Universal files (UFF) with datasets 58 and 58b: time responses, read through pyuff.

pyuff holds the whole file in memory and turns text into Python numbers, so the size allowed here is smaller than
elsewhere.
"""

import math
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np

from palier.core.units import parse_unit
from palier.data.candidates import Candidates, Channel
from palier.data.facts import Facts, Stated
from palier.data.source import FileStream, Source, printable
from palier.errors import ParameterError

__all__ = ["candidates"]

_MAX_FILE_BYTES = 2**28
_MAX_DATASETS = 1000
_DIRECTIONS = {1: "+X", 2: "+Y", 3: "+Z", -1: "-X", -2: "-Y", -3: "-Z"}
_TIME_RESPONSE, _GENERAL = 1, 0
_TIME_ABSCISSA = 17
_REAL, _COMPLEX = (2, 4), (5, 6)
_FUNCTIONS = {2: "auto spectrum", 3: "cross spectrum", 4: "frequency response", 6: "coherence", 12: "spectrum"}


def candidates(source: Source) -> Candidates:
    """Return the channels of a universal file."""
    if source.size > _MAX_FILE_BYTES:
        raise source.error(f"has {source.size / 2**20:.0f} MiB; allowed are 256 MiB for universal files: cut it")
    if not FileStream(source.file, max(0, source.size - 200)).read(200).rstrip().endswith(b"    -1"):
        raise source.error("is truncated: the mark -1 that ends a dataset is missing at its end; copy the file again")
    file = _opened(source)
    channels: list[Channel] = []
    rejected: list[str] = []
    kinds = [int(k) for k in file.get_set_types()]
    if len(kinds) > _MAX_DATASETS:
        raise source.error(f"has {len(kinds)} datasets; allowed are {_MAX_DATASETS}: one recording per file")
    for i, kind in enumerate(kinds):
        if kind != 58:
            continue
        head = _dataset(source, file, i, header_only=True)
        name = _name(head, i)
        why_not = _why_not(head)
        if why_not is not None:
            rejected.append(f"{name} ({why_not})")
            continue
        names = [c.name for c in channels]
        unique = name if name not in names else f"{name} ({i})"
        channels.append(Channel(unique, int(head["num_pts"]), partial(_blocks, source, file, i), _facts(head)))
    notes = ()
    if not any(kind == 58 for kind in kinds):
        rejected.append("no dataset 58")
    return Candidates("uff58", tuple(channels), notes=notes, rejected=tuple(rejected))


def _opened(source: Source) -> Any:
    import pyuff

    try:
        return pyuff.UFF(str(source.path))
    except Exception as error:  # pyuff raises nothing more precise
        raise source.error("is a damaged universal file: its datasets cannot be found; copy the file again") from error


def _dataset(source: Source, file: Any, i: int, *, header_only: bool) -> dict[str, Any]:
    try:
        read = file.read_sets(i, header_only=header_only)
    except Exception as error:  # pyuff raises nothing more precise
        raise source.error(f"is a damaged or truncated universal file: dataset {i} makes no sense") from error
    if not isinstance(read, dict):
        raise source.error(f"is a damaged universal file: dataset {i} is empty")
    return read


def _why_not(head: dict[str, Any]) -> str | None:
    kind, n = head.get("ord_data_type"), head.get("num_pts")
    if kind in _COMPLEX:
        return "complex numbers"
    if head.get("func_type") not in (_TIME_RESPONSE, _GENERAL):
        return f"a {_FUNCTIONS.get(head.get('func_type', -1), 'function')}, no time response"
    if head.get("abscissa_spec_data_type") not in (_TIME_ABSCISSA, 0):
        return "not over time"
    if kind not in _REAL or not isinstance(n, int) or n < 2:
        return "no real numbers"
    return None if head.get("abscissa_spacing") in (0, 1) else "spacing not stated"


def _name(head: dict[str, Any], i: int) -> str:
    node, direction = head.get("rsp_node"), head.get("rsp_dir")
    entity = str(head.get("rsp_ent_name") or "").strip()
    parts = [entity] if entity and entity != "NONE" else []
    if isinstance(node, int) and node:
        parts.append(f"{node}{_DIRECTIONS.get(direction, '') if isinstance(direction, int) else ''}")
    first_line = str(head.get("id1") or "").strip()
    text = ":".join(parts) or ("" if first_line == "NONE" else first_line) or f"dataset {i}"
    return printable(text, limit=60)


def _facts(head: dict[str, Any]) -> Facts:
    rate = unit = None
    step_s = head.get("abscissa_inc")
    if head.get("abscissa_spacing") == 1 and isinstance(step_s, float):
        rate_hz = 1 / step_s if step_s else math.inf
        near = round(rate_hz) if math.isfinite(rate_hz) else 0
        # The step is written with six digits, so that 1/25600 s comes back as 25600.08 Hz.
        if near and abs(rate_hz / near - 1) < 1e-5:
            rate_hz = float(near)
        rate = Stated(rate_hz, f"abscissa increment {step_s:g} s of the dataset")
    label = str(head.get("ordinate_axis_units_lab") or "").strip()
    with suppress(ParameterError):
        unit = Stated(parse_unit(label), "ordinate unit label of the dataset")
    notes = (f"unit label {printable(label)!r} is none of g, m/s^2, mm/s, um: not used",) if label and not unit else ()
    return Facts(sampling_rate_hz=rate, unit=unit, notes=() if label == "NONE" else notes)


def _blocks(source: Source, file: Any, i: int) -> Iterator[np.ndarray]:
    read = _dataset(source, file, i, header_only=False)
    data, n = read.get("data"), int(read["num_pts"])
    if not isinstance(data, np.ndarray) or data.ndim != 1 or data.dtype.kind != "f":
        raise source.error(f"is damaged: dataset {i} holds no real numbers")
    if read.get("abscissa_spacing") == 0:
        _check_even(source, np.asarray(read["x"]), i)
    yield data[:n]


def _check_even(source: Source, x: np.ndarray, i: int) -> None:
    from palier.data.timebase import time_base

    base = time_base(np.asarray(x, np.float64))
    if base.problem is not None:
        raise source.error(f"dataset {i} is not sampled uniformly: {base.problem}; resample it")
