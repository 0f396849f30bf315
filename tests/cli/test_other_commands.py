from pathlib import Path

import pytest
from click.testing import CliRunner

from palier.cli.main import main


def test_the_demo_says_that_it_is_simulated_and_writes_its_report(tmp_path: Path) -> None:
    target = tmp_path / "demo.html"
    result = CliRunner().invoke(main, ["demo", "--report", str(target), "--seed", "3"])
    assert result.exit_code == 0, result.output
    assert "SIMULATED" in result.output
    assert "outer-race defect" in result.output
    assert str(target) in result.output
    assert "SIMULATED" in target.read_text(encoding="utf-8")


def test_a_healthy_demo_finds_no_damage(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["demo", "--fault", "healthy", "--report", str(tmp_path / "d.html")])
    assert "No bearing damage found" in result.output


def test_bearings_lists_all_and_shows_one() -> None:
    everything = CliRunner().invoke(main, ["bearings"]).output
    assert "ZA-2115" in everything
    one = CliRunner().invoke(main, ["bearings", "6205"]).output
    assert "BPFI 5.4152" in one
    assert "Case Western" in one


def test_a_near_miss_is_suggested_with_status_2() -> None:
    result = CliRunner().invoke(main, ["bearings", "zq-2115"])
    assert result.exit_code == 2
    assert "did you mean ZA-2115" in result.output


@pytest.mark.parametrize("command", ["audit", "bearings", "demo", "diagnose"])
def test_every_command_has_help(command: str) -> None:
    result = CliRunner().invoke(main, [command, "--help"])
    assert result.exit_code == 0
    assert "Usage" in result.output


def test_the_module_runs_like_the_command() -> None:
    import subprocess
    import sys

    result = subprocess.run([sys.executable, "-m", "palier", "--version"], capture_output=True, text=True, check=True)
    assert result.stdout.startswith("palier, version")
