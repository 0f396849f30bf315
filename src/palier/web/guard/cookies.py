"""The session cookie."""

__all__ = ["COOKIE_AGE_S", "cleared_cookie", "cookie_name", "session_cookie", "token_in"]

#: The browser forgets it then; the server's own limits are shorter.
COOKIE_AGE_S = 86_400


def cookie_name(*, secure: bool) -> str:
    """Return the cookie's name: with ``__Host-`` no other host of the domain can set it."""
    return "__Host-palier" if secure else "palier"


def session_cookie(token: str, *, secure: bool) -> str:
    """Return the header that sets the cookie."""
    tail = "; Secure" if secure else ""
    return f"{cookie_name(secure=secure)}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={COOKIE_AGE_S}{tail}"


def cleared_cookie(*, secure: bool) -> str:
    """Return the header that takes the cookie away."""
    tail = "; Secure" if secure else ""
    return f"{cookie_name(secure=secure)}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{tail}"


def token_in(header: str, *, secure: bool) -> str | None:
    """Return the token of a ``Cookie`` header, or None."""
    name = cookie_name(secure=secure)
    for part in header.split(";"):  # not http.cookies: it stops at the first cookie of another application it dislikes
        key, _, value = part.strip().partition("=")
        if key == name and 0 < len(value) <= 200:
            return value
    return None
