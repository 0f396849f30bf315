"""Universal File Format, data set 58 (time responses)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from palier.core.units import Unit, parse_unit
from palier.data.contents import Channel, Contents
from palier.data.hostile import translated
from palier.data.tables import LEAST_SAMPLES
from palier.errors import ParameterError, ReadError

__all__ = ["read"]

_TIME_RESPONSE = 1


def read(path: Path) -> Contents:
    """Find the time responses of a universal file."""
    import pyuff

    with translated(path, "a universal file"):
        file = pyuff.UFF(str(path))
        sets = [i for i, kind in enumerate(file.get_set_types()) if int(kind) == 58]
        responses = [(i, file.read_sets(i)) for i in sets]
    channels, rates = [], set()
    for i, response in responses:
        data = np.asarray(response["data"])
        if response.get("func_type") != _TIME_RESPONSE or np.iscomplexobj(data) or data.size < LEAST_SAMPLES:
            continue
        if int(response.get("abscissa_spacing", 1)) != 1:
            raise ReadError(f"{path.name}: set {i + 1} has uneven time steps; resample it")
        step_s = float(response["abscissa_inc"])
        rates.add(1 / step_s if step_s > 0 else 0.0)
        name = str(response.get("id1", "")).strip() or f"set {i + 1}"
        channels.append(Channel(name, data.size, _loader(data), _unit(response), 1 / step_s if step_s > 0 else None))
    if not channels:
        kinds = "no data set 58" if not sets else f"{len(sets)} data sets 58, none a real time response"
        raise ReadError(f"{path.name}: {kinds}; allowed are real time responses of at least {LEAST_SAMPLES} samples")
    rate_hz = rates.pop() if len(rates) == 1 else None
    return Contents(tuple(channels), sampling_rate_hz=rate_hz or None, why="the first time response")


def _loader(data: np.ndarray) -> Callable[[], np.ndarray]:
    return lambda: data


def _unit(response: dict[str, Any]) -> Unit | None:
    try:
        return parse_unit(str(response.get("ordinate_axis_units_lab", "")))
    except ParameterError:
        return None
