"""A split on disk: who is where in a table, everything else on the dataset's card."""

import re
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np

from palier.core.split import Fold, Split
from palier.data.files import output_errors, replacing
from palier.data.index import Index
from palier.data.schema import SPLIT_COLUMNS, SplitEntry, arrow_schema, canonical_json
from palier.errors import DatasetError, ParameterError

__all__ = ["read_split", "split_sha256", "write_split"]

_SIDES: Final = ("train", "validation", "test")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def split_sha256(split: Split, record_ids: np.ndarray) -> str:
    """Return the hex digest of everything that makes a split: its settings and who is where; its name aside."""
    settings = [split.level, split.kind, split.seed, split.leaky, split.window_test_share, split.text]
    digest = sha256(canonical_json(settings).encode())
    for fold in split.folds:
        sides = {side: record_ids[getattr(fold, side)].tolist() for side in _SIDES}
        digest.update(canonical_json([fold.name, sides]).encode())
    return digest.hexdigest()


def write_split(folder: Path, split: Split, index: Index) -> SplitEntry:
    """Write the table of a split; return what belongs on the card.

    Raises
    ------
    ParameterError
        If the name is no possible file name, two folds have one name, or a row is not in the index.
    OutputError
        If it cannot be written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not _NAME.fullmatch(split.name):
        raise ParameterError(
            f"a split cannot be called {split.name!r}; allowed are up to 100 letters, digits and ._-, the first one a "
            "letter or digit"
        )
    names = tuple(f.name for f in split.folds)
    if len(set(names)) != len(names):
        raise ParameterError(f"split {split.name!r} has two folds of one name; there are {', '.join(names)}")
    ids = index.column("record_id")
    columns: dict[str, list[Any]] = {c.name: [] for c in SPLIT_COLUMNS}
    for fold in split.folds:
        for side in _SIDES:
            rows = np.asarray(getattr(fold, side), np.int64)
            if len(rows) and (rows.min() < 0 or rows.max() >= len(index)):
                raise ParameterError(f"split {split.name!r} names row {rows.max()}; there are 0 to {len(index) - 1}")
            columns["fold"] += [fold.name] * len(rows)
            columns["side"] += [side] * len(rows)
            columns["row"] += rows.tolist()
            columns["record_id"] += ids[rows].tolist()
    with output_errors(folder):
        folder.mkdir(exist_ok=True)
    with replacing(folder / f"{split.name}.parquet") as temporary:
        pq.write_table(pa.table(columns, schema=arrow_schema(SPLIT_COLUMNS)), temporary, compression="zstd")
    return SplitEntry(
        split.name, split.level, split.kind, split.seed, split.leaky, split.window_test_share, split.text, names,
        split_sha256(split, ids),
    )  # fmt: skip


def read_split(path: Path, entry: SplitEntry, index: Index) -> Split:
    """Read a split and compare its hash with that on the card.

    Raises
    ------
    DatasetError
        If the table cannot be read, or is not the one that the card means.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            table = file.read(use_threads=False)
        fold, side = (np.array(table[name].to_pylist(), object) for name in ("fold", "side"))
        row = np.asarray(table["row"].to_numpy(), np.int64)
    except (OSError, pa.ArrowException, KeyError) as error:
        raise DatasetError(f"{path}: cannot be read ({error}); make the split again") from error
    sides = [[row[(fold == name) & (side == s)] for s in _SIDES] for name in entry.folds]
    folds = tuple(
        Fold(train, validation, test, name) for name, (train, validation, test) in zip(entry.folds, sides, strict=True)
    )
    try:
        split = Split(
            entry.name, entry.level, entry.kind, folds, entry.seed, leaky=entry.leaky,  # type: ignore[arg-type]  # checked by its hash
            window_test_share=entry.window_test_share, text=entry.text,
        )  # fmt: skip
        same = split_sha256(split, index.column("record_id")) == entry.sha256
    except (ParameterError, IndexError) as error:
        raise DatasetError(f"{path}: is no split ({error}); make the split again") from error
    if not same:
        raise DatasetError(f"{path}: is not the split that the card means (its hash differs); make the split again")
    return split
