"""What people ask for: frozen values, checked where they enter a service."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from palier.core.units import Unit

__all__ = [
    "Declaration",
    "DiagnosisSpec",
    "EvaluationSpec",
    "ExportSpec",
    "ImportSpec",
    "MachineSpec",
    "OpinionSpec",
    "PointSpec",
    "SimulationSpec",
    "TrainingSpec",
]


@dataclass(frozen=True, slots=True)
class MachineSpec:
    """A machine as a person describes it."""

    name: str
    description: str = ""
    location: str = ""
    machine_group: Literal["1", "2"] | None = None
    support: Literal["rigid", "flexible"] | None = None


@dataclass(frozen=True, slots=True)
class PointSpec:
    """A measurement point as a person describes it."""

    name: str
    kind: Literal["rolling", "journal"] = "rolling"
    bearing: str | None = None
    nominal_speed_hz: float | None = None
    unit: Unit | None = None
    sampling_rate_hz: float | None = None
    mounting: str = ""
    direction: str = ""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a person says of a recording; it wins over the file, and a contradiction is reported."""

    sampling_rate_hz: float | None = None
    unit: Unit | None = None
    speed_hz: float | None = None
    channel: str | None = None
    bearing: str | None = None
    taken_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DiagnosisSpec:
    """A diagnosis to make. What is None is taken from the recording, then from its point and machine."""

    channel: str | None = None
    bearing: str | None = None
    sampling_rate_hz: float | None = None
    unit: Unit | None = None
    speed_hz: float | None = None
    speed_range_hz: tuple[float, float] | None = None
    speed_tolerance: float = 0.02
    """A fraction."""
    machine_group: Literal["1", "2"] | None = None
    support: Literal["rigid", "flexible"] | None = None
    false_alarm_rate: float = 0.01
    model_id: str | None = None
    baseline_recording_id: str | None = None


@dataclass(frozen=True, slots=True)
class OpinionSpec:
    """What the analyst says of a diagnosis."""

    opinion: Literal["right", "wrong", "unsure"]
    fault: str | None = None
    """A key of the taxonomy."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class SimulationSpec:
    """A dataset to simulate."""

    name: str
    kind: Literal["journal", "rolling"]
    spec: dict[str, Any]
    """Fields of `palier.simulate.spec.DatasetSpec`."""


@dataclass(frozen=True, slots=True)
class ImportSpec:
    """A dataset to make of uploaded recordings."""

    name: str
    recording_ids: tuple[str, ...]
    labels: dict[str, dict[str, str]]
    """Per recording id: fault, and optionally severity, bearing, rig."""


@dataclass(frozen=True, slots=True)
class TrainingSpec:
    """A model to train on a dataset."""

    name: str
    dataset_id: str
    model: str
    """Row of the model catalogue."""
    by: str = "bearing"
    """Level of the split."""
    seed: int = 0


@dataclass(frozen=True, slots=True)
class EvaluationSpec:
    """A model to judge on a dataset."""

    model_id: str
    dataset_id: str


@dataclass(frozen=True, slots=True)
class ExportSpec:
    """A dataset to write in another form."""

    dataset_id: str
    format: str
