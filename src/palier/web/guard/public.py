"""The only addresses that answer somebody who is not signed in."""

__all__ = ["ENTRY_PAGES", "PUBLIC_PATHS", "PUBLIC_PREFIXES", "is_public"]

#: Pages on the way in; each looks itself at how far a sign-in has come.
ENTRY_PAGES = (
    "/enrol",
    "/forgotten",
    "/invitation",
    "/reset",
    "/second-factor",
    "/second-factor/passkey",
    "/set-up",
    "/sign-in",
    "/sign-out",
)
PUBLIC_PATHS = frozenset(
    {*ENTRY_PAGES, "/favicon.ico", "/healthz", "/metrics", "/readyz", "/v2/health/live", "/v2/health/ready"}
)
#: Style and script of the pages on the way in.
PUBLIC_PREFIXES = ("/entry/",)


def is_public(path: str) -> bool:
    """Return whether an address answers anybody.

    Examples
    --------
    >>> is_public("/sign-in"), is_public("/api/v1/machines"), is_public("/assets/20-palier.css")
    (True, False, False)
    >>> is_public("/entry/entry.css"), is_public("/entry/../api/v1/machines")
    (True, False)
    """
    return path in PUBLIC_PATHS or any(path.startswith(p) and "/" not in path[len(p) :] for p in PUBLIC_PREFIXES)
