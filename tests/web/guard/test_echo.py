"""The guard around an application that says what reached it: odd requests, counted to the byte."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import anyio
import httpx
import pytest
from tests.app.accounts.reception import HOME, Reception
from tests.app.office import NoLimits

from palier.adapters.db import SqlStore
from palier.adapters.rate_limit import WindowLimiter
from palier.web.guard import Guard
from palier.web.guard.cookies import cleared_cookie, session_cookie, token_in
from palier.web.guard.headers import content_policy

URL = "https://palier.example"


@dataclass
class Echo:
    """Reads the whole body, and remembers whom it came from."""

    seen: list[tuple[str, str | None, int]] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        size, more = 0, True
        while more:
            message = await receive()
            size += len(message.get("body", b""))
            more = message.get("more_body", False)
        actor = scope.get("palier.actor")
        self.seen.append((scope["path"], None if actor is None else actor.name, size))
        headers = [(b"content-type", b"text/plain"), (b"cache-control", b"private")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"echo"})


@dataclass
class Gate:
    reception: Reception
    limiter: Any = field(default_factory=NoLimits)
    anonymous: int = 1000
    echo: Echo = field(default_factory=Echo)

    def __post_init__(self) -> None:
        self.settings = SimpleNamespace(
            url=URL, hosts=("palier.example", "[::1]"), cors_origins=("https://lab.example",),
            upload_limit_bytes=100_000, requests_per_minute=5, key_requests_per_minute=3,
            anonymous_requests_per_minute=self.anonymous,
        )  # fmt: skip
        self.asgi = Guard(
            self.echo, accounts=self.reception.accounts, limiter=self.limiter, settings=self.settings,
            script_hashes=("'sha256-abc='",),
        )  # fmt: skip

    def ask(self, method: str, path: str, headers: Any = (), *, client: str = HOME, **options: Any) -> httpx.Response:
        async def go() -> httpx.Response:
            transport = httpx.ASGITransport(self.asgi, client=(client, 1))
            async with httpx.AsyncClient(transport=transport, base_url=URL) as http:
                return await http.request(method, path, headers=headers, **options)

        return anyio.run(go)


@pytest.fixture
def gate(sqlite_store: SqlStore) -> Gate:
    return Gate(Reception(sqlite_store))


def cookie(gate: Gate) -> dict[str, str]:
    gate.reception.set_up()
    return {"cookie": f"__Host-palier={gate.reception.sign_in().token}", "sec-fetch-site": "same-origin"}


# ------------------------------------------------------------------ who


def test_whoever_signed_in_is_named_to_the_application(gate: Gate) -> None:
    signed_in = cookie(gate)
    assert gate.ask("GET", "/machines", signed_in).text == "echo"
    assert gate.ask("GET", "/sign-in").text == "echo"
    assert gate.echo.seen == [("/machines", "Ada", 0), ("/sign-in", None, 0)]


def test_a_half_open_sign_in_is_nobody(gate: Gate) -> None:
    ada = gate.reception.set_up()
    gate.reception.enrol(ada)
    half = gate.reception.sign_in()
    assert half.stage == "second-factor"
    headers = {"cookie": f"__Host-palier={half.token}"}
    assert gate.ask("GET", "/machines", headers).status_code == 303
    assert gate.ask("GET", "/api/v1/machines", headers).status_code == 401
    assert gate.ask("GET", "/second-factor", headers).text == "echo"
    crossed = gate.ask("POST", "/second-factor", headers | {"sec-fetch-site": "cross-site"})
    assert crossed.status_code == 403


@pytest.mark.parametrize(
    "path",
    ["/entry/../machines", "/entry/a/b", "/sign-in/", "/sign-in/../machines", "/Sign-In", "//sign-in", "/healthz/x",
     "/_dash-layout", "/_dash-component-suites/x.js", "/assets/x.css", "/docs", "/openapi.json", "/v2/health/livex"],
)  # fmt: skip
def test_what_looks_like_a_public_address_is_none(gate: Gate, path: str) -> None:
    answer = gate.ask("GET", URL + path)
    assert answer.status_code in {303, 401}
    assert gate.echo.seen == []


def test_what_is_given_beside_a_key_does_not_count(gate: Gate) -> None:
    signed_in = cookie(gate)
    for path, status in (("/machines", 401), ("/api/v1/machines", 401)):
        assert gate.ask("GET", path, {**signed_in, "authorization": "Bearer palier_0"}).status_code == status


def test_the_cookie_among_others() -> None:
    token = "t" * 43
    for header in (
        f"__Host-palier={token}", f'a=1; __Host-palier={token}; b={{"x":1}}', f"x y=\"; ,;__Host-palier={token}",
    ):  # fmt: skip
        assert token_in(header, secure=True) == token
    for header in ("", f"palier={token}", f"__Host-palierx={token}", "__Host-palier=", "__Host-palier=" + "x" * 201):
        assert token_in(header, secure=True) is None
    assert token_in(f"palier={token}", secure=False) == token
    assert "Domain" not in session_cookie(token, secure=True) + cleared_cookie(secure=True)


# ------------------------------------------------------------------ from where


@pytest.mark.parametrize("site", ["cross-site", "same-site", "cross-origin", "", "same-origin; cross-site"])
def test_only_our_own_pages_and_the_address_bar_may_change_anything(gate: Gate, site: str) -> None:
    signed_in = cookie(gate)
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert gate.ask(method, "/machines", {**signed_in, "sec-fetch-site": site}).status_code == 403
    assert gate.echo.seen == []
    assert gate.ask("POST", "/machines", signed_in).text == "echo"


@pytest.mark.parametrize("host", ["evil.example", "", "palier.example.evil.example", "palier.example@evil.example"])
def test_other_hosts_are_refused(gate: Gate, host: str) -> None:
    assert gate.ask("GET", "/sign-in", {"host": host}).status_code == 400


def test_origins_follow_from_the_public_address(gate: Gate) -> None:
    signed_in = {"cookie": cookie(gate)["cookie"]}
    for origin, status in ((URL, 200), ("https://[::1]", 200), ("http://palier.example", 403), (URL + ":8443", 403)):
        assert gate.ask("POST", "/machines", {**signed_in, "origin": origin}).status_code == status, origin


# ------------------------------------------------------------------ how much, how often


def test_a_body_is_counted_whatever_it_says_of_itself(gate: Gate) -> None:
    signed_in = cookie(gate)

    async def many() -> AsyncIterator[bytes]:
        for _ in range(60):
            yield b"x" * 100_000

    lie = {**signed_in, "content-length": "5"}
    answer = gate.ask("POST", "/machines", lie, content=many())
    assert answer.status_code == 413
    assert "4,194,304 bytes" in answer.json()["detail"]
    upload = gate.ask("POST", "/api/v1/recordings", signed_in, content=many())
    assert upload.status_code == 413
    small = gate.ask("POST", "/api/v1/recordings", signed_in, content=b"x" * 100_000)
    assert small.text == "echo"
    assert gate.echo.seen == [("/api/v1/recordings", "Ada", 100_000)]


@pytest.mark.parametrize(
    ("length", "status"), [("-1", 400), ("1e3", 400), ("5, 5", 400), ("²", 400), ("9" * 18, 413), ("9" * 5000, 400)]
)
def test_odd_lengths_are_refused(gate: Gate, length: str, status: int) -> None:
    headers = [(b"content-length", length.encode()), (b"sec-fetch-site", b"same-origin")]
    assert gate.ask("POST", "/sign-in", headers).status_code == status
    assert gate.echo.seen == []


def test_keys_that_open_nothing_are_counted_too(sqlite_store: SqlStore) -> None:
    gate = Gate(Reception(sqlite_store), WindowLimiter(None), anonymous=4)
    bogus = {"authorization": "Bearer palier_00000000_" + "x" * 43}
    codes = [gate.ask("GET", "/api/v1/machines", bogus).status_code for _ in range(6)]
    assert codes == [401] * 4 + [429] * 2
    assert gate.ask("GET", "/healthz").status_code == 200
    assert gate.ask("GET", "/sign-in", client="203.0.113.9").status_code == 200


def test_one_network_is_one_visitor(sqlite_store: SqlStore) -> None:
    gate = Gate(Reception(sqlite_store), WindowLimiter(None), anonymous=4)
    codes = [gate.ask("GET", "/sign-in", client=f"2001:db8:1:2::{n}").status_code for n in range(6)]
    assert codes == [200] * 4 + [429] * 2
    assert gate.ask("GET", "/sign-in", client="2001:db8:1:3::1").status_code == 200


def test_people_and_keys_have_limits_of_their_own(sqlite_store: SqlStore) -> None:
    gate = Gate(Reception(sqlite_store), WindowLimiter(None))
    signed_in = cookie(gate)
    actor = gate.reception.actor(gate.reception.sign_in())
    key = gate.reception.accounts.keys.make(actor, name="ci", scopes=("read",), expires_at=None).secret
    by_person = [gate.ask("GET", "/machines", signed_in) for _ in range(6)]
    assert [a.status_code for a in by_person] == [200] * 5 + [429]
    assert [a.headers["ratelimit-remaining"] for a in by_person] == ["4", "3", "2", "1", "0", "0"]
    by_key = [gate.ask("GET", "/api/v1/x", {"authorization": f"Bearer {key}"}) for _ in range(4)]
    assert [a.status_code for a in by_key] == [200] * 3 + [429]
    assert int(by_key[-1].headers["retry-after"]) >= 1
    assert by_key[-1].headers["content-type"] == "application/problem+json"
    assert gate.ask("GET", "/assets/x.css", signed_in).status_code == 200, "files of a page are not counted"


# ------------------------------------------------------------------ headers


def test_refusals_and_answers_carry_the_same_protection(gate: Gate) -> None:
    signed_in = cookie(gate)
    answers = [
        gate.ask("GET", "/machines", signed_in),
        gate.ask("GET", "/machines"),
        gate.ask("GET", "/api/v1/machines"),
        gate.ask("GET", "/sign-in", {"host": "evil.example", "accept": "text/html"}),
        gate.ask("POST", "/machines", {**signed_in, "sec-fetch-site": "cross-site"}),
        gate.ask("POST", "/machines", {**signed_in, "content-length": "99999999"}),
        gate.ask("OPTIONS", "/api/v1/machines", {"origin": "https://lab.example"}),
    ]
    assert [a.status_code for a in answers] == [200, 303, 401, 400, 403, 413, 204]
    for answer in answers:
        assert answer.headers["content-security-policy"] == content_policy(("'sha256-abc='",))
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers.get_list("cache-control") == ["private" if answer.text == "echo" else "no-store"]
    assert "frame-ancestors 'none'" in content_policy(())


def test_a_refused_page_says_nothing_of_what_was_asked(gate: Gate) -> None:
    answer = gate.ask("GET", "/<script>alert(1)</script>", {"host": "<script>", "accept": "text/html"})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<script>" not in answer.text


def test_listed_origins_get_no_cookies_and_only_the_api(gate: Gate) -> None:
    lab = {"origin": "https://lab.example"}
    api = gate.ask("GET", "/api/v1/machines", lab)
    assert (api.status_code, api.headers["access-control-allow-origin"]) == (401, "https://lab.example")
    assert "access-control-allow-credentials" not in api.headers
    assert api.headers["vary"] == "Origin"
    for path, origin in (
        ("/sign-in", "https://lab.example"),
        ("/api/v1/x", "https://evil.example"),
        ("/api/v1/x", "null"),
    ):
        answer = gate.ask("OPTIONS", path, {"origin": origin})
        assert "access-control-allow-origin" not in answer.headers
