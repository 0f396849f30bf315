"""Analytic signal, squared envelope of a band, and its spectrum."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from palier.core.shapes import BatchedSpectrum, BatchedWaveform, ComplexWaveform, PerWaveform, Spectrum
from palier.dsp.spectrum import Window, amplitude_spectrum, checked_band, next_fast_real_length
from palier.errors import ParameterError

__all__ = ["EnvelopeSpectrum", "SquaredEnvelope", "analytic_signal", "squared_envelope", "squared_envelope_spectrum"]

_LEAST_BINS = 8


@dataclass(frozen=True, slots=True, eq=False)
class SquaredEnvelope:
    """The squared envelope of a band, with as many samples as it needs."""

    samples: BatchedWaveform
    """Unit of the waveform squared; never negative."""
    sampling_rate_hz: float
    """Rate of the envelope, about twice the width of the band."""
    band_hz: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class EnvelopeSpectrum:
    """One-sided amplitudes of a squared envelope, as fractions of its mean."""

    frequency_hz: Spectrum
    depth: BatchedSpectrum
    """Dimensionless: 0 is no modulation, an infinitely sharp train of impacts reads 2 at each harmonic."""
    mean_square: PerWaveform
    """Mean squared envelope, in the square of the waveform's unit; twice the power of the band."""
    band_hz: tuple[float, float]
    window: Window


def analytic_signal(x: BatchedWaveform) -> ComplexWaveform:
    r"""Return the analytic signal :math:`z = x + i\,\mathcal H\{x\}`: the waveform without negative frequencies.

    :math:`|z|` is the envelope and the derivative of :math:`\arg z` the instantaneous frequency, both meaningful only
    for a band that is narrow against its centre frequency. The transform takes the record as one period of a periodic
    signal, so the ends reach into each other.

    Parameters
    ----------
    x : float, shape (..., time)
        Any unit, at least one sample.

    Returns
    -------
    complex, shape (..., time)
        complex64 for float32, else complex128. The real part is `x`.

    Raises
    ------
    ParameterError
        If there is no sample.

    References
    ----------
    S. L. Marple, "Computing the discrete-time analytic signal via FFT", IEEE Trans. Signal Process. 47 (1999)
    2600–2603, doi:10.1109/78.782222.

    Examples
    --------
    >>> x = 3 * np.cos(2 * np.pi * 5 * np.arange(100) / 100)
    >>> np.abs(analytic_signal(x))[:3].round(6)
    array([3., 3., 3.])
    """
    n = x.shape[-1]
    if n < 1:
        raise ParameterError("0 samples; an analytic signal needs at least 1")
    half = np.fft.rfft(x)
    half[..., 1 : (n + 1) // 2] *= 2
    return np.fft.ifft(half, n)


def squared_envelope(x: BatchedWaveform, *, sampling_rate_hz: float, band_hz: tuple[float, float]) -> SquaredEnvelope:
    r"""Squared envelope of what a waveform holds in a band.

    With :math:`B` the bins of the band and :math:`X` the transform of :math:`x` less its mean,

    .. math:: e_t = \Bigl|\frac2n \sum_{k\in B} X_k\,e^{2\pi i k t/n}\Bigr|^2

    that is, :math:`|z|^2` for the analytic signal :math:`z` of the waveform behind an ideal band-pass filter. The bins
    go to base band before the inverse transform, which does not change :math:`|z|` and needs only as many points as
    carry the squared envelope without aliasing, about twice the width of the band times the duration: one long real FFT
    and one short complex one.

    The squared envelope rather than the envelope, because squaring keeps a band-limited signal band-limited, while the
    root spreads and folds; its lines are those of the modulation and their sums and differences.

    Ringing of the ideal filter and the jump between the two ends of the record disturb the first and last few periods
    of the band's *width*. A strong line just outside the band leaks in unless a whole number of its periods fits.

    Parameters
    ----------
    x : float, shape (..., time)
        Any unit.
    sampling_rate_hz : float
        Hz, positive.
    band_hz : (low, high)
        Hz, 0 ≤ low < high ≤ Nyquist frequency; it must hold at least 8 bins, ``8 / duration``.

    Returns
    -------
    SquaredEnvelope
        In the dtype of `x`; the first sample is at the first sample of `x`.

    Raises
    ------
    ParameterError
        If the band does not fit below the Nyquist frequency or holds too few bins.

    References
    ----------
    Randall and Antoni, "Rolling element bearing diagnostics—A tutorial", MSSP 25 (2011) 485–520,
    doi:10.1016/j.ymssp.2010.07.017.

    Examples
    --------
    >>> t_s = np.arange(12_000) / 12_000
    >>> e = squared_envelope(3 * np.sin(2 * np.pi * 3000 * t_s), sampling_rate_hz=12_000, band_hz=(2500, 3500))
    >>> e.samples.shape, e.sampling_rate_hz, float(e.samples[7].round(3))
    ((2025,), 2025.0, 9.0)
    """
    low_hz, high_hz = checked_band(band_hz, sampling_rate_hz=sampling_rate_hz)
    n = x.shape[-1]
    size = next_fast_real_length(max(n, 1))
    step_hz = sampling_rate_hz / size
    first = int(np.ceil(low_hz / step_hz * (1 - 1e-12)))
    stop = min(int(high_hz / step_hz * (1 + 1e-12)), size // 2) + 1
    count = stop - first
    if count < _LEAST_BINS or n < _LEAST_BINS:
        raise ParameterError(
            f"band {low_hz:g}–{high_hz:g} Hz holds {count if n else 0} bins of {n} samples at {sampling_rate_hz:g} Hz; "
            f"at least {_LEAST_BINS} are needed: widen the band or give a longer waveform"
        )
    # |z|² of `count` bins has frequencies up to count − 1 on either side of 0
    points = next_fast_real_length(2 * count - 1)
    bins = np.fft.rfft(x - x.mean(axis=-1, keepdims=True, dtype=np.float64).astype(x.dtype), size)[..., first:stop]
    base = bins * bins.real.dtype.type(2 * points / size)
    if first == 0:
        base[..., 0] /= 2
    if stop == size // 2 + 1 and size % 2 == 0:
        base[..., -1] /= 2
    z = np.fft.ifft(base, points)
    envelope = z.real**2
    envelope += z.imag**2
    return SquaredEnvelope(
        samples=envelope[..., : -(-n * points // size)],
        sampling_rate_hz=sampling_rate_hz * points / size,
        band_hz=(low_hz, high_hz),
    )


def squared_envelope_spectrum(
    x: BatchedWaveform,
    *,
    sampling_rate_hz: float,
    band_hz: tuple[float, float] | None = None,
    window: Window = "hann",
    highest_hz: float | None = None,
    length: Literal["fast", "exact"] = "fast",
) -> EnvelopeSpectrum:
    r"""Spectrum of the squared envelope of a band, as modulation depth.

    .. math:: d_k = \frac{A_k\{e - \bar e\}}{\bar e}

    with :math:`e` from `squared_envelope` and :math:`A` the amplitudes of `amplitude_spectrum`. It does not depend on
    the unit or the gain. For :math:`x = (1 + m\cos 2\pi f t)\cos 2\pi f_c t` with carrier and sidebands in the band,

    .. math:: d(f) = \frac{2m}{1+m^2/2}, \qquad d(2f) = \frac{m^2/2}{1+m^2/2}

    so small depths read :math:`2m`. Noise alone reads about :math:`\sqrt{3\pi/(2 B T)}` with Hann, for a band of width
    *B* and a duration *T*: wide bands and long records make depths comparable, not the height of a line alone.

    Two lines :math:`\Delta f` apart in the band beat and make a line at :math:`\Delta f` without any modulation: shaft
    and gear lines belong removed first.

    Unlike MATLAB's ``envspectrum`` this reads the *squared* envelope, divided by its mean (there: the envelope, in the
    unit of the signal); filters ideally in one FFT (there: an FIR filter of order 50); takes the whole axis unless a
    band is given (there: a quarter to three eighths of the sampling rate); and uses a Hann window (there: none). Both
    remove the mean of the signal and of the envelope.

    Parameters
    ----------
    x : float, shape (..., time)
        Any unit.
    sampling_rate_hz : float
        Hz, positive.
    band_hz : (low, high), optional
        Hz; the whole axis by default.
    window : {"hann", "flattop", "boxcar"}
        Over the envelope; see `amplitude_spectrum` for the error it leaves between bins.
    highest_hz : float, optional
        Where the result ends; by default at the width of the band, beyond which there is nothing.
    length : {"fast", "exact"}
        As in `amplitude_spectrum`.

    Returns
    -------
    EnvelopeSpectrum
        In the dtype of `x`. A waveform with nothing in the band has depth 0.

    Raises
    ------
    ParameterError
        As `squared_envelope`, or if `highest_hz` is not positive.

    References
    ----------
    Randall and Antoni, "Rolling element bearing diagnostics—A tutorial", MSSP 25 (2011) 485–520,
    doi:10.1016/j.ymssp.2010.07.017.

    Examples
    --------
    >>> t_s = np.arange(12_000) / 12_000
    >>> x = (1 + 0.2 * np.cos(2 * np.pi * 107 * t_s)) * np.cos(2 * np.pi * 3000 * t_s)
    >>> s = squared_envelope_spectrum(x, sampling_rate_hz=12_000, band_hz=(2000, 4000))
    >>> float(s.frequency_hz[s.depth.argmax()]), float(s.depth.max().round(4)), round(0.4 / 1.02, 4)
    (107.0, 0.3922, 0.3922)
    """
    if highest_hz is not None and not highest_hz > 0:
        raise ParameterError(f"highest_hz is {highest_hz}; allowed is a positive frequency")
    band_hz = (0.0, sampling_rate_hz / 2) if band_hz is None else band_hz
    envelope = squared_envelope(x, sampling_rate_hz=sampling_rate_hz, band_hz=band_hz)
    low_hz, high_hz = envelope.band_hz
    mean = envelope.samples.mean(axis=-1, keepdims=True, dtype=np.float64)
    divisor = np.where(mean > 0, mean, 1).astype(x.dtype)
    spectrum = amplitude_spectrum(
        envelope.samples / divisor, sampling_rate_hz=envelope.sampling_rate_hz, window=window, length=length
    )
    last_hz = min(high_hz - low_hz, np.inf if highest_hz is None else highest_hz)
    stop = int(np.searchsorted(spectrum.frequency_hz, last_hz * (1 + 1e-12), side="right"))
    return EnvelopeSpectrum(
        frequency_hz=spectrum.frequency_hz[:stop],
        depth=spectrum.amplitude[..., :stop],
        mean_square=np.asarray(mean[..., 0], dtype=x.dtype),
        band_hz=envelope.band_hz,
        window=window,
    )
