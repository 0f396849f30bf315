"""The audit as a whole, on recordings with known faults and on the measured sets."""

import re

import numpy as np
import pytest

from palier.core.recording import Declared
from palier.data.audit import audit_recording, audit_set, worst
from palier.data.audit.files import audit_files


def keys(findings):
    return {f.key for f in findings}


def test_a_sound_recording_has_nothing_graver_than_a_note(make, machine, rng):
    found = audit_recording(make(machine(rng), speed_hz=29.12))
    assert worst(found) == "info"


def test_findings_are_gravest_first(make, rng):
    x = np.clip(rng.normal(size=12_000), -1, 1) + 4
    found = audit_recording(make(x, unit=None))
    assert [f.severity for f in found] == ["fatal", "warning", "warning"]
    assert keys(found) == {"clipping", "unit_undeclared", "offset"}


def test_every_channel_is_checked(make, rng):
    x = rng.normal(size=(4, 12_000))
    x[1] = 0
    x[2] = x[0]
    x[3, 100:400] = 0
    found = audit_recording(make(x, channel_names=("a", "b", "c", "d")))
    assert {(f.key, f.source) for f in found} >= {
        ("constant_channel", "a.wav:b"),
        ("copied_channel", "a.wav:c"),
        ("dropout", "a.wav:d"),
    }


def test_labels_may_be_a_mapping_a_function_or_nothing(make, rng):
    made = [make(rng.normal(size=12_000), source=str(i)) for i in range(4)]
    assert dict(audit_set(made, labels={"0": "a", "1": "b"}).labels) == {"a": 1, "b": 1}
    assert audit_set(made, labels={"0": "a", "1": "b"}).n_unlabelled == 2
    assert dict(audit_set(made, labels=lambda r: "ab"[int(r.provenance.source) % 2]).labels) == {"a": 2, "b": 2}
    assert dict(audit_set(iter(made), labels=None).labels) == {}


def test_a_set_without_bearings_says_so(make, rng):
    found = audit_set([make(rng.normal(size=12_000), bearing_name=None)], labels=None)
    assert "bearing_undeclared" in keys(found.findings)


def label_of(path):
    match = re.match("normal|Normal|IR|OR|B", path.name)
    return None if match is None else match[0].lower()


@pytest.mark.real_data
def test_cwru_with_the_healthy_record_declared_at_12_khz(real_data):
    paths = sorted((real_data / "cwru").rglob("*.mat"))
    found = audit_files(paths, declared=Declared(sampling_rate_hz=12_000.0), label_of=label_of)
    refuted = [f for f in found.findings if f.key in {"rate_refuted", "rate_contradicted_by_others"}]
    assert [(f.source.split(":")[0], f.severity, f.values["proved_rate_hz"]) for f in refuted] == [
        ("normal_0_97.mat", "fatal", 48_000.0)
    ] * 2
    others = next(f for f in refuted if f.key == "rate_contradicted_by_others")
    assert others.values["z"] > 20
    rolloff = next(f for f in found.findings if f.key == "rolloff_names_class")
    assert rolloff.source == "class normal"
    assert rolloff.values["auc"] == 0


@pytest.mark.real_data
def test_cwru_as_it_is(real_data):
    """Codes 16383 and -16384 are the full scale of a 15-bit converter; the README names the rates."""
    found = audit_files(sorted((real_data / "cwru").rglob("*.mat")), label_of=label_of)
    by_key = {key: [f for f in found.findings if f.key == key] for key in keys(found.findings)}
    assert {f.source: f.values["n_clipped"] for f in by_key["clipping"]} == {
        "OR014@6_3_200.mat:X200_DE_time": 8,
        "OR021@6_0_234.mat:X234_DE_time": 1,
        "OR021@6_3_237.mat:X237_DE_time": 3,
    }
    assert by_key["rate_names_class"][0].severity == "fatal"
    rolloff = by_key["rolloff_names_class"][0]
    assert rolloff.severity == "warning"
    assert rolloff.values["gap"] == pytest.approx(9.9, abs=0.5)
    assert len(by_key["rate_supported"]) == 28
    assert not {"rate_refuted", "rate_contradicted_by_others", "duplicate", "overlap", "dropout"} & keys(found.findings)


@pytest.mark.real_data
def test_hit_levels_give_the_class_away(real_data):
    found = audit_files(sorted((real_data / "hit_sm_mfs").glob("*.mat")), label_of=label_of)
    level = next(f for f in found.findings if f.key == "level_names_class")
    assert (level.severity, level.source) == ("fatal", "class normal")
    assert level.values["gap"] == pytest.approx(20 * np.log10(0.0243 / 0.0003468), abs=0.1)
    assert not {"rate_refuted", "clipping", "duplicate", "overlap"} & keys(found.findings)


@pytest.mark.real_data
def test_femto_snapshots_are_short_and_otherwise_sound(real_data):
    found = audit_files(sorted((real_data / "femto_bearing3_1").glob("*.csv"))[::4])
    assert keys(found.findings) <= {"too_short", "bearing_undeclared"}
