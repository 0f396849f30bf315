"""Channels in arrays: which axis is time, and one column of a matrix without reading the others at once."""

from collections.abc import Iterator
from math import prod

import numpy as np

from palier.data.source import BLOCK_BYTES, ByteStream, read_exactly

__all__ = ["MAX_CHANNELS", "channel_names", "matrix_blocks", "time_and_channel_axes"]

#: A matrix is read as channels only if its shorter side has at most so many rows or columns …
MAX_CHANNELS = 64
#: … and its longer side is at least so many times longer.
_MIN_SLENDERNESS = 4


def time_and_channel_axes(shape: tuple[int, ...]) -> tuple[int, int | None] | str:
    """Return the time axis and the channel axis of an array, or why it has none.

    The longer side is time. A vector, also with axes of length 1, is one channel.

    Examples
    --------
    >>> time_and_channel_axes((1, 5000)), time_and_channel_axes((5000, 3))
    ((1, None), (0, 1))
    >>> time_and_channel_axes((100, 100))
    'neither side of 100 × 100 reads as time'
    """
    words = " × ".join(map(str, shape))
    if prod(shape) < 2:
        return "single value" if prod(shape) == 1 else "empty"
    long = [axis for axis, n in enumerate(shape) if n > 1]
    if len(long) == 1:
        return long[0], None
    if len(long) > 2:
        return f"{words} has more than two axes"
    first, second = sorted(long, key=lambda axis: -shape[axis])
    if shape[second] > MAX_CHANNELS or shape[first] < _MIN_SLENDERNESS * shape[second]:
        return f"neither side of {words} reads as time"
    return first, second


def channel_names(name: str, n_channels: int) -> list[str]:
    """Return the names of the channels of a matrix: ``name[0]``, ``name[1]`` …"""
    return [f"{name}[{i}]" for i in range(n_channels)]


def matrix_blocks(
    stream: ByteStream, *, dtype: np.dtype, n_samples: int, n_channels: int, channel: int, interleaved: bool
) -> Iterator[np.ndarray]:
    """Yield one channel of a matrix that `stream` holds from its present position on.

    Parameters
    ----------
    interleaved : bool
        True where the samples of all channels at one instant lie together, False where each channel lies in one piece.

    Raises
    ------
    EOFError
        If the stream ends too early.
    """
    width = n_channels if interleaved else 1
    if not interleaved:
        stream.skip(channel * n_samples * dtype.itemsize)
    per_block = max(1, BLOCK_BYTES // (width * dtype.itemsize))
    for first in range(0, n_samples, per_block):
        n = min(per_block, n_samples - first)
        values = np.frombuffer(read_exactly(stream, n * width * dtype.itemsize), dtype)
        yield values[channel::width] if interleaved else values
