import numpy as np
import pytest
from scipy import stats

from palier.errors import ParameterError
from palier.features import extract_features, find_feature, signal_context
from palier.features.time import clearance_factor, crest_factor, impulse_factor, kurtosis, rms, shape_factor, skewness

RATE_HZ = 20_480.0
T = np.arange(20_480)


def context(x: np.ndarray):
    return signal_context(x, sampling_rate_hz=RATE_HZ)


def test_a_sine_has_its_textbook_values() -> None:
    c = context(2 * np.sin(2 * np.pi * 40 * T / T.size))
    assert rms(c)[0] == pytest.approx(np.sqrt(2), rel=1e-6)
    assert crest_factor(c)[0] == pytest.approx(np.sqrt(2), rel=1e-6)
    assert shape_factor(c)[0] == pytest.approx(np.pi / (2 * np.sqrt(2)), rel=1e-4)
    assert impulse_factor(c)[0] == pytest.approx(np.pi / 2, rel=1e-4)
    assert kurtosis(c)[0] == pytest.approx(1.5, rel=1e-6)
    assert skewness(c)[0] == pytest.approx(0, abs=1e-6)
    # mean of √|sin|: Γ(3/4) / (√π Γ(5/4))
    from scipy.special import gamma

    root = gamma(0.75) / (np.sqrt(np.pi) * gamma(1.25))
    assert clearance_factor(c)[0] == pytest.approx(1 / root**2, rel=1e-3)


def test_moments_are_those_of_scipy() -> None:
    x = np.random.default_rng(0).gamma(2.0, size=(3, 5000))
    c = context(x)
    np.testing.assert_allclose(kurtosis(c), stats.kurtosis(x, axis=-1, fisher=False), rtol=1e-5)
    np.testing.assert_allclose(skewness(c), stats.skew(x, axis=-1), rtol=1e-5)
    np.testing.assert_allclose(rms(c), x.std(axis=-1), rtol=1e-6)


def test_one_impulse_has_the_largest_values_there_are() -> None:
    x = np.zeros(2500)
    x[7] = -1.0
    n = x.size
    c = context(x)
    assert crest_factor(c)[0] == pytest.approx(np.sqrt(n - 1), rel=1e-4)
    assert kurtosis(c)[0] == pytest.approx(n - 2, rel=1e-2)


@pytest.mark.parametrize("unit", [1e-25, 1e25])
def test_no_unit_is_too_small_or_too_large(unit: float) -> None:
    x = np.random.default_rng(0).standard_normal(4096)
    a, b = context(x), context(x * unit)
    assert kurtosis(b) == pytest.approx(kurtosis(a), rel=1e-5)
    assert rms(b)[0] / unit == pytest.approx(rms(a)[0], rel=1e-5)


def test_a_silent_waveform_has_no_features_and_the_message_says_how_many() -> None:
    x = np.random.default_rng(0).standard_normal((3, 1000))
    x[1] = 9.81
    with pytest.raises(ParameterError, match=r"1 of 3 waveforms are constant"):
        context(x)
    got = extract_features(x, sampling_rate_hz=RATE_HZ, features=[find_feature("rms"), find_feature("kurtosis")])
    assert np.isnan(got[1]).all()
    assert np.isfinite(got[[0, 2]]).all()
