"""Curves over evenly spaced places and pictures, in one file, and any part of them fit to draw."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, Float32, Float64

from palier.data.files import replacing
from palier.errors import NotFoundError, ParameterError, ReadError

__all__ = ["CURVES_FILE", "Curve", "CurvePart", "Matrix", "read_curve", "read_matrix", "write_curves"]

#: Name of the file in a folder of results.
CURVES_FILE: Final = "curves.npz"


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Values at evenly spaced places."""

    start: float
    step: float
    values: Float32[np.ndarray, " place"]
    x_unit: str
    y_unit: str | None
    """None where nobody declared it."""


@dataclass(frozen=True, slots=True, eq=False)
class CurvePart:
    """A part of a curve in at most so many steps: the least and the greatest value of each."""

    x: Float64[np.ndarray, " step"]
    """Where the greatest value of each step is, so that a line is drawn in its place."""
    low: Float32[np.ndarray, " step"]
    high: Float32[np.ndarray, " step"]
    exact: bool
    """Every value is there: `low` equals `high`."""
    x_unit: str
    y_unit: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """A picture: rows are frequencies, columns times."""

    time_s: Float64[np.ndarray, " column"]
    frequency_hz: Float64[np.ndarray, " row"]
    level_db: Float32[np.ndarray, "row column"]


def write_curves(folder: Path, curves: Mapping[str, Curve], matrices: Mapping[str, Matrix]) -> Path:
    """Write curves and pictures into the folder's curve file, whole or not at all.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    arrays: dict[str, np.ndarray] = {}
    about: dict[str, dict[str, str | None]] = {}
    for name, curve in curves.items():
        arrays[f"{name}.axis"] = np.array([curve.start, curve.step])
        arrays[f"{name}.values"] = np.asarray(curve.values, np.float32)
        about[name] = {"x_unit": curve.x_unit, "y_unit": curve.y_unit}
    for name, matrix in matrices.items():
        arrays |= {f"{name}.time_s": matrix.time_s, f"{name}.frequency_hz": matrix.frequency_hz}
        arrays[f"{name}.level_db"] = np.asarray(matrix.level_db, np.float32)
    path = folder / CURVES_FILE
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, about=np.array(json.dumps(about)), **arrays)
    return path


def read_curve(folder: Path, name: str, *, first: float | None, last: float | None, points: int) -> CurvePart:
    """Read the part of a curve from `first` to `last`, both of them with it, in at most `points` steps.

    No line is lost: each step has the greatest and the least of its values.

    Parameters
    ----------
    folder : Path
    name : str
    first, last : float, optional
        In the unit of the axis; otherwise the ends of the curve.
    points : int
        2 and above.

    Raises
    ------
    NotFoundError
        If there is no such curve.
    ParameterError
        If `points` is below 2, or nothing lies between `first` and `last`.
    ReadError
        If the file is damaged.
    """
    if points < 2:
        raise ParameterError(f"points is {points}; allowed are 2 and above")
    stored = _read(folder, name, ("axis", "values"))
    start, step = (float(v) for v in stored["axis"])
    values = stored["values"]
    place = start + step * np.arange(len(values))
    slack = step * 1e-6
    inside: Bool[np.ndarray, " place"] = np.ones(len(values), bool)
    if first is not None:
        inside &= place >= first - slack
    if last is not None:
        inside &= place <= last + slack
    x, y = place[inside], values[inside]
    if not len(x):
        raise ParameterError(
            f"{name}: nothing lies between {first} and {last}; it goes from {start:g} to {place[-1]:g}"
            if len(values)
            else f"{name} is empty"
        )
    told = json.loads(str(stored["about"]))[name]
    if len(x) <= points:
        return CurvePart(x, y, y, exact=True, x_unit=told["x_unit"], y_unit=told["y_unit"])
    edges = np.arange(points) * len(x) // points
    low, high = np.minimum.reduceat(y, edges), np.maximum.reduceat(y, edges)
    return CurvePart(
        x[_greatest(y, edges)], low, high, exact=False, x_unit=told["x_unit"], y_unit=told["y_unit"]
    )  # fmt: skip


def _greatest(y: Float[np.ndarray, " place"], edges: np.ndarray) -> np.ndarray:
    """Return the place of the greatest value of each step."""
    ends = np.append(edges[1:], len(y))
    return np.array([a + int(y[a:b].argmax()) for a, b in zip(edges, ends, strict=True)])


def read_matrix(folder: Path, name: str) -> Matrix:
    """Read a picture.

    Raises
    ------
    NotFoundError
        If there is no such picture.
    ReadError
        If the file is damaged.
    """
    stored = _read(folder, name, ("time_s", "frequency_hz", "level_db"))
    return Matrix(stored["time_s"], stored["frequency_hz"], stored["level_db"])


def _read(folder: Path, name: str, parts: Sequence[str]) -> dict[str, np.ndarray]:
    try:
        with np.load(folder / CURVES_FILE, allow_pickle=False) as file:
            if f"{name}.{parts[0]}" not in file:
                there = sorted({key.rpartition(".")[0] for key in file.files if key.endswith(f".{parts[0]}")})
                raise NotFoundError(f"no {name!r} here; there are {', '.join(there) or 'none'}")
            return {part: file[f"{name}.{part}"] for part in parts} | {"about": file["about"]}
    except FileNotFoundError:
        raise NotFoundError(f"no {name!r} here: the curves are not there any more; diagnose again") from None
    except (OSError, ValueError, KeyError) as error:
        raise ReadError(f"the curves are damaged ({error}); diagnose again") from error
