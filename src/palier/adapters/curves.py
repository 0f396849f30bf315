"""The curves of a diagnosis, from the folder that its job wrote."""

from pathlib import Path

import numpy as np

from palier.data import curve_file

__all__ = ["read_curve", "read_matrix"]


def read_curve(
    folder: Path, name: str, first: float | None, last: float | None, points: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, bool, str, str | None]:
    """Return places, least and greatest values, whether every value is there, and the units of both axes.

    Raises
    ------
    NotFoundError
        If there is no such curve.
    ParameterError
        If nothing lies between `first` and `last`, or `points` is below 2.
    """
    part = curve_file.read_curve(folder, name, first=first, last=last, points=points)
    return part.x, part.low, part.high, part.exact, part.x_unit, part.y_unit


def read_matrix(folder: Path, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return times, frequencies and levels in dB (rows are frequencies).

    Raises
    ------
    NotFoundError
        If there is no such picture.
    """
    matrix = curve_file.read_matrix(folder, name)
    return matrix.time_s, matrix.frequency_hz, matrix.level_db
