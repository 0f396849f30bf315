"""WAV files: 8, 16, 24 and 32-bit integers, and floats."""

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

from palier.data.contents import Channel, Contents
from palier.data.hostile import translated
from palier.errors import ReadError

__all__ = ["read"]


def read(path: Path) -> Contents:
    """Read a WAV file; integers become fractions of full scale, so that the unit stays undeclared."""
    from scipy.io import wavfile

    with translated(path, "a WAV file"), warnings.catch_warnings():
        warnings.simplefilter("ignore", wavfile.WavFileWarning)  # chunks that hold no samples
        rate_hz, data = _mapped(path)
    if rate_hz <= 0:
        raise ReadError(f"{path.name}: the header says {rate_hz} Hz; export it with its sampling rate")
    samples = data[:, None] if data.ndim == 1 else data
    kind = samples.dtype
    scale = {"u1": 2.0**7, "i2": 2.0**15, "i4": 2.0**31}.get(kind.str[1:], 1.0)
    offset = 2.0**7 if kind.kind == "u" else 0.0

    def loader(i: int) -> Callable[[], np.ndarray]:
        return lambda: (samples[:, i].astype(np.float64) - offset) / scale

    notes = () if kind.kind == "f" else ("integer samples as fractions of full scale; the unit must be declared",)
    names = ["ch0"] if samples.shape[1] == 1 else [f"ch{i}" for i in range(samples.shape[1])]
    channels = tuple(Channel(name, len(samples), loader(i)) for i, name in enumerate(names))
    return Contents(channels, sampling_rate_hz=float(rate_hz), why="the first", notes=notes)


def _mapped(path: Path) -> tuple[int, np.ndarray]:
    from scipy.io import wavfile

    try:
        return wavfile.read(path, mmap=True)
    except ValueError:  # 24-bit samples cannot be mapped
        return wavfile.read(path)
