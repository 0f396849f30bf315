"""The state in which a journal bearing runs."""

from dataclasses import asdict, dataclass

from palier.core.bearing import JournalBearing

__all__ = ["OperatingPoint"]


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """Speed, load and oil of one moment, and the state of the film that follows from them.

    See `palier.simulate.operating_point`, which derives the lower half from the upper one.
    """

    bearing: JournalBearing
    """Geometry; its viscosity is that of the oil at the reference temperature."""
    speed_hz: float
    load_fraction: float
    """Load over the rated load."""
    oil_temperature_c: float
    viscosity_pa_s: float
    """Of the oil at this temperature."""
    load_n: float
    sommerfeld: float
    """S = (μ N L D / W) (R/c)², dimensionless."""
    film_reynolds: float
    """ρ π D N c / μ, dimensionless."""
    eccentricity: float
    """Of the journal over the radial clearance, 0 to 1."""
    minimum_film_m: float

    def as_json(self) -> dict[str, object]:
        """Return the point as JSON values."""
        return asdict(self)
