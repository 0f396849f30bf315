import numpy as np
import pytest

from palier.core.faults import JOURNAL_CLASSES
from palier.diagnosis.journal_evidence import SINGLE_FAULTS, contradictions, journal_evidence, parts_of
from palier.diagnosis.lines import line_spectrum
from palier.diagnosis.result import SpeedUsed

RATE_HZ, N, SHAFT_HZ = 20_480.0, 102_400, 60.0
SPEED = SpeedUsed(SHAFT_HZ, 59.9, 60.1, "declared", "")
T_S = np.arange(N) / RATE_HZ


def noise(seed=0) -> np.ndarray:
    return 0.03 * np.random.default_rng(seed).standard_normal(N, dtype=np.float32)


def measured(x: np.ndarray):
    x = x.astype(np.float32)
    spectrum = line_spectrum(
        np.fft.rfft(x - x.mean()), n_samples=N, sampling_rate_hz=RATE_HZ, highest_hz=720.0, background_hz=15.0
    )
    return journal_evidence(x, spectrum, sampling_rate_hz=RATE_HZ, speed=SPEED)


def line(rows, fault, label):
    return next(r for r in rows if r.fault == fault and r.label == label)


def burst_train() -> np.ndarray:
    x = np.zeros(N)
    for start in range(3000, N - 1000, 7000):
        k = np.arange(164)
        x[start : start + 164] += np.sin(2 * np.pi * 2000 * k / RATE_HZ) * np.hanning(164)
    return x


def test_every_signature_of_the_taxonomy_is_looked_for() -> None:
    rows = measured(noise())
    wanted = sum(len(s.multiples) if s.line == "shaft" else 1 for f in SINGLE_FAULTS for s in f.signatures)
    assert len(rows) == wanted
    assert {r.fault for r in rows} == {f.key for f in SINGLE_FAULTS}
    assert all(r.quantity == "amplitude" for r in rows)


def test_a_line_is_measured_where_it_stands() -> None:
    x = noise() + 0.5 * np.sin(2 * np.pi * 0.45 * SHAFT_HZ * T_S) + 0.2 * np.sin(2 * np.pi * 120 * T_S)
    rows = measured(x)
    whirl = line(rows, "oil_whirl", "0.42–0.48×")
    assert whirl.found
    assert whirl.found_hz == pytest.approx(27.0, abs=0.2)
    assert whirl.amplitude == pytest.approx(0.5, rel=0.03)
    twice = line(rows, "misalignment", "2×")
    assert twice.found
    assert twice.amplitude == pytest.approx(0.2, rel=0.03)
    assert not line(rows, "misalignment", "3×").found
    assert not line(rows, "lubrication", "2–5 Hz").found


def test_bursts_are_told_from_noise_of_the_same_power() -> None:
    bursts = burst_train()
    seen = line(measured(noise() + bursts), "cavitation", "bursts in 1500–2500 Hz")
    assert seen.found
    assert seen.prominence_db > 15
    steady = np.random.default_rng(1).standard_normal(N) * bursts.std()
    assert not line(measured(noise() + steady), "cavitation", "bursts in 1500–2500 Hz").found


def test_a_single_impulse_is_no_cavitation() -> None:
    x = noise()
    x[50_000:50_010] += 0.5
    assert not line(measured(x), "cavitation", "bursts in 1500–2500 Hz").found


def test_noise_shows_nothing() -> None:
    found = [r for seed in range(40) for r in measured(noise(seed)) if r.found]
    assert len(found) <= 1  # 13 places in 40 recordings, at 0.001 each and 10 dB


@pytest.mark.parametrize("key", [f.key for f in JOURNAL_CLASSES])
def test_a_class_consists_of_single_faults(key) -> None:
    parts = parts_of(key)
    assert set(parts) <= {f.key for f in SINGLE_FAULTS}
    assert (len(parts) == 0) == (key == "healthy")
    assert "_".join(parts) == ("" if key == "healthy" else key)


def test_contradictions_are_said_both_ways() -> None:
    quiet, whirling = measured(noise()), measured(noise() + 0.5 * np.sin(2 * np.pi * 27 * T_S))
    assert contradictions("healthy", quiet) == ()
    assert contradictions("oil_whirl", whirling) == ()
    assert contradictions("clearance", whirling) == ()  # the two share most of their band
    (missing,) = contradictions("oil_whirl", quiet)
    assert "none of its lines stands out" in missing
    (unsaid,) = contradictions("healthy", whirling)
    assert "a mark of excessive clearance or oil whirl" in unsaid
    assert "healthy" in unsaid
    (also,) = contradictions("oil_whirl", measured(noise() + 0.5 * np.sin(2 * np.pi * 27 * T_S) + burst_train()))
    assert "cavitation" in also
