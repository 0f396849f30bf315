"""The whole API as its own documentation describes it, with data made of it: every check, no failure.

``PALIER_TEST_EXAMPLES=50`` makes so many requests of each operation, and also tries the bounds of every value
(coverage) and chains of requests (stateful): minutes instead of seconds.
"""

import os
import subprocess
import sys
from pathlib import Path

from tests.api.house import ByName, open_house, served

from palier.api.events import Pace

ROOT = Path(__file__).resolve().parents[2]


def test_the_whole_api(migrated_sqlite: Path, tmp_path: Path) -> None:
    many = os.environ.get("PALIER_TEST_EXAMPLES")
    phases = "examples,fuzzing" if many is None else "examples,coverage,fuzzing,stateful"
    pace = Pace(look_every_s=0.02, last_s=0.05)
    with open_house(tmp_path / "house", migrated_sqlite, pace=pace) as house:
        with served(ByName(house.app, house.actors)) as url:
            result = subprocess.run(
                [sys.executable, "-m", "schemathesis.cli", "--config-file", str(Path(__file__).with_name("schemathesis.toml")),
                 "run", f"{url}/api/v1/openapi.json", "--header", "Authorization: Bearer admin", "--checks", "all",
                 "--phases", phases, "--max-examples", many or "3", "--seed", "20261123", "--no-color",
                 "--generation-deterministic"],
                capture_output=True, text=True, check=False, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
            )  # fmt: skip
    assert result.returncode == 0, result.stdout[-20_000:] + result.stderr[-3_000:]
    assert "Tested: " in result.stdout, result.stdout
    assert house.count("machines") + house.count("recordings") + house.count("jobs") > 3, "hardly anything was reached"
