import numpy as np
import pytest

from palier.diagnosis.lines import line_spectrum
from palier.diagnosis.remarks import shaft_lines, shaft_remarks
from palier.diagnosis.result import SpeedUsed

RATE_HZ = 5000.0
T_S = np.arange(50_000) / RATE_HZ
SPEED = SpeedUsed(25.0, 24.95, 25.05, "declared", "")


def lines(*amplitudes: float, unit: str | None = "g", speed: SpeedUsed = SPEED):
    x = np.random.default_rng(0).standard_normal(len(T_S)) * 0.01
    for k, a in enumerate(amplitudes, start=1):
        x = x + a * np.sin(2 * np.pi * k * speed.hz * T_S)
    spectrum = line_spectrum(
        np.fft.rfft(x), n_samples=len(x), sampling_rate_hz=RATE_HZ, highest_hz=400.0, background_hz=12.0
    )
    return shaft_lines(spectrum, speed=speed, unit=unit)


def test_amplitudes_are_read_as_they_are() -> None:
    read = lines(0.5, 0.2, 0.1)
    assert read.amplitude[:3] == pytest.approx([0.5, 0.2, 0.1], rel=0.02)
    assert read.prominence_db[0] > 30
    assert read.prominence_db[5] < 10


def test_without_a_baseline_levels_are_told_but_no_fault_is_named() -> None:
    (remark,) = shaft_remarks(lines(0.5, 0.2), None)
    assert remark.key == "shaft_lines"
    assert "baseline" in remark.text
    assert shaft_remarks(lines(), None)[0].value is None


@pytest.mark.parametrize(
    ("now", "key"),
    [((1.5, 0.2, 0.1), "imbalance"), ((0.5, 0.9, 0.1), "misalignment"), ((0.5, 0.2, 0.6), "misalignment"),
     ((0.5, 0.2, 0.1, 0.2, 0.2, 0.2), "looseness"), ((0.55, 0.2, 0.1), "shaft_lines_steady")],
)  # fmt: skip
def test_with_a_baseline_growth_is_named(now: tuple[float, ...], key: str) -> None:
    assert [r.key for r in shaft_remarks(lines(*now), lines(0.5, 0.2, 0.1))] == [key]


def test_a_baseline_of_another_unit_or_speed_is_refused() -> None:
    assert shaft_remarks(lines(0.5), lines(0.5, unit="mm/s"))[0].key == "baseline_refused"
    other = SpeedUsed(30.0, 29.9, 30.1, "declared", "")
    assert shaft_remarks(lines(0.5), lines(0.5, speed=other))[0].key == "baseline_refused"
