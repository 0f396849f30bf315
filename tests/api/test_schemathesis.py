"""The whole API as its own documentation describes it, with data made of it: every check, no failure.

``PALIER_TEST_EXAMPLES=50`` makes so many requests of each operation, and also tries the bounds of every value
(coverage) and chains of requests (stateful): minutes instead of seconds.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr
from tests.api.house import ByName, House, open_house, served
from tests.servers import fresh_database

from palier.adapters.db import open_store
from palier.adapters.db.migrate import upgrade
from palier.api import openapi_document
from palier.api.events import Pace

ROOT = Path(__file__).resolve().parents[2]
CONFIG = Path(__file__).with_name("schemathesis.toml")
PACE = Pace(look_every_s=0.02, last_s=0.05)


def test_the_whole_api(migrated_sqlite: Path, tmp_path: Path) -> None:
    with open_house(tmp_path / "house", migrated_sqlite, pace=PACE) as house:
        explore(house, tmp_path)


@pytest.mark.slow
@pytest.mark.integration
def test_the_whole_api_on_postgresql(postgresql: str, tmp_path: Path) -> None:
    with fresh_database(postgresql) as url:
        store = open_store(url)
        upgrade(store.engine)
        store.close()
        with open_house(tmp_path / "house", pace=PACE, database_url=SecretStr(url)) as house:
            explore(house, tmp_path, "--generation-allow-x00", "true")


def explore(house: House, folder: Path, *more: str) -> None:
    many = os.environ.get("PALIER_TEST_EXAMPLES")
    phases = "examples,fuzzing" if many is None else "examples,coverage,fuzzing,stateful"
    options = ["--header", "Authorization: Bearer admin", "--checks", "all", "--phases", phases, *more]
    options += ["--max-examples", many or "3", "--seed", "20261123", "--generation-deterministic", "--no-color"]
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run"]
    with served(ByName(house.app, house.actors)) as url:
        result = subprocess.run(
            [*command, f"{url}/api/v1/openapi.json", *options],
            capture_output=True, text=True, check=False, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
    operations = sum(len(methods) for methods in openapi_document(house.app)["paths"].values())
    reached = [house.count(table) for table in ("machines", "recordings", "jobs")]
    assert result.returncode == 0, result.stdout[-20_000:] + result.stderr[-3_000:]
    assert f"Tested: {operations}" in result.stdout, result.stdout
    assert all(reached), "hardly anything was reached"
