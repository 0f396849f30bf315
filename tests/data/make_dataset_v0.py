"""Made ``dataset_v0`` once: ``python -m tests.data.make_dataset_v0 FOLDER`` (from the checkout).

Version 0 lacked columns that version 1 has; everything else of it is written by the present version and cut back.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from tests.data.dataset_cases import NOW, source_of, v0_records

from palier.core.split import Fold, Split
from palier.data import build_dataset
from palier.data.files import file_sha256
from palier.data.schema import FileEntry


def main(folder: Path) -> None:
    dataset = build_dataset(source_of(v0_records()), folder, name="older", now=lambda: NOW)
    none = np.zeros(0, np.int64)
    dataset.add_split(Split("halves", "record", "holdout", (Fold(np.arange(2), none, np.arange(2, 5)),), seed=1))
    card = json.loads((folder / "dataset.json").read_text())
    for name in ("n_simulated", "duration_s"):
        del card[name]
    for name, gone in (("index", ["bearing_name", "load_unit", "unit"]), ("truth", ["provenance"])):
        file = folder / f"{name}.parquet"
        pq.write_table(pq.read_table(file).drop_columns(gone), file)
        card[name] = asdict(FileEntry(file.name, file_sha256(file), file.stat().st_size, 5))
    card["schema_version"] = 0
    (folder / "dataset.json").write_text(json.dumps(card, indent=2) + "\n")
    (folder / ".lock").unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
