"""Wrong rates are refuted by the right factor, right ones never: on simulated machines and on the measured sets."""

import numpy as np
import pytest

from palier.core.recording import Declared
from palier.data.audit.rate_proof import check_rate, rate_hypotheses
from palier.data.read import read_recording


def key(finding):
    return None if finding is None else finding.key


@pytest.mark.parametrize("ratio", [2, 4, 0.5, 0.25, 48 / 44.1, 44.1 / 48])
def test_a_wrong_rate_is_refuted_by_the_right_factor(make, machine, ratio):
    found = [
        check_rate(make(machine(np.random.default_rng(seed)), sampling_rate_hz=12_000 / ratio, speed_hz=29.12))
        for seed in range(6)
    ]
    refuted = [f for f in found if key(f) == "rate_refuted"]
    assert len(refuted) >= 5
    assert "rate_supported" not in {key(f) for f in found}
    for f in refuted:
        assert f.severity == ("warning" if ratio == 2 else "fatal")  # hum could make the same lines as twice the rate
        assert f.values["ratio"] == pytest.approx(ratio)
        assert f.values["proved_rate_hz"] == pytest.approx(12_000)
        assert f.values["p_value"] < 1e-3


@pytest.mark.parametrize("supply_hz", [50.0, 60.0])
@pytest.mark.parametrize("seed", range(5))
def test_a_right_rate_is_supported(make, machine, supply_hz, seed):
    rng = np.random.default_rng(100 + seed)
    x = machine(rng, supply_hz=supply_hz, speed_hz=24.37, colour=seed % 3)
    found = check_rate(make(x, speed_hz=24.37))
    assert found.key == "rate_supported"
    assert found.values["p_value"] < 1e-3


@pytest.mark.parametrize("orders", [[0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4], [k / 4 for k in range(1, 33)]])
def test_true_subharmonics_are_never_a_fatal_proof(make, machine, orders):
    """A loose bearing shows halves, a gear of 4:1 quarters of the shaft speed; the mains stay where they are."""
    for seed in range(5):
        x = machine(np.random.default_rng(seed), orders=orders)
        found = check_rate(make(x, speed_hz=29.12))
        assert key(found) != "rate_refuted"


@pytest.mark.parametrize("supply_hz", [50, 60])
def test_hum_at_odd_multiples_and_halves_of_the_shaft_are_never_a_fatal_proof(make, machine, supply_hz):
    t_s = np.arange(120_000) / 12_000
    for seed in range(5):
        x = machine(np.random.default_rng(seed), orders=[k / 2 for k in range(1, 41)], supply_hz=supply_hz)
        x += sum(0.2 * np.sin(2 * np.pi * supply_hz * k * t_s + k) for k in (1, 3, 5))
        found = check_rate(make(x, speed_hz=29.12))
        assert found is None or found.severity != "fatal"


@pytest.mark.parametrize(("speed_hz", "supply_hz"), [(10.0, 50.0), (25.0, 50.0), (29.95, 60.0), (30.0, 60.0)])
def test_a_shaft_in_step_with_the_mains_refutes_no_right_rate(make, machine, speed_hz, supply_hz):
    for seed in range(3):
        x = machine(np.random.default_rng(seed), speed_hz=speed_hz, supply_hz=supply_hz, duration_s=6.0)
        assert key(check_rate(make(x, speed_hz=speed_hz))) != "rate_refuted"


def test_quarters_without_mains_are_only_a_warning(make, rng):
    t_s = np.arange(120_000) / 12_000
    x = rng.normal(size=len(t_s))
    for k in range(1, 33):
        x += 0.3 * np.sin(2 * np.pi * k / 4 * 29.12 * t_s + k)
    found = check_rate(make(x, speed_hz=29.12))
    assert (found.key, found.severity) == ("rate_refuted", "warning")


def test_noise_proves_nothing(make):
    for seed in range(40):
        rng = np.random.default_rng(seed)
        x = np.cumsum(rng.normal(size=60_000)) if seed % 3 == 0 else rng.normal(size=60_000)
        found = check_rate(make(x, speed_hz=rng.uniform(10, 60)))
        assert key(found) != "rate_refuted"


def test_a_wrong_speed_is_no_wrong_rate(make, machine):
    for seed in range(6):
        rng = np.random.default_rng(seed)
        x = machine(rng)
        stated = 29.12 * rng.uniform(0.8, 1.2)
        if abs(stated / 29.12 - 1) > 0.01:
            assert key(check_rate(make(x, speed_hz=stated))) in {None, "speed_not_seen"}


def test_gain_and_offset_change_nothing(make, machine, rng):
    x = machine(rng)
    first, second = (check_rate(make(y, sampling_rate_hz=3000.0, speed_hz=29.12)) for y in (x, 1000 * x + 40))
    assert first.values["ratio"] == second.values["ratio"]


def test_what_is_too_short_or_undeclared_is_not_judged(make, machine, rng):
    x = machine(rng, duration_s=1.0)
    assert rate_hypotheses(x.astype(np.float32), sampling_rate_hz=12_000.0, speed_hz=29.12) == ()
    assert check_rate(make(x)) is None
    long = machine(rng)
    assert check_rate(make(long, speed_hz=None)) is None
    assert check_rate(make(long, sampling_rate_hz=None)) is None


@pytest.mark.real_data
def test_the_healthy_cwru_record_is_not_12_khz(real_data):
    path = real_data / "cwru" / "normal_0_97.mat"
    found = check_rate(read_recording(path, declared=Declared(sampling_rate_hz=12_000.0)))
    assert (found.key, found.severity) == ("rate_refuted", "fatal")
    assert found.values["proved_rate_hz"] == 48_000
    assert check_rate(read_recording(path)).key == "rate_supported"


@pytest.mark.real_data
def test_no_right_rate_of_the_measured_sets_is_refuted(real_data):
    paths = [*(real_data / "cwru").rglob("*.mat"), *(real_data / "hit_sm_mfs").glob("*.mat")]
    paths += list((real_data / "femto_bearing3_1").glob("*.csv"))[:10]
    keys = {path.name: key(check_rate(read_recording(path))) for path in paths}
    assert "rate_refuted" not in keys.values()
    assert sum(k == "rate_supported" for name, k in keys.items() if name[0] in "BION") >= 28


@pytest.mark.real_data
def test_no_right_rate_of_a_segment_is_refuted(real_data):
    for path in sorted([*(real_data / "hit_sm_mfs").glob("*.mat"), *(real_data / "cwru").rglob("*_0_*.mat")]):
        whole = read_recording(path)
        for i in range(int(whole.duration_s // 2.5)):
            assert key(check_rate(whole.segment(start_s=2.5 * i, duration_s=2.5))) != "rate_refuted", path.name


@pytest.mark.real_data
@pytest.mark.parametrize(("ratio", "least"), [(4, 22), (0.25, 16), (48 / 44.1, 25)])
def test_most_wrong_rates_of_cwru_are_refuted_by_the_right_factor(real_data, ratio, least):
    found = [
        check_rate(read_recording(path, declared=Declared(sampling_rate_hz=12_000.0 / ratio)))
        for path in sorted((real_data / "cwru" / "12k_drive_end").glob("*.mat"))
    ]
    refuted = [f for f in found if key(f) == "rate_refuted"]
    right = [f for f in refuted if f.values["ratio"] == pytest.approx(ratio)]
    assert len(right) >= least
    assert len(refuted) - len(right) <= 1
