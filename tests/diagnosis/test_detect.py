import numpy as np
import pytest

from palier.core.catalogue import find_bearing
from palier.diagnosis.detect import EFFECT_THRESHOLD, DetectionResult, detect
from palier.dsp.demodulate import band_plan, demodulate_bands
from palier.dsp.whiten import whitened_spectrum
from palier.simulate.population import random_scenario
from palier.simulate.rolling import RollingScenario, simulate_rolling

BEARING = find_bearing("6205")


def detected(x: np.ndarray, *, rate_hz: float, speed_hz: float, uncertainty: float = 0.001) -> DetectionResult:
    highest = (3 * BEARING.bpfi_order + 2.2) * speed_hz
    envelopes = demodulate_bands(
        whitened_spectrum(x, sampling_rate_hz=rate_hz, width_hz=25.0),
        n_samples=len(x),
        sampling_rate_hz=rate_hz,
        bands_hz=band_plan(nyquist_hz=rate_hz / 2, least_width_hz=1.2 * highest),
        highest_hz=highest,
        background_hz=speed_hz / 2,
    )
    return detect(envelopes, bearing=BEARING, shaft_hz=speed_hz, shaft_uncertainty=uncertainty)


def simulated(fault: str, *, seed: int, snr_db: float = -3.0, duration_s: float = 5.0) -> DetectionResult:
    scenario = RollingScenario(BEARING, fault=fault, impact_snr_db=snr_db, duration_s=duration_s, mains_hz=50.0)
    recording, _ = simulate_rolling(scenario, rng=np.random.default_rng(seed))
    return detected(recording.samples[0], rate_hz=scenario.sampling_rate_hz, speed_hz=scenario.speed_hz)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("fault", ["outer_race", "inner_race", "rolling_element"])
def test_a_clear_fault_is_detected_and_leads(fault: str, seed: int) -> None:
    found = simulated(fault, seed=seed)
    assert found.damage
    assert found.combs[0].family.fault == fault
    assert abs(found.combs[0].found_hz / found.combs[0].nominal_hz - 0.995) < 0.008  # the simulated mean slip


def test_the_p_value_holds_on_noise() -> None:
    rng = np.random.default_rng(5)
    p = np.array(
        [
            detected(rng.standard_normal(12_000 * 2), rate_hz=12_000.0, speed_hz=rng.uniform(20, 40)).p_value
            for _ in range(60)
        ]
    )
    # 60 draws: more than 3 at or below 1 % would have a chance of 0.3 % if the p-value held
    assert np.sum(p <= 0.01) <= 3
    assert np.sum(p <= 0.1) <= 13


@pytest.mark.parametrize("colour", ["white", "pink", "brown", "resonant"])
def test_healthy_machines_are_not_called_damaged(colour: str) -> None:
    rng = np.random.default_rng(11)
    flagged = 0
    for _ in range(12):
        scenario = random_scenario(
            bearing=BEARING, fault="healthy", impact_snr_db=0.0, rng=rng, noise_colour=colour, duration_s=2.0
        )
        recording, _ = simulate_rolling(scenario, rng=rng)
        flagged += detected(recording.samples[0], rate_hz=scenario.sampling_rate_hz, speed_hz=scenario.speed_hz).damage
    assert flagged <= 1  # 12 draws at 1 %: two or more have a chance of 0.6 %


def test_weak_lines_are_significant_but_no_damage() -> None:
    found = simulated("outer_race", seed=1, snr_db=-16.0, duration_s=20.0)
    assert found.p_value < 0.01
    assert found.effect < EFFECT_THRESHOLD
    assert not found.damage


def test_gain_does_not_matter() -> None:
    x = np.random.default_rng(3).standard_normal(24_000)
    a = detected(x, rate_hz=12_000.0, speed_hz=30.0)
    b = detected(1e3 * x, rate_hz=12_000.0, speed_hz=30.0)
    assert a.p_value == pytest.approx(b.p_value)
    assert a.effect == pytest.approx(b.effect)


def test_effect_grows_with_the_fault() -> None:
    effects = [simulated("inner_race", seed=2, snr_db=snr).effect for snr in (-15.0, -9.0, -3.0)]
    assert effects[0] < effects[1] < effects[2]


def test_a_speed_that_is_hardly_known_still_gives_an_answer() -> None:
    scenario = RollingScenario(BEARING, fault="outer_race", duration_s=5.0)
    recording, _ = simulate_rolling(scenario, rng=np.random.default_rng(0))
    found = detected(recording.samples[0], rate_hz=20_480.0, speed_hz=25.0, uncertainty=0.15)
    assert found.combs[0].family.fault == "outer_race"
    assert all(c.aliens == 0 for c in found.combs)  # every place may be one of the bearing's: noise alone is the null
    assert np.isfinite(found.p_value)


def test_a_strong_line_in_the_place_of_one_sideband_is_no_damage() -> None:
    rng = np.random.default_rng(4)
    rate_hz, speed_hz = 12_800.0, 30.0
    t_s = np.arange(int(5 * rate_hz)) / rate_hz
    place_hz = (2 * BEARING.bsf2_order - 2 * BEARING.ftf_order) * speed_hz
    x = rng.standard_normal(len(t_s)) * np.sqrt(1 + 0.9 * np.cos(2 * np.pi * place_hz * t_s))
    found = detected(x, rate_hz=rate_hz, speed_hz=speed_hz)
    assert not found.damage
    assert found.effect < 0.2
