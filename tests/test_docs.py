"""Nothing undocumented: commands, settings, errors, the JSON schema, and the pages that are generated."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import palier.errors

ROOT = Path(__file__).resolve().parents[1]


def test_generated_pages_are_up_to_date() -> None:
    result = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "generate_docs.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_error_is_documented_with_what_to_do() -> None:
    page = (ROOT / "docs/reference/errors.md").read_text(encoding="utf-8")
    for name in palier.errors.__all__:
        assert f"## {name}\n" in page, name


def test_every_setting_is_documented() -> None:
    used = {
        m for p in (ROOT / "src").rglob("*.py") for m in re.findall(r"PALIER_[A-Z_]+", p.read_text(encoding="utf-8"))
    } | {"PALIER_REAL_DATA"}
    page = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")
    assert [s for s in used if f"`{s}`" not in page] == []


@pytest.mark.slow
def test_the_documentation_builds_without_a_warning(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "-n", "-q", str(ROOT / "docs"), str(tmp_path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
