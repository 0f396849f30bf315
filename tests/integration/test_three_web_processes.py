"""Three web processes on one PostgreSQL count failed second factors as one, with Redis up, down and coming back."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import pytest
from tests.app.accounts.bureau import PASSWORD
from tests.served import Served, start
from tests.servers import Redis, fresh_database, started_redis

from palier.adapters.db import open_store
from palier.adapters.db.migrate import upgrade
from palier.bootstrap import build, ready_settings
from palier.config import load_settings

pytestmark = pytest.mark.integration


@dataclass
class Cluster:
    servers: list[Served]
    redis: Redis
    secrets: dict[str, str]
    """TOTP secret by address."""
    application: object

    def half_open(self, i: int, email: str) -> httpx.Client:
        """Sign in at a process as far as the second factor."""
        client = httpx.Client(base_url=self.servers[i].url, headers={"origin": self.servers[i].url})
        answer = client.post("/sign-in", data={"email": email, "password": PASSWORD})
        assert answer.headers.get("location", "").startswith("/second-factor"), answer.text
        return client

    def try_code(self, i: int, email: str, code: str) -> int:
        client = self.half_open(i, email)
        try:
            return client.post("/second-factor", data={"code": code}).status_code
        finally:
            client.close()

    def right_code(self, email: str) -> str:
        from pyotp import TOTP

        return TOTP(self.secrets[email]).at(datetime.now(UTC))


@pytest.fixture(scope="module")
def cluster(postgresql: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    with fresh_database(postgresql) as url, started_redis(tmp_path_factory.mktemp("redis")) as redis:
        store = open_store(url)
        upgrade(store.engine)
        store.close()
        environment = {
            "PALIER_DATABASE_URL": url.replace("postgresql+psycopg://", "postgresql://"),
            "PALIER_REDIS_URL": redis.url,
            "PALIER_SECRET_KEY": "vQ8s2LkX0zR4nT7yBw1cJ5mH9pD3fG6u",
            "PALIER_REPLICAS": "3",
        }
        settings = ready_settings(
            load_settings(environment={**environment, "PALIER_DATA_DIR": str(folder / "data")})[0]
        )
        application = build(settings)
        secrets = {
            email: _person(application, email) for email in ("ada@example.com", "bob@example.com", "eve@example.com")
        }
        servers = [start(folder / "data", "--workers", "0", environment=environment) for _ in range(3)]
        yield Cluster(servers, redis, secrets, application)
        for server in servers:
            server.kill()
        application.close()


def _person(application: object, email: str) -> str:
    """Make somebody with an authenticator; the first one through the set-up link, the others by invitation."""
    from pyotp import TOTP

    from palier.app.roles import Actor, Role

    accounts = application.services.accounts  # type: ignore[attr-defined]
    token = accounts.links.set_up_token()
    fields = {"name": email[:3], "password": PASSWORD, "address": "", "user_agent": ""}
    if token is not None:
        opened = accounts.links.set_up(token, email=email, workspace="Mill", **fields)
    else:
        with application.store.reading() as t:  # type: ignore[attr-defined]
            (workspace,) = t.workspaces.all()
        admin = Actor("", "test", workspace.id, Role.ADMIN, kind="system")
        link = accounts.people.invite(admin, email=email, role=Role.ANALYST)
        opened = accounts.links.accept_invitation(link.partition("#")[2], **fields)
    actor = accounts.sign_in.actor_of(opened.token, address="")
    secret = accounts.factors.begin_totp(actor).secret
    # the code of the step before, so that the one of now is still unused
    accounts.factors.confirm_totp(actor, TOTP(secret).at(datetime.now(UTC), counter_offset=-1))
    return str(secret)


def test_five_wrong_codes_spread_over_three_processes_lock_the_sixth(cluster: Cluster) -> None:
    email = "ada@example.com"
    for i in range(5):
        assert cluster.try_code(i % 3, email, "000000") == 401
    for i in range(3):
        assert cluster.try_code(i, email, cluster.right_code(email)) == 429, "even the right one, at every process"
    assert cluster.try_code(1, "bob@example.com", cluster.right_code("bob@example.com")) == 303, "others are not locked"


def test_the_count_holds_while_redis_is_gone_and_when_it_is_back(cluster: Cluster) -> None:
    email = "eve@example.com"
    assert cluster.try_code(0, email, "000000") == 401
    cluster.redis.stop()
    for i in range(3):
        assert cluster.try_code(i, email, "000000") == 401
    ready = httpx.get(cluster.servers[0].url + "/readyz").json()
    assert "degraded" in ready["checks"]["limits"]
    assert ready["ready"]
    cluster.redis.start()
    assert cluster.try_code(2, email, "000000") == 401
    for i in range(3):
        assert cluster.try_code(i, email, cluster.right_code(email)) == 429
    end = time.monotonic() + 30
    while "degraded" in httpx.get(cluster.servers[0].url + "/readyz").json()["checks"]["limits"]:
        assert time.monotonic() < end, "Redis is back, and the limits still say that it is not"
        time.sleep(0.5)


def test_a_reset_by_an_admin_frees_whoever_is_locked(cluster: Cluster) -> None:
    from palier.app.roles import Actor, Role

    accounts = cluster.application.services.accounts  # type: ignore[attr-defined]
    with cluster.application.store.reading() as t:  # type: ignore[attr-defined]
        (workspace,) = t.workspaces.all()
        eve = t.users.find(email="eve@example.com")
    admin = Actor("", "test", workspace.id, Role.ADMIN, kind="system")
    link = accounts.people.reset_link(admin, eve.id)
    assert re.search(r"/reset#\S{43}$", link)
    assert cluster.try_code(0, "eve@example.com", cluster.right_code("eve@example.com")) == 303
