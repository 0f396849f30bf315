"""Envelope spectra of many bands from one FFT."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Complex, Float

from palier.core.shapes import Spectrum
from palier.dsp.whiten import fast_length, local_median
from palier.errors import ParameterError

__all__ = ["BandEnvelopes", "band_plan", "demodulate_bands"]


@dataclass(frozen=True, slots=True, eq=False)
class BandEnvelopes:
    """Squared-envelope spectra of several bands on one frequency axis.

    ``depth[b, k]`` is the amplitude at ``frequency_hz[k]`` as a fraction of the mean squared envelope of band b;
    ``excess[b, k]`` is its power over the local background: exponential with mean 1 where the band holds only noise.
    """

    bands_hz: tuple[tuple[float, float], ...]
    frequency_hz: Spectrum
    depth: Float[np.ndarray, "band frequency"]
    excess: Float[np.ndarray, "band frequency"]
    kurtosis: Float[np.ndarray, " band"]
    """Excess kurtosis of the band's analytic signal: 0 for Gaussian noise."""
    duration_s: float

    @property
    def resolution_hz(self) -> float:
        """Spacing of the frequency axis."""
        return 1 / self.duration_s


def band_plan(*, nyquist_hz: float, least_width_hz: float, levels: int = 4) -> tuple[tuple[float, float], ...]:
    """Bands that halve level by level, half overlapping, from the whole axis down to `least_width_hz`.

    Examples
    --------
    >>> band_plan(nyquist_hz=6000, least_width_hz=2000, levels=4)
    ((0.0, 6000.0), (0.0, 3000.0), (1500.0, 4500.0), (3000.0, 6000.0))
    """
    plan: list[tuple[float, float]] = []
    for level in range(levels):
        width = nyquist_hz / 2**level
        if level and width < least_width_hz:
            break
        starts = np.arange(2 ** (level + 1) - 1) * width / 2 if level else np.zeros(1)
        plan += [(float(s), float(s + width)) for s in starts]
    return tuple(plan)


def demodulate_bands(
    spectrum: Complex[np.ndarray, " frequency"],
    *,
    n_samples: int,
    sampling_rate_hz: float,
    bands_hz: tuple[tuple[float, float], ...],
    highest_hz: float,
    background_hz: float,
    taper: float = 0.1,
) -> BandEnvelopes:
    r"""Squared-envelope spectra of several bands, each over its own local background.

    The bins of a band, tapered at both ends, go to base band and back to time with only as many points as the
    squared envelope needs: one short inverse and one short forward FFT per band. With
    :math:`e_b(t) = |z_b(t)|^2` under a Hann window :math:`w`,

    .. math:: \mathrm{depth}_b(f) = \frac{2\,|\mathcal F\{w\,(e_b-\bar e_b)\}(f)|}{\bar e_b \sum w}

    Parameters
    ----------
    spectrum : complex, shape (frequency,)
        ``np.fft.rfft`` of the waveform, whitened or not.
    n_samples : int
        Length of that waveform.
    sampling_rate_hz : float
    bands_hz : sequence of (low, high)
        Within 0 and the Nyquist frequency.
    highest_hz : float
        Last frequency of the envelope spectra; a narrow band ends earlier, and is zero from there on.
    background_hz : float
        Width of the neighbourhood that the background (median) is taken from; at least 40 bins.
    taper : float
        Share of a band that rises and falls, 0 to 0.5 at each end.

    Raises
    ------
    ParameterError
        If a band lies outside the spectrum or holds fewer than 16 bins.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> t_s = np.arange(12000) / 12000
    >>> x = (1 + 0.5 * np.cos(2 * np.pi * 100 * t_s)) * rng.standard_normal(12000)
    >>> e = demodulate_bands(np.fft.rfft(x), n_samples=12000, sampling_rate_hz=12000,
    ...     bands_hz=((0.0, 6000.0),), highest_hz=300, background_hz=20)
    >>> float(e.frequency_hz[e.depth[0].argmax()])
    100.0
    """
    duration_s = n_samples / sampling_rate_hz
    last = int(highest_hz * duration_s)
    real = spectrum.real.dtype
    depth = np.zeros((len(bands_hz), last + 1), real)
    excess = np.zeros_like(depth)
    kurtosis = np.zeros(len(bands_hz))
    for b, (low_hz, high_hz) in enumerate(bands_hz):
        first, stop = max(1, int(np.ceil(low_hz * duration_s))), min(len(spectrum), int(high_hz * duration_s) + 1)
        count = stop - first
        if low_hz < 0 or count < 16:
            raise ParameterError(
                f"band {low_hz:g}–{high_hz:g} Hz holds {max(count, 0)} bins of a spectrum up to "
                f"{sampling_rate_hz / 2:g} Hz; at least 16 are needed: use a wider band or a longer record"
            )
        edge = int(taper * count)
        window = np.ones(count, real)
        if edge:
            rise = 0.5 - 0.5 * np.cos(np.pi * (np.arange(edge) + 0.5) / edge)
            window[:edge], window[-edge:] = rise, rise[::-1]
        # the squared envelope of `count` bins has frequencies up to `count`: 2·count points carry it without aliasing
        points = _even_length_from(2 * count)
        base = np.zeros(points, spectrum.dtype)
        base[:count] = spectrum[first:stop] * window
        z = np.fft.ifft(base)
        envelope = z.real**2 + z.imag**2
        mean = float(envelope.mean(dtype=np.float64))
        if mean <= 0:
            continue
        envelope /= real.type(mean)
        kurtosis[b] = float(np.vdot(envelope, envelope)) / points - 2
        raw = np.fft.rfft(envelope)[: min(last, count) + 2]
        raw[0] = 0
        line = raw[:-1].copy()  # a Hann window of mean one is this on the spectrum
        line[1:] -= (raw[:-2] + raw[2:]) / 2
        line[0] = 0
        amplitude = np.abs(line) * (2 / points)
        power = amplitude**2
        width_bins = max(40, round(background_hz * duration_s))
        background = local_median(power, width_bins=width_bins) / np.log(2)
        depth[b, : len(line)] = amplitude
        excess[b, : len(line)] = power / np.maximum(background, np.finfo(real).tiny)
    return BandEnvelopes(bands_hz, np.arange(last + 1) / duration_s, depth, excess, kurtosis, duration_s)


def _even_length_from(n: int) -> int:
    """Return a fast even length of at least `n`, at most a few per cent above."""
    size = n
    while (fast := fast_length(size)) < n or fast % 2:
        size = size + max(2, size // 64)
    return fast
