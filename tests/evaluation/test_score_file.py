import runpy
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from palier.errors import OutputError, ReadError
from palier.evaluation.records import RecordScores, concatenate_scores
from palier.evaluation.score_file import read_record_scores, read_score_blocks, write_record_scores

made_scores = runpy.run_path(str(Path(__file__).with_name("cases.py")))["made_scores"]

COLUMNS = ("record_id", "true_class", "scores", "votes", "group", "severity", "condition")


def equal(a: RecordScores, b: RecordScores) -> bool:
    same = all(np.array_equal(getattr(a, name), getattr(b, name)) for name in COLUMNS)
    return same and a.classes == b.classes and np.array_equal(a.signature_share, b.signature_share, equal_nan=True)


@pytest.mark.parametrize("flags", [False, True])
def test_scores_come_back_as_they_were_whole_and_in_blocks(tmp_path: Path, flags: bool) -> None:
    scores = made_scores(137, flags=flags)
    path = tmp_path / "new" / "record_scores.parquet"
    write_record_scores(path, scores)
    assert equal(read_record_scores(path), scores)
    blocks = list(read_score_blocks(path, size=50))
    assert [len(b) for b in blocks] == [50, 50, 37]
    assert equal(concatenate_scores(blocks), scores)
    assert [p.name for p in path.parent.iterdir()] == ["record_scores.parquet"]


def test_the_columns_can_be_read_by_anybody(tmp_path: Path) -> None:
    scores = made_scores(20)
    write_record_scores(tmp_path / "s.parquet", scores)
    table = parquet.read_table(tmp_path / "s.parquet")
    assert table["true_class"].to_pylist() == [scores.classes[t] for t in scores.true_class]
    assert table["predicted"].to_pylist() == [scores.classes[t] for t in scores.predicted]
    assert table["n_windows"].to_pylist() == scores.n_windows.tolist()
    assert table["signature_share"].null_count == 20
    assert table["score_oil_whirl"].to_pylist() == scores.scores[:, 2].tolist()


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="existing"):
        read_record_scores(tmp_path / "none.parquet")
    (tmp_path / "text.parquet").write_text("no parquet")
    with pytest.raises(ReadError, match="Parquet"):
        read_record_scores(tmp_path / "text.parquet")
    parquet.write_table(pa.table({"a": [1]}), tmp_path / "other.parquet")
    with pytest.raises(ReadError, match="without scores"):
        read_record_scores(tmp_path / "other.parquet")
    stamp = {b"palier": b'{"schema": 99, "classes": []}'}
    parquet.write_table(pa.table({"a": [1]}).replace_schema_metadata(stamp), tmp_path / "new.parquet")
    with pytest.raises(ReadError, match="schema 99"):
        read_record_scores(tmp_path / "new.parquet")


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        write_record_scores(tmp_path / "file" / "s.parquet", made_scores(3))
