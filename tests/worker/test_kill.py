"""``kill -9`` of workers in mid-work: everything is done in the end, and each effect is there once."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.servers import fresh_database, started_redis
from tests.worker.killing import Yard

from palier.adapters.db import open_store
from palier.adapters.db.migrate import upgrade
from palier.app.entities import JobStatus
from palier.config import load_settings

pytestmark = pytest.mark.integration


@pytest.fixture(params=["sqlite", "postgresql", "celery"])
def yard(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Yard]:
    with ExitStack() as stack:
        environment = {"PALIER_DATA_DIR": str(tmp_path / "data")}
        if request.param != "sqlite":
            server = request.getfixturevalue("postgresql")
            url = stack.enter_context(fresh_database(server))
            environment["PALIER_DATABASE_URL"] = url.replace("postgresql+psycopg://", "postgresql://")
        if request.param == "celery":
            (tmp_path / "redis").mkdir()
            redis = stack.enter_context(started_redis(tmp_path / "redis"))
            environment |= {"PALIER_REDIS_URL": redis.url, "PALIER_JOB_TRANSPORT": "celery"}
        store = open_store(load_settings(environment=environment)[0].database)
        upgrade(store.engine)
        store.close()
        made = Yard(tmp_path, environment)
        yield made
        made.stop()


def test_killed_workers_lose_nothing_and_do_nothing_twice(yard: Yard) -> None:
    yard.submit(8)
    yard.start()
    for _ in range(2):
        yard.kill_one()
    yard.wait()
    again = yard.check(8)
    assert (yard.killed, again >= 1) == (2, True), "killed in mid-work, and done again"


def test_a_worker_that_is_asked_to_stop_hands_its_jobs_back(yard: Yard) -> None:
    yard.submit(3, duration_s=20)
    yard.start()
    while not yard.jobs(JobStatus.RUNNING):
        assert yard.worker is not None
        assert yard.worker.poll() is None, yard.state()
    yard.worker.terminate()
    assert yard.worker.wait(60) == 0, yard.state()
    assert yard.jobs(JobStatus.RUNNING, JobStatus.FAILED) == []
    yard.start()
    yard.wait()
    assert yard.check(3) == 0, "handed back uncounted"
