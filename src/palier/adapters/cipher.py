"""Encryption with keys that rotate."""

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from palier.errors import ConfigurationError

__all__ = ["FernetCipher"]


class FernetCipher:
    """See `palier.app.ports.Cipher`. The first key seals; all of them open."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(_derived(key)) for key in keys])

    def seal(self, text: str) -> str:
        """Encrypt."""
        return self._fernet.encrypt(text.encode()).decode("ascii")

    def open(self, sealed: str) -> str:
        """Decrypt."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise ConfigurationError(
                "a stored secret cannot be opened with these keys; set the key it was sealed with as one of "
                "PALIER_PREVIOUS_SECRET_KEYS"
            ) from None


def _derived(key: str) -> bytes:
    raw = HKDF(SHA256(), 32, salt=None, info=b"palier stored secrets 1").derive(key.encode())
    return base64.urlsafe_b64encode(raw)
