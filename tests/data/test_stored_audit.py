"""The audit of a stored dataset finds what the audit of its recordings finds, and stays in the dataset."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
from tests.data.dataset_cases import make_record, source_of

from palier.data import build_dataset
from palier.data.audit import audit_set
from palier.data.stored_audit import audit_dataset, write_audit


def test_findings_are_those_of_the_recordings_and_are_stored(tmp_path: Path) -> None:
    records = [make_record(i) for i in range(4)]
    clipped = replace(records[2].recording, samples=np.clip(records[2].recording.samples, -1, 1))
    records[2] = replace(records[2], recording=clipped)
    records.append(replace(records[3], record_id="again"))
    dataset = build_dataset(source_of(records), tmp_path / "a")
    seen: list[tuple[int, int]] = []
    audit = audit_dataset(dataset, on_progress=lambda *p: seen.append(p))
    assert seen == [(i, 5) for i in range(1, 6)]
    found = {(f.key, f.source) for f in audit.findings}
    assert ("clipping", "r2:ch0") in found
    assert any(key == "duplicate" for key, _ in found)
    named = [replace(r.recording, provenance=replace(r.recording.provenance, source=r.record_id)) for r in records]
    same = audit_set(named, labels={r.record_id: r.label for r in records if r.label is not None})
    assert audit.findings == same.findings
    stored = json.loads((tmp_path / "a" / "audit.json").read_text())
    assert [f["key"] for f in stored["findings"]] == [f.key for f in audit.findings]
    assert dataset.verify().whole


def test_what_an_import_said_stays(tmp_path: Path) -> None:
    (tmp_path / "audit.json").write_text('{"imports": [{"path": "x"}], "findings": 3}')
    write_audit(tmp_path, audit_set([], labels=None))
    assert json.loads((tmp_path / "audit.json").read_text())["imports"] == [{"path": "x"}]
    (tmp_path / "audit.json").write_text("nonsense")
    write_audit(tmp_path, audit_set([], labels=None))
    assert json.loads((tmp_path / "audit.json").read_text())["findings"] == []
