"""The web process as a whole: one application, health, metrics, and what a start refuses."""

import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from palier.adapters.db.migrate import upgrade
from palier.bootstrap import Application, build, ready_settings
from palier.config import load_settings
from palier.errors import ConfigurationError
from palier.server.app import asgi_app
from palier.server.run import serve


@pytest.fixture
def application(tmp_path: Path) -> Iterator[Application]:
    environment = {"PALIER_DATA_DIR": str(tmp_path / "data"), "PALIER_METRICS_TOKEN": "a-token"}
    made = build(ready_settings(load_settings(environment=environment)[0]))
    upgrade(made.store.engine)
    yield made
    made.close()


@pytest.fixture
def client(application: Application) -> Iterator[httpx.AsyncClient]:
    return httpx.AsyncClient(transport=httpx.ASGITransport(asgi_app(application)), base_url="http://localhost:8050")


def get(client: httpx.AsyncClient, path: str, **options: object) -> httpx.Response:
    import anyio

    async def ask() -> httpx.Response:
        return await client.get(path, **options)  # type: ignore[arg-type]

    return anyio.run(ask)


def test_health_answers_without_the_database_and_readiness_with_it(
    application: Application, client: httpx.AsyncClient
) -> None:
    assert get(client, "/healthz").text == "ok"
    ready = get(client, "/readyz")
    assert (ready.status_code, ready.json()["checks"]["migrations"]) == (200, "ok")
    from palier.adapters.db.migrate import downgrade

    downgrade(application.store.engine, "base")
    late = get(client, "/readyz")
    assert late.status_code == 503
    assert "palier db upgrade" in late.json()["checks"]["migrations"]


def test_metrics_need_their_token(client: httpx.AsyncClient) -> None:
    assert get(client, "/metrics").status_code == 401
    assert get(client, "/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401
    text = get(client, "/metrics", headers={"Authorization": "Bearer a-token"}).text
    assert 'palier_jobs{status="queued"} 0.0' in text
    assert "palier_workers_alive 0.0" in text


def test_every_part_is_behind_one_address(client: httpx.AsyncClient) -> None:
    assert get(client, "/").headers["location"] == "/sign-in"
    assert "palier" in get(client, "/sign-in").text
    assert get(client, "/api/v1/machines").status_code == 401
    assert get(client, "/api/v1/machines").headers["content-type"] == "application/problem+json"
    assert get(client, "/_dash-layout").status_code == 401
    assert get(client, "/assets/20-palier.css").status_code == 303


def test_a_taken_port_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        environment = {"PALIER_DATA_DIR": str(tmp_path), "PALIER_PORT": str(taken.getsockname()[1])}
        with pytest.raises(ConfigurationError, match="cannot listen"):
            serve(load_settings(environment=environment)[0], sample=False, say=print)


def test_unsafe_settings_are_refused_before_anything_is_made(tmp_path: Path) -> None:
    environment = {"PALIER_DATA_DIR": str(tmp_path / "data"), "PALIER_ENVIRONMENT": "production"}
    with pytest.raises(ConfigurationError, match="secret_key is missing"):
        serve(load_settings(environment=environment)[0], sample=False, say=print)
    assert not (tmp_path / "data").exists()
