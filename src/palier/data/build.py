"""Make a stored dataset of a source: by this process, by several, or by a cluster, always the same."""

import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from math import isfinite
from pathlib import Path
from typing import Final, Literal

from palier import __version__
from palier.core.dataset import RecordSource
from palier.core.recording import is_simulated
from palier.data.crew import write_all
from palier.data.files import output_errors, publish_folder, synchronise, write_whole
from palier.data.locking import LockedError, locked
from palier.data.schema import (
    INDEX_COLUMNS,
    SCHEMA_VERSION,
    TRUTH_COLUMNS,
    Compression,
    ContentHash,
    DatasetCard,
    FileEntry,
    canonical_json,
    card_to_json,
)
from palier.data.store import Dataset, open_dataset
from palier.data.table_writer import TableWriter
from palier.data.writer import ShardJob, WrittenShard, finished_shard
from palier.errors import DatasetError, OutputError, ParameterError

__all__ = ["Overwrite", "build_dataset", "partial_folder", "shard_size"]

#: What to do with a finished dataset of that name, or with an unfinished one of another source.
Overwrite = Literal["refuse", "replace"]

_LEAST_SHARD: Final = 8
_LARGEST_SHARD: Final = 4096
#: As many as a process keeps open, so that random windows open no file anew.
_SHARDS: Final = 128
#: So little is read for the truth of one record.
_TRUTH_GROUP: Final = 64
_INDEX_GROUP: Final = 16_384


def _now() -> datetime:
    return datetime.now(UTC)


def partial_folder(target: Path) -> Path:
    """Return where the work on a dataset goes on until it is finished.

    Examples
    --------
    >>> partial_folder(Path("data/pumps")).as_posix()
    'data/.pumps.partial'
    """
    return target.with_name(f".{target.name}.partial")


def shard_size(n_records: int) -> int:
    """Return the records per shard, 8 to 4,096, for at most 128 shards where that can be. It depends on nothing else.

    Examples
    --------
    >>> shard_size(100), shard_size(3520), shard_size(100_000)
    (8, 28, 782)
    """
    return min(max(-(-n_records // _SHARDS), _LEAST_SHARD), _LARGEST_SHARD)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is asked for; a partial folder is gone on with when it was begun for an equal plan."""

    source: RecordSource
    name: str
    compression: Compression
    window_s: float
    records_per_shard: int
    partial: Path

    @property
    def tree(self) -> Path:
        """What becomes the dataset."""
        return self.partial / "dataset"

    def fingerprint(self) -> str:
        """Tell equal plans from others."""
        facts = [dict(self.source.description), len(self.source), self.compression, self.window_s]
        return sha256(canonical_json([*facts, self.records_per_shard, SCHEMA_VERSION]).encode()).hexdigest()

    def jobs(self) -> list[ShardJob]:
        """Return the shards to be written."""
        n, size = len(self.source), self.records_per_shard
        return [
            ShardJob(
                k, first, min(first + size, n), self.tree / "shards", self.partial / "work",
                self.window_s, self.compression,
            )
            for k, first in enumerate(range(0, n, size))
        ]  # fmt: skip


def build_dataset(
    source: RecordSource,
    target: Path,
    *,
    workers: int = 1,
    scheduler: str | None = None,
    name: str | None = None,
    compression: Compression = "none",
    window_s: float = 1.0,
    on_progress: Callable[[int, int], None] | None = None,
    overwrite: Overwrite = "refuse",
    records_per_shard: int | None = None,
    now: Callable[[], datetime] = _now,
    complete: Callable[[Path, DatasetCard], DatasetCard] | None = None,
) -> Dataset:
    """Write the records of a source to a directory, whole or not at all.

    The work goes on in `partial_folder`. When it is interrupted, in whatever way, finished shards stay there, and the
    same call goes on with them. The directory then appears in one step; one that it replaces is there until that step.
    Whatever the number of workers, the content hash is the same.

    Parameters
    ----------
    source : RecordSource
        Pickled to the workers. With several processes the calling script needs its ``if __name__ == "__main__":``.
    target : Path
        The dataset's directory.
    workers : int
        Processes, at least 1; with 1 this process writes.
    scheduler : str, optional
        Address of a Dask scheduler, whose workers then write; they must see `target` under the same path.
    name : str, optional
        Name on the card; otherwise that of the directory.
    compression : {"none", "gzip"}
        ``none`` is read at the speed of the memory; ``gzip`` halves what a 16-bit converter took, and
        costs most of that speed.
    window_s : float
        Length of the chunks in seconds: that of the windows that will mostly be read.
    on_progress : callable, optional
        Called with the records done and their total, after each record or after several.
    overwrite : {"refuse", "replace"}
        What to do with a dataset that is there, and with an unfinished one of another source.
    records_per_shard : int, optional
        Otherwise `shard_size`.
    now : callable
        The clock.
    complete : callable, optional
        Called with the finished tree and its card before it is published, to add files; returns the card.

    Returns
    -------
    Dataset

    Raises
    ------
    OutputError
        If the target is there, is being written by somebody else, or cannot be written; or a worker died.
    ParameterError
        If an argument is outside its range, or a record is not fit to be stored.
    KeyboardInterrupt
        Once the workers have stopped; what is finished is kept.
    """
    _check(source, workers, compression, window_s, records_per_shard)
    target = Path(os.path.abspath(target))  # noqa: PTH100 - resolve() would follow a link that is to be replaced
    if target.exists() and (overwrite == "refuse" or not (target / "dataset.json").is_file()):
        advice = "name another folder" if overwrite == "replace" else "name another, or have it replaced (--overwrite)"
        what = "a dataset" if (target / "dataset.json").is_file() else "something that is no dataset"
        raise OutputError(f"{target} is there and is {what}; {advice}")
    size = shard_size(len(source)) if records_per_shard is None else records_per_shard
    plan = _Plan(source, name or target.name, compression, window_s, size, partial_folder(target))
    with output_errors(target):
        plan.partial.mkdir(parents=True, exist_ok=True)
    try:
        with _alone(plan.partial):
            _prepare(plan, overwrite)
            jobs = plan.jobs()
            todo = [job for job in jobs if finished_shard(job, check="checksum") is None]
            write_all(
                source, todo, workers=workers, scheduler=scheduler, on_progress=on_progress,
                done=len(source) - sum(job.stop - job.first for job in todo), total=len(source),
            )  # fmt: skip
            with output_errors(plan.tree):
                card = _write_tables(plan, jobs, now)
                if complete is not None:
                    card = complete(plan.tree, card)
                write_whole(plan.tree / "dataset.json", card_to_json(card))
                synchronise(plan.tree / "shards")
            publish_folder(plan.tree, target)
            shutil.rmtree(plan.partial, ignore_errors=True)
    except KeyboardInterrupt as interrupt:
        interrupt.add_note(f"What is finished is kept in {plan.partial}; the same call goes on with it.")
        raise
    return open_dataset(target)


def _check(
    source: RecordSource, workers: int, compression: str, window_s: float, records_per_shard: int | None
) -> None:
    if len(source) < 1:
        raise ParameterError("the source has no records; at least one is needed")
    if workers < 1:
        raise ParameterError(f"workers is {workers}; allowed are 1 and more")
    if compression not in ("none", "gzip"):
        raise ParameterError(f"compression is {compression!r}; allowed are none, gzip")
    if not (isfinite(window_s) and window_s > 0):
        raise ParameterError(f"window_s is {window_s}; allowed is a positive, finite number")
    if records_per_shard is not None and records_per_shard < 1:
        raise ParameterError(f"records_per_shard is {records_per_shard}; allowed are 1 and more")


@contextmanager
def _alone(partial: Path) -> Iterator[None]:
    """Hold the folder's lock, or say that another process is writing."""
    try:
        with locked(partial / "lock"):
            yield
    except LockedError:
        raise OutputError(f"another process is writing this dataset ({partial}); wait for it, or end it") from None


def _prepare(plan: _Plan, overwrite: Overwrite) -> None:
    """Make the folders of a plan, or go on with those that are there."""
    begun = plan.partial / "build.json"
    with output_errors(plan.partial):
        if begun.exists():
            try:
                same = json.loads(begun.read_text(encoding="utf-8")).get("fingerprint") == plan.fingerprint()
            except ValueError:
                same = False
            if not same and overwrite == "refuse":
                raise OutputError(
                    f"{plan.partial} holds an unfinished dataset of another source or other settings; call with those "
                    "to finish it, remove the folder, or have it replaced (--overwrite)"
                )
            if not same:
                shutil.rmtree(plan.tree, ignore_errors=True)
                shutil.rmtree(plan.partial / "work", ignore_errors=True)
        for folder in (plan.tree / "shards", plan.partial / "work"):
            folder.mkdir(parents=True, exist_ok=True)
        for rest in (plan.partial / "work").glob("*.part"):  # of a writer that was killed
            rest.unlink(missing_ok=True)
    document = {"fingerprint": plan.fingerprint(), "name": plan.name, "description": dict(plan.source.description)}
    write_whole(begun, canonical_json(document) + "\n")


def _write_tables(plan: _Plan, jobs: list[ShardJob], now: Callable[[], datetime]) -> DatasetCard:
    """Write index and truth from the facts of the finished shards, one after the other, and make the card."""
    index = TableWriter(plan.tree / "index.parquet", INDEX_COLUMNS, group_rows=_INDEX_GROUP)
    truth = TableWriter(plan.tree / "truth.parquet", TRUTH_COLUMNS, group_rows=_TRUTH_GROUP)
    content, classes, seen = ContentHash(), Counter[str](), set[str]()
    files: list[FileEntry] = []
    n_unlabelled, n_simulated, duration_s = 0, 0, 0.0
    try:
        for job in jobs:
            shard = finished_shard(job)
            if shard is None:
                raise DatasetError(f"{job.shards}: shard {job.number} is gone; was the folder touched? Call again")
            _check_names(shard, seen)
            for record in shard.records:
                row = record.index
                content.add(row, record.truth)
                classes.update([] if row["label"] is None else [row["label"]])
                n_unlabelled += row["label"] is None
                n_simulated += is_simulated(row["source"])
                duration_s += row["n_samples"] / row["sampling_rate_hz"] if row["sampling_rate_hz"] else 0.0
                index.append(row)
                truth.append({"record_id": row["record_id"], "truth": record.truth, "provenance": record.provenance})
            files.append(shard.file)
        tables = index.finish(), truth.finish()
    finally:
        index.abandon()
        truth.abandon()
    description = json.loads(canonical_json(dict(plan.source.description)))
    licence = description.get("licence")
    return DatasetCard(
        name=plan.name,
        schema_version=SCHEMA_VERSION,
        content_hash=content.hexdigest(),
        description=description,
        licence=licence if isinstance(licence, str) else None,
        created=now().isoformat(timespec="seconds"),
        made_by=f"palier {__version__}",
        n_records=len(seen),
        n_simulated=n_simulated,
        classes=dict(sorted(classes.items())),
        n_unlabelled=n_unlabelled,
        duration_s=duration_s,
        compression=plan.compression,
        window_s=plan.window_s,
        records_per_shard=plan.records_per_shard,
        index=tables[0],
        truth=tables[1],
        shards=tuple(files),
    )


def _check_names(shard: WrittenShard, seen: set[str]) -> None:
    for record in shard.records:
        name = record.index["record_id"]
        if name in seen:
            raise ParameterError(f"two records are called {name!r}; every record of a dataset needs a name of its own")
        seen.add(name)
