"""How bad the vibration is: the ISO 20816-3 zone where all it needs is declared, a reasoned refusal otherwise."""

from math import isfinite
from typing import cast, get_args

from palier.core.severity import (
    EDITION,
    ISO_20816_3_LIMITS,
    MACHINE_GROUPS,
    Support,
    ZoneLimits,
)
from palier.core.shapes import Waveform
from palier.core.units import Unit
from palier.diagnosis.result import Severity
from palier.errors import ParameterError

__all__ = ["rate_severity", "rate_velocity", "velocity_band_hz"]

_HIGH_EDGE_HZ = 1000.0
_LOW_EDGE_HZ = 10.0
_SLOW_LOW_EDGE_HZ = 2.0
_SLOW_SPEED_HZ = 600 / 60
_LEAST_SPEED_HZ = 120 / 60
_HIGHEST_SPEED_HZ = 30_000 / 60
#: Vibration analysers keep 1/2.56 of the sampling rate free of aliasing.
_RATE_PER_HIGH_EDGE = 2.56
#: Fewer periods of the low edge than this leave its level to chance.
_LEAST_PERIODS = 10


def velocity_band_hz(speed_hz: float) -> tuple[float, float]:
    """Return the band in which ISO 20816-3 rates velocity: 10–1000 Hz, from 2 Hz below 600 rpm.

    Parameters
    ----------
    speed_hz : float
        Shaft speed, Hz, positive.

    Raises
    ------
    ParameterError
        If the speed is not positive and finite.

    Examples
    --------
    >>> velocity_band_hz(29.9), velocity_band_hz(9.9)
    ((10.0, 1000.0), (2.0, 1000.0))
    """
    if not 0 < speed_hz < float("inf"):
        raise ParameterError(f"shaft speed is {speed_hz} Hz; allowed is a positive, finite number")
    return (_LOW_EDGE_HZ if speed_hz >= _SLOW_SPEED_HZ else _SLOW_LOW_EDGE_HZ, _HIGH_EDGE_HZ)


def rate_severity(
    x: Waveform,
    *,
    sampling_rate_hz: float,
    unit: Unit | None,
    machine_group: str | None,
    support: str | None,
    speed_hz: float | None,
    trend_db: float | None = None,
) -> Severity:
    """Rate a waveform by ISO 20816-3, or say why it cannot be rated.

    The r.m.s. velocity is taken between 10 and 1000 Hz (from 2 Hz below 600 rpm); acceleration is integrated in the
    frequency domain. The zone rates how hard the machine shakes and names no fault: an early bearing defect can sit
    in zone A, and a machine in zone D may have sound bearings.

    Parameters
    ----------
    x : float, shape (time)
        Vibration of a non-rotating part, in `unit`.
    sampling_rate_hz : float
        Hz.
    unit : {"g", "m/s^2", "mm/s"} or None
        None, and "um", are refused.
    machine_group : {"1", "2"} or None
        Never guessed from the power of a class of the older standard.
    support : {"rigid", "flexible"} or None
    speed_hz : float or None
        Shaft speed, 2 to 500 Hz (120 to 30 000 rpm).
    trend_db : float, optional
        Passed on; not part of the standard.

    Returns
    -------
    Severity
        With a zone, or with `refused_because`.

    Raises
    ------
    ParameterError
        If the group or the support is a word the standard does not have.

    References
    ----------
    ISO 20816-3:2022 (limits as widely quoted; the standard's text was not consulted).

    Examples
    --------
    >>> import numpy as np
    >>> t_s = np.arange(20_000) / 10_000
    >>> x = (3.0 * np.sqrt(2) * np.sin(2 * np.pi * 30 * t_s)).astype(np.float32)
    >>> rated = rate_severity(x, sampling_rate_hz=1e4, unit="mm/s", machine_group="2", support="rigid", speed_hz=30.0)
    >>> rated.zone, rated.limits_mm_s
    ('C', (1.4, 2.8, 4.5))
    >>> rate_severity(x, sampling_rate_hz=1e4, unit=None, machine_group="2", support="rigid", speed_hz=30.0).zone
    """
    limits = _limits(machine_group, support)
    reasons = _undeclared(unit=unit, machine_group=machine_group, support=support, speed_hz=speed_hz)
    if not reasons:
        reasons = _unfit(unit, speed_hz, sampling_rate_hz=sampling_rate_hz, n_samples=x.shape[-1])
    if reasons or unit is None or speed_hz is None or limits is None:
        return _severity(None, limits, reasons, machine_group, support, trend_db)
    from palier.dsp.integrate import velocity_rms_mm_s

    velocity = float(
        velocity_rms_mm_s(x, sampling_rate_hz=sampling_rate_hz, unit=unit, band_hz=velocity_band_hz(speed_hz))
    )
    return _severity(velocity, limits, [], machine_group, support, trend_db)


def rate_velocity(
    velocity_rms_mm_s: float,
    *,
    machine_group: str | None,
    support: str | None,
    speed_hz: float | None,
    trend_db: float | None = None,
) -> Severity:
    """Rate an r.m.s. velocity that was measured elsewhere, in the band `velocity_band_hz`.

    Parameters
    ----------
    velocity_rms_mm_s : float
        mm/s, not negative.
    machine_group, support, speed_hz, trend_db
        As for `rate_severity`.

    Raises
    ------
    ParameterError
        If the velocity is negative or not finite, or the group or support is unknown.

    Examples
    --------
    >>> rate_velocity(7.2, machine_group="1", support="rigid", speed_hz=25.0).zone
    'D'
    >>> rate_velocity(7.2, machine_group=None, support="rigid", speed_hz=25.0).refused_because
    'the machine group is not declared (1 or 2)'
    """
    if not 0 <= velocity_rms_mm_s < float("inf"):
        raise ParameterError(f"velocity is {velocity_rms_mm_s} mm/s; allowed is zero or a positive, finite number")
    limits = _limits(machine_group, support)
    reasons = _undeclared(unit="mm/s", machine_group=machine_group, support=support, speed_hz=speed_hz)
    reasons += [] if speed_hz is None else _unfit_speed(speed_hz)
    return _severity(velocity_rms_mm_s, limits, reasons, machine_group, support, trend_db)


def _limits(machine_group: str | None, support: str | None) -> ZoneLimits | None:
    if machine_group is not None and machine_group not in MACHINE_GROUPS:
        raise ParameterError(
            f"machine group {machine_group!r}; allowed are "
            + ", ".join(f"{k} ({v})" for k, v in MACHINE_GROUPS.items())
            + ". Classes I to IV belong to ISO 10816-1 and are not groups"
        )
    if support is not None and support not in get_args(Support):
        raise ParameterError(f"support {support!r}; allowed are {', '.join(get_args(Support))}")
    if machine_group is None or support is None:
        return None
    return ISO_20816_3_LIMITS[machine_group, cast("Support", support)]


def _undeclared(
    *, unit: str | None, machine_group: str | None, support: str | None, speed_hz: float | None
) -> list[str]:
    needed = (
        (unit, "the unit is not declared (g, m/s^2 or mm/s)"),
        (machine_group, "the machine group is not declared (1 or 2)"),
        (support, "the support is not declared (rigid or flexible)"),
        (speed_hz, "the shaft speed is not declared"),
    )
    return [text for value, text in needed if value is None]


def _unfit_speed(speed_hz: float) -> list[str]:
    if not isfinite(speed_hz) or speed_hz <= 0:
        raise ParameterError(f"shaft speed is {speed_hz} Hz; allowed is a positive, finite number")
    if _LEAST_SPEED_HZ <= speed_hz <= _HIGHEST_SPEED_HZ:
        return []
    return [f"the shaft turns at {speed_hz * 60:.4g} rpm, outside the 120 to 30 000 rpm of the standard"]


def _unfit(unit: Unit | None, speed_hz: float | None, *, sampling_rate_hz: float, n_samples: int) -> list[str]:
    if not 0 < sampling_rate_hz < float("inf"):
        raise ParameterError(f"sampling rate is {sampling_rate_hz} Hz; allowed is a positive, finite number")
    if speed_hz is None:
        return []
    reasons = _unfit_speed(speed_hz)
    if unit == "um":
        reasons.append(
            "displacement in um is usually that of the shaft, which other parts of the standard rate; "
            "measure acceleration or velocity on the housing"
        )
    low_hz, high_hz = velocity_band_hz(speed_hz)
    if sampling_rate_hz < _RATE_PER_HIGH_EDGE * high_hz:
        reasons.append(
            f"{sampling_rate_hz:g} Hz cannot carry vibration up to {high_hz:g} Hz free of aliasing; "
            f"sample at {_RATE_PER_HIGH_EDGE * high_hz:g} Hz or more"
        )
    needed_s = _LEAST_PERIODS / low_hz
    if n_samples / sampling_rate_hz < needed_s:
        reasons.append(
            f"{n_samples / sampling_rate_hz:.3g} s are too short for vibration from {low_hz:g} Hz; "
            f"record {needed_s:g} s or more"
        )
    return reasons


def _severity(
    velocity: float | None,
    limits: ZoneLimits | None,
    reasons: list[str],
    machine_group: str | None,
    support: str | None,
    trend_db: float | None,
) -> Severity:
    rated = not reasons and velocity is not None and limits is not None
    return Severity(
        zone=limits.zone(velocity) if rated and limits is not None and velocity is not None else None,
        refused_because=None if rated else "; ".join(reasons),
        velocity_rms_mm_s=velocity,
        limits_mm_s=None if limits is None else limits.as_tuple(),
        machine_group=machine_group,
        support=support,
        edition=EDITION if rated else None,
        trend_db=trend_db,
    )
