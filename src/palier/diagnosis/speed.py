"""Which shaft speed the bearing lines are computed from, and how far it may be off."""

from palier.core.shapes import Waveform
from palier.diagnosis.result import SpeedUsed
from palier.dsp.speed import estimate_shaft_speed
from palier.errors import ParameterError, UndeclaredError

__all__ = ["DEFAULT_SPEED_TOLERANCE", "resolve_speed", "uncertainty"]

#: A speed from a name plate, a file or a display is taken to be within this of the true mean speed.
DEFAULT_SPEED_TOLERANCE = 0.02

#: A credible interval at most this wide, relative to the speed, is taken over from the signal.
_NARROW = 0.01


def resolve_speed(
    x: Waveform,
    *,
    sampling_rate_hz: float,
    stated_hz: float | None,
    origin: str | None,
    tolerance: float = DEFAULT_SPEED_TOLERANCE,
    range_hz: tuple[float, float] | None = None,
) -> SpeedUsed:
    """Refine a stated speed, or estimate one within a declared range, from the shaft's own lines.

    Where the recording shows no shaft clearly, a stated speed is used as it stands, with its whole tolerance; a mere
    range is not enough.

    Raises
    ------
    UndeclaredError
        If neither a speed nor a range is stated, or the range is all there is and no shaft shows in it.
    ParameterError
        If the tolerance or the range is impossible.
    """
    if not 0 <= tolerance <= 0.2:
        raise ParameterError(f"speed tolerance is {tolerance:.3g}; allowed is 0 to 0.2 (20 %)")
    if stated_hz is None and range_hz is None:
        raise UndeclaredError(
            "the shaft speed is neither declared nor in the file; declare it with --speed-rpm, "
            "or an interval that holds it with --speed-range-rpm"
        )
    if stated_hz is not None:
        low_hz, high_hz = stated_hz * (1 - tolerance), stated_hz * (1 + tolerance)
    else:
        assert range_hz is not None
        low_hz, high_hz = range_hz
        if not 0 < low_hz < high_hz:
            raise ParameterError(f"speed range {low_hz:g}–{high_hz:g} Hz: it must rise and be positive")
    refined = None
    if high_hz / low_hz > 1.0005:
        try:
            estimate = estimate_shaft_speed(x, sampling_rate_hz=sampling_rate_hz, low_hz=low_hz, high_hz=high_hz)
        except ParameterError as error:  # too short or too slow to estimate; the sufficiency check speaks of it
            if stated_hz is None:
                raise UndeclaredError(f"the shaft speed cannot be estimated ({error}); declare it") from error
        else:
            # a shaft that is known to turn needs no proof that it does: a narrow interval is enough
            narrow = estimate.high_hz - estimate.low_hz <= _NARROW * estimate.hz
            refined = estimate if estimate.reliable or (stated_hz is not None and narrow) else None
    if refined is not None:
        resolution_hz = sampling_rate_hz / x.shape[-1] / 12  # the sixth harmonic within half a bin
        return SpeedUsed(
            hz=refined.hz,
            low_hz=min(refined.low_hz, refined.hz - resolution_hz),
            high_hz=max(refined.high_hz, refined.hz + resolution_hz),
            origin="estimated" if stated_hz is None else ("declared" if origin == "declared" else "file"),
            explanation=refined.explanation
            if stated_hz is None
            else f"{stated_hz * 60:.4g} rpm stated ({origin}); {refined.explanation}",
        )
    if stated_hz is None:
        raise UndeclaredError(
            f"no shaft shows clearly between {low_hz * 60:.4g} and {high_hz * 60:.4g} rpm; declare the speed itself"
        )
    return SpeedUsed(
        hz=stated_hz,
        low_hz=low_hz,
        high_hz=high_hz,
        origin="declared" if origin == "declared" else "file",
        explanation=f"{stated_hz * 60:.4g} rpm stated ({origin}) ± {tolerance:.1%}; "
        "the recording shows no shaft clearly enough to refine it",
    )


def uncertainty(speed: SpeedUsed) -> float:
    """Relative half-width of what is known of a speed."""
    return max(speed.high_hz - speed.hz, speed.hz - speed.low_hz) / speed.hz
