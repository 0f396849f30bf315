"""Every error palier raises on purpose.

A message says what came, what is allowed and what to do. Leaves also inherit the fitting builtin, so that
``except ValueError`` keeps working for callers who do not know palier.
"""

__all__ = [
    "AuditRefusedError",
    "BearingError",
    "BundleError",
    "DatasetError",
    "DeclarationError",
    "LeakError",
    "MissingToolError",
    "OutputError",
    "PalierError",
    "ParameterError",
    "ReadError",
    "UndeclaredError",
]


class PalierError(Exception):
    """The root of all errors that palier raises on purpose."""


class ParameterError(PalierError, ValueError):
    """An argument outside its documented range or shape."""


class UndeclaredError(PalierError, ValueError):
    """A step needs a unit, speed, rate or geometry that nobody declared; palier never guesses it."""


class DeclarationError(PalierError, ValueError):
    """A declared value contradicts what the file itself proves."""


class AuditRefusedError(PalierError, RuntimeError):
    """The audit found something on which nothing should be learnt, and nobody accepted it by name."""


class BearingError(PalierError, ValueError):
    """A bearing name that is not in the catalogue, or geometry that no bearing can have."""


class BundleError(PalierError, ValueError):
    """A model bundle that is damaged or of another version, or input it was not made for."""


class DatasetError(PalierError, ValueError):
    """A dataset that is damaged or of another version, or records that cannot be in one dataset."""


class LeakError(PalierError, ValueError):
    """A split that would put what belongs together on both sides."""


class ReadError(PalierError, OSError):
    """A file that cannot be read as a recording: missing, truncated, of a wrong kind, or with unusable content."""


class MissingToolError(PalierError, RuntimeError):
    """An optional program or package that this step needs is not installed."""


class OutputError(PalierError, OSError):
    """A result that cannot be written: no such folder, no permission, no space."""
