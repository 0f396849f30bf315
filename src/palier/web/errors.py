"""Every error of a page becomes, in this one place, a clear message with the name under which the log has it."""

import logging
from typing import Any
from urllib.parse import urlsplit

import flask
from dash import ctx, set_props

from palier.errors import (
    ConflictError,
    NotFoundError,
    PalierError,
    PermissionDeniedError,
    ProofNeededError,
    SignInError,
    TooManyAttemptsError,
    UnavailableError,
)
from palier.web.components.error_state import error_state
from palier.web.components.notice import NOTICES, notice
from palier.web.i18n import t
from palier.web.request import request_id, signed_in
from palier.web.routing import link

__all__ = ["PAGE", "on_error", "title_of"]

#: Where the page is; an error there is the page.
PAGE = "page"

_log = logging.getLogger("palier.web")

_TITLES: tuple[tuple[type[Exception], str], ...] = (
    (NotFoundError, "errors.not_found"),
    (SignInError, "errors.sign_in"),
    (ProofNeededError, "errors.proof"),
    (PermissionDeniedError, "errors.permission"),
    (ConflictError, "errors.conflict"),
    (UnavailableError, "errors.unavailable"),
    (TooManyAttemptsError, "errors.too_many"),
    (PalierError, "errors.refused"),
)


def title_of(error: Exception) -> str:
    """Return what happened, in a few words."""
    if isinstance(error, SignInError) and signed_in():  # a password or code that was asked for is not right
        return t("errors.refused")
    return t(next((key for kind, key in _TITLES if isinstance(error, kind)), "errors.unexpected"))


def _confirm() -> tuple[str, str]:
    """Return the way to prove again who one is, and back to this page."""
    here = urlsplit(flask.request.referrer or "").path or "/account"
    return t("errors.proof_link"), link("/confirm", next=here)


def on_error(error: Exception) -> Any:
    """Log an error and show it: in place of the page where the page failed, as a message otherwise."""
    name = request_id()
    expected = isinstance(error, PalierError)
    _log.log(
        logging.INFO if expected else logging.ERROR,
        "%s: %s",
        type(error).__name__,
        error,
        exc_info=None if expected else error,
        extra={"request_id": name},
    )
    text = str(error) if expected else t("errors.unexpected_text")
    outputs = ctx.outputs_grouping
    if isinstance(outputs, dict) and outputs.get("id") == PAGE:
        return error_state(title_of(error), text, request_id=name)
    if isinstance(error, ProofNeededError):
        shown = notice(t("errors.proof_text"), title=title_of(error), tone="warn", action=_confirm())
    else:
        shown = notice(text, title=title_of(error), tone="bad", request_id=name)
    set_props(NOTICES, {"sendNotifications": [shown]})
    return None  # which Dash takes as: nothing changes
