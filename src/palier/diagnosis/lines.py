"""The amplitude spectrum of a recording where machines have their own lines: shaft harmonics and mains."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from palier.core.shapes import Waveform
from palier.dsp.whiten import fast_length, local_median

__all__ = ["MAINS_HZ", "LineSpectrum", "line_spectrum", "mains_present"]

#: Supply frequencies of the world.
MAINS_HZ = (50.0, 60.0)

#: A line stands out when it is this far above its background, in power.
_STANDS_OUT = 20.0


@dataclass(frozen=True, slots=True, eq=False)
class LineSpectrum:
    """Amplitudes (Hann window, read at the bin) and their local background, from 0 Hz up."""

    amplitude: Float[np.ndarray, " frequency"]
    background: Float[np.ndarray, " frequency"]
    resolution_hz: float
    nyquist_hz: float

    def peak(self, low_hz: float, high_hz: float) -> tuple[float, float]:
        """Return the highest amplitude within a span and one bin around it, and its power over the background.

        Zero for both where the span lies beyond the spectrum.
        """
        first = max(1, int(np.floor(low_hz / self.resolution_hz)) - 1)
        last = min(len(self.amplitude), int(np.ceil(high_hz / self.resolution_hz)) + 2)
        if first >= last or high_hz > self.nyquist_hz:
            return 0.0, 0.0
        top = first + int(self.amplitude[first:last].argmax())
        over = self.amplitude[top] / max(self.background[top], 1e-30)
        return float(self.amplitude[top]), float(over**2)


def line_spectrum(x: Waveform, *, sampling_rate_hz: float, highest_hz: float, background_hz: float) -> LineSpectrum:
    """Compute the spectrum up to `highest_hz`, with the background as the median over `background_hz`."""
    n = fast_length(x.shape[-1])
    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)).astype(x.dtype)
    centred = x[:n] - x[:n].mean(dtype=np.float64).astype(x.dtype)
    resolution_hz = sampling_rate_hz / n
    stop = min(n // 2 + 1, int(highest_hz / resolution_hz) + 64)
    amplitude = np.abs(np.fft.rfft(centred * window)[:stop]).astype(np.float64) * (4 / n)
    width_bins = max(9, round(background_hz / resolution_hz))
    background = np.sqrt(local_median(amplitude**2, width_bins=width_bins) / np.log(2))
    return LineSpectrum(amplitude, background, resolution_hz, sampling_rate_hz / 2)


def mains_present(spectrum: LineSpectrum, *, shaft_hz: float) -> tuple[float, ...]:
    """Return the supply frequencies that show: at least two of their first six harmonics stand out.

    A harmonic within three bins of a shaft harmonic says nothing, and is left out.
    """
    found = []
    for mains in MAINS_HZ:
        lines = mains * np.arange(1, 7)
        clear = lines[np.abs(lines - shaft_hz * np.round(lines / shaft_hz)) > 3 * spectrum.resolution_hz]
        if sum(spectrum.peak(hz, hz)[1] > _STANDS_OUT for hz in clear) >= 2:
            found.append(mains)
    return tuple(found)
