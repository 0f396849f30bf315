"""The vibration limits of ISO 20816-3 and of the older ISO 10816-1, as data.

The text of neither standard was at hand: the numbers are those that manufacturers and textbooks quote, every result
carries the edition, and nothing here certifies a machine.
"""

from dataclasses import dataclass
from typing import Final, Literal

from palier.errors import ParameterError

__all__ = [
    "EDITION",
    "ISO_10816_1_CLASSES",
    "ISO_10816_1_EDITION",
    "ISO_20816_3_LIMITS",
    "MACHINE_GROUPS",
    "SUPPORTS",
    "MachineClass",
    "MachineGroup",
    "Support",
    "Zone",
    "ZoneLimits",
]

Zone = Literal["A", "B", "C", "D"]
MachineGroup = Literal["1", "2"]
Support = Literal["rigid", "flexible"]
MachineClass = Literal["I", "II", "III", "IV"]

#: The edition whose limits `ISO_20816_3_LIMITS` holds.
EDITION: Final = "ISO 20816-3:2022"
#: The edition whose limits `ISO_10816_1_CLASSES` holds (withdrawn).
ISO_10816_1_EDITION: Final = "ISO 10816-1:1995 (withdrawn)"

#: What each machine group is.
MACHINE_GROUPS: Final[dict[MachineGroup, str]] = {
    "1": "above 300 kW, or electrical machines with a shaft height of 315 mm or more",
    "2": "15 to 300 kW, or electrical machines with a shaft height of 160 to below 315 mm",
}
#: What each support is.
SUPPORTS: Final[dict[Support, str]] = {
    "rigid": "lowest natural frequency of machine and support, in the direction measured, at least 25 % above the "
    "shaft's frequency",
    "flexible": "any other support",
}


@dataclass(frozen=True, slots=True)
class ZoneLimits:
    """Upper limits of zones A, B and C, mm/s r.m.s. velocity on non-rotating parts.

    Parameters
    ----------
    a_b, b_c, c_d : float
        mm/s; positive and rising.

    Raises
    ------
    ParameterError
        If they do not rise.

    Examples
    --------
    >>> ZoneLimits(2.3, 4.5, 7.1).zone(4.6)
    'C'
    """

    a_b: float
    b_c: float
    c_d: float

    def __post_init__(self) -> None:
        if not 0 < self.a_b < self.b_c < self.c_d:
            raise ParameterError(f"zone limits {self.as_tuple()} mm/s must be positive and rise")

    def as_tuple(self) -> tuple[float, float, float]:
        """Return the three limits, lowest first."""
        return (self.a_b, self.b_c, self.c_d)

    def zone(self, velocity_rms_mm_s: float) -> Zone:
        """Return the zone of a velocity; a value on a limit belongs to the better zone.

        Parameters
        ----------
        velocity_rms_mm_s : float
            mm/s, not negative.

        Raises
        ------
        ParameterError
            If it is negative or not finite.
        """
        if not 0 <= velocity_rms_mm_s < float("inf"):
            raise ParameterError(f"velocity is {velocity_rms_mm_s} mm/s; allowed is zero or a positive, finite number")
        zones: tuple[Zone, ...] = ("A", "B", "C")
        for zone, limit in zip(zones, self.as_tuple(), strict=True):
            if velocity_rms_mm_s <= limit:
                return zone
        return "D"


#: ISO 20816-3 by machine group and support.
ISO_20816_3_LIMITS: Final[dict[tuple[MachineGroup, Support], ZoneLimits]] = {
    ("1", "rigid"): ZoneLimits(2.3, 4.5, 7.1),
    ("1", "flexible"): ZoneLimits(3.5, 7.1, 11.0),
    ("2", "rigid"): ZoneLimits(1.4, 2.8, 4.5),
    ("2", "flexible"): ZoneLimits(2.3, 4.5, 7.1),
}

#: The older ISO 10816-1 by machine class. A class is not a group: class I is a *small* machine, group 1 a large one.
ISO_10816_1_CLASSES: Final[dict[MachineClass, ZoneLimits]] = {
    "I": ZoneLimits(0.71, 1.8, 4.5),
    "II": ZoneLimits(1.12, 2.8, 7.1),
    "III": ZoneLimits(1.8, 4.5, 11.2),
    "IV": ZoneLimits(2.8, 7.1, 18.0),
}
