import json
from dataclasses import replace

import jsonschema
import numpy as np
import pytest

from palier.core.recording import Provenance, Recording
from palier.diagnosis.document import document_json, json_schema
from palier.diagnosis.journal import diagnose_journal
from palier.diagnosis.report.html import render_html
from palier.diagnosis.rolling import DiagnosisSettings
from palier.errors import BundleError
from palier.models.bundle import Calibration
from palier.models.onnx_predictor import OnnxPredictor
from palier.simulate import DatasetSpec, simulate_journal

#: Other machines than those of the training data.
FRESH = DatasetSpec(
    records_per_class=8, duration_s=2.0, seed=4242, faults=("healthy", "imbalance", "cavitation", "oil_whirl"),
    severity="moderate",
)  # fmt: skip
SETTINGS = DiagnosisSettings(false_alarm_rate=0.2)  # six healthy calibration records allow no less than 1/7


def fresh(fault: str, i: int = 0) -> Recording:
    return simulate_journal(FRESH, FRESH.faults.index(fault) * 8 + i).recording


@pytest.mark.parametrize("fault", ["imbalance", "cavitation", "oil_whirl"])
def test_a_fault_is_detected_named_and_shown(small_bundle, fault) -> None:
    diagnosis, _ = diagnose_journal(fresh(fault), bundle=small_bundle, settings=SETTINGS)
    assert diagnosis.verdict in {"damage", "damage_type_unclear"}
    assert diagnosis.ranking[0].fault == fault
    assert diagnosis.detection is not None
    assert diagnosis.detection.p_value <= diagnosis.detection.false_alarm_rate
    assert any(e.found for e in diagnosis.evidence if e.fault == fault)
    assert diagnosis.evidence[0].fault == fault
    assert diagnosis.model is not None
    assert diagnosis.model.synthetic
    assert diagnosis.model.contradictions == ()
    assert any("SIMULATED" in a for a in diagnosis.assumptions)


def test_healthy_machines_are_mostly_left_in_peace(small_bundle) -> None:
    verdicts = [
        diagnose_journal(fresh("healthy", i), bundle=small_bundle, settings=SETTINGS)[0].verdict for i in range(8)
    ]
    assert verdicts.count("no_damage_found") >= 5  # 8 at a false-alarm rate of 0.2: fewer than 5 once in 200


def test_no_rate_is_promised_that_the_calibration_does_not_carry(small_bundle) -> None:
    diagnosis, _ = diagnose_journal(fresh("oil_whirl"), bundle=small_bundle)
    n = len(small_bundle.card.calibration.true_class_scores["healthy"])
    assert diagnosis.detection is not None
    assert diagnosis.detection.false_alarm_rate == pytest.approx(1 / (n + 1))
    assert "A rate of 0.01 would need 99 of them" in diagnosis.detection.explanation


def test_what_is_unlike_the_training_data_gets_no_verdict(small_bundle) -> None:
    own = fresh("healthy")
    strange = np.sign(own.samples) * np.abs(own.samples) ** 0.1
    odd = replace(own, samples=strange.astype(np.float32))
    diagnosis, _ = diagnose_journal(odd, bundle=small_bundle)
    assert diagnosis.verdict == "not_enough_data"
    assert diagnosis.model is not None
    assert diagnosis.model.outside
    assert "unlike" in diagnosis.sentence
    assert diagnosis.needed


def test_a_contradiction_reaches_the_sentence(small_bundle) -> None:
    # a model that calls whirl imbalance
    names = {"oil_whirl": "imbalance", "imbalance": "oil_whirl"}
    card = small_bundle.card
    confused = replace(
        small_bundle,
        card=replace(card, classes=tuple(names.get(c, c) for c in card.classes), calibration=None, ood=None),
    )
    diagnosis, _ = diagnose_journal(fresh("oil_whirl"), bundle=confused)
    assert diagnosis.ranking[0].fault == "imbalance"
    assert diagnosis.detection is None  # without calibration records no rate is promised
    assert diagnosis.verdict == "damage"
    assert diagnosis.model is not None
    assert "a mark of excessive clearance or oil whirl" in diagnosis.model.contradictions[0]
    assert "speak against the model" in diagnosis.sentence
    assert diagnosis.remarks[0].key == "contradiction"


def test_few_calibration_records_widen_the_set(small_bundle) -> None:
    card = small_bundle.card
    few = Calibration(dict.fromkeys(card.classes, (0.9,)), groups=4, level="bearing")
    diagnosis, _ = diagnose_journal(
        fresh("imbalance"), bundle=replace(small_bundle, card=replace(card, calibration=few))
    )
    assert diagnosis.model is not None
    assert set(diagnosis.model.prediction_set) == set(card.classes)
    assert "wider" in diagnosis.model.set_explanation
    assert diagnosis.verdict in {"damage_type_unclear", "no_damage_found"}


def test_a_model_of_rolling_bearings_is_refused(small_bundle) -> None:
    rolling = replace(
        small_bundle,
        card=replace(small_bundle.card, kind="rolling", classes=("healthy", "outer_race", "inner_race", "cage")),
    )
    with pytest.raises(BundleError, match="rolling bearings"):
        diagnose_journal(fresh("healthy"), bundle=rolling)


def test_the_document_follows_its_schema_and_is_the_same_each_time(small_bundle) -> None:
    texts = {document_json([diagnose_journal(fresh("cavitation"), bundle=small_bundle)[0]]) for _ in range(2)}
    (text,) = texts
    jsonschema.validate(json.loads(text), json_schema())


def test_the_report_says_what_the_model_is_worth(small_bundle) -> None:
    diagnosis, plots = diagnose_journal(fresh("oil_whirl"), bundle=small_bundle)
    page = render_html(diagnosis, plots)
    for words in ("What the model says", "Trained on SIMULATED data", "Multiples of the shaft speed", "0.42–0.48×"):
        assert words in page
    assert "Rolling elements" not in page
    assert "Modulation depth" not in page


def test_a_baseline_shows_what_has_grown(small_bundle) -> None:
    before = fresh("healthy")
    after = replace(fresh("imbalance"), speed_hz=before.speed_hz)
    x = before.samples[0] + 0.3 * np.sin(2 * np.pi * (before.speed_hz or 0) * np.arange(before.n_samples) / 20_480)
    grown = replace(after, samples=x[None].astype(np.float32))
    diagnosis, _ = diagnose_journal(grown, bundle=small_bundle, baseline=before)
    assert any(r.key == "imbalance" for r in diagnosis.remarks)


def test_a_long_recording_is_asked_about_window_by_window(small_bundle) -> None:
    whirl = fresh("oil_whirl")
    long = Recording(
        np.tile(whirl.samples, (1, 4)), Provenance("long", "0" * 64, speed_origin="declared"),
        sampling_rate_hz=20_480.0, unit="g", speed_hz=whirl.speed_hz,
    )  # fmt: skip
    diagnosis, _ = diagnose_journal(long, bundle=small_bundle)
    assert diagnosis.model is not None
    assert diagnosis.model.windows == 4


def test_a_speed_the_model_never_saw_gets_no_verdict(small_bundle) -> None:
    slow = replace(fresh("healthy"), speed_hz=10.0)
    diagnosis, _ = diagnose_journal(slow, bundle=small_bundle)
    assert diagnosis.verdict == "not_enough_data"
    assert "its shaft turns at 6" in diagnosis.sentence
    assert "rpm" in diagnosis.sentence


@pytest.mark.parametrize(
    ("scores", "verdict"),
    [
        ((0.1, 0.8, 0.05, 0.05), "damage"),
        ((0.1, 0.49, 0.21, 0.2), "damage_type_unclear"),  # nobody above a half
        ((0.05, 0.55, 0.35, 0.05), "damage_type_unclear"),  # the second too near
        ((0.6, 0.2, 0.1, 0.1), "no_damage_found"),
    ],
)
def test_without_calibration_only_a_clear_score_names_a_fault(small_bundle, monkeypatch, scores, verdict) -> None:
    bare = replace(small_bundle, card=replace(small_bundle.card, calibration=None, ood=None))
    monkeypatch.setattr(OnnxPredictor, "scores_of", lambda self, x: np.tile(scores, (len(x), 1)))
    diagnosis, plots = diagnose_journal(fresh("imbalance"), bundle=bare)
    assert diagnosis.verdict == verdict
    assert "not stated (no calibration records)" in render_html(diagnosis, plots)
