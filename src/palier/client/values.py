"""What the server answers, as frozen values; what a newer server adds is left out."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeVar, get_args, get_type_hints

__all__ = ["Diagnosis", "Job", "Machine", "Point", "Recording", "Waveform", "value_of"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Job:
    """A job, as far as it has come."""

    id: str
    kind: str
    title: str
    status: str
    """queued, running, done, failed or cancelled."""
    progress: float | None
    """0 to 1."""
    error: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    progress_note: str = ""
    result: dict[str, Any] | None = None
    link: str | None = None
    """Where in the API that is which it made."""

    @property
    def over(self) -> bool:
        """Return whether nothing more happens to it."""
        return self.status in {"done", "failed", "cancelled"}


@dataclass(frozen=True, slots=True)
class Recording:
    """An uploaded recording."""

    id: str
    file_name: str
    size_bytes: int
    sha256: str
    uploaded_at: datetime
    version: int
    state: str
    """waiting, ready or unreadable."""
    problem: str | None
    point_id: str | None
    taken_at: datetime | None
    channels: tuple[str, ...]
    n_samples: int | None
    sampling_rate_hz: float | None
    unit: str | None
    speed_hz: float | None
    bearing: str | None
    levels: dict[str, float] | None
    declared: dict[str, Any] | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waveform:
    """A part of a waveform: the least and the greatest sample of each step."""

    channel: str
    time_s: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    exact: bool
    sampling_rate_hz: float | None
    unit: str | None
    n_samples: int


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A diagnosis, finished or not."""

    id: str
    recording_id: str
    file_name: str
    created_at: datetime
    finished_at: datetime | None
    verdict: str | None
    sentence: str | None
    top_fault: str | None
    zone: str | None
    job: Job | None
    settings: dict[str, Any] | None = None
    result: dict[str, Any] | None = None
    """The whole answer, once it is there."""


@dataclass(frozen=True, slots=True)
class Point:
    """A measurement point."""

    id: str
    machine_id: str
    name: str
    kind: str
    bearing: str | None
    nominal_speed_hz: float | None
    unit: str | None
    sampling_rate_hz: float | None
    version: int


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine and its points."""

    id: str
    name: str
    description: str
    location: str
    version: int
    worst_zone: str | None
    recordings: int
    points: tuple[Point, ...] = ()


def value_of(kind: type[T], answer: Mapping[str, Any]) -> T:
    """Return an answer as a value of a kind.

    Examples
    --------
    >>> value_of(Point, {"id": "1", "machine_id": "2", "name": "DE", "kind": "rolling", "bearing": None,
    ...     "nominal_speed_hz": None, "unit": "g", "sampling_rate_hz": None, "version": 1, "new": 0}).unit
    'g'
    """
    hints = get_type_hints(kind)
    names = [f.name for f in fields(kind) if f.name in answer]  # type: ignore[arg-type]  # dataclasses, all of them
    return kind(**{name: _read(hints[name], answer[name]) for name in names})


def _read(hint: Any, value: Any) -> Any:
    kinds = (hint, *get_args(hint))
    if isinstance(value, str) and datetime in kinds:
        return datetime.fromisoformat(value)
    if isinstance(value, list):
        inner = get_args(hint)[0]
        return tuple(_read(inner, v) for v in value)
    if isinstance(value, dict) and Job in kinds:
        return value_of(Job, value)
    return value_of(Point, value) if isinstance(value, dict) and hint is Point else value
