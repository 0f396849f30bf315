"""What the page's script needs to zoom into a figure: the curve, compactly, and the marks."""

import base64
import json
from collections.abc import Sequence

import numpy as np

from palier.core.shapes import Waveform
from palier.viz.envelope import EnvelopeMark
from palier.viz.style import FAULT_COLOURS

__all__ = ["MOST_VALUES", "zoom_json"]

#: Longer curves are thinned to the lowest and highest value of each column, this many values in all.
MOST_VALUES = 100_000

_FULL_SCALE = 65_535


def zoom_json(
    curve: Waveform,
    *,
    step: float,
    end: float,
    unit: str,
    y_label: str,
    box: tuple[float, float],
    from_zero: bool = False,
    spacing: float = 0.0,
    marks: Sequence[EnvelopeMark] = (),
) -> str:
    """Return a curve that starts at 0 as JSON: values as little-endian 16-bit steps from `low` to `high`, in base64.

    `box` says where the axes of the still picture begin and end, as parts of its width; `spacing` is the distance of
    the dotted lines, in `unit`. With ``group`` above 1, values are pairs: lowest and highest of that many.
    """
    values, group = _thinned(curve)
    low, high = float(values.min()), float(values.max())
    scale = (high - low) or 1.0
    steps = np.round((values - low) / scale * _FULL_SCALE).astype("<u2")
    faults = {colour: key for key, colour in FAULT_COLOURS.items()}
    return json.dumps(
        {
            "low": low,
            "high": low + scale,
            "values": base64.b64encode(steps.tobytes()).decode(),
            "group": group,
            "step": step,
            "end": end,
            "unit": unit,
            "label": y_label,
            "box": [round(b, 5) for b in box],
            "zero": from_zero,
            "spacing": spacing,
            "marks": [
                {
                    "label": m.label,
                    "fault": faults[m.colour],
                    "expected": m.expected_hz,
                    "tolerance": m.tolerance_hz,
                    "found": m.found_hz,
                    "height": m.amplitude * 100,
                    "main": m.main,
                    "elsewhere": m.elsewhere,
                }
                for m in marks
                if m.main or m.found_hz is not None
            ],
        },
        separators=(",", ":"),
        allow_nan=False,
    )


def _thinned(curve: Waveform) -> tuple[np.ndarray, int]:
    n = len(curve)
    if n <= MOST_VALUES:
        return curve.astype(np.float64), 1
    group = -(-n // (MOST_VALUES // 2))
    starts = np.arange(0, n, group)
    lowest, highest = np.minimum.reduceat(curve, starts), np.maximum.reduceat(curve, starts)
    return np.stack([lowest, highest], axis=1).reshape(-1).astype(np.float64), group
