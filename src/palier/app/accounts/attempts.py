"""Failures are counted in the database, so that any number of web processes count as one.

* A second factor may be tried five times in fifteen minutes per account, whoever serves and from wherever it comes.
  Only somebody who gave the right password gets there.
* A password waits longer and longer after failures: per account and address, per address over all accounts, and - from
  addresses where the account never signed in before - per account, by at most half a minute.
* Behind an address that many share, the failures of others delay somebody known there by at most half a minute.
* A right second factor does not forgive the wrong ones before it: five in fifteen minutes are five.
* Nobody is locked out for good by somebody else: an address that the account has signed in from counts only its own
  failures, every lock ends by itself within fifteen minutes, and a reset link clears them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import Literal

from palier.app.entities import Attempt
from palier.app.identity import new_id
from palier.app.ports import Tables
from palier.errors import TooManyAttemptsError

__all__ = [
    "MOST_SECOND_FACTORS",
    "WINDOW",
    "Counted",
    "allow_reset_request",
    "clear",
    "network_of",
    "note",
    "require_second_factor_allowed",
    "reserve",
]

WINDOW = timedelta(minutes=15)
MOST_SECOND_FACTORS = 5
_RESET_WINDOW, _MOST_RESETS = timedelta(hours=1), 5

Kind = Literal["password", "second-factor", "reset-request"]


@dataclass(frozen=True, slots=True)
class _Rule:
    """How failures of one subject slow the next one down."""

    free: int
    """Failures without any pause."""
    first_s: float
    """Pause after the next one; it doubles with each."""
    most_s: float

    def pause_s(self, failures: int) -> float:
        return 0.0 if failures < self.free else min(self.first_s * 2.0 ** (failures - self.free), self.most_s)


_HERE = _Rule(5, 2.0, 900.0)
_ADDRESS = _Rule(30, 1.0, 900.0)
_ADDRESS_OF_KNOWN = _Rule(30, 1.0, 30.0)
_ACCOUNT = _Rule(20, 1.0, 30.0)


@dataclass(frozen=True, slots=True)
class Counted:
    """An attempt that was counted before it was made; `clear` takes it back when it succeeds."""

    account: str
    address: str

    @property
    def here(self) -> str:
        """Return the subject of this account from this address."""
        return f"here:{self.account}:{self.address}"


def network_of(address: str) -> str:
    """Return what one customer of a network has: an IPv4 address, or the first 64 bits of an IPv6 address.

    Examples
    --------
    >>> network_of("192.0.2.1"), network_of("2001:db8:1:2:aaaa::1"), network_of("::ffff:192.0.2.1")
    ('192.0.2.1', '2001:db8:1:2::', '192.0.2.1')
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Address(int(parsed) >> 64 << 64))


def reserve(t: Tables, *, account: str, address: str, known_address: bool, now: datetime) -> Counted:
    """Count a password attempt before it is made, or raise TooManyAttemptsError."""
    counted, network = Counted(account, address), network_of(address)
    rules = [(counted.here, _HERE), (f"address:{network}", _ADDRESS_OF_KNOWN if known_address else _ADDRESS)]
    if not known_address:
        rules.append((f"account:{account}", _ACCOUNT))
    for subject, rule in sorted(rules, key=lambda r: r[0]):  # one order for everybody: no two wait for each other
        t.attempts.serialise(kind="password", subject=subject)
        failures = t.attempts.since(kind="password", subject=subject, since=now - WINDOW)
        if failures:
            left = failures[-1] + timedelta(seconds=rule.pause_s(len(failures))) - now
            _refuse(left)
    for subject in (counted.here, f"address:{network}", f"account:{account}"):
        note(t, kind="password", subject=subject, now=now)
    return counted


def clear(t: Tables, counted: Counted) -> None:
    """Forget the failures of an account from an address once its password was right."""
    t.attempts.remove(kind="password", subject=counted.here)
    for subject in (f"address:{network_of(counted.address)}", f"account:{counted.account}"):
        latest = t.attempts.all(kind="password", subject=subject, newest_first=True, limit=1)
        if latest:
            t.attempts.remove(id=latest[0].id)


def require_second_factor_allowed(t: Tables, *, account: str, now: datetime) -> None:
    """Stop at the sixth second factor in fifteen minutes; the caller notes a failure in the same transaction."""
    subject = f"account:{account}"
    t.attempts.serialise(kind="second-factor", subject=subject)
    failures = t.attempts.since(kind="second-factor", subject=subject, since=now - WINDOW)
    if len(failures) >= MOST_SECOND_FACTORS:
        _refuse(failures[-MOST_SECOND_FACTORS] + WINDOW - now)


def allow_reset_request(t: Tables, *, subject: str, now: datetime) -> bool:
    """Count a request for a reset link, and say whether one may be sent."""
    t.attempts.serialise(kind="reset-request", subject=subject)
    before = t.attempts.since(kind="reset-request", subject=subject, since=now - _RESET_WINDOW)
    note(t, kind="reset-request", subject=subject, now=now)
    return len(before) < _MOST_RESETS


def note(t: Tables, *, kind: Kind, subject: str, now: datetime) -> None:
    """Add one failure."""
    t.attempts.add(Attempt(new_id(now), kind, subject, now))


def _refuse(left: timedelta) -> None:
    if left > timedelta():
        seconds = max(1, round(left.total_seconds()))
        wait = f"{seconds} s" if seconds < 120 else f"{-(-seconds // 60)} min"
        raise TooManyAttemptsError(f"too many attempts; try again in {wait}", retry_after_s=seconds)
