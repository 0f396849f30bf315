import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from palier.data.audit.lines import chance_of_lines, line_spectrum, slot_chance, strongest_lines


@given(st.lists(st.floats(1e-12, 1.0), min_size=1, max_size=20))
def test_chances_combine_as_fishers_method_in_scipy(chances):
    expected = scipy.stats.combine_pvalues(chances, method="fisher").pvalue
    assert chance_of_lines(chances) == pytest.approx(expected, rel=1e-6, abs=1e-300)


def test_noise_stands_at_its_background(rng):
    spectrum = line_spectrum(rng.normal(size=60_000).astype(np.float32), sampling_rate_hz=12_000.0)
    assert spectrum.prominence.mean() == pytest.approx(1.0, rel=0.03)
    assert spectrum.spacing_hz == pytest.approx(0.2)


def test_slot_chances_are_uniform_in_noise(rng):
    spectrum = line_spectrum(rng.normal(size=120_000).astype(np.float32), sampling_rate_hz=12_000.0)
    known = np.zeros(len(spectrum.prominence), bool)
    chances = [slot_chance(spectrum, f, tolerance=0.001, known=known) for f in np.arange(200.0, 3000.0, 7.3)]
    assert scipy.stats.kstest(chances, "uniform").pvalue > 1e-3


def test_a_line_makes_its_slot_rare_and_known_bins_do_not_count(rng):
    t_s = np.arange(120_000) / 12_000
    x = rng.normal(size=120_000) + np.sin(2 * np.pi * 100 * t_s) + 2 * np.sin(2 * np.pi * 130 * t_s)
    spectrum = line_spectrum(x.astype(np.float32), sampling_rate_hz=12_000.0)
    known = np.zeros(len(spectrum.prominence), bool)
    with_rival = slot_chance(spectrum, 100.0, tolerance=0.001, known=known)
    known[round(130 / spectrum.spacing_hz) - 3 : round(130 / spectrum.spacing_hz) + 4] = True
    alone = slot_chance(spectrum, 100.0, tolerance=0.001, known=known)
    assert alone < 0.006
    assert 1.9 * alone < with_rival < 3.1 * alone  # the rival may lie on the edge of two slots


@pytest.mark.parametrize("frequency_hz", [0.1, 5999.9, 1e9])
def test_a_slot_without_surroundings_has_no_answer(rng, frequency_hz):
    spectrum = line_spectrum(rng.normal(size=12_000).astype(np.float32), sampling_rate_hz=12_000.0)
    known = np.zeros(len(spectrum.prominence), bool)
    assert slot_chance(spectrum, frequency_hz, tolerance=0.001, known=known) is None


def test_lines_are_found_to_a_tenth_of_a_bin(rng):
    t_s = np.arange(60_000) / 12_000
    true_hz = np.array([57.31, 147.77, 391.04])
    x = 0.02 * rng.normal(size=60_000) + np.sin(2 * np.pi * true_hz[:, None] * t_s).sum(axis=0)
    spectrum = line_spectrum(x.astype(np.float32), sampling_rate_hz=12_000.0)
    found = strongest_lines(spectrum, count=3, from_hz=20.0, to_hz=1000.0)
    assert found == pytest.approx(true_hz, abs=0.1 * spectrum.spacing_hz)
    assert len(strongest_lines(spectrum, count=3, from_hz=20.0, to_hz=20.1)) == 0
