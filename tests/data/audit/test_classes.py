import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from palier.data.audit.classes import compare_classes, separation
from palier.data.audit.summary import summarise


def low_passed(rng, *, corner_hz, rate_hz=12_000.0, n=24_000):
    f = np.fft.rfftfreq(n, 1 / rate_hz)
    return np.fft.irfft(np.fft.rfft(rng.normal(size=n)) / (1 + (f / corner_hz) ** 8), n)


def compared(make, groups, **changes):
    made = [
        summarise(make(x, source=f"{label}{i}", **changes), label=label)
        for label, xs in groups.items()
        for i, x in enumerate(xs)
    ]
    return {f.key: f for f in compare_classes(made)}


numbers = st.lists(st.integers(-50, 50).map(float), min_size=1, max_size=12)


@given(numbers, numbers)
def test_auc_is_that_of_mann_and_whitney_in_scipy(a, b):
    found = separation(a, b)
    expected = scipy.stats.mannwhitneyu(a, b)
    assert found.auc == pytest.approx(expected.statistic / (len(a) * len(b)))


@pytest.mark.parametrize(("n", "m"), [(1, 27), (3, 4), (5, 5), (2, 9)])
def test_the_p_value_of_complete_separation_is_exact(n, m):
    a, b = np.arange(n) + 100.0, np.arange(m) * 1.0
    expected = scipy.stats.mannwhitneyu(a, b, method="exact").pvalue
    assert separation(a, b).p_value == pytest.approx(expected)
    assert separation(a, b).p_value == pytest.approx(2 / math.comb(n + m, n))
    assert separation(a, b).gap == 100.0 - (m - 1)


def test_p_values_of_overlapping_ranges_are_those_of_scipy(rng):
    a, b = rng.normal(0.5, size=40), rng.normal(size=50)
    expected = scipy.stats.mannwhitneyu(a, b, method="asymptotic").pvalue
    assert separation(a, b).p_value == pytest.approx(expected, rel=1e-3)


def test_a_gain_that_names_the_class_is_fatal(make, rng):
    found = compared(
        make,
        {
            "good": rng.normal(size=(5, 24_000)),
            "bad": 100 * rng.normal(size=(5, 24_000)),
            "worse": 90 * rng.normal(size=(5, 24_000)),
        },
    )
    level = found["level_names_class"]
    assert level.severity == "fatal"
    assert level.source == "class good"
    assert level.values["gap"] == pytest.approx(39.1, abs=0.5)
    assert level.values["auc"] == 0


def test_an_anti_alias_filter_that_names_the_class_is_found(make, rng):
    groups = {
        label: [low_passed(rng, corner_hz=corner * rng.uniform(0.98, 1.02)) for _ in range(8)]
        for label, corner in (("a", 5200.0), ("b", 5800.0))
    }
    found = compared(make, groups)["rolloff_names_class"]
    assert found.severity == "warning"
    assert found.values["p_value"] < 0.05
    assert "5500 to 6000 Hz" in found.text


def test_like_classes_give_nothing_away(make, rng):
    groups = {label: rng.normal(size=(8, 24_000)) for label in "abc"}
    assert compared(make, groups) == {}


def test_too_few_recordings_are_called_so(make, rng):
    groups = {"a": rng.normal(size=(1, 24_000)), "b": 2 * rng.normal(size=(3, 24_000))}
    found = compared(make, groups)
    assert found["class_too_small"].values["classes"] == ("a",)
    assert "too few recordings" in found["level_names_class"].text


def test_spectra_at_different_rates_are_compared_in_hz(make, rng):
    """The same sensor behind the same filter, sampled at two rates: the top of the common band is alike."""
    made = []
    for i in range(6):
        rate_hz = 12_000.0 if i % 2 else 48_000.0
        x = low_passed(rng, corner_hz=3000.0, rate_hz=rate_hz, n=round(4 * rate_hz))
        made.append(summarise(make(x, source=str(i), sampling_rate_hz=rate_hz), label="a" if i % 2 else "b"))
    found = {f.key: f for f in compare_classes(made)}
    assert found["rate_names_class"].severity == "fatal"
    rolloff = found.get("rolloff_names_class")
    assert rolloff is None or rolloff.values["gap"] < 1.0


def test_a_step_of_its_own_names_a_class(make, rng):
    groups = {label: np.round(rng.normal(size=(3, 24_000)) / step) * step for label, step in (("a", 1e-3), ("b", 2e-3))}
    assert compared(make, groups)["step_names_class"].severity == "warning"


def test_one_class_or_none_is_not_compared(make, rng):
    assert compared(make, {"a": rng.normal(size=(4, 24_000))}) == {}
    made = [summarise(make(rng.normal(size=24_000), source=str(i)), label=None) for i in range(3)]
    assert compare_classes(made) == ()
