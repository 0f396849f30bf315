"""Datasets."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from palier.api.fields import Given, IdField, Line, Name, Number, Shown, Whole
from palier.api.schemas.diagnoses import FaultKey
from palier.api.schemas.recordings import WaveformOut
from palier.app.entities import Dataset
from palier.app.specs import ImportSpec, SimulationSpec
from palier.app.views import WaveformView
from palier.core.dataset import SeverityLevel

__all__ = [
    "DatasetOut",
    "DatasetsOut",
    "EstimateOut",
    "ExportIn",
    "ImportIn",
    "RecordOut",
    "SimulationFields",
    "SimulationIn",
]

Share = Annotated[Number, Field(ge=0, le=1)]
Weight = Annotated[Number, Field(ge=0, le=1e6)]
ShortName = Annotated[Name, Field(max_length=100)]


class SimulationFields(Given):
    """What is simulated; what is left away has the default of the generator."""

    seed: Annotated[Whole, Field(ge=0, le=2**31 - 1)] | None = None
    records_per_class: Annotated[Whole, Field(ge=1, le=100_000)] | None = None
    faults: Annotated[list[FaultKey], Field(max_length=30)] | None = None
    severity: Literal["balanced"] | SeverityLevel | dict[SeverityLevel, Weight] | None = None
    sampling_rate_hz: Annotated[Number, Field(gt=0, le=1e6)] | None = None
    duration_s: Annotated[Number, Field(gt=0, le=3600)] | None = None
    machines: Annotated[Whole, Field(ge=1, le=100_000)] | None = None
    speed_hz: Annotated[Number, Field(gt=0, le=1000)] | None = None
    speed_spread: Annotated[Number, Field(ge=0, le=0.5)] | None = None
    load_range: Annotated[list[Annotated[Number, Field(gt=0, le=300)]], Field(min_length=2, max_length=2)] | None = None
    oil_temperature_range_c: (
        Annotated[list[Annotated[Number, Field(gt=-50, le=300)]], Field(min_length=2, max_length=2)] | None
    ) = None
    evolving_share: Share | None = None
    transient_share: Share | None = None
    snr_db: Annotated[Number, Field(ge=-100, le=100)] | None = None
    layers: dict[Annotated[str, Field(max_length=60)], Annotated[bool, Field(strict=True)]] | None = None


class SimulationIn(Given):
    """A dataset to simulate."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "journal bearings",
                    "kind": "journal",
                    "spec": {"records_per_class": 8, "duration_s": 2, "faults": ["healthy", "imbalance"], "seed": 1},
                }
            ]
        }
    )

    name: ShortName
    kind: Literal["journal", "rolling"]
    spec: SimulationFields = SimulationFields()

    def asked(self) -> SimulationSpec:
        """Return what the service takes."""
        return SimulationSpec(self.name, self.kind, self.spec.model_dump(exclude_unset=True, exclude_none=True))


class EstimateOut(Shown):
    """What a simulation costs, measured on a few records."""

    records: float
    bytes: float
    seconds: float = Field(description="On one core.")

    @classmethod
    def of(cls, found: Mapping[str, float]) -> "EstimateOut":
        """Translate."""
        return cls(records=found["records"], bytes=found["bytes"], seconds=found["seconds"])


class Labels(Given):
    """What is known of a recording."""

    fault: FaultKey
    severity: SeverityLevel | None = None
    bearing: Line | None = None
    rig: Line | None = None


class ImportIn(Given):
    """A dataset to make of uploaded recordings."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "pump house",
                    "recordings": {"0193a1b2c3d4e5f60718293a4b5c6d7e": {"fault": "outer_race", "bearing": "pump 3"}},
                }
            ]
        }
    )

    name: ShortName
    recordings: Annotated[dict[IdField, Labels], Field(min_length=1, max_length=10_000)] = Field(
        description="Labels of each recording, by its id.",
        json_schema_extra={"propertyNames": {"pattern": "^[0-9a-f]{32}$"}},
    )

    def asked(self) -> ImportSpec:
        """Return what the service takes."""
        labels = {id: given.model_dump(exclude_none=True) for id, given in self.recordings.items()}  # noqa: A001
        return ImportSpec(self.name, tuple(self.recordings), labels)


class ExportIn(Given):
    """The form to write a dataset in."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"format": "csv"}]})

    format: Literal["mat", "csv", "npz", "parquet", "h5"]


class DatasetBrief(Shown):
    """A dataset in a list."""

    id: str
    name: str
    kind: str = Field(description="rolling, journal or mixed.")
    n_records: int
    size_bytes: int
    simulated: bool
    content_hash: str
    created_at: datetime
    job_id: str | None

    @classmethod
    def of(cls, d: Dataset) -> "DatasetBrief":
        """Translate."""
        return cls(**_brief(d))


def _brief(d: Dataset) -> dict[str, Any]:
    return {name: getattr(d, name) for name in DatasetBrief.model_fields}


class DatasetOut(DatasetBrief):
    """A dataset."""

    card: dict[str, Any] = Field(description="Seed, generator, licence and versions.")
    summary: dict[str, Any] = Field(description="Class × severity counts, audit findings, splits.")

    @classmethod
    def of(cls, d: Dataset) -> "DatasetOut":
        """Translate."""
        return cls(**_brief(d), card=d.card_json, summary=d.summary_json)


class DatasetsOut(Shown):
    """A page of datasets, newest first."""

    items: list[DatasetBrief]
    next: str | None = Field(description="Cursor of the next page.")


class RecordOut(Shown):
    """A record of a dataset: its labels, and its waveform."""

    row: int
    fault: str | None
    severity: str | None
    speed_hz: float | None
    source: str | None
    channels: list[str]
    waveform: WaveformOut

    @classmethod
    def of(cls, facts: Mapping[str, Any], view: WaveformView) -> "RecordOut":
        """Translate."""
        told: dict[str, Any] = {name: facts.get(name) for name in ("row", "fault", "severity", "speed_hz")}
        source = str(facts.get("source") or "").replace("\\", "/").rsplit("/", 1)[-1] or None
        return cls(**told, source=source, channels=list(facts.get("channels", ())), waveform=WaveformOut.of(view))
