"""Write a dataset in the formats of other programs."""

import csv
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

import numpy as np

from palier.core.dataset import LabelledRecord
from palier.core.recording import is_simulated
from palier.data.build import Overwrite
from palier.data.files import output_errors, publish_folder, replacing
from palier.data.index import Index
from palier.data.store import Dataset
from palier.errors import OutputError, ParameterError

__all__ = ["EXPORT_FORMATS", "ExportFormat", "export_dataset"]

ExportFormat = Literal["mat", "csv", "npz", "parquet", "h5"]

EXPORT_FORMATS: Final[tuple[ExportFormat, ...]] = get_args(ExportFormat)
_MARK: Final = "export.json"
_SIDES: Final = ("train", "validation", "test")
#: A text that begins so is run as a formula by spreadsheets, whoever wrote it.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def export_dataset(
    dataset: Dataset,
    target: str | Path,
    *,
    format: ExportFormat,  # noqa: A002 - the plain word
    split: str | None = None,
    fold: str | None = None,
    records: Sequence[int] | None = None,
    channel: int = 0,
    overwrite: Overwrite = "refuse",
    on_progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Write records for other programs, one after the other in bounded memory; the result appears whole or not at all.

    ``mat``, ``csv``, ``npz`` and ``parquet`` give a folder: ``recordings/`` with one file per record, which
    `palier.data.read_recording` reads back with rate, unit, speed and bearing; ``facts.csv``, the index as text; and
    ``labels.csv``, which ``palier audit`` and ``palier dataset import`` take as ``--labels``. ``h5`` gives one file
    with ``/<side>/signals (n, samples)``, ``labels`` (class index, -1 where it is not known), ``severities`` (level, or
    empty) and ``metadata`` (a JSON text per row), which `palier dataset import --layout` takes.

    Parameters
    ----------
    dataset : Dataset
    target : str or Path
        Folder, or file for ``h5``.
    format : {"mat", "csv", "npz", "parquet", "h5"}
    split, fold : str, optional
        Only the records of a stored split. In ``h5`` the sides of the fold are the groups; otherwise there is one
        group, ``all``.
    records : sequence of int, optional
        Only these rows.
    channel : int
        For ``h5``: the channel taken; the other formats hold all.
    overwrite : {"refuse", "replace"}
        A folder is replaced only if an export wrote it.
    on_progress : callable, optional
        Called with the records written and their total.

    Returns
    -------
    Path
        What was written.

    Raises
    ------
    ParameterError
        If the format is not known, or ``h5`` is asked of records that differ in length or rate.
    OutputError
        If the target is there or cannot be written.
    """
    if format not in EXPORT_FORMATS:
        raise ParameterError(f"format {format!r} is not known; allowed are {', '.join(EXPORT_FORMATS)}")
    if split is not None and records is not None:
        raise ParameterError("records and split were both given; allowed is one of them")
    if split is not None:
        chosen = dataset.split(split).fold(fold)
        groups = {side: [int(i) for i in getattr(chosen, side)] for side in _SIDES}
        if dataset.split(split).level == "window":
            raise ParameterError(f"split {split!r} parts windows, not records; export the dataset without a split")
    else:
        groups = {"all": list(range(len(dataset))) if records is None else [int(i) for i in records]}
    target = Path(os.path.abspath(target))  # noqa: PTH100 - resolve() would follow a link that is to be replaced
    _check_target(target, overwrite, folder=format != "h5")
    report = on_progress or (lambda _done, _total: None)
    with output_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        if format == "h5":
            with replacing(target) as temporary:
                _write_h5(dataset, temporary, {k: v for k, v in groups.items() if v}, channel, report)
        else:
            made = target.with_name(f".{target.name}.{os.getpid()}.part")
            try:
                _write_folder(dataset, made, format, sorted({i for rows in groups.values() for i in rows}), report)
                publish_folder(made, target)
            finally:
                shutil.rmtree(made, ignore_errors=True)
    return target


def _check_target(target: Path, overwrite: Overwrite, *, folder: bool) -> None:
    if not target.exists():
        return
    ours = (target / _MARK).is_file() if folder else target.is_file()
    if overwrite == "refuse" or not ours:
        what = "is there" if ours else "is there and was not written by an export"
        raise OutputError(f"{target} {what}; name another" + (", or have it replaced (--overwrite)" if ours else ""))


# ---- one file per record ----


@dataclass(frozen=True, slots=True)
class _Exported:
    """A record as other programs are told of it."""

    channels: dict[str, np.ndarray]
    facts: dict[str, float | str]


def _place(index: Index, i: int, ending: str) -> str:
    """Return a recording's file in the folder; a simulated one says so in its name, and is known by it when read."""
    mark = "SIMULATED-" if is_simulated(str(index.column("source")[i])) else ""
    return f"recordings/{mark}{index.column('record_id')[i]}.{ending}"


def _exported(record: LabelledRecord) -> _Exported:
    r = record.recording
    told = {
        "fs": r.sampling_rate_hz,
        "unit": r.unit,
        "speed_hz": r.speed_hz,
        "start_time": None if r.start_time is None else r.start_time.isoformat(),
        "bearing": r.bearing_name,
        "record_id": record.record_id,
        "label": record.label,
        "severity": record.severity,
    }
    facts = {k: v for k, v in told.items() if v is not None}
    return _Exported(dict(zip(_names(r.channel_names), r.samples, strict=True)), facts)


def _names(names: Iterable[str]) -> list[str]:
    """Return names that MATLAB takes for variables, each different."""
    made: list[str] = []
    for name in names:
        plain = re.sub(r"[^A-Za-z0-9_]", "_", name)[:24]
        plain = plain if re.match(r"[A-Za-z]", plain) else f"ch_{plain}"
        taken = {*made, "fs", "unit", "speed_hz", "start_time", "bearing", "record_id", "label", "severity"}
        made.append(plain if plain not in taken else f"{plain}_{len(made)}")
    return made


def _write_mat(path: Path, record: _Exported) -> None:
    from scipy.io import savemat

    columns = {name: x[:, None] for name, x in record.channels.items()}
    savemat(path, {**columns, **record.facts}, oned_as="column")


def _write_npz(path: Path, record: _Exported) -> None:
    np.savez(path, allow_pickle=False, **record.channels, **record.facts)


def _write_csv(path: Path, record: _Exported) -> None:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    with path.open("wb") as file:
        for name, value in record.facts.items():
            file.write(f"# {name}: {value}\n".encode())
        unit = record.facts.get("unit")
        table = pa.table({f"{n} [{unit}]" if unit else n: x for n, x in record.channels.items()})
        arrow_csv.write_csv(table, file)


def _write_parquet(path: Path, record: _Exported) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    told = {name: str(value) for name, value in record.facts.items()}
    pq.write_table(pa.table(record.channels).replace_schema_metadata(told), path, compression="zstd")


_WRITERS: Final[dict[str, Callable[[Path, _Exported], None]]] = {
    "mat": _write_mat,
    "npz": _write_npz,
    "csv": _write_csv,
    "parquet": _write_parquet,
}


def _write_folder(
    dataset: Dataset,
    made: Path,
    ending: str,
    rows: list[int],
    report: Callable[[int, int], None],
) -> None:
    shutil.rmtree(made, ignore_errors=True)
    (made / "recordings").mkdir(parents=True)
    index = dataset.index
    for done, i in enumerate(rows, 1):
        _WRITERS[ending](made / _place(index, i, ending), _exported(dataset.record(i)))
        report(done, len(rows))
    labels = [(_place(index, i, ending), index.column("label")[i]) for i in rows]
    with (made / "facts.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        columns = [c for c in index.names if c not in ("shard", "array", "row")]
        table.writerow(["path", *columns])
        for i in rows:
            facts = index.row(i)
            table.writerow([_place(index, i, ending), *(_text(facts[c]) for c in columns)])
    if any(label is not None for _, label in labels):
        with (made / "labels.csv").open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(["path", "label"])
            table.writerows((place, label) for place, label in labels if label is not None)
    card = dataset.card
    about: dict[str, Any] = {
        "dataset": card.name,
        "content_hash": card.content_hash,
        "licence": card.licence,
        "records": len(rows),
    }
    about |= {"simulated": card.n_simulated, "description": dict(card.description)}
    (made / _MARK).write_text(json.dumps(about, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        value = ";".join(value)
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


# ---- one file with a group per side ----


def _write_h5(
    dataset: Dataset, path: Path, groups: dict[str, list[int]], channel: int, report: Callable[[int, int], None]
) -> None:
    import h5py

    index = dataset.index
    rows = [i for group in groups.values() for i in group]
    lengths = np.unique(index.column("n_samples")[rows])
    rates_hz = np.unique(index.column("sampling_rate_hz")[rows])
    if len(lengths) != 1 or len(rates_hz) != 1:
        raise ParameterError(
            f"records of {len(lengths)} lengths and {len(rates_hz)} sampling rates fit in no one array; choose another "
            "format, or records that agree (--split)"
        )
    n, done = int(lengths[0]), 0
    units = {index.column("unit")[i] for i in rows}
    with h5py.File(path, "w") as file:
        if np.isfinite(rates_hz[0]):
            file.attrs["sampling_rate_hz"] = float(rates_hz[0])
        if len(units) == 1 and None not in units:
            file.attrs["unit"] = next(iter(units))
        file.attrs["content_hash"] = dataset.card.content_hash
        for name, group in groups.items():
            folder = file.create_group(name)
            signals = folder.create_dataset("signals", (len(group), n), "<f4", chunks=(1, n))
            text = h5py.string_dtype()
            labels = folder.create_dataset("labels", data=index.column("class_index")[group].astype(np.int64))
            labels.attrs["class_names"] = json.dumps(_class_names(dataset, group))
            levels = [level or "" for level in index.column("severity")[group]]
            folder.create_dataset("severities", data=levels, dtype=text)
            metadata = folder.create_dataset("metadata", (len(group),), text)
            for k, i in enumerate(group):
                signals[k] = dataset.windows([i], [0], n, channel=channel)[0]
                facts = {c: v for c, v in index.row(i).items() if v is not None and c not in ("shard", "array", "row")}
                metadata[k] = json.dumps(facts, ensure_ascii=False, default=_text)
                done += 1
                report(done, len(rows))


def _class_names(dataset: Dataset, group: list[int]) -> list[str]:
    """Return the names of the classes by their index, of the kind of bearing that the records share."""
    from palier.core.faults import classes_of

    kinds = {dataset.index.column("kind")[i] for i in group}
    if len(kinds) != 1:
        raise ParameterError("records of journal and rolling bearings share no class numbers; export them apart")
    return [fault.key for fault in classes_of(kinds.pop())]
