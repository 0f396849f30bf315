"""The index of a dataset: one column of facts per name, one row per record."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from palier.data.schema import INDEX_COLUMNS
from palier.errors import DatasetError, ParameterError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Index"]

_KINDS = {column.name: column.kind for column in INDEX_COLUMNS}
_WHOLE = {"int8": np.int8, "int32": np.int32, "int64": np.int64}


class Index:
    """Columns as NumPy arrays, made when they are first asked for; read-only.

    Where nobody knows: ``None`` in columns of text, NaN in columns of numbers, -1 in ``class_index``, NaT in times.
    """

    __slots__ = ("_columns", "_rows", "_table")

    def __init__(self, table: "pa.Table") -> None:
        self._table = table
        self._columns: dict[str, np.ndarray] = {}
        self._rows: dict[str, int] | None = None

    @classmethod
    def read(cls, path: Path) -> "Index":
        """Read ``index.parquet``.

        Raises
        ------
        DatasetError
            If it cannot be read, or lacks a column.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            with pq.ParquetFile(path) as file:  # closed here and now, unlike by `read_table`: a fork keeps what is open
                table = file.read(use_threads=False)
        except (OSError, pa.ArrowException) as error:
            raise DatasetError(f"{path}: cannot be read ({error}); restore the dataset") from error
        missing = [name for name in _KINDS if name not in table.column_names]
        if missing:
            raise DatasetError(f"{path}: lacks {', '.join(missing)}; it is no index of this schema version")
        return cls(table.combine_chunks())

    def __len__(self) -> int:
        return int(self._table.num_rows)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(_KINDS)

    def column(self, name: str) -> np.ndarray:
        """Return a column.

        Raises
        ------
        ParameterError
            If there is none of that name.
        """
        if name not in _KINDS:
            raise ParameterError(f"no column {name!r}; there are {', '.join(_KINDS)}")
        array = self._columns.get(name)
        if array is None:
            array = self._made(name)
            array.flags.writeable = False
            array = self._columns.setdefault(name, array)
        return array

    def row(self, i: int) -> dict[str, Any]:
        """Return all facts of a record, ``None`` where nobody knows."""
        facts: dict[str, Any] = self._table.slice(i, 1).to_pylist()[0]
        return facts

    def row_of(self, record_id: str) -> int:
        """Return the row of a record.

        Raises
        ------
        ParameterError
            If there is none of that name.
        """
        if self._rows is None:
            self._rows = {name: i for i, name in enumerate(self.column("record_id").tolist())}
        try:
            return self._rows[record_id]
        except KeyError:
            raise ParameterError(f"no record {record_id!r} among {len(self)}") from None

    def _made(self, name: str) -> np.ndarray:
        column, kind = self._table[name], _KINDS[name]
        if kind in _WHOLE:
            return np.asarray(column.fill_null(-1).to_numpy()).astype(_WHOLE[kind])
        if kind == "number":
            return np.array(column.to_numpy(), np.float64)
        if kind == "time":
            return np.array(column.to_numpy(), "datetime64[us]")
        if kind == "texts":
            array = np.empty(len(column), object)
            array[:] = [tuple(v) for v in column.to_pylist()]
            return array
        encoded = column.combine_chunks().dictionary_encode()  # equal texts are one object
        texts = np.array([*encoded.dictionary.to_pylist(), None], object)
        return np.asarray(texts[encoded.indices.fill_null(len(texts) - 1).to_numpy(zero_copy_only=False)])
