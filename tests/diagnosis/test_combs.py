from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad

from palier.diagnosis import combs
from palier.diagnosis.combs import comb_evidence, evidence_map
from palier.diagnosis.families import family_of
from palier.dsp.demodulate import BandEnvelopes


def envelopes(bins: int = 2000, bands: int = 3, seed: int = 0) -> BandEnvelopes:
    excess = np.random.default_rng(seed).exponential(size=(bands, bins))
    return BandEnvelopes(
        bands_hz=tuple((100.0 * b, 100.0 * b + 500) for b in range(bands)),
        frequency_hz=np.arange(bins) * 0.25,
        depth=np.sqrt(excess) * 0.01,
        excess=excess,
        kurtosis=np.zeros(bands),
        duration_s=4.0,
    )


def test_the_expected_values_are_those_of_the_integral() -> None:
    for n, value in enumerate(combs._EXPECTED):
        if n:
            exact, _ = quad(lambda u, n=n: np.log1p(u) * n * np.exp(-u) * (1 - np.exp(-u)) ** (n - 1), 0, 60)
            assert value == pytest.approx(exact, abs=1e-4)


def test_noise_gives_no_evidence_on_average() -> None:
    field = evidence_map(envelopes(20_000), marked=np.zeros(20_000, bool))
    assert field.evidence[10:-10].mean() == pytest.approx(0, abs=0.02)


def test_marked_bins_are_neutral() -> None:
    e = envelopes()
    e.excess[:, 400] = 1e6
    marked = np.zeros(2000, bool)
    marked[398:403] = True
    field = evidence_map(e, marked=marked)
    assert np.all(field.evidence[399:402] == 0)
    assert field.evidence[405].max() < 5


def test_comb_evidence_equals_a_naive_sum() -> None:
    field = evidence_map(envelopes(), marked=np.zeros(2000, bool))
    family = family_of("inner_race")
    places = np.array([101.3, 140.0])
    fast = comb_evidence(field, family, places, shaft_hz=25.0, cage_hz=10.0)
    for p, place in enumerate(places):
        for b in range(3):
            total = 0.0
            for m, s, c, w in zip(family.multiple, family.shaft, family.cage, family.weight, strict=True):
                k = round(abs(m * place + s * 25.0 + c * 10.0) / 0.25)
                total += w * field.evidence[k, b] if k < 2000 else 0.0
            assert fast[p, b] == pytest.approx(total)


def test_lines_that_another_fault_explains_do_not_count() -> None:
    e = envelopes()
    e.excess[:, 400] = 1e4  # 100 Hz
    field = evidence_map(e, marked=np.zeros(2000, bool))
    family, place = family_of("outer_race"), np.array([100.0])
    with_it = comb_evidence(field, family, place, shaft_hz=25.0, cage_hz=10.0)
    without = comb_evidence(field, family, place, shaft_hz=25.0, cage_hz=10.0, without_hz=np.array([100.3]))
    np.testing.assert_allclose(with_it - without, np.broadcast_to(field.evidence[400], (1, 3)))


def test_a_stronger_line_is_never_less_evidence() -> None:
    e = envelopes()
    weak = evidence_map(e, marked=np.zeros(2000, bool)).evidence[400]
    strong = evidence_map(
        replace(e, excess=e.excess * np.where(np.arange(2000) == 400, 50, 1)), marked=np.zeros(2000, bool)
    )
    assert np.all(strong.evidence[400] >= weak)
