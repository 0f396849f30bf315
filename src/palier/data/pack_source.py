"""Packs as the source of a dataset."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from palier.core.dataset import LabelledRecord, SeverityLevel
from palier.core.faults import BearingKind, classes_of
from palier.data.pack import open_pack
from palier.errors import ParameterError

__all__ = ["PackEntry", "PackSource", "kind_of"]


@dataclass(frozen=True, slots=True)
class PackEntry:
    """A pack, and what is stated about its recording."""

    folder: Path
    record_id: str
    label: str | None = None
    severity: SeverityLevel | None = None
    bearing: str | None = None
    """Name of the individual bearing, unique in the dataset."""
    rig: str | None = None


@dataclass(frozen=True, slots=True)
class PackSource:
    """Packs as records, each read when it is asked for; see `palier.core.dataset.RecordSource`.

    Of each recording the channel that is judged, its first, becomes the record.
    """

    entries: tuple[PackEntry, ...]
    kind: BearingKind
    about: Mapping[str, Any] = field(default_factory=dict)
    """What the card says of the origin beside this."""

    @property
    def description(self) -> Mapping[str, Any]:
        """Origin of the dataset."""
        return {"origin": "uploaded recordings", "kind": self.kind, "files": len(self.entries), **self.about}

    def __len__(self) -> int:
        return len(self.entries)

    def record(self, index: int) -> LabelledRecord:
        """Read one record.

        Raises
        ------
        ReadError
            If its pack is not there or damaged.
        """
        entry = self.entries[index]
        recording = open_pack(entry.folder).recording()
        first = replace(recording, samples=recording.samples[:1], channel_names=recording.channel_names[:1])
        return LabelledRecord(
            entry.record_id, first, label=entry.label, kind=self.kind, severity=entry.severity, bearing=entry.bearing,
            rig=entry.rig,
        )  # fmt: skip


def kind_of(labels: Sequence[str]) -> BearingKind | None:
    """Return the kind of bearing that has all these classes; None where both have.

    Raises
    ------
    ParameterError
        If neither has.

    Examples
    --------
    >>> kind_of(["healthy", "outer_race"]), kind_of(["oil_whirl"]), kind_of(["healthy"])
    ('rolling', 'journal', None)
    """
    kinds: tuple[BearingKind, ...] = ("rolling", "journal")
    classes = {kind: {f.key for f in classes_of(kind)} for kind in kinds}
    fitting = [kind for kind in kinds if set(labels) <= classes[kind]]
    if not fitting:
        rows = "; ".join(f"{kind}: {', '.join(sorted(classes[kind]))}" for kind in kinds)
        raise ParameterError(
            f"the labels {', '.join(sorted(set(labels)))} are not all of one kind of bearing; allowed are {rows}"
        )
    return fitting[0] if len(fitting) == 1 else None
