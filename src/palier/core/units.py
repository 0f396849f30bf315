"""The units a vibration recording can be declared in, and the conversions between those of one quantity."""

from typing import Literal, get_args

from palier.errors import ParameterError

__all__ = ["STANDARD_GRAVITY_M_S2", "UNITS", "Unit", "parse_unit", "to_si_factor"]

Unit = Literal["g", "m/s^2", "mm/s", "um"]

UNITS: tuple[Unit, ...] = get_args(Unit)

#: Standard acceleration of gravity, m/s² (exact, 3rd CGPM 1901).
STANDARD_GRAVITY_M_S2 = 9.80665

_TO_SI: dict[Unit, float] = {"g": STANDARD_GRAVITY_M_S2, "m/s^2": 1.0, "mm/s": 1e-3, "um": 1e-6}

_SPELLINGS: dict[str, Unit] = {
    "g": "g",
    "gn": "g",
    "g_n": "g",
    "m/s^2": "m/s^2",
    "m/s2": "m/s^2",
    "m/s²": "m/s^2",
    "m/s**2": "m/s^2",
    "ms-2": "m/s^2",
    "mm/s": "mm/s",
    "mms-1": "mm/s",
    "um": "um",
    "µm": "um",
    "μm": "um",
    "micron": "um",
    "microns": "um",
}


def parse_unit(text: str) -> Unit:
    """Return the unit that `text` spells.

    Parameters
    ----------
    text : str
        A spelling of g, m/s^2, mm/s or um, in capitals or not.

    Raises
    ------
    ParameterError
        If `text` spells none of them.

    Examples
    --------
    >>> parse_unit("m/s2")
    'm/s^2'
    """
    unit = _SPELLINGS.get(text.strip().lower().replace(" ", ""))
    if unit is None:
        raise ParameterError(f"unit {text!r} is not known; allowed are {', '.join(UNITS)}")
    return unit


def to_si_factor(unit: Unit) -> float:
    """Return the factor that turns a value in `unit` into m/s², m/s or m.

    Examples
    --------
    >>> to_si_factor("g")
    9.80665
    """
    return _TO_SI[unit]
