"""Records that are in memory already, as the source of a dataset."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from palier.core.dataset import LabelledRecord

__all__ = ["MemorySource"]


@dataclass(frozen=True, slots=True, eq=False)
class MemorySource:
    """A source of records that somebody made or read elsewhere; see `palier.core.dataset.RecordSource`.

    Parameters
    ----------
    records : sequence of LabelledRecord
        They travel to every worker: for large sets write a source that makes each record when it is asked for.
    description : mapping
        What the card says of their origin: JSON values, with ``licence`` where there is one.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> from palier.core.recording import Provenance, Recording
    >>> from palier.data import build_dataset
    >>> x = np.ones((1, 4096), np.float32)
    >>> r = Recording(x, Provenance("simulated: ones", "0" * 64), sampling_rate_hz=1024.0, unit="g")
    >>> source = MemorySource([LabelledRecord("r0", r, label="healthy")], {"generator": "ones"})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     dataset = build_dataset(source, Path(folder, "ones"))
    ...     dataset.card.n_records, dataset.window(0, 1000, 3).tolist()
    (1, [[1.0, 1.0, 1.0]])
    """

    records: Sequence[LabelledRecord]
    description: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.records)

    def record(self, index: int) -> LabelledRecord:
        """Return one record."""
        return self.records[index]
