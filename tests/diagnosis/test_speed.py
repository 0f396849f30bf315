import numpy as np
import pytest

from palier.diagnosis.speed import resolve_speed, uncertainty
from palier.errors import ParameterError, UndeclaredError

RATE_HZ = 8000.0
T_S = np.arange(80_000) / RATE_HZ


def machine(hz: float, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return sum(0.3 * np.sin(2 * np.pi * k * hz * T_S + k) for k in (1, 2, 3)) + rng.standard_normal(len(T_S))


def test_a_stated_speed_is_refined_from_the_signal() -> None:
    used = resolve_speed(machine(24.7), sampling_rate_hz=RATE_HZ, stated_hz=25.0, origin="file")
    assert used.hz == pytest.approx(24.7, rel=1e-3)
    assert used.origin == "file"
    assert uncertainty(used) < 0.003
    assert "1500 rpm stated" in used.explanation


def test_without_a_shaft_in_the_signal_the_statement_stands_with_its_tolerance() -> None:
    noise = np.random.default_rng(1).standard_normal(len(T_S))
    used = resolve_speed(noise, sampling_rate_hz=RATE_HZ, stated_hz=25.0, origin="declared", tolerance=0.03)
    assert (used.hz, used.origin) == (25.0, "declared")
    assert uncertainty(used) == pytest.approx(0.03)


def test_a_range_is_enough_only_where_a_shaft_shows() -> None:
    used = resolve_speed(machine(24.7), sampling_rate_hz=RATE_HZ, stated_hz=None, origin=None, range_hz=(23.0, 27.0))
    assert used.hz == pytest.approx(24.7, rel=1e-3)
    assert used.origin == "estimated"
    noise = np.random.default_rng(1).standard_normal(len(T_S))
    with pytest.raises(UndeclaredError, match="no shaft shows"):
        resolve_speed(noise, sampling_rate_hz=RATE_HZ, stated_hz=None, origin=None, range_hz=(23.0, 27.0))


def test_nothing_is_guessed() -> None:
    with pytest.raises(UndeclaredError, match="--speed-rpm"):
        resolve_speed(machine(25.0), sampling_rate_hz=RATE_HZ, stated_hz=None, origin=None)


@pytest.mark.parametrize(("tolerance", "span"), [(-0.1, None), (0.5, None), (0.02, (30.0, 20.0))])
def test_impossible_tolerances_and_ranges_are_refused(tolerance: float, span: tuple[float, float] | None) -> None:
    with pytest.raises(ParameterError):
        resolve_speed(machine(25.0), sampling_rate_hz=RATE_HZ, stated_hz=None if span else 25.0, origin="file",
                      tolerance=tolerance, range_hz=span)  # fmt: skip
