"""From recordings or a dataset to a table with a row for each window, and that table to a file."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, get_args

import numpy as np

from palier.core.recording import Declared
from palier.errors import OutputError, PalierError, ParameterError
from palier.features.extract import SPEED_RANGE_HZ, MissingSpeed, extract
from palier.features.sets import feature_set

__all__ = ["Job", "Table", "rows_of_dataset", "rows_of_files", "write_rows"]

#: Columns by name; all of one length.
Table = Mapping[str, Sequence[Any] | np.ndarray]

_BLOCK: Final = 256  # windows


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be computed."""

    feature_set: str
    window_s: float | None
    hop_s: float | None
    missing_speed: str
    speed_range_rpm: tuple[float, float] | None
    bearing: str | None

    def __post_init__(self) -> None:
        feature_set(self.feature_set)
        if self.missing_speed not in get_args(MissingSpeed):
            raise ParameterError(
                f"missing_speed is {self.missing_speed!r}; allowed are {', '.join(get_args(MissingSpeed))}"
            )
        if (self.missing_speed == "estimate") != (self.speed_range_rpm is not None):
            raise ParameterError(
                "a speed is estimated within an interval that you state: --missing-speed estimate and --speed-range-rpm"
                " LOW HIGH belong together, and the narrower the interval the better the estimate"
            )
        if self.hop_s is not None and self.window_s is None:
            raise ParameterError("a hop without a window; give --window-s too")

    @property
    def line_orders(self) -> dict[str, float]:
        """Orders of the defect lines of the bearing, where one is named."""
        if self.bearing is None:
            return {}
        from palier.core.catalogue import parse_bearing
        from palier.core.faults import line_order

        geometry = parse_bearing(self.bearing)
        return {line: line_order(geometry, line) for line in ("bpfo", "bpfi", "bsf2", "ftf")}

    @property
    def speed_range_hz(self) -> tuple[float, float]:
        """Where a speed is looked for."""
        if self.speed_range_rpm is None:
            return SPEED_RANGE_HZ  # not used: nothing is estimated then
        return self.speed_range_rpm[0] / 60, self.speed_range_rpm[1] / 60

    def features(self, samples: np.ndarray, *, sampling_rate_hz: float, speed_hz: Any) -> dict[str, np.ndarray]:
        """Compute the features of each window, by name."""
        values = extract(
            samples,
            sampling_rate_hz=sampling_rate_hz,
            speed_hz=speed_hz,
            feature_set=self.feature_set,
            missing_speed=self.missing_speed,  # type: ignore[arg-type]  # checked above
            line_orders=self.line_orders,
            speed_range_hz=self.speed_range_hz,
        )
        return dict(zip(feature_set(self.feature_set).names, values.T, strict=True))


def rows_of_files(
    paths: Sequence[Path],
    *,
    job: Job,
    declared: Declared,
    reader: str | None,
    failures: list[str],
) -> Iterator[Table]:
    """Give a block of rows for each channel of each recording; what cannot be read is added to `failures`."""
    from palier.cli.present import progress
    from palier.data.read import find_recordings, read_recording

    files = find_recordings(paths)
    with progress(len(files), doing="computing") as advance:
        for path in files:
            try:
                recording = read_recording(path, declared=declared, format=reader)
                rate_hz = recording.require_rate()
                windows, starts = _windows(recording.samples, rate_hz, job)
                for name, part in zip(recording.channel_names, windows, strict=True):
                    speed_hz = np.full(len(part), np.nan if recording.speed_hz is None else recording.speed_hz)
                    yield {
                        "source": [str(path)] * len(part),
                        "channel": [name] * len(part),
                        "start_s": starts / rate_hz,
                        "speed_hz": speed_hz,
                        **job.features(part, sampling_rate_hz=rate_hz, speed_hz=speed_hz),
                    }
            except PalierError as error:
                failures.append(f"{path}: {error}" if str(path) not in str(error) else str(error))
            advance(path)


def _windows(samples: np.ndarray, rate_hz: float, job: Job) -> tuple[np.ndarray, np.ndarray]:
    """Return windows of every channel, shape (channel, window, time), and their first samples."""
    n = samples.shape[1] if job.window_s is None else round(job.window_s * rate_hz)
    hop = n if job.hop_s is None else max(1, round(job.hop_s * rate_hz))
    if not 1 <= n <= samples.shape[1]:
        raise ParameterError(
            f"the recording is {samples.shape[1] / rate_hz:.4g} s long, shorter than a window of {job.window_s} s"
        )
    windows = np.lib.stride_tricks.sliding_window_view(samples, n, axis=-1)[:, ::hop]
    return windows, np.arange(windows.shape[1]) * hop


def rows_of_dataset(path: Path, *, job: Job) -> Iterator[Table]:
    """Give the rows of a dataset a block at a time, so that memory does not grow with it."""
    from palier.cli.present import progress
    from palier.data.store import open_dataset

    dataset = open_dataset(path)
    index = dataset.index
    ids, labels, severities = (index.column(c) for c in ("record_id", "label", "severity"))
    lengths_s = index.column("n_samples") / index.column("sampling_rate_hz")
    with progress(len(dataset), doing="computing") as advance:
        for records in _runs(lengths_s, job.window_s):
            window_s = float(lengths_s[records[0]]) if job.window_s is None else job.window_s
            last = -1
            for block in dataset.iterate(records, window_s=window_s, hop_s=job.hop_s, batch=_BLOCK):
                yield {
                    "record_id": ids[block.record].tolist(),
                    "label": labels[block.record].tolist(),
                    "severity": severities[block.record].tolist(),
                    "start_s": block.start / block.sampling_rate_hz,
                    "speed_hz": block.speed_hz,
                    **job.features(block.samples, sampling_rate_hz=block.sampling_rate_hz, speed_hz=block.speed_hz),
                }
                for record in np.unique(block.record[block.record > last]).tolist():
                    advance(Path(str(ids[record])))
                last = int(block.record[-1])


def _runs(lengths_s: np.ndarray, window_s: float | None) -> Iterator[list[int]]:
    """Part the records into runs of one length, where whole records are wanted."""
    if window_s is not None:
        yield list(range(len(lengths_s)))
        return
    first = 0
    for i in range(1, len(lengths_s) + 1):
        if i == len(lengths_s) or lengths_s[i] != lengths_s[first]:
            yield list(range(first, i))
            first = i


def write_rows(blocks: Iterator[Table], path: Path) -> int:
    """Write blocks of rows to a parquet or CSV file, whole or not at all; return how many. Without any: no file."""
    if path.suffix not in {".parquet", ".csv"}:
        raise ParameterError(f"{path}: the ending is {path.suffix!r}; allowed are .parquet and .csv")
    temporary = path.with_name(f".{path.name}.part")
    try:
        with ExitStack() as done:
            done.callback(temporary.unlink, missing_ok=True)
            count = (_write_parquet if path.suffix == ".parquet" else _write_csv)(blocks, temporary)
            if count:
                temporary.replace(path)
    except OSError as error:
        if isinstance(error, PalierError):
            raise
        raise OutputError(
            f"{path} cannot be written ({error.strerror}); choose a folder that exists and is yours"
        ) from error
    return count


def _write_parquet(blocks: Iterator[Table], path: Path) -> int:
    import pyarrow as pa
    from pyarrow import parquet

    count, writer = 0, None
    try:
        for block in blocks:
            table = pa.table({k: _column(v) for k, v in block.items()})
            writer = writer or parquet.ParquetWriter(path, table.schema)
            writer.write_table(table)
            count += table.num_rows
    finally:
        if writer is not None:
            writer.close()
    return count


def _column(values: Sequence[Any] | np.ndarray) -> Any:
    import pyarrow as pa

    return pa.array(values) if isinstance(values, np.ndarray) else pa.array(values, pa.string())


def _write_csv(blocks: Iterator[Table], path: Path) -> int:
    import csv

    count = 0
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        for block in blocks:
            if not count:
                writer.writerow(block)
            rows = [[("" if v is None else v) for v in row] for row in zip(*map(_plain, block.values()), strict=True)]
            writer.writerows(rows)
            count += len(rows)
    return count


def _plain(values: Sequence[Any] | np.ndarray) -> Sequence[Any]:
    plain: Sequence[Any] = values.tolist() if isinstance(values, np.ndarray) else values
    return plain
