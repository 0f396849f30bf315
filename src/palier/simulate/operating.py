"""Film physics of a journal bearing: what follows from speed, load and oil."""

from math import pi, sqrt
from typing import Final

import numpy as np
from jaxtyping import Float

from palier.core.bearing import JournalBearing
from palier.core.operating import OperatingPoint
from palier.errors import ParameterError

__all__ = [
    "OIL_DENSITY_KG_M3",
    "REFERENCE_LOAD_FRACTION",
    "REFERENCE_SOMMERFELD",
    "REFERENCE_SPEED_HZ",
    "REFERENCE_TEMPERATURE_C",
    "VISCOSITY_DECAY_PER_K",
    "eccentricity_from_sommerfeld",
    "film_viscosity",
    "operating_point",
    "rated_load",
    "sommerfeld_from_eccentricity",
    "sommerfeld_number",
]

#: Where the rated load is set: at this speed, temperature and share of it the Sommerfeld number is the reference.
REFERENCE_SPEED_HZ: Final = 60.0
REFERENCE_TEMPERATURE_C: Final = 60.0
REFERENCE_LOAD_FRACTION: Final = 0.65
REFERENCE_SOMMERFELD: Final = 0.15

#: Mineral oil, handbook value.
OIL_DENSITY_KG_M3: Final = 870.0

#: Loss of viscosity with temperature around 60 °C, a fit to mineral turbine oils (design document of the project).
VISCOSITY_DECAY_PER_K: Final = 0.03

_BISECTIONS = 60


def film_viscosity(
    temperature_c: float | Float[np.ndarray, "*point"], *, viscosity_at_60_c_pa_s: float
) -> float | Float[np.ndarray, "*point"]:
    r"""Viscosity of the oil.

    .. math:: \mu = \mu_{60} \, e^{-0.03 (T - 60)}

    Parameters
    ----------
    temperature_c : float, shape (...)
        Good between about 40 and 80 °C.
    viscosity_at_60_c_pa_s : float
        Pa·s.

    Examples
    --------
    >>> round(float(film_viscosity(80.0, viscosity_at_60_c_pa_s=0.02)), 5)
    0.01098
    """
    return viscosity_at_60_c_pa_s * np.exp(-VISCOSITY_DECAY_PER_K * (temperature_c - REFERENCE_TEMPERATURE_C))


def sommerfeld_number(
    *,
    bearing: JournalBearing,
    viscosity_pa_s: float | Float[np.ndarray, "*point"],
    speed_hz: float | Float[np.ndarray, "*point"],
    load_n: float | Float[np.ndarray, "*point"],
) -> float | Float[np.ndarray, "*point"]:
    r"""Sommerfeld number of a bearing.

    .. math:: S = \frac{\mu N L D}{W} \left(\frac{R}{c}\right)^2

    Parameters
    ----------
    bearing : JournalBearing
    viscosity_pa_s, speed_hz, load_n : float
        At the operating point; N in revolutions per second.

    References
    ----------
    Hamrock, Schmid, Jacobson: Fundamentals of Fluid Film Lubrication, 2nd ed., chapter 10.

    Examples
    --------
    >>> b = JournalBearing(0.1, 0.05, 1e-4, 0.02)
    >>> round(float(sommerfeld_number(bearing=b, viscosity_pa_s=0.02, speed_hz=60.0, load_n=5000.0)), 3)
    0.3
    """
    area = bearing.length_m * bearing.diameter_m
    ratio = bearing.diameter_m / 2 / bearing.radial_clearance_m
    return viscosity_pa_s * speed_hz * area / load_n * ratio**2


def sommerfeld_from_eccentricity(
    eccentricity: float | Float[np.ndarray, "*point"], *, length_ratio: float
) -> float | Float[np.ndarray, "*point"]:
    r"""Sommerfeld number of a short bearing at an eccentricity (Ocvirk).

    .. math:: S \left(\frac LD\right)^2 =
        \frac{(1-\varepsilon^2)^2}{\pi \varepsilon \sqrt{\pi^2 (1-\varepsilon^2) + 16 \varepsilon^2}}

    Misleads for L/D well above 1, where the side flow no longer rules the pressure.

    Parameters
    ----------
    eccentricity : float, shape (...)
        Between 0 and 1, neither included.
    length_ratio : float
        L/D.

    References
    ----------
    Ocvirk, NACA TN 2808 (1952).

    Examples
    --------
    >>> round(float(sommerfeld_from_eccentricity(0.5, length_ratio=0.5)), 4)
    0.4242
    """
    e2 = eccentricity**2
    return (1 - e2) ** 2 / (pi * eccentricity * np.sqrt(pi**2 * (1 - e2) + 16 * e2)) / length_ratio**2


def eccentricity_from_sommerfeld(
    sommerfeld: float | Float[np.ndarray, "*point"], *, length_ratio: float
) -> float | Float[np.ndarray, "*point"]:
    """Eccentricity of a short bearing at a Sommerfeld number: the inverse of `sommerfeld_from_eccentricity`.

    Found by bisection, for S falls steadily from infinity to zero as the eccentricity rises from 0 to 1.

    Parameters
    ----------
    sommerfeld : float, shape (...)
        Positive.
    length_ratio : float
        L/D.

    Raises
    ------
    ParameterError
        If a Sommerfeld number is not positive.

    Examples
    --------
    >>> round(float(eccentricity_from_sommerfeld(0.4242, length_ratio=0.5)), 3)
    0.5
    """
    if isinstance(sommerfeld, float) and sommerfeld > 0:
        return _one_eccentricity(sommerfeld, length_ratio)
    s = np.asarray(sommerfeld, np.float64)
    if not np.all(s > 0):
        raise ParameterError(f"Sommerfeld number {s.min()}; allowed are positive numbers")
    low, high = np.full(s.shape, 1e-12), np.full(s.shape, 1 - 1e-12)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        above = sommerfeld_from_eccentricity(middle, length_ratio=length_ratio) > s
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.asarray((low + high) / 2)


def _one_eccentricity(sommerfeld: float, length_ratio: float) -> float:
    """Do the same for one number, without arrays: a generator asks for one with each record."""
    target, low, high = sommerfeld * length_ratio**2, 1e-12, 1 - 1e-12
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        e2 = middle * middle
        if (1 - e2) ** 2 > target * pi * middle * sqrt(pi**2 * (1 - e2) + 16 * e2):
            low = middle
        else:
            high = middle
    return (low + high) / 2


def rated_load(bearing: JournalBearing) -> float:
    """Load in N at which S is 0.15 at 60 Hz, 60 °C and 65 % of it.

    Examples
    --------
    >>> round(rated_load(JournalBearing(0.1, 0.05, 1e-4, 0.02)))
    15385
    """
    at_one_newton = sommerfeld_number(
        bearing=bearing, viscosity_pa_s=bearing.viscosity_pa_s, speed_hz=REFERENCE_SPEED_HZ, load_n=1.0
    )
    return float(at_one_newton / REFERENCE_SOMMERFELD / REFERENCE_LOAD_FRACTION)


def operating_point(
    bearing: JournalBearing, *, speed_hz: float, load_fraction: float, oil_temperature_c: float
) -> OperatingPoint:
    """Derive the state of the film from what is set.

    Parameters
    ----------
    bearing : JournalBearing
        With the viscosity at 60 °C.
    speed_hz : float
        Revolutions per second.
    load_fraction : float
        Of the rated load.
    oil_temperature_c : float

    Raises
    ------
    ParameterError
        If the speed or the load is not positive.

    Examples
    --------
    >>> b = JournalBearing(0.1, 0.05, 1e-4, 0.02)
    >>> p = operating_point(b, speed_hz=60.0, load_fraction=0.65, oil_temperature_c=60.0)
    >>> round(p.sommerfeld, 6), round(p.eccentricity, 3)
    (0.15, 0.682)
    """
    if not (speed_hz > 0 and load_fraction > 0):
        raise ParameterError(f"speed {speed_hz} Hz and load {load_fraction} of rated; allowed are positive numbers")
    viscosity = float(film_viscosity(oil_temperature_c, viscosity_at_60_c_pa_s=bearing.viscosity_pa_s))
    load_n = load_fraction * rated_load(bearing)
    s = float(sommerfeld_number(bearing=bearing, viscosity_pa_s=viscosity, speed_hz=speed_hz, load_n=load_n))
    e = float(eccentricity_from_sommerfeld(s, length_ratio=bearing.length_ratio))
    c = bearing.radial_clearance_m
    return OperatingPoint(
        bearing=bearing,
        speed_hz=speed_hz,
        load_fraction=load_fraction,
        oil_temperature_c=oil_temperature_c,
        viscosity_pa_s=viscosity,
        load_n=load_n,
        sommerfeld=s,
        film_reynolds=OIL_DENSITY_KG_M3 * pi * bearing.diameter_m * speed_hz * c / viscosity,
        eccentricity=e,
        minimum_film_m=c * (1 - e),
    )
