"""Pages of long lists: an opaque cursor, and where the next page is."""

import base64
from collections.abc import Callable, Sequence
from typing import TypeVar

from fastapi import Request, Response

from palier.errors import ParameterError

__all__ = ["after_of", "cut", "start_after"]

T = TypeVar("T")


def after_of(cursor: str | None) -> str | None:
    """Return the id that a cursor stands for.

    Raises
    ------
    ParameterError
        For a cursor that was not given out.
    """
    if cursor is None:
        return None
    try:
        return base64.urlsafe_b64decode(cursor + "==").hex()
    except ValueError:
        raise ParameterError("this cursor is none that was given out; begin with the first page") from None


def cursor_of(id: str) -> str:  # noqa: A002
    """Return the cursor of a row.

    Examples
    --------
    >>> after_of(cursor_of("0193a1b2c3d4e5f60718293a4b5c6d7e"))
    '0193a1b2c3d4e5f60718293a4b5c6d7e'
    """
    return base64.urlsafe_b64encode(bytes.fromhex(id)).decode().rstrip("=")


def cut(
    rows: Sequence[T], limit: int, id_of: Callable[[T], str], *, request: Request, response: Response
) -> tuple[Sequence[T], str | None]:
    """Return at most `limit` of the rows that were asked for with one more, and the cursor of the next page."""
    if len(rows) <= limit:
        return rows, None
    kept = rows[:limit]
    cursor = cursor_of(id_of(kept[-1]))
    response.headers["Link"] = f'<{request.url.include_query_params(cursor=cursor)}>; rel="next"'
    return kept, cursor


def start_after(rows: Sequence[T], after: str | None, id_of: Callable[[T], str]) -> list[T]:
    """Return the rows, newest first, that come after one of them."""
    return [row for row in rows if after is None or id_of(row) < after]
