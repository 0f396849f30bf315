"""The pages on a plain server, with the guard's two contributions: an actor in the scope and the policy of content."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from werkzeug.serving import make_server

from palier.app.roles import Actor
from palier.web.app import dash_app
from palier.web.routing import PalierDash


def policy(app: PalierDash) -> str:
    """Return the content security policy that the guard sends with pages."""
    scripts = " ".join(f"'{h}'" if not h.startswith("'") else h for h in app.csp_hashes())
    return (
        f"default-src 'self'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def as_actor(app: PalierDash, who: Callable[[], Actor | None]) -> Callable[..., Any]:
    """Return the WSGI application with an actor in each request."""
    csp = policy(app)

    def call(environ: dict[str, Any], start_response: Any) -> Any:
        scope: dict[str, Any] = {"palier.request_id": "req-1"}
        actor = who()
        if actor is not None:
            scope["palier.actor"] = actor
        environ["asgi.scope"] = scope

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start_response(status, [*headers, ("Content-Security-Policy", csp)], *rest)

        return app.server.wsgi_app(environ, start)

    return call


@contextmanager
def served(services: Any, who: Callable[[], Actor | None], *, port: int = 0) -> Iterator[str]:
    """Serve the pages on a free port."""
    app = dash_app(services)
    server = make_server("127.0.0.1", port, as_actor(app, who), threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
