"""Offset, resolution and length: whether the numbers can carry what is read from them."""

from math import log2, sqrt
from typing import Final

import numpy as np

from palier.core.recording import Recording
from palier.core.shapes import Waveform
from palier.data.audit.findings import Finding
from palier.data.audit.grid import Grid

__all__ = ["check_length", "check_offset", "check_resolution"]

_OFFSET_RATIO: Final = 1.0
#: Standard deviation in steps below which rounding shapes the spectrum, and below which little else is left.
_COARSE_STEPS: Final = 4.0
_WORTHLESS_STEPS: Final = 0.5
#: Fewer distinct values than this among so many samples show a grid too coarse to be recognised as one.
_FEW_VALUES: Final = 16
_FIRST_SAMPLES: Final = 4096
_LEAST_REVOLUTIONS: Final = 20
_LEAST_DURATION_S: Final = 0.5
_LEAST_SAMPLES: Final = 256


def check_offset(x: Waveform, *, source: str, unit: str | None) -> Finding | None:
    """Report a mean that exceeds the vibration itself.

    Parameters
    ----------
    x : float, shape (time), not constant
    source : str
    unit : str or None
        For the text.
    """
    mean, std = float(x.mean(dtype=np.float64)), float(x.std(dtype=np.float64))
    if abs(mean) <= _OFFSET_RATIO * std:
        return None
    shown = "" if unit is None else f" {unit}"
    return Finding(
        "offset",
        "warning",
        source,
        f"The mean is {mean:.3g}{shown}, {abs(mean) / std:.3g} times the standard deviation of {std:.3g}{shown}: "
        "r.m.s. and crest factor taken without removing it describe the offset.",
        "Remove the mean before any level is taken; check the sensor's bias if the offset is new.",
        {"mean": mean, "standard_deviation": std, "ratio": abs(mean) / std},
    )


def check_resolution(x: Waveform, *, source: str, grid: Grid | None) -> Finding | None:
    """Report a signal that spans too few steps of its grid.

    Rounding adds noise of :math:`q/\\sqrt{12}` r.m.s. for a step :math:`q`.

    Parameters
    ----------
    x : float, shape (time), not constant
    source : str
    grid : Grid or None
    """
    if grid is None:
        values = np.unique(x[:_FIRST_SAMPLES])
        if not 1 < len(values) < _FEW_VALUES:
            return None
        step = float(np.diff(values).min())
    else:
        step = grid.step
    std = float(x.std(dtype=np.float64))
    steps = std / step
    if steps >= _COARSE_STEPS:
        return None
    spanned = float(x.max() - x.min()) / step + 1
    return Finding(
        "low_resolution",
        "fatal" if steps < _WORTHLESS_STEPS else "warning",
        source,
        f"The signal's standard deviation is {steps:.2g} steps of {step:.3g} and its whole range {log2(spanned):.1f} "
        f"bits: rounding noise is {100 / (steps * sqrt(12)):.2g} % of the signal.",
        "Measure with a smaller range or higher gain, or export more digits.",
        {"step": step, "steps_per_standard_deviation": steps, "bits_used": log2(spanned)},
    )


def check_length(recording: Recording) -> Finding | None:
    """Report a recording too short for lines to be told apart.

    Parameters
    ----------
    recording : Recording
        Judged by its revolutions where rate and speed are known (20 at least), by 0.5 s where only the rate is, and by
        256 samples otherwise.
    """
    source, n = recording.provenance.source, recording.n_samples
    rate_hz, speed_hz = recording.sampling_rate_hz, recording.speed_hz
    if rate_hz is None:
        too_short, text = n < _LEAST_SAMPLES, f"{n} samples"
    elif speed_hz is None:
        too_short, text = n / rate_hz < _LEAST_DURATION_S, f"{n / rate_hz:.3g} s"
    else:
        revolutions = n / rate_hz * speed_hz
        too_short, text = revolutions < _LEAST_REVOLUTIONS, f"{n / rate_hz:.3g} s, {revolutions:.3g} revolutions"
    if not too_short and n >= _LEAST_SAMPLES:
        return None
    resolution = "" if rate_hz is None else f": spectral lines closer than {2 * rate_hz / n:.3g} Hz are one"
    return Finding(
        "too_short",
        "warning",
        source,
        f"The recording has {text}{resolution}.",
        f"Record {_LEAST_REVOLUTIONS} revolutions or more; a diagnosis that names a fault needs several seconds.",
        {"n_samples": n, "duration_s": None if rate_hz is None else n / rate_hz},
    )
