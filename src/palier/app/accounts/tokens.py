"""Secrets that are handed out: only their digests are kept."""

import hashlib
import secrets

__all__ = ["digest", "new_token"]


def new_token() -> str:
    """Return 43 URL-safe characters of chance (256 bits)."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """Return the SHA-256 of a token, hexadecimal.

    Examples
    --------
    >>> digest("a")[:8]
    'ca978112'
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
