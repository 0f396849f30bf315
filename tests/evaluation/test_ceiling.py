from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.errors import ParameterError
from palier.evaluation.ceiling import score_ceiling

rows = st.lists(st.tuples(st.integers(0, 2), st.booleans()), min_size=1, max_size=12)


@given(rows)
def test_no_rule_that_sees_only_the_traces_does_better(records: list[tuple[int, bool]]) -> None:
    """All rules: one answer for each of the things that can be seen (nothing, a trace of 1, a trace of 2)."""
    true = np.array([r[0] for r in records])
    shows = np.array([r[1] for r in records]) & (true != 0)
    seen = np.where(shows, true, 0)
    best = max(np.mean(np.array(rule)[seen] == true) for rule in product(range(3), repeat=3))
    ceiling = score_ceiling(true, np.array([r[1] for r in records]), n_classes=3)
    assert ceiling.accuracy == pytest.approx(best)
    assert ceiling.n_without_signature == int(((true != 0) & ~shows).sum())
    found = sum((r or 0) * (true == k).sum() for k, r in enumerate(ceiling.recall))
    assert found / len(true) == pytest.approx(ceiling.accuracy)


def test_where_most_silent_records_are_of_a_fault_that_fault_is_the_best_guess() -> None:
    c = score_ceiling(np.array([0, 1, 1, 1]), np.array([0.0, 0.0, 0.0, 0.5]), n_classes=2)
    assert (c.accuracy, c.best_guess, c.recall) == (0.75, 1, (0.0, 1.0))


def test_unknown_traces_and_no_record_are_refused() -> None:
    with pytest.raises(ParameterError, match="does not say"):
        score_ceiling(np.array([0, 1]), np.array([0.0, np.nan]), n_classes=2)
    with pytest.raises(ParameterError, match="one for each record"):
        score_ceiling(np.zeros(0, int), np.zeros(0), n_classes=2)
