import runpy
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.errors import ParameterError
from palier.evaluation.errors import ErrorCounter, analyse_errors
from palier.evaluation.records import RecordScores
from palier.evaluation.score_file import read_score_blocks, write_record_scores

made_scores = runpy.run_path(str(Path(__file__).with_name("cases.py")))["made_scores"]


@given(st.integers(1, 60), st.integers(0, 99))
def test_blocks_in_any_order_count_like_all_at_once(size: int, seed: int) -> None:
    scores = made_scores(120, strength=1.0)
    whole = analyse_errors([scores], top=5)
    order = np.random.default_rng(seed).permutation(len(scores))
    assert analyse_errors(scores.take(order).blocks(size), top=5) == whole


def test_the_counts_equal_a_naive_loop() -> None:
    s: RecordScores = made_scores(300, strength=1.0)
    found = analyse_errors([s], top=7)
    wrong = [i for i in range(300) if s.scores[i].argmax() != s.true_class[i]]
    assert (found.n_records, found.n_wrong) == (300, len(wrong))
    surest = sorted(wrong, key=lambda i: (-s.scores[i].max(), s.record_id[i]))[:7]
    assert [m.record_id for m in found.confident] == [s.record_id[i] for i in surest]
    first = found.confident[0]
    assert first.confidence == s.scores[surest[0]].max()
    assert first.true_score == s.scores[surest[0], s.true_class[surest[0]]]
    pairs: dict[tuple[str, str], int] = {}
    for i in wrong:
        key = (s.classes[s.true_class[i]], s.classes[int(s.scores[i].argmax())])
        pairs[key] = pairs.get(key, 0) + 1
    assert {(p.true_class, p.predicted): p.n for p in found.confusions}.items() <= pairs.items()
    assert [p.n for p in found.confusions] == sorted(pairs.values(), reverse=True)[:7]
    for name, shares in (("severity", found.by_severity), ("condition", found.by_condition)):
        values = getattr(s, name)
        for share in shares:
            rows = [i for i in range(300) if values[i] == share.name]
            assert share.n_records == len(rows)
            assert share.n_wrong == len(set(rows) & set(wrong))
        assert {x.name for x in shares} == {v for v in values if v is not None}


def test_equally_sure_mistakes_are_kept_by_their_names() -> None:
    s = made_scores(40, strength=0.0)
    flat = RecordScores(
        s.classes, s.record_id, np.ones(40, int), np.tile([0.7, 0.1, 0.1, 0.1], (40, 1)), s.votes, s.group,
        s.severity, s.condition, s.signature_share,
    )  # fmt: skip
    order = np.random.default_rng(0).permutation(40)
    found = analyse_errors(flat.take(order).blocks(7), top=3)
    assert [m.record_id for m in found.confident] == ["r000000", "r000001", "r000002"]


def test_a_hundred_thousand_records_are_analysed_from_disk_in_memory_that_does_not_grow(tmp_path: Path) -> None:
    def peak(n: int) -> int:
        path = tmp_path / f"{n}.parquet"
        write_record_scores(path, made_scores(n, strength=1.0))
        analyse_errors(read_score_blocks(path, size=2048))  # what pyarrow loads once is not counted
        tracemalloc.start()
        found = analyse_errors(read_score_blocks(path, size=2048))
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert found.n_records == n
        return used

    few, many = peak(10_000), peak(100_000)
    assert many < 1.2 * few
    assert many < 8e6


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ParameterError, match="top"):
        ErrorCounter(top=0)
    counter = ErrorCounter()
    counter.add(made_scores(10))
    with pytest.raises(ParameterError, match="same classes"):
        counter.add(made_scores(10, classes=("healthy", "wear")))
    assert analyse_errors([]).n_records == 0
