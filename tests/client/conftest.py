"""The client against the real API, over real sockets."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.api.house import House, damaged, open_house

from palier.client import Client


@pytest.fixture(scope="module")
def house(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("house"), migrated_sqlite) as made:
        yield made


@pytest.fixture(scope="session")
def recording_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return damaged(tmp_path_factory.mktemp("files"))


@pytest.fixture
def client(house: House) -> Iterator[Client]:
    with Client(house.url, house.keys["analyst"]) as made:
        yield made


@pytest.fixture
def working(house: House) -> Iterator[None]:
    """A worker beside the server."""
    over = threading.Event()

    def work() -> None:
        while not over.wait(0.02):
            house.work()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    over.set()
    thread.join()
