"""What every feature promises: a row of this table for each, and the same tests for all."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from palier.features import extract_features, registered

_CORPUS = runpy.run_path(str(Path(__file__).parents[1] / "features" / "corpus.py"))

_FEATURES = {f.name: f for f in registered() if not f.name.startswith("log_spectrum")}
_LOG = {f.name: f for f in registered() if f.name.startswith("log_spectrum") and f.name.endswith(("000", "128", "255"))}

#: What a gain g does to it, where it does anything: g itself, its square, or 20 lg g added.
_ORDERS = ("0p25", "0p5", "0p75", "1", "1p5", "2", "2p5", "3", "3p5", "4", "5", "6", "7", "8", "9", "10")
_THIRDS = ("16", "20", "25", "31p5", "40", "50", "63", "80", "100", "125", "160", "200", "250", "315", "400", "500",
           "630", "800", "1000", "1250", "1600", "2000", "2500", "3150", "4000", "5000", "6300", "8000")  # fmt: skip
LINEAR = {
    "rms", "envelope_rms", "envelope_peak", "subsynchronous_amplitude", "stick_slip_rms", "cavitation_rms",
    "floor_20_150_hz", "floor_150_700_hz", "floor_700_1300_hz", "floor_2900_4500_hz", "floor_4500_8500_hz",
    *(f"order_amplitude_{o}x" for o in _ORDERS), *(f"third_octave_{f}_hz" for f in _THIRDS),
}  # fmt: skip
SQUARE = {"band_power_low", "band_power_mid", "band_power_high"}
LEVEL = set(_LOG)
#: These change their sign with the waveform's.
ODD = {"skewness"}
#: A place among candidates: a rounding may move it from one to another of the same height.
PLACES = {"dominant_frequency", "modulation_frequency", "cepstral_quefrency", "spectral_kurtosis_frequency"}
#: Which may be undefined on a waveform without any noise.
FRAGILE = {"sample_entropy": {"impulse"}}

ALL = {**_FEATURES, **_LOG}


def values(x: np.ndarray) -> np.ndarray:
    return extract_features(
        x,
        sampling_rate_hz=_CORPUS["RATE_HZ"],
        speed_hz=_CORPUS["SPEED_HZ"],
        line_orders=_CORPUS["LINES"],
        features=list(ALL.values()),
    )


@pytest.fixture(scope="module")
def kinds() -> dict[str, np.ndarray]:
    return _CORPUS["named"]()


@pytest.fixture(scope="module")
def plain(kinds) -> np.ndarray:
    return values(np.stack(list(kinds.values())))


@pytest.fixture(scope="module")
def louder(kinds) -> np.ndarray:
    return values(-4.0 * np.stack(list(kinds.values())))


@pytest.fixture(scope="module")
def shifted(kinds) -> np.ndarray:
    return values(np.stack(list(kinds.values())) + 3.0)


def column(table: np.ndarray, name: str) -> np.ndarray:
    return table[:, list(ALL).index(name)]


@pytest.mark.parametrize("name", ALL)
def test_its_unit_says_what_a_gain_does(name: str) -> None:
    expected = "u" if name in LINEAR else "u^2" if name in SQUARE else "dB u" if name in LEVEL else None
    unit = ALL[name].unit
    assert unit == expected or (expected is None and unit not in {"u", "u^2", "dB u"})


@pytest.mark.parametrize("name", ALL)
def test_a_gain_of_minus_four_does_what_the_table_says(name: str, plain, louder) -> None:
    before, after = column(plain, name), column(louder, name)
    factor = 4.0 if name in LINEAR else 16.0 if name in SQUARE else -1.0 if name in ODD else 1.0
    added = 20 * np.log10(4.0) if name in LEVEL else 0.0
    if name == "permutation_entropy":  # patterns are mirrored, and ties are not
        before, after = before[:3], after[:3]
    np.testing.assert_allclose(after, factor * before + added, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("name", ALL)
def test_an_offset_does_nothing(name: str, plain, shifted, kinds) -> None:
    keep = np.array([k not in {"impulse", "sine"} for k in kinds])  # there rounding fills what was empty
    before, after = column(plain, name)[keep], column(shifted, name)[keep]
    if name in PLACES:
        assert np.mean(np.isclose(before, after, rtol=1e-3)) >= 0.9
        return
    np.testing.assert_allclose(after, before, rtol=2e-2, atol=2e-3 * max(1.0, float(np.nanmax(np.abs(before)))))


@pytest.mark.parametrize("name", ALL)
def test_it_stays_within_its_bounds_and_is_finite(name: str, plain, kinds) -> None:
    got = column(plain, name)
    undefined = {k for k, v in zip(kinds, got, strict=True) if not np.isfinite(v)}
    assert undefined <= FRAGILE.get(name, set())
    defined = got[np.isfinite(got)]
    assert (defined >= ALL[name].low - 1e-9).all()
    assert (defined <= ALL[name].high + 1e-9).all()


@pytest.mark.parametrize("name", ALL)
def test_it_tells_some_waveforms_apart(name: str, plain) -> None:
    got = column(plain, name)
    assert np.unique(got[np.isfinite(got)].round(9)).size >= 3


def test_a_batch_gives_what_its_waveforms_give_one_by_one(plain, kinds) -> None:
    one_by_one = np.stack([values(x) for x in kinds.values()])
    np.testing.assert_allclose(plain, one_by_one, rtol=1e-5, atol=1e-6)
    nested = values(np.stack(list(kinds.values())[:4]).reshape(2, 2, -1))
    assert nested.shape == (2, 2, len(ALL))
    np.testing.assert_allclose(nested.reshape(4, -1), plain[:4], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", [n for n, f in ALL.items() if f.needs])
def test_what_it_needs_is_what_it_is_undefined_without(name: str, kinds) -> None:
    feature = ALL[name]
    x = kinds["shaft"]
    speed_hz = np.nan if "speed" in feature.needs else 50.0
    got = extract_features(
        x, sampling_rate_hz=_CORPUS["RATE_HZ"], speed_hz=speed_hz, missing_speed="nan", features=[feature]
    )
    assert np.isnan(got[0])


@pytest.mark.parametrize("name", [n for n, f in ALL.items() if not f.needs])
def test_what_needs_nothing_does_not_change_with_speed(name: str, kinds) -> None:
    x = kinds["shaft"]
    got = [
        extract_features(x, sampling_rate_hz=_CORPUS["RATE_HZ"], speed_hz=s, features=[ALL[name]])
        for s in (50.0, np.nan)
    ]
    np.testing.assert_array_equal(*got)


@pytest.mark.parametrize("name", ALL)
def test_it_is_documented(name: str) -> None:
    assert len(ALL[name].summary) > 20
    assert "=" in ALL[name].formula or "\\" in ALL[name].formula
