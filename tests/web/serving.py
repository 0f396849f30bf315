"""The pages on a plain server, with the guard's two contributions: an actor in the scope and the policy of content."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl

from werkzeug.serving import WSGIRequestHandler, make_server

from palier.app.roles import Actor
from palier.errors import PalierError
from palier.web.app import dash_app
from palier.web.guard.headers import content_policy
from palier.web.routing import PalierDash


def as_actor(app: PalierDash, services: Any, who: Callable[[], Actor | None]) -> Callable[..., Any]:
    """Return the WSGI application with an actor in each request."""
    csp = content_policy(tuple(app.csp_hashes()))

    def call(environ: dict[str, Any], start_response: Any) -> Any:
        scope: dict[str, Any] = {"palier.request_id": "req-1"}
        actor = who()
        if actor is not None:
            scope["palier.actor"] = actor
        environ["asgi.scope"] = scope
        if environ["PATH_INFO"].startswith("/api/v1/"):
            return _api(services, actor, environ, start_response)

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start_response(status, [*headers, ("Content-Security-Policy", csp)], *rest)

        return app.server.wsgi_app(environ, start)

    return call


def _api(services: Any, actor: Actor | None, environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Take an upload, as the API does, and give a report."""
    if environ["REQUEST_METHOD"] == "GET":
        path = services.diagnoses.report(actor, environ["PATH_INFO"].split("/")[4])
        start_response("200 OK", [("Content-Type", "text/html")])
        return [path.read_bytes()]
    query = dict(parse_qsl(environ["QUERY_STRING"]))
    left = int(environ["CONTENT_LENGTH"])

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal left
        while left:
            piece = environ["wsgi.input"].read(min(left, 2**20))
            left -= len(piece)
            yield piece

    try:
        recording = asyncio.run(
            services.recordings.receive(
                actor, file_name=query["file_name"], chunks=chunks(), point_id=query.get("point_id")
            )
        )
    except PalierError as error:
        start_response("422 Unprocessable Entity", [("Content-Type", "application/problem+json")])
        return [json.dumps({"title": "Refused", "detail": str(error)}).encode()]
    start_response("201 Created", [("Content-Type", "application/json")])
    return [json.dumps({"id": recording.id}).encode()]


class _Quiet(WSGIRequestHandler):
    """Says nothing of requests that went well."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@contextmanager
def served(services: Any, who: Callable[[], Actor | None], *, port: int = 0) -> Iterator[str]:
    """Serve the pages on a free port."""
    app = dash_app(services)
    server = make_server("127.0.0.1", port, as_actor(app, services, who), threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
