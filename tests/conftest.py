"""Shapes are checked while tests run, and hypothesis behaves the same everywhere."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from beartype import BeartypeConf, beartype
from hypothesis import HealthCheck, settings
from jaxtyping import install_import_hook
from tests.servers import fresh_database, started_postgresql

if TYPE_CHECKING:
    from palier.adapters.db import SqlStore

# jaxtyping names its type checker by import path; this one lets an int stand for a float, as Python's typing does
_checker = ModuleType("palier_type_checker")
_checker.check = beartype(conf=BeartypeConf(is_pep484_tower=True))  # type: ignore[attr-defined]
sys.modules[_checker.__name__] = _checker
install_import_hook(["palier.dsp", "palier.simulate"], "palier_type_checker.check")

settings.register_profile("default", deadline=None, max_examples=50, derandomize=True)
settings.register_profile("thorough", deadline=None, max_examples=1000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of measured recordings: PALIER_REAL_DATA, or ../shared/data/real beside the checkout."""
    named = os.environ.get("PALIER_REAL_DATA")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "data" / "real"
    if not (folder / "cwru").is_dir():
        pytest.skip(f"the measured recordings are not at {folder}; set PALIER_REAL_DATA to their folder")
    return folder


@pytest.fixture(scope="session")
def small_dataset(tmp_path_factory: pytest.TempPathFactory):
    """Four classes of simulated journal bearings, 96 records of 2 s, with an honest and a cross-validated split."""
    from palier.data.build import build_dataset
    from palier.data.split import SplitRequest, make_split
    from palier.data.store import open_dataset
    from palier.simulate import DatasetSpec, JournalSource

    spec = DatasetSpec(
        records_per_class=24, duration_s=2.0, seed=5, faults=("healthy", "imbalance", "cavitation", "oil_whirl")
    )
    path = tmp_path_factory.mktemp("small") / "small"
    dataset = build_dataset(JournalSource(spec), path)
    dataset.add_split(make_split(dataset.index, SplitRequest("by-machine", shares=(0.5, 0.25, 0.25))))
    dataset.add_split(make_split(dataset.index, SplitRequest("folds", kind="kfold", folds=3)))
    return open_dataset(path)


@pytest.fixture(scope="session")
def small_bundle(small_dataset, tmp_path_factory: pytest.TempPathFactory):
    """A model trained on that dataset."""
    from palier.research.training_run import TrainingRun, run_training
    from palier.training import Recipe

    run = TrainingRun(Recipe("extra_trees", parameters={"n_estimators": 60}), "by-machine", None, seed=0)
    done = run_training(run, small_dataset, out=tmp_path_factory.mktemp("bundle") / "model")
    assert done.bundle is not None
    return done.bundle


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database at the head of the migrations, to copy."""
    from palier.adapters.db import open_store
    from palier.adapters.db.migrate import upgrade

    path = tmp_path_factory.mktemp("sqlite") / "palier.sqlite3"
    store = open_store(f"sqlite:///{path}")
    upgrade(store.engine)
    store.close()
    return path


@pytest.fixture
def sqlite_store(migrated_sqlite: Path, tmp_path: Path) -> "Iterator[SqlStore]":
    """A store of its own on SQLite."""
    from palier.adapters.db import open_store

    shutil.copy(migrated_sqlite, tmp_path / "palier.sqlite3")
    store = open_store(f"sqlite:///{tmp_path / 'palier.sqlite3'}")
    yield store
    store.close()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server of this test run, in a folder that no other test run tidies up."""
    with tempfile.TemporaryDirectory(prefix="palier-postgresql-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # the server runs as a user of its own where the tests run as root
        with started_postgresql(Path(folder) / "data") as server:
            yield server.url


@pytest.fixture
def postgresql_store(postgresql: str) -> "Iterator[SqlStore]":
    """A store in a database of its own on PostgreSQL."""
    from palier.adapters.db import open_store
    from palier.adapters.db.migrate import upgrade

    with fresh_database(postgresql) as url:
        store = open_store(url)
        upgrade(store.engine)
        yield store
        store.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.integration)])
def store(request: pytest.FixtureRequest) -> "SqlStore":
    """A store on each database."""
    made: SqlStore = request.getfixturevalue(f"{request.param}_store")
    return made
