"""The guard around the real application: who gets in, from where, how often and how much."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from tests.app.accounts.bureau import PASSWORD

from palier.adapters.db.migrate import upgrade
from palier.bootstrap import Application, build, ready_settings
from palier.config import load_settings
from palier.server.app import asgi_app
from palier.web.entry.render import safe_next
from palier.web.guard import PUBLIC_PATHS, is_public

URL = "http://localhost:8050"


@dataclass
class Site:
    """The application, and somebody who is signed in."""

    application: Application
    asgi: Any
    cookie: str
    key: str

    def ask(self, method: str, path: str, *, signed_in: bool = True, **options: Any) -> httpx.Response:
        headers = dict(options.pop("headers", {}))
        if signed_in:
            headers = {"cookie": f"palier={self.cookie}", "sec-fetch-site": "same-origin", **headers}
        base = options.pop("base", URL)

        async def go() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self.asgi), base_url=base) as client:
                return await client.request(method, path, headers=headers, **options)

        return anyio.run(go)


def make_site(folder: Path, **changes: str) -> Site:
    environment = {"PALIER_DATA_DIR": str(folder), **{f"PALIER_{k.upper()}": v for k, v in changes.items()}}
    application = build(ready_settings(load_settings(environment=environment)[0]))
    upgrade(application.store.engine)
    accounts = application.services.accounts
    token = accounts.links.set_up_token()
    assert token is not None
    opened = accounts.links.set_up(
        token, name="Ada", email="ada@example.com", password=PASSWORD, workspace="Mill", address="", user_agent=""
    )
    actor = accounts.sign_in.actor_of(opened.token, address="")
    assert actor is not None
    key = accounts.keys.make(actor, name="ci", scopes=("read",), expires_at=None).secret
    return Site(application, asgi_app(application), opened.token, key)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = make_site(
        tmp_path_factory.mktemp("site") / "data",
        cors_origins="https://lab.example",
        anonymous_requests_per_minute="100000",
    )
    yield made
    made.application.close()


def routes(site: Site) -> list[tuple[str, str]]:
    """Every address that anything answers: FastAPI's and Flask's."""
    outer = site.asgi._app
    found = [(m.upper(), path) for path, methods in outer.openapi()["paths"].items() for m in methods]
    found += hidden(outer.routes)
    flask = outer.routes[-1].app.app
    found += [(m, rule.rule) for rule in flask.url_map.iter_rules() for m in rule.methods or ()]
    return sorted({(m, p) for m, p in found if m not in {"HEAD", "OPTIONS"}})


def hidden(routes: Any) -> list[tuple[str, str]]:
    """What the OpenAPI document leaves out: health, pages on the way in, and the like."""
    found = []
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            found += hidden(inner.routes)
        elif not getattr(route, "include_in_schema", True) and getattr(route, "path", None):
            found += [(m, route.path) for m in route.methods or ()]
    return found


def test_every_route_refuses_an_anonymous_client_unless_it_is_listed(site: Site) -> None:
    walked = 0
    for method, path in routes(site):
        address = path.replace("{name}", "x").replace("<path:path>", "x").split("{")[0].split("<")[0] or "/"
        if is_public(address):
            continue
        answer = site.ask(method, address, signed_in=False)
        assert answer.status_code in {303, 401}, (method, path, answer.status_code)
        if answer.status_code == 303:
            assert answer.headers["location"].startswith("/sign-in"), path
        walked += 1
    assert walked > 60


def test_the_list_of_public_addresses_is_short_and_known() -> None:
    assert len(PUBLIC_PATHS) == 15
    assert not [p for p in PUBLIC_PATHS if p.startswith(("/api", "/assets", "/_dash"))]


def test_a_forged_cookie_is_nobody(site: Site) -> None:
    for cookie in ("x" * 43, "", "a; palier=b", "\x7f"):
        answer = site.ask("GET", "/machines", signed_in=False, headers={"cookie": f"palier={cookie}"})
        assert answer.headers["location"] == "/sign-in?next=/machines"
    assert site.ask("GET", "/machines").status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "same-origin"}, 404),
        ({"sec-fetch-site": "none"}, 404),
    ],
)
def test_a_post_from_another_site_changes_nothing(site: Site, headers: dict[str, str], status: int) -> None:
    answer = site.ask("POST", "/api/v1/jobs/none/cancel", headers=headers)
    assert answer.status_code == status, answer.text


def test_without_fetch_metadata_the_origin_decides(site: Site) -> None:
    cookie = {"cookie": f"palier={site.cookie}"}
    for origin, status in (("https://evil.example", 403), (URL, 404), (None, 403), ("null", 403)):
        headers = cookie | ({} if origin is None else {"origin": origin})
        assert site.ask("POST", "/api/v1/jobs/none/cancel", signed_in=False, headers=headers).status_code == status


def test_a_sign_in_from_another_site_is_refused(site: Site) -> None:
    form = {"email": "ada@example.com", "password": PASSWORD}
    evil = site.ask("POST", "/sign-in", signed_in=False, data=form, headers={"sec-fetch-site": "cross-site"})
    assert evil.status_code == 403
    own = site.ask("POST", "/sign-in", signed_in=False, data=form, headers={"sec-fetch-site": "same-origin"})
    assert own.status_code == 303
    assert "HttpOnly" in own.headers["set-cookie"]
    assert "SameSite=Lax" in own.headers["set-cookie"]


def test_callbacks_are_json_only(site: Site) -> None:
    assert (
        site.ask("POST", "/_dash-update-component", content=b"x", headers={"content-type": "text/plain"}).status_code
        == 415
    )


def test_only_listed_hosts_are_served(site: Site) -> None:
    assert site.ask("GET", "/sign-in", signed_in=False, headers={"host": "evil.example"}).status_code == 400
    assert site.ask("GET", "/readyz", signed_in=False, headers={"host": "10.0.0.7"}).status_code == 200
    for host in ("localhost:8050", "127.0.0.1:1", "LOCALHOST", "[::1]:8050"):
        assert site.ask("GET", "/healthz", signed_in=False, headers={"host": host}).status_code == 200, host


def test_a_body_that_is_too_large_is_refused_by_what_it_says_and_by_what_it_is(site: Site) -> None:
    said = site.ask("POST", "/api/v1/machines", content=b"{}", headers={"content-length": "999999999"})
    assert said.status_code == 413
    assert said.headers["content-type"] == "application/problem+json"
    assert "allowed here" in said.json()["detail"]
    five_gb = str(5 * 1024**3)
    assert site.ask("POST", "/api/v1/recordings?file_name=a", headers={"content-length": five_gb}).status_code == 413

    async def endless() -> Any:
        for _ in range(10):
            yield b"x" * 1024

    assert site.ask("POST", "/api/v1/machines", content=endless()).status_code == 411


def test_a_key_opens_the_api_alone(site: Site) -> None:
    bearer = {"authorization": f"Bearer {site.key}"}
    assert site.ask("GET", "/api/v1/machines", signed_in=False, headers=bearer).status_code == 200
    assert site.ask("GET", "/machines", signed_in=False, headers=bearer).status_code == 401
    assert site.ask("GET", "/api/v1/machines", signed_in=False, headers={"authorization": "Basic x"}).status_code == 401
    made = site.ask("POST", "/api/v1/machines", signed_in=False, headers=bearer, json={"name": "Pump"})
    assert made.status_code == 403
    assert "scope" in made.json()["detail"]


def test_listed_origins_may_call_the_api_and_no_others(site: Site) -> None:
    bearer = {"authorization": f"Bearer {site.key}"}
    lab = site.ask("GET", "/api/v1/machines", signed_in=False, headers={**bearer, "origin": "https://lab.example"})
    assert lab.headers["access-control-allow-origin"] == "https://lab.example"
    evil = site.ask("GET", "/api/v1/machines", signed_in=False, headers={**bearer, "origin": "https://evil.example"})
    assert "access-control-allow-origin" not in evil.headers
    before = site.ask("OPTIONS", "/api/v1/machines", signed_in=False, headers={"origin": "https://lab.example"})
    assert before.status_code == 204
    assert "Authorization" in before.headers["access-control-allow-headers"]


@pytest.mark.parametrize("path", ["/sign-in", "/", "/api/v1/machines", "/nothing", "/assets/20-palier.css", "/readyz"])
def test_every_answer_has_the_headers(site: Site, path: str) -> None:
    for signed_in in (True, False):
        headers = site.ask("GET", path, signed_in=signed_in).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-eval" not in policy
        assert "'unsafe-inline'" not in policy.split("style-src")[0]
        assert headers["x-content-type-options"] == "nosniff"
        assert len(headers["x-request-id"]) == 32


def test_too_many_requests_are_told_when_to_come_back(tmp_path: Path) -> None:
    site = make_site(tmp_path / "data", anonymous_requests_per_minute="5")
    answers = [site.ask("GET", "/sign-in", signed_in=False) for _ in range(6)]
    assert [a.status_code for a in answers] == [200] * 5 + [429]
    assert 1 <= int(answers[5].headers["retry-after"]) <= 60
    assert answers[0].headers["ratelimit-remaining"] == "4"
    assert site.ask("GET", "/healthz", signed_in=False).status_code == 200
    site.application.close()


def test_a_database_that_is_gone_is_said_and_nothing_breaks(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from palier.errors import UnavailableError

    def gone() -> Any:
        raise UnavailableError("the database does not answer; nothing was changed: try again in a moment")

    monkeypatch.setattr(site.application.store, "reading", gone)
    answer = site.ask("GET", "/api/v1/machines")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert "nothing was changed" in answer.json()["detail"]
    page = site.ask("GET", "/machines", headers={"accept": "text/html"})
    assert page.status_code == 503
    assert "<h1>Not available</h1>" in page.text
    assert site.ask("GET", "/healthz", signed_in=False).status_code == 200


def test_websockets_are_closed(site: Site) -> None:
    sent: list[dict[str, Any]] = []

    async def go() -> None:
        async def receive() -> dict[str, Any]:
            return {"type": "websocket.connect"}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await site.asgi({"type": "websocket", "path": "/", "headers": []}, receive, send)

    anyio.run(go)
    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_https_gives_a_cookie_that_no_other_host_can_set(tmp_path: Path) -> None:
    site = make_site(tmp_path / "data", public_url="https://palier.example.com")
    form = {"email": "ada@example.com", "password": PASSWORD}
    base = "https://palier.example.com"
    answer = site.ask("POST", "/sign-in", signed_in=False, data=form, headers={"origin": base}, base=base)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-palier=")
    assert "; Secure" in cookie
    assert "strict-transport-security" in answer.headers
    site.application.close()


def test_problems_name_the_request(site: Site) -> None:
    answer = site.ask("GET", "/api/v1/machines", signed_in=False)
    problem = json.loads(answer.text)
    assert problem["status"] == 401
    assert problem["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    "address", ["//evil.example", "https://evil.example", "/\\evil", "evil", "", None, "/a\nb", "/" + "x" * 3000]
)
def test_signing_in_leads_nowhere_else(address: str | None) -> None:
    assert safe_next(address) == "/"
