"""Errors: one form for all, the right status for each, and nothing of the inside."""

import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs
from tests.api.house import ByName, House, served

from palier import errors
from palier.api import api_app
from palier.api.errors import status_of
from palier.app.machines import MachineService

STATUS = {
    "ParameterError": 422, "UndeclaredError": 422, "DeclarationError": 422, "BearingError": 422, "ReadError": 422,
    "BundleError": 422, "DatasetError": 422, "LeakError": 422, "AuditRefusedError": 409, "ConflictError": 409,
    "CancelledError": 409, "NotFoundError": 404, "PermissionDeniedError": 403, "ProofNeededError": 403,
    "SignInError": 401,
    "TooManyAttemptsError": 429, "TooLargeError": 413, "OutputError": 507, "UnavailableError": 503,
    "TimeLimitError": 503,
    "MissingToolError": 503, "ConfigurationError": 500, "PalierError": 500,
}  # fmt: skip


def made(name: str, message: str = "what came") -> errors.PalierError:
    kind = getattr(errors, name)
    error: errors.PalierError = kind(message, retry_after_s=11.2) if name == "TooManyAttemptsError" else kind(message)
    return error


def test_every_error_has_a_status() -> None:
    assert {name: status_of(made(name)) for name in errors.__all__} == STATUS


@pytest.fixture
def failing(house: House, monkeypatch: pytest.MonkeyPatch):
    """A client of an API whose list of machines fails as it is told."""

    def fail_with(error: Exception):
        def fail(*_: object) -> None:
            raise error

        monkeypatch.setattr(MachineService, "all", fail)
        with house.client() as client:
            return client.get("/api/v1/machines")

    return fail_with


@pytest.mark.parametrize("name", sorted(STATUS))
def test_each_error_is_a_problem(failing, name: str) -> None:
    answer = failing(made(name))
    body = answer.json()
    assert answer.status_code == body["status"] == STATUS[name]
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"] == body["request_id"] == "req-1"
    assert set(body) == {"type", "title", "status", "detail", "request_id"}
    if STATUS[name] in {500, 507}:
        assert "what came" not in answer.text
    else:
        assert body["detail"] == "what came"
    if name == "TooManyAttemptsError":
        assert answer.headers["retry-after"] == "12"
    if STATUS[name] == 503:
        assert int(answer.headers["retry-after"]) > 0


def test_paths_of_the_server_stay_there(failing) -> None:
    answer = failing(errors.BundleError("/srv/palier/models/a/bundle.json is damaged; GET /api/v1 helps"))
    assert answer.json()["detail"].startswith("bundle.json is damaged")


def test_what_nobody_foresaw_says_nothing_and_is_logged(failing) -> None:
    with capture_logs() as said:
        answer = failing(RuntimeError("the password is hunter2"))
    assert answer.status_code == 500
    assert "hunter2" not in answer.text
    assert "request id" in answer.json()["detail"]
    (line,) = [entry for entry in said if entry["event"] == "unforeseen error"]
    assert (line["log_level"], line["path"]) == ("error", "/api/v1/machines")


def test_a_request_without_a_guard_gets_an_id_of_its_own(house: House) -> None:
    import httpx

    with served(ByName(house.app, house.actors)) as url, httpx.Client(base_url=url, verify=False) as client:
        first, second = (client.get("/api/v1/me").json()["request_id"] for _ in range(2))
    assert first != second


def test_unknown_addresses_and_methods_are_problems(house: House) -> None:
    with house.client() as client:
        for path in (
            "/api",
            "/api/",
            "/api/v2/machines",
            "/api/v1/nothing",
            "/api/v1/machines/",
            "/v2/x",
            "/api/v1/machines/1",
        ):
            answer = client.get(path)
            assert (answer.status_code, answer.json()["title"]) == (404, "Not found"), path
        for method, path, allowed in (
            ("PATCH", "/api/v1/machines", "GET, POST"),
            ("PUT", "/api/v1/diagnoses/from-file", "POST"),
            ("GET", "/api/v1/users/invitations", "POST"),
            ("DELETE", "/v2/models/a", "GET"),
            ("TRACE", "/api/v1/me", "GET"),
        ):
            answer = client.request(method, path)
            assert (answer.status_code, answer.headers["allow"]) == (405, allowed), path


def test_what_is_mounted_behind_is_not_asked(house: House) -> None:
    import httpx

    app: FastAPI = api_app(house.services)

    async def pages(scope: object, receive: object, send: object) -> None:
        raise AssertionError("an address below /api went to the pages")

    app.mount("/", pages)
    headers = {"Authorization": "Bearer viewer"}
    with served(ByName(app, house.actors)) as url, httpx.Client(base_url=url, verify=False, headers=headers) as client:
        assert client.get("/api/v1/nothing").status_code == 404
        assert client.patch("/api/v1/machines").headers["allow"] == "GET, POST"


def test_what_is_wrong_with_a_body_is_pointed_at(house: House) -> None:
    with house.client() as client:
        answer = client.post("/api/v1/machines", json={"name": "", "support": "soft", "extra/field~": 1})
        assert {e["pointer"] for e in answer.json()["errors"]} == {"/name", "/support", "/extra~1field~0"}
        assert "soft" not in str(answer.json()["errors"])
        broken = client.post("/api/v1/machines", content=b'{"name": ', headers={"content-type": "application/json"})
        assert (broken.status_code, broken.json()["errors"][0]["pointer"]) == (422, "")
        assert "no JSON" in broken.json()["errors"][0]["detail"]
        deep = client.post("/api/v1/machines", content=b"[" * 100_000, headers={"content-type": "application/json"})
        assert deep.status_code in {400, 422}
        query = client.get("/api/v1/machines/" + "0" * 32 + "/history", params={"limit": "many"})
        assert query.json()["errors"][0]["pointer"] == "query/limit"
