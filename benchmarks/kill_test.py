"""200 jobs, and ``kill -9`` of a worker while at least two of them run, ten times: everything done, each effect once.

    python -m benchmarks.kill_test [--only sqlite|postgresql|celery] [--recordings 100] [--kills 10]

On PostgreSQL the server is also stopped and started in between. Writes docs/reference/kill-test.md (figures:
benchmarks/kill_test.json); a run with --only keeps the other rows.
"""

import argparse
import json
import os
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from tests.servers import started_postgresql, started_redis
from tests.worker.killing import Yard

from palier.adapters.db import open_store
from palier.adapters.db.migrate import upgrade
from palier.app.entities import JobStatus
from palier.config import load_settings
from palier.errors import UnavailableError

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "reference" / "kill-test.md"
FIGURES = HERE / "kill_test.json"
WORDS = {
    "sqlite": "SQLite, workers ask the database",
    "postgresql": "PostgreSQL, workers ask the database",
    "celery": "PostgreSQL, Redis and Celery",
}


def run(kind: str, *, recordings: int, kills: int) -> dict[str, float]:
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="palier-kill-", ignore_cleanup_errors=True))
        )
        folder.chmod(0o755)
        environment = {"PALIER_DATA_DIR": str(folder / "data")}
        server = None
        if kind != "sqlite":
            server = stack.enter_context(started_postgresql(folder / "postgresql"))
            environment["PALIER_DATABASE_URL"] = server.url.replace("postgresql+psycopg://", "postgresql://")
        if kind == "celery":
            (folder / "redis").mkdir()
            redis = stack.enter_context(started_redis(folder / "redis"))
            environment |= {"PALIER_REDIS_URL": redis.url, "PALIER_JOB_TRANSPORT": "celery"}
        store = open_store(load_settings(environment=environment)[0].database)
        upgrade(store.engine)
        store.close()
        yard = Yard(folder, environment)
        stack.callback(yard.stop)
        yard.submit(recordings, duration_s=2.0)
        began = time.perf_counter()
        yard.start()
        for i in range(kills):
            yard.kill_one()
            if server is not None and i == kills // 2:
                yard.application.close()
                server.stop()
                time.sleep(5)
                server.start()
        while waiting(yard):
            time.sleep(0.2)
        spent_s = time.perf_counter() - began
        again = yard.check(recordings)
        return {"jobs": 2 * recordings, "kills": yard.killed, "again": again, "seconds": spent_s,
                "restarts": int(server is not None)}  # fmt: skip


def waiting(yard: Yard) -> bool:
    try:
        return bool(yard.jobs(JobStatus.QUEUED, JobStatus.RUNNING))
    except UnavailableError:
        return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=sorted(WORDS))
    parser.add_argument("--recordings", type=int, default=100)
    parser.add_argument("--kills", type=int, default=10)
    options = parser.parse_args()
    found = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    for kind in [options.only] if options.only else list(WORDS):
        found[kind] = run(kind, recordings=options.recordings, kills=options.kills)
        found[kind]["date"] = str(datetime.now(UTC).date())
        print(kind, found[kind], flush=True)
        FIGURES.write_text(json.dumps(found, indent=1) + "\n")
    rows = [
        f"| {WORDS[k]} | {r['jobs']} | {r['kills']} | {r['restarts']} | {r['jobs']} | {r['again']} | {r['seconds']:.0f} s "
        f"| {r['date']} |"
        for k, r in found.items()
    ]
    PAGE.write_text(
        "# Killed workers\n\n"
        f"Made with `python -m benchmarks.kill_test` on {os.cpu_count()} cores, two worker processes. Half of the jobs read "
        "a SIMULATED recording, half diagnose it. A worker is killed with `kill -9` only while the database says that at "
        "least two jobs run. Afterwards every job is *done*, every recording was entered once, and every diagnosis names "
        "the artefacts of the attempt that ended its job.\n\n"
        "| set-up | jobs | kills | restarts of PostgreSQL | done, each effect once | attempts beyond the first | all done in "
        "| date |\n|---|---|---|---|---|---|---|---|\n" + "\n".join(rows) + "\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
