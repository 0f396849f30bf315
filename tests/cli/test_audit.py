"""The command: what it prints, writes and returns."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from palier.cli.main import main

DECLARED = ["--sampling-rate", "12000", "--unit", "g", "--speed-rpm", "1800"]


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(1)
    for i in range(3):
        np.save(tmp_path / f"good_{i}.npy", rng.normal(size=24_000))
        np.save(tmp_path / f"bad_{i}.npy", 100 * rng.normal(size=24_000))
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(main, ["audit", *map(str, arguments)])


def test_findings_are_shown_with_severity_and_remedy(folder):
    result = run(folder, "--label-pattern", "^(good|bad)", *DECLARED)
    assert result.exit_code == 0, result.output
    assert "level_names_class" in result.output
    assert "fatal" in result.output
    assert "unit variance" in " ".join(result.output.split())
    assert result.output.splitlines()[-1].startswith("6 recordings in 2 classes: 1 fatal")


def test_json_goes_to_a_file_or_alone_to_standard_output(folder):
    written = folder / "audit.json"
    assert run(folder, *DECLARED, "--json", written).exit_code == 0
    printed = run(folder, *DECLARED, "--json", "-")
    assert json.loads(printed.stdout) == json.loads(written.read_text(encoding="utf-8"))


def test_a_label_table_is_read(folder):
    table = folder / "labels.csv"
    table.write_text("".join(f"{p.name},{p.name[:3]}\n" for p in folder.glob("*.npy")))
    result = run(*sorted(folder.glob("*.npy")), "--labels", table, *DECLARED, "--json", "-")
    assert json.loads(result.stdout)["labels"] == {"bad": 3, "goo": 3}


def test_a_bad_file_gives_status_2_and_the_rest_is_audited(folder):
    (folder / "broken.npy").write_bytes(b"")
    result = run(folder, *DECLARED)
    assert result.exit_code == 2
    assert "broken.npy" in result.stderr
    assert "6 recordings" in result.stdout
    assert "1 not processed" in result.stdout
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--label-pattern", "("], "regular expression"),
        (["--label-pattern", "^(xyz)"], "none of 6 files"),
        (["--labels", "absent.csv"], "absent.csv"),
        (["--labels", "absent.csv", "--label-pattern", "(a)"], "one of them"),
        (["--unit", "furlong"], "furlong"),
        (["--json", "/no/such/folder/a.json"], "cannot be written"),
    ],
)
def test_wrong_options_are_one_line_and_status_2(folder, options, word):
    result = run(folder, "--sampling-rate", "12000", *options)
    assert result.exit_code == 2
    assert word in result.stderr
    assert "Traceback" not in result.output


def test_the_help_names_every_option():
    text = run("--help").output
    for option in (
        "--labels",
        "--label-pattern",
        "--sampling-rate",
        "--unit",
        "--speed-rpm",
        "--channel",
        "--format",
        "--json",
    ):
        assert option in text
