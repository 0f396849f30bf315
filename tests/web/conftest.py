"""One mill for all tests that only look; tests that change something take a copy."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.web.laboratory import Laboratory, fill_laboratory
from tests.web.walking import Visitor
from tests.web.world import World, make_world, open_world

from palier.web.app import dash_app
from palier.web.routing import PalierDash


@pytest.fixture(scope="session")
def world_folder(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Path:
    folder = tmp_path_factory.mktemp("mill")
    make_world(folder, migrated_sqlite).close()
    return folder


@pytest.fixture(scope="session")
def world(world_folder: Path) -> Iterator[World]:
    """To look at only."""
    opened = open_world(world_folder)
    yield opened
    opened.close()


@pytest.fixture
def own_world(world_folder: Path, world: World, tmp_path: Path) -> Iterator[World]:
    """To change; everything in it has the same ids."""
    shutil.copytree(world_folder, tmp_path / "mill")
    opened = open_world(tmp_path / "mill")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def app(world: World) -> PalierDash:
    return dash_app(world.services)


@pytest.fixture(scope="session")
def visitor(app: PalierDash, world: World) -> Visitor:
    return Visitor(app, world)


@pytest.fixture(scope="session")
def laboratory_folder(world_folder: Path, world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("laboratory") / "mill"
    shutil.copytree(world_folder, folder)
    opened = open_world(folder)
    fill_laboratory(opened)
    opened.close()
    return folder


@pytest.fixture(scope="session")
def laboratory(laboratory_folder: Path) -> Iterator[Laboratory]:
    """The mill with datasets and a model, to look at only."""
    opened = open_world(laboratory_folder)
    yield Laboratory(dash_app(opened.services), opened)
    opened.close()


@pytest.fixture
def own_laboratory(laboratory_folder: Path, laboratory: Laboratory, tmp_path: Path) -> Iterator[World]:
    """To change."""
    shutil.copytree(laboratory_folder, tmp_path / "laboratory")
    opened = open_world(tmp_path / "laboratory")
    yield opened
    opened.close()
