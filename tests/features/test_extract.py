import numpy as np
import pytest
from jaxtyping import TypeCheckError

from palier.errors import ParameterError, UndeclaredError
from palier.features import FEATURE_SETS, extract, feature_set

RATE_HZ = 20_480.0
T_S = np.arange(2 * 20_480) / RATE_HZ


def machine(speed_hz: float, seed: int = 0) -> np.ndarray:
    noise = 0.1 * np.random.default_rng(seed).standard_normal(T_S.size)
    return noise + sum(0.5 / k * np.sin(2 * np.pi * k * speed_hz * T_S + k) for k in (1, 2, 3, 4))


@pytest.mark.parametrize("name", FEATURE_SETS)
def test_a_set_has_a_column_for_each_name(name: str) -> None:
    got = extract(machine(60.0).astype(np.float32), sampling_rate_hz=RATE_HZ, speed_hz=60.0, feature_set=name)
    assert got.shape == (len(feature_set(name).names),)
    assert got.dtype == np.float64
    lines = np.array(["lines" in f.needs for f in feature_set(name).features])
    assert np.isfinite(got[~lines]).all()
    assert np.isnan(got[lines]).all()


def test_a_missing_speed_is_refused_estimated_or_left_out() -> None:
    x = np.stack([machine(43.0), machine(58.0)])
    speeds = np.array([43.0, np.nan])
    names = feature_set("standard-1").names
    with pytest.raises(UndeclaredError, match=r"1 of 2 waveforms have no shaft speed.*--speed-rpm"):
        extract(x, sampling_rate_hz=RATE_HZ, speed_hz=speeds, feature_set="standard-1")
    left_out = extract(x, sampling_rate_hz=RATE_HZ, speed_hz=speeds, feature_set="standard-1", missing_speed="nan")
    needs = np.array(["speed" in f.needs for f in feature_set("standard-1").features])
    assert np.isnan(left_out[1, needs]).all()
    assert np.isfinite(left_out[1, ~needs]).all()
    estimated = extract(
        x, sampling_rate_hz=RATE_HZ, speed_hz=speeds, feature_set="standard-1", missing_speed="estimate",
        speed_range_hz=(40.0, 75.0),
    )  # fmt: skip
    told = extract(x, sampling_rate_hz=RATE_HZ, speed_hz=np.array([43.0, 58.0]), feature_set="standard-1")
    at = names.index("harmonic_ratio_1x")
    assert estimated[1, at] == pytest.approx(told[1, at], rel=0.02)
    np.testing.assert_array_equal(estimated[0], told[0])
    with pytest.raises((ParameterError, TypeCheckError), match="guess"):
        extract(x, sampling_rate_hz=RATE_HZ, feature_set="standard-1", missing_speed="guess")  # type: ignore[arg-type]


def test_a_set_without_orders_asks_for_no_speed() -> None:
    assert np.isfinite(extract(machine(60.0), sampling_rate_hz=RATE_HZ, feature_set="advanced-1")).all()


def test_a_silent_waveform_has_no_features_and_hurts_no_other() -> None:
    x = np.stack([machine(60.0), np.full(T_S.size, 2.5), machine(60.0)])
    got = extract(x, sampling_rate_hz=RATE_HZ, speed_hz=60.0, feature_set="journal-1")
    assert np.isnan(got[1]).all()
    np.testing.assert_array_equal(got[0], got[2])
    only = extract(x[1], sampling_rate_hz=RATE_HZ, feature_set="journal-1")  # silence turns no shaft: nothing to refuse
    assert np.isnan(only).all()


def test_batches_are_joined_without_a_seam() -> None:
    x = np.stack([machine(60.0, seed=i)[:4096] for i in range(200)]).reshape(2, 100, -1)
    got = extract(x, sampling_rate_hz=RATE_HZ, speed_hz=300.0, feature_set="standard-1")
    assert got.shape == (2, 100, 36)
    for i, j in ((0, 0), (0, 79), (0, 80), (1, 99)):
        alone = extract(x[i, j], sampling_rate_hz=RATE_HZ, speed_hz=300.0, feature_set="standard-1")
        np.testing.assert_allclose(got[i, j], alone, rtol=1e-5, atol=1e-6)


def test_no_waveforms_make_no_rows() -> None:
    got = extract(np.zeros((0, 1000)), sampling_rate_hz=RATE_HZ, speed_hz=60.0, feature_set="standard-1")
    assert got.shape == (0, 36)


def test_what_cannot_be_is_refused() -> None:
    x = machine(60.0)
    with pytest.raises(ParameterError, match="no feature set 'standard-9'; there are standard-1"):
        extract(x, sampling_rate_hz=RATE_HZ, feature_set="standard-9")
    with pytest.raises(ParameterError, match="NaN or infinite"):
        extract(np.r_[x, np.inf], sampling_rate_hz=RATE_HZ, speed_hz=60.0, feature_set="standard-1")
    with pytest.raises(ParameterError, match="waveforms of 40 samples"):
        extract(x[:40], sampling_rate_hz=RATE_HZ, speed_hz=60.0, feature_set="standard-1")


@pytest.mark.parametrize("rate_hz", [1000.0, 8000.0, 12_000.0, 48_000.0, 97_656.25])
def test_any_rate_is_accepted(rate_hz: float) -> None:
    n = int(2.5 * rate_hz)
    t_s = np.arange(n) / rate_hz
    x = np.sin(2 * np.pi * 30 * t_s) + 0.1 * np.random.default_rng(0).standard_normal(n)
    got = extract(x, sampling_rate_hz=rate_hz, speed_hz=30.0, feature_set="standard-1")
    assert np.isfinite(got).all()
    all_of_them = extract(x, sampling_rate_hz=rate_hz, speed_hz=30.0, feature_set="all-1")
    undefined = {f.name for f, v in zip(feature_set("all-1").features, all_of_them, strict=True) if np.isnan(v)}
    for name in undefined:
        f = next(f for f in feature_set("all-1").features if f.name == name)
        assert f.undefined, name
