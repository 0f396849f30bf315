"""The whole API as its own documentation describes it, with data made of it: every check, no failure.

``PALIER_TEST_EXAMPLES=50`` makes so many requests of each operation, and also tries the bounds of every value
(coverage) and chains of requests (stateful): minutes instead of seconds.
"""

import os
import subprocess
import sys
from pathlib import Path

from tests.api.house import ByName, open_house, served

from palier.api import openapi_document
from palier.api.events import Pace

ROOT = Path(__file__).resolve().parents[2]
CONFIG = Path(__file__).with_name("schemathesis.toml")


def test_the_whole_api(migrated_sqlite: Path, tmp_path: Path) -> None:
    many = os.environ.get("PALIER_TEST_EXAMPLES")
    phases = "examples,fuzzing" if many is None else "examples,coverage,fuzzing,stateful"
    options = ["--header", "Authorization: Bearer admin", "--checks", "all", "--phases", phases]
    options += ["--max-examples", many or "3", "--seed", "20261123", "--generation-deterministic", "--no-color"]
    pace = Pace(look_every_s=0.02, last_s=0.05)
    with (
        open_house(tmp_path / "house", migrated_sqlite, pace=pace) as house,
        served(ByName(house.app, house.actors)) as url,
    ):
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run"]
        result = subprocess.run(
            [*command, f"{url}/api/v1/openapi.json", *options],
            capture_output=True, text=True, check=False, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        operations = sum(len(methods) for methods in openapi_document(house.app)["paths"].values())
        reached = [house.count(table) for table in ("machines", "recordings", "jobs")]
    assert result.returncode == 0, result.stdout[-20_000:] + result.stderr[-3_000:]
    assert f"Tested: {operations}" in result.stdout, result.stdout
    assert all(reached), "hardly anything was reached"
