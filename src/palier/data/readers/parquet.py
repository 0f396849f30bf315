"""Parquet tables: one column per channel."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from palier.data.contents import Contents
from palier.data.hostile import check_size, translated
from palier.data.tables import Array, contents_of_arrays
from palier.errors import ReadError

__all__ = ["read"]


def read(path: Path) -> Contents:
    """Find the numeric columns; only the chosen one is read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with translated(path, "a Parquet table"):
        file = pq.ParquetFile(path, memory_map=True)
        rows, schema = file.metadata.num_rows, file.schema_arrow
        file.close()
    arrays = []
    for field in schema:
        numeric = pa.types.is_integer(field.type) or pa.types.is_floating(field.type)
        dtype = np.dtype(field.type.to_pandas_dtype()) if numeric else np.dtype(object)
        arrays.append(Array(field.name, (rows,), dtype, _loader(path, field.name, rows)))
    attributes = {
        key.decode("utf-8", "replace"): _number(value.decode("utf-8", "replace"))
        for key, value in (schema.metadata or {}).items()
    }
    return contents_of_arrays(arrays, source=path.name, attributes=attributes)


def _number(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text


def _loader(path: Path, name: str, rows: int) -> Callable[[], np.ndarray]:
    def load() -> np.ndarray:
        import pyarrow.parquet as pq

        check_size(path, rows * 8, f"column {name}")
        with translated(path, "a Parquet table"):
            column = pq.read_table(path, columns=[name], memory_map=True).column(0)
            if column.null_count:
                raise ReadError(f"{path.name}: column {name} has {column.null_count} missing values; fill or cut them")
            return np.asarray(column.to_numpy())

    return load
