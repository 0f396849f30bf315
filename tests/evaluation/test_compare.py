import runpy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from palier.errors import ParameterError
from palier.evaluation.compare import Judged, compare_results
from palier.evaluation.evaluate import evaluate_scores
from palier.evaluation.statistics import holm
from palier.evaluation.words import comparison_sentence

CASES = runpy.run_path(str(Path(__file__).with_name("cases.py")))
made_scores, MODEL, DATASET, SPLIT = (CASES[n] for n in ("made_scores", "MODEL", "DATASET", "SPLIT"))
BY_BEARING = CASES["BY_BEARING"]


def judged(name: str, *, strength: float, seed: int = 0, per_group: int = 1) -> Judged:
    scores = made_scores(240, strength=strength, seed=seed, per_group=per_group)
    by_bearing = per_group > 1
    result = evaluate_scores(
        scores, model=replace(MODEL, name=name, synthetic=False), dataset=replace(DATASET, synthetic=False),
        split=BY_BEARING if by_bearing else SPLIT, group_level="bearing" if by_bearing else "record",
        rng=np.random.default_rng(0), n_draws=200,
    )  # fmt: skip
    return Judged(name, result, scores)


def test_pairs_equal_the_tests_one_by_one_and_models_come_best_first() -> None:
    entries = [
        judged("weak", strength=0.5),
        judged("strong", strength=3.0, seed=1),
        judged("twin", strength=3.0, seed=2),
    ]
    c = compare_results(entries, rng=np.random.default_rng(0))
    accuracies = [r.figures.accuracy.value for r in c.results]
    assert accuracies == sorted(accuracies, reverse=True)
    assert c.names[-1] == "weak"
    assert len(c.pairs) == 3
    by_name = {e.name: e.scores.correct for e in entries}
    for p in c.pairs:
        a, b = by_name[p.a], by_name[p.b]
        n = int((a != b).sum())
        assert p.mcnemar.p_value == pytest.approx(stats.binomtest(int((a & ~b).sum()), n).pvalue)
        assert p.difference.value == pytest.approx(a.mean() - b.mean())
        assert p.wilcoxon is None
        assert "one seed each" in p.verdict
    np.testing.assert_allclose([p.mcnemar_holm for p in c.pairs], holm([p.mcnemar.p_value for p in c.pairs]))
    strong = {p.b: p for p in c.pairs if p.a != "weak"}
    assert "right more often than weak" in strong["weak"].verdict
    twins = next(p for p in c.pairs if "weak" not in (p.a, p.b))
    assert "No difference" in twins.verdict


def test_records_in_another_order_are_matched_by_their_names() -> None:
    a, b = judged("a", strength=3.0), judged("b", strength=1.0, seed=1)
    turned = Judged("b", b.result, b.scores.take(np.random.default_rng(0).permutation(240)))
    one, two = (compare_results([a, x], rng=np.random.default_rng(0)).pairs[0] for x in (b, turned))
    assert one == two


def test_seeds_are_compared_where_both_have_them_and_ten_are_needed_for_a_claim() -> None:
    entries = [judged("a", strength=2.0), judged("b", strength=2.0, seed=5)]
    rng = np.random.default_rng(1)
    base = {s: 0.9 + 0.01 * rng.random() for s in range(12)}
    seeds = {"a": {s: v + 0.02 for s, v in base.items()}, "b": {**base, 99: 0.1}}
    p = compare_results(entries, rng=np.random.default_rng(0), seed_accuracies=seeds).pairs[0]
    assert p.wilcoxon is not None
    assert p.wilcoxon.n == 12
    assert p.wilcoxon_holm == pytest.approx(2 / 2**12)
    assert "over 12 seeds a difference between the ways of training is shown" in p.verdict
    few = {k: dict(list(v.items())[:9]) for k, v in seeds.items()}
    p = compare_results(entries, rng=np.random.default_rng(0), seed_accuracies=few).pairs[0]
    assert p.wilcoxon_holm is None
    assert "no claim can be made with fewer than 10" in p.verdict


def test_records_of_one_bearing_are_resampled_together_and_the_test_is_doubted() -> None:
    c = compare_results(
        [judged("a", strength=3.0, per_group=12), judged("b", strength=1.0, seed=1, per_group=12)],
        rng=np.random.default_rng(0),
    )
    assert (c.pairs[0].difference.unit, c.pairs[0].difference.n_units) == ("bearing", 20)
    assert "dependent_records" in {x.key for x in c.cautions}


def test_models_of_other_records_or_names_are_refused() -> None:
    a, b = judged("a", strength=3.0), judged("b", strength=1.0)
    with pytest.raises(ParameterError, match="its own name"):
        compare_results([a, a], rng=np.random.default_rng(0))
    with pytest.raises(ParameterError, match="two or more"):
        compare_results([a], rng=np.random.default_rng(0))
    other = Judged("b", b.result, b.scores.take(np.arange(100)))
    with pytest.raises(ParameterError, match="same records"):
        compare_results([a, other], rng=np.random.default_rng(0))


def test_a_difference_that_rests_on_one_bearing_is_not_called_sure() -> None:
    a = judged("a", strength=9.0, per_group=60)  # four bearings
    scores = a.scores.scores.copy()
    own = np.arange(240) < 60
    scores[own] = np.roll(scores[own], 1, axis=1)  # one bearing is wrong throughout
    slots = {n: getattr(a.scores, n) for n in type(a.scores).__slots__}
    b = Judged("b", a.result, type(a.scores)(**{**slots, "scores": scores}))
    pair = compare_results([a, b], rng=np.random.default_rng(0)).pairs[0]
    assert pair.mcnemar_holm < 1e-10
    assert pair.difference.low <= 0
    assert pair.verdict.startswith("a and b differ on these records, but not surely on other bearings")


def test_groups_of_different_levels_are_refused_and_different_splits_are_said() -> None:
    a, b = judged("a", strength=3.0), judged("b", strength=1.0)
    other = Judged("b", replace(b.result, group_level="rig"), b.scores)
    with pytest.raises(ParameterError, match="different levels"):
        compare_results([a, other], rng=np.random.default_rng(0))
    other = Judged("b", replace(b.result, split=replace(SPLIT, sha256="f" * 64)), b.scores)
    assert {c.key for c in compare_results([a, other], rng=np.random.default_rng(0)).cautions} == {"different_splits"}


def test_the_sentence_names_those_that_are_beaten() -> None:
    entries = [
        judged("weak", strength=0.5),
        judged("strong", strength=3.0, seed=1),
        judged("twin", strength=3.0, seed=2),
    ]
    text = comparison_sentence(compare_results(entries, rng=np.random.default_rng(0)))
    assert "beyond chance more often than 1 of 2 others (weak)" in text
