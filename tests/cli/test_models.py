import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from palier.cli.main import main
from palier.evaluation.document import read_evaluation
from palier.simulate import DatasetSpec, simulate_journal


def palier(*arguments: str | Path) -> str:
    result = CliRunner().invoke(main, [str(a) for a in arguments])
    assert result.exit_code == 0, result.output
    return result.output


def refused(*arguments: str | Path) -> str:
    result = CliRunner().invoke(main, [str(a) for a in arguments])
    assert result.exit_code == 2, result.output
    return result.output


def test_models_are_listed_and_shown(small_bundle) -> None:
    assert "minirocket" in palier("models", "list")
    assert {"name", "text", "input", "feature_sets"} <= set(json.loads(palier("models", "list", "--json"))[0])
    assert "gamma" in palier("models", "show", "svm")
    shown = palier("models", "show", small_bundle.path)
    assert "SIMULATED" in shown
    assert small_bundle.sha256 in shown
    assert json.loads(palier("models", "show", small_bundle.path, "--json"))["model"] == "extra_trees"
    assert "no model 'svn'" in refused("models", "show", "svn")


def test_training_prints_honest_beside_leaky_beside_majority(small_dataset, tmp_path) -> None:
    out, report = tmp_path / "b", tmp_path / "r.html"
    said = palier(
        "train", "--model", "knn", "--data", small_dataset.path, "--split", "by-machine", "--window-s", "1", "-o", out,
        "--report", report, "--json", tmp_path / "r.json", "--no-cache",
    )  # fmt: skip
    assert all(word in said for word in ("honest", "leaky", "majority", f"Bundle: {out}"))
    result = read_evaluation(tmp_path / "r.json")
    assert [c.name for c in result.columns] == ["honest", "leaky", "majority"]
    assert result.split.level == "bearing"
    assert result.windows.n_windows == 2 * result.n_records
    assert "<html" in report.read_text()
    again = palier("evaluate", out, "--data", small_dataset.path, "--split", "by-machine", "--noise", "white:0dB",
                   "--json", tmp_path / "e.json", "--scores", tmp_path / "s.parquet", "--no-cache",
                   "--figures", tmp_path / "figures", "--figure-format", "pdf")  # fmt: skip
    saved = {p.name for p in (tmp_path / "figures").iterdir()}
    assert {"confusion.pdf", "noise.pdf", "reliability.pdf", "columns.pdf"} <= saved
    assert all((tmp_path / "figures" / name).read_bytes().startswith(b"%PDF") for name in saved)
    assert "white:0dB" in again
    evaluated = read_evaluation(tmp_path / "e.json")
    assert evaluated.figures.accuracy.value == result.figures.accuracy.value
    assert evaluated.ceiling is not None
    assert (tmp_path / "s.parquet").stat().st_size > 0


def test_cross_validation_scores_every_record_once(small_dataset, tmp_path) -> None:
    palier("train", "--model", "knn", "--data", small_dataset.path, "--split", "folds", "--fold", "all", "--no-leaky",
           "--json", tmp_path / "r.json", "--no-cache")  # fmt: skip
    result = read_evaluation(tmp_path / "r.json")
    assert result.n_records == len(small_dataset)
    assert result.split.fold == "all"
    assert "one model for each fold" in refused(
        "train",
        "--model",
        "knn",
        "--data",
        small_dataset.path,
        "--split",
        "folds",
        "--fold",
        "all",
        "-o",
        tmp_path / "x",
    )


def test_bundles_are_compared_on_the_same_records(small_dataset, small_bundle, tmp_path) -> None:
    palier("train", "--model", "knn", "--data", small_dataset.path, "--split", "by-machine", "-o", tmp_path / "knn",
           "--no-leaky", "--no-cache")  # fmt: skip
    said = palier("compare", tmp_path / "knn", small_bundle.path, "--data", small_dataset.path, "--split", "by-machine",
                  "--report", tmp_path / "c.html", "--json", tmp_path / "c.json", "--no-cache")  # fmt: skip
    assert "after Holm" in said
    assert (tmp_path / "c.html").stat().st_size > 1000
    assert "give two or more" in refused("compare", small_bundle.path, "--data", small_dataset.path, "--no-cache")


def test_what_was_trained_on_is_never_scored(small_dataset, small_bundle) -> None:
    assert "name its split" in refused("evaluate", small_bundle.path, "--data", small_dataset.path, "--no-cache")
    assert "another way" in refused(
        "evaluate", small_bundle.path, "--data", small_dataset.path, "--split", "folds", "--no-cache"
    )


def test_training_refuses_before_it_works(small_dataset, small_bundle, tmp_path) -> None:
    data = ("--data", small_dataset.path)
    assert "exists already" in refused("train", "--model", "knn", *data, "--split", "folds", "-o", small_bundle.path)
    assert "name one of the splits" in refused("train", "--model", "knn", *data)
    assert "no split 'x'" in refused("train", "--model", "knn", *data, "--split", "x", "--no-cache")
    assert "one of the two" in refused("train", *data, "--split", "folds")
    assert "no fold '9'" in refused("train", "--model", "knn", *data, "--split", "folds", "--fold", "9", "--no-cache")


def test_fatal_findings_stop_training_until_they_are_accepted(small_dataset, tmp_path) -> None:
    import shutil

    copy = tmp_path / "data"
    shutil.copytree(small_dataset.path, copy)
    finding = {"key": "duplicate", "severity": "fatal", "source": "set", "text": "Two are one.", "remedy": "Drop one."}
    (copy / "audit.json").write_text(json.dumps({"findings": [finding, finding]}))
    train = ("train", "--model", "knn", "--data", copy, "--split", "by-machine", "--no-leaky", "--no-cache")
    assert "--despite duplicate" in refused(*train)
    palier(*train, "--despite", "duplicate", "-o", tmp_path / "b")
    assert json.loads((tmp_path / "b" / "bundle.json").read_text())["training"]["accepted_findings"] == ["duplicate"]


def test_a_journal_bearing_is_diagnosed_with_a_model(small_bundle, tmp_path) -> None:
    spec = DatasetSpec(records_per_class=4, duration_s=2.0, seed=99, faults=("healthy", "oil_whirl"))
    record = simulate_journal(spec, 6).recording
    path = tmp_path / "whirl.npz"
    np.savez(path, samples=record.samples[0], sampling_rate_hz=20_480.0, unit="g", speed_hz=record.speed_hz)
    said = palier("diagnose", path, "--model", small_bundle.path, "--report", tmp_path / "r.html")
    assert "oil whirl" in said
    assert "SIMULATED data" in said
    assert "0.42–0.48×" in said
    assert "trained on journal bearings" in refused("diagnose", path, "--model", small_bundle.path, "--bearing", "6205")
    document = json.loads(palier("diagnose", path, "--model", small_bundle.path, "--json", "-"))
    assert document["results"][0]["diagnosis"]["model"]["model"] == "extra_trees"


def test_serving_a_bundle_loads_neither_scikit_learn_nor_torch(small_bundle, tmp_path) -> None:
    import subprocess
    import sys

    record = simulate_journal(DatasetSpec(records_per_class=4, duration_s=2.0, seed=99), 29).recording
    path = tmp_path / "r.npz"
    np.savez(path, samples=record.samples[0], sampling_rate_hz=20_480.0, unit="g", speed_hz=record.speed_hz)
    code = (
        "import sys\nfrom palier.cli.main import main\n"
        f"main(['diagnose', {str(path)!r}, '--model', {str(small_bundle.path)!r}], standalone_mode=False)\n"
        "print([m for m in ('sklearn', 'torch', 'skl2onnx', 'onnx', 'aeon', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().splitlines()[-1] == "[]"


@pytest.mark.slow
def test_the_journal_demo_runs(tmp_path) -> None:
    said = palier("demo", "--kind", "journal", "--report", tmp_path / "d.html")
    assert "SIMULATED data" in said
    assert "never seen" in said
    assert (tmp_path / "d.html").is_file()
