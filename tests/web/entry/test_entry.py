"""The pages on the way in, as a browser without JavaScript meets them, behind the real guard."""

import re
import tomllib
from dataclasses import dataclass, field
from importlib.resources import files
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import anyio
import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from hypothesis import given
from hypothesis import strategies as st
from tests.app.accounts.reception import ADA, HOME, PASSWORD, URL, Reception
from tests.app.accounts.test_factors import Authenticator
from tests.app.office import NoLimits

from palier.adapters.db import SqlStore
from palier.api.errors import translate_errors
from palier.app.roles import Actor, Role
from palier.web.entry import entry_router
from palier.web.entry.render import preferred_language, safe_next
from palier.web.guard import Guard

NEW = "seven grey pelicans"
FRENCH = {"accept-language": "fr-CH, fr;q=0.9, en;q=0.8"}


def words(language: str) -> dict[str, str]:
    text = (files("palier.web.i18n") / language / "entry.toml").read_text(encoding="utf-8")
    return {key: value for key, value in tomllib.loads(text).items() if isinstance(value, str)}


@dataclass
class Browser:
    """Keeps its cookie, and says where its requests come from."""

    asgi: Any
    url: str = URL
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"sec-fetch-site": "same-origin", "accept": "text/html", **options.pop("headers", {})}
        if self.cookies:
            headers["cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())

        async def go() -> httpx.Response:
            transport = httpx.ASGITransport(self.asgi, client=(HOME, 1234))
            async with httpx.AsyncClient(transport=transport, base_url=self.url) as client:
                return await client.request(method, path, headers=headers, **options)

        answer = anyio.run(go)
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.ask("GET", path, **options)

    def post(self, path: str, headers: dict[str, str] | None = None, **form: str) -> httpx.Response:
        return self.ask("POST", path, data=form, headers=headers or {})

    @property
    def cookie(self) -> str:
        (value,) = self.cookies.values()
        return value

    def signed_in(self) -> bool:
        return self.get("/machines").text == "machines"


def served(reception: Reception, url: str = URL) -> Browser:
    app = FastAPI()
    translate_errors(app)
    settings = SimpleNamespace(
        url=url, language="en", hosts=("palier.example",), cors_origins=(), upload_limit_bytes=1000,
        requests_per_minute=1000, key_requests_per_minute=1000, anonymous_requests_per_minute=1000,
    )  # fmt: skip
    app.include_router(entry_router(reception.accounts, settings))

    @app.get("/machines")
    def machines() -> PlainTextResponse:
        return PlainTextResponse("machines")

    return Browser(Guard(app, accounts=reception.accounts, limiter=NoLimits(), settings=settings), url)


@pytest.fixture
def reception(sqlite_store: SqlStore) -> Reception:
    return Reception(sqlite_store)


@pytest.fixture
def ada(reception: Reception) -> Actor:
    return reception.set_up()


@pytest.fixture
def browser(reception: Reception) -> Browser:
    return served(reception)


def alert(answer: httpx.Response) -> str | None:
    found = re.search(r'role="alert">([^<]*)<', answer.text.split("</h1>")[1])
    return None if found is None else plain(found.group(1))


def plain(text: str) -> str:
    """Return a text with the spaces and apostrophes of a keyboard."""
    return re.sub(r"[\u00a0\u202f]", " ", text).replace("&#39;", "'").replace("\u2019", "'")


def at_factor(reception: Reception, browser: Browser, actor: Actor) -> str:
    """Bring the browser to the second factor; returns the authenticator's secret."""
    secret, _codes = reception.enrol(actor)
    assert browser.post("/sign-in", email=ADA, password=PASSWORD).headers["location"] == "/second-factor"
    return secret


def at_enrolment(reception: Reception, browser: Browser, actor: Actor) -> httpx.Response:
    reception.accounts.people.require_second_factor(actor, Role.ADMIN, required=True)
    return browser.post("/sign-in", email=ADA, password=PASSWORD)


# ------------------------------------------------------------------ every page, in both languages

PUBLIC = {
    "/sign-in": "sign_in",
    "/set-up": "set_up",
    "/invitation": "invitation",
    "/forgotten": "forgotten",
    "/reset": "reset",
}


def check_page(answer: httpx.Response, language: str, title: str) -> None:
    assert answer.status_code == 200, answer.text
    text = answer.text
    assert f'<html lang="{language}">' in text
    assert f"<h1>{words(language)[title].replace(chr(39), '&#39;')}</h1>" in text
    assert "<script>" not in text, "scripts come from /entry alone"
    assert not re.search(r"\son\w+=|javascript:|https?://(?!www\.w3\.org)", text)
    for control in re.findall(r"<input[^>]*>", text):
        named = (
            'type="hidden"' in control or text[: text.index(control)].rpartition("<label>")[2].count("</label>") == 0
        )
        assert named, control
    assert all(form.startswith("/") for form in re.findall(r'action="([^"]*)"', text))


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("path", PUBLIC)
def test_every_page_that_anybody_may_see(browser: Browser, path: str, language: str) -> None:
    answer = browser.get(path, headers=FRENCH if language == "fr" else {})
    check_page(answer, language, PUBLIC[path])


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_page_that_a_half_open_sign_in_sees(
    reception: Reception, browser: Browser, ada: Actor, language: str
) -> None:
    headers = FRENCH if language == "fr" else {}
    assert at_enrolment(reception, browser, ada).headers["location"] == "/enrol"
    page = browser.get("/enrol", headers=headers)
    check_page(page, language, "enrol")
    secret = re.search(r'class="secret">([A-Z2-7]{32})<', page.text)
    assert secret is not None
    codes = browser.post("/enrol", headers=headers, code=reception.code(secret.group(1)))
    check_page(codes, language, "codes")
    assert len(set(re.findall(r"<li>([a-z2-9-]{23})</li>", codes.text))) == 10
    check_page(browser.get("/confirm", headers=headers), language, "confirm")
    browser.post("/sign-out")
    browser.post("/sign-in", email=ADA, password=PASSWORD)
    check_page(browser.get("/second-factor", headers=headers), language, "second_factor")


def test_style_script_and_mark_are_served_and_nothing_else(browser: Browser) -> None:
    for path, kind in (
        ("/entry/entry.css", "text/css"), ("/entry/entry.js", "text/javascript"), ("/favicon.ico", "image/svg+xml"),
    ):  # fmt: skip
        answer = browser.get(path)
        assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, kind)
        assert "max-age" in answer.headers["cache-control"]
    assert browser.get("/entry/mark.svg").status_code == 404
    assert browser.get("/entry/%2e%2e/routes.py").status_code in {303, 404}
    assert browser.get("/sign-in").headers["cache-control"] == "no-store"


# ------------------------------------------------------------------ sign-in


def test_signing_in_and_out(browser: Browser, ada: Actor) -> None:
    assert browser.get("/machines").headers["location"] == "/sign-in?next=/machines"
    answer = browser.post("/sign-in", email=ADA, password=PASSWORD, next="/machines?x=1&y=2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/machines?x=1&y=2")
    assert browser.signed_in()
    assert browser.get("/sign-in?next=/machines").headers["location"] == "/machines"
    before = dict(browser.cookies)
    out = browser.post("/sign-out")
    assert (out.headers["location"], out.headers["clear-site-data"]) == ("/sign-in", '"cache", "storage"')
    assert "Max-Age=0" in out.headers["set-cookie"]
    browser.cookies = before
    assert not browser.signed_in(), "the old cookie is worth nothing"


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({}, "the e-mail address or the password is not right"),
        (FRENCH, "L'adresse e-mail ou le mot de passe n'est pas juste."),
    ],
)
def test_a_wrong_password_is_said_and_never_shown(
    browser: Browser, ada: Actor, headers: dict[str, str], said: str
) -> None:
    answer = browser.post("/sign-in", headers=headers, email='"><script>alert(1)</script>', password="a wrong one")
    assert answer.status_code == 401
    assert alert(answer) == said
    assert "<script>alert" not in answer.text
    assert "a wrong one" not in answer.text
    assert "set-cookie" not in answer.headers


def test_too_many_attempts_are_told_how_long_to_wait(browser: Browser, ada: Actor) -> None:
    for _ in range(5):
        assert browser.post("/sign-in", email=ADA, password="wrong").status_code == 401
    late = browser.post("/sign-in", email=ADA, password=PASSWORD)
    assert (late.status_code, late.headers["retry-after"]) == (429, "2")
    assert alert(late) == "too many attempts; try again in 2 s"
    french = browser.post("/sign-in", headers=FRENCH, email=ADA, password="x")
    assert alert(french) == "Trop de tentatives ; réessayez dans 2 s."


@pytest.mark.parametrize(
    "where", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "/\t/evil"]
)
def test_nobody_is_led_to_another_host(browser: Browser, ada: Actor, where: str) -> None:
    assert 'name="next" value="/"' in browser.get("/sign-in", params={"next": where}).text
    assert browser.post("/sign-in", email=ADA, password=PASSWORD, next=where).headers["location"] == "/"
    assert browser.get("/sign-in", params={"next": where}).headers["location"] == "/"
    assert browser.post("/confirm", password=PASSWORD, next=where).headers["location"] == "/"


@given(st.text(max_size=60))
def test_where_to_go_on_stays_on_this_host(text: str) -> None:
    for value in (text, "/" + text):
        kept = safe_next(value)
        assert kept == "/" or kept == value
        parts = urlsplit("https://palier.example" + kept)
        assert (parts.scheme, parts.hostname) == ("https", "palier.example")
        assert not kept.startswith(("//", "/\\"))


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"), ("fr", "fr"), ("fr-CA,en;q=0.5", "fr"), ("en;q=0.5,fr;q=0.9", "fr"), ("de,nl", "en"),
        ("de;q=1,fr;q=0.1", "fr"), ("fr;q=x,en", "en"), ("*" * 5000, "en"),
    ],
)  # fmt: skip
def test_the_language_is_the_browsers(accepted: str, language: str) -> None:
    assert preferred_language(SimpleNamespace(headers={"accept-language": accepted}), default="en") == language  # type: ignore[arg-type]


@pytest.mark.parametrize("url", ["http://palier.example:8050", "https://palier.example"])
def test_attributes_of_the_cookie(reception: Reception, ada: Actor, url: str) -> None:
    browser = served(reception, url)
    header = browser.post("/sign-in", email=ADA, password=PASSWORD).headers["set-cookie"]
    name, _, rest = header.partition("=")
    attributes = {a.strip() for a in rest.split(";")[1:]}
    secure = url.startswith("https")
    assert name == ("__Host-palier" if secure else "palier")
    assert attributes == {"Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=86400"} | ({"Secure"} if secure else set())
    assert browser.signed_in()
    assert browser.post("/sign-out").headers["set-cookie"].startswith(f"{name}=;")


def test_a_cookie_of_another_application_does_not_hide_ours(browser: Browser, ada: Actor) -> None:
    browser.post("/sign-in", email=ADA, password=PASSWORD)
    browser.cookies = {"theirs": '{"a":[1,2]}', "x y": '"', **browser.cookies}
    assert browser.signed_in()


# ------------------------------------------------------------------ second factor


def test_a_code_and_where_it_leads(reception: Reception, browser: Browser, ada: Actor) -> None:
    secret, _codes = reception.enrol(ada)
    answer = browser.post("/sign-in", email=ADA, password=PASSWORD, next="/machines?a=1&next=//evil#b")
    where = urlsplit(answer.headers["location"])
    assert (where.path, parse_qs(where.query)) == ("/second-factor", {"next": ["/machines?a=1&next=//evil#b"]})
    assert not browser.signed_in()
    wrong = browser.post("/second-factor", code=reception.wrong_code(secret), next="/machines")
    assert (wrong.status_code, alert(wrong)) == (401, "this code is not right, or was used already; take a new one")
    assert 'name="next" value="/machines"' in wrong.text
    half = browser.cookie
    done = browser.post("/second-factor", code=reception.code(secret), next="/machines")
    assert (done.status_code, done.headers["location"]) == (303, "/machines")
    assert browser.cookie != half
    assert browser.signed_in()
    assert browser.get("/second-factor").headers["location"] == "/sign-in"


def test_a_recovery_code(reception: Reception, browser: Browser, ada: Actor) -> None:
    _secret, codes = reception.enrol(ada)
    browser.post("/sign-in", email=ADA, password=PASSWORD)
    assert browser.post("/second-factor", code=codes[0], kind="recovery").status_code == 303
    assert browser.signed_in()


def test_a_passkey(reception: Reception, browser: Browser, ada: Actor) -> None:
    key = Authenticator(origin=URL, host="palier.example")
    factors = reception.accounts.factors
    factors.add_passkey(ada, key.create(factors.passkey_options(ada)), name="Blue key")
    assert browser.get("/second-factor/passkey").status_code == 401
    assert browser.post("/sign-in", email=ADA, password=PASSWORD).headers["location"] == "/second-factor"
    options = browser.get("/second-factor/passkey").json()
    assert options["rpId"] == "palier.example"
    refused = browser.ask("POST", "/second-factor/passkey", json={"id": "none"}, headers=FRENCH)
    assert refused.status_code == 401
    assert refused.json()["detail"].startswith("Cette clé")
    options = browser.get("/second-factor/passkey").json()
    done = browser.ask("POST", "/second-factor/passkey", json=key.get(options))
    assert (done.status_code, done.json()) == (200, {"next": "/"})
    assert browser.signed_in()


def test_a_code_mistyped_while_setting_up_keeps_the_picture(reception: Reception, browser: Browser, ada: Actor) -> None:
    at_enrolment(reception, browser, ada)
    shown = re.search(r'class="secret">(\w+)<', browser.get("/enrol").text)
    assert shown is not None
    secret = shown.group(1)
    wrong = browser.post("/enrol", code=reception.wrong_code(secret))
    assert wrong.status_code == 422
    assert "check the clock" in str(alert(wrong))
    assert f'class="secret">{secret}<' in wrong.text
    assert "<svg" in wrong.text
    assert not browser.signed_in()
    half = browser.cookie
    assert browser.post("/enrol", code=reception.code(secret)).status_code == 200
    assert browser.cookie != half
    assert browser.signed_in()


# ------------------------------------------------------------------ links


def test_the_token_of_a_link_is_behind_its_hash_alone(reception: Reception, browser: Browser, ada: Actor) -> None:
    token = reception.accounts.people.reset_link(ada, ada.user_id)
    assert urlsplit(token).query == ""
    for path in ("/set-up", "/invitation", "/reset"):
        page = browser.get(path, params={"token": "abc123token"})
        assert "abc123token" not in page.text
        assert '<input type="hidden" name="token" value="">' in page.text
        assert page.headers["referrer-policy"] == "same-origin"
    script = browser.get("/entry/entry.js").text
    assert "location.hash" in script
    assert 'history.replaceState(null, "", location.pathname)' in script


@pytest.mark.parametrize(("headers", "word"), [({}, "allowed are 12 to 128"), (FRENCH, "12 à 128")])
def test_the_first_account(reception: Reception, browser: Browser, headers: dict[str, str], word: str) -> None:
    token = reception.accounts.links.set_up_token()
    assert token is not None
    form = {"token": token, "name": "Ada", "email": ADA, "workspace": "Mill & Co", "password": "short"}
    wrong = browser.post("/set-up", headers=headers, **form)
    assert wrong.status_code == 422
    assert word in str(alert(wrong))
    for kept in (f'value="{token}"', 'value="Mill &amp; Co"', f'value="{ADA}"', 'value="Ada"'):
        assert kept in wrong.text
    assert "short" not in wrong.text
    done = browser.post("/set-up", headers=headers, **form | {"password": PASSWORD})
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert browser.signed_in()
    assert browser.post("/set-up", **form | {"password": PASSWORD}).status_code == 401


def test_an_invitation(reception: Reception, browser: Browser, ada: Actor) -> None:
    token = reception.accounts.people.invite(ada, email="grace@example.com", role=Role.VIEWER).partition("#")[2]
    assert browser.post("/invitation", token=token, name="Grace", password="short").status_code == 422
    done = browser.post("/invitation", token=token, name="Grace", password=NEW)
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert browser.signed_in()
    again = served(reception).post("/invitation", headers=FRENCH, token=token, name="Eve", password=NEW)
    assert again.status_code == 401
    assert str(alert(again)).startswith("Ce lien a déjà servi")


def test_a_password_forgotten(reception: Reception, browser: Browser, ada: Actor) -> None:
    pages = {browser.post("/forgotten", email=e).text for e in (ADA, "nobody@example.com", "no address")}
    assert len(pages) == 1
    assert words("en")["forgotten_sent"] in pages.pop()
    assert [m.recipient for m in reception.rows("outbox")] == [ADA]


def test_a_new_password(reception: Reception, browser: Browser, ada: Actor) -> None:
    browser.post("/sign-in", email=ADA, password=PASSWORD)
    other = served(reception)
    token = reception.accounts.people.reset_link(ada, ada.user_id).partition("#")[2]
    wrong = other.post("/reset", token=token, password="Password2026!")
    assert (wrong.status_code, f'value="{token}"' in wrong.text) == (422, True)
    done = other.post("/reset", token=token, password=NEW)
    assert words("en")["reset_done"] in done.text
    assert "set-cookie" not in done.headers, "whoever has the link signs in like everybody"
    assert not browser.signed_in()
    assert other.post("/reset", token=token, password=NEW).status_code == 401


# ------------------------------------------------------------------ with a session


def test_confirming_gives_a_new_cookie(browser: Browser, ada: Actor) -> None:
    assert browser.get("/confirm").headers["location"] == "/sign-in?next=/confirm"
    browser.post("/sign-in", email=ADA, password=PASSWORD)
    before = browser.cookie
    wrong = browser.post("/confirm", headers=FRENCH, password="wrong", next="/account/security")
    assert wrong.status_code == 401
    assert str(alert(wrong)).startswith("Le mot de passe")
    done = browser.post("/confirm", password=PASSWORD, next="/account/security")
    assert done.headers["location"] == "/account/security"
    assert browser.cookie != before
    after = dict(browser.cookies)
    browser.cookies = {"__Host-palier": before}
    assert not browser.signed_in()
    browser.cookies = after
    assert browser.signed_in()


def test_a_workspace_that_demands_a_factor_asks_for_the_password(
    reception: Reception, browser: Browser, ada: Actor
) -> None:
    reception.accounts.people.require_second_factor(ada, Role.ADMIN, required=True)
    with reception.store.writing() as t:
        (policy,) = t.role_policies.all()
        t.role_policies.remove(id=policy.id)
    browser.post("/sign-in", email=ADA, password=PASSWORD)
    with reception.store.writing() as t:
        t.role_policies.add(policy)
    reception.later(minutes=11)
    assert browser.post("/workspace", workspace_id=ada.workspace_id).headers["location"] == "/confirm"
    browser.post("/confirm", password=PASSWORD)
    assert browser.post("/workspace", workspace_id=ada.workspace_id).headers["location"] == "/enrol"
    foreign = browser.post("/workspace", workspace_id="0" * 32)
    assert foreign.status_code in {303, 401, 422}
    assert not browser.signed_in()


def test_a_database_that_is_gone_is_no_mistake_of_the_person(
    reception: Reception, browser: Browser, ada: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from palier.errors import UnavailableError

    def gone(_store: SqlStore) -> Any:
        raise UnavailableError(
            "the database does not answer or is too busy; nothing was changed: try again in a moment"
        )

    monkeypatch.setattr(SqlStore, "writing", gone)
    for path, form in (("/sign-in", {"email": ADA, "password": PASSWORD}), ("/forgotten", {"email": ADA})):
        answer = browser.post(path, **form)
        assert answer.status_code == 503, answer.text
        assert "retry-after" in answer.headers
