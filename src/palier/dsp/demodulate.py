"""Envelope spectra of many bands from one FFT."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Complex, Float

from palier.core.shapes import Spectrum
from palier.dsp.spectrum import next_fast_real_length
from palier.dsp.whiten import local_median
from palier.errors import ParameterError

__all__ = ["BandEnvelopes", "band_plan", "demodulate_bands", "most_impulsive_band"]


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

    Parameters
    ----------
    nyquist_hz : float
        End of the axis.
    least_width_hz : float
        No band but the whole axis is narrower.
    levels : int
        Most levels, the whole axis included.

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
        band = _band_bins(spectrum, low_hz, high_hz, duration_s=duration_s, taper=taper)
        count = len(band)
        # the squared envelope of `count` bins has frequencies up to `count`: 2·count points carry it without aliasing
        points = next_fast_real_length(2 * count)
        envelope = _squared_envelope(band, points)
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


def most_impulsive_band(
    spectrum: Complex[np.ndarray, " frequency"],
    *,
    n_samples: int,
    sampling_rate_hz: float,
    least_width_hz: float,
    taper: float = 0.1,
) -> tuple[float, float] | None:
    """Return the band of a third or a sixth of the axis whose envelope has the highest kurtosis.

    The rows of the fast kurtogram (Antoni 2007) that halving never reaches; nothing where they are narrower than
    `least_width_hz`. `palier.dsp.kurtogram` has the whole picture.

    Parameters
    ----------
    spectrum : complex, shape (frequency,)
        ``np.fft.rfft`` of the waveform, whitened or not.
    n_samples, sampling_rate_hz
        Of that waveform.
    least_width_hz : float
    taper : float
        As in `demodulate_bands`.

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_normal(12000)
    >>> x[::300] += 8 * np.cos(np.pi * np.arange(40))
    >>> most_impulsive_band(np.fft.rfft(x), n_samples=12000, sampling_rate_hz=12000.0, least_width_hz=500.0) is None
    False
    """
    duration_s, nyquist_hz = n_samples / sampling_rate_hz, sampling_rate_hz / 2
    best, highest = None, 0.0
    for parts in (3, 6):
        width = nyquist_hz / parts
        if width < least_width_hz:
            break
        for k in range(parts):
            band = _band_bins(spectrum, k * width, (k + 1) * width, duration_s=duration_s, taper=taper)
            envelope = _squared_envelope(band, next_fast_real_length(len(band)))
            mean = float(envelope.mean(dtype=np.float64))
            kurtosis = float(np.vdot(envelope, envelope)) / len(envelope) / mean**2 - 2 if mean > 0 else 0.0
            if kurtosis > highest:
                best, highest = (k * width, (k + 1) * width), kurtosis
    return best


def _band_bins(
    spectrum: Complex[np.ndarray, " frequency"], low_hz: float, high_hz: float, *, duration_s: float, taper: float
) -> Complex[np.ndarray, " bin"]:
    """Cut the bins of a band out, with both ends tapered."""
    first, stop = max(1, int(np.ceil(low_hz * duration_s))), min(len(spectrum), int(high_hz * duration_s) + 1)
    count = stop - first
    if low_hz < 0 or count < 16:
        raise ParameterError(
            f"band {low_hz:g}–{high_hz:g} Hz holds {max(count, 0)} bins of a spectrum up to "
            f"{(len(spectrum) - 1) / duration_s:g} Hz; at least 16 are needed: use a wider band or a longer record"
        )
    band = spectrum[first:stop].copy()
    edge = int(taper * count)
    if edge:
        rise = (0.5 - 0.5 * np.cos(np.pi * (np.arange(edge) + 0.5) / edge)).astype(spectrum.real.dtype)
        band[:edge] *= rise
        band[-edge:] *= rise[::-1]
    return band


def _squared_envelope(band: Complex[np.ndarray, " bin"], points: int) -> Float[np.ndarray, " time"]:
    """Squared magnitude of a band at base band, on `points` samples."""
    z = np.fft.ifft(band, points)
    return np.asarray(z.real**2 + z.imag**2)
