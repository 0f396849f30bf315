"""The curves of a diagnosis, from the folder that its job wrote."""

from pathlib import Path

import numpy as np

from palier.data.curve_file import read_curve, read_matrix

__all__ = ["CurveFiles"]


class CurveFiles:
    """See `palier.app.ports.CurveReader`."""

    def curve(
        self, folder: Path, name: str, *, first: float | None, last: float | None, points: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, bool, str, str | None]:
        """Return x, low, high, whether every point is there, and the units of both axes.

        Raises
        ------
        NotFoundError
            If there is no such curve.
        ParameterError
            If nothing lies between `first` and `last`, or `points` is below 2.
        ReadError
            If the file is damaged.
        """
        part = read_curve(folder, name, first=first, last=last, points=points)
        return part.x, part.low, part.high, part.exact, part.x_unit, part.y_unit

    def matrix(self, folder: Path, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return times in s, frequencies in Hz, and levels in dB (frequency × time).

        Raises
        ------
        NotFoundError
            If there is no such picture.
        ReadError
            If the file is damaged.
        """
        picture = read_matrix(folder, name)
        return picture.time_s, picture.frequency_hz, picture.level_db
