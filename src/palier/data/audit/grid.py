"""The grid that an analogue-to-digital converter, or a text file's last digit, left in the samples."""

from dataclasses import dataclass

import numpy as np

from palier.core.shapes import Waveform

__all__ = ["Grid", "find_grid"]

#: Distances between neighbouring values may miss whole steps by this much: single precision rounds them.
_TOLERANCE = 0.2
#: Samples looked at to find the step; the step of a longer recording shows in its first part.
_SAMPLES = 2**14
#: Fewer distinct values than this show no grid.
_LEAST_VALUES = 4


@dataclass(frozen=True, slots=True)
class Grid:
    """Values that are whole multiples of one step, apart from an offset."""

    step: float
    """In the unit of the samples."""
    zero_on_grid: bool
    """True where the multiples count from zero: the samples are converter codes times a factor."""


def find_grid(x: Waveform) -> Grid | None:
    """Return the grid on which all samples lie, or None where single precision shows none.

    Parameters
    ----------
    x : float32, shape (time)

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> codes = rng.integers(-500, 500, 4000)
    >>> grid = find_grid((codes * 0.25).astype(np.float32))
    >>> grid.step, grid.zero_on_grid
    (0.25, True)
    >>> find_grid(rng.normal(size=4000).astype(np.float32)) is None
    True
    """
    values = np.unique(x[:_SAMPLES]).astype(np.float64)
    if len(values) < _LEAST_VALUES:
        return None
    gaps = np.diff(values)
    resolvable = 4 * np.spacing(np.float32(max(abs(values[0]), abs(values[-1])))).astype(np.float64)
    least = gaps.min()
    if least < resolvable:
        return None
    # the mean of all one-step gaps is far more exact than any one of them
    step = gaps[gaps < 1.5 * least].mean()
    for _ in range(2):
        whole = np.rint(gaps / step)
        near = whole < _TOLERANCE * step / resolvable
        step = gaps[near].sum() / whole[near].sum() if near.any() else step
    off = np.abs(gaps / step - np.rint(gaps / step))
    if off.max() > _TOLERANCE + resolvable / step:
        return None
    codes = (values[-1] - values[0]) / step
    if abs(codes - round(codes)) > _TOLERANCE + codes * 1e-5:
        return None
    # the whole number of steps from the lowest to the highest value makes the step as exact as single precision is
    step = (values[-1] - values[0]) / round(codes)
    shift = values / step - np.rint(values / step)
    return Grid(step=float(step), zero_on_grid=bool(np.abs(shift).max() < _TOLERANCE + resolvable / step))
