"""The account services on a real store, with a clock that tests set and a hasher that costs nothing and counts."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from pyotp import TOTP
from tests.app.office import Clock, Hints

from palier.adapters.cipher import FernetCipher
from palier.adapters.db import SqlStore
from palier.app import entities as e
from palier.app.accounts import Accounts, Opened
from palier.app.roles import Actor, Role

URL = "https://palier.example"
HOME = "192.0.2.10"
ADA, PASSWORD = "ada@example.com", "copper lantern meadow"
KEY = "a secret key of the tests that is long enough"


@dataclass
class CountingHasher:
    """Does what Argon2 does, at once; remembers what was compared with what."""

    compared: list[str | None] = field(default_factory=list)
    generation: int = 1

    def hash(self, password: str) -> str:
        return f"{self.generation}${hashlib.sha256(password.encode()).hexdigest()}"

    def verify(self, password: str, hashed: str | None) -> bool:
        self.compared.append(hashed)
        return hashed is not None and hashed.endswith("$" + hashlib.sha256(password.encode()).hexdigest())

    def outdated(self, hashed: str) -> bool:
        return not hashed.startswith(f"{self.generation}$")


@dataclass
class Reception:
    """An installation as far as accounts go."""

    store: SqlStore
    mail_configured: bool = True
    clock: Clock = field(default_factory=Clock)
    hints: Hints = field(default_factory=Hints)
    hasher: CountingHasher = field(default_factory=CountingHasher)
    cipher: FernetCipher = field(default_factory=lambda: FernetCipher((KEY,)))
    accounts: Accounts = field(init=False)

    def __post_init__(self) -> None:
        self.accounts = Accounts.of(
            store=self.store, hasher=self.hasher, cipher=self.cipher, hints=self.hints, now=self.clock,
            public_url=URL, mail_configured=self.mail_configured, idle_s=1800, absolute_s=43_200, language="en",
        )  # fmt: skip

    # ------------------------------------------------------------------ people

    def set_up(self) -> Actor:
        """Make the first account: Ada, admin of the mill, signed in from home."""
        token = self.accounts.links.set_up_token()
        assert token is not None
        opened = self.accounts.links.set_up(
            token, name="Ada", email=ADA, password=PASSWORD, workspace="Mill", address=HOME, user_agent="Firefox"
        )
        return self.actor(opened)

    def join(self, admin: Actor, name: str, role: Role = Role.ANALYST) -> Actor:
        """Invite somebody, and let them accept."""
        link = self.accounts.people.invite(admin, email=f"{name}@example.com", role=role)
        opened = self.accounts.links.accept_invitation(
            link.partition("#")[2], name=name.title(), password=PASSWORD, address=HOME, user_agent="Firefox"
        )
        return self.actor(opened)

    def sign_in(self, email: str = ADA, password: str = PASSWORD, address: str = HOME) -> Opened:
        return self.accounts.sign_in.password(email, password, address=address, user_agent="Firefox")

    def actor(self, opened: Opened, address: str = HOME) -> Actor:
        actor = self.accounts.sign_in.actor_of(opened.token, address=address)
        assert actor is not None
        return actor

    def enrol(self, actor: Actor) -> tuple[str, tuple[str, ...]]:
        """Set an authenticator up; returns its secret and the recovery codes."""
        secret = self.accounts.factors.begin_totp(actor).secret
        codes = self.accounts.factors.confirm_totp(actor, self.code(secret))
        self.later(seconds=30)
        return secret, codes

    def code(self, secret: str, steps: int = 0) -> str:
        return TOTP(secret).at(self.clock.at, counter_offset=steps)

    def wrong_code(self, secret: str) -> str:
        right = {self.code(secret, steps) for steps in (-1, 0, 1)}
        return next(c for c in ("000000", "111111", "222222", "333333") if c not in right)

    # ------------------------------------------------------------------ the store

    def later(self, **span: float) -> None:
        self.clock.at += timedelta(**span)

    def rows(self, table: str, **criteria: Any) -> list[Any]:
        with self.store.reading() as t:
            return list(getattr(t, table).all(**criteria))

    def user(self, email: str = ADA) -> e.User:
        with self.store.reading() as t:
            found = t.users.find(email=email)
        assert found is not None
        return found

    def change_user(self, email: str, **fields: Any) -> None:
        with self.store.writing() as t:
            user = t.users.find(email=email)
            assert user is not None
            t.users.put(replace(user, **fields))

    def actions(self) -> list[str]:
        """Return what the audit log holds, oldest first."""
        return [row.action for row in self.rows("audit")]
