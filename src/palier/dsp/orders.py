"""Computed order tracking: from time to shaft angle, and spectra in orders of shaft speed."""

from dataclasses import dataclass
from math import ceil, floor
from typing import Literal

import numpy as np
from jaxtyping import Float

from palier.core.shapes import BatchedWaveform
from palier.dsp.phase import ShaftPhase
from palier.dsp.resample import interpolate_at, resample
from palier.dsp.spectrum import cosine_window
from palier.errors import ParameterError

__all__ = [
    "AngleSignal",
    "OrderSpectrum",
    "OrderTrack",
    "order_spectrum",
    "resample_to_angle",
    "track_orders",
]

_MAX_OVERSAMPLING = 256


@dataclass(frozen=True, slots=True, eq=False)
class AngleSignal:
    """Waveforms sampled at constant steps of shaft angle."""

    samples: BatchedWaveform
    """Last axis: angle."""
    samples_per_revolution: int
    start_revolution: float
    """Phase of the first sample; a whole multiple of one step, so whole revolutions are samples."""

    @property
    def revolution(self) -> Float[np.ndarray, " angle"]:
        """Phase of each sample, revolutions."""
        return self.start_revolution + np.arange(self.samples.shape[-1]) / self.samples_per_revolution


@dataclass(frozen=True, slots=True, eq=False)
class OrderSpectrum:
    """Amplitude against order of shaft speed."""

    order: Float[np.ndarray, " order"]
    amplitude: Float[np.ndarray, "*batch order"]
    """A sine of amplitude A reads A."""


@dataclass(frozen=True, slots=True, eq=False)
class OrderTrack:
    """Amplitude of chosen orders along the recording."""

    order: Float[np.ndarray, " order"]
    revolution: Float[np.ndarray, " frame"]
    """Phase at the middle of each frame, revolutions."""
    amplitude: Float[np.ndarray, "*batch order frame"]
    """A sine of amplitude A reads A."""


def resample_to_angle(x: BatchedWaveform, phase: ShaftPhase, *, samples_per_revolution: int = 64) -> AngleSignal:
    r"""Resample waveforms to constant steps of shaft angle, with protection against aliasing at every speed.

    The waveform is first interpolated (band-limited) on an angle grid so dense that nothing can fold even at the lowest
    speed, then reduced by a whole factor through a filter that is constant in *orders*: flat up to 0.9 of
    ``samples_per_revolution / 2`` orders, at least 80 dB down above it.

    Where the speed is so high that the sampling rate holds fewer than ``samples_per_revolution / 2`` orders, the upper
    orders are empty, not wrong.

    Parameters
    ----------
    x : float, shape (..., time)
        Any unit; the recording that `phase` belongs to.
    phase : ShaftPhase
        From `tacho_to_phase` or `phase_from_speed`.
    samples_per_revolution : int
        4 or more: twice the highest order wanted, and a tenth more.

    Returns
    -------
    AngleSignal
        In the dtype of `x`.

    Raises
    ------
    ParameterError
        If the phase runs past the waveform, or the speed varies so much, or is so low, that the dense grid would need
        more than 256 times the samples wanted.

    References
    ----------
    K. R. Fyfe, E. D. S. Munck, "Analysis of computed order tracking", MSSP 11 (1997) 187–205,
    doi:10.1006/mssp.1996.0056.

    Examples
    --------
    >>> from palier.dsp.phase import phase_from_speed
    >>> phase = phase_from_speed(np.linspace(10, 20, 8000), sampling_rate_hz=2000.0, n_samples=8000)
    >>> y = resample_to_angle(np.cos(2 * np.pi * 3 * phase.revolutions), phase, samples_per_revolution=12)
    >>> y.samples.shape, float(np.abs(y.samples - np.cos(2 * np.pi * 3 * y.revolution))[60:-60].max().round(3))
    ((720,), 0.0)
    """
    if samples_per_revolution < 4:
        raise ParameterError(f"samples_per_revolution is {samples_per_revolution}; allowed is 4 or more")
    n = phase.revolutions.size
    if phase.first_sample < 0 or phase.first_sample + n > x.shape[-1]:
        raise ParameterError(
            f"the phase is known for samples {phase.first_sample} to {phase.first_sample + n - 1}, the waveform has "
            f"{x.shape[-1]}: they do not belong together"
        )
    part = x[..., phase.first_sample : phase.first_sample + n]
    slowest = float(np.diff(phase.revolutions).min())  # revolutions per sample
    factor = max(ceil(1 / (slowest * samples_per_revolution)), 1)
    if factor > _MAX_OVERSAMPLING:
        raise ParameterError(
            f"at the lowest speed, {slowest * phase.sampling_rate_hz:.4g} Hz, one revolution has {1 / slowest:.6g} "
            f"samples, over {_MAX_OVERSAMPLING} times the {samples_per_revolution} wanted: raise "
            "samples_per_revolution, lower the sampling rate first, or cut the slow part"
        )
    first, last = ceil(phase.revolutions[0] * samples_per_revolution), phase.revolutions[-1] * samples_per_revolution
    grid = np.arange(first * factor, floor(last * factor) + 1) / (factor * samples_per_revolution)
    dense = interpolate_at(part, position=np.interp(grid, phase.revolutions, np.arange(n)))
    if factor > 1:
        dense = resample(dense, sampling_rate_hz=float(factor), target_rate_hz=1.0).samples
    return AngleSignal(dense, samples_per_revolution, first / samples_per_revolution)


def order_spectrum(
    angle: AngleSignal,
    *,
    revolutions: int | None = None,
    window: Literal["flattop", "hann"] = "flattop",
) -> OrderSpectrum:
    r"""Return amplitude against order.

    Frames of whole revolutions, half overlapping, are windowed and transformed; their powers are averaged. The
    amplitude is divided by the mean of the window, so that a sine of amplitude :math:`A` reads :math:`A`: within
    0.01 dB at any order with the flat-top window, down to −1.42 dB between two bins with the Hann window, whose lines
    are narrower (4 bins against 10).

    Parameters
    ----------
    angle : AngleSignal
        From `resample_to_angle`. The mean of each frame is removed.
    revolutions : int, optional
        Length of a frame; all whole revolutions when not given. The resolution is its reciprocal.
    window : {"flattop", "hann"}

    Returns
    -------
    OrderSpectrum
        Orders 0 to ``samples_per_revolution / 2``.

    Raises
    ------
    ParameterError
        If there are fewer whole revolutions than a frame needs.

    Examples
    --------
    >>> from palier.dsp.phase import phase_from_speed
    >>> phase = phase_from_speed(np.linspace(10, 20, 8000), sampling_rate_hz=2000.0, n_samples=8000)
    >>> y = resample_to_angle(3 * np.cos(2 * np.pi * 2.4 * phase.revolutions), phase, samples_per_revolution=16)
    >>> s = order_spectrum(y, revolutions=50)
    >>> round(float(s.order[s.amplitude.argmax()]), 3), round(float(s.amplitude.max()), 2)
    (2.4, 3.0)
    """
    frame = _frame_length(angle, revolutions)
    x = angle.samples
    starts = np.arange(0, x.shape[-1] - frame + 1, max(frame // 2, 1))
    shape = cosine_window(window, frame)
    power = np.zeros((*x.shape[:-1], frame // 2 + 1))
    for start in starts:  # over frames; each a batch of transforms
        part = x[..., start : start + frame].astype(np.float64)
        power += np.abs(np.fft.rfft((part - part.mean(axis=-1, keepdims=True)) * shape)) ** 2
    amplitude = np.sqrt(power / starts.size) * (2 / shape.sum())
    amplitude[..., 0] /= 2
    if frame % 2 == 0:
        amplitude[..., -1] /= 2
    return OrderSpectrum(np.fft.rfftfreq(frame, 1 / angle.samples_per_revolution), amplitude.astype(x.dtype))


def track_orders(
    angle: AngleSignal, *, orders: Float[np.ndarray, " order"], revolutions: int = 10, hop: int | None = None
) -> OrderTrack:
    r"""Follow the amplitude of chosen orders along a run-up, a coast-down or any recording.

    In each frame of :math:`R` revolutions, under a Hann window :math:`w`,

    .. math:: A_o = \Bigl|\frac{2}{\sum w} \sum_n w_n\, x_n\, e^{-2\pi i\, o\,\theta_n}\Bigr|

    Orders nearer to each other than :math:`2/R` are not separated: crossing orders of two shafts beat, where a
    Vold–Kalman filter would decouple them.

    Parameters
    ----------
    angle : AngleSignal
        From `resample_to_angle`.
    orders : float, shape (order)
        Above 0 and below 0.45 `samples_per_revolution` (the flat part of the anti-alias filter).
    revolutions : int
        Length of a frame, 2 or more.
    hop : int, optional
        Revolutions from frame to frame; half a frame when not given.

    Returns
    -------
    OrderTrack
        In the dtype of the samples.

    Raises
    ------
    ParameterError
        If an order is out of range or there are fewer whole revolutions than a frame needs.

    Examples
    --------
    >>> from palier.dsp.phase import phase_from_speed
    >>> phase = phase_from_speed(np.linspace(10, 20, 8000), sampling_rate_hz=2000.0, n_samples=8000)
    >>> x = phase.revolutions / 60 * np.cos(2 * np.pi * phase.revolutions)
    >>> t = track_orders(resample_to_angle(x, phase, samples_per_revolution=16), orders=np.array([1.0]), hop=20)
    >>> t.revolution.tolist(), t.amplitude[0].round(3).tolist()
    ([5.0, 25.0, 45.0], [0.083, 0.417, 0.75])
    """
    if revolutions < 2 or (hop is not None and hop < 1):
        raise ParameterError(f"revolutions is {revolutions} and hop {hop}; allowed is 2 or more, and 1 or more")
    highest = 0.45 * angle.samples_per_revolution
    if not orders.size or orders.min() <= 0 or orders.max() > highest:
        raise ParameterError(
            f"orders are {orders.tolist()}; allowed is above 0 up to {highest:.4g} (0.45 samples_per_revolution)"
        )
    frame = _frame_length(angle, revolutions)
    x = angle.samples
    starts = np.arange(0, x.shape[-1] - frame + 1, (hop or max(revolutions // 2, 1)) * angle.samples_per_revolution)
    shape = cosine_window("hann", frame)
    wave = np.exp(-2j * np.pi * orders[:, None] * np.arange(frame) / angle.samples_per_revolution) * shape
    frames = np.lib.stride_tricks.sliding_window_view(x, frame, axis=-1)[..., starts, :]
    amplitude = np.abs(np.einsum("...fn,on->...of", frames, wave)) * (2 / shape.sum())
    middle = angle.start_revolution + (starts + frame / 2) / angle.samples_per_revolution
    return OrderTrack(orders.astype(np.float64), middle, amplitude.astype(x.dtype))


def _frame_length(angle: AngleSignal, revolutions: int | None) -> int:
    """Return the samples of a frame of whole revolutions."""
    whole = angle.samples.shape[-1] // angle.samples_per_revolution
    wanted = whole if revolutions is None else revolutions
    if not 1 <= wanted <= whole:
        raise ParameterError(
            f"the signal holds {whole} whole revolutions; a frame of {wanted} is not possible: allowed is 1 to "
            f"{whole}, or record longer"
        )
    return wanted * angle.samples_per_revolution
