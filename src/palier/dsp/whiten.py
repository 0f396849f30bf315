"""Take the discrete lines out of a spectrum, keep what is spread over a band."""

import numpy as np
from jaxtyping import Complex

from palier.core.shapes import BatchedSpectrum
from palier.errors import ParameterError

__all__ = ["fast_length", "limited_spectrum", "local_median", "whitened_spectrum"]


def fast_length(n: int) -> int:
    """Return the largest 5-smooth number not above `n`: real FFTs of that length are fast.

    Examples
    --------
    >>> fast_length(121991)
    121500
    """
    if n < 1:
        raise ParameterError(f"n is {n}; allowed are 1 and above")
    best = 1
    power5 = 1
    while power5 <= n:
        power35 = power5
        while power35 <= n:
            best = max(best, power35 << ((n // power35).bit_length() - 1))
            power35 *= 3
        power5 *= 5
    return best


def local_median(power: BatchedSpectrum, *, width_bins: int) -> BatchedSpectrum:
    r"""Median of a spectrum in blocks of `width_bins`, joined by straight lines.

    The median ignores the lines of a spectrum as long as they fill less than half of a block, so it is an
    estimate of the background they stand on. For the power of Gaussian noise (exponential with mean
    :math:`\mu`) it estimates :math:`\mu\ln 2`.

    Parameters
    ----------
    power : float, shape (..., frequency)
    width_bins : int
        1 and above; a block never exceeds the spectrum.

    Returns
    -------
    float, shape (..., frequency)

    Raises
    ------
    ParameterError
        If `width_bins` is below 1.

    Examples
    --------
    >>> local_median(np.array([1.0, 1.0, 9.0, 1.0]), width_bins=4)
    array([1., 1., 1., 1.])
    """
    if width_bins < 1:
        raise ParameterError(f"width_bins is {width_bins}; allowed are 1 and above")
    n = power.shape[-1]
    width = min(width_bins, n)
    count = n // width
    blocks = power[..., : count * width].reshape(*power.shape[:-1], count, width)
    medians = np.median(blocks, axis=-1)
    if count == 1:
        return np.repeat(medians, n, axis=-1).astype(power.dtype)
    position = np.clip((np.arange(n) + 0.5) / width - 0.5, 0, count - 1)
    left = np.minimum(position.astype(np.intp), count - 2)
    weight = (position - left).astype(power.dtype)
    low = medians.astype(power.dtype)
    return np.asarray(low[..., left] * (1 - weight) + low[..., left + 1] * weight)


def whitened_spectrum(
    x: BatchedSpectrum, *, sampling_rate_hz: float, width_hz: float, limit: float = 3.0
) -> np.ndarray:
    r"""One-sided spectrum of a waveform, flattened, with lines limited to `limit` times the local level.

    .. math:: Y_k = \frac{X_k}{m_k}\,\min\!\left(1, \frac{\mathrm{limit}\cdot m_k}{|X_k|}\right),
              \qquad m_k^2 = \mathrm{median}_{\mathrm{local}}(|X|^2)/\ln 2

    Gear mesh, shaft and mains lines fall to the level of the noise around them; phases are kept, so the impacts
    of a bearing, which are spread over a whole resonance, stay impacts. ``limit → 0`` is cepstral pre-whitening.
    It misleads when a resonance is narrower than `width_hz`.

    Parameters
    ----------
    x : float, shape (..., time)
    sampling_rate_hz : float
    width_hz : float
        Width over which the level is taken; at least 31 bins are used.
    limit : float
        Above 0.

    Returns
    -------
    complex, shape (..., time // 2 + 1)
        Bin 0 is zero.

    References
    ----------
    Borghesani, Pennacchi, Randall, Sawalhi and Ricci, "Application of cepstrum pre-whitening for the diagnosis of
    bearing faults under variable speed conditions", MSSP 36 (2013) 370–384, doi:10.1016/j.ymssp.2012.11.001.

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_normal(1024) + 100 * np.sin(np.arange(1024))
    >>> float(np.abs(whitened_spectrum(x, sampling_rate_hz=1.0, width_hz=0.1)).max().round(3))
    3.0
    """
    n = x.shape[-1]
    return limited_spectrum(
        np.fft.rfft(x), n_samples=n, sampling_rate_hz=sampling_rate_hz, width_hz=width_hz, limit=limit
    )


def limited_spectrum(
    spectrum: Complex[np.ndarray, "*batch frequency"],
    *,
    n_samples: int,
    sampling_rate_hz: float,
    width_hz: float,
    limit: float = 3.0,
) -> Complex[np.ndarray, "*batch frequency"]:
    """Do what `whitened_spectrum` does to a one-sided spectrum that is already there.

    Parameters
    ----------
    spectrum : complex, shape (..., frequency)
        ``np.fft.rfft`` of a waveform; it is not changed.
    n_samples : int
        Length of that waveform.
    sampling_rate_hz, width_hz, limit
        As in `whitened_spectrum`.

    Raises
    ------
    ParameterError
        If `limit` is not above 0.

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_normal(1024)
    >>> a = limited_spectrum(np.fft.rfft(x), n_samples=1024, sampling_rate_hz=1.0, width_hz=0.1)
    >>> bool(np.all(a == whitened_spectrum(x, sampling_rate_hz=1.0, width_hz=0.1)))
    True
    """
    if not limit > 0:
        raise ParameterError(f"limit is {limit}; allowed is above 0")
    power = spectrum.real**2 + spectrum.imag**2
    width_bins = max(31, round(width_hz * n_samples / sampling_rate_hz))
    tiny = np.finfo(power.dtype).tiny
    level = np.sqrt(np.maximum(local_median(power, width_bins=width_bins) / np.log(2), tiny)).astype(power.dtype)
    magnitude = np.sqrt(np.maximum(power, tiny))
    gain = np.minimum(1 / level, limit / magnitude)
    gain[..., 0] = 0
    return np.asarray(spectrum * gain)
