"""`palier features`: what is listed, computed and ranked."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from pyarrow import parquet
from scipy.io import wavfile

from palier.cli.main import main
from palier.core.split import Fold, Split
from palier.data.build import build_dataset
from palier.features import extract, feature_set, registered
from palier.simulate.dataset import JournalSource
from palier.simulate.spec import DatasetSpec

RATE_HZ = 8000


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["features", *map(str, arguments)])


@pytest.fixture(scope="module")
def recording(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("wav") / "machine.wav"
    t_s = np.arange(3 * RATE_HZ) / RATE_HZ
    x = np.sin(2 * np.pi * 30 * t_s) + 0.1 * np.random.default_rng(0).standard_normal(t_s.size)
    wavfile.write(path, RATE_HZ, x.astype(np.float32))
    return path


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    spec = DatasetSpec(
        faults=("healthy", "misalignment", "imbalance"), records_per_class=8, duration_s=1.0, sampling_rate_hz=10_240.0
    )
    made = build_dataset(JournalSource(spec), tmp_path_factory.mktemp("data") / "small")
    rows = np.arange(len(made))
    made.add_split(Split("half", "record", "holdout", (Fold(rows[::2], rows[:0], rows[1::2]),), seed=0))
    return made


def test_every_feature_is_listed_with_its_unit_and_formula() -> None:
    listed = json.loads(run("list", "--json").output)
    assert {r["feature"] for r in listed} == {f.name for f in registered()}
    assert all(r["unit"] and r["formula"] and r["what it is"] for r in listed)
    table = run("list", "--set", "standard-1").output
    assert all(name in table for name in feature_set("standard-1").names)
    assert "subsynchronous_ratio" not in table
    sets = run("list", "--sets").output
    assert "standard-1" in sets
    assert "journal-1" in sets


def test_a_wrong_set_is_answered_with_the_right_ones() -> None:
    result = run("list", "--set", "standard")
    assert result.exit_code == 2
    assert "no feature set 'standard'; there are standard-1" in result.output


def test_features_of_a_file_are_those_of_the_library(recording: Path, tmp_path: Path) -> None:
    out = tmp_path / "features.parquet"
    result = run("extract", recording, "-o", out, "--window-s", "1", "--hop-s", "0.5", "--speed-rpm", "1800")
    assert result.exit_code == 0, result.output
    assert "5 windows" in result.output
    table = parquet.read_table(out).to_pydict()
    x = wavfile.read(recording)[1]
    windows = np.stack([x[i : i + RATE_HZ] for i in range(0, 2 * RATE_HZ + 1, RATE_HZ // 2)])
    expected = extract(windows, sampling_rate_hz=RATE_HZ, speed_hz=30.0, feature_set="standard-1")
    got = np.stack([table[n] for n in feature_set("standard-1").names], axis=-1)
    np.testing.assert_allclose(got, expected, rtol=1e-6)
    assert table["start_s"] == [0.0, 0.5, 1.0, 1.5, 2.0]
    assert set(table["source"]) == {str(recording)}


def test_a_csv_holds_the_same_and_what_is_undefined_is_nan(recording: Path, tmp_path: Path) -> None:
    out = tmp_path / "features.csv"
    result = run("extract", recording, "-o", out, "--missing-speed", "nan")
    assert result.exit_code == 0, result.output
    (row,) = csv.DictReader(out.read_text(encoding="utf-8").splitlines())
    x = wavfile.read(recording)[1]
    expected = extract(x, sampling_rate_hz=RATE_HZ, feature_set="standard-1", missing_speed="nan")
    assert float(row["rms"]) == pytest.approx(expected[0], rel=1e-6)
    assert row["harmonic_ratio_1x"] == "nan"


def test_a_speed_is_estimated_within_the_interval_that_is_stated(recording: Path, tmp_path: Path) -> None:
    out = tmp_path / "features.csv"
    interval = ["--missing-speed", "estimate", "--speed-range-rpm", "1500", "2100"]
    result = run("extract", recording, "-o", out, *interval)
    assert result.exit_code == 0, result.output
    (row,) = csv.DictReader(out.read_text(encoding="utf-8").splitlines())
    assert float(row["harmonic_ratio_1x"]) > 0.9


def test_a_bearing_makes_the_defect_lines_known(recording: Path, tmp_path: Path) -> None:
    out = tmp_path / "features.csv"
    run("extract", recording, "-o", out, "--set", "rolling-lines-1", "--speed-rpm", "1800", "--bearing", "6205")
    (row,) = csv.DictReader(out.read_text(encoding="utf-8").splitlines())
    assert np.isfinite(float(row["bpfo_prominence_1"]))


def test_a_missing_speed_is_said_and_the_other_files_are_still_computed(recording: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFF")
    out = tmp_path / "features.csv"
    result = run("extract", recording, broken, "-o", out, "--set", "advanced-1")
    assert result.exit_code == 2
    assert "broken.wav" in result.output
    assert len(list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))) == 1
    refused = run("extract", recording, "-o", tmp_path / "b.csv")
    assert refused.exit_code == 2
    assert "--speed-rpm" in refused.output
    assert not (tmp_path / "b.csv").exists()
    assert not (tmp_path / ".b.csv.part").exists()


def test_a_dataset_is_computed_window_by_window(dataset, tmp_path: Path) -> None:
    out = tmp_path / "features.parquet"
    result = run("extract", "--data", dataset.path, "-o", out, "--set", "journal-1", "--window-s", "0.5")
    assert result.exit_code == 0, result.output
    table = parquet.read_table(out).to_pydict()
    assert len(table["record_id"]) == 48
    assert sorted(set(table["label"])) == ["healthy", "imbalance", "misalignment"]
    whole = run("extract", "--data", dataset.path, "-o", tmp_path / "whole.csv", "--set", "journal-1")
    assert "24 windows" in whole.output


@pytest.mark.parametrize("method", ["mrmr", "mi"])
def test_what_tells_the_classes_apart_comes_first(dataset, method: str) -> None:
    result = run("rank", "--data", dataset.path, "--set", "journal-1", "--method", method, "--json")
    assert result.exit_code == 0, result.output
    answer = json.loads(result.output)
    assert answer["windows"] == 12
    first = [r["feature"] for r in answer["ranking"][:6]]
    assert any("1x" in f or "2x" in f or "3x" in f for f in first)
    assert {r["feature"] for r in answer["ranking"]} | set(answer["left_out"]) == set(feature_set("journal-1").names)


def test_the_test_side_has_no_say(dataset, monkeypatch) -> None:
    from palier.data.store import Dataset

    asked: list[int] = []
    real = Dataset.iterate

    def watched(self, records=None, **settings):
        asked.extend(range(len(self)) if records is None else records)
        return real(self, records, **settings)

    monkeypatch.setattr(Dataset, "iterate", watched)
    assert run("rank", "--data", dataset.path, "--method", "mi").exit_code == 0
    assert set(asked) == set(dataset.split("half").folds[0].train.tolist())


def test_a_ranking_is_shown_as_a_table(dataset) -> None:
    result = run("rank", "--data", dataset.path, "--split", "half", "--method", "mi")
    assert "12 training windows of 3 classes, split half, fold 0" in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["extract", "-o", "a.csv"], "one of the two"),
        (["extract", "x.wav", "-o", "a.xlsx"], "allowed are .parquet and .csv"),
        (["extract", "x.wav", "-o", "a.csv", "--hop-s", "1"], "give --window-s too"),
        (["extract", "x.wav", "-o", "a.csv", "--missing-speed", "estimate"], "belong together"),
        (["extract", "--data", "nowhere", "-o", "a.csv"], "nowhere"),
    ],
)
def test_what_cannot_be_is_refused(arguments: list[str], message: str, recording: Path) -> None:
    result = run(*[recording if a == "x.wav" else a for a in arguments])
    assert result.exit_code == 2
    assert message in result.output


def test_a_fold_that_is_not_there_is_refused(dataset) -> None:
    result = run("rank", "--data", dataset.path, "--fold", "9")
    assert result.exit_code == 2
    assert "no fold '9'; there are 0" in result.output
