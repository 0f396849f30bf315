"""What physics.md asks of delivered records, all noise on, and of the clean component. Margins are against noise."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from tests.simulate.journal_cases import (
    KEYS,
    PER_CLASS,
    RATE_HZ,
    SPEC,
    STEADY,
    background,
    delivered,
    energy,
    peak,
    records,
    smear_hz,
)

from palier.simulate import DatasetSpec, simulate_journal
from palier.simulate.signatures import MIXTURE_SHARE, PARTS


def mean_hz(record) -> float:
    return record.point.speed_hz


def band(record, order: float) -> tuple[float, float]:
    slack = 1.0 + smear_hz(record, order)
    return order * mean_hz(record) - slack, order * mean_hz(record) + slack


@pytest.mark.parametrize("i", range(PER_CLASS))
def test_misalignment_shows_at_twice_and_thrice(i) -> None:
    record = records("misalignment")[i]
    x = delivered(record)
    noise = background(x, 2.2 * mean_hz(record), 2.8 * mean_hz(record))
    levels = []
    for order in (1.0, 2.0, 3.0):
        low, high = band(record, order)
        levels.append(np.sqrt(energy(x, low, high)))
        hz, amplitude = peak(x, (order - 0.2) * mean_hz(record), (order + 0.2) * mean_hz(record))
        if order > 1:
            assert low <= hz <= high
            assert amplitude > 5 * noise
    assert levels[1] > levels[0]
    assert levels[1] > levels[2]


@pytest.mark.parametrize("i", range(PER_CLASS))
def test_imbalance_dominates_at_once(i) -> None:
    record = records("imbalance")[i]
    x = delivered(record)
    hz, amplitude = peak(x, 10.0, 1000.0)
    low, high = band(record, 1.0)
    assert low <= hz <= high
    assert amplitude > 5 * background(x, 1.2 * mean_hz(record), 1.8 * mean_hz(record))


def test_imbalance_grows_with_the_square_of_the_speed_and_not_with_the_load() -> None:
    levels = {}
    for speed in (54.0, 66.0):
        spec = replace(STEADY, speed_hz=speed, speed_spread=0.0)
        record = simulate_journal(spec, KEYS.index("imbalance") * PER_CLASS + 3)
        levels[speed] = record.clean.std() / record.severity
    assert levels[66.0] / levels[54.0] == pytest.approx((66 / 54) ** 2, rel=1e-3)
    assert levels[66.0] / levels[54.0] >= 1.4
    light, heavy = (
        simulate_journal(replace(STEADY, load_range=(w, w)), KEYS.index("imbalance") * PER_CLASS + 3).clean
        for w in (0.3, 1.0)
    )
    np.testing.assert_array_equal(light, heavy)


@pytest.mark.parametrize("i", range(PER_CLASS))
@pytest.mark.parametrize(("fault", "highest"), [("clearance", 0.50), ("oil_whirl", 0.49)])
def test_sub_synchronous_lines_lie_below_one_half(fault, highest, i) -> None:
    record = records(fault)[i]
    x, n = delivered(record), mean_hz(record)
    hz, amplitude = peak(x, 0.3 * n, 0.7 * n)
    slack = smear_hz(record, 0.5) / n + 0.3 / n
    assert 0.40 - slack <= hz / n <= highest + slack
    ratio = record.truth["parts"][fault]["ratio"]
    assert abs(hz / n - ratio) <= slack + 1 / (5 * n)
    assert ratio != 0.5
    assert abs(ratio - 0.5) >= 0.02
    assert amplitude > 5 * background(x, 0.55 * n, 0.9 * n)


@pytest.mark.parametrize("i", [i for i in range(PER_CLASS) if i % 4 >= 2])
def test_stick_slip_rules_the_low_end_of_moderate_and_severe_records(i) -> None:
    x = delivered(records("lubrication")[i])
    assert energy(x, 1.0, 6.0) >= 3 * energy(x, 50.0, 70.0)


@pytest.mark.parametrize(("fault", "sign"), [("lubrication", -1), ("wear", -1), ("oil_whirl", 1)])
def test_the_film_decides_the_strength(fault, sign) -> None:
    """Lubrication and wear grow as the film thins (S falls), whirl as the load lightens (S rises)."""
    index = KEYS.index(fault) * PER_CLASS + 3
    loads = (0.3, 0.5, 0.7, 1.0)
    made = [simulate_journal(replace(STEADY, load_range=(w, w)), index) for w in loads]
    sommerfeld = [r.point.sommerfeld for r in made]
    level = [np.sqrt(energy(delivered(r), 1.0, 6.0)) if fault == "lubrication" else delivered(r).std() for r in made]
    assert np.all(np.diff(sommerfeld) < 0)
    assert np.all(sign * np.diff(level) < 0)


@pytest.mark.parametrize("i", range(PER_CLASS))
def test_cavitation_is_bursts_in_its_band(i) -> None:
    record = records("cavitation")[i]
    clean = record.clean.astype(float)
    power = np.abs(np.fft.rfft(clean)) ** 2
    f = np.fft.rfftfreq(len(clean), 1 / RATE_HZ)
    assert power[(f >= 1400) & (f <= 2600)].sum() >= 0.5 * power.sum()
    assert stats.kurtosis(clean, fisher=False) > 5


def test_few_windows_of_an_incipient_record_hold_no_burst() -> None:
    spec = DatasetSpec(records_per_class=400, faults=("healthy", "cavitation"), severity="incipient", seed=2,
                       sampling_rate_hz=8000.0)  # fmt: skip
    flags = [f for i in range(400, 800) for f in simulate_journal(spec, i).truth["signature_in_window"]]
    assert len(flags) == 2000
    assert flags.count(False) < 0.01 * len(flags)
    assert all(r.truth["signature_in_window"] == [False] * 5 for r in records("healthy"))


def test_wear_is_flatter_than_misalignment() -> None:
    def flatness(x: np.ndarray) -> float:
        power = np.abs(np.fft.rfft(x)[10:]) ** 2
        return float(np.exp(np.log(power).mean()) / power.mean())

    severe = range(3, PER_CLASS, 4)
    wear = np.median([flatness(delivered(records("wear")[i])) for i in severe])
    other = np.median([flatness(delivered(records("misalignment")[i])) for i in severe])
    assert wear >= 3 * other


@pytest.mark.parametrize("i", range(0, PER_CLASS, 3))
@pytest.mark.parametrize("fault", [k for k, parts in PARTS.items() if len(parts) == 2])
def test_a_mixture_shows_each_part(fault, i) -> None:
    record = records(fault)[i]
    x, n = delivered(record), mean_hz(record)
    for part in PARTS[fault]:
        if part == "misalignment":
            shown = peak(x, *band(record, 2.0))[1] / background(x, 2.2 * n, 2.8 * n)
        elif part == "imbalance":
            shown = peak(x, *band(record, 1.0))[1] / background(x, 1.2 * n, 1.8 * n)
        elif part == "clearance":
            shown = peak(x, 0.40 * n, 0.50 * n)[1] / background(x, 0.55 * n, 0.9 * n)
        elif part == "lubrication":
            hz = record.truth["parts"][part]["stick_slip_hz"]
            shown = peak(x, hz - 0.4, hz + 0.4)[1] / background(x, 6.0, 20.0)
        elif part == "wear":
            quiet = max(record.truth["layers"]["sensor_noise"]["rms"], 1e-9)
            shown = 5 * np.sqrt(energy(x, 5000.0, 9000.0) / 4000 * RATE_HZ / 2 * 2 / 3) / quiet
        else:
            times = np.array(record.truth["parts"][part]["times_s"])
            inside = times[times < 4.98][:20]
            at = (inside[:, None] * RATE_HZ).astype(int) + np.arange(40, 120)
            high = x - np.convolve(x, np.ones(40) / 40, mode="same")
            shown = 5 * high[at].std() / np.median(np.abs(high)) * 0.6745
        assert shown > 5, part


@pytest.mark.parametrize("fault", ["imbalance", "misalignment", "clearance", "oil_whirl", "misalignment_imbalance"])
def test_every_shaft_locked_line_moves_with_the_speed(fault) -> None:
    index = KEYS.index(fault) * PER_CLASS + 3
    made = [simulate_journal(replace(STEADY, speed_hz=hz, speed_spread=0.0), index) for hz in (50.0, 62.5)]
    first = [peak(delivered(r), 15.0, 300.0)[0] for r in made]
    assert first[1] / first[0] == pytest.approx(1.25, rel=0.01)


@pytest.mark.parametrize("fault", [k for k in KEYS if k != "healthy"])
def test_severity_is_linear_in_the_level_of_the_clean_component(fault) -> None:
    made = records(fault, steady=True)
    index = KEYS.index(fault) * PER_CLASS
    for i in (0, 7):
        unit = made[i].clean.astype(float).std() / made[i].severity
        for level in ("incipient", "severe"):
            other = simulate_journal(replace(STEADY, severity=level), index + i)
            assert other.clean.astype(float).std() / other.severity == pytest.approx(unit, rel=1e-4)


def test_a_mixture_is_its_parts_at_seventy_per_cent() -> None:
    record = records("misalignment_imbalance", steady=True)[3]
    n, s = mean_hz(record), record.severity * MIXTURE_SHARE
    for order, amplitude in ((1.0, 0.50 * (n / 60) ** 2), (2.0, 0.35), (3.0, 0.20)):
        t_s = np.arange(SPEC.n_samples) / RATE_HZ
        seen = 2 * abs(np.mean(record.clean * np.exp(-2j * np.pi * order * n * t_s)))
        assert seen == pytest.approx(s * amplitude, rel=0.02)


def test_start_phases_are_uniform() -> None:
    spec = DatasetSpec(records_per_class=300, faults=("misalignment",), duration_s=0.1, seed=8)
    phases = np.array([simulate_journal(spec, i).truth["parts"]["misalignment"]["phases_rad"] for i in range(300)])
    for column in phases.T:
        assert stats.kstest(column / (2 * np.pi), "uniform").pvalue > 0.001
    steady = replace(spec, transient_share=0.0, evolving_share=0.0, duration_s=0.5)
    seen = []
    for i in range(300):
        record = simulate_journal(steady, i)
        turning = np.exp(-4j * np.pi * record.point.speed_hz * np.arange(len(record.clean)) / RATE_HZ)
        seen.append(float(np.angle(np.mean(record.clean * turning))))
    assert stats.kstest((np.array(seen) + np.pi) / (2 * np.pi), "uniform").pvalue > 0.001


@pytest.mark.parametrize("fault", ["cavitation", "cavitation_clearance"])
def test_the_truth_rebuilds_the_bursts(fault) -> None:
    record = records(fault, steady=True)[3]
    truth = record.truth["parts"]["cavitation"]
    t_s = np.arange(SPEC.n_samples) / RATE_HZ
    rebuilt = np.zeros(SPEC.n_samples)
    for at, a, hz, phase in zip(
        truth["times_s"], truth["amplitudes"], truth["carriers_hz"], truth["phases_rad"], strict=True
    ):
        own = t_s - at
        inside = (own >= 0) & (own < truth["length_s"])
        shape = np.sin(np.pi * own[inside] / truth["length_s"]) ** 2 * np.exp(-100 * own[inside])
        rebuilt[inside] += a * shape * np.sin(2 * np.pi * hz * own[inside] + phase)
    share = MIXTURE_SHARE if fault == "cavitation_clearance" else 1.0
    rebuilt *= share * record.severity
    high = np.fft.rfft(record.clean)
    high[np.fft.rfftfreq(SPEC.n_samples, 1 / RATE_HZ) < 700] = 0
    wanted = np.fft.rfft(rebuilt)
    wanted[np.fft.rfftfreq(SPEC.n_samples, 1 / RATE_HZ) < 700] = 0
    error = np.abs(high - wanted).std() / np.abs(wanted).std()
    assert error < 0.02
    counts = np.histogram(truth["times_s"], bins=np.arange(6.0))[0]
    assert counts.tolist() == truth["bursts_per_window"]


def test_friction_impacts_are_as_many_as_stated() -> None:
    for record in records("lubrication"):
        truth = record.truth["parts"]["lubrication"]
        assert 1 <= len(truth["impact_times_s"]) <= 4
        assert sum(truth["impacts_per_window"]) == len(truth["impact_times_s"])


def test_transients_are_what_the_truth_says() -> None:
    spec = DatasetSpec(records_per_class=80, faults=("imbalance", "oil_whirl"), transient_share=1.0, seed=4,
                       evolving_share=0.0, duration_s=2.0)  # fmt: skip
    kinds = {"speed_ramp": 0, "load_step": 0, "thermal_drift": 0}
    for i in range(80):
        record = simulate_journal(spec, i)
        transient = record.truth["transient"]
        kinds[transient["kind"]] += 1
        if transient["kind"] == "speed_ramp":
            half = len(record.clean) // 2
            early, late = (peak(record.clean[part], 30.0, 90.0)[0] for part in (slice(half), slice(half, None)))
            assert (late - early) * (transient["to_hz"] - transient["from_hz"]) >= 0
    assert min(kinds.values()) >= 15
    for i in range(80, 160):
        record = simulate_journal(spec, i)
        if record.truth["transient"]["kind"] == "load_step":
            at = int(record.truth["transient"]["at_s"] * RATE_HZ)
            before, after = record.clean[: at - 500].std(), record.clean[at + 1000 :].std()
            ratio = record.truth["transient"]["from"] / record.truth["transient"]["to"]
            assert after / before == pytest.approx(np.sqrt(ratio), rel=0.1)  # whirl grows with the root of S


def test_a_third_of_the_records_evolve_within_their_level() -> None:
    spec = DatasetSpec(records_per_class=400, faults=("imbalance",), duration_s=0.1, seed=9)
    truths = [simulate_journal(spec, i).truth["severity"] for i in range(400)]
    evolving = [t for t in truths if t["to"] > t["from"]]
    assert 0.22 <= len(evolving) / 400 <= 0.38
    assert all(t["from"] <= t["mean"] <= t["to"] for t in truths)
