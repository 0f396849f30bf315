"""Argon2id, a few at a time."""

from threading import BoundedSemaphore

from argon2 import PasswordHasher as Argon2
from argon2.exceptions import InvalidHashError, VerificationError

__all__ = ["Argon2Hasher"]

#: Each hash costs 64 MiB and some 0.1 s: more at once would only fill the memory.
_AT_ONCE = 4


class Argon2Hasher:
    """See `palier.app.ports.PasswordHasher`."""

    def __init__(self, *, memory_kib: int = 65_536, passes: int = 3, at_once: int = _AT_ONCE) -> None:
        self._argon2 = Argon2(time_cost=passes, memory_cost=memory_kib, parallelism=1)
        self._gate = BoundedSemaphore(at_once)
        self._nobody: str | None = None

    def hash(self, password: str) -> str:
        """Return the hash, with its parameters and a salt of its own."""
        with self._gate:
            return self._argon2.hash(password)

    def verify(self, password: str, hashed: str | None) -> bool:
        """Compare; where there is nothing to compare with, the same work is done and the answer is no."""
        if hashed is None and self._nobody is None:
            self._nobody = self.hash("nobody has this password")
        with self._gate:
            try:
                self._argon2.verify(hashed or self._nobody or "", password[:1024])
            except (VerificationError, InvalidHashError):
                return False
        return hashed is not None

    def outdated(self, hashed: str) -> bool:
        """Return whether the parameters have changed since."""
        return self._argon2.check_needs_rehash(hashed)
