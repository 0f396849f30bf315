"""Film physics against limits, a root finder and a table."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from palier.core.bearing import JournalBearing
from palier.errors import ParameterError
from palier.simulate import eccentricity_from_sommerfeld, operating_point, sommerfeld_from_eccentricity
from palier.simulate.operating import film_viscosity, rated_load

BEARING = JournalBearing(0.1, 0.06, 1e-4, 0.02)


@given(st.floats(1e-3, 10.0), st.floats(0.25, 1.0))
def test_the_eccentricity_is_the_root_of_ocvirks_relation(s, ratio) -> None:
    def residual(e: float) -> float:
        left = (1 - e**2) ** 2 / (np.pi * e * np.sqrt(np.pi**2 * (1 - e**2) + 16 * e**2))
        return left / ratio**2 - s

    expected = brentq(residual, 1e-9, 1 - 1e-12, xtol=1e-14)
    assert float(eccentricity_from_sommerfeld(s, length_ratio=ratio)) == pytest.approx(expected, abs=1e-9)


@given(st.floats(0.01, 0.99))
def test_there_and_back(e) -> None:
    s = sommerfeld_from_eccentricity(e, length_ratio=0.7)
    assert float(eccentricity_from_sommerfeld(s, length_ratio=0.7)) == pytest.approx(e, rel=1e-9)


def test_a_light_load_centres_the_journal_and_a_heavy_one_pushes_it_to_the_wall() -> None:
    e = eccentricity_from_sommerfeld(np.array([1e-4, 1e-2, 0.1, 1.0, 1e3]), length_ratio=0.5)
    assert np.all(np.diff(e) < 0)
    assert e[0] > 0.97
    # for small e the relation is S (L/D)² = 1 / (π² e)
    assert e[-1] == pytest.approx(1 / (np.pi**2 * 1e3 * 0.25), rel=1e-3)


def test_ocvirks_relation_in_figures() -> None:
    """Worked by hand: e = 1/2 gives (9/16) / (π/2 · sqrt(3π²/4 + 4)) = 0.5625 / 5.3040."""
    assert float(sommerfeld_from_eccentricity(0.5, length_ratio=1.0)) == pytest.approx(0.10605, rel=1e-3)
    assert float(sommerfeld_from_eccentricity(0.5, length_ratio=0.5)) == pytest.approx(4 * 0.10605, rel=1e-3)


def test_the_rated_load_gives_the_reference_point() -> None:
    p = operating_point(BEARING, speed_hz=60.0, load_fraction=0.65, oil_temperature_c=60.0)
    assert p.sommerfeld == pytest.approx(0.15)
    assert p.load_n == pytest.approx(0.65 * rated_load(BEARING))
    assert p.minimum_film_m == pytest.approx(1e-4 * (1 - p.eccentricity))
    assert p.film_reynolds == pytest.approx(870 * np.pi * 0.1 * 60 * 1e-4 / 0.02)


@given(st.floats(54, 66), st.floats(0.3, 1.0), st.floats(40, 80))
def test_everything_follows_from_speed_load_and_oil(speed, load, temperature) -> None:
    p = operating_point(BEARING, speed_hz=speed, load_fraction=load, oil_temperature_c=temperature)
    expected = 0.15 * (speed / 60) * (0.65 / load) * np.exp(-0.03 * (temperature - 60))
    assert p.sommerfeld == pytest.approx(expected, rel=1e-9)
    assert 0 < p.eccentricity < 1
    assert 0.04 < p.sommerfeld < 0.7


def test_oil_halves_its_viscosity_in_23_kelvin() -> None:
    thin, thick = (film_viscosity(t, viscosity_at_60_c_pa_s=0.02) for t in (70.0, 70.0 - np.log(2) / 0.03))
    assert thick / thin == pytest.approx(2.0)


def test_impossible_points_are_refused() -> None:
    with pytest.raises(ParameterError, match="positive"):
        operating_point(BEARING, speed_hz=0.0, load_fraction=0.5, oil_temperature_c=60.0)
    with pytest.raises(ParameterError, match="Sommerfeld"):
        eccentricity_from_sommerfeld(-1.0, length_ratio=0.5)
