"""The account services on a real store, with a clock that stands still and a hasher that counts."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from palier.adapters.cipher import FernetCipher
from palier.adapters.db import SqlStore
from palier.app.accounts import Accounts, Opened
from palier.app.entities import Job
from palier.app.roles import Actor, Role

PASSWORD = "kite bottle orbit"
HERE, THERE = "192.0.2.1", "198.51.100.7"


@dataclass
class Clock:
    at: datetime = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def later(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class CountingHasher:
    """No Argon2: how often it is asked is what matters here."""

    verified: int = 0
    old: bool = False

    def hash(self, password: str) -> str:
        return "h:" + hashlib.sha256(password.encode()).hexdigest()

    def verify(self, password: str, hashed: str | None) -> bool:
        self.verified += 1
        return hashed is not None and hashed.removeprefix("old ") == self.hash(password)

    def outdated(self, hashed: str) -> bool:
        return hashed.startswith("old ")


@dataclass
class Hints:
    sent: list[Job] = field(default_factory=list)

    def send(self, job: Job) -> None:
        self.sent.append(job)


@dataclass
class Bureau:
    store: SqlStore
    url: str = "http://localhost:8050"
    mail: bool = True
    clock: Clock = field(default_factory=Clock)
    hasher: CountingHasher = field(default_factory=CountingHasher)
    hints: Hints = field(default_factory=Hints)

    def __post_init__(self) -> None:
        self.accounts = Accounts.of(
            store=self.store, hasher=self.hasher, cipher=FernetCipher(("k" * 40,)), hints=self.hints, now=self.clock,
            public_url=self.url, mail_configured=self.mail, idle_s=1800, absolute_s=43_200, language="en",
        )  # fmt: skip

    def set_up(self) -> Opened:
        token = self.accounts.links.set_up_token()
        assert token is not None
        return self.accounts.links.set_up(
            token,
            name="Ada",
            email="Ada@Example.com",
            password=PASSWORD,
            workspace="Mill",
            address=HERE,
            user_agent="b",
        )

    def sign_in(self, email: str = "ada@example.com", password: str = PASSWORD, address: str = HERE) -> Opened:
        return self.accounts.sign_in.password(email, password, address=address, user_agent="browser\x00")

    def actor(self, opened: Opened, address: str = HERE) -> Actor:
        actor = self.accounts.sign_in.actor_of(opened.token, address=address)
        assert actor is not None
        return actor

    def join(self, admin: Actor, email: str, role: Role, password: str = "plum ferry lantern") -> Opened:
        token = self.accounts.people.invite(admin, email=email, role=role).partition("#")[2]
        return self.accounts.links.accept_invitation(
            token, name=email.partition("@")[0].title(), password=password, address=HERE, user_agent=""
        )

    def with_totp(self, opened: Opened) -> tuple[str, tuple[str, ...]]:
        """Set up an authenticator; returns its secret and the recovery codes."""
        actor = self.actor(opened)
        made = self.accounts.factors.begin_totp(actor)
        codes = self.accounts.factors.confirm_totp(actor, self.code(made.secret))
        self.clock.later(seconds=60)
        return made.secret, codes

    def code(self, secret: str) -> str:
        from pyotp import TOTP

        return TOTP(secret).at(self.clock())

    def actions(self) -> list[str]:
        with self.store.reading() as t:
            return [entry.action for entry in t.audit.all()]
