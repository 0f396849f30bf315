"""ETag and If-Match: a change says which version it changes."""

from typing import Annotated

from fastapi import Header, Response

from palier.api.errors import PreconditionFailedError, PreconditionMissingError

__all__ = ["IfMatch", "matched", "tag"]

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        pattern=r'^"[0-9]{1,9}"$',
        description="The ETag that was read. A change needs it (428 without), and is refused where it is old (412).",
        examples=['"1"'],
    ),
]


def tag(response: Response, version: int) -> None:
    """Say which version an answer shows."""
    response.headers["ETag"] = f'"{version}"'


def matched(if_match: str | None, current: int) -> int:
    """Return the version that is meant.

    Raises
    ------
    PreconditionMissingError
        Without If-Match.
    PreconditionFailedError
        Where it is another one than that stored.
    """
    if if_match is None:
        raise PreconditionMissingError("give If-Match with the ETag that you read")
    version = int(if_match.strip('"'))
    if version != current:
        raise PreconditionFailedError(
            f"you read version {version}, and it is at version {current} now; "
            "read it again and repeat what you wanted to change"
        )
    return version
