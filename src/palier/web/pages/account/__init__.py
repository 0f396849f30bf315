"""One's own account: profile, security, sign-ins, API keys; one module each."""

from palier.web.pages.account.page import register

__all__ = ["register"]
