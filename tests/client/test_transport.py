"""A network that fails: what is sent again, what is not, and what is said in the end."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from palier.client import Client
from palier.client.events import events_of
from palier.client.transport import error_of
from palier.errors import (
    ConflictError,
    NotFoundError,
    OutputError,
    PalierError,
    TooLargeError,
    TooManyAttemptsError,
    UnavailableError,
)

PROBLEM = {"content-type": "application/problem+json"}


@dataclass
class Line(httpx.BaseTransport):
    """A connection that does what a list says: fail, or answer."""

    script: list[Exception | Callable[[], httpx.Response]]
    requests: list[httpx.Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.bodies.append(b"".join(request.stream))  # type: ignore[arg-type]  # requests of a sync client
        step = self.script.pop(0)
        if isinstance(step, Exception):
            raise step
        return step()


def answers(status: int, body: object = None, **headers: str) -> Callable[[], httpx.Response]:
    kind = {"content-type": "application/json"} if status < 400 else PROBLEM
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda: httpx.Response(status, content=json.dumps(body or {}), headers={**kind, **names})


def client_on(*script: Exception | Callable[[], httpx.Response]) -> tuple[Client, Line, list[float]]:
    client, line, pauses = Client("http://palier.test", "palier_k"), Line(list(script)), []
    client.transport.http.close()
    client.transport.http = httpx.Client(transport=line, base_url="http://palier.test")
    client.transport.sleep = pauses.append
    return client, line, pauses


def test_what_can_do_no_harm_is_sent_again_with_longer_pauses() -> None:
    broken = httpx.ConnectError("refused")
    client, line, pauses = client_on(broken, broken, answers(503), answers(200, {"items": []}))
    assert client.machines.all() == ()
    assert len(line.requests) == 4
    assert 0.25 <= pauses[0] <= 0.75
    assert 0.5 <= pauses[1] <= 1.5


def test_the_server_says_how_long_to_wait() -> None:
    client, _, pauses = client_on(
        answers(429, retry_after="7"), answers(429, retry_after="9999"), answers(200, {"items": []})
    )
    client.machines.all()
    assert pauses == [7, 60]


def test_it_gives_up_after_some_tries() -> None:
    client, line, _ = client_on(*[httpx.ConnectError("refused")] * 9)
    with pytest.raises(UnavailableError, match=r"http://palier.test does not answer \(refused\)"):
        client.machines.all()
    assert len(line.requests) == 5
    client, _, _ = client_on(*[answers(429, {"detail": "slower"}, retry_after="3")] * 9)
    with pytest.raises(TooManyAttemptsError, match="slower") as caught:
        client.machines.all()
    assert caught.value.retry_after_s == 3


def test_a_post_is_repeated_with_the_same_key_and_otherwise_not() -> None:
    busy = answers(409, {"detail": "still being worked on"})
    machine = {
        "id": "1",
        "name": "P",
        "description": "",
        "location": "",
        "version": 1,
        "worst_zone": None,
        "recordings": 0,
    }
    client, line, _ = client_on(httpx.ReadTimeout("slow"), busy, answers(201, machine))
    assert client.machines.add("P").id == "1"
    keys = {r.headers["idempotency-key"] for r in line.requests}
    assert len(keys) == 1
    assert len(line.requests) == 3
    client, line, _ = client_on(httpx.ReadTimeout("slow"))
    with pytest.raises(UnavailableError):
        client.jobs.retry("1")
    client, line, _ = client_on(busy)
    with pytest.raises(ConflictError):
        client.machines.add("P")


def test_an_upload_is_sent_again_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"1,2\n" * 700_000)
    client, line, _ = client_on(httpx.WriteError("broken pipe"), answers(413, {"detail": "too large"}))
    with pytest.raises(TooLargeError, match="too large"):
        client.recordings.upload(path)
    assert [len(b) for b in line.bodies] == [2_800_000] * 2
    assert line.requests[1].headers["content-length"] == "2800000"
    assert "transfer-encoding" not in line.requests[1].headers


def test_the_key_is_sent_and_redirects_are_not_followed() -> None:
    client = Client("http://palier.test", "palier_k")
    assert client.transport.http.headers["authorization"] == "Bearer palier_k"
    assert not client.transport.http.follow_redirects
    client.close()


def test_what_is_no_palier_says_so() -> None:
    client, _, _ = client_on(lambda: httpx.Response(302, headers={"location": "/login"}))
    with pytest.raises(PalierError, match="is there a palier server"):
        client.machines.all()
    client, _, _ = client_on(lambda: httpx.Response(404, content="<html>", headers={"content-type": "text/html"}))
    with pytest.raises(NotFoundError, match="without saying why"):
        client.machines.all()
    client, _, _ = client_on(lambda: httpx.Response(507, content="{", headers=PROBLEM))
    with pytest.raises(OutputError, match="without saying why"):
        client.machines.all()


def test_each_value_that_is_wrong_is_named() -> None:
    errors = [{"pointer": "/a", "detail": "x"}, {"pointer": "query/b", "detail": "y"}]
    assert str(error_of(422, {"detail": "2 values", "errors": errors})) == "a: x; query/b: y"


JOB = {
    "id": "1", "kind": "diagnose", "title": "a", "status": "running", "progress": 0.5, "error": None,
    "created_at": "2026-11-23T00:00:00Z", "started_at": None, "finished_at": None,
}  # fmt: skip


def events(*blocks: str) -> Callable[[], httpx.Response]:
    return lambda: httpx.Response(200, content="".join(blocks), headers={"content-type": "text/event-stream"})


def job_event(id: str, **changes: object) -> str:  # noqa: A002
    return f"id: {id}\nevent: job\ndata: {json.dumps({**JOB, **changes})}\n\n"


def test_a_stream_that_breaks_off_goes_on_where_it_was() -> None:
    client, line, _ = client_on(
        events(": hello\n\n", job_event("a")), answers(200, JOB), events(job_event("b", status="done"))
    )
    seen = []
    assert client.jobs.wait("1", on_change=seen.append).status == "done"
    assert [j.status for j in seen] == ["running", "done"]
    assert [r.headers.get("last-event-id") for r in line.requests] == [None, None, "a"]


def test_where_events_do_not_come_through_it_asks() -> None:
    client, line, pauses = client_on(
        httpx.ReadError("proxy"), answers(200, JOB), answers(200, {**JOB, "status": "failed", "error": "no"})
    )
    assert client.jobs.wait("1").error == "no"
    assert [r.url.path.rsplit("/", 1)[-1] for r in line.requests] == ["events", "1", "1"]
    assert pauses == [1.0]


def test_events_are_read_as_the_standard_says() -> None:
    lines = ["retry: 5", "event:job", "data:one", "data: two", "", "data: x", ": c", "id: 4", "", "event: empty", ""]
    assert [(e.name, e.data, e.id) for e in events_of(lines)] == [("job", "one\ntwo", None), ("message", "x", "4")]
