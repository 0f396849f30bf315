"""What services give to pages, API and commands where an entity alone is not enough. Frozen; arrays are read-only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import numpy as np

from palier.app import entities as e
from palier.app.roles import Role

__all__ = [
    "CurveView",
    "DiagnosisView",
    "HistoryEntry",
    "JobView",
    "KeyView",
    "MachineView",
    "MatrixView",
    "NewKey",
    "PersonView",
    "QueueView",
    "SessionView",
    "SystemView",
    "WaveformView",
    "WorkspaceView",
]


@dataclass(frozen=True, slots=True)
class WorkspaceView:
    """A workspace that a person belongs to, and as what."""

    id: str
    name: str
    simulated: bool
    role: Role


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A recording and its latest finished diagnosis."""

    recording: e.Recording
    diagnosis: e.Diagnosis | None


@dataclass(frozen=True, slots=True)
class MachineView:
    """A machine, its points, and its latest state."""

    machine: e.Machine
    points: tuple[e.Point, ...]
    recordings: int
    latest: e.Diagnosis | None
    """The latest finished diagnosis of any of its points."""
    latest_at: datetime | None
    """When that recording was taken, or uploaded where nobody said when it was taken."""
    worst_zone: Literal["A", "B", "C", "D"] | None
    """Worst ISO zone among the latest diagnoses of the points."""
    trend: tuple[tuple[datetime, float], ...]
    """RMS of the latest recordings of the point that was measured last: when, and how much; for a sparkline."""
    open_jobs: int


@dataclass(frozen=True, slots=True)
class DiagnosisView:
    """A diagnosis with what it is about."""

    diagnosis: e.Diagnosis
    recording: e.Recording
    job: e.Job | None
    point: e.Point | None
    machine: e.Machine | None


@dataclass(frozen=True, slots=True, eq=False)
class WaveformView:
    """A part of a waveform, fit to draw: minima and maxima per step, or the samples themselves."""

    time_s: np.ndarray
    low: np.ndarray
    high: np.ndarray
    exact: bool
    """True where every sample is there: `low` equals `high`."""
    sampling_rate_hz: float | None
    """None where it is not known; `time_s` then counts samples."""
    unit: str | None
    duration_s: float | None
    n_samples: int
    channel: str


@dataclass(frozen=True, slots=True, eq=False)
class CurveView:
    """A curve of a diagnosis (``spectrum``, ``envelope_spectrum``, ``envelope_background``), fit to draw."""

    name: str
    x: np.ndarray
    low: np.ndarray
    high: np.ndarray
    exact: bool
    x_unit: str
    y_unit: str | None


@dataclass(frozen=True, slots=True, eq=False)
class MatrixView:
    """A picture of a diagnosis (``spectrogram``): rows are frequencies, columns times, values dB."""

    name: str
    time_s: np.ndarray
    frequency_hz: np.ndarray
    level_db: np.ndarray


@dataclass(frozen=True, slots=True)
class JobView:
    """A job with what people ask of it."""

    job: e.Job
    kind_words: str
    created_by_name: str
    queue_position: int | None
    """1 for the next; None where it does not wait."""
    can_cancel: bool
    can_retry: bool
    result_link: str | None
    """Path of the page that shows what it made."""


@dataclass(frozen=True, slots=True)
class QueueView:
    """What waits in one queue."""

    name: str
    waiting: int
    oldest_s: float
    running: int


@dataclass(frozen=True, slots=True)
class SessionView:
    """One of a person's sign-ins."""

    id: str
    """Digest; it opens nothing."""
    address: str
    user_agent: str
    created_at: datetime
    last_seen_at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class KeyView:
    """An API key without its secret."""

    id: str
    name: str
    prefix: str
    scopes: tuple[str, ...]
    owner_name: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made: the only time its secret is seen."""

    key: KeyView
    secret: str


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person as admins and the person see them."""

    id: str
    name: str
    email: str
    role: Role
    language: str
    colour_scheme: str
    has_password: bool
    has_totp: bool
    passkeys: int
    recovery_codes_left: int
    second_factor_required: bool
    created_at: datetime
    last_seen_at: datetime | None
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class SystemView:
    """The state of the installation."""

    ready: bool
    checks: dict[str, str]
    """Name to ``ok`` or what is wrong."""
    queues: tuple[QueueView, ...]
    workers: tuple[e.WorkerBeat, ...]
    disk_free_bytes: int
    version: str
    settings: dict[str, Any]
    """Masked."""
