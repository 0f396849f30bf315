"""One ASGI application: the guard outside, then health, API and sign-in pages, and the Dash pages last."""

from typing import Any

from a2wsgi import WSGIMiddleware
from fastapi import FastAPI

from palier.api import api_app
from palier.bootstrap import Application
from palier.server.health import health_router
from palier.web.app import dash_app
from palier.web.entry import entry_router
from palier.web.guard import Guard

__all__ = ["asgi_app"]

#: Callbacks of pages that run at once in one process.
_PAGE_THREADS = 16


def asgi_app(application: Application) -> Any:
    """Return the application that uvicorn serves."""
    settings, services = application.settings, application.services
    token = None if settings.metrics_token is None else settings.metrics_token.get_secret_value()
    pages = dash_app(services)
    outer: FastAPI = api_app(services)
    outer.include_router(health_router(services.system, metrics_token=token))
    outer.include_router(entry_router(services.accounts, settings))
    bridge: Any = WSGIMiddleware(pages.server, workers=_PAGE_THREADS)
    outer.mount("/", bridge)
    return Guard(
        outer,
        accounts=services.accounts,
        limiter=application.limiter,
        settings=settings,
        script_hashes=tuple(pages.csp_hashes()),
    )
