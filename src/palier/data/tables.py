"""Named arrays and scalars, as MATLAB, NumPy and HDF5 files hold them, turned into channels."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from palier.core.units import Unit
from palier.data.contents import Channel, Contents, unit_in_label
from palier.errors import ReadError

__all__ = ["LEAST_SAMPLES", "Array", "contents_of_arrays"]

#: An array shorter than this is a parameter, not a waveform.
LEAST_SAMPLES = 64

#: A two-dimensional array with at most this many rows or columns holds one channel per row or column.
_MOST_CHANNELS = 64

_RATE = re.compile(r"^(fs|sr|f_?samp(le)?|sampl(e|ing)_?(rate|freq(uency)?)(_?hz)?|rate_?hz)$", re.IGNORECASE)
_RPM = re.compile(r"^(x\d{3})?(rpm|speed_?rpm|shaft_?rpm)$", re.IGNORECASE)
_SPEED_HZ = re.compile(r"^(speed|shaft|shaft_?speed|rotation)_?hz$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Array:
    """An array in a file: its shape and type are known, its numbers are read when asked for."""

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype
    load: Callable[[], np.ndarray]
    unit: Unit | None = None


def contents_of_arrays(arrays: list[Array], *, source: str, attributes: Mapping[str, object] | None = None) -> Contents:
    """Find the waveforms among named arrays, and the rate and speed among the scalars.

    Raises
    ------
    ReadError
        If no real numeric array is long enough, with what there was instead.
    """
    channels: list[Channel] = []
    scalars: dict[str, float] = {}
    refused: list[str] = []
    for array in arrays:
        size = int(np.prod(array.shape)) if array.shape else 1
        leaf = array.name.rsplit(".", 1)[-1].rsplit("/", 1)[-1]
        if array.dtype.kind not in "fiu" or array.dtype.itemsize > 8:
            refused.append(f"{array.name} ({_kind(array.dtype)})")
        elif size == 1:
            scalars[leaf] = float(np.asarray(array.load(), dtype=np.float64).reshape(-1)[0])
        elif size >= LEAST_SAMPLES:
            found = _channels(array)
            if not found:
                refused.append(f"{array.name} (shape {'×'.join(map(str, array.shape))})")
            channels += found
        else:
            refused.append(f"{array.name} ({size} values)")
    for name, value in (attributes or {}).items():
        if isinstance(value, int | float | np.number):
            scalars.setdefault(name, float(value))
    if not channels:
        there = "; it holds " + ", ".join(refused[:8]) if refused else ""
        raise ReadError(
            f"{source}: no waveform found{there}. Allowed are real numeric vectors of at least {LEAST_SAMPLES} samples, "
            f"or matrices with at most {_MOST_CHANNELS} channels"
        )
    rate, rpm, speed = (_scalar(scalars, pattern) for pattern in (_RATE, _RPM, _SPEED_HZ))
    notes = []
    if rate is not None:
        notes.append(f"sampling rate {rate[1]:g} Hz from the variable {rate[0]}")
    if rpm is not None:
        notes.append(f"speed {rpm[1]:g} rpm from the variable {rpm[0]}")
    elif speed is not None:
        notes.append(f"speed {speed[1]:g} Hz from the variable {speed[0]}")
    return Contents(
        channels=tuple(channels),
        sampling_rate_hz=None if rate is None else rate[1],
        speed_hz=rpm[1] / 60 if rpm is not None else None if speed is None else speed[1],
        notes=tuple(notes),
    )


def _channels(array: Array) -> list[Channel]:
    long = [i for i, n in enumerate(array.shape) if n >= LEAST_SAMPLES and n == max(array.shape)]
    others = int(np.prod(array.shape)) // max(array.shape)
    if len(array.shape) > 3 or len(long) != 1 or others > _MOST_CHANNELS:
        return []
    axis, n = long[0], max(array.shape)

    def loader(i: int) -> Callable[[], np.ndarray]:
        return lambda: np.moveaxis(array.load(), axis, -1).reshape(others, n)[i]

    names = [array.name] if others == 1 else [f"{array.name}[{i}]" for i in range(others)]
    unit = array.unit or unit_in_label(array.name)
    return [Channel(name, n, loader(i), unit) for i, name in enumerate(names)]


def _scalar(scalars: dict[str, float], pattern: re.Pattern[str]) -> tuple[str, float] | None:
    for name, value in scalars.items():
        if pattern.match(name) and 0 < value < 1e9:
            return name, value
    return None


def _kind(dtype: np.dtype) -> str:
    return {"c": "complex numbers", "O": "objects", "U": "text", "S": "text", "b": "true/false"}.get(
        dtype.kind, str(dtype)
    )
