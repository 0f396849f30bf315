"""From one version of a dataset's layout to the next.

A new version is a row in `MIGRATIONS` and a dataset of the old version among the tests.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from palier.core.recording import is_simulated
from palier.data.files import file_sha256, output_errors, publish_folder, write_whole
from palier.data.schema import INDEX_COLUMNS, SCHEMA_VERSION, TRUTH_COLUMNS, ContentHash, FileEntry, arrow_schema
from palier.data.store import Dataset, open_dataset
from palier.errors import DatasetError, OutputError, ParameterError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["MIGRATIONS", "Migration", "migrate_dataset", "stored_version"]

_TRUTH_ROWS: Final = 64


@dataclass(frozen=True, slots=True)
class Migration:
    """One step, from a version to the next."""

    words: str
    """What changed."""
    card: Callable[[dict[str, Any], "pa.Table"], dict[str, Any]]
    """From the old card and the new index to the new card."""
    index: Callable[["pa.Table"], "pa.Table"]
    truth: Callable[["pa.Table"], "pa.Table"]
    """From rows of the old table to rows of the new one."""


def _card_to_1(card: dict[str, Any], index: "pa.Table") -> dict[str, Any]:
    sources, lengths, rates = (index[name].to_pylist() for name in ("source", "n_samples", "sampling_rate_hz"))
    return {
        **card,
        "n_simulated": sum(is_simulated(s or "") for s in sources),
        "duration_s": float(sum(n / rate for n, rate in zip(lengths, rates, strict=True) if rate)),
    }


def _index_to_1(table: "pa.Table") -> "pa.Table":
    return _with_columns(table, arrow_schema(INDEX_COLUMNS))


def _truth_to_1(table: "pa.Table") -> "pa.Table":
    import pyarrow as pa

    wanted = arrow_schema(TRUTH_COLUMNS)
    return pa.table([table["record_id"], table["truth"], pa.array(["{}"] * len(table), pa.string())], schema=wanted)


def _with_columns(table: "pa.Table", wanted: "pa.Schema") -> "pa.Table":
    """Add the columns that a table lacks, null throughout, and put all in the order wanted."""
    import pyarrow as pa

    here = set(table.column_names)
    columns = [table[f.name].cast(f.type) if f.name in here else pa.nulls(len(table), f.type) for f in wanted]
    return pa.table(columns, schema=wanted)


#: By the version that a step starts from.
MIGRATIONS: Final[dict[int, Migration]] = {
    0: Migration(
        "The index learns `bearing_name`, `load_unit` and `unit`; the truth learns `provenance`; the card counts "
        "simulated records and adds up the duration.",
        _card_to_1,
        _index_to_1,
        _truth_to_1,
    )
}


def stored_version(path: str | Path) -> int:
    """Return the schema version of a stored dataset, whatever it is.

    Raises
    ------
    DatasetError
        If there is no card.
    """
    return int(_document(Path(path))["schema_version"])


def migrate_dataset(
    source: str | Path,
    target: str | Path,
    *,
    to_schema: int = SCHEMA_VERSION,
    on_progress: Callable[[int, int], None] | None = None,
) -> Dataset:
    """Write a dataset of an older version as one of the present version; shards are copied, the rest is written anew.

    Parameters
    ----------
    source : str or Path
        Left as it is.
    target : str or Path
        A directory that is not there yet; it appears whole or not at all.
    to_schema : int
        The present version is the only one that can be written.
    on_progress : callable, optional
        Called with the shards copied and their total.

    Returns
    -------
    Dataset
        With the same content hash.

    Raises
    ------
    DatasetError
        If the source is damaged, or of a version that no step starts from.
    ParameterError
        If `to_schema` is not the present version.
    OutputError
        If the target is there, or cannot be written.
    """
    source, target = Path(source).absolute(), Path(target).absolute()
    document = _document(source)
    steps = list(_steps(source, int(document["schema_version"]), to_schema))
    if target.exists():
        raise OutputError(f"{target} is there; name another folder")
    made = target.with_name(f".{target.name}.migrating")
    with output_errors(made):
        shutil.rmtree(made, ignore_errors=True)
        (made / "shards").mkdir(parents=True)
        try:
            _write(source, made, document, steps, on_progress or (lambda _done, _total: None))
            publish_folder(made, target)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return open_dataset(target)


def _document(path: Path) -> dict[str, Any]:
    try:
        document = json.loads((path / "dataset.json").read_text(encoding="utf-8"))
        document["schema_version"] = int(document["schema_version"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{path}: no dataset card can be read there ({error}); check the path") from error
    return dict(document)


def _steps(source: Path, version: int, to_schema: int) -> Iterator[Migration]:
    if to_schema != SCHEMA_VERSION:
        raise ParameterError(f"to_schema is {to_schema}; this palier writes version {SCHEMA_VERSION} and no other")
    while version < to_schema:
        if version not in MIGRATIONS:
            raise DatasetError(
                f"{source}: schema version {version} is not known; versions {min(MIGRATIONS)} and up are"
            )
        yield MIGRATIONS[version]
        version += 1
    if version > to_schema:
        raise DatasetError(f"{source}: has schema version {version}, which is newer than this palier; update palier")


def _write(
    source: Path, made: Path, document: dict[str, Any], steps: list[Migration], report: Callable[[int, int], None]
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        index = pq.read_table(source / document["index"]["path"], partitioning=None)
        card = dict(document)
        for step in steps:
            index = step.index(index)
            card = step.card(card, index)
        pq.write_table(index, made / "index.parquet", compression="zstd")
        content = ContentHash()
        with (
            pq.ParquetFile(source / document["truth"]["path"]) as old,
            pq.ParquetWriter(made / "truth.parquet", arrow_schema(TRUTH_COLUMNS), compression="zstd") as new,
        ):
            first = 0
            for batch in old.iter_batches(_TRUTH_ROWS):
                table = pa.Table.from_batches([batch])
                for step in steps:
                    table = step.truth(table)
                new.write_table(table)
                rows = index.slice(first, len(table)).to_pylist()
                for row, truth in zip(rows, table["truth"].to_pylist(), strict=True):
                    content.add(row, truth)
                first += len(table)
    except (pa.ArrowException, KeyError, TypeError, ValueError) as error:
        if isinstance(error, DatasetError):
            raise
        raise DatasetError(f"{source}: is damaged ({error}); restore the dataset") from error
    if content.hexdigest() != document["content_hash"]:
        raise DatasetError(
            f"{source}: its records are not those of its content hash; it is damaged: restore the dataset"
        )
    for number, shard in enumerate(document["shards"]):
        shutil.copyfile(source / shard["path"], made / shard["path"])
        report(number + 1, len(document["shards"]))
    if (source / "splits").is_dir():
        shutil.copytree(source / "splits", made / "splits")
    if (source / "audit.json").is_file():
        shutil.copyfile(source / "audit.json", made / "audit.json")
    card |= {"schema_version": SCHEMA_VERSION, "index": _entry(made, "index.parquet", len(index))}
    card |= {"truth": _entry(made, "truth.parquet", len(index))}
    write_whole(made / "dataset.json", json.dumps(card, indent=2, ensure_ascii=False) + "\n")


def _entry(folder: Path, name: str, n_records: int) -> dict[str, Any]:
    file = folder / name
    return asdict(FileEntry(name, file_sha256(file), file.stat().st_size, n_records))
