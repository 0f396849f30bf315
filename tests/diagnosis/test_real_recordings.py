"""The aims on measured recordings that are reached, so that they stay reached."""

from pathlib import Path

import pytest

from palier.core.catalogue import parse_bearing
from palier.data.read import read_recording
from palier.diagnosis.result import Diagnosis
from palier.diagnosis.rolling import diagnose_rolling

pytestmark = pytest.mark.real_data


def judged(path: Path, *, start_s: float = 0.0, seconds: float | None = None) -> Diagnosis:
    recording = read_recording(path)
    if seconds is not None:
        recording = recording.segment(start_s=start_s, duration_s=seconds)
    assert recording.bearing_name is not None
    return diagnose_rolling(recording, bearing=parse_bearing(recording.bearing_name))[0]


@pytest.mark.parametrize("pattern", ["IR007", "IR014", "IR021", "OR007", "OR021"])
def test_race_faults_of_cwru_are_detected_and_named(real_data: Path, pattern: str) -> None:
    paths = sorted((real_data / "cwru" / "12k_drive_end").glob(f"{pattern}*.mat"))
    assert len(paths) == 3
    for path in paths:
        diagnosis = judged(path)
        assert diagnosis.verdict == "damage", path.name
        assert diagnosis.ranking[0].fault == {"IR": "inner_race", "OR": "outer_race"}[pattern[:2]], path.name


def test_at_least_23_of_27_cwru_faults_are_detected_and_20_named(real_data: Path) -> None:
    truth = {"I": "inner_race", "O": "outer_race", "B": "rolling_element"}
    results = [(p, judged(p)) for p in sorted((real_data / "cwru" / "12k_drive_end").glob("*.mat"))]
    assert len(results) == 27
    assert sum(d.verdict.startswith("damage") for _, d in results) >= 23
    assert sum(d.ranking[0].fault == truth[p.name[0]] for p, d in results) >= 20


def test_hit_sm_is_right_throughout(real_data: Path) -> None:
    for path in sorted((real_data / "hit_sm_mfs").glob("*.mat")):
        diagnosis = judged(path)
        if path.name.startswith("Normal"):
            assert diagnosis.verdict == "no_damage_found", path.name
        else:
            assert diagnosis.verdict == "damage", path.name
            assert diagnosis.ranking[0].fault == {"IR": "inner_race", "OR": "outer_race"}[path.name[:2]]


@pytest.mark.parametrize("seconds", [1.0, 2.0, 5.0])
def test_no_healthy_segment_is_flagged(real_data: Path, seconds: float) -> None:
    paths = [real_data / "cwru" / "normal_0_97.mat", *(real_data / "hit_sm_mfs").glob("Normal*.mat")]
    for path in paths:
        for k in range(int(5.08 // seconds)):
            diagnosis = judged(path, start_s=k * seconds, seconds=seconds)
            assert not diagnosis.verdict.startswith("damage"), f"{path.name} from {k * seconds} s"


def test_a_snapshot_of_a_tenth_of_a_second_is_not_enough(real_data: Path) -> None:
    from palier.core.recording import Declared

    recording = read_recording(real_data / "femto_bearing3_1" / "acc_00001.csv", declared=Declared(speed_hz=25.0))
    diagnosis, _ = diagnose_rolling(recording, bearing=parse_bearing("PRONOSTIA"))
    assert diagnosis.verdict == "not_enough_data"
