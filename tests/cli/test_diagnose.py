import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from click.testing import CliRunner, Result

from palier.cli.main import main
from palier.core.catalogue import find_bearing
from palier.diagnosis.document import json_schema
from palier.simulate.rolling import RollingScenario, simulate_rolling

BEARING = find_bearing("6205")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recordings")
    for k, fault in enumerate(("outer_race", "healthy", "inner_race")):
        scenario = RollingScenario(BEARING, fault=fault, duration_s=3.0, sampling_rate_hz=12_800.0)
        recording, _ = simulate_rolling(scenario, rng=np.random.default_rng(k))
        np.savez(path / f"{fault}.npz", signal=recording.samples[0], fs=12_800.0, rpm=1500.0)
    return path


def palier(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


def test_one_file_gives_the_answer_and_its_evidence(folder: Path) -> None:
    result = palier("diagnose", folder / "outer_race.npz", "--bearing", "6205", "--unit", "g")
    assert result.exit_code == 0, result.output
    assert "Bearing damage: outer-race defect" in result.output
    assert "BPFO" in result.output


def test_many_files_give_a_table_and_a_sum(folder: Path) -> None:
    result = palier("diagnose", folder, "--bearing", "6205")
    assert result.exit_code == 0, result.output
    assert "no damage found" in result.output
    assert "3 recordings: 2 with damage, 0 not processed" in result.output


def test_json_fits_the_schema_and_is_the_same_each_time(folder: Path, tmp_path: Path) -> None:
    texts = []
    for k in range(2):
        target = tmp_path / f"{k}.json"
        assert palier("diagnose", folder, "--bearing", "6205", "--json", target).exit_code == 0
        texts.append(target.read_bytes())
    assert texts[0] == texts[1]
    jsonschema.Draft202012Validator(json_schema()).validate(json.loads(texts[0]))
    piped = palier("diagnose", folder, "--bearing", "6205", "--json", "-")
    assert json.loads(piped.stdout) == json.loads(texts[0])


def test_a_bad_file_is_named_and_the_others_are_still_processed(folder: Path, tmp_path: Path) -> None:
    bad = tmp_path / "cut.mat"
    bad.write_bytes(b"MATLAB 5.0 MAT-file" + b" " * 100)
    target = tmp_path / "out.json"
    result = palier(
        "diagnose", bad, folder / "outer_race.npz", tmp_path / "none.csv", "--bearing", "6205", "--json", target
    )
    assert result.exit_code == 2
    assert "cut.mat" in result.stderr
    assert "none.csv" in result.stderr
    assert "Traceback" not in result.output
    states = [r["status"] for r in json.loads(target.read_text())["results"]]
    assert states == ["failed", "diagnosed", "failed"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--bearing", "6206x"], "did you mean 6206"),
        (["--bearing", "n=9,d=39mm,D=8mm"], "exchanged"),
        ([], "--bearing"),
        (["--bearing", "6205", "--unit", "furlong"], "unit"),
        (["--bearing", "6205", "--channel", "nope"], "no channel"),
        (["--bearing", "6205", "--speed-range-rpm", "1600", "1500"], "range"),
        (["--bearing", "6205", "--format", "abc"], "format"),
        (["--bearing", "6205", "--report", "x.docx"], ".html"),
        (["--bearing", "6205", "--report", "no/such/folder/x.html"], "does not exist"),
        (["--bearing", "6205", "--json", "no/such/folder/x.json"], "cannot be written"),
        (["--bearing", "6205", "--baseline", "none.npz"], "none.npz"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_with_status_2(folder: Path, arguments: list[str], expected: str) -> None:
    # a speed range is only used where no speed is stated, so that case declares a file without one
    path = folder / "outer_race.npz"
    if "--speed-range-rpm" in arguments:
        path = folder.parent / "plain.npy"
        np.save(path, np.random.default_rng(0).standard_normal(20_000))
        arguments = [*arguments, "--sampling-rate", "10000"]
    result = palier("diagnose", path, *arguments)
    assert result.exit_code == 2, result.output
    assert expected in result.output
    assert "Traceback" not in result.output


def test_one_report_file_for_many_recordings_is_refused_before_anything_is_written(
    folder: Path, tmp_path: Path
) -> None:
    target = tmp_path / "all.html"
    result = palier("diagnose", folder, "--bearing", "6205", "--report", target)
    assert result.exit_code == 2
    assert "folder" in result.output
    assert list(tmp_path.iterdir()) == []


def test_reports_of_many_recordings_go_into_a_folder(folder: Path, tmp_path: Path) -> None:
    result = palier("diagnose", folder, "--bearing", "6205", "--report", tmp_path / "reports")
    assert result.exit_code == 0, result.output
    assert sorted(p.name for p in (tmp_path / "reports").iterdir()) == [
        "healthy.html", "inner_race.html", "outer_race.html",
    ]  # fmt: skip


def test_a_declaration_wins_and_the_contradiction_is_told(folder: Path) -> None:
    result = palier("diagnose", folder / "outer_race.npz", "--bearing", "6205", "--sampling-rate", "25600")
    assert result.exit_code == 0
    assert "contradiction" in result.output.lower()


def test_a_baseline_changes_the_remarks(folder: Path) -> None:
    result = palier("diagnose", folder / "outer_race.npz", "--bearing", "6205", "--baseline", folder / "healthy.npz")
    assert result.exit_code == 0
    assert "against the baseline" in result.output


def test_a_severity_zone_needs_all_declarations(folder: Path) -> None:
    options = ["--bearing", "6205", "--unit", "g", "--machine-group", "2", "--support", "rigid"]
    assert "ISO zone" in palier("diagnose", folder / "healthy.npz", *options).output
    assert "No ISO zone" in palier("diagnose", folder / "healthy.npz", "--bearing", "6205").output
