"""What the words mean: recordings, bearings, faults, units."""

from palier.core.bearing import JournalBearing, RollingBearing
from palier.core.faults import JOURNAL_CLASSES, ROLLING_FAULTS, Fault, fault
from palier.core.recording import Declared, Provenance, Recording
from palier.core.units import UNITS, Unit, parse_unit

__all__ = [
    "JOURNAL_CLASSES",
    "ROLLING_FAULTS",
    "UNITS",
    "Declared",
    "Fault",
    "JournalBearing",
    "Provenance",
    "Recording",
    "RollingBearing",
    "Unit",
    "fault",
    "parse_unit",
]
