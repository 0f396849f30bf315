"""Machines, where they are measured, what was recorded there and what it means."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from palier.core.units import Unit

__all__ = ["Blob", "Diagnosis", "Machine", "Point", "Recording"]


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine; its name is unique among those of the workspace that are not removed."""

    id: str
    workspace_id: str
    name: str
    created_at: datetime
    version: int = 1
    """Counts the changes; what was read before a change cannot overwrite it."""
    description: str = ""
    location: str = ""
    machine_group: Literal["1", "2"] | None = None
    """ISO 20816-3."""
    support: Literal["rigid", "flexible"] | None = None
    simulated: bool = False
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """Where and how a machine is measured; the name is unique on the machine."""

    id: str
    workspace_id: str
    machine_id: str
    name: str
    created_at: datetime
    version: int = 1
    kind: Literal["rolling", "journal"] = "rolling"
    bearing: str | None = None
    """Name from the catalogue, or geometry ``n=9,d=7.94mm,D=39.04mm,phi=0``."""
    nominal_speed_hz: float | None = None
    unit: Unit | None = None
    sampling_rate_hz: float | None = None
    mounting: str = ""
    direction: str = ""
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Blob:
    """A file, kept once under the digest of its bytes."""

    sha256: str
    size_bytes: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Recording:
    """An uploaded recording. Of one file a workspace keeps one that is not removed."""

    id: str
    workspace_id: str
    sha256: str
    file_name: str
    """As it was uploaded, for display only."""
    size_bytes: int
    uploaded_by: str
    uploaded_at: datetime
    version: int = 1
    point_id: str | None = None
    taken_at: datetime | None = None
    """Start of the recording: from the file, or as declared."""
    state: Literal["waiting", "ready", "unreadable"] = "waiting"
    """Until the job `import_recordings` has read the file."""
    problem: str | None = None
    """Why it is unreadable."""
    reader: str | None = None
    channels_json: tuple[str, ...] = ()
    n_samples: int | None = None
    sampling_rate_hz: float | None = None
    unit: Unit | None = None
    speed_hz: float | None = None
    bearing: str | None = None
    """What the file or its known data set says."""
    notes_json: tuple[str, ...] = ()
    audit_json: tuple[dict[str, Any], ...] = ()
    """Findings of the acquisition audit: key, severity, text, remedy."""
    declared_json: dict[str, Any] | None = None
    """What a person declared beside the file (sampling_rate_hz, unit, speed_hz, channel, bearing); it wins."""
    levels_json: dict[str, float] | None = None
    """RMS, peak, crest factor and kurtosis of the channel taken."""
    pack: str | None = None
    """Where the samples and their min/max pyramid lie: a path below the data directory."""
    simulated: bool = False
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A diagnosis asked for, and once its job has run, its answer."""

    id: str
    workspace_id: str
    recording_id: str
    created_by: str
    created_at: datetime
    settings_json: dict[str, Any]
    """What was asked: channel, bearing, speed, tolerances, group, support, false-alarm rate, model."""
    job_id: str | None = None
    model_id: str | None = None
    finished_at: datetime | None = None
    verdict: Literal["no_damage_found", "damage", "damage_type_unclear", "not_enough_data"] | None = None
    sentence: str | None = None
    top_fault: str | None = None
    zone: Literal["A", "B", "C", "D"] | None = None
    trend_db: float | None = None
    rms: float | None = None
    result_json: dict[str, Any] | None = None
    """The whole answer, in the published schema."""
    artefacts: str | None = None
    """Folder below the data directory: ``report.html``, ``curves.npz``."""
    opinion: Literal["right", "wrong", "unsure"] | None = None
    """What the analyst says of it."""
    opinion_fault: str | None = None
    """What it is in the analyst's eyes: a key of the taxonomy."""
    opinion_note: str = ""
    opinion_by: str | None = None
    opinion_at: datetime | None = None
    deleted_at: datetime | None = None
