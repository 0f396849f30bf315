"""What is known about how each record came to be, read a row group at a time."""

from pathlib import Path
from typing import Any

import numpy as np

from palier.data.same_folder import SameFolder
from palier.errors import DatasetError

__all__ = ["TruthTable"]


class TruthTable:
    """Rows of ``truth.parquet``: only the footer, and the row group read last, are kept.

    Parameters
    ----------
    folder : SameFolder
        The dataset's directory.
    path : Path
    """

    __slots__ = ("_edges", "_folder", "_group", "_metadata", "path")

    def __init__(self, folder: SameFolder, path: Path) -> None:
        self._folder, self.path = folder, path
        self._metadata: Any = None
        self._edges = np.zeros(1, np.int64)
        self._group: tuple[int, list[str], list[str]] = (-1, [], [])

    def row(self, i: int) -> tuple[str, str]:
        """Return the truth and the provenance of a record, both as JSON.

        Raises
        ------
        DatasetError
            If the table cannot be read.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            if self._metadata is None:
                metadata = pq.read_metadata(self.path)
                counts = [metadata.row_group(g).num_rows for g in range(metadata.num_row_groups)]
                self._edges = np.cumsum([0, *counts])
                self._metadata = metadata
            g = int(np.searchsorted(self._edges, i, side="right")) - 1
            kept = self._group
            if kept[0] != g:
                self._folder.check()
                with pq.ParquetFile(self.path, metadata=self._metadata) as file:
                    table = file.read_row_group(g, columns=["truth", "provenance"], use_threads=False)
                kept = self._group = (g, table["truth"].to_pylist(), table["provenance"].to_pylist())
        except (OSError, pa.ArrowException, KeyError) as error:
            raise DatasetError(f"{self.path}: cannot be read ({error}); restore the dataset") from error
        place = i - int(self._edges[g])
        if place >= len(kept[1]):
            raise DatasetError(f"{self.path}: ends before record {i}; restore the dataset")
        return kept[1][place], kept[2][place]
