"""Jobs: lists, logs, cancel and retry, and events as they happen."""

import json
import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import anyio
import pytest
from tests.api.house import House, utc_now

from palier.api.events import Pace, job_events
from palier.app import entities as e
from palier.app.identity import new_id
from palier.app.job_list import JobService
from palier.errors import UnavailableError


@pytest.fixture
def client(house: House):
    with house.client("analyst") as made:
        yield made


@dataclass
class Heard:
    """What a stream said."""

    text: str

    @property
    def events(self) -> list[tuple[str, str, Any]]:
        found = []
        for block in self.text.split("\n\n"):
            fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
            if "event" in fields:
                found.append((fields["event"], fields["id"], json.loads(fields["data"])))
        return found


def say(house: House, job: e.Job, text: str) -> e.JobLogLine:
    return house.add("job_log", e.JobLogLine(new_id(utc_now()), job.id, 1, utc_now(), "info", text))


def test_jobs_are_listed_by_status_newest_first(client, house: House) -> None:
    made = [house.job(title=f"t{i}", status=s) for i, s in enumerate((e.JobStatus.FAILED, e.JobStatus.DONE))]
    items = client.get("/api/v1/jobs").json()["items"]
    assert [j["id"] for j in items[:2]] == [made[1].id, made[0].id]
    failed = client.get("/api/v1/jobs", params={"status": ["failed", "cancelled"]}).json()["items"]
    assert made[0].id in {j["id"] for j in failed}
    assert {j["status"] for j in failed} <= {"failed", "cancelled"}
    assert client.get("/api/v1/jobs", params={"status": "lost"}).status_code == 422


def test_a_result_says_nothing_of_where_files_lie(client, house: House) -> None:
    job = house.job(
        kind="export_dataset", status=e.JobStatus.DONE, args_json={"dataset_id": "0" * 32},
        result_json={"dataset_id": "0" * 32, "file": "artefacts/a/1/x.zip", "file_name": "x.zip", "size_bytes": 3},
    )  # fmt: skip
    shown = client.get(f"/api/v1/jobs/{job.id}").json()
    assert shown["result"] == {"dataset_id": "0" * 32, "file_name": "x.zip", "size_bytes": 3}
    assert shown["link"] == f"/api/v1/datasets/exports/{job.id}"


def test_cancel_and_retry(client, house: House) -> None:
    job = house.job()
    where = f"/api/v1/jobs/{job.id}"
    assert client.post(f"{where}/retry").status_code == 409
    assert client.post(f"{where}/cancel").json()["status"] == "cancelled"
    assert client.post(f"{where}/cancel").json()["status"] == "cancelled"
    again = client.post(f"{where}/retry").json()
    assert (again["status"], again["can_cancel"]) == ("queued", True)
    client.post(f"{where}/cancel")


def test_the_log_comes_in_pages(client, house: House) -> None:
    job = house.job(status=e.JobStatus.DONE)
    for i in range(5):
        say(house, job, f"line {i}")
    where = f"/api/v1/jobs/{job.id}/log"
    page = client.get(where, params={"limit": 3}).json()
    rest = client.get(where, params={"limit": 3, "cursor": page["next"]}).json()
    texts = {row["text"] for row in page["items"] + rest["items"]}
    assert texts == {f"line {i}" for i in range(5)}
    assert rest["next"] is None


def test_events_of_a_job_that_is_over_end_at_once(client, house: House) -> None:
    job = house.job(status=e.JobStatus.FAILED, error="a.csv: is truncated")
    line = say(house, job, "reading")
    answer = client.get(f"/api/v1/jobs/{job.id}/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text.startswith("retry: 20\n\n")
    assert [(name, id) for name, id, _ in Heard(answer.text).events] == [  # noqa: A001
        ("log", line.id), ("job", line.id), ("end", line.id),
    ]  # fmt: skip
    assert Heard(answer.text).events[1][2]["error"] == "a.csv: is truncated"


def test_events_go_on_after_the_last_one_seen(client, house: House) -> None:
    job = house.job(status=e.JobStatus.DONE)
    first, second = say(house, job, "one"), None
    while second is None or second.id[:12] == first.id[:12]:  # ids sort by the millisecond
        second = say(house, job, "two")
    answer = client.get(f"/api/v1/jobs/{job.id}/events", headers={"Last-Event-ID": first.id})
    assert "one" not in [data.get("text") for _, _, data in Heard(answer.text).events]
    assert "two" in [data.get("text") for _, _, data in Heard(answer.text).events]
    everything = client.get(f"/api/v1/jobs/{job.id}/events", headers={"Last-Event-ID": "0"})
    assert "one" in [data.get("text") for _, _, data in Heard(everything.text).events]
    assert client.get(f"/api/v1/jobs/{job.id}/events", headers={"Last-Event-ID": "x"}).status_code == 422


def test_events_tell_each_change_and_that_the_line_is_alive(client, house: House) -> None:
    later = utc_now() + timedelta(hours=1)
    job = house.job(status=e.JobStatus.RUNNING, progress=0.25, owner="w", lease_until=later)
    beaten = threading.Event()
    text, alive = "", False
    with client.stream("GET", f"/api/v1/jobs/{job.id}/events") as answer:
        for line in answer.iter_lines():
            text += line + "\n"
            if line == ": still here" and not beaten.is_set():
                alive = True
                beaten.set()
                house.put("jobs", job.id, progress=0.75)
            if '"progress":0.75' in line:
                house.put("jobs", job.id, status=e.JobStatus.DONE, progress=1.0)
    assert alive
    told = [(name, data.get("progress")) for name, _, data in Heard(text).events]
    assert told == [("job", 0.25), ("job", 0.75), ("job", 1.0), ("end", None)]


def streamed(house: House, job: e.Job, **pace: float) -> list[str]:
    actor = house.actors["analyst"]

    async def collect() -> list[str]:
        view = house.services.jobs.get(actor, job.id)
        events = job_events(house.services.jobs, actor, view, after=None, pace=Pace(look_every_s=0.01, **pace))
        return [text async for text in events]

    return anyio.run(collect)


def test_a_stream_ends_after_a_while_without_an_end(house: House) -> None:
    heard = Heard("".join(streamed(house, house.job(), last_s=0.05)))
    assert [name for name, _, _ in heard.events] == ["job"]


def test_a_stream_survives_a_database_that_is_gone_for_a_while(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    job, real, asked = house.job(status=e.JobStatus.DONE), JobService.get, list[str]()

    def flaky(self: JobService, actor: Any, id: str) -> Any:  # noqa: A002
        asked.append(id)
        if len(asked) in {2, 3}:
            raise UnavailableError("the database does not answer")
        return real(self, actor, id)

    monkeypatch.setattr(JobService, "get", flaky)
    assert [name for name, _, _ in Heard("".join(streamed(house, job))).events] == ["job", "end"]
    assert len(asked) == 4


def test_a_job_that_is_purged_ends_its_stream(house: House) -> None:
    job = house.job()
    view = house.services.jobs.get(house.actors["analyst"], job.id)
    with house.application.store.writing() as t:
        t.jobs.remove(id=job.id)

    async def collect() -> list[str]:
        return [
            x async for x in job_events(house.services.jobs, house.actors["analyst"], view, after=None, pace=Pace())
        ]

    assert anyio.run(collect) == ["retry: 2000\n\n"]


def test_queues_and_workers(client, house: House) -> None:
    now = utc_now()
    house.add("workers", e.WorkerBeat("w1", "mill", 4711, "analysis", now, now))
    told = client.get("/api/v1/jobs/workload").json()
    assert {q["name"] for q in told["queues"]} == {"analysis", "training", "reports", "notify"}
    assert told["workers"][0]["pid"] == 4711
