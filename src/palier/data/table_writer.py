"""Write a Parquet table row by row, a row group at a time."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from palier.data.files import file_sha256, synchronise
from palier.data.schema import Column, FileEntry, arrow_schema

__all__ = ["TableWriter"]


class TableWriter:
    """A table that never holds more than one row group in memory.

    Parameters
    ----------
    path : Path
    columns : sequence of Column
    group_rows : int
        Rows per row group: what a reader takes from the disk at once.
    """

    __slots__ = ("_group_rows", "_n_rows", "_path", "_schema", "_waiting", "_writer")

    def __init__(self, path: Path, columns: Sequence[Column], *, group_rows: int) -> None:
        import pyarrow.parquet as pq

        self._path, self._schema, self._group_rows = path, arrow_schema(columns), group_rows
        self._waiting: list[Mapping[str, Any]] = []
        self._n_rows = 0
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")

    def append(self, row: Mapping[str, Any]) -> None:
        """Add one row."""
        self._waiting.append(row)
        self._n_rows += 1
        if len(self._waiting) == self._group_rows:
            self._flush()

    def finish(self) -> FileEntry:
        """Finish the file and describe it."""
        self._flush()
        self._writer.close()
        synchronise(self._path)
        return FileEntry(self._path.name, file_sha256(self._path), self._path.stat().st_size, self._n_rows)

    def abandon(self) -> None:
        """Close the file as it is."""
        self._writer.close()

    def _flush(self) -> None:
        import pyarrow as pa

        if self._waiting:
            self._writer.write_table(pa.Table.from_pylist(self._waiting, schema=self._schema))
            self._waiting = []
