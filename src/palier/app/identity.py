"""Names that nobody can guess and that sort by the time they were made."""

import secrets
from datetime import datetime

__all__ = ["new_id"]


def new_id(now: datetime) -> str:
    """Return 32 hexadecimal digits: 12 of the time in milliseconds, 20 of chance.

    Ids sort as they were made (to the millisecond), so a page of a list continues after the last id of the one before.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> new_id(datetime(2026, 11, 23, tzinfo=UTC))[:12], len(new_id(datetime(2026, 11, 23, tzinfo=UTC)))
    ('01a205b3d000', 32)
    """
    return f"{int(now.timestamp() * 1000):012x}{secrets.token_hex(10)}"
