"""A stored dataset in figures: what `palier dataset info` shows."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from palier.core.dataset import SEVERITY_LEVELS
from palier.core.faults import classes_of
from palier.data.schema import DatasetCard, SplitEntry
from palier.data.store import Dataset

__all__ = ["DatasetSummary", "LevelCount", "Spread", "dataset_summary", "summary_json"]


@dataclass(frozen=True, slots=True)
class LevelCount:
    """How a dataset names one level of splitting."""

    level: str
    n_names: int
    n_records: int
    """Records whose name on this level is known."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Of one quantity over the records that state it."""

    quantity: str
    n_records: int
    smallest: float
    median: float
    largest: float


@dataclass(frozen=True, slots=True)
class DatasetSummary:
    """What a dataset holds."""

    card: DatasetCard
    n_files: int
    table: Mapping[str, Mapping[str, int]]
    """Records by label and severity; ``-`` where it is not known. Classes in the order of the taxonomy."""
    levels: tuple[LevelCount, ...]
    """From the lowest to the highest."""
    spreads: tuple[Spread, ...]
    units: Mapping[str, int]
    """Records per unit; ``undeclared`` where it is not known."""
    n_findings: Mapping[str, int] | None
    """Findings of the audit by severity; None where none was made."""

    @property
    def simulated(self) -> bool:
        """Whether any record is no measurement."""
        return self.card.n_simulated > 0

    @property
    def splits(self) -> tuple[SplitEntry, ...]:
        """The stored splits."""
        return tuple(self.card.splits.values())


def dataset_summary(dataset: Dataset) -> DatasetSummary:
    """Count a dataset's records; only its index is read.

    Parameters
    ----------
    dataset : Dataset
    """
    index = dataset.index
    return DatasetSummary(
        card=dataset.card,
        n_files=sum(f.is_file() for f in dataset.path.rglob("*")),
        table=_table(dataset),
        levels=tuple(
            LevelCount(level, len(set(names)), len(names))
            for level, names in (
                (level, [v for v in index.column(column) if v is not None])
                for level, column in
                (("record", "record_id"), ("condition", "condition"), ("bearing", "bearing"), ("rig", "rig"))
            )
        ),
        spreads=tuple(s for q in ("sampling_rate_hz", "duration_s", "speed_hz", "load", "temperature_c", "n_channels")
                      if (s := _spread(dataset, q)) is not None),
        units=_counts(["undeclared" if u is None else u for u in index.column("unit")]),
        n_findings=_findings(dataset),
    )  # fmt: skip


def _table(dataset: Dataset) -> dict[str, dict[str, int]]:
    labels, severities = dataset.index.column("label"), dataset.index.column("severity")
    kinds = {str(k) for k in dataset.index.column("kind")}
    order = list(dict.fromkeys(f.key for kind in sorted(kinds) for f in classes_of(kind)))  # type: ignore[arg-type]  # checked when written
    columns = ("-", *SEVERITY_LEVELS)
    counts = {key: dict.fromkeys(columns, 0) for key in [*order, "-"]}
    for label, severity in zip(labels, severities, strict=True):
        counts[label or "-"][severity or "-"] += 1
    return {key: row for key, row in counts.items() if any(row.values())}


def _spread(dataset: Dataset, quantity: str) -> Spread | None:
    index = dataset.index
    if quantity == "duration_s":
        values = index.column("n_samples") / index.column("sampling_rate_hz")
    else:
        values = index.column(quantity).astype(np.float64)
    values = values[np.isfinite(values)]
    if not len(values):
        return None
    return Spread(quantity, len(values), float(values.min()), float(np.median(values)), float(values.max()))


def _counts(values: list[str]) -> dict[str, int]:
    names, counts = np.unique(values, return_counts=True)
    return dict(zip(names.tolist(), counts.tolist(), strict=True))


def _findings(dataset: Dataset) -> dict[str, int] | None:
    try:
        document = json.loads((dataset.path / "audit.json").read_text(encoding="utf-8"))
        return _counts([str(f["severity"]) for f in document.get("findings", [])])
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def summary_json(summary: DatasetSummary) -> str:
    """Return the JSON form of a summary."""
    card = summary.card
    facts = ("name", "schema_version", "content_hash", "licence", "created", "made_by", "n_records", "n_simulated",
             "n_unlabelled", "duration_s", "compression", "window_s", "n_bytes")  # fmt: skip
    document: dict[str, Any] = {name: getattr(card, name) for name in facts}
    document |= {
        "simulated": summary.simulated,
        "classes": summary.table,
        "levels": [asdict(level) for level in summary.levels],
        "quantities": [asdict(s) for s in summary.spreads],
        "units": summary.units,
        "splits": [asdict(s) for s in summary.splits],
        "findings": summary.n_findings,
        "description": card.description,
    }
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
