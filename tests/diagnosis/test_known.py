import numpy as np
import pytest

from palier.diagnosis.known import known_lines


def marked_at(hz: float, **changed: float) -> bool:
    setting = {"n_bins": 5000, "resolution_hz": 0.1, "shaft_hz": 29.5, "shaft_uncertainty": 0.001, **changed}
    return bool(known_lines(**setting)[round(hz / 0.1)])  # type: ignore[arg-type]


@pytest.mark.parametrize("hz", [29.5, 59.0, 295.0, 50.0, 60.0, 100.0, 120.0, 300.0, 100 - 29.5, 120 + 3 * 29.5, 0.0])
def test_shaft_mains_and_their_mixtures_are_set_aside(hz: float) -> None:
    assert marked_at(hz)


@pytest.mark.parametrize("hz", [105.8, 159.8, 139.1, 11.75])
def test_bearing_lines_are_not(hz: float) -> None:
    assert not marked_at(hz)


def test_an_uncertain_speed_widens_the_marks_and_then_gives_up() -> None:
    assert not marked_at(4 * 27.3 + 1.0, shaft_hz=27.3)
    assert marked_at(4 * 27.3 + 1.0, shaft_hz=27.3, shaft_uncertainty=0.01)
    # at 2 % the 15th harmonic may lie anywhere within 30 % of an order: marking it would hide everything
    assert not marked_at(15.1 * 27.3, shaft_hz=27.3, shaft_uncertainty=0.02)


def test_most_of_the_axis_stays_free() -> None:
    m = known_lines(n_bins=5000, resolution_hz=0.1, shaft_hz=29.5, shaft_uncertainty=0.001)
    assert m.mean() < 0.2
    assert np.array_equal(m, known_lines(n_bins=6000, resolution_hz=0.1, shaft_hz=29.5, shaft_uncertainty=0.001)[:5000])
