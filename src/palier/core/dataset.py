"""What a dataset is made of: labelled records, and the source that makes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from types import MappingProxyType
from typing import Any, Final, Literal, Protocol, get_args

from palier.core.faults import BearingKind, class_index
from palier.core.recording import Recording
from palier.errors import ParameterError

__all__ = ["SEVERITY_LEVELS", "SEVERITY_RANGES", "LabelledRecord", "RecordSource", "SeverityLevel"]

SeverityLevel = Literal["incipient", "mild", "moderate", "severe"]

#: From the first trace to the worst, in this order.
SEVERITY_LEVELS: Final[tuple[SeverityLevel, ...]] = get_args(SeverityLevel)

#: Factor ``s`` of the signatures that each level stands for: from the first edge to below the second
#: (1.00 belongs to ``severe``). Engineering values of the project's generator, not of a standard.
SEVERITY_RANGES: Final[Mapping[SeverityLevel, tuple[float, float]]] = MappingProxyType(
    {"incipient": (0.20, 0.45), "mild": (0.45, 0.70), "moderate": (0.70, 0.90), "severe": (0.90, 1.00)}
)


@dataclass(frozen=True, slots=True, eq=False)
class LabelledRecord:
    """One record of a dataset: its waveform, its class, and the levels on which it may be split.

    window < record < operating condition < bearing < rig: every name of a level is unique in the dataset, so that
    bearing ``6205-3`` of two rigs is written as two names. ``None`` says that nobody knows.

    Raises
    ------
    ParameterError
        If the label is no class of the bearing kind, or a name or number is outside its range.

    Examples
    --------
    >>> import numpy as np
    >>> from palier.core.recording import Provenance
    >>> r = Recording(np.zeros((1, 8), np.float32), Provenance("a", "0" * 64), sampling_rate_hz=4.0)
    >>> LabelledRecord("r0", r, label="oil_whirl", kind="journal").class_index
    7
    """

    record_id: str
    """Unique in the dataset; letters, digits and ``._-`` only."""
    recording: Recording
    label: str | None = None
    """Key of the taxonomy, or None where the class is unknown."""
    kind: BearingKind = "journal"
    severity: SeverityLevel | None = None
    severity_value: float | None = None
    """Mean factor s of the record, 0 to 1, where a generator knows it; any measured size is not put here."""
    condition: str | None = None
    bearing: str | None = None
    rig: str | None = None
    load: float | None = None
    """In `load_unit`."""
    load_unit: str | None = None
    temperature_c: float | None = None
    source_split: str | None = None
    """Side on which the source placed the record, where it did."""
    truth: Mapping[str, Any] = field(default_factory=dict)
    """Every draw of a generator, or other facts of the source; JSON values."""

    def __post_init__(self) -> None:
        ok = self.record_id and all(c.isalnum() or c in "._-" for c in self.record_id)
        if not ok or not self.record_id.isascii():
            raise ParameterError(
                f"record_id is {self.record_id!r}; allowed are letters, digits and ._- (at least one of them)"
            )
        if self.label is not None:
            class_index(self.label, kind=self.kind)
        if self.severity is not None and self.severity not in SEVERITY_LEVELS:
            raise ParameterError(f"severity is {self.severity!r}; allowed are {', '.join(SEVERITY_LEVELS)}")
        if self.severity_value is not None and not 0 <= self.severity_value <= 1:
            raise ParameterError(f"severity_value is {self.severity_value}; allowed are 0 to 1")
        for name in ("load", "temperature_c"):
            value = getattr(self, name)
            if value is not None and not isfinite(value):
                raise ParameterError(f"{name} is {value}; allowed is a finite number, or None")

    @property
    def class_index(self) -> int | None:
        """Index of the label among the classes of its bearing kind."""
        return None if self.label is None else class_index(self.label, kind=self.kind)


class RecordSource(Protocol):
    """Makes the records of a dataset, each from its index alone, in any order and in any process.

    A source is small and can be pickled: it travels to every worker. Equal sources make equal records.
    """

    @property
    def description(self) -> Mapping[str, Any]:
        """What the card says of the dataset's origin, as JSON values: generator, version, seed, spec, licence."""

    def __len__(self) -> int:
        """Return the number of records."""

    def record(self, index: int) -> LabelledRecord:
        """Make or read one record."""
