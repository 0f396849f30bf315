import numpy as np
import pytest
from jaxtyping import TypeCheckError

from palier.core.faults import JOURNAL_CLASSES
from palier.errors import ParameterError
from palier.features import signal_context
from palier.features.bands import (
    THIRD_OCTAVES,
    log_spectrum,
    spectral_kurtosis_frequency,
    spectral_kurtosis_max,
    third_octave_levels,
)
from palier.features.lines import defect_line_prominences, envelope_order_prominences, fault_prominences

RATE_HZ, N = 20_480.0, 40_960
T_S = np.arange(N) / RATE_HZ


def context(x: np.ndarray, **known):
    return signal_context(x, sampling_rate_hz=RATE_HZ, **known)


def test_the_bands_are_those_of_the_standard() -> None:
    # IEC 61260-1, table of exact base-ten midband frequencies
    exact = {"31.5": 31.623, "100": 100.0, "250": 251.19, "1000": 1000.0, "3150": 3162.3, "8000": 7943.3}
    for nominal, hz in exact.items():
        assert THIRD_OCTAVES[nominal] == pytest.approx(hz, rel=1e-4)
    for nominal, hz in THIRD_OCTAVES.items():
        assert float(nominal) == pytest.approx(hz, rel=0.02)


def test_a_sine_is_in_one_band_and_white_noise_rises_by_a_decibel_a_band() -> None:
    sine = third_octave_levels(context(np.sqrt(2) * np.sin(2 * np.pi * 500 * T_S)))[0]
    assert sine[list(THIRD_OCTAVES).index("500")] == pytest.approx(1, rel=1e-3)
    assert np.sort(sine)[-2] < 0.01
    white = third_octave_levels(context(np.random.default_rng(0).standard_normal((40, N))))
    levels = 10 * np.log10(np.mean(white**2, axis=0))
    centres = np.array(list(THIRD_OCTAVES.values()))
    width = centres * (10 ** (1 / 20) - 10 ** (-1 / 20))
    np.testing.assert_allclose(levels, 10 * np.log10(width / (RATE_HZ / 2)), atol=0.8)


def test_bands_above_nyquist_are_undefined() -> None:
    levels = third_octave_levels(
        signal_context(np.random.default_rng(0).standard_normal(4000), sampling_rate_hz=4000.0)
    )
    assert np.isnan(levels[0, list(THIRD_OCTAVES).index("2000") :]).all()
    assert np.isfinite(levels[0, : list(THIRD_OCTAVES).index("2000")]).all()


@pytest.mark.parametrize("axis", ["hz", "order"])
def test_a_log_spectrum_keeps_the_power(axis) -> None:
    x = np.random.default_rng(0).standard_normal((3, N))
    s = log_spectrum(x, sampling_rate_hz=RATE_HZ, axis=axis, speed_hz=100.0)
    edges = (
        np.concatenate([np.linspace(0, 500, 129), np.geomspace(500, RATE_HZ / 2, 129)[1:]])
        if axis == "hz"
        else 100 * np.concatenate([np.linspace(0, 8, 129), np.geomspace(8, 64, 129)[1:]])
    )
    total = np.sum(10 ** (s / 10) * np.diff(edges), axis=-1)
    np.testing.assert_allclose(total, edges[-1] / (RATE_HZ / 2), rtol=0.03)


def test_orders_follow_the_speed() -> None:
    both = np.stack([np.sin(2 * np.pi * 48 * T_S), np.sin(2 * np.pi * 96 * T_S)])
    s = log_spectrum(both, sampling_rate_hz=RATE_HZ, axis="order", speed_hz=np.array([30.0, 60.0]), n_bands=64)
    assert s.argmax(axis=-1).tolist() == [6, 6]  # 1.6× in steps of a quarter
    unknown = log_spectrum(both, sampling_rate_hz=RATE_HZ, axis="order", n_bands=64)
    assert np.isnan(unknown).all()


def test_a_log_spectrum_says_what_is_allowed() -> None:
    x = np.random.default_rng(0).standard_normal(1000)
    with pytest.raises(ParameterError, match="n_bands is 4"):
        log_spectrum(x, sampling_rate_hz=RATE_HZ, n_bands=4)
    with pytest.raises(ParameterError, match="use orders"):
        log_spectrum(x, sampling_rate_hz=800.0)
    with pytest.raises((ParameterError, TypeCheckError), match="mel"):
        log_spectrum(x, sampling_rate_hz=RATE_HZ, axis="mel")  # type: ignore[arg-type]


def test_spectral_kurtosis_finds_where_impacts_ring() -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal(N)
    ring = np.exp(-800 * T_S[:400]) * np.sin(2 * np.pi * 6200 * T_S[:400])
    for place in range(1000, N - 1000, 4000):
        x[place : place + 400] += 8 * ring
    c = context(x)
    assert spectral_kurtosis_frequency(c)[0] == pytest.approx(6200, abs=RATE_HZ / 64)
    assert spectral_kurtosis_max(c)[0] > 2
    noise = context(rng.standard_normal((20, N)))
    assert (spectral_kurtosis_max(noise) < 1).all()
    assert (spectral_kurtosis_max(noise) > 0).all()


LINES = {"bpfo": 3.58, "bpfi": 5.42, "bsf2": 4.71, "ftf": 0.398}


@pytest.mark.parametrize("line", list(LINES))
@pytest.mark.parametrize("slip", [0.0, -0.01])
def test_the_modulated_line_is_the_prominent_one(line: str, slip: float) -> None:
    hz = LINES[line] * 29.7 * (1 + slip)
    carrier = np.random.default_rng(0).standard_normal((5, N))
    x = (1 + 0.8 * np.cos(2 * np.pi * hz * T_S)) * carrier
    got = defect_line_prominences(context(x, speed_hz=29.7, line_orders=LINES))
    first = got[:, ::3]
    assert (first.argmax(axis=-1) == list(LINES).index(line)).all()
    assert (first.max(axis=-1) > 20).all()


def test_lines_nobody_declared_are_undefined() -> None:
    x = np.random.default_rng(0).standard_normal(N)
    got = defect_line_prominences(context(x, speed_hz=29.7, line_orders={"bpfi": 5.42}))[0]
    assert np.isfinite(got[3:6]).all()
    assert np.isnan(np.delete(got, [3, 4, 5])).all()
    assert np.isnan(defect_line_prominences(context(x, line_orders=LINES))).all()


def test_a_band_of_orders_shows_a_line_without_any_geometry() -> None:
    x = (1 + 0.8 * np.cos(2 * np.pi * 4.4 * 29.7 * T_S)) * np.random.default_rng(0).standard_normal((5, N))
    got = envelope_order_prominences(context(x, speed_hz=29.7))
    assert (got.argmax(axis=-1) == 6).all()


@pytest.mark.parametrize(
    ("fault", "order"), [("imbalance", (1,)), ("misalignment", (2, 3)), ("oil_whirl", (0.45,)), ("wear", (1, 2))]
)
def test_the_taxonomys_lines_are_prominent(fault: str, order: tuple[float, ...]) -> None:
    noise = 0.05 * np.random.default_rng(0).standard_normal((3, N))
    x = noise + sum(np.sin(2 * np.pi * o * 60 * T_S + o) for o in order)
    got = fault_prominences(context(x, speed_hz=60.0))
    keys = [f.key for f in JOURNAL_CLASSES if f.signatures]
    assert (got[:, keys.index(fault)] > 30).all()
    assert (np.abs(got[:, keys.index("cavitation")]) < 3).all()
    bare = fault_prominences(context(noise, speed_hz=60.0))
    assert (np.abs(bare).max(axis=0) < 12).all()
