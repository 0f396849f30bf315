"""What a model is fed: numbers of a window, prepared in the same way in training and in service."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from jaxtyping import Float

from palier.errors import BundleError, ParameterError
from palier.models.predictor import Windows

__all__ = [
    "FeatureInput",
    "Level",
    "ModelInput",
    "Squash",
    "WaveformInput",
    "input_from_json",
    "input_to_json",
    "levelled",
    "raw_features",
]

#: Windows worked on together: their spectra stay in the processor's cache.
_BATCH = 32

Squash = Literal["none", "asinh"]
Level = Literal["keep", "remove"]


@dataclass(frozen=True, slots=True)
class FeatureInput:
    r"""Chosen features of a named set, centred, scaled and, if asked, squashed.

    .. math:: z = \operatorname{asinh}\big((x - \mathrm{centre}) / \mathrm{scale}\big)

    ``asinh`` keeps the order and the sign and tames the long tails of kurtosis and energy ratios. Centre and scale come
    from the training windows alone.

    Raises
    ------
    ParameterError
        If the tuples disagree in length, or a scale is not positive.
    """

    feature_set: str
    version: str
    """Of the set: another version computes other numbers."""
    columns: tuple[str, ...]
    centre: tuple[float, ...] = field(repr=False)
    scale: tuple[float, ...] = field(repr=False)
    squash: Squash = "asinh"
    speed: Literal["refuse", "estimate"] = "refuse"
    """What to do where no speed is declared."""
    speed_range_hz: tuple[float, float] = (10.0, 100.0)
    """Where an estimate looks: the speeds of the training records."""
    line_orders: tuple[tuple[str, float], ...] = ()
    """Defect lines of the bearing, by name, in orders of the shaft; for features that need them."""
    level: Level = "keep"
    """``remove``: each window is brought to an r.m.s. of one first, so that unit, gain and distance do not count."""

    def __post_init__(self) -> None:
        if not len(self.columns) == len(self.centre) == len(self.scale) or not self.columns:
            raise ParameterError(
                f"{len(self.columns)} columns, {len(self.centre)} centres and {len(self.scale)} scales; "
                "allowed is one of each for every column"
            )
        if not all(s > 0 for s in self.scale):
            raise ParameterError("a scale is not positive; leave constant features out")

    @property
    def width(self) -> int:
        """Numbers a window becomes."""
        return len(self.columns)

    def prepare(self, windows: Windows) -> Float[np.ndarray, "window number"]:
        """Compute, choose and scale the features of each window; float32."""
        raw = raw_features(
            windows,
            feature_set=self.feature_set,
            speed=self.speed,
            speed_range_hz=self.speed_range_hz,
            line_orders=self.line_orders,
            level=self.level,
        )
        return self.scaled(raw, self._places())

    def scaled(
        self, features: Float[np.ndarray, "window feature"], places: np.ndarray | None = None
    ) -> Float[np.ndarray, "window number"]:
        """Choose and scale features that are already computed, all of the set in its order."""
        chosen = features[:, self._places() if places is None else places]
        z = (chosen - np.asarray(self.centre)) / np.asarray(self.scale)
        if self.squash == "asinh":
            z = np.arcsinh(z)
        if not np.isfinite(z).all():
            bad = [c for c, ok in zip(self.columns, np.isfinite(z).all(axis=0), strict=True) if not ok]
            raise ParameterError(
                f"features that are no numbers here: {', '.join(bad[:5])}; is a window silent, or its speed undeclared?"
            )
        return np.asarray(z, np.float32)

    def _places(self) -> np.ndarray:
        from palier.features import feature_set

        names = feature_set(self.feature_set).names
        missing = [c for c in self.columns if c not in names]
        if missing:
            raise BundleError(f"features {', '.join(missing[:5])} are not in the set {self.feature_set} of this palier")
        return np.array([names.index(c) for c in self.columns])


@dataclass(frozen=True, slots=True)
class WaveformInput:
    """The waveform itself at a lower rate, its mean removed."""

    rate_hz: float
    """Rate that the model sees."""
    samples: int
    """Length of a window at that rate."""
    level: Level = "keep"
    """As for features."""

    def __post_init__(self) -> None:
        if not 0 < self.rate_hz < float("inf") or self.samples < 1:
            raise ParameterError(f"{self.samples} samples at {self.rate_hz} Hz; allowed are positive numbers")

    @property
    def width(self) -> int:
        """Numbers a window becomes."""
        return self.samples

    def prepare(self, windows: Windows) -> Float[np.ndarray, "window number"]:
        """Resample each window; float32."""
        from palier.dsp import resample

        x = windows.samples
        if windows.sampling_rate_hz != self.rate_hz:
            parts = [
                resample(
                    x[i : i + _BATCH], sampling_rate_hz=windows.sampling_rate_hz, target_rate_hz=self.rate_hz
                ).samples
                for i in range(0, len(x), _BATCH)
            ]
            x = np.concatenate(parts)
        x = x[:, : self.samples]
        if x.shape[1] < self.samples:
            raise ParameterError(
                f"windows of {x.shape[1]} samples at {self.rate_hz:g} Hz; needed are {self.samples}: "
                "give longer windows"
            )
        return levelled(np.asarray(x - x.mean(axis=1, keepdims=True, dtype=np.float64), np.float32), self.level)


ModelInput = FeatureInput | WaveformInput


def raw_features(
    windows: Windows,
    *,
    feature_set: str,
    speed: Literal["refuse", "estimate"],
    speed_range_hz: tuple[float, float],
    line_orders: tuple[tuple[str, float], ...] = (),
    level: Level = "keep",
) -> Float[np.ndarray, "window feature"]:
    """Compute all features of a set for each window, in batches; float64."""
    from palier.features import extract

    parts = [
        extract(
            levelled(windows.samples[i : i + _BATCH], level),
            sampling_rate_hz=windows.sampling_rate_hz,
            speed_hz=windows.speed_hz[i : i + _BATCH],
            feature_set=feature_set,
            missing_speed=speed,
            speed_range_hz=speed_range_hz,
            line_orders=dict(line_orders) if line_orders else None,
        )
        for i in range(0, len(windows.samples), _BATCH)
    ]
    return np.concatenate(parts)


def levelled(x: Float[np.ndarray, "window time"], level: Level) -> Float[np.ndarray, "window time"]:
    """Bring each window to an r.m.s. of one, its mean removed, if asked.

    Examples
    --------
    >>> levelled(np.array([[1.0, 3.0]], np.float32), "remove").tolist()
    [[-1.0, 1.0]]
    """
    if level == "keep":
        return x
    mean = x.mean(axis=1, keepdims=True, dtype=np.float64)
    rms = x.std(axis=1, keepdims=True, dtype=np.float64)
    if not (rms > 0).all():
        raise ParameterError(f"{int((rms <= 0).sum())} windows are constant: they have no level to remove")
    return np.asarray((x - mean) / rms, np.float32)


def input_to_json(spec: ModelInput) -> dict[str, Any]:
    """Return the input as JSON values."""
    if isinstance(spec, WaveformInput):
        return {"kind": "waveform", "rate_hz": spec.rate_hz, "samples": spec.samples, "level": spec.level}
    return {
        "kind": "features",
        "feature_set": spec.feature_set,
        "version": spec.version,
        "columns": list(spec.columns),
        "centre": list(spec.centre),
        "scale": list(spec.scale),
        "squash": spec.squash,
        "speed": spec.speed,
        "speed_range_hz": list(spec.speed_range_hz),
        "line_orders": [list(pair) for pair in spec.line_orders],
        "level": spec.level,
    }


def input_from_json(document: Mapping[str, Any]) -> ModelInput:
    """Read an input back.

    Raises
    ------
    BundleError
        If it is none that this palier knows.
    """
    fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in document.items() if k != "kind"}
    kinds: dict[str, type[FeatureInput | WaveformInput]] = {"features": FeatureInput, "waveform": WaveformInput}
    if "line_orders" in fields:
        fields["line_orders"] = tuple((str(name), float(order)) for name, order in fields["line_orders"])
    kind = document.get("kind")
    if kind not in kinds:
        raise BundleError(f"input kind is {kind!r}; allowed are {', '.join(kinds)}: is the bundle of a newer palier?")
    try:
        return kinds[kind](**fields)
    except (TypeError, ParameterError) as error:
        raise BundleError(f"the bundle's input cannot be understood ({error}); train the model again") from error
