"""Every error palier raises on purpose.

A message says what came, what is allowed and what to do. Leaves also inherit the fitting builtin, so that
``except ValueError`` keeps working for callers who do not know palier.
"""

__all__ = [
    "AuditRefusedError",
    "BearingError",
    "BundleError",
    "CancelledError",
    "ConfigurationError",
    "ConflictError",
    "DatasetError",
    "DeclarationError",
    "LeakError",
    "MissingToolError",
    "NotFoundError",
    "OutputError",
    "PalierError",
    "ParameterError",
    "PermissionDeniedError",
    "ProofNeededError",
    "ReadError",
    "SignInError",
    "TimeLimitError",
    "TooLargeError",
    "TooManyAttemptsError",
    "UnavailableError",
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


class NotFoundError(PalierError, LookupError):
    """No such thing in this workspace; whether it exists in another one is not said."""


class ConflictError(PalierError, RuntimeError):
    """A change that contradicts what is stored: a name that is taken, an old version, a state that forbids it."""


class PermissionDeniedError(PalierError, PermissionError):
    """Whoever asks may not do this: the role, the scope of the key, or a sign-in that is too old."""


class ProofNeededError(PermissionDeniedError):
    """The last proof of identity is too old for this change; confirm the password and try again."""


class SignInError(PalierError, PermissionError):
    """Nobody is signed in, or what was given to sign in is not right; what exactly is not said."""


class TooManyAttemptsError(PalierError, RuntimeError):
    """Too many requests or failed attempts; `retry_after_s` says how long to wait."""

    def __init__(self, message: str, *, retry_after_s: float) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class TooLargeError(PalierError, ValueError):
    """A file or request beyond the limit that the operator set."""


class ConfigurationError(PalierError, ValueError):
    """A setting that is missing, contradicts another, or is not safe to serve with."""


class UnavailableError(PalierError, ConnectionError):
    """The database does not answer for now; nothing was changed, and trying again may help."""


class CancelledError(PalierError, RuntimeError):
    """Somebody cancelled the job."""


class TimeLimitError(PalierError, RuntimeError):
    """A job ran into its time limit."""


class OutputError(PalierError, OSError):
    """A result that cannot be written: no such folder, no permission, no space."""
