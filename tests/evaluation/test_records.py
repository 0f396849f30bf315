import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.errors import ParameterError
from palier.evaluation.records import (
    RecordAccumulator,
    RecordFacts,
    RecordScores,
    ScoredRecord,
    collect_records,
    concatenate_scores,
    spread_scores,
)

CLASSES = ("healthy", "wear", "oil_whirl")


def facts_of(n: int, n_classes: int = 3) -> RecordFacts:
    ids = np.array([f"r{i}" for i in range(n)], dtype=object)
    nothing = np.array([None] * n, dtype=object)
    return RecordFacts(ids, np.arange(n) % n_classes, ids, nothing, nothing)


def windows(n_records: int, per_record: int, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return np.repeat(np.arange(n_records), per_record), rng.dirichlet(np.ones(3), size=n_records * per_record)


@given(seed=st.integers(0, 2**32 - 1), n_batches=st.integers(1, 12))
def test_the_order_and_the_batches_of_the_windows_change_no_bit(seed: int, n_batches: int) -> None:
    records, scores = windows(7, 9)
    whole = RecordAccumulator(facts_of(7), classes=CLASSES)
    whole.add(records, scores)
    shuffled = RecordAccumulator(facts_of(7), classes=CLASSES)
    order = np.random.default_rng(seed).permutation(len(records))
    for part in np.array_split(order, n_batches):
        shuffled.add(records[part], scores[part])
    a, b = whole.finish(), shuffled.finish()
    assert np.array_equal(a.scores, b.scores)
    assert np.array_equal(a.votes, b.votes)


def test_the_mean_and_the_votes_equal_a_naive_loop() -> None:
    records, scores = windows(7, 9)
    total = RecordAccumulator(facts_of(7), classes=CLASSES)
    total.add(records, scores.astype(np.float32))
    done = total.finish()
    for r in range(7):
        own = scores[records == r]
        np.testing.assert_allclose(done.scores[r], own.mean(axis=0), atol=1e-7)
        assert done.votes[r].tolist() == [int((own.argmax(axis=1) == k).sum()) for k in range(3)]
    assert done.n_windows.tolist() == [9] * 7


def test_records_one_at_a_time_equal_windows_in_batches() -> None:
    records, scores = windows(6, 5, seed=3)
    flags = np.random.default_rng(1).random(len(records)) < 0.5
    total = RecordAccumulator(facts_of(6), classes=CLASSES)
    total.add(records, scores, has_signature=flags)
    a = total.finish()
    b = collect_records(
        (
            ScoredRecord(f"r{i}", i % 3, scores[records == i], f"r{i}", has_signature=flags[records == i])
            for i in range(6)
        ),
        classes=CLASSES,
    )
    assert np.array_equal(a.scores, b.scores)
    assert np.array_equal(a.votes, b.votes)
    assert np.array_equal(a.signature_share, b.signature_share)
    assert a.record_id.tolist() == b.record_id.tolist()


def test_a_signature_share_is_unknown_unless_every_window_tells() -> None:
    total = RecordAccumulator(facts_of(2), classes=CLASSES)
    one = np.full((2, 3), 1 / 3)
    total.add(np.array([0, 1]), one, has_signature=np.array([True, False]))
    total.add(np.array([1, 1]), one)
    assert np.array_equal(total.finish().signature_share, [1.0, np.nan], equal_nan=True)


def test_a_hundred_thousand_records_need_memory_for_the_records_and_not_for_the_windows() -> None:
    n, per_record, size = 100_000, 20, 20_000
    facts = facts_of(n)

    def peak(rounds: int) -> int:
        total = RecordAccumulator(facts, classes=CLASSES)
        rng = np.random.default_rng(0)
        rows = np.arange(n)
        tracemalloc.start()
        for start in range(0, n * rounds, size):
            part = rows[(start + np.arange(size)) % n]
            p = rng.random(size)
            total.add(part, np.stack([p, 1 - p, np.zeros(size)], axis=1))
        done = total.finish()
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert done.n_windows.sum() == n * rounds
        return used

    few, many = peak(1), peak(per_record)
    assert many < 1.05 * few
    assert many < 40e6  # all scores of 20 windows a record would be 48 MB


def test_the_predicted_class_of_equal_scores_is_the_first() -> None:
    tied = collect_records([ScoredRecord("a", 1, np.array([[0.4, 0.4, 0.2]]), "a")], classes=CLASSES)
    assert tied.predicted.tolist() == [0]


def test_blocks_and_folds_put_together_give_the_whole() -> None:
    records, scores = windows(10, 2)
    total = RecordAccumulator(facts_of(10), classes=CLASSES)
    total.add(records, scores)
    whole = total.finish()
    again = concatenate_scores(list(whole.blocks(3)))
    for name in ("record_id", "scores", "votes", "true_class", "group"):
        assert np.array_equal(getattr(whole, name), getattr(again, name))
    with pytest.raises(ParameterError, match="two folds"):
        concatenate_scores([whole, whole])


def test_a_class_that_the_model_does_not_know_scores_nothing() -> None:
    wide = spread_scores(np.array([[0.3, 0.7]]), of=("wear", "healthy"), onto=CLASSES)
    assert wide.tolist() == [[0.7, 0.3, 0.0]]
    with pytest.raises(ParameterError, match="cage"):
        spread_scores(np.ones((1, 1)), of=("cage",), onto=CLASSES)


@pytest.mark.parametrize(
    ("rows", "scores", "said"),
    [
        ([0, 5], [[1, 0, 0], [1, 0, 0]], "rows 0 to 5"),
        ([-1], [[1, 0, 0]], "rows -1"),
        ([0], [[0.5, 0.5]], "windows by classes"),
        ([0], [[2.0, -1.0, 0.0]], "probabilities"),
        ([0], [[0.2, 0.2, 0.2]], "sum of one"),
        ([0], [[np.nan, 0.5, 0.5]], "probabilities"),
    ],
)
def test_windows_that_cannot_be_are_refused(rows: list[int], scores: list[list[float]], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        RecordAccumulator(facts_of(2), classes=CLASSES).add(np.array(rows), np.array(scores))


def test_records_without_a_window_or_told_twice_are_refused() -> None:
    total = RecordAccumulator(facts_of(2), classes=CLASSES)
    total.add(np.array([1]), np.array([[1.0, 0, 0]]))
    with pytest.raises(ParameterError, match="1 of 2 records have no window, the first is r0"):
        total.finish()
    one = ScoredRecord("a", 0, np.array([[1.0, 0, 0]]), "a")
    with pytest.raises(ParameterError, match="one record_id"):
        collect_records([one, one], classes=CLASSES)
    with pytest.raises(ParameterError, match="no record came"):
        collect_records([], classes=CLASSES)
    with pytest.raises(ParameterError, match="true classes 0 to 3"):
        RecordAccumulator(facts_of(4, 4), classes=CLASSES)
    with pytest.raises(ParameterError, match="shape"):
        ScoredRecord("a", 0, np.zeros(3), "a")


def test_columns_of_other_lengths_are_refused() -> None:
    ids = np.array(["a"], dtype=object)
    with pytest.raises(ParameterError, match="records by classes"):
        RecordScores(CLASSES, ids, np.array([0]), np.ones((1, 2)), np.ones((1, 3), int), ids, ids, ids, np.zeros(1))
