"""Answers of every kind, as the page of a diagnosis shows them."""

from dataclasses import replace
from typing import Any

from dash import html
from tests.web.walking import Visitor, strings, walk
from tests.web.world import World

from palier.app.specs import OpinionSpec
from palier.core.json_form import json_form
from palier.diagnosis.result import ModelOpinion
from palier.web.app import dash_app

OPINION = ModelOpinion(
    name="journal-1",
    model="extra_trees",
    sha256="0" * 64,
    synthetic=True,
    trained_on="the simulated dataset small",
    honest_score="91% of 120 records",
    windows=12,
    window_s=0.5,
    scores={"healthy": 0.1, "oil_whirl": 0.8, "wear": 0.1},
    prediction_set=("oil_whirl",),
    coverage=0.9,
    set_explanation="Classes that calibration records do not rule out.",
    distance=3.2,
    distance_limit=9.0,
    outside=False,
    strange="its level is ten times that of any training record",
    contradictions=("The model names oil whirl, and no line stands at 0.42 to 0.48 orders.",),
)


def changed(world: World, **parts: Any) -> str:
    """Give the first diagnosis with damage other parts, and return its address."""
    view = next(v for v in world.services.diagnoses.page(world.actor()) if v.diagnosis.verdict == "damage")
    row = world.services.diagnoses.get(world.actor(), view.diagnosis.id).diagnosis
    assert row.result_json is not None
    result = dict(row.result_json["results"][0]["diagnosis"], **parts)
    document = {**row.result_json, "results": [{"status": "diagnosed", "diagnosis": result}]}
    verdict = parts.get("verdict", row.verdict)
    with world.store.writing() as t:
        t.diagnoses.put(replace(row, result_json=document, verdict=verdict, sentence=result["sentence"]))
    return f"/diagnoses/{row.id}"


def text_of(world: World, address: str) -> str:
    page = Visitor(dash_app(world.services), world).show(address)
    return " ".join(text for _, text in strings(page, frozenset({"id", "className", "Store.data", "href"})))


def test_a_models_word_comes_with_its_limits(own_world: World) -> None:
    address = changed(own_world, model=json_form(OPINION), bands=[], evidence=[])
    said = text_of(own_world, address)
    for words in ("journal-1", "91% of 120 records", "oil whirl", "80%", "3.2 (limit 9)", "trained on simulated data"):
        assert words in said
    assert OPINION.strange is not None
    assert OPINION.strange in said
    assert "no line stands" in said
    plots = [c for c in walk(Visitor(dash_app(own_world.services), own_world).show(address)) if getattr(c, "id", 0)]
    assert {"plot": "envelope"} not in [c.id for c in plots]  # a journal bearing has none
    assert {"plot": "waveform"} in [c.id for c in plots]


def test_too_little_data_says_what_would_suffice(own_world: World) -> None:
    address = changed(
        own_world,
        verdict="not_enough_data",
        sentence="Not enough data: the recording cannot carry the answer; 10 s or more.",
        needed=["10 s or more"],
        detection=None,
        ranking=[],
        evidence=[],
        bands=[],
        severity={
            "zone": None, "refused_because": "the unit is not declared (g, m/s^2 or mm/s); too short",
            "velocity_rms_mm_s": None, "limits_mm_s": None, "machine_group": None, "support": None, "edition": None,
            "trend_db": None,
        },
    )  # fmt: skip
    said = text_of(own_world, address)
    for words in ("Not enough data", "What would suffice:", "10 s or more", "No ISO zone:", "the unit is not declared"):
        assert words in said
    assert "Evidence" not in said


def test_amplitudes_of_lines_are_no_percentages(own_world: World) -> None:
    line = {
        "fault": "imbalance", "label": "1×", "band_low_hz": 0.0, "band_high_hz": 0.0, "expected_hz": 25.0,
        "tolerance_hz": 0.5, "found_hz": 25.0, "amplitude": 0.25, "prominence_db": 20.0, "p_value": 0.001,
        "found": True, "quantity": "amplitude",
    }  # fmt: skip
    page = Visitor(dash_app(own_world.services), own_world).show(changed(own_world, evidence=[line], ranking=[]))
    rows = [c for c in walk(page) if isinstance(c, html.Tr)]
    cells = [[getattr(cell, "children", None) for cell in row.children] for row in rows]
    (own,) = [c for c in cells if c[0] == "1×"]
    assert own[5] == "0.25"


def test_an_opinion_that_was_recorded_is_shown(own_world: World) -> None:
    address = changed(own_world)
    own_world.services.diagnoses.opine(own_world.actor(), address.split("/")[-1], OpinionSpec("unsure", note="noisy"))
    said = text_of(own_world, address)
    assert "Recorded:" in said
    assert "noisy" in said


def test_a_simulated_recording_says_so(own_world: World) -> None:
    address = changed(own_world)
    view = own_world.services.diagnoses.get(own_world.actor(), address.split("/")[-1])
    with own_world.store.writing() as t:
        t.recordings.put(replace(view.recording, simulated=True, version=view.recording.version + 1))
    assert "This recording was simulated, not measured." in text_of(own_world, address)
