"""From waveforms to numbers."""

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

import numpy as np
from jaxtyping import Float

from palier.core.shapes import BatchedWaveform
from palier.dsp import estimate_shaft_speed
from palier.errors import ParameterError, UndeclaredError
from palier.features.context import signal_context
from palier.features.registry import Feature
from palier.features.sets import feature_set as find_set

__all__ = ["SPEED_RANGE_HZ", "MissingSpeed", "extract", "extract_features"]

MissingSpeed = Literal["estimate", "nan", "refuse"]

#: Where a speed is looked for when it must be estimated and nobody narrows it down.
SPEED_RANGE_HZ = (10.0, 100.0)
#: Waveforms worked on together: what they share stays in the processor's cache.
_BATCH_SAMPLES = 5 * 2**16


def extract(
    samples: BatchedWaveform,
    *,
    sampling_rate_hz: float,
    speed_hz: float | Float[np.ndarray, "*batch"] = np.nan,
    feature_set: str,
    missing_speed: MissingSpeed = "refuse",
    speed_range_hz: tuple[float, float] = SPEED_RANGE_HZ,
    line_orders: Mapping[str, float] | None = None,
) -> Float[np.ndarray, "*batch feature"]:
    """Compute the features of a named set for every waveform.

    A number that a waveform cannot have is NaN, never an invented value: every feature of a waveform that is constant
    throughout, an order above the Nyquist frequency, a bispectrum of too few revolutions.

    Parameters
    ----------
    samples : float, shape (..., time)
        Any unit; 512 samples or more. Computed in single precision with sums in double.
    sampling_rate_hz : float
        Hz, positive.
    speed_hz : float, shape (...) or scalar
        Shaft speed, revolutions per second; NaN where it is unknown.
    feature_set : str
        A name of `FEATURE_SETS`.
    missing_speed : {"refuse", "estimate", "nan"}
        What to do where the speed is NaN and the set needs one: stop; estimate it from the waveform with
        `palier.dsp.estimate_shaft_speed`, however sure that is (features of a waveform that shows no shaft are then
        those of noise); or leave the features that need it NaN.
    speed_range_hz : (low, high)
        Where an estimate looks. Give it as narrow as you honestly can: of 120 simulated journal bearings at 54–66 Hz,
        5 s each, it was right to 1 % in 93 % when it looked between 50 and 70 Hz, in 56 % between 10 and 100 Hz.
    line_orders : mapping of str to float, optional
        Orders of the defect lines ``bpfo``, ``bpfi``, ``bsf2`` and ``ftf`` of a rolling bearing, for features that need
        them; without it they are NaN.

    Returns
    -------
    float64, shape (..., feature)
        In the order of ``feature_set(name).names``. A batch gives what its waveforms give one by one.

    Raises
    ------
    UndeclaredError
        If the set needs a speed, one is missing, and `missing_speed` is ``"refuse"``.
    ParameterError
        If there is no such set, the waveforms are too short or hold NaN, or a parameter is out of range.

    Examples
    --------
    >>> from palier.features import feature_set
    >>> t_s = np.arange(2 * 20_480) / 20_480
    >>> x = np.sin(2 * np.pi * 60 * t_s) + 0.1 * np.random.default_rng(0).standard_normal(t_s.size)
    >>> values = extract(np.stack([x, 2 * x]), sampling_rate_hz=20_480, speed_hz=60.0, feature_set="standard-1")
    >>> values.shape, values[:, feature_set("standard-1").names.index("rms")].round(2)
    ((2, 36), array([0.71, 1.43]))
    """
    return extract_features(
        samples,
        sampling_rate_hz=sampling_rate_hz,
        speed_hz=speed_hz,
        features=find_set(feature_set).features,
        missing_speed=missing_speed,
        speed_range_hz=speed_range_hz,
        line_orders=line_orders,
    )


def extract_features(
    samples: BatchedWaveform,
    *,
    sampling_rate_hz: float,
    speed_hz: float | Float[np.ndarray, "*batch"] = np.nan,
    features: Sequence[Feature],
    missing_speed: MissingSpeed = "refuse",
    speed_range_hz: tuple[float, float] = SPEED_RANGE_HZ,
    line_orders: Mapping[str, float] | None = None,
) -> Float[np.ndarray, "*batch feature"]:
    """Compute chosen features for every waveform; otherwise as `extract`.

    Parameters
    ----------
    samples, sampling_rate_hz, speed_hz, missing_speed, speed_range_hz, line_orders
        As for `extract`.
    features : sequence of Feature
        From `find_feature`, `registered` or a set.

    Examples
    --------
    >>> from palier.features.registry import find_feature
    >>> x = np.sin(2 * np.pi * 0.01 * np.arange(1000))
    >>> extract_features(x, sampling_rate_hz=1000.0, features=[find_feature("kurtosis")]).round(3)
    array([1.5])
    """
    if missing_speed not in get_args(MissingSpeed):
        raise ParameterError(f"missing_speed is {missing_speed!r}; allowed are {', '.join(get_args(MissingSpeed))}")
    n = samples.shape[-1]
    flat = samples.reshape(-1, n)
    speeds = np.broadcast_to(np.asarray(speed_hz, dtype=np.float64), samples.shape[:-1]).reshape(-1).copy()
    high, low = (flat.max(axis=-1), flat.min(axis=-1)) if n else np.zeros((2, len(flat)))
    if not (np.isfinite(high).all() and np.isfinite(low).all()):  # both pass a NaN on
        raise ParameterError("the waveforms hold NaN or infinite samples; cut them out first")
    loud = high > low
    if any("speed" in f.needs for f in features):
        unknown = np.isnan(speeds) & loud
        if unknown.any() and missing_speed == "refuse":
            raise UndeclaredError(
                f"{np.count_nonzero(unknown)} of {unknown.size} waveforms have no shaft speed, and features in orders "
                'need it: declare it (--speed-rpm), or choose missing_speed="estimate" or "nan"'
            )
        if missing_speed == "estimate":
            for row in np.flatnonzero(unknown):  # each waveform turns at its own speed
                speeds[row] = _estimated_hz(flat[row], sampling_rate_hz, speed_range_hz)
    values = np.full((len(flat), len(features)), np.nan)
    rows = np.flatnonzero(loud)
    batch = max(1, _BATCH_SAMPLES // max(n, 1))
    for first in range(0, max(rows.size, 1), batch):  # at least once: a bad parameter is said even of silence
        part = rows[first : first + batch]
        context = signal_context(
            flat[part], sampling_rate_hz=sampling_rate_hz, speed_hz=speeds[part], line_orders=line_orders
        )
        if part.size:
            for column, f in enumerate(features):
                values[part, column] = context.block(f.block)[:, f.column]
    return values.reshape(*samples.shape[:-1], len(features))


def _estimated_hz(x: np.ndarray, sampling_rate_hz: float, speed_range_hz: tuple[float, float]) -> float:
    low_hz, high_hz = speed_range_hz
    return estimate_shaft_speed(x, sampling_rate_hz=sampling_rate_hz, low_hz=low_hz, high_hz=high_hz).hz
