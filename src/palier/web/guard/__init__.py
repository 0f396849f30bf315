"""What every request passes first: pure ASGI, so that no page, asset or upload goes around it."""

from palier.web.guard.guard import Guard
from palier.web.guard.public import PUBLIC_PATHS, is_public

__all__ = ["PUBLIC_PATHS", "Guard", "is_public"]
