"""The guard: who asks, whether they may ask here, how often, how much, and from which page."""

import json
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote, urlsplit

import structlog
from anyio import to_thread

from palier.app.accounts.attempts import network_of
from palier.app.ports import RateDecision, RateLimiter
from palier.app.roles import Actor
from palier.errors import SignInError, TooLargeError, UnavailableError
from palier.web.guard.cookies import token_in
from palier.web.guard.headers import content_policy, security_headers
from palier.web.guard.public import is_public

if TYPE_CHECKING:
    from palier.app.accounts import Accounts

__all__ = ["Guard", "GuardSettings"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_log = structlog.get_logger(__name__)

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_CALLBACK = "/_dash-update-component"
#: Largest body of a request, where it is no upload: forms, callbacks and JSON; tensors.
_BODY_BYTES, _TENSOR_BYTES = 4 * 1024**2, 64 * 1024**2
#: Multipart frames and headers around an uploaded file.
_FRAME_BYTES = 64 * 1024
_UPLOADS = frozenset({"/api/v1/recordings", "/api/v1/diagnoses/from-file"})
_TITLES = {
    400: "Bad request",
    401: "Not signed in",
    403: "Refused",
    411: "Length required",
    413: "Too large",
    415: "Unsupported media type",
    429: "Too many requests",
    503: "Not available",
}


class GuardSettings(Protocol):
    """The settings that the guard reads."""

    @property
    def url(self) -> str: ...  # noqa: D102
    @property
    def hosts(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def cors_origins(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def upload_limit_bytes(self) -> int: ...  # noqa: D102
    @property
    def requests_per_minute(self) -> int: ...  # noqa: D102
    @property
    def key_requests_per_minute(self) -> int: ...  # noqa: D102
    @property
    def anonymous_requests_per_minute(self) -> int: ...  # noqa: D102


@dataclass(slots=True)
class _Refusal(Exception):  # noqa: N818 - it is an answer, not a fault
    status: int
    detail: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request as far as the guard reads it."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    address: str
    request_id: str

    @property
    def machine(self) -> bool:
        """Whether a program asks: its answers are problem+json."""
        return self.path.startswith(("/api", "/v2", "/_dash", "/_reload")) or self.path in {"/metrics", "/readyz"}


class Guard:
    """An ASGI application around another one."""

    def __init__(
        self,
        app: Any,
        *,
        accounts: "Accounts",
        limiter: RateLimiter,
        settings: GuardSettings,
        script_hashes: tuple[str, ...] = (),
    ) -> None:
        self._app, self._accounts, self._limiter, self._settings = app, accounts, limiter, settings
        self._secure = settings.url.startswith("https://")
        self._headers = security_headers(policy=content_policy(script_hashes), secure=self._secure)
        self._origins = {settings.url}
        parts = urlsplit(settings.url)
        port = f":{parts.port}" if parts.port else ""
        self._origins |= {f"{parts.scheme}://{host}{port}" for host in settings.hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        asked = _read(scope)
        scope["palier.request_id"] = asked.request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=asked.request_id)
        answer = _Answer(send, self._with_cors(asked), asked.request_id)
        try:
            await self._guarded(scope, asked, receive, answer)
        except _Refusal as refusal:
            await _refuse(answer, asked, refusal)
        except TooLargeError as error:
            if answer.started:
                raise
            await _refuse(answer, asked, _Refusal(413, str(error)))

    async def _guarded(self, scope: Scope, asked: _Asked, receive: Receive, answer: "_Answer") -> None:
        self._check_host(asked)
        limit = self._body_limit(asked)
        _check_length(asked, limit)
        if asked.method == "OPTIONS" and self._foreign_origin(asked):
            await _preflight(answer)
            return
        refusal: _Refusal | None = None
        actor, anonymous_cookie = None, False
        try:
            actor, anonymous_cookie = await to_thread.run_sync(self._who, asked)
        except _Refusal as said:
            refusal = said  # keys that open nothing are counted like anybody's requests
        decision = await to_thread.run_sync(self._counted, asked, actor)
        if decision is not None:
            answer.extra |= _limit_headers(decision)
            if not decision.allowed:
                wait = max(1, round(decision.reset_after_s))
                raise _Refusal(429, f"too many requests; try again in {wait} s", {"Retry-After": str(wait)})
        if refusal is not None:
            raise refusal
        if anonymous_cookie or is_public(asked.path) or (actor is not None and actor.kind == "session"):
            self._check_same_site(asked)
        if actor is None and not is_public(asked.path):
            await self._to_sign_in(asked, answer)
            return
        if actor is not None:
            scope["palier.actor"] = actor
        scope["palier.address"] = asked.address
        await self._app(scope, _counting(receive, limit), answer.send)

    # ------------------------------------------------------------------ who

    def _who(self, asked: _Asked) -> tuple[Actor | None, bool]:
        """Return whoever asks, and whether a cookie came that opens nothing (yet)."""
        authorization = asked.headers.get("authorization", "")
        try:
            if authorization and asked.path != "/metrics":
                return self._accounts.keys.actor_of(_key_in(authorization, asked.path), address=asked.address), False
            token = token_in(asked.headers.get("cookie", ""), secure=self._secure)
            if token is None:
                return None, False
            if asked.path in {"/healthz", "/readyz"} or asked.path.startswith("/entry/"):
                return None, False
            actor = self._accounts.sign_in.actor_of(token, address=asked.address)
        except SignInError as error:
            raise _Refusal(401, str(error), {"WWW-Authenticate": "Bearer"}) from None
        except UnavailableError as error:
            raise _Refusal(503, str(error), {"Retry-After": "5"}) from None
        return actor, actor is None

    def _counted(self, asked: _Asked, actor: Actor | None) -> RateDecision | None:
        settings = self._settings
        if asked.path in {"/healthz", "/readyz"}:
            return None
        if actor is None:
            rule = f"{settings.anonymous_requests_per_minute}/minute"
            subject = f"address {network_of(asked.address)}"
        elif actor.key_id is not None:
            rule, subject = f"{settings.key_requests_per_minute}/minute", f"key {actor.key_id}"
        elif asked.path.startswith(("/assets/", "/_dash-component-suites/")):
            return None
        else:
            rule, subject = f"{settings.requests_per_minute}/minute", f"person {actor.user_id}"
        return self._limiter.hit(rule, subject)

    async def _to_sign_in(self, asked: _Asked, answer: "_Answer") -> None:
        if asked.machine or asked.method not in _SAFE:
            raise _Refusal(
                401, "sign in first, or give an API key as `Authorization: Bearer palier_…`",
                {"WWW-Authenticate": "Bearer"},
            )  # fmt: skip
        where = "/sign-in"
        if asked.path != "/":
            where += f"?next={quote(asked.path + ('?' + asked.query if asked.query else ''), safe='/')}"
        await answer.plain(303, b"", {"location": where})

    # ------------------------------------------------------------------ from where, and how much

    def _check_host(self, asked: _Asked) -> None:
        if asked.path in {"/healthz", "/readyz"}:  # asked by address, from inside; they say nothing of anybody
            return
        host = asked.headers.get("host", "")
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        if name.lower() not in {h.lower() for h in self._settings.hosts}:
            raise _Refusal(400, "this host name is not served here; the operator lists those that are (allowed_hosts)")

    def _check_same_site(self, asked: _Asked) -> None:
        """Refuse what another site's page sends with the person's cookie."""
        if asked.method in _SAFE:
            return
        site = asked.headers.get("sec-fetch-site")
        if site not in {None, "same-origin", "none"}:
            raise _Refusal(403, "this request came from a page of another site; nothing was changed")
        if site is None and asked.headers.get("origin") not in self._origins:
            raise _Refusal(403, "this request does not say which page it came from (Origin); nothing was changed")
        if asked.path == _CALLBACK and not asked.headers.get("content-type", "").startswith("application/json"):
            raise _Refusal(415, "callbacks of pages are application/json")

    def _body_limit(self, asked: _Asked) -> int:
        if asked.path in _UPLOADS and asked.method == "POST":
            return self._settings.upload_limit_bytes + _FRAME_BYTES
        return _TENSOR_BYTES if asked.path.startswith("/v2/") else _BODY_BYTES

    def _foreign_origin(self, asked: _Asked) -> str | None:
        origin = asked.headers.get("origin")
        allowed = origin in self._settings.cors_origins and asked.path.startswith(("/api/", "/v2/"))
        return origin if allowed else None

    def _with_cors(self, asked: _Asked) -> dict[bytes, bytes]:
        origin = self._foreign_origin(asked)
        if origin is None:
            return self._headers
        allowed = {b"access-control-allow-origin": origin.encode(), b"vary": b"Origin",
                   b"access-control-expose-headers": b"ETag, Link, Location, Retry-After, X-Request-Id"}  # fmt: skip
        return {**self._headers, b"cross-origin-resource-policy": b"cross-origin", **allowed}


def _key_in(authorization: str, path: str) -> str:
    kind, _, raw = authorization.partition(" ")
    if kind.lower() != "bearer" or not f"{path}/".startswith(("/api/", "/v2/")):
        raise SignInError("give an API key as `Authorization: Bearer palier_…`, on /api and /v2 alone")
    return raw.strip()


def _read(scope: Scope) -> _Asked:
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1").lower()
        headers[key] = f"{headers[key]}; {value.decode('latin-1')}" if key in headers else value.decode("latin-1")
    client = scope.get("client")
    query = scope.get("query_string", b"").decode("latin-1")
    address = client[0] if client else ""
    return _Asked(scope["method"], scope["path"], query, headers, address, uuid.uuid4().hex)


def _check_length(asked: _Asked, limit: int) -> None:
    told = asked.headers.get("content-length")
    if told is not None:
        if not told.isdecimal() or len(told) > 18:
            raise _Refusal(400, "Content-Length is no number")
        if int(told) > limit:
            raise _Refusal(413, f"the request has {int(told):,} bytes; allowed here are {limit:,}")
    elif asked.headers.get("transfer-encoding") and asked.path not in _UPLOADS:
        raise _Refusal(411, "say how long the request is (Content-Length)")


def _counting(receive: Receive, limit: int) -> Receive:
    """Stop a body that is longer than it may be, whatever it said of itself."""
    taken = 0

    async def counted() -> MutableMapping[str, Any]:
        nonlocal taken
        message = await receive()
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            if taken > limit:
                raise TooLargeError(f"the request is longer than {limit:,} bytes, the limit here")
        return message

    return counted


def _limit_headers(decision: RateDecision) -> dict[bytes, bytes]:
    return {
        b"ratelimit-limit": str(decision.limit).encode(),
        b"ratelimit-remaining": str(decision.remaining).encode(),
        b"ratelimit-reset": str(round(decision.reset_after_s)).encode(),
    }


class _Answer:
    """Sends an answer with the headers that every answer has."""

    def __init__(self, send: Send, headers: dict[bytes, bytes], request_id: str) -> None:
        self._send = send
        self._headers = headers
        self.extra: dict[bytes, bytes] = {b"x-request-id": request_id.encode()}
        self.started = False

    async def send(self, message: MutableMapping[str, Any]) -> None:
        """Send one message of the application."""
        if message["type"] == "http.response.start":
            self.started = True
            own = {name.lower() for name, _ in message.get("headers", ())}
            added = [(k, v) for k, v in (self._headers | self.extra).items() if k not in own]
            message = {**message, "headers": [*message.get("headers", ()), *added]}
        await self._send(message)

    async def plain(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        """Send a whole answer."""
        raw = [(k.lower().encode(), v.encode("latin-1", "replace")) for k, v in headers.items()]
        raw.append((b"content-length", str(len(body)).encode()))
        await self.send({"type": "http.response.start", "status": status, "headers": raw})
        await self.send({"type": "http.response.body", "body": body})


async def _refuse(answer: _Answer, asked: _Asked, refusal: _Refusal) -> None:
    _log.info("refused", status=refusal.status, path=asked.path[:200], method=asked.method, detail=refusal.detail)
    title = _TITLES.get(refusal.status, "Refused")
    if asked.machine or "text/html" not in asked.headers.get("accept", ""):
        problem = {
            "type": "about:blank",
            "title": title,
            "status": refusal.status,
            "detail": refusal.detail,
            "request_id": asked.request_id,
        }
        kind, body = "application/problem+json", json.dumps(problem).encode()
    else:
        kind, body = "text/html; charset=utf-8", _page(title, refusal.detail, asked.request_id)
    await answer.plain(refusal.status, body, {"content-type": kind, "connection": "close", **refusal.headers})


def _page(title: str, detail: str, request_id: str) -> bytes:
    from html import escape

    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width, initial-scale=1"><title>{escape(title)} · palier</title>'
        '<link rel="stylesheet" href="/entry/entry.css"></head><body><main class="card"><h1>'
        f'{escape(title)}</h1><p>{escape(detail)}</p><p class="note">{request_id}</p>'
        '<p><a href="/">palier</a></p></main></body></html>'
    ).encode()


async def _preflight(answer: _Answer) -> None:
    await answer.plain(
        204,
        b"",
        {
            "Access-Control-Allow-Methods": "GET, POST, PATCH, PUT, DELETE",
            "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, If-Match, Last-Event-ID",
            "Access-Control-Max-Age": "600",
        },
    )
