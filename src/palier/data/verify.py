"""Compare everything that a dataset's checksums cover, and name what is damaged."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from palier.data.files import file_sha256
from palier.data.rows import samples_sha256
from palier.data.schema import ContentHash, FileEntry
from palier.data.store import Dataset, open_dataset
from palier.errors import DatasetError

__all__ = ["Damage", "Verification", "verify_dataset"]


@dataclass(frozen=True, slots=True)
class Damage:
    """Something that is not as it was written."""

    where: str
    """File of the dataset, or ``record NAME``."""
    what: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What a dataset's checksums say."""

    n_records: int
    n_files: int
    damages: tuple[Damage, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing is damaged."""
        return not self.damages


def verify_dataset(path: str | Path, *, on_progress: Callable[[int, int], None] | None = None) -> Verification:
    """Compare the checksums of index, truth, shards and splits, those of each record's samples, and the content hash.

    Parameters
    ----------
    path : str or Path
        The dataset's directory.
    on_progress : callable, optional
        Called with the records compared and their total.

    Returns
    -------
    Verification
        Every damage that was found; all files are looked at, whatever is damaged.

    Raises
    ------
    DatasetError
        If card or index are so damaged that nothing else can be compared.
    """
    dataset = open_dataset(path)
    report = on_progress or (lambda _done, _total: None)
    card, total = dataset.card, len(dataset)
    damages = [d for entry in (card.index, card.truth) for d in _file(dataset, entry)]
    shard_of = dataset.index.column("shard")
    done = 0
    for number, entry in enumerate(card.shards):
        damages += _file(dataset, entry)
        for i in np.flatnonzero(shard_of == number).tolist():
            damages += _record(dataset, i)
            done += 1
            report(done, total)
    damages += _content(dataset)
    for name in dataset.splits():
        try:
            dataset.split(name)
        except DatasetError as error:
            damages.append(Damage(f"splits/{name}.parquet", str(error)))
    dataset.close()
    return Verification(total, 2 + len(card.shards) + len(card.splits), tuple(damages))


def _file(dataset: Dataset, entry: FileEntry) -> list[Damage]:
    file = dataset.path / entry.path
    try:
        n_bytes = file.stat().st_size
        if n_bytes != entry.n_bytes:
            return [Damage(entry.path, f"has {n_bytes} bytes instead of {entry.n_bytes}")]
        if file_sha256(file) != entry.sha256:
            return [Damage(entry.path, "its bytes have changed: the checksum differs from the card's")]
    except OSError as error:
        return [Damage(entry.path, f"cannot be read: {error.strerror}")]
    return []


def _record(dataset: Dataset, i: int) -> list[Damage]:
    name = str(dataset.index.column("record_id")[i])
    try:
        samples = dataset.window(i, 0, int(dataset.index.column("n_samples")[i]))
    except DatasetError as error:
        return [Damage(f"record {name}", str(error))]
    if samples_sha256(samples) != dataset.index.column("sha256")[i]:
        return [Damage(f"record {name}", "its samples have changed: their checksum differs from the index's")]
    return []


def _content(dataset: Dataset) -> list[Damage]:
    content = ContentHash()
    try:
        for i in range(len(dataset)):
            content.add(dataset.index.row(i), dataset.raw_truth(i))
    except DatasetError as error:
        return [Damage(dataset.card.truth.path, str(error))]
    if content.hexdigest() != dataset.card.content_hash:
        return [Damage("dataset.json", "the content hash is not that of the records' facts, truths and samples")]
    return []
