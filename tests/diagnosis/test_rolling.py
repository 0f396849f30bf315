from dataclasses import replace

import numpy as np
import pytest

from palier.core.catalogue import find_bearing
from palier.core.recording import Recording
from palier.diagnosis.rolling import DiagnosisSettings, diagnose_rolling
from palier.errors import ParameterError, UndeclaredError
from palier.simulate.rolling import RollingScenario, simulate_rolling

BEARING = find_bearing("6205")


def recording(fault: str = "outer_race", *, seed: int = 0, duration_s: float = 5.0, **scenario: object) -> Recording:
    s = RollingScenario(BEARING, fault=fault, duration_s=duration_s, impact_snr_db=-3.0, **scenario)  # type: ignore[arg-type]
    return simulate_rolling(s, rng=np.random.default_rng(seed))[0]


@pytest.mark.parametrize("fault", ["outer_race", "inner_race", "rolling_element"])
def test_a_damaged_bearing_is_named_with_its_evidence(fault: str) -> None:
    diagnosis, plots = diagnose_rolling(recording(fault), bearing=BEARING)
    assert diagnosis.verdict == "damage"
    assert diagnosis.ranking[0].fault == fault
    assert sum(r.share for r in diagnosis.ranking) == pytest.approx(1)
    own = [e for e in diagnosis.evidence if e.fault == fault]
    assert own[0].found
    assert abs(own[0].found_hz - own[0].expected_hz) <= own[0].tolerance_hz + 0.3
    assert sum(b.chosen for b in diagnosis.bands) == 1
    assert len(plots.envelope_frequency_hz) == len(plots.envelope_amplitude) == len(plots.envelope_background)


def test_a_cage_cannot_be_told_from_an_element_and_the_sentence_says_so() -> None:
    diagnosis, _ = diagnose_rolling(recording("cage"), bearing=BEARING)
    assert [r.fault for r in diagnosis.ranking[:2]] == ["rolling_element", "cage"]
    assert "cage defect gives the same lines" in diagnosis.sentence


def test_a_healthy_bearing_is_not_called_damaged() -> None:
    diagnosis, _ = diagnose_rolling(recording("healthy", gear_mesh=(31, 1.0), mains_hz=50.0), bearing=BEARING)
    assert diagnosis.verdict == "no_damage_found"
    assert diagnosis.detection is not None
    assert not diagnosis.detection.damage


def test_two_faults_of_one_strength_are_damage_of_unclear_type() -> None:
    both = recording("outer_race").samples + np.float32(1.5) * recording("inner_race", seed=1).samples
    diagnosis, _ = diagnose_rolling(replace(recording(), samples=both), bearing=BEARING)
    assert diagnosis.verdict == "damage_type_unclear"
    assert "type unclear" in diagnosis.sentence
    assert {r.fault for r in diagnosis.ranking[:2]} == {"outer_race", "inner_race"}


def test_too_little_data_is_an_answer_with_what_would_suffice() -> None:
    diagnosis, plots = diagnose_rolling(recording(duration_s=0.2), bearing=BEARING)
    assert diagnosis.verdict == "not_enough_data"
    assert diagnosis.needed
    assert diagnosis.detection is None
    assert diagnosis.needed[0] in diagnosis.sentence
    assert len(plots.envelope_amplitude) == 0
    enough = float(diagnosis.needed[0].split("at least ")[1].split(" s")[0])
    assert diagnose_rolling(recording(duration_s=enough), bearing=BEARING)[0].verdict != "not_enough_data"


def test_what_nobody_stated_stops_it() -> None:
    with pytest.raises(UndeclaredError, match="--bearing"):
        diagnose_rolling(recording(), bearing=None)
    with pytest.raises(UndeclaredError, match="speed"):
        diagnose_rolling(replace(recording(), speed_hz=None), bearing=BEARING)
    with pytest.raises(UndeclaredError, match="sampling rate"):
        diagnose_rolling(replace(recording(), sampling_rate_hz=None), bearing=BEARING)


def test_a_speed_seven_per_cent_off_is_found_when_the_tolerance_says_so() -> None:
    told_wrong = replace(recording(shaft_amplitudes=(1.0, 0.5, 0.5)), speed_hz=25.0 * 1.068)
    diagnosis, _ = diagnose_rolling(told_wrong, bearing=BEARING, settings=DiagnosisSettings(speed_tolerance=0.07))
    assert diagnosis.speed is not None
    assert diagnosis.speed.hz == pytest.approx(25.0, rel=2e-3)
    assert diagnosis.ranking[0].fault == "outer_race"


def test_severity_is_rated_only_when_all_is_declared() -> None:
    settings = DiagnosisSettings(machine_group="1", support="rigid")
    rated, _ = diagnose_rolling(recording(), bearing=BEARING, settings=settings)
    assert rated.severity.zone in {"A", "B", "C", "D"}
    refused, _ = diagnose_rolling(recording(), bearing=BEARING)
    assert refused.severity.zone is None
    assert refused.severity.refused_because
    assert refused.severity.trend_db is not None


def test_a_baseline_lets_the_shaft_be_judged() -> None:
    now = recording(shaft_amplitudes=(4.0, 0.3, 0.1))
    diagnosis, _ = diagnose_rolling(now, bearing=BEARING, baseline=recording("healthy"))
    assert "imbalance" in {r.key for r in diagnosis.remarks}


def test_weak_but_significant_lines_are_a_remark() -> None:
    scenario = RollingScenario(BEARING, fault="outer_race", duration_s=20.0, impact_snr_db=-16.0)
    weak, _ = simulate_rolling(scenario, rng=np.random.default_rng(1))
    diagnosis, _ = diagnose_rolling(weak, bearing=BEARING)
    assert diagnosis.verdict == "no_damage_found"
    assert diagnosis.remarks[0].key == "weak_bearing_lines"
    assert "outer-race" in diagnosis.remarks[0].text


def test_a_very_long_recording_is_searched_in_part_and_that_is_said() -> None:
    scenario = RollingScenario(BEARING, fault="outer_race", duration_s=80.0, sampling_rate_hz=5000.0,
                               resonances=((1500.0, 0.03, 1.0),))  # fmt: skip
    diagnosis, _ = diagnose_rolling(simulate_rolling(scenario, rng=np.random.default_rng(0))[0], bearing=BEARING)
    assert diagnosis.verdict == "damage"
    assert any("first 60 s" in item for item in diagnosis.not_checked)


def test_the_same_recording_gives_the_same_diagnosis() -> None:
    assert diagnose_rolling(recording(), bearing=BEARING)[0] == diagnose_rolling(recording(), bearing=BEARING)[0]


@pytest.mark.parametrize("rate", [0.0, 1.0, -0.1])
def test_an_impossible_false_alarm_rate_is_refused(rate: float) -> None:
    with pytest.raises(ParameterError, match="false alarm rate"):
        DiagnosisSettings(false_alarm_rate=rate)
