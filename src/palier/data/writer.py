"""Write one shard of a dataset: the records of a range, one after the other, in bounded memory."""

import json
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from math import ceil
from pathlib import Path
from typing import Any, Final, Literal
from uuid import uuid4

import numpy as np

from palier.core.dataset import RecordSource
from palier.core.shapes import Samples
from palier.data.files import file_sha256, output_errors, synchronise, write_whole
from palier.data.rows import RecordRow, row_of
from palier.data.schema import Compression, FileEntry

__all__ = ["ShardJob", "ShardWriter", "WrittenShard", "chunk_samples", "finished_shard", "shard_name", "write_shard"]

_LEAST_CHUNK: Final = 1024
_LARGEST_CHUNK: Final = 2**20
_UNDECLARED_RATE_CHUNK: Final = 2**14
_GZIP_LEVEL: Final = 4
_SAMPLE_BYTES: Final = 4


def shard_name(number: int) -> str:
    """Return the file name of a shard.

    Examples
    --------
    >>> shard_name(12)
    'shard-00012.h5'
    """
    return f"shard-{number:05d}.h5"


def chunk_samples(n_samples: int, *, sampling_rate_hz: float | None, window_s: float) -> int:
    """Return the length of the chunks of a record: a window at most, and the same for all but the last.

    A whole number of chunks covers the record with as little left over as can be. Between 1,024 and 2²⁰ samples
    whatever the window, and 20,480 where no rate is declared.

    Examples
    --------
    >>> chunk_samples(102_400, sampling_rate_hz=20_480.0, window_s=1.0)
    20480
    >>> chunk_samples(121_265, sampling_rate_hz=12_000.0, window_s=1.0)
    11025
    """
    longest = _UNDECLARED_RATE_CHUNK if sampling_rate_hz is None else round(window_s * sampling_rate_hz)
    longest = min(max(longest, _LEAST_CHUNK), _LARGEST_CHUNK, n_samples)
    return ceil(n_samples / ceil(n_samples / longest))


@dataclass(frozen=True, slots=True)
class ShardJob:
    """What a worker is told: which records to make, and where to put them."""

    number: int
    first: int
    stop: int
    shards: Path
    """Folder of the finished shards."""
    work: Path
    """Folder of what is not finished, and of the facts of what is."""
    window_s: float
    compression: Compression


@dataclass(frozen=True, slots=True)
class WrittenShard:
    """A finished shard and the facts of its records."""

    file: FileEntry
    records: tuple[RecordRow, ...]


class ShardWriter:
    """Appends records to a new HDF5 file: records of one shape are rows of one array (record, channel, time)."""

    def __init__(self, path: Path, *, window_s: float, compression: Literal["none", "gzip"]) -> None:
        import h5py

        self._window_s = window_s
        self._compression = compression
        self._file = h5py.File(path, "w", libver=("earliest", "v110"))
        self._file.attrs["format"] = "palier shard"
        self._ids: dict[str, list[str]] = {}

    def append(self, samples: Samples, *, record_id: str, sampling_rate_hz: float | None) -> tuple[str, int]:
        """Write one record; return the name of its array and its row there."""
        n_channels, n_samples = samples.shape
        name = f"{n_channels}x{n_samples}"
        array = self._file.get(name)
        if array is None:
            chunk = chunk_samples(n_samples, sampling_rate_hz=sampling_rate_hz, window_s=self._window_s)
            array = self._file.create_dataset(
                name,
                shape=(0, n_channels, n_samples),
                maxshape=(None, n_channels, n_samples),
                chunks=(1, n_channels, chunk),
                dtype="<f4",
                **({"compression": "gzip", "compression_opts": _GZIP_LEVEL, "shuffle": True} if self._packed else {}),
            )
            array.attrs["axes"] = "record,channel,time"
            self._ids[name] = []
        row = len(self._ids[name])
        array.resize(row + 1, axis=0)
        length = array.chunks[2]
        for start in range(0, n_samples, length):
            piece = samples[:, start : start + length].astype("<f4", copy=False)
            if piece.shape[1] < length:
                piece = np.pad(piece, ((0, 0), (0, length - piece.shape[1])))
            data = _packed(piece) if self._packed else piece.tobytes()
            array.id.write_direct_chunk((row, 0, start), data)
        self._ids[name].append(record_id)
        return name, row

    @property
    def _packed(self) -> bool:
        return self._compression == "gzip"

    def close(self) -> None:
        """Write the records' names beside their arrays, and close the file."""
        if not self._file:
            return
        for name, ids in self._ids.items():
            self._file.create_dataset(f"{name}_record_id", data=np.array(ids, dtype="S"))
        self._file.close()

    def abandon(self) -> None:
        """Close the file as it is."""
        self._file.close()


def _packed(piece: np.ndarray) -> bytes:
    """Shuffle and deflate, as HDF5's filters do: written here, chunks lie in the file in their order."""
    shuffled = np.ascontiguousarray(piece.reshape(-1).view(np.uint8).reshape(-1, _SAMPLE_BYTES).T)
    return zlib.compress(shuffled.data, _GZIP_LEVEL)


def write_shard(source: RecordSource, job: ShardJob, *, on_record: Callable[[], None]) -> None:
    """Make the records of a shard and write them, then its facts: with these it counts as finished.

    Parameters
    ----------
    source : RecordSource
    job : ShardJob
    on_record : callable
        Called after each record; what it raises ends the work.

    Raises
    ------
    OutputError
        If it cannot be written.
    PalierError
        What the source raises, or if a record is not fit to be stored.
    """
    temporary = job.work / f"{shard_name(job.number)}.{uuid4().hex}.part"
    rows: list[dict[str, Any]] = []
    with output_errors(job.shards):
        writer = ShardWriter(temporary, window_s=job.window_s, compression=job.compression)
        try:
            for i in range(job.first, job.stop):
                record = source.record(i)
                row = row_of(record)
                samples, rate_hz = record.recording.samples, record.recording.sampling_rate_hz
                array, place = writer.append(samples, record_id=record.record_id, sampling_rate_hz=rate_hz)
                index = {**row.index, "shard": job.number, "array": array, "row": place}
                rows.append({"index": index, "truth": row.truth, "provenance": row.provenance})
                on_record()
            writer.close()
            synchronise(temporary)
            entry = FileEntry(
                f"shards/{shard_name(job.number)}", file_sha256(temporary), temporary.stat().st_size, len(rows)
            )
            temporary.replace(job.shards / shard_name(job.number))
        finally:
            writer.abandon()
            temporary.unlink(missing_ok=True)
    write_whole(_facts_path(job), json.dumps({"file": asdict(entry), "records": rows}, default=_time_text))


def finished_shard(job: ShardJob, *, check: Literal["checksum", "presence"] = "presence") -> WrittenShard | None:
    """Return a shard that is finished, or None; with ``checksum`` its bytes are compared too."""
    try:
        text = _facts_path(job).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        document = json.loads(text)
        entry = FileEntry(**document["file"])
        rows = tuple(
            RecordRow({**r["index"], "start_time": _time(r["index"]["start_time"])}, r["truth"], r["provenance"])
            for r in document["records"]
        )
    except (ValueError, KeyError, TypeError):
        return None
    path = job.shards / shard_name(job.number)
    if not path.is_file() or path.stat().st_size != entry.n_bytes or len(rows) != job.stop - job.first:
        return None
    if check == "checksum" and file_sha256(path) != entry.sha256:
        return None
    return WrittenShard(entry, rows)


def _facts_path(job: ShardJob) -> Path:
    return job.work / f"{shard_name(job.number)}.json"


def _time_text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no JSON value")


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
