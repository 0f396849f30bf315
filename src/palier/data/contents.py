"""What a reader finds in a file, before a channel is chosen."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from jaxtyping import Float

from palier.core.units import Unit, parse_unit
from palier.errors import ParameterError

__all__ = ["Channel", "Contents", "unit_in_label"]


@dataclass(frozen=True, slots=True)
class Channel:
    """One candidate channel; `load` reads its samples and no others."""

    name: str
    n_samples: int
    load: Callable[[], Float[np.ndarray, " time"]]
    unit: Unit | None = None
    sampling_rate_hz: float | None = None
    """Where channels of one file have their own rates."""


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything a file states about itself."""

    channels: tuple[Channel, ...]
    sampling_rate_hz: float | None = None
    unit: Unit | None = None
    speed_hz: float | None = None
    start_time: datetime | None = None
    bearing_name: str | None = None
    preferred: str | None = None
    """The channel to take when nobody declares one."""
    why: str = "the first of the longest"
    """The rule by which it is preferred."""
    notes: tuple[str, ...] = ()


def unit_in_label(label: str) -> Unit | None:
    """Return the unit written in a column label, or nothing.

    Examples
    --------
    >>> unit_in_label("acceleration [g]"), unit_in_label("DE (m/s²)"), unit_in_label("vel_mm/s")
    ('g', 'm/s^2', 'mm/s')
    >>> unit_in_label("signal") is None
    True
    """
    parts = [label[i + 1 : label.find(b, i)] for a, b in ("[]", "()") if (i := label.find(a)) >= 0 < label.find(b, i)]
    parts += [label.rsplit("_", 1)[-1], label] if "_" in label else [label]
    for part in parts:
        try:
            return parse_unit(part)
        except ParameterError:
            continue
    return None
