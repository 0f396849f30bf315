"""Time-synchronous averaging: what repeats with the shaft, and what is left."""

from dataclasses import dataclass
from math import ceil

import numpy as np
from jaxtyping import Float

from palier.core.shapes import BatchedWaveform
from palier.dsp.orders import AngleSignal, resample_to_angle
from palier.dsp.phase import ShaftPhase
from palier.dsp.resample import interpolate_at
from palier.errors import ParameterError

__all__ = ["SynchronousAverage", "average_revolutions", "time_synchronous_average"]

_MARGIN = 40  # samples of the next and the last period that interpolation reaches into


@dataclass(frozen=True, slots=True, eq=False)
class SynchronousAverage:
    """The mean of all whole periods of a shaft, and the rest."""

    average: Float[np.ndarray, "*batch angle"]
    """One period; the first sample is at a whole revolution of the phase."""
    residual: BatchedWaveform
    """The waveform less its periodic part: what turns with another shaft, slips like a bearing, or is noise."""
    n_periods: int
    """Periods averaged. Noise in `average` is down by the square root of this."""
    samples_per_revolution: int


def average_revolutions(angle: AngleSignal, *, revolutions: int = 1) -> SynchronousAverage:
    r"""Average an angle-domain signal over its whole periods.

    :math:`\bar x_k = \frac1N \sum_{n=0}^{N-1} x_{k+nP}` with :math:`P` samples to a period. White noise falls by
    :math:`\sqrt N`, whatever turns in step with the shaft stays.

    Parameters
    ----------
    angle : AngleSignal
        From `resample_to_angle`. Samples before the first and after the last whole revolution are not averaged, but
        have a residual.
    revolutions : int
        Revolutions to a period, 1 or more: for gears the least common multiple that brings the same teeth together.

    Returns
    -------
    SynchronousAverage
        The residual is in the angle domain, as long as the input.

    Raises
    ------
    ParameterError
        If there are fewer than two whole periods.

    References
    ----------
    D. Hochmann, M. Sadok, "Theory of synchronous averaging", IEEE Aerospace Conference (2004),
    doi:10.1109/AERO.2004.1368181.

    Examples
    --------
    >>> turn = np.arange(320) / 32
    >>> angle = AngleSignal(np.cos(2 * np.pi * 3 * turn) + np.cos(2 * np.pi * 0.3 * turn), 32, 0.0)
    >>> a = average_revolutions(angle)
    >>> a.n_periods, bool(np.allclose(a.average, np.cos(2 * np.pi * 3 * turn[:32])))
    (10, True)
    >>> bool(np.allclose(a.residual, np.cos(2 * np.pi * 0.3 * turn)))
    True
    """
    if revolutions < 1:
        raise ParameterError(f"revolutions is {revolutions}; allowed is 1 or more")
    period = revolutions * angle.samples_per_revolution
    lead = -round(angle.start_revolution * angle.samples_per_revolution) % angle.samples_per_revolution
    x = angle.samples
    n_periods = max(x.shape[-1] - lead, 0) // period
    if n_periods < 2:
        raise ParameterError(
            f"the signal holds {n_periods} whole periods of {revolutions} revolutions; an average needs at least 2: "
            "record longer"
        )
    whole = x[..., lead : lead + n_periods * period].reshape(*x.shape[:-1], n_periods, period)
    average = whole.mean(axis=-2, dtype=np.float64).astype(x.dtype)
    place = (np.arange(x.shape[-1]) - lead) % period
    return SynchronousAverage(average, x - average[..., place], n_periods, angle.samples_per_revolution)


def time_synchronous_average(
    x: BatchedWaveform,
    phase: ShaftPhase,
    *,
    samples_per_revolution: int | None = None,
    revolutions: int = 1,
) -> SynchronousAverage:
    """Average a recording over the revolutions of a shaft, and take the average out of the recording itself.

    The recording is resampled to shaft angle, averaged with `average_revolutions`, and the average is interpolated
    back to the instants of the samples. The residual is the input for bearing diagnosis when gears are loud.

    It misleads when the phase is wrong: an error of the speed smears the high orders, which then stay in the residual.

    Parameters
    ----------
    x : float, shape (..., time)
        Any unit.
    phase : ShaftPhase
        From `tacho_to_phase` (`phase_from_speed` is seldom exact enough). Its `scaled` gives that of a geared shaft.
    samples_per_revolution : int, optional
        4 or more; when not given, enough to keep everything the recording holds. What lies above half of it, in
        orders, stays in the residual.
    revolutions : int
        Revolutions to a period.

    Returns
    -------
    SynchronousAverage
        The residual is in time: one sample for each sample of `phase`.

    Raises
    ------
    ParameterError
        If there are fewer than two whole periods, or the phase does not belong to the waveform.

    References
    ----------
    D. Hochmann, M. Sadok, "Theory of synchronous averaging", IEEE Aerospace Conference (2004),
    doi:10.1109/AERO.2004.1368181.

    Examples
    --------
    >>> from palier.dsp.phase import phase_from_speed
    >>> phase = phase_from_speed(np.linspace(10, 12, 8000), sampling_rate_hz=2000.0, n_samples=8000)
    >>> gear, slipping = np.cos(2 * np.pi * 17 * phase.revolutions), np.cos(2 * np.pi * 5.4 * phase.revolutions)
    >>> a = time_synchronous_average(gear + 0.1 * slipping, phase)
    >>> a.n_periods, float(a.residual.std().round(3)), float(a.average.std().round(3))
    (43, 0.071, 0.707)
    """
    if samples_per_revolution is None:
        slowest = float(np.diff(phase.revolutions).min())
        samples_per_revolution = max(ceil(1.1 / slowest), 4)
    angle = resample_to_angle(x, phase, samples_per_revolution=samples_per_revolution)
    result = average_revolutions(angle, revolutions=revolutions)
    period = result.average.shape[-1]
    place = ((phase.revolutions - ceil(angle.start_revolution)) * samples_per_revolution) % period
    around = result.average[..., np.arange(-_MARGIN, period + _MARGIN) % period]
    part = x[..., phase.first_sample : phase.first_sample + phase.revolutions.size]
    residual = part - interpolate_at(around, position=place + _MARGIN)
    return SynchronousAverage(result.average, residual, result.n_periods, samples_per_revolution)
