"""One installation for each module; each test makes what it needs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.api.house import House, damaged, open_house


@pytest.fixture(scope="module")
def house(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("house"), migrated_sqlite) as made:
        yield made


@pytest.fixture(scope="session")
def recording_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return damaged(tmp_path_factory.mktemp("files"))
