"""National Instruments TDMS files."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from palier.core.units import Unit, parse_unit
from palier.data.contents import Channel, Contents
from palier.data.hostile import check_size, translated
from palier.data.tables import LEAST_SAMPLES
from palier.errors import ParameterError, ReadError

__all__ = ["read"]


def read(path: Path) -> Contents:
    """Find the waveform channels; only the chosen one is read."""
    from nptdms import TdmsFile

    channels = []
    with translated(path, "a TDMS file"):
        file = TdmsFile.read_metadata(path)
        for group in file.groups():
            for channel in group.channels():
                dtype, n = channel.dtype, len(channel)
                if dtype is None or np.dtype(dtype).kind not in "fiu" or n < LEAST_SAMPLES:
                    continue
                step_s = channel.properties.get("wf_increment")
                rate_hz = 1 / float(step_s) if step_s is not None and float(step_s) > 0 else None
                name = f"{group.name}/{channel.name}"
                unit = _unit(str(channel.properties.get("unit_string", "")))
                channels.append(Channel(name, n, _loader(path, group.name, channel.name), unit, rate_hz))
    if not channels:
        raise ReadError(f"{path.name}: no channel with at least {LEAST_SAMPLES} real numbers")
    return Contents(tuple(channels))


def _loader(path: Path, group: str, name: str) -> Callable[[], np.ndarray]:
    def load() -> np.ndarray:
        from nptdms import TdmsFile

        with translated(path, "a TDMS file"), TdmsFile.open(path) as file:
            channel = file[group][name]
            check_size(path, len(channel) * 8, f"channel {name}")
            return np.asarray(channel[:])

    return load


def _unit(text: str) -> Unit | None:
    try:
        return parse_unit(text)
    except ParameterError:
        return None
