"""Shaft speed from the vibration itself, within a declared interval."""

from dataclasses import dataclass
from math import ceil, exp, floor
from typing import Literal

import numpy as np
from jaxtyping import Float

from palier.core.shapes import BatchedWaveform
from palier.dsp.envelope import squared_envelope
from palier.dsp.spectrum import cosine_window, next_fast_real_length
from palier.errors import ParameterError

__all__ = ["SpeedEstimate", "SpeedEvidence", "estimate_shaft_speed", "shaft_speed_evidence"]

_MIN_REVOLUTIONS = 8  # fewer give a neighbourhood too small to rank a line in
_SHARES = 10  # grid over the unknown share of harmonics that show
_LINE_BINS = 3  # bins of a line's top in a Hann spectrum padded to twice its length
_CANDIDATES_PER_BIN = 4
_RELIABLE = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class SpeedEvidence:
    """Evidence for each candidate speed; what `estimate_shaft_speed` decides on, and what to plot."""

    speed_hz: Float[np.ndarray, " candidate"]
    """Candidate speeds, Hz, evenly spaced."""
    log_evidence: Float[np.ndarray, "*batch candidate"]
    """Natural logarithm of the likelihood ratio "a shaft turns at this speed" against "none shows"."""
    method: Literal["spectrum+envelope", "spectrum"]
    """Which spectra were searched."""


@dataclass(frozen=True, slots=True)
class SpeedEstimate:
    """A shaft speed estimated from vibration. Look at `reliable` before using `hz`."""

    hz: float
    """Most likely speed, Hz."""
    low_hz: float
    """Lower end of the 95 % credible interval, Hz."""
    high_hz: float
    """Upper end of the 95 % credible interval, Hz."""
    confidence: float
    """Probability, 0–1, that a shaft shows *and* turns within the tolerance of `hz`, at even prior odds."""
    log_evidence: float
    """Natural logarithm of the evidence that some shaft within the interval shows at all; 0 is none."""
    reliable: bool
    """Whether `confidence` is at least 0.9. If not, `hz` is only the best of poor guesses."""
    method: Literal["spectrum+envelope", "spectrum"]
    """Which spectra were searched."""

    @property
    def explanation(self) -> str:
        """One sentence for reports."""
        where = "the spectrum and the envelope spectrum" if self.method == "spectrum+envelope" else "the spectrum"
        state = "" if self.reliable else "; not reliable: no shaft shows clearly within the interval searched"
        return (
            f"{self.hz:.4g} Hz (95 % interval {self.low_hz:.4g}–{self.high_hz:.4g} Hz), estimated from the harmonics "
            f"of the shaft in {where}, confidence {self.confidence:.2f}{state}"
        )


def estimate_shaft_speed(
    x: BatchedWaveform,
    *,
    sampling_rate_hz: float,
    low_hz: float,
    high_hz: float,
    harmonics: int = 6,
    mains_hz: tuple[float, ...] = (50.0, 60.0),
    tolerance: float = 0.005,
    max_revolutions: float = 256.0,
) -> SpeedEstimate:
    r"""Estimate the mean speed of a shaft from its harmonics in the spectrum and in the envelope spectrum.

    `shaft_speed_evidence` gives :math:`\ln\Lambda(f)` for every candidate :math:`f`. With even prior odds for
    "a shaft shows" and a flat prior over the interval, the posterior density of the speed is
    :math:`\Lambda(f)/\int\Lambda`, the total evidence is the mean :math:`E` of :math:`\Lambda` over the interval, and

    .. math:: \text{confidence} = \frac{E}{1+E}\; P\bigl(|f-\hat f| \le \text{tolerance}\cdot\hat f\bigr)

    If no shaft shows, the expectation of :math:`E` is at most 1, so that by Markov's inequality a confidence of 0.9
    (:math:`E \ge 9`) is reached by chance in fewer than one record out of nine; on simulated noise of several colours
    it happens in fewer than one out of a hundred.

    It misleads when another comb of lines lies in the interval: a second shaft, a belt, or twice (half) the speed of a
    shaft whose own speed is outside. Declare the interval as narrow as you honestly can, and so that it holds the true
    speed. The credible interval speaks of the mean of a steady speed: wandering is not in it, and a speed that wanders
    by much more than ``1 / max_revolutions`` smears the lines and ends as "not reliable".

    Parameters
    ----------
    x : float, shape (..., time)
        Vibration in any one unit. Leading axes are channels of *one* record, which turn with the same shaft: their
        log evidence is averaged.
    sampling_rate_hz : float
        Hz.
    low_hz, high_hz : float
        The declared interval, Hz (revolutions per second). A nominal speed ± 7 % is typical.
    harmonics : int
        Orders 1 to this are searched, 2 to 40; those above the Nyquist frequency are left out.
    mains_hz : tuple of float
        Supply frequencies; a line within one resolution of a multiple counts for nothing.
    tolerance : float
        Relative error, 0 to 0.1, that `confidence` speaks of.
    max_revolutions : float
        Longer records are cut into overlapping segments of this many revolutions, whose spectra are averaged.

    Returns
    -------
    SpeedEstimate
        With ``reliable=False`` when the record does not show a shaft clearly; nothing is raised for that.

    Raises
    ------
    ParameterError
        If the record is too short or too slowly sampled for the interval, constant, or a parameter is out of range.

    References
    ----------
    V. Vovk, R. Wang, "E-values: calibration, combination and applications", Annals of Statistics 49 (2021)
    1736–1754, doi:10.1214/20-AOS2020.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> t_s = np.arange(40_000) / 8000
    >>> x = sum(0.1 * np.sin(2 * np.pi * k * 24.37 * t_s + k) for k in (1, 3, 4, 5)) + rng.standard_normal(40_000)
    >>> speed = estimate_shaft_speed(x, sampling_rate_hz=8000.0, low_hz=22.5, high_hz=27.5)
    >>> round(speed.hz, 2), speed.reliable
    (24.38, True)
    >>> noise = rng.standard_normal(40_000)
    >>> estimate_shaft_speed(noise, sampling_rate_hz=8000.0, low_hz=22.5, high_hz=27.5).reliable
    False
    """
    if not 0 < tolerance < 0.1:
        raise ParameterError(f"tolerance is {tolerance}; allowed is above 0 and below 0.1 (a relative error)")
    found = shaft_speed_evidence(
        x,
        sampling_rate_hz=sampling_rate_hz,
        low_hz=low_hz,
        high_hz=high_hz,
        harmonics=harmonics,
        mains_hz=mains_hz,
        max_revolutions=max_revolutions,
    )
    n = found.speed_hz.size
    log_evidence = found.log_evidence.reshape(-1, n).mean(axis=0)
    top = int(log_evidence.argmax())
    density = np.exp(log_evidence - log_evidence[top])
    posterior = density / density.sum()
    hz = float(found.speed_hz[top])
    low, high = np.interp([0.025, 0.975], np.cumsum(posterior) - posterior / 2, found.speed_hz)
    near = float(posterior[np.abs(found.speed_hz / hz - 1) <= tolerance].sum())
    total = float(log_evidence[top] + np.log(density.mean()))
    confidence = near / (1 + exp(-total))
    return SpeedEstimate(
        hz=hz,
        low_hz=min(float(low), hz),
        high_hz=max(float(high), hz),
        confidence=confidence,
        log_evidence=total,
        reliable=confidence >= _RELIABLE,
        method=found.method,
    )


def shaft_speed_evidence(
    x: BatchedWaveform,
    *,
    sampling_rate_hz: float,
    low_hz: float,
    high_hz: float,
    harmonics: int = 6,
    mains_hz: tuple[float, ...] = (50.0, 60.0),
    max_revolutions: float = 256.0,
) -> SpeedEvidence:
    r"""Weigh, for every candidate speed, how well its harmonics stand out of their neighbourhoods.

    At order :math:`k` of a candidate :math:`f`, let :math:`p_k` be the share of spectral bins within half an order
    around :math:`kf` that are at least as high: where no shaft turns, :math:`p_k` is uniform whatever the colour of the
    noise. A shaft line makes it small, but an unknown share :math:`q` of the harmonics is missing, hence

    .. math:: \Lambda(f) = \int_0^1 \prod_{k=1}^{K} \bigl(1 - q + q\,g(p_k)\bigr)\,dq, \qquad
              g(p) = \tfrac12\,\frac{e^{-p/p_0}}{p_0\,(1-e^{-1/p_0})} + \tfrac12\,\frac{1 - p + p\ln p}{p\,\ln^2 p}

    The first half of :math:`g` expects the highest line of the neighbourhood (:math:`p_0` is three bins), the second
    is the calibrator of Vovk and Wang, which expects any small :math:`p`. One huge line (a gear mesh, a resonance)
    can thus never outweigh several modest ones. :math:`\Lambda` of the spectrum is multiplied by that of the squared
    envelope spectrum of everything above the highest harmonic, which shows a shaft that only modulates. A line that
    coincides with a multiple of a mains frequency never speaks for a shaft. Where half (or a third) of a candidate is
    a candidate itself, lines at the half (third) orders speak against it: the comb of 2×f is a part of that of f.

    Parameters
    ----------
    x : float, shape (..., time)
        Vibration in any one unit.
    sampling_rate_hz, low_hz, high_hz, harmonics, mains_hz, max_revolutions
        As for `estimate_shaft_speed`.

    Returns
    -------
    SpeedEvidence
        With one row of evidence per waveform.

    Raises
    ------
    ParameterError
        If the record is too short or too slowly sampled for the interval, constant, or a parameter is out of range.

    Examples
    --------
    >>> t_s = np.arange(8000) / 2000
    >>> x = np.sin(2 * np.pi * 24.4 * t_s) + np.sin(2 * np.pi * 2 * 24.4 * t_s)
    >>> x = x + np.random.default_rng(0).standard_normal(8000)
    >>> e = shaft_speed_evidence(x, sampling_rate_hz=2000.0, low_hz=22.0, high_hz=28.0, harmonics=3)
    >>> round(float(e.speed_hz[e.log_evidence.argmax()]), 1), e.method
    (24.4, 'spectrum+envelope')
    """
    orders = _check(x, sampling_rate_hz, low_hz, high_hz, harmonics, max_revolutions)
    top_hz = (orders + 1) * high_hz
    duration_s = x.shape[-1] / sampling_rate_hz
    segment_s = min(duration_s, max_revolutions / ((low_hz + high_hz) / 2))
    n_candidates = ceil((high_hz - low_hz) * segment_s * orders * _CANDIDATES_PER_BIN) + 1
    speed_hz = np.linspace(low_hz, high_hz, n_candidates)

    spectra = [_low_spectrum(x, sampling_rate_hz, top_hz, segment_s)]

    # The envelope must be able to carry the highest order, and its band must hold none of the lines already counted.
    band_hz = (top_hz, 0.475 * sampling_rate_hz)
    method: Literal["spectrum+envelope", "spectrum"] = "spectrum"
    if band_hz[1] - band_hz[0] > 2 * top_hz:
        envelope = squared_envelope(x, sampling_rate_hz=sampling_rate_hz, band_hz=band_hz)
        spectra.append(_low_spectrum(envelope.samples, envelope.sampling_rate_hz, top_hz, segment_s))
        method = "spectrum+envelope"

    log_evidence = np.zeros((*x.shape[:-1], n_candidates))
    for power, step_hz in spectra:
        log_evidence += _comb(power, step_hz, speed_hz, orders, mains_hz, segment_s)
    return SpeedEvidence(speed_hz, log_evidence, method)


def _check(x: np.ndarray, rate_hz: float, low_hz: float, high_hz: float, harmonics: int, max_revolutions: float) -> int:
    """Return how many orders the record can show."""
    if not rate_hz > 0:
        raise ParameterError(f"sampling_rate_hz is {rate_hz}; allowed is a positive number")
    if not 0 < low_hz < high_hz < float("inf"):
        raise ParameterError(f"speed interval is {low_hz}–{high_hz} Hz; allowed is 0 < low_hz < high_hz")
    if not 2 <= harmonics <= 40:
        raise ParameterError(f"harmonics is {harmonics}; allowed is 2 to 40")
    if not max_revolutions >= _MIN_REVOLUTIONS:
        raise ParameterError(f"max_revolutions is {max_revolutions}; allowed is {_MIN_REVOLUTIONS} or more")
    duration_s = x.shape[-1] / rate_hz
    if duration_s * low_hz < _MIN_REVOLUTIONS:
        raise ParameterError(
            f"{duration_s:.3g} s hold {duration_s * low_hz:.3g} revolutions at {low_hz:.4g} Hz; an estimate needs at "
            f"least {_MIN_REVOLUTIONS}: record {_MIN_REVOLUTIONS / low_hz:.3g} s or more, or declare the speed"
        )
    orders = min(harmonics, floor(rate_hz / 2 / high_hz) - 1)
    if orders < 2:
        raise ParameterError(
            f"a sampling rate of {rate_hz:.6g} Hz cannot show two harmonics of {high_hz:.4g} Hz with their "
            f"neighbourhood; it takes {6 * high_hz:.4g} Hz: lower high_hz, or declare the speed"
        )
    if not np.isfinite(x).all():
        raise ParameterError("the waveform holds NaN or infinite samples; cut them out first")
    if np.any(x.min(axis=-1) == x.max(axis=-1)):
        raise ParameterError("a waveform is constant throughout: there is no vibration to find a speed in")
    return orders


def _low_spectrum(x: np.ndarray, sampling_rate_hz: float, top_hz: float, segment_s: float) -> tuple[np.ndarray, float]:
    """Return the Welch power spectrum of a waveform up to `top_hz`, and its step.

    Leaving out the high Fourier coefficients resamples the waveform to the little that matters. Hann window, about half
    overlap, zero-padding to twice the length or a little more.
    """
    size = next_fast_real_length(x.shape[-1])  # no segment reaches into the zeros that fill it up
    mean = x.mean(axis=-1, keepdims=True, dtype=np.float64).astype(x.dtype)
    coefficients = np.fft.rfft(x - mean, n=size)
    bin_hz = sampling_rate_hz / size
    kept = min(next_fast_real_length(ceil(top_hz / bin_hz) + 2), coefficients.shape[-1])
    slow = np.fft.irfft(coefficients[..., :kept], n=2 * kept)
    del coefficients  # of a long recording they are large
    rate_hz = 2 * kept * bin_hz
    whole = min(floor(x.shape[-1] / sampling_rate_hz * rate_hz), slow.shape[-1])
    n = min(round(segment_s * rate_hz), whole)
    starts = np.linspace(0, whole - n, ceil(2 * (whole / n - 1)) + 1).round().astype(int)
    window = cosine_window("hann", n).astype(slow.dtype)
    n_padded = 2 * next_fast_real_length(n)
    power = np.zeros((*slow.shape[:-1], n_padded // 2 + 1))
    for start in starts:  # over segments; each a batch of transforms
        part = np.fft.rfft(slow[..., start : start + n] * window, n=n_padded)
        power += part.real.astype(np.float64) ** 2 + part.imag.astype(np.float64) ** 2
    return power, rate_hz / n_padded


def _comb(
    power: np.ndarray,
    step_hz: float,
    speed_hz: np.ndarray,
    orders: int,
    mains_hz: tuple[float, ...],
    segment_s: float,
) -> np.ndarray:
    """Sum the log likelihood ratios of orders 1 to `orders` over each candidate speed."""
    half = max(round((speed_hz[0] + speed_hz[-1]) / 4 / step_hz), 2)
    padded = np.pad(power, [(0, 0)] * (power.ndim - 1) + [(half, half)], mode="reflect")

    def line(speeds_hz: np.ndarray, order: float) -> np.ndarray:
        evidence = _line_evidence(padded, half, speeds_hz * (order / step_hz))
        for mains in mains_hz:
            distance_hz = np.abs(speeds_hz * order - np.maximum(np.round(speeds_hz * order / mains), 1) * mains)
            evidence = np.where(distance_hz < 2 / segment_s, np.minimum(evidence, 1), evidence)  # 2 bins: a Hann line
        return evidence

    total = _pool([line(speed_hz, float(order)) for order in range(1, orders + 1)])
    for parts in (2, 3):
        dense = speed_hz >= parts * speed_hz[0]
        if dense.any():
            between = [line(speed_hz[dense], n / parts) for n in range(1, orders * parts) if n % parts]
            total[..., dense] -= np.maximum(_pool(between), 0)
    return total


def _line_evidence(padded: np.ndarray, half: int, place: np.ndarray) -> np.ndarray:
    """Return the likelihood ratio of a line at each (fractional, rising) bin of a spectrum padded by `half`."""
    first, last = int(place[0]), int(place[-1]) + 2
    near = np.lib.stride_tricks.sliding_window_view(padded[..., first : last + 2 * half], 2 * half + 1, axis=-1)
    centre = padded[..., first + half : last + half, None]
    share = np.count_nonzero(near >= centre, axis=-1) / (2 * half + 1)
    left = place.astype(np.intp) - first
    weight = place - first - left
    log_share = np.log(share)
    log_p = np.minimum(log_share[..., left] * (1 - weight) + log_share[..., left + 1] * weight, -1e-4)
    p = np.exp(log_p)
    graded = (1 - p + p * log_p) / (p * log_p**2)
    top = _LINE_BINS / (2 * half + 1)
    highest = np.exp(-p / top) / (top * (1 - exp(-1 / top)))
    ratio: np.ndarray = (highest + graded) / 2
    return ratio


def _pool(ratios: list[np.ndarray]) -> np.ndarray:
    """Return the log likelihood ratio of a family of lines of which an unknown share is present."""
    shares = (np.arange(_SHARES) + 0.5) / _SHARES
    log_ratio = np.zeros((_SHARES, *ratios[0].shape))
    for ratio in ratios:
        log_ratio += np.log(1 + np.multiply.outer(shares, ratio - 1))
    top = log_ratio.max(axis=0)
    pooled: np.ndarray = top + np.log(np.exp(log_ratio - top).mean(axis=0))
    return pooled
