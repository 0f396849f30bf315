"""Write a dataset anew: otherwise compressed, in other chunks, or of the present version."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from palier.core.dataset import LabelledRecord
from palier.data.build import Overwrite, build_dataset
from palier.data.migrations import migrate_dataset, stored_version
from palier.data.schema import SCHEMA_VERSION, Compression, DatasetCard
from palier.data.store import Dataset, open_dataset
from palier.errors import DatasetError, ParameterError

__all__ = ["StoredSource", "convert_dataset"]


@dataclass(frozen=True, slots=True, eq=False)
class StoredSource:
    """The records of a stored dataset, as the source of another; see `palier.core.dataset.RecordSource`."""

    dataset: Dataset

    @property
    def description(self) -> Mapping[str, Any]:
        """What the dataset's card says of its origin."""
        return self.dataset.card.description

    def __len__(self) -> int:
        return len(self.dataset)

    def record(self, index: int) -> LabelledRecord:
        """Read one record."""
        return self.dataset.record(index)


def convert_dataset(
    source: str | Path,
    target: str | Path,
    *,
    compression: Compression | None = None,
    window_s: float | None = None,
    to_schema: int | None = None,
    workers: int = 1,
    overwrite: Overwrite = "refuse",
    on_progress: Callable[[int, int], None] | None = None,
) -> Dataset:
    """Write a stored dataset to another directory, with the same records and the same content hash.

    Splits and findings go along. What is not given stays as it is.

    Parameters
    ----------
    source, target : str or Path
        Directories; with ``replace`` they may be the same.
    compression : {"none", "gzip"}, optional
    window_s : float, optional
        Length of the chunks, in seconds.
    to_schema : int, optional
        For a dataset of an older version: the present version. Nothing else can be changed in the same call.
    workers : int
    overwrite : {"refuse", "replace"}
    on_progress : callable, optional
        Called with the records (shards, for an older version) done and their total.

    Raises
    ------
    DatasetError
        If the source is damaged or of another version than what is asked for needs.
    ParameterError
        If an argument is outside its range.
    OutputError
        If the target is there or cannot be written.
    """
    source, target = Path(source), Path(target)
    if to_schema is not None and stored_version(source) != SCHEMA_VERSION:
        if compression is not None or window_s is not None:
            raise ParameterError(
                "an older dataset is brought to the present version first; convert it again after that"
            )
        return migrate_dataset(source, target, to_schema=to_schema, on_progress=on_progress)
    if to_schema not in (None, SCHEMA_VERSION):
        raise ParameterError(f"to_schema is {to_schema}; this palier writes version {SCHEMA_VERSION} and no other")
    dataset = open_dataset(source)
    card = dataset.card

    def complete(tree: Path, made: DatasetCard) -> DatasetCard:
        if made.content_hash != card.content_hash:
            raise DatasetError(f"{source}: what was read is not what the card says; see palier dataset verify")
        if (dataset.path / "splits").is_dir():
            shutil.copytree(dataset.path / "splits", tree / "splits", dirs_exist_ok=True)
        if (dataset.path / "audit.json").is_file():
            shutil.copyfile(dataset.path / "audit.json", tree / "audit.json")
        return replace(made, splits=card.splits)

    return build_dataset(
        StoredSource(dataset),
        target,
        workers=workers,
        name=card.name,
        compression=card.compression if compression is None else compression,
        window_s=card.window_s if window_s is None else window_s,
        on_progress=on_progress,
        overwrite=overwrite,
        records_per_shard=card.records_per_shard,
        now=lambda: datetime.fromisoformat(card.created),
        complete=complete,
    )
