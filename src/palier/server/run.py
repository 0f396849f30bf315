"""Start and stop: migrate, serve, and run workers beside it."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable

import structlog
import uvicorn

from palier.adapters.db.migrate import upgrade
from palier.bootstrap import Application, build, hints_of, open_ports, ready_settings, start_logging
from palier.config import Settings
from palier.errors import ConfigurationError
from palier.server.app import asgi_app
from palier.server.sample import add_sample, join_sample
from palier.worker.supervisor import QUEUES, Supervisor

__all__ = ["serve", "work_alone"]

_log = structlog.get_logger(__name__)


def serve(settings: Settings, *, sample: bool, say: Callable[[str], None]) -> None:
    """Serve until SIGTERM or Ctrl-C; workers then hand their jobs back.

    Raises
    ------
    ConfigurationError
        Where the settings are not safe, the port is taken, or a production database is not migrated.
    """
    settings = ready_settings(settings)
    listener = _listen(settings)
    settings = settings.model_copy(update={"port": listener.getsockname()[1]})
    start_logging(settings)
    application = build(settings)
    _migrated(application)
    if sample:
        add_sample(application)
    join_sample(application)
    supervisor = None
    if settings.workers and settings.job_transport == "database":
        supervisor = Supervisor(settings, open_ports(settings), hints_of(settings), settings.workers)
        supervisor.start()
    server = uvicorn.Server(
        uvicorn.Config(
            asgi_app(application),
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=True,
            timeout_graceful_shutdown=10,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=list(settings.trusted_proxies) or None,
            h11_max_incomplete_event_size=64 * 1024,
        )
    )
    try:
        say(f"palier: {settings.url}")
        token = application.services.accounts.links.set_up_token()
        if token is not None:
            say(f"first start, make your account here (once, within an hour): {settings.url}/set-up#{token}")
        for name in (signal.SIGTERM, signal.SIGINT):  # uvicorn raises them again when it is done; there is more to do
            signal.signal(name, lambda _number, _frame: None)
        asyncio.run(server.serve(sockets=[listener]))
    finally:
        if supervisor is not None:
            supervisor.stop()
        application.close()
        say("palier: stopped")


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # asyncio turns Nagle's delay (40 ms an answer) off only where the protocol is named
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise ConfigurationError(
            f"cannot listen on {settings.host}:{settings.port}: {os.strerror(error.errno or 0)}; "
            "stop what listens there, or choose another port (--port)"
        ) from None
    listener.listen(256)
    return listener


def _migrated(application: Application) -> None:
    """Bring an embedded database to this version; a production one is the operator's to migrate."""
    if not application.settings.production:
        upgrade(application.store.engine)
        return
    state = application.store.check()
    if state["migrations"] != "ok":
        raise ConfigurationError(f"the database is not ready: {state['database']}, migrations {state['migrations']}")


def work_alone(settings: Settings, *, queues: tuple[str, ...] = QUEUES, say: Callable[[str], None]) -> None:
    """Run workers without a web process until SIGTERM or Ctrl-C, fed by the database or by Celery."""
    settings = ready_settings(settings)
    start_logging(settings)
    ports = open_ports(settings)
    if settings.job_transport == "celery":
        from palier.worker.celery import run_celery

        run_celery(settings, queues)
        return
    stopping: list[int] = []
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda number, _frame: stopping.append(number))
    supervisor = Supervisor(settings, ports, hints_of(settings), max(settings.workers, 1), queues)
    supervisor.start()
    say(f"palier: {max(settings.workers, 1)} workers for {', '.join(queues)}")
    while not stopping:
        signal.pause()
    supervisor.stop()
    sys.stdout.flush()
    say("palier: workers stopped")
