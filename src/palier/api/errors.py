"""What each error is in HTTP: the one place of the API that knows."""

import math
import re
from http import HTTPStatus
from typing import Any, cast

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from palier import errors as e
from palier.api.problems import Complaint, problem

__all__ = ["MediaTypeError", "PreconditionFailedError", "PreconditionMissingError", "status_of", "translate_errors"]

_log = structlog.get_logger(__name__)


class PreconditionFailedError(e.ConflictError):
    """If-Match names another version than the one that is stored."""


class PreconditionMissingError(e.ParameterError):
    """A change without If-Match."""


class MediaTypeError(e.ParameterError):
    """A body of a type that is not taken here."""


#: The nearest class in the error's ancestry counts.
_STATUS: dict[type[BaseException], int] = {
    PreconditionFailedError: 412,
    PreconditionMissingError: 428,
    MediaTypeError: 415,
    e.ParameterError: 422,
    e.UndeclaredError: 422,
    e.DeclarationError: 422,
    e.BearingError: 422,
    e.ReadError: 422,
    e.BundleError: 422,
    e.DatasetError: 422,
    e.LeakError: 422,
    e.AuditRefusedError: 409,
    e.ConflictError: 409,
    e.CancelledError: 409,
    e.TimeLimitError: 503,
    e.NotFoundError: 404,
    e.PermissionDeniedError: 403,
    e.SignInError: 401,
    e.TooManyAttemptsError: 429,
    e.TooLargeError: 413,
    e.OutputError: 507,
    e.UnavailableError: 503,
    e.MissingToolError: 503,
    e.ConfigurationError: 500,
    e.PalierError: 500,
}
#: These say something of the server that is nobody's business.
_GENERAL = {
    500: "an error that nobody foresaw; the log of the server has it under this request id",
    507: "the server has no room left for this; tell its operator",
}
_PATH = re.compile(r"(?<![\w.])(?:/[\w.@+-]+){2,}")
_ABOUT_FILES = (e.ReadError, e.BundleError, e.DatasetError, e.LeakError, e.MissingToolError)
_RETRY_S = 2


def status_of(error: BaseException) -> int:
    """Return the HTTP status of an error."""
    return next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 500)


def translate_errors(app: FastAPI) -> None:
    """Let every error leave an application as problem+json."""
    app.add_exception_handler(e.PalierError, _palier)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ClientDisconnect, _cut_off)
    app.add_exception_handler(Exception, _unforeseen)


def _palier(request: Request, error: Exception) -> JSONResponse:
    status = status_of(error)
    if status >= 500:
        _log.warning("request refused", status=status, error=type(error).__name__, why=str(error))
    detail = _GENERAL.get(status) or str(error)
    if isinstance(error, _ABOUT_FILES):
        detail = _PATH.sub(lambda m: m.group().rsplit("/", 1)[-1], detail)
    headers = {}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="palier"'
    if isinstance(error, e.TooManyAttemptsError):
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after_s)))
    elif status == 503:
        headers["Retry-After"] = str(_RETRY_S)
    return problem(request, status, detail, headers=headers)


def _validation(request: Request, error: Exception) -> JSONResponse:
    found = [_complaint(one) for one in cast("RequestValidationError", error).errors()]
    words = "1 value is not valid" if len(found) == 1 else f"{len(found)} values are not valid"
    return problem(request, 422, words, errors=found[:50])


def _complaint(one: dict[str, Any]) -> Complaint:
    place, *rest = (str(part) for part in one["loc"])
    if one["type"] == "json_invalid":
        return Complaint(pointer="", detail=f"the body is no JSON: {one['ctx']['error']} at character {rest[0]}")
    escaped = "/".join(part.replace("~", "~0").replace("/", "~1") for part in rest)
    pointer = f"/{escaped}" if place == "body" and rest else "" if place == "body" else f"{place}/{escaped}"
    return Complaint(pointer=pointer[:500], detail=str(one["msg"])[:500])


def _http(request: Request, error: Exception) -> JSONResponse:
    raised = cast("HTTPException", error)
    detail = str(raised.detail)
    if detail == HTTPStatus(raised.status_code).phrase:
        detail = f"{request.method} {request.url.path}: {detail.lower()}"
    return problem(request, raised.status_code, detail[:500], headers=raised.headers)


def _cut_off(request: Request, _error: Exception) -> JSONResponse:
    return problem(request, 400, "the upload was cut off; nothing of it is kept; send it again")


def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    _log.error("unforeseen error", exc_info=error, method=request.method, path=request.url.path)
    return problem(request, 500, _GENERAL[500])
