import runpy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as oracle

from palier.errors import ParameterError
from palier.evaluation.evaluate import NoiseVariant, evaluate_scores
from palier.evaluation.records import RecordScores
from palier.evaluation.result import EvaluationResult

CASES = runpy.run_path(str(Path(__file__).with_name("cases.py")))
made_scores, full_result, bearing_result = (CASES[n] for n in ("made_scores", "full_result", "bearing_result"))
MODEL, DATASET, SPLIT, BY_BEARING = (CASES[n] for n in ("MODEL", "DATASET", "SPLIT", "BY_BEARING"))


def judged(scores: RecordScores, **options: object) -> EvaluationResult:
    plain = {
        "model": replace(MODEL, synthetic=False), "dataset": replace(DATASET, synthetic=False), "split": SPLIT,
        "group_level": "record", "rng": np.random.default_rng(0), "n_draws": 200,
    }  # fmt: skip
    return evaluate_scores(scores, **{**plain, **options})


def keys(result: EvaluationResult) -> set[str]:
    return {c.key for c in result.cautions}


def test_the_figures_equal_scikit_learn() -> None:
    s = made_scores(300, strength=1.5)
    r = judged(s)
    assert r.figures.accuracy.value == pytest.approx(oracle.accuracy_score(s.true_class, s.predicted))
    assert r.figures.macro_f1.value == pytest.approx(oracle.f1_score(s.true_class, s.predicted, average="macro"))
    assert r.figures.roc_auc == pytest.approx(oracle.roc_auc_score(s.true_class, s.scores, multi_class="ovr"))
    assert r.figures.log_loss == pytest.approx(oracle.log_loss(s.true_class, s.scores))
    assert np.array_equal(r.confusion, oracle.confusion_matrix(s.true_class, s.predicted))
    votes = [(t, k) for t, row in zip(s.true_class, s.votes, strict=True) for k, n in enumerate(row) for _ in range(n)]
    assert r.windows.accuracy == pytest.approx(np.mean([t == k for t, k in votes]))
    assert (r.windows.n_windows, r.windows.status) == (3000, "descriptive")
    assert r.windows.macro_f1 == pytest.approx(
        oracle.f1_score([t for t, _ in votes], [k for _, k in votes], average="macro")
    )


@given(st.integers(0, 1000))
def test_the_order_of_the_records_changes_no_figure(seed: int) -> None:
    s = made_scores(60, per_group=4)
    a = judged(s, group_level="bearing", split=BY_BEARING, n_draws=40)
    order = np.random.default_rng(seed).permutation(len(s))
    b = judged(s.take(order), group_level="bearing", split=BY_BEARING, n_draws=40)
    assert a.confusion == b.confusion
    assert a.figures.accuracy == b.figures.accuracy
    assert a.by_group == b.by_group
    assert a.calibration.ece == pytest.approx(b.calibration.ece)
    assert a.errors == b.errors


def test_the_draws_of_a_figure_do_not_depend_on_what_else_is_judged() -> None:
    s = made_scores(100, strength=1.0)
    alone = judged(s)
    beside = judged(s, leaky=made_scores(100, strength=5), baseline=made_scores(100, strength=0.5))
    assert alone.figures == beside.figures
    assert [c.name for c in beside.columns] == ["honest", "leaky", "majority", "baseline"]


def test_intervals_by_bearing_are_wider_than_by_record() -> None:
    s = made_scores(400, per_group=20, strength=1.0)
    # bearings of one class succeed or fail together: that is what makes their records dependent
    hard = np.repeat(np.random.default_rng(0).random(20) < 0.4, 20)
    spoiled = RecordScores(
        s.classes, s.record_id, s.true_class, np.where(hard[:, None], np.eye(4)[(s.true_class + 1) % 4], s.scores),
        s.votes, s.group, s.severity, s.condition, s.signature_share,
    )  # fmt: skip
    by_bearing = judged(spoiled, group_level="bearing", split=BY_BEARING).figures.accuracy
    ids = RecordScores(**{**{n: getattr(spoiled, n) for n in RecordScores.__slots__}, "group": s.record_id})
    by_record = judged(ids).figures.accuracy
    assert by_bearing.value == by_record.value
    assert by_bearing.high - by_bearing.low > 2 * (by_record.high - by_record.low)
    assert (by_bearing.unit, by_bearing.n_units) == ("bearing", 20)


def test_no_mistake_at_all_promises_no_certainty() -> None:
    r = judged(made_scores(100, strength=50.0))
    assert (r.figures.accuracy.value, r.figures.accuracy.method) == (1.0, "exact_binomial")
    assert r.figures.accuracy.low == pytest.approx(0.9638, abs=1e-4)  # the rule of three: about 1 - 3.7/100
    assert r.figures.macro_f1.low < 1
    for c in r.per_class:
        assert c.recall is not None
        assert c.recall.low < 0.9


def test_groups_that_all_say_the_same_promise_no_certainty_either() -> None:
    s = made_scores(40, per_group=8)
    half = np.where((np.arange(40) % 2 == 0)[:, None], np.eye(4)[s.true_class], np.eye(4)[(s.true_class + 1) % 4])
    alike = RecordScores(**{**{n: getattr(s, n) for n in RecordScores.__slots__}, "scores": half})
    accuracy = judged(alike, group_level="bearing", split=BY_BEARING).figures.accuracy
    assert (accuracy.value, accuracy.method, accuracy.n_units) == (0.5, "exact_binomial", 5)
    assert accuracy.low < 0.2
    assert accuracy.high > 0.8


def test_a_class_without_test_records_is_null_and_named() -> None:
    s = made_scores(80)
    r = judged(s.take(s.true_class != 1))
    absent = r.per_class[1]
    assert (absent.support, absent.recall, absent.roc_auc) == (0, None, None)
    assert "absent_classes" in keys(r)
    assert [c.key for c in r.curves] == ["healthy", "oil_whirl", "wear"]
    kept = s.take(s.true_class != 1)
    present = oracle.f1_score(kept.true_class, kept.predicted, labels=[0, 2, 3], average="macro", zero_division=0)
    assert r.figures.macro_f1.value == pytest.approx(present)


def test_a_class_that_the_model_cannot_name_is_only_wrong_and_named() -> None:
    s = made_scores(80)
    scores = s.scores.copy()
    scores[:, 3] = 0
    blind = RecordScores(**{**{n: getattr(s, n) for n in RecordScores.__slots__},
                            "scores": scores / scores.sum(axis=1, keepdims=True)})  # fmt: skip
    r = judged(blind)
    assert r.per_class[3].recall is not None
    assert r.per_class[3].recall.value == 0
    caution = next(c for c in r.cautions if c.key == "unknown_classes")
    assert f"wear ({int((s.true_class == 3).sum())} records)" in caution.text


def test_the_majority_is_of_the_training_side() -> None:
    s = made_scores(100)
    r = judged(s, training_counts={"healthy": 10, "wear": 50})
    always = r.column("majority")
    assert always is not None
    assert always.accuracy.value == pytest.approx(np.mean(s.true_class == 3))
    assert "training records" in always.text
    unknown = judged(s).column("majority")
    assert unknown is not None
    assert unknown.accuracy.value == np.bincount(s.true_class).max() / 100
    assert "were not given" in unknown.text
    assert "not_better_than_majority" in keys(judged(made_scores(100, strength=0.0)))
    assert "not_better_than_majority" not in keys(judged(made_scores(100, strength=4.0)))


def test_noise_points_share_the_draws_of_the_clean_score() -> None:
    s = made_scores(100, strength=1.0)
    r = judged(s, noise=[NoiseVariant("white:10dB", 10, s)])
    clean, noisy = r.noise
    assert (clean.noise, clean.snr_db, noisy.snr_db) == ("clean", None, 10.0)
    assert clean.accuracy == noisy.accuracy == r.figures.accuracy


def test_strata_hold_their_records_and_severities_come_in_their_order() -> None:
    s = made_scores(200, strength=1.0)
    r = judged(s)
    assert [x.name for x in r.by_severity] == ["incipient", "mild", "moderate", "severe"]
    for row in r.by_severity:
        own = s.severity == row.name
        assert row.n_records == own.sum()
        assert row.accuracy.value == pytest.approx(s.correct[own].mean())
    assert [x.name for x in r.by_condition] == ["15-Hz", "25-Hz"]
    assert r.by_group == ()


def test_groups_are_listed_worst_first() -> None:
    r = bearing_result()
    assert len(r.by_group) == r.n_groups == 6
    accuracies = [g.accuracy.value for g in r.by_group]
    assert accuracies == sorted(accuracies)
    assert sum(g.n_records for g in r.by_group) == r.n_records


def test_seeds_are_listed_with_their_spread() -> None:
    r = full_result()
    assert r.seeds is not None
    each = [float(made_scores(400, strength=2.5, seed=s).correct.mean()) for s in range(5)]
    assert [row.accuracy for row in r.seeds.rows] == pytest.approx(each)
    assert r.seeds.accuracy.lowest == min(each)
    assert r.seeds.accuracy.standard_deviation == pytest.approx(np.std(each, ddof=1))


def test_cautions_say_what_limits_the_score() -> None:
    assert {"synthetic", "reach"} <= keys(full_result())
    assert "few_groups" in keys(bearing_result())
    assert "reach" not in keys(bearing_result())
    leaky = replace(SPLIT, level="window", leaky=True, name="random-windows")
    found = judged(made_scores(100), split=leaky)
    assert "leaky_split" in keys(found)
    assert "leaky split: no score to rely on" in found.sentence
    one = judged(made_scores(20, per_group=20, strength=9.0), group_level="bearing", split=BY_BEARING)
    assert (one.figures.accuracy.low, one.figures.accuracy.high) == (0.0, 1.0)
    assert "All test records are of one bearing" in next(c.text for c in one.cautions if c.key == "few_groups")
    assert "trained_on_synthetic" in keys(judged(made_scores(50), model=MODEL))
    assert "gap" in keys(full_result())


def test_better_than_the_ceiling_is_a_sign_of_a_leak() -> None:
    s = made_scores(400, flags=True, strength=50.0)
    r = judged(s)
    assert r.ceiling is not None
    assert r.ceiling.accuracy == pytest.approx(1 - r.ceiling.n_without_signature / 400)
    assert r.ceiling.n_without_signature > 10
    assert "above_ceiling" in keys(r)
    assert judged(made_scores(50)).ceiling is None


def test_the_sentence_names_records_level_interval_and_columns() -> None:
    text = full_result().sentence
    for part in ("400 records", "92 %", "95 % interval", "by record", "most frequent class", "baseline", "leaks"):
        assert part in text
    assert "48 records of 6 bearings that it has never seen" in bearing_result().sentence


def test_a_temperature_changes_the_calibration_and_nothing_else() -> None:
    s = made_scores(200, strength=2.0)
    a, b = judged(s), judged(s, temperature=3.0)
    assert a.figures == b.figures
    assert (a.calibration.temperature, b.calibration.temperature) == (None, 3.0)
    assert a.calibration.ece != b.calibration.ece


def test_variants_of_other_records_are_refused() -> None:
    with pytest.raises(ParameterError, match="white:0dB: 50 records"):
        judged(made_scores(100), noise=[NoiseVariant("white:0dB", 0, made_scores(50))])
    with pytest.raises(ParameterError, match="seed 3"):
        judged(made_scores(100), seeds={3: made_scores(99)})
    with pytest.raises(ParameterError, match="no record"):
        judged(made_scores(10).take(np.zeros(10, bool)))


def test_a_hundred_thousand_records_are_judged_in_bounded_memory() -> None:
    import tracemalloc

    s = made_scores(100_000, strength=2.0)
    tracemalloc.start()
    r = judged(s, n_draws=1000)
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert r.n_records == 100_000
    assert r.figures.accuracy.high - r.figures.accuracy.low < 0.01
    assert used < 120e6
