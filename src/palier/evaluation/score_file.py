"""The scores of each record as a Parquet file, read back whole or block by block."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import numpy as np

from palier.errors import OutputError, ReadError
from palier.evaluation.records import RecordScores

__all__ = ["SCORE_FILE_SCHEMA", "read_record_scores", "read_score_blocks", "write_record_scores"]

#: Version of the columns.
SCORE_FILE_SCHEMA: Final = 1

_KEY = b"palier"
_ROWS = 16_384


def write_record_scores(path: Path, scores: RecordScores) -> None:
    """Write the scores, a row for each record; the file appears whole or not at all.

    Columns: ``record_id``, ``true_class`` and ``predicted`` (keys), ``group``, ``severity``, ``condition``,
    ``n_windows``, ``signature_share`` (null where unknown), ``score_<class>`` and ``votes_<class>``.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    import pyarrow as pa
    from pyarrow import parquet

    classes = np.array(scores.classes, dtype=object)
    columns: dict[str, Any] = {
        "record_id": pa.array(scores.record_id.tolist(), pa.string()),
        "true_class": pa.array(classes[scores.true_class].tolist(), pa.string()),
        "predicted": pa.array(classes[scores.predicted].tolist(), pa.string()),
        "group": pa.array(scores.group.tolist(), pa.string()),
        "severity": pa.array(scores.severity.tolist(), pa.string()),
        "condition": pa.array(scores.condition.tolist(), pa.string()),
        "n_windows": pa.array(scores.n_windows),
        "signature_share": pa.array(scores.signature_share, from_pandas=True),
    }
    for k, name in enumerate(scores.classes):
        columns[f"score_{name}"] = pa.array(np.ascontiguousarray(scores.scores[:, k]))
    for k, name in enumerate(scores.classes):
        columns[f"votes_{name}"] = pa.array(np.ascontiguousarray(scores.votes[:, k]))
    stamp = json.dumps({"schema": SCORE_FILE_SCHEMA, "classes": list(scores.classes)})
    table = pa.table(columns).replace_schema_metadata({_KEY: stamp.encode()})
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        parquet.write_table(table, part, row_group_size=_ROWS, compression="zstd")
        part.replace(path)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written ({error.strerror or error}); choose a folder that you may write to"
        ) from error
    finally:
        with suppress(OSError):
            part.unlink()


def read_record_scores(path: Path) -> RecordScores:
    """Read the scores of all records.

    Raises
    ------
    ReadError
        If the file is missing, is none of palier's, or of a newer version.
    """
    file, classes = _opened(path)
    with file:
        return _scores(file.read(), classes)


def read_score_blocks(path: Path, *, size: int = _ROWS) -> Iterator[RecordScores]:
    """Yield the records `size` at a time; memory holds one block.

    Raises
    ------
    ReadError
        If the file is missing, is none of palier's, or of a newer version.
    """
    import pyarrow as pa

    file, classes = _opened(path)
    with file:
        for batch in file.iter_batches(batch_size=size):
            yield _scores(pa.Table.from_batches([batch]), classes)


def _opened(path: Path) -> tuple[Any, tuple[str, ...]]:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(path)
    except OSError as error:
        raise ReadError(f"{path}: cannot be read ({error.strerror or error}); name an existing file") from error
    except pa.ArrowInvalid as error:
        raise ReadError(f"{path}: no Parquet file ({error}); name a file that `palier evaluate` wrote") from error
    stamp = (file.schema_arrow.metadata or {}).get(_KEY)
    if stamp is None:
        file.close()
        raise ReadError(f"{path}: a Parquet file without scores of palier; name a file that `palier evaluate` wrote")
    facts = json.loads(stamp)
    if facts["schema"] > SCORE_FILE_SCHEMA:
        file.close()
        raise ReadError(
            f"{path}: scores of schema {facts['schema']}, and this palier knows {SCORE_FILE_SCHEMA}; update palier"
        )
    return file, tuple(facts["classes"])


def _scores(table: Any, classes: tuple[str, ...]) -> RecordScores:
    def names(column: str) -> np.ndarray:
        return np.array(table[column].to_pylist(), dtype=object)

    def numbers(column: str) -> np.ndarray:
        return np.asarray(table[column].to_numpy())

    n = table.num_rows
    place = {name: k for k, name in enumerate(classes)}
    return RecordScores(
        classes=classes,
        record_id=names("record_id"),
        true_class=np.array([place[c] for c in table["true_class"].to_pylist()], np.int64),
        scores=np.stack([numbers(f"score_{c}") for c in classes], axis=1).reshape(n, len(classes)),
        votes=np.stack([numbers(f"votes_{c}") for c in classes], axis=1).reshape(n, len(classes)),
        group=names("group"),
        severity=names("severity"),
        condition=names("condition"),
        signature_share=numbers("signature_share").astype(np.float64),
    )
