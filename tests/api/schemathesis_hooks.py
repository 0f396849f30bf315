"""What schemathesis is told beside the schema."""

import uuid
from typing import Any

import schemathesis


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Give each request an Idempotency-Key of its own: one that was used for another request is refused."""
    given = (case.headers or {}).get("Idempotency-Key")
    if isinstance(given, str) and given.isascii() and given.isprintable() and " " not in given:
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
