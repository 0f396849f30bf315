"""What the documentation says of answers: each error with an example."""

from typing import Any

from palier.api.problems import MEDIA_TYPE, problem_examples

__all__ = ["ETAG", "LINK", "LOCATION", "Answers", "headed", "refusals"]

Answers = dict[int | str, dict[str, Any]]

_WORDS = {
    400: "The request cannot be read, or was cut off.",
    401: "Nobody is signed in, or the key is not valid.",
    403: "The role, or the scope of the key, does not allow it.",
    404: "There is no such thing in this workspace.",
    409: "It contradicts what is stored.",
    412: "It has changed since it was read.",
    413: "The file or the body is too large.",
    415: "The body is of a type that is not taken.",
    422: "A value is not valid.",
    428: "If-Match is missing.",
    429: "Too many requests; `Retry-After` says how many seconds to wait.",
    503: "Not available for now; `Retry-After` says how many seconds to wait.",
    507: "The server has no room left.",
}
#: Headers of answers.
ETAG = {"ETag": {"description": "Version, to be sent as If-Match with a change.", "schema": {"type": "string"}}}
LINK = {"Link": {"description": 'Where the next page is: `<…>; rel="next"`.', "schema": {"type": "string"}}}
LOCATION = {"Location": {"description": "The address of what was made.", "schema": {"type": "string"}}}
_RETRY = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string"}}}


def headed(status: int, *headers: dict[str, dict[str, Any]]) -> Answers:
    """Return what the documentation says of the headers of an answer."""
    return {status: {"headers": {name: about for header in headers for name, about in header.items()}}}


def refusals(*statuses: int) -> Answers:
    """Return what can go wrong with an operation: what always can, and these."""
    found: Answers = {}
    for status in sorted({400, 401, 422, 429, 503, *statuses}):
        found[status] = {
            "description": _WORDS[status],
            "content": {
                MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": problem_examples(status)}
            },
        }
        if status in {429, 503}:
            found[status]["headers"] = _RETRY
    return found
