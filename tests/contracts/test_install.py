"""A wheel, installed in an empty environment somewhere else, does the main job."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import distributions, requires
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def pinned() -> set[str]:
    rows = (ROOT / "constraints.txt").read_text().splitlines()
    return {re.sub(r"[-_.]+", "-", r.split("==")[0]).lower() for r in rows if "==" in r}


def canonical(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\s<>=!~;\[(]", requirement)[0]).lower()


def test_every_installed_package_that_palier_needs_is_pinned() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    wanted = [r for group in groups.values() for r in group if isinstance(r, str)]
    wanted += [r for r in requires("palier") or [] if "extra ==" not in r]
    installed = {canonical(d.metadata["Name"]): d for d in distributions()}
    queue, seen = [canonical(r) for r in wanted], set()
    while queue:
        name = queue.pop()
        if name in seen or name not in installed:
            continue
        seen.add(name)
        queue += [canonical(r) for r in installed[name].requires or [] if "extra ==" not in r]
    assert len(seen) > 40
    assert seen - pinned() == set()


@pytest.mark.integration
@pytest.mark.slow
def test_the_wheel_does_the_main_job_from_an_empty_environment(tmp_path: Path) -> None:
    def run(*command: str, cwd: Path = tmp_path) -> str:
        result = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path / "dist"), ".", cwd=ROOT)
    (wheel,) = (tmp_path / "dist").glob("palier-*.whl")
    run(sys.executable, "-m", "venv", "env")
    python = str(tmp_path / "env" / "bin" / "python")
    run(python, "-m", "pip", "install", "-q", "-c", str(ROOT / "constraints.txt"), str(wheel))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    command = str(tmp_path / "env" / "bin" / "palier")
    assert "palier" in run(command, "--version", cwd=elsewhere)
    said = run(command, "demo", "--report", "demo.html", cwd=elsewhere)
    assert "SIMULATED" in said
    assert "outer-race" in said
    assert (elsewhere / "demo.html").stat().st_size > 50_000
