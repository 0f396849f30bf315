"""Accounts: signing in, second factors, sessions, API keys, and the people of a workspace."""

from dataclasses import dataclass
from datetime import timedelta

from palier.app.accounts.factors import Factors
from palier.app.accounts.keys import Keys
from palier.app.accounts.links import Links
from palier.app.accounts.people import People
from palier.app.accounts.policy import Desk
from palier.app.accounts.profile import Profile
from palier.app.accounts.second_factor import SecondFactor
from palier.app.accounts.sessions import Sessions
from palier.app.accounts.sign_in import Opened, SignIn
from palier.app.ports import Cipher, Clock, Hints, PasswordHasher, Store

__all__ = ["Accounts", "Opened"]


@dataclass(frozen=True, slots=True)
class Accounts:
    """The account services."""

    sign_in: SignIn
    second_factor: SecondFactor
    links: Links
    profile: Profile
    factors: Factors
    sessions: Sessions
    keys: Keys
    people: People

    @classmethod
    def of(
        cls,
        *,
        store: Store,
        hasher: PasswordHasher,
        cipher: Cipher,
        hints: Hints,
        now: Clock,
        public_url: str,
        mail_configured: bool,
        idle_s: float,
        absolute_s: float,
        language: str,
    ) -> "Accounts":
        """Build the services on their ports."""
        desk = Desk(
            store, hasher, cipher, hints, now, public_url, mail_configured, timedelta(seconds=idle_s),
            timedelta(seconds=absolute_s), language,
        )  # fmt: skip
        return cls(
            SignIn(desk), SecondFactor(desk), Links(desk), Profile(desk), Factors(desk), Sessions(desk), Keys(desk),
            People(desk),
        )  # fmt: skip
