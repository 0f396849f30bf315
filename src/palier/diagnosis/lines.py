"""The amplitude spectrum of a recording where machines have their own lines: shaft harmonics and mains."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Complex, Float

from palier.dsp.whiten import local_median

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


def line_spectrum(
    raw: Complex[np.ndarray, " frequency"],
    *,
    n_samples: int,
    sampling_rate_hz: float,
    highest_hz: float,
    background_hz: float,
) -> LineSpectrum:
    """Read amplitudes up to `highest_hz` off an FFT, with the background as the median over `background_hz`.

    The Hann window is applied to the spectrum, where it is a sum of three neighbours.
    """
    resolution_hz = sampling_rate_hz / n_samples
    stop = min(len(raw) - 1, int(highest_hz / resolution_hz) + 64)
    line = raw[:stop].astype(np.complex128)
    line[1:] -= (raw[: stop - 1] + raw[2 : stop + 1]) / 2
    line[:2] = 0  # the mean, and what the window spreads of it
    amplitude = np.abs(line) * (2 / n_samples)
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
