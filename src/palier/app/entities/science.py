"""Datasets, models, and what models are worth."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

__all__ = ["Dataset", "Evaluation", "Model"]


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset folder; its name is unique among those of the workspace that are not removed."""

    id: str
    workspace_id: str
    name: str
    folder: str
    """Below the data directory."""
    content_hash: str
    n_records: int
    size_bytes: int
    simulated: bool
    kind: str
    """rolling or journal."""
    created_by: str
    created_at: datetime
    card_json: dict[str, Any]
    summary_json: dict[str, Any]
    """Class × severity counts, audit findings, splits: what the page shows."""
    job_id: str | None = None
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """A model bundle; its name is unique among those of the workspace that are not removed."""

    id: str
    workspace_id: str
    name: str
    folder: str
    """Below the data directory."""
    sha256: str
    """Of the bundle's checksums."""
    kind: str
    """Row of the model catalogue."""
    bearing_kind: str
    simulated: bool
    """Trained on simulated data."""
    created_by: str
    created_at: datetime
    card_json: dict[str, Any]
    evaluation_json: dict[str, Any] | None = None
    """Result on the records held back in training."""
    dataset_id: str | None = None
    job_id: str | None = None
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a model is worth on a dataset."""

    id: str
    workspace_id: str
    model_id: str
    dataset_id: str
    created_by: str
    created_at: datetime
    result_json: dict[str, Any]
    report: str | None = None
    """HTML report, below the data directory."""
    job_id: str | None = None
