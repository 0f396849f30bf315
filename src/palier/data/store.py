"""A stored dataset: its card, its index, and any window of any record at the speed of the memory."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from jaxtyping import Float32, Float64, Int64

from palier.core.dataset import LabelledRecord
from palier.core.recording import Recording
from palier.core.shapes import Samples
from palier.core.split import Split
from palier.data.files import write_whole
from palier.data.index import Index
from palier.data.locking import LockedError, locked
from palier.data.rows import RecordRow
from palier.data.same_folder import SameFolder
from palier.data.schema import DatasetCard, card_from_json, card_to_json
from palier.data.split_file import read_split, write_split
from palier.data.truth import TruthTable
from palier.data.window_reader import WindowReader
from palier.errors import DatasetError, OutputError, ParameterError, UndeclaredError

if TYPE_CHECKING:
    from palier.data.build import Overwrite
    from palier.data.verify import Verification

__all__ = ["Dataset", "WindowBlock", "open_dataset"]

_CACHE_BYTES: Final = 64 * 2**20
_OPEN_SHARDS: Final = 128
_PATIENCE_S: Final = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class WindowBlock:
    """Some windows of equal length and sampling rate, from one record or from several."""

    samples: Float32[np.ndarray, "window time"]
    record: Int64[np.ndarray, " window"]
    """Row of the record in the index."""
    start: Int64[np.ndarray, " window"]
    """First sample."""
    speed_hz: Float64[np.ndarray, " window"]
    """NaN where nobody knows."""
    sampling_rate_hz: float


class Dataset:
    """A dataset in a directory, read only as far as is asked for.

    Every method may be called from any thread, and after a fork. It is pickled as its path, and opened anew.

    Made by `open_dataset`.
    """

    def __init__(
        self, folder: SameFolder, card: DatasetCard, index: Index, *, cache_bytes: int, max_open_shards: int
    ) -> None:
        self.path = folder.path
        self._card = card
        self.index = index
        self._limits = cache_bytes, max_open_shards
        self._n_samples, self._n_channels = index.column("n_samples"), index.column("n_channels")
        self._reader = WindowReader(
            folder, card.shards, index, cache_bytes=cache_bytes, max_open_shards=max_open_shards
        )
        self._truth = TruthTable(folder, folder.path / card.truth.path)

    def __reduce__(self) -> tuple[Any, ...]:
        return _reopen, (self.path, *self._limits, self._card.content_hash)

    def __len__(self) -> int:
        return len(self.index)

    def __repr__(self) -> str:
        return f"Dataset({str(self.path)!r}, {len(self)} records)"

    @property
    def card(self) -> DatasetCard:
        """Everything about the dataset that is not about one record."""
        return self._card

    # ---- records ----

    def recording(self, i: int) -> Recording:
        """Return the recording of a record.

        Raises
        ------
        ParameterError
            If there is no record of that number.
        DatasetError
            If its shard is damaged.
        """
        return self.record(i).recording

    def record(self, i: int) -> LabelledRecord:
        """Return a record with everything that is known about it."""
        i = self._number(i)
        truth, provenance = self._truth.row(i)
        samples = self.window(i, 0, int(self._n_samples[i]))
        return RecordRow(self.index.row(i), truth, provenance).record(samples)

    def truth(self, i: int) -> Mapping[str, Any]:
        """Return the truth of a record: every draw of its generator, or other facts of its source."""
        truth: Mapping[str, Any] = json.loads(self.raw_truth(i))
        return truth

    def raw_truth(self, i: int) -> str:
        """Return the truth of a record as its JSON text, which the content hash counts."""
        return self._truth.row(self._number(i))[0]

    # ---- windows ----

    def window(self, i: int, start: int, n: int) -> Samples:
        """Return `n` samples of all channels of record `i` from sample `start`, shape (channel, time)."""
        i = self._number(i)
        if n < 1 or start < 0 or start + n > self._n_samples.item(i):
            self._check_bounds(np.array([i]), np.array([start]), n)
        return self._reader.read_one(i, int(start), int(n), n_channels=self._n_channels.item(i))

    def windows(
        self, records: Sequence[int] | np.ndarray, starts: Sequence[int] | np.ndarray, n: int, *, channel: int = 0
    ) -> Float32[np.ndarray, "window time"]:
        """Return windows of `n` samples of one channel, from any records, in the order asked for.

        Parameters
        ----------
        records, starts : sequence of int
            Row of the record in the index, and the first sample, of each window.
        n : int
            Samples per window, at least 1.
        channel : int
            Number of the channel, from 0.

        Raises
        ------
        ParameterError
            If a window does not lie inside its record, or a record has no such channel.
        DatasetError
            If a shard is damaged.
        """
        rows, firsts = np.asarray(records, np.int64), np.asarray(starts, np.int64)
        self._check_bounds(rows, firsts, n)
        if (self._n_channels[rows] <= channel).any() or channel < 0:
            raise ParameterError(f"channel is {channel}; allowed are the numbers of channels that every record has")
        return self._reader.read(rows, firsts, n, channels=range(channel, channel + 1))[:, 0]

    def iterate(
        self,
        records: Iterable[int] | None = None,
        *,
        window_s: float,
        hop_s: float | None = None,
        channel: int = 0,
        batch: int = 256,
    ) -> Iterator[WindowBlock]:
        """Give every window of records, in order, a block at a time: the memory needed is that of one block.

        Parameters
        ----------
        records : iterable of int, optional
            Rows of the index; all where not given.
        window_s, hop_s : float
            Length of the windows and from one start to the next, in seconds; the hop is the length where not given.
            What is left at the end of a record is left out.
        channel : int
        batch : int
            Most windows in a block. A block ends where the sampling rate changes.

        Raises
        ------
        UndeclaredError
            If the sampling rate of a record is not known.
        ParameterError
            If a record is shorter than a window, or an argument is outside its range.
        """
        if batch < 1 or not window_s > 0 or not (hop_s is None or hop_s > 0):
            raise ParameterError(
                f"window_s, hop_s and batch are {window_s}, {hop_s} and {batch}; allowed are positive numbers"
            )
        rates, speeds = self.index.column("sampling_rate_hz"), self.index.column("speed_hz")
        waiting: list[tuple[int, int]] = []
        n, rate_hz = 0, nan
        for i in range(len(self)) if records is None else map(int, records):
            length, hop = self._window_samples(i, window_s, hop_s)
            if rates[i] != rate_hz and waiting:
                yield self._block(waiting, n, rate_hz, speeds, channel)
                waiting = []
            n, rate_hz = length, float(rates[i])
            for start in range(0, int(self._n_samples[i]) - n + 1, hop):
                waiting.append((i, start))
                if len(waiting) == batch:
                    yield self._block(waiting, n, rate_hz, speeds, channel)
                    waiting = []
        if waiting:
            yield self._block(waiting, n, rate_hz, speeds, channel)

    def window_starts(self, i: int, *, window_s: float, hop_s: float | None = None) -> range:
        """Return the first samples of a record's windows, as `iterate` takes them."""
        length, hop = self._window_samples(self._number(i), window_s, hop_s)
        return range(0, int(self._n_samples[i]) - length + 1, hop)

    # ---- splits, checks ----

    def splits(self) -> tuple[str, ...]:
        """Return the names of the stored splits."""
        return tuple(self._card.splits)

    def split(self, name: str) -> Split:
        """Return a stored split.

        Raises
        ------
        ParameterError
            If there is none of that name.
        DatasetError
            If its file is damaged.
        """
        if name not in self._card.splits:
            names = ", ".join(self._card.splits) or "none: make one with palier dataset split"
            raise ParameterError(f"{self.path}: no split {name!r}; there are {names}")
        return read_split(self.path / "splits" / f"{name}.parquet", self._card.splits[name], self.index)

    def add_split(self, split: Split, *, overwrite: "Overwrite" = "refuse") -> None:
        """Store a split under its name: its file first, then its entry on the card.

        Raises
        ------
        ParameterError
            If there is one of that name, or the name or a row is not possible.
        OutputError
            If it cannot be written, or others keep writing to this dataset.
        """
        try:
            with locked(self.path / ".lock", patience_s=_PATIENCE_S):
                card = _read_card(self.path)
                if split.name in card.splits and overwrite == "refuse":
                    raise ParameterError(
                        f"{self.path} has a split {split.name!r}; choose another name, or replace it (--overwrite)"
                    )
                entry = write_split(self.path / "splits", split, self.index)
                self._card = replace(card, splits=dict(sorted({**card.splits, split.name: entry}.items())))
                write_whole(self.path / "dataset.json", card_to_json(self._card))
        except LockedError:
            raise OutputError(f"{self.path}: others have been writing to it for {_PATIENCE_S:g} s; try again") from None
        except PermissionError as error:
            raise OutputError(f"{self.path} cannot be written to; ask for write access to it") from error

    def verify(self) -> "Verification":
        """Compare every checksum; see `palier.data.verify.verify_dataset`."""
        from palier.data.verify import verify_dataset

        return verify_dataset(self.path)

    def close(self) -> None:
        """Close the open files; they are opened again when they are needed."""
        self._reader.close()

    # ---- inside ----

    def _number(self, i: int) -> int:
        if not 0 <= i < len(self._n_samples):
            raise ParameterError(f"{self.path}: no record {i}; there are 0 to {len(self) - 1}")
        return int(i)

    def _check_bounds(self, records: np.ndarray, starts: np.ndarray, n: int) -> None:
        if n < 1 or len(records) != len(starts):
            raise ParameterError(f"{len(records)} records, {len(starts)} starts, n = {n}; allowed: as many, n ≥ 1")
        if len(records) == 0:
            return
        if records.min() < 0 or records.max() >= len(self):
            wrong = records.min() if records.min() < 0 else records.max()
            raise ParameterError(f"{self.path}: no record {wrong}; there are 0 to {len(self) - 1}")
        outside = (starts < 0) | (starts + n > self._n_samples[records])
        if outside.any():
            k = int(np.flatnonzero(outside)[0])
            raise ParameterError(
                f"record {records[k]} has {self._n_samples[records[k]]} samples; asked for are {n} from {starts[k]}"
            )

    def _window_samples(self, i: int, window_s: float, hop_s: float | None) -> tuple[int, int]:
        rate_hz = float(self.index.column("sampling_rate_hz")[i])
        name = self.index.column("record_id")[i]
        if not rate_hz > 0:
            raise UndeclaredError(f"record {name}: the sampling rate is not declared; declare it when it is imported")
        length = round(window_s * rate_hz)
        hop = length if hop_s is None else round(hop_s * rate_hz)
        if not 1 <= length <= self._n_samples[i] or hop < 1:
            raise ParameterError(
                f"record {name} has {self._n_samples[i]} samples ({self._n_samples[i] / rate_hz:.4g} s); asked for are "
                f"windows of {window_s} s with a hop of {window_s if hop_s is None else hop_s} s: choose shorter "
                "windows, or leave the record out"
            )
        return length, hop

    def _block(
        self, windows: list[tuple[int, int]], n: int, rate_hz: float, speeds: np.ndarray, channel: int
    ) -> WindowBlock:
        record, start = np.array(windows, np.int64).T
        samples = self.windows(record, start, n, channel=channel)
        return WindowBlock(samples, record.copy(), start.copy(), speeds[record], rate_hz)


def open_dataset(path: str | Path, *, cache_bytes: int = _CACHE_BYTES, max_open_shards: int = _OPEN_SHARDS) -> Dataset:
    """Open a stored dataset: its card and its index are read, and no samples.

    Parameters
    ----------
    path : str or Path
        The dataset's directory.
    cache_bytes : int
        How much of compressed shards is kept unpacked, in each process.
    max_open_shards : int
        Most files open at once in each process, at least 1.

    Raises
    ------
    DatasetError
        If there is no dataset, or one that is damaged or of another schema version.
    ParameterError
        If a limit is outside its range.
    """
    if max_open_shards < 1:
        raise ParameterError(f"max_open_shards is {max_open_shards}; allowed are 1 and more")
    path = Path(os.path.abspath(path))  # noqa: PTH100 - the name stays as the user knows it
    if not path.is_dir():
        raise DatasetError(f"{path}: {_why_absent(path)}")
    folder = SameFolder.of(path)  # before anything is read from it
    card = _read_card(path)
    index = Index.read(path / card.index.path)
    if len(index) != card.n_records:
        raise DatasetError(f"{path}: the index has {len(index)} records and the card {card.n_records}; restore it")
    return Dataset(folder, card, index, cache_bytes=cache_bytes, max_open_shards=max_open_shards)


def _reopen(path: Path, cache_bytes: int, max_open_shards: int, content_hash: str) -> Dataset:
    dataset = open_dataset(path, cache_bytes=cache_bytes, max_open_shards=max_open_shards)
    if dataset.card.content_hash != content_hash:
        raise DatasetError(f"{path}: was replaced since it was opened elsewhere; begin again with what is there now")
    return dataset


def _read_card(path: Path) -> DatasetCard:
    file = path / "dataset.json"
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DatasetError(f"{path}: {_why_absent(path)}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{file}: cannot be read ({error}); check the path and its permissions") from error
    return card_from_json(text, where=str(file))


def _why_absent(path: Path) -> str:
    previous = path.with_name(f".{path.name}.previous")
    if previous.is_dir():
        return f"was being replaced when the writer was killed; the version before is {previous}: rename it back"
    if path.with_name(f".{path.name}.partial").is_dir():
        return "is not finished; give the command that began it once more, and it goes on"
    if path.is_dir():
        return "holds no dataset.json: it is no dataset of palier; make one with palier dataset import"
    return "does not exist; check the path"
