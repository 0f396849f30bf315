"""Change of sampling rate by a rational factor, and band-limited values between samples."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import ceil, pi

import numpy as np
from jaxtyping import Float

from palier.core.shapes import BatchedWaveform
from palier.errors import ParameterError

__all__ = ["RateRatio", "Resampled", "interpolate_at", "rate_ratio", "resample"]

_PASS = 0.9  # of the lower Nyquist frequency: flat up to here, nothing left above 1
_STOP_DB = 91.0
_MAX_FACTOR = 100_000  # a longer anti-alias filter would cost more than the answer is worth

_HALF_TAPS = 32  # samples on either side of a value in between
_PHASES = 512  # tabulated positions between two samples; linear interpolation between them


@dataclass(frozen=True, slots=True)
class RateRatio:
    """A change of sampling rate by ``up / down``.

    Examples
    --------
    >>> RateRatio(160, 147, 0.0).factor
    1.08843537414966
    """

    up: int
    down: int
    relative_error: float
    """How far ``up / down`` is from the ratio asked for, as a fraction of it; signed."""

    @property
    def factor(self) -> float:
        """New rate over old rate."""
        return self.up / self.down


@dataclass(frozen=True, slots=True, eq=False)
class Resampled:
    """Waveforms at a new rate. The first sample is at the same instant as before."""

    samples: BatchedWaveform
    sampling_rate_hz: float
    """The rate that was really reached, Hz."""
    ratio: RateRatio


def rate_ratio(from_hz: float, to_hz: float, *, tolerance: float = 1e-6) -> RateRatio:
    """Find the simplest continued-fraction ratio of two rates.

    Parameters
    ----------
    from_hz, to_hz : float
        Old and new sampling rate, Hz; any positive numbers.
    tolerance : float
        Largest relative error accepted, 0 (exact) to 0.01. 1e-6 is 0.1 s of drift in a day.

    Returns
    -------
    RateRatio
        With its error stated.

    Raises
    ------
    ParameterError
        If a rate is not positive, or no ratio of numbers up to 100 000 is near enough.

    Examples
    --------
    >>> rate_ratio(44_100.0, 48_000.0)
    RateRatio(up=160, down=147, relative_error=0.0)
    >>> rate_ratio(51_200.0, 12_000 * 2**0.5, tolerance=1e-4)
    RateRatio(up=58, down=175, relative_error=-8.366789925179724e-05)
    """
    for name, hz in (("from_hz", from_hz), ("to_hz", to_hz)):
        if not 0 < hz < float("inf"):
            raise ParameterError(f"{name} is {hz}; allowed is a positive, finite rate in Hz")
    if not 0 <= tolerance <= 0.01:
        raise ParameterError(f"tolerance is {tolerance}; allowed is 0 to 0.01")
    wanted = Fraction(to_hz) / Fraction(from_hz)
    rest = wanted
    (before, up), (below, down) = (0, 1), (1, 0)
    while True:
        whole = rest.numerator // rest.denominator
        (before, up), (below, down) = (up, whole * up + before), (down, whole * down + below)
        if up > 0:
            if max(up, down) > _MAX_FACTOR:
                raise ParameterError(
                    f"no ratio of whole numbers up to {_MAX_FACTOR} takes {from_hz} Hz to {to_hz} Hz within "
                    f"{tolerance:g}; allow a larger tolerance or choose a rounder rate"
                )
            error = float(Fraction(up, down) / wanted - 1)
            if abs(error) <= tolerance or rest == whole:
                return RateRatio(up, down, error)
        rest = 1 / (rest - whole)


def resample(
    x: BatchedWaveform, *, sampling_rate_hz: float, target_rate_hz: float, tolerance: float = 1e-6
) -> Resampled:
    r"""Change the sampling rate through a polyphase anti-alias filter.

    Zero-phase Kaiser FIR filter, flat within 0.01 dB up to 0.9 of the lower of both Nyquist frequencies and at least
    90 dB down above it. What lies between 0.9 and 1 is attenuated on its way there. At the edges the waveform is
    continued by its mirror image about the end point; about 60 samples of the slower rate there are less accurate.

    Parameters
    ----------
    x : float, shape (..., time)
        Any unit. The result has the same dtype; the filter runs in float64.
    sampling_rate_hz, target_rate_hz : float
        Hz. The rate reached is returned; it differs by at most `tolerance`.
    tolerance : float
        Largest relative error of the rate, see `rate_ratio`.

    Returns
    -------
    Resampled
        ``ceil(n · up / down)`` samples.

    Raises
    ------
    ParameterError
        If `x` is shorter than the anti-alias filter, or the rates are out of range.

    References
    ----------
    J. F. Kaiser, "Nonrecursive digital filter design using the I0-sinh window function", Proc. IEEE ISCAS (1974)
    20–23.

    Examples
    --------
    >>> t_s = np.arange(48_000) / 48_000
    >>> y = resample(np.sin(2 * np.pi * 500 * t_s), sampling_rate_hz=48_000.0, target_rate_hz=12_000.0)
    >>> y.samples.shape, y.sampling_rate_hz
    ((12000,), 12000.0)
    >>> float(np.ptp(y.samples[1000:-1000]).round(3))
    2.0
    """
    from scipy.signal import upfirdn

    ratio = rate_ratio(sampling_rate_hz, target_rate_hz, tolerance=tolerance)
    rate_hz = sampling_rate_hz * ratio.up / ratio.down
    if ratio.up == ratio.down:
        return Resampled(x.copy(), rate_hz, ratio)
    taps = _anti_alias(ratio.up, ratio.down)
    # a whole number of output samples that covers half the filter
    margin = ratio.down * ceil(taps.size / 2 / ratio.up / ratio.down)
    needed = max(ceil(taps.size / ratio.up), margin + 1)
    if x.shape[-1] < needed:
        raise ParameterError(
            f"{x.shape[-1]} samples are fewer than the {needed} that the anti-alias filter from {sampling_rate_hz:g} "
            f"to {target_rate_hz:g} Hz spans; give a longer waveform"
        )
    half = taps.size // 2
    lead = -half % ratio.down  # puts the middle of the filter on an output sample
    y = upfirdn(
        np.concatenate([np.zeros(lead), taps * ratio.up]),
        _continued(x.astype(np.float64), margin),
        ratio.up,
        ratio.down,
        axis=-1,
    )
    first = (margin * ratio.up + half + lead) // ratio.down
    n_out = ceil(x.shape[-1] * ratio.up / ratio.down)
    return Resampled(np.asarray(y[..., first : first + n_out], dtype=x.dtype), rate_hz, ratio)


def interpolate_at(x: BatchedWaveform, *, position: Float[np.ndarray, " point"]) -> Float[np.ndarray, "*batch point"]:
    r"""Return band-limited values of waveforms between their samples.

    :math:`y(p) = \sum_n x_n\, w(p-n)\, \mathrm{sinc}(p-n)` over the 64 nearest samples, :math:`w` a Kaiser window:
    exact within 80 dB for everything below 0.86 of the Nyquist frequency. Beyond the ends the waveform is continued by
    its mirror image about the end point.

    It is no anti-alias filter: where positions lie more than a sample apart, what is above the new Nyquist frequency
    folds down.

    Parameters
    ----------
    x : float, shape (..., time)
        Any unit; at least 33 samples.
    position : float, shape (point)
        In samples, 0 to ``time - 1``; any order.

    Returns
    -------
    float, shape (..., point)
        In the dtype of `x`.

    Raises
    ------
    ParameterError
        If `x` is too short or a position lies outside it.

    Examples
    --------
    >>> x = np.cos(2 * np.pi * 0.05 * np.arange(200))
    >>> y = interpolate_at(x, position=np.array([100.0, 100.25]))
    >>> bool(np.allclose(y, np.cos(2 * np.pi * 0.05 * np.array([100, 100.25])), atol=1e-4))
    True
    """
    n = x.shape[-1]
    if n <= _HALF_TAPS:
        raise ParameterError(f"{n} samples are too few to interpolate between; at least {_HALF_TAPS + 1} are needed")
    if position.size and not (position.min() >= 0 and position.max() <= n - 1):
        raise ParameterError(
            f"positions run from {position.min():.6g} to {position.max():.6g}; allowed is 0 to {n - 1} samples"
        )
    table = _sinc_table()
    near = np.lib.stride_tricks.sliding_window_view(_continued(x, _HALF_TAPS), 2 * _HALF_TAPS, axis=-1)
    out = np.empty((*x.shape[:-1], position.size), x.dtype)
    block = 16_384  # bounds the memory for weights
    for start in range(0, position.size, block):
        part = position[start : start + block]
        left = np.minimum(part.astype(np.intp), n - 2)
        place = (part - left) * _PHASES
        row = np.minimum(place.astype(np.intp), _PHASES - 1)
        share = (place - row)[:, None]
        weights = table[row] * (1 - share) + table[row + 1] * share
        out[..., start : start + block] = np.einsum("...pk,pk->...p", near[..., left + 1, :], weights)
    return out


def _continued(x: BatchedWaveform, margin: int) -> Float[np.ndarray, "*batch longer"]:
    """Continue a waveform at both ends by its mirror image about the end point."""
    head = 2 * x[..., :1] - x[..., margin:0:-1]
    tail = 2 * x[..., -1:] - x[..., -2 : -margin - 2 : -1]
    return np.concatenate([head, x, tail], axis=-1)


@cache
def _anti_alias(up: int, down: int) -> Float[np.ndarray, " tap"]:
    """Return the low-pass filter at the common rate, unit gain, symmetric."""
    slowest = max(up, down)
    width = (1 - _PASS) * pi / slowest
    half = ceil((_STOP_DB - 7.95) / (2.285 * width) / 2)
    k = np.arange(-half, half + 1)
    taps = np.sinc(k * (1 + _PASS) / 2 / slowest) * np.kaiser(k.size, 0.1102 * (_STOP_DB - 8.7))
    taps /= taps.sum()
    taps.flags.writeable = False
    return taps


@cache
def _sinc_table() -> Float[np.ndarray, "phase tap"]:
    """Return the weights of the 64 nearest samples for each tabulated position, summing to one."""
    distance = np.arange(_PHASES + 1)[:, None] / _PHASES + np.arange(_HALF_TAPS - 1, -_HALF_TAPS - 1, -1)
    inside = np.sqrt(np.maximum(1 - (distance / _HALF_TAPS) ** 2, 0))
    weights = np.sinc(distance) * np.i0(8.0 * inside)
    weights /= weights.sum(axis=-1, keepdims=True)
    weights.flags.writeable = False
    return weights
