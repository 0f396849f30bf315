import json
import re
import runpy
from pathlib import Path

import numpy as np
import pytest

from palier.errors import ParameterError
from palier.features import FEATURE_SETS, extract, feature_set, find_feature, registered

_HERE = Path(__file__).parent
_CORPUS = runpy.run_path(str(_HERE / "corpus.py"))
_GOLDENS = runpy.run_path(str(_HERE / "goldens.py"))
PINNED = json.loads((_HERE / "goldens.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def made():
    return _GOLDENS["values"]()


@pytest.mark.parametrize("name", FEATURE_SETS)
def test_a_version_pins_the_values(name: str, made) -> None:
    assert list(made[name]) == list(PINNED[name]), "the columns changed: give the set a new number"
    for feature, expected in PINNED[name].items():
        got = made[name][feature]
        assert [v is None for v in got] == [v is None for v in expected], feature
        np.testing.assert_allclose(
            [v for v in got if v is not None],
            [v for v in expected if v is not None],
            rtol=2e-3, atol=1e-5, err_msg=f"{feature}: give the set a new number",
        )  # fmt: skip


def test_the_older_set_is_seven_twelve_four_seven_and_six() -> None:
    domains = [f.domain for f in feature_set("standard-1").features]
    assert len(domains) == 36
    counts = {d: domains.count(d) for d in dict.fromkeys(domains)}
    assert counts.pop("wavelet") + counts.pop("cepstrum") == 7
    assert counts == {"time": 7, "spectral": 12, "envelope": 4, "bispectrum": 6}
    assert len(feature_set("advanced-1").names) == 16


@pytest.mark.parametrize("name", FEATURE_SETS)
def test_a_set_holds_each_feature_once_and_names_its_version(name: str) -> None:
    s = feature_set(name)
    assert len(set(s.names)) == len(s.names)
    assert s.version.isdecimal()
    assert re.fullmatch(r"[a-z-]+-\d+", name)
    assert len(s.units) == len(s.names)
    assert len(s.text) > 20


def test_every_feature_is_in_some_set_and_all_of_them_in_the_last() -> None:
    names = {f.name for f in registered()}
    assert names == {n for s in FEATURE_SETS.values() for n in s.names}
    assert {n for n in names if not n.startswith("log_spectrum")} == set(feature_set("all-1").names)


@pytest.mark.parametrize(("names", "n"), [(("standard-1", "advanced-1"), 10_240), (("journal-1",), 20_480)])
def test_no_feature_is_another_in_disguise(names: tuple[str, ...], n: int) -> None:
    x = np.concatenate([_CORPUS["mixtures"](110), np.stack(list(_CORPUS["named"]().values()))])
    x = x[:, :n]
    columns = [f for n in names for f in feature_set(n).names]
    values = np.concatenate(
        [extract(x, sampling_rate_hz=_CORPUS["RATE_HZ"], speed_hz=_CORPUS["SPEED_HZ"], feature_set=n) for n in names],
        axis=-1,
    )
    rows = np.isfinite(values).all(axis=-1)
    assert rows.sum() > 100
    for correlation in (
        np.corrcoef(values[rows].T),
        np.corrcoef(values[rows].argsort(axis=0).argsort(axis=0).T),
    ):
        alike = [
            (columns[i], columns[j]) for i, j in zip(*np.where(np.triu(np.abs(correlation) > 0.999, 1)), strict=True)
        ]
        assert alike == []


def test_a_wrong_name_is_answered_with_the_right_one() -> None:
    with pytest.raises(ParameterError, match="no feature 'kurtossis'; did you mean kurtosis"):
        find_feature("kurtossis")
    with pytest.raises(ParameterError, match="palier features list"):
        find_feature("qqqqqq")


def test_a_name_cannot_be_taken_twice() -> None:
    from palier.features import feature

    with pytest.raises(ParameterError, match="'rms' is registered twice"):

        @feature(unit="u", domain="time")
        def rms(c):
            return c.scale
