"""Headers of every answer."""

__all__ = ["content_policy", "security_headers"]


def content_policy(script_hashes: tuple[str, ...]) -> str:
    """Return the content-security policy: nothing from elsewhere, no script but ours."""
    scripts = " ".join(("'self'", *script_hashes))
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def security_headers(*, policy: str, secure: bool) -> dict[bytes, bytes]:
    """Return what every answer carries unless it says otherwise itself."""
    headers = {
        b"content-security-policy": policy.encode("ascii"),
        b"x-content-type-options": b"nosniff",
        b"x-frame-options": b"DENY",
        b"referrer-policy": b"same-origin",
        b"permissions-policy": b"camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        b"cross-origin-opener-policy": b"same-origin",
        b"cross-origin-resource-policy": b"same-origin",
        b"cache-control": b"no-store",
    }
    if secure:
        headers[b"strict-transport-security"] = b"max-age=31536000"
    return headers
