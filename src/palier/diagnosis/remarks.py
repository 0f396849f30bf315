"""What the shaft's own lines say: imbalance, misalignment, looseness — as remarks, never as a verdict."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from palier.diagnosis.lines import LineSpectrum
from palier.diagnosis.result import Remark, SpeedUsed

__all__ = ["ShaftLines", "shaft_lines", "shaft_remarks"]

_HARMONICS = 10
_ABOVE_BACKGROUND_DB = 10.0
_RISE_DB = 6.0  # a doubling


@dataclass(frozen=True, slots=True, eq=False)
class ShaftLines:
    """Amplitudes of the first shaft harmonics in the unit of the recording."""

    amplitude: Float[np.ndarray, " harmonic"]
    """Peak amplitude of 1×, 2×, …; 0 beyond the Nyquist frequency."""
    prominence_db: Float[np.ndarray, " harmonic"]
    """Level above the local background."""
    speed_hz: float
    unit: str | None


def shaft_lines(spectrum: LineSpectrum, *, speed: SpeedUsed, unit: str | None) -> ShaftLines:
    """Read the first ten shaft harmonics off the amplitude spectrum."""
    peaks = [spectrum.peak(k * speed.low_hz, k * speed.high_hz) for k in range(1, _HARMONICS + 1)]
    amplitude, over = np.array(peaks).T
    return ShaftLines(amplitude, 10 * np.log10(np.maximum(over, 1e-12)), speed.hz, unit)


def shaft_remarks(lines: ShaftLines, baseline: ShaftLines | None) -> tuple[Remark, ...]:
    """Say what shows at the shaft harmonics; with a baseline of the same machine, what has grown."""
    seen = lines.prominence_db > _ABOVE_BACKGROUND_DB
    if baseline is None:
        shown = [
            f"{k + 1}× {lines.amplitude[k]:.3g}{' ' + lines.unit if lines.unit else ''}" for k in range(3) if seen[k]
        ]
        if not shown:
            return (Remark("shaft_lines", "No shaft harmonic stands out of the background."),)
        text = (
            f"Shaft harmonics show: {', '.join(shown)}. Imbalance (1×), misalignment (2×, 3×) or looseness (many) is "
            "judged by change: give a baseline of this machine."
        )
        return (Remark("shaft_lines", text, float(lines.amplitude[0]), lines.unit),)
    if baseline.unit != lines.unit or abs(baseline.speed_hz / lines.speed_hz - 1) > 0.1:
        text = (
            "The baseline cannot be compared: "
            f"it has {baseline.speed_hz * 60:.0f} rpm and unit {baseline.unit or 'undeclared'}, this recording "
            f"{lines.speed_hz * 60:.0f} rpm and unit {lines.unit or 'undeclared'} "
            "(the same unit, and a speed within 10 %, are needed)."
        )
        return (Remark("baseline_refused", text),)
    with np.errstate(divide="ignore", invalid="ignore"):
        rise_db = 20 * np.log10(lines.amplitude / baseline.amplitude)
    grown = seen & np.isfinite(rise_db) & (rise_db >= _RISE_DB)
    remarks = []
    if grown[0]:
        remarks.append(_grown("imbalance", "1×", rise_db[0], "imbalance (or a bent shaft)"))
    if grown[1] or grown[2]:
        k = 1 if not grown[2] or (grown[1] and rise_db[1] >= rise_db[2]) else 2
        remarks.append(_grown("misalignment", f"{k + 1}×", rise_db[k], "misalignment"))
    if np.count_nonzero(grown[3:]) >= 3:
        remarks.append(_grown("looseness", "4× to 10×", float(rise_db[3:][grown[3:]].max()), "looseness"))
    if not remarks:
        text = f"No shaft harmonic has grown by {_RISE_DB:g} dB or more against the baseline."
        return (Remark("shaft_lines_steady", text),)
    return tuple(remarks)


def _grown(key: str, line: str, rise_db: float, meaning: str) -> Remark:
    text = f"{line} has grown by {rise_db:.1f} dB against the baseline: {meaning} is possible."
    return Remark(key, text, float(rise_db), "dB")
