"""Bearing geometry, and the frequencies that follow from it."""

from dataclasses import dataclass
from math import cos, pi
from typing import Literal

from palier.errors import BearingError

__all__ = ["JournalBearing", "RollingBearing"]


@dataclass(frozen=True, slots=True)
class RollingBearing:
    r"""Geometry of a rolling-element bearing.

    With :math:`r = (d/D)\cos\varphi` and the inner ring turning at :math:`f_r`:
    BPFO :math:`= \tfrac n2 f_r (1-r)`, BPFI :math:`= \tfrac n2 f_r (1+r)`, FTF :math:`= \tfrac12 f_r (1-r)`,
    BSF :math:`= \tfrac{D}{2d} f_r (1-r^2)`. A damaged rolling element strikes both rings, at 2×BSF; printed tables
    often call *that* BSF. With the outer ring turning, only FTF changes: :math:`\tfrac12 f_r (1+r)`.

    Parameters
    ----------
    n_elements : int
        Rolling elements in one row, 3 to 200.
    element_diameter_m, pitch_diameter_m : float
        m; the element must be smaller than the pitch circle.
    contact_angle_rad : float
        0 to below π/2.
    provenance : str
        Where the numbers come from.
    name : str
        Designation, such as ``6205-2RS``.
    rotating_ring : {"inner", "outer"}

    Raises
    ------
    BearingError
        If no bearing can have this geometry.

    References
    ----------
    Randall and Antoni, "Rolling element bearing diagnostics—A tutorial", MSSP 25 (2011) 485–520,
    doi:10.1016/j.ymssp.2010.07.017.

    Examples
    --------
    >>> b = RollingBearing(9, 7.94e-3, 39.04e-3, 0.0, provenance="CWRU drive end")
    >>> round(b.bpfo_order, 3), round(b.bpfi_order, 3), round(b.bsf2_order, 3), round(b.ftf_order, 4)
    (3.585, 5.415, 4.713, 0.3983)
    """

    n_elements: int
    element_diameter_m: float
    pitch_diameter_m: float
    contact_angle_rad: float
    provenance: str
    name: str = "custom"
    rotating_ring: Literal["inner", "outer"] = "inner"

    def __post_init__(self) -> None:
        if self.rotating_ring not in {"inner", "outer"}:
            raise BearingError(f"rotating ring {self.rotating_ring!r}; allowed are inner and outer")
        if self.n_elements != int(self.n_elements):
            raise BearingError(f"{self.n_elements} rolling elements; allowed is a whole number")
        if not 3 <= self.n_elements <= 200:
            raise BearingError(f"{self.n_elements} rolling elements; allowed are 3 to 200")
        if not 0 < self.element_diameter_m < self.pitch_diameter_m < 100:
            raise BearingError(
                f"element diameter {self.element_diameter_m} m on pitch diameter {self.pitch_diameter_m} m: "
                "both must be positive and the element smaller than the pitch circle; are the two exchanged?"
            )
        if not 0 <= self.contact_angle_rad < pi / 2:
            raise BearingError(f"contact angle {self.contact_angle_rad} rad; allowed is 0 to below pi/2")
        if self.n_elements * self.element_diameter_m > pi * self.pitch_diameter_m:
            raise BearingError(
                f"{self.n_elements} elements of {self.element_diameter_m} m do not fit on a pitch circle of "
                f"{self.pitch_diameter_m} m"
            )

    @property
    def diameter_ratio(self) -> float:
        """``(d/D)·cos φ``."""
        return self.element_diameter_m / self.pitch_diameter_m * cos(self.contact_angle_rad)

    @property
    def bpfo_order(self) -> float:
        """Outer-race pass frequency per shaft revolution."""
        return self.n_elements / 2 * (1 - self.diameter_ratio)

    @property
    def bpfi_order(self) -> float:
        """Inner-race pass frequency per shaft revolution."""
        return self.n_elements / 2 * (1 + self.diameter_ratio)

    @property
    def ftf_order(self) -> float:
        """Cage frequency per shaft revolution."""
        sign = -1 if self.rotating_ring == "inner" else 1
        return (1 + sign * self.diameter_ratio) / 2

    @property
    def bsf2_order(self) -> float:
        """Strikes of one damaged rolling element per shaft revolution: twice its spin frequency."""
        return self.pitch_diameter_m / self.element_diameter_m * (1 - self.diameter_ratio**2)


@dataclass(frozen=True, slots=True)
class JournalBearing:
    """Geometry and lubricant of a fluid-film bearing (SI units).

    Examples
    --------
    >>> round(JournalBearing(0.1, 0.08, 1e-4, 0.02).length_ratio, 3)
    0.8
    """

    diameter_m: float
    length_m: float
    radial_clearance_m: float
    viscosity_pa_s: float

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if not 0 < getattr(self, name) < float("inf"):
                raise BearingError(f"{name} is {getattr(self, name)}; allowed is a positive, finite number")
        if self.radial_clearance_m >= self.diameter_m / 2:
            raise BearingError(f"radial clearance {self.radial_clearance_m} m is not below the radius")

    @property
    def length_ratio(self) -> float:
        """L/D."""
        return self.length_m / self.diameter_m
