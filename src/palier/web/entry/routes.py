"""Sign-in, set-up, second factor, invitation, reset and confirmation."""

from collections.abc import Callable
from importlib.resources import files
from typing import Annotated, Any, Protocol
from urllib.parse import quote

from fastapi import APIRouter, Body, Form, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from palier.app.accounts import Accounts, Opened
from palier.app.roles import Actor
from palier.errors import PalierError, ProofNeededError, SignInError, TooManyAttemptsError, UnavailableError
from palier.web.entry.render import page, preferred_language, safe_next, said
from palier.web.guard.cookies import cleared_cookie, session_cookie, token_in
from palier.web.i18n import use_language

__all__ = ["entry_router"]

Text = Annotated[str, Form(max_length=2000)]
_STATIC = {"entry.css": "text/css; charset=utf-8", "entry.js": "text/javascript; charset=utf-8"}
_AFTER = {"second-factor": "/second-factor", "enrol-second-factor": "/enrol"}


class EntrySettings(Protocol):
    """The settings that these pages read."""

    @property
    def url(self) -> str: ...
    @property
    def language(self) -> str: ...


def entry_router(accounts: Accounts, settings: EntrySettings) -> APIRouter:
    """Return the routes; each is translate, one service call, present."""
    router = APIRouter(include_in_schema=False)
    secure = settings.url.startswith("https://")

    def show(request: Request, template: str, /, **values: Any) -> HTMLResponse:
        return page(request, template, default_language=settings.language, **values)

    def opened(result: Opened, where: str) -> Response:
        answer = RedirectResponse(_AFTER.get(result.stage, where), status_code=303)
        if result.stage in _AFTER and where != "/":
            answer = RedirectResponse(f"{_AFTER[result.stage]}?next={quote(where, safe='/')}", status_code=303)
        answer.headers["set-cookie"] = session_cookie(result.token, secure=secure)
        return answer

    def tried(request: Request, template: str, act: Callable[[], Response], /, **values: Any) -> Response:
        """Act, or show the page again with what is wrong."""
        try:
            return act()
        except TooManyAttemptsError as error:
            answer = show(request, template, status=429, error=str(error), **values)
            answer.headers["retry-after"] = str(round(error.retry_after_s))
            return answer
        except ProofNeededError:
            return RedirectResponse("/confirm", status_code=303)
        except UnavailableError:
            raise  # the API's translation says 503
        except PalierError as error:
            status = 401 if isinstance(error, SignInError) else 422
            return show(request, template, status=status, error=str(error), **values)

    def token_of(request: Request) -> str:
        return token_in(request.headers.get("cookie", ""), secure=secure) or ""

    def stage_of(request: Request) -> str | None:
        token = token_of(request)
        return accounts.sign_in.stage_of(token) if token else None

    _add_sign_in(router, accounts, show, opened, tried, token_of, stage_of, secure=secure)
    _add_second_factor(router, accounts, show, opened, tried, token_of, stage_of)
    _add_links(router, accounts, show, opened, tried)

    @router.get("/entry/{name}")
    def static(name: str) -> Response:
        if name not in _STATIC:
            return Response(status_code=404)
        content = (files("palier.web.entry") / "static" / name).read_bytes()
        return Response(content, media_type=_STATIC[name], headers={"Cache-Control": "public, max-age=3600"})

    @router.get("/favicon.ico")
    def favicon() -> Response:
        content = (files("palier.web.entry") / "static" / "mark.svg").read_bytes()
        return Response(content, media_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})

    return router


def _add_sign_in(
    router: APIRouter,
    accounts: Accounts,
    show: Callable[..., HTMLResponse],
    opened: Callable[[Opened, str], Response],
    tried: Callable[..., Response],
    token_of: Callable[[Request], str],
    stage_of: Callable[[Request], str | None],
    *,
    secure: bool,
) -> None:
    @router.get("/sign-in")
    def sign_in(request: Request, next: str | None = None) -> Response:  # noqa: A002 - the query's word
        if stage_of(request) == "full":
            return RedirectResponse(safe_next(next), status_code=303)
        return show(request, "sign_in", next=safe_next(next))

    @router.post("/sign-in")
    def signed_in(request: Request, email: Text, password: Text, next: Text = "/") -> Response:  # noqa: A002
        where = safe_next(next)

        def act() -> Response:
            agent = request.headers.get("user-agent", "")
            result = accounts.sign_in.password(email, password, address=_address(request), user_agent=agent)
            return opened(result, where)

        return tried(request, "sign_in", act, next=where, email=email[:254])

    @router.post("/sign-out")
    def signed_out(request: Request) -> Response:
        accounts.sign_in.sign_out(token_of(request))
        headers = {"set-cookie": cleared_cookie(secure=secure), "clear-site-data": '"cache", "storage"'}
        return RedirectResponse("/sign-in", status_code=303, headers=headers)

    @router.get("/confirm")
    def confirm(request: Request, next: str | None = None) -> Response:  # noqa: A002
        return show(request, "confirm", next=safe_next(next))

    @router.post("/confirm")
    def confirmed(request: Request, password: Text, next: Text = "/") -> Response:  # noqa: A002
        where = safe_next(next)
        address = _address(request)
        return tried(
            request,
            "confirm",
            lambda: opened(accounts.sign_in.confirm_password(token_of(request), password, address=address), where),
            next=where,
        )

    @router.post("/workspace")
    def workspace(request: Request, workspace_id: Text) -> Response:
        address = _address(request)
        return tried(
            request,
            "sign_in",
            lambda: opened(accounts.sign_in.switch_workspace(token_of(request), workspace_id, address=address), "/"),
        )


def _add_second_factor(
    router: APIRouter,
    accounts: Accounts,
    show: Callable[..., HTMLResponse],
    opened: Callable[[Opened, str], Response],
    tried: Callable[..., Response],
    token_of: Callable[[Request], str],
    stage_of: Callable[[Request], str | None],
) -> None:
    def enrolling(request: Request) -> Actor:
        actor = accounts.sign_in.half_open(token_of(request), address=_address(request))
        if actor is None:
            raise SignInError("this sign-in is over; sign in again")
        return actor

    @router.get("/second-factor")
    def second_factor(request: Request, next: str | None = None) -> Response:  # noqa: A002
        if stage_of(request) != "second-factor":
            return RedirectResponse("/sign-in", status_code=303)
        return show(request, "second_factor", next=safe_next(next))

    @router.post("/second-factor")
    def proven(request: Request, code: Text, next: Text = "/", kind: Text = "totp") -> Response:  # noqa: A002
        where = safe_next(next)

        def act() -> Response:
            check = accounts.second_factor.recovery if kind == "recovery" else accounts.second_factor.totp
            return opened(check(token_of(request), code, address=_address(request)), where)

        return tried(request, "second_factor", act, next=where)

    @router.get("/second-factor/passkey")
    def passkey_options(request: Request) -> Response:
        return _as_json(request, lambda: JSONResponse(accounts.second_factor.passkey_options(token_of(request))))

    @router.post("/second-factor/passkey")
    def passkey(request: Request, response: Annotated[dict[str, Any], Body()]) -> Response:
        def act() -> Response:
            result = accounts.second_factor.passkey(token_of(request), response, address=_address(request))
            answer = JSONResponse({"next": "/"})
            answer.headers["set-cookie"] = opened(result, "/").headers["set-cookie"]
            return answer

        return _as_json(request, act)

    @router.get("/enrol")
    def enrol(request: Request) -> Response:
        if stage_of(request) != "enrol-second-factor":
            return RedirectResponse("/sign-in", status_code=303)
        return tried(request, "sign_in", lambda: _enrolment(request, show, accounts, enrolling(request)))

    @router.post("/enrol")
    def enrolled(request: Request, code: Text) -> Response:
        def act() -> Response:
            codes = accounts.factors.confirm_totp(enrolling(request), code)
            result = accounts.sign_in.enrolled(token_of(request), address=_address(request))
            answer = show(request, "codes", codes=codes)
            answer.headers["set-cookie"] = opened(result, "/").headers["set-cookie"]
            return answer

        try:
            return act()
        except PalierError as error:
            message = str(error)
            return tried(
                request, "sign_in", lambda: _enrolment(request, show, accounts, enrolling(request), error=message)
            )


def _enrolment(
    request: Request, show: Callable[..., HTMLResponse], accounts: Accounts, actor: Actor, *, error: str | None = None
) -> Response:
    made = accounts.factors.waiting_totp(actor) if error else accounts.factors.begin_totp(actor)
    return show(request, "enrol", secret=made.secret, qr=made.qr_svg, error=error, status=422 if error else 200)


def _add_links(
    router: APIRouter,
    accounts: Accounts,
    show: Callable[..., HTMLResponse],
    opened: Callable[[Opened, str], Response],
    tried: Callable[..., Response],
) -> None:
    """The token of a link is behind its #: no server, proxy or log on the way sees it."""

    @router.get("/set-up")
    def set_up(request: Request) -> Response:
        return show(request, "set_up", workspace="", token="")

    @router.post("/set-up")
    def made(request: Request, token: Text, name: Text, email: Text, password: Text, workspace: Text) -> Response:
        def act() -> Response:
            result = accounts.links.set_up(
                token, name=name, email=email, password=password, workspace=workspace, address=_address(request),
                user_agent=request.headers.get("user-agent", ""),
            )  # fmt: skip
            return opened(result, "/")

        return tried(request, "set_up", act, name=name, email=email, workspace=workspace, token=token)

    @router.get("/invitation")
    def invitation(request: Request) -> Response:
        return show(request, "invitation", token="")

    @router.post("/invitation")
    def accepted(request: Request, token: Text, password: Text, name: Text = "") -> Response:
        def act() -> Response:
            result = accounts.links.accept_invitation(
                token, name=name, password=password, address=_address(request),
                user_agent=request.headers.get("user-agent", ""),
            )  # fmt: skip
            return opened(result, "/")

        return tried(request, "invitation", act, name=name, token=token)

    @router.get("/forgotten")
    def forgotten(request: Request) -> Response:
        return show(request, "forgotten", sent=False)

    @router.post("/forgotten")
    def asked(request: Request, email: Text) -> Response:
        accounts.links.request_reset(email, address=_address(request))
        return show(request, "forgotten", sent=True)

    @router.get("/reset")
    def reset(request: Request) -> Response:
        return show(request, "reset", token="", done=False)

    @router.post("/reset")
    def was_reset(request: Request, token: Text, password: Text) -> Response:
        def act() -> Response:
            accounts.links.reset(token, password, address=_address(request))
            return show(request, "reset", token="", done=True)

        return tried(request, "reset", act, token=token, done=False)


def _address(request: Request) -> str:
    return str(request.scope.get("palier.address") or (request.client.host if request.client else ""))


def _as_json(request: Request, act: Callable[[], Response]) -> Response:
    try:
        return act()
    except UnavailableError:
        raise
    except PalierError as error:
        use_language(preferred_language(request, default="en"))
        return JSONResponse({"detail": said(str(error))}, status_code=401)
