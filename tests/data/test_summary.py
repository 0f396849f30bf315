"""The figures of a dataset, counted by hand here."""

import json
from pathlib import Path

import pytest
from tests.data.dataset_cases import mixed_records, source_of

from palier.core.faults import classes_of
from palier.data import build_dataset
from palier.data.summary import dataset_summary, summary_json


def test_a_dataset_in_figures(tmp_path: Path) -> None:
    records = mixed_records()
    summary = dataset_summary(build_dataset(source_of(records), tmp_path / "a"))
    assert summary.simulated
    assert {k: sum(v.values()) for k, v in summary.table.items()} == {
        "healthy": 10, "imbalance": 10, "oil_whirl": 10, "-": 10,
    }  # fmt: skip
    assert summary.table["imbalance"]["mild"] == 10
    assert summary.table["healthy"]["-"] == 10
    order = [f.key for f in classes_of("journal")]
    assert [order.index(k) for k in summary.table if k != "-"] == sorted(
        order.index(k) for k in summary.table if k != "-"
    )
    assert [(n.level, n.n_names, n.n_records) for n in summary.levels] == [
        ("record", 40, 40), ("condition", 3, 40), ("bearing", 7, 40), ("rig", 1, 40),
    ]  # fmt: skip
    spreads = {s.quantity: s for s in summary.spreads}
    assert spreads["speed_hz"].n_records == 32
    assert (spreads["speed_hz"].smallest, spreads["speed_hz"].largest) == (21.0, 59.0)
    assert spreads["duration_s"].n_records == 39
    assert spreads["load"].median == pytest.approx(1.5 * 20)
    assert summary.units == {"g": 26, "undeclared": 14}
    assert summary.n_findings is None


def test_its_json_form(tmp_path: Path) -> None:
    dataset = build_dataset(source_of(mixed_records(4)), tmp_path / "a")
    (tmp_path / "a" / "audit.json").write_text('{"findings": [{"severity": "fatal"}, {"severity": "info"}]}')
    document = json.loads(summary_json(dataset_summary(dataset)))
    assert document["content_hash"] == dataset.card.content_hash
    assert document["findings"] == {"fatal": 1, "info": 1}
    assert document["simulated"] is True
    assert document["classes"]["healthy"]["-"] == 1
    (tmp_path / "a" / "audit.json").write_text("nonsense")
    assert dataset_summary(dataset).n_findings is None
