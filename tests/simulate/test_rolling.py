"""Checks on the delivered records, noise and all."""

from dataclasses import replace

import numpy as np
import pytest

from palier.core.catalogue import find_bearing
from palier.core.faults import line_order
from palier.dsp.envelope import squared_envelope_spectrum
from palier.errors import ParameterError
from palier.simulate.population import random_scenario
from palier.simulate.rolling import ROLLING_SCENARIO_FAULTS, RollingScenario, simulate_rolling

LINES = {"outer_race": "bpfo", "inner_race": "bpfi", "rolling_element": "bsf2"}


def made(fault: str, *, seed: int = 0, bearing: str = "6205", **changed: object):
    scenario = RollingScenario(find_bearing(bearing), fault=fault, **changed)  # type: ignore[arg-type]
    return (scenario, *simulate_rolling(scenario, rng=np.random.default_rng(seed)))


def envelope_depth(recording, hz: float, *, tolerance_hz: float) -> tuple[float, float]:
    spectrum = squared_envelope_spectrum(
        recording.samples[0], sampling_rate_hz=recording.sampling_rate_hz, band_hz=(2000.0, 7000.0)
    )
    near = np.abs(spectrum.frequency_hz - hz) <= tolerance_hz
    around = (np.abs(spectrum.frequency_hz - hz) < 12) & ~near
    return float(spectrum.depth[near].max()), float(np.median(spectrum.depth[around]))


@pytest.mark.parametrize("bearing", ["6205", "UER204"])
@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("fault", list(LINES))
def test_the_line_of_the_fault_stands_where_it_should(fault: str, seed: int, bearing: str) -> None:
    scenario, recording, truth = made(fault, seed=seed, bearing=bearing, impact_snr_db=3.0)
    expected = line_order(scenario.bearing, LINES[fault]) * scenario.speed_hz * (1 - scenario.slip_mean)
    assert truth.defect_hz == pytest.approx(expected)
    line, floor = envelope_depth(recording, expected, tolerance_hz=0.4)
    assert line > 10 * floor


@pytest.mark.parametrize(("fault", "modulator"), [("inner_race", 1.0), ("rolling_element", None)])
def test_sidebands_belong_to_the_fault(fault: str, modulator: float | None) -> None:
    scenario, recording, truth = made(fault, impact_snr_db=6.0, slip_std=0.001)
    spacing = scenario.speed_hz * (modulator or scenario.bearing.ftf_order)
    assert truth.defect_hz is not None
    for sign in (-1, 1):
        line, floor = envelope_depth(recording, truth.defect_hz + sign * spacing, tolerance_hz=0.4)
        assert line > 6 * floor


def test_slip_widens_the_higher_harmonics() -> None:
    def share(slip: float) -> float:
        _, recording, truth = made("outer_race", impact_snr_db=10.0, slip_std=slip)
        assert truth.defect_hz is not None
        first, _ = envelope_depth(recording, truth.defect_hz, tolerance_hz=0.4)
        third, _ = envelope_depth(recording, 3 * truth.defect_hz, tolerance_hz=0.4)
        return third / first

    assert share(0.02) < 0.7 * share(0.001)


@pytest.mark.parametrize("snr_db", [-10.0, 0.0, 5.0])
def test_the_signal_to_noise_ratio_is_as_defined(snr_db: float) -> None:
    scenario, _, truth = made("outer_race", impact_snr_db=snr_db)
    assert 20 * np.log10(truth.impact_rms / scenario.noise_rms) == pytest.approx(snr_db, abs=0.1)
    assert truth.impact_rms == pytest.approx(np.sqrt(np.mean(truth.impacts**2)))


def test_the_truth_agrees_with_the_waveform() -> None:
    scenario, recording, truth = made("outer_race", impact_snr_db=20.0, slip_std=0.01)
    x = recording.samples[0]
    # just after an impact the waveform rings, just before it there is what is left of the one before
    index = np.round(truth.impact_times_s * scenario.sampling_rate_hz).astype(int)
    index = index[(index > 60) & (index < len(x) - 60)]
    after = np.mean([np.abs(x[i : i + 40]).max() for i in index])
    before = np.mean([np.abs(x[i - 45 : i - 5]).max() for i in index])
    assert after > 2 * before
    steps = np.diff(truth.impact_times_s) * truth.defect_hz
    assert steps.mean() == pytest.approx(1, abs=0.002)
    assert steps.std() == pytest.approx(scenario.slip_std, rel=0.15)


def test_mains_stand_at_exactly_their_frequency() -> None:
    _, recording, _ = made("healthy", mains_hz=60.0, mains_amplitude=2.0, duration_s=10.0, shaft_amplitudes=())
    x = recording.samples[0].astype(float)
    spectrum = np.abs(np.fft.rfft(x))
    top = np.fft.rfftfreq(len(x), 1 / recording.sampling_rate_hz)[spectrum.argmax()]
    assert top == pytest.approx(120.0)


def test_a_healthy_machine_has_no_impacts() -> None:
    _, recording, truth = made("healthy")
    assert len(truth.impact_times_s) == 0
    assert truth.defect_hz is None
    assert truth.impact_rms == 0
    assert recording.provenance.source.startswith("simulated: healthy")


@pytest.mark.parametrize("fault", ROLLING_SCENARIO_FAULTS)
def test_the_seed_decides_everything(fault: str) -> None:
    _, a, _ = made(fault, seed=4, duration_s=1.0)
    _, b, _ = made(fault, seed=4, duration_s=1.0)
    _, c, _ = made(fault, seed=5, duration_s=1.0)
    np.testing.assert_array_equal(a.samples, b.samples)
    assert a.provenance.sha256 == b.provenance.sha256
    assert not np.array_equal(a.samples, c.samples)
    assert np.isfinite(a.samples).all()


@pytest.mark.parametrize(
    "changed",
    [{"fault": "gear"}, {"speed_hz": 0.0}, {"duration_s": float("inf")}, {"slip_std": 0.1}, {"load_zone": 1.5},
     {"shaft_modulation": 1.0}, {"noise_rms": -1.0},
     {"impact_snr_db": float("nan")}, {"fault": "cage", "resonances": ()}, {"extra_lines": ((20_000.0, 1.0),)}],
)  # fmt: skip
def test_what_cannot_be_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(ParameterError):
        replace(RollingScenario(find_bearing("6205")), **changed)  # type: ignore[arg-type]


def test_too_few_samples_are_refused() -> None:
    with pytest.raises(ParameterError, match="samples"):
        made("healthy", duration_s=0.001)


def test_random_machines_stay_within_their_stated_ranges_and_differ() -> None:
    rng = np.random.default_rng(0)
    drawn = [
        random_scenario(bearing=find_bearing("6205"), fault="healthy", impact_snr_db=0.0, rng=rng) for _ in range(200)
    ]
    speeds = np.array([s.speed_hz for s in drawn])
    assert speeds.min() >= 10
    assert speeds.max() <= 50
    assert {s.noise_colour for s in drawn} == {"white", "pink", "brown", "resonant"}
    assert {s.mains_hz for s in drawn} == {None, 50.0, 60.0}
    assert 60 < sum(s.gear_mesh is not None for s in drawn) < 140
    assert len(set(speeds)) == 200


def test_the_delivered_record_holds_what_the_ratio_says() -> None:
    scenario, recording, truth = made("outer_race", impact_snr_db=3.0, shaft_amplitudes=(), unit="m/s^2")
    assert recording.unit == "m/s^2"
    rest = recording.samples[0] - truth.impacts
    assert np.sqrt(np.mean(rest**2)) == pytest.approx(scenario.noise_rms, rel=1e-3)
    assert 20 * np.log10(truth.impact_rms / np.sqrt(np.mean(rest**2))) == pytest.approx(3.0, abs=0.1)


def test_the_line_rises_with_the_impacts() -> None:
    depths = []
    for snr_db in (-9.0, -3.0, 3.0):
        _, recording, truth = made("outer_race", impact_snr_db=snr_db)
        assert truth.defect_hz is not None
        depths.append(envelope_depth(recording, truth.defect_hz, tolerance_hz=0.4)[0])
    assert depths[0] < depths[1] < depths[2]


def test_a_healthy_record_shows_no_defect_line() -> None:
    scenario, recording, _ = made("healthy")
    for line in LINES.values():
        depth, floor = envelope_depth(
            recording, line_order(scenario.bearing, line) * scenario.speed_hz, tolerance_hz=0.6
        )
        assert depth < 5 * floor


def test_an_outer_race_has_no_shaft_sidebands() -> None:
    scenario, recording, truth = made("outer_race", impact_snr_db=6.0, slip_std=0.001, shaft_modulation=0.0)
    assert truth.defect_hz is not None
    for sign in (-1, 1):
        depth, floor = envelope_depth(recording, truth.defect_hz + sign * scenario.speed_hz, tolerance_hz=0.4)
        assert depth < 6 * floor
