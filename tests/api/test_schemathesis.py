"""The whole API as its own documentation describes it, with data made of it: every check, no failure.

PALIER_TEST_EXAMPLES is how many requests of each operation are made of the schema; a few by default.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.config import SchemathesisConfig
from tests.api.house import KNOWN, House, damaged, open_house

EXAMPLES = int(os.environ.get("PALIER_TEST_EXAMPLES", "4"))


@pytest.fixture(scope="module")
def place(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("open"), migrated_sqlite) as house:
        yield house


@pytest.fixture(scope="module")
def api(place: House) -> Any:
    return schemathesis.openapi.from_url(f"{place.url}/api/v1/openapi.json")


schema = schemathesis.pytest.from_fixture("api")


@schema.parametrize()
@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, phases=(Phase.explicit, Phase.generate), database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_every_operation(case: Case, place: House) -> None:
    case.call_and_validate(headers={"Authorization": f"Bearer {place.keys['admin']}"}, timeout=30)
