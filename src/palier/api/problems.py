"""Problem details (RFC 9457): the one form of every error."""

import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi.responses import JSONResponse
from pydantic import Field
from starlette.requests import HTTPConnection

from palier.api.fields import Shown

__all__ = ["MEDIA_TYPE", "TITLES", "Complaint", "Problem", "problem", "problem_examples", "request_id"]

MEDIA_TYPE = "application/problem+json"

#: Status to the kind of problem and its title.
TITLES: dict[int, tuple[str, str]] = {
    400: ("bad-request", "The request cannot be read"),
    401: ("sign-in", "Sign in, or give an API key"),
    403: ("not-allowed", "Not allowed"),
    404: ("not-found", "Not found"),
    405: ("method", "This method is not for this address"),
    409: ("conflict", "Contradicts what is stored"),
    412: ("changed", "Changed since it was read"),
    413: ("too-large", "Too large"),
    415: ("media-type", "Not a type that is taken"),
    422: ("invalid", "Not valid"),
    428: ("precondition-needed", "Say which version is meant"),
    429: ("too-many", "Too many requests"),
    500: ("internal", "Something went wrong here"),
    503: ("unavailable", "Not available for now"),
    507: ("storage", "No room"),
}

_DETAILS = {
    400: "the body ended before it was complete",
    401: "nobody is signed in; send an API key: Authorization: Bearer palier_…",
    403: "manage-machines needs the role analyst; Ada is viewer; ask an admin",
    404: "no machine '0193a1b2c3d4e5f60718293a4b5c6d7e' here; it may have been removed",
    409: "there is a machine 'Feed pump 3' already; choose another name",
    412: "you read version 3, and it is at version 4 now; read it again and repeat what you wanted to change",
    413: "the file is larger than 2,147,483,648 bytes, the limit of this installation",
    415: "a body of type text/plain; allowed are application/octet-stream and multipart/form-data",
    422: "1 value is not valid",
    428: "give If-Match with the ETag that you read",
    429: "too many requests; wait 12 s",
    503: "the database does not answer for now; nothing was changed; try again",
    507: "the server has no room left for this; tell its operator",
}


class Complaint(Shown):
    """One value that is not valid."""

    pointer: str = Field(description="Where: a JSON pointer into the body, or `query/…`, `path/…`, `header/…`.")
    detail: str = Field(description="What is wrong with it.")


class Problem(Shown):
    """An error, in the form of RFC 9457."""

    type: str = Field(description="Kind of problem.", examples=["urn:palier:problem:not-found"])
    title: str = Field(description="The kind in words.", examples=["Not found"])
    status: int = Field(description="HTTP status.", ge=400, le=599, examples=[404])
    detail: str = Field(description="What came, what is allowed, what to do.", examples=[_DETAILS[404]])
    request_id: str = Field(description="Name it when you ask for help: the log has it.", examples=["4f1c9a7e2b8d"])
    errors: list[Complaint] | None = Field(default=None, description="Of 422: each value that is not valid.")


def request_id(connection: HTTPConnection) -> str:
    """Return the id of a request: the guard's, or one made here."""
    scope = connection.scope
    if "palier.request_id" not in scope:
        scope["palier.request_id"] = secrets.token_hex(8)
    return str(scope["palier.request_id"])


def _body(status: int, detail: str, id: str, errors: list[Complaint] | None) -> dict[str, Any]:  # noqa: A002
    kind, title = TITLES.get(status, ("other", HTTPStatus(status).phrase))
    made = Problem(
        type=f"urn:palier:problem:{kind}", title=title, status=status, detail=detail, request_id=id, errors=errors
    )
    return made.model_dump(mode="json", exclude_none=True)


def problem(
    connection: HTTPConnection,
    status: int,
    detail: str,
    *,
    errors: list[Complaint] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return the answer that tells of an error."""
    id = request_id(connection)  # noqa: A001
    answer = JSONResponse(
        _body(status, detail, id, errors),
        status,
        media_type=MEDIA_TYPE,
        headers={"X-Request-Id": id, **(headers or {})},
    )
    answer.headers.setdefault("Cache-Control", "no-store")
    return answer


def problem_examples(status: int) -> dict[str, Any]:
    """Return an example for the documentation."""
    errors = [Complaint(pointer="/speed_hz", detail="give a number above 0")] if status == 422 else None
    return _body(status, _DETAILS[status], "4f1c9a7e2b8d", errors)
