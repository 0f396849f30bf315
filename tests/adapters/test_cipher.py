"""Stored secrets open with the keys that rotate, and with no others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.adapters.cipher import FernetCipher
from palier.errors import ConfigurationError

OLD, NEW = "the key of last year, long enough", "the key of this year, long enough"


@given(st.text(max_size=300))
def test_what_is_sealed_opens_again(text: str) -> None:
    cipher = FernetCipher((NEW,))
    sealed = cipher.seal(text)
    assert cipher.open(sealed) == text
    assert sealed.isascii()
    assert len(text) < 8 or text not in sealed


def test_two_seals_of_one_text_differ() -> None:
    cipher = FernetCipher((NEW,))
    assert cipher.seal("JBSWY3DPEHPK3PXP") != cipher.seal("JBSWY3DPEHPK3PXP")


def test_keys_rotate() -> None:
    old, both, new = FernetCipher((OLD,)), FernetCipher((NEW, OLD)), FernetCipher((NEW,))
    sealed = old.seal("x")
    assert both.open(sealed) == "x"
    assert new.open(both.seal("x")) == "x", "the first key seals"
    with pytest.raises(ConfigurationError, match="PALIER_PREVIOUS_SECRET_KEYS"):
        new.open(sealed)


@pytest.mark.parametrize("sealed", ["", "JBSWY3DPEHPK3PXP", "gAAAAA==", "é"])
def test_what_was_never_sealed_or_was_changed_is_refused(sealed: str) -> None:
    with pytest.raises(ConfigurationError):
        FernetCipher((NEW,)).open(sealed)


def test_a_changed_seal_is_refused() -> None:
    cipher = FernetCipher((NEW,))
    sealed = cipher.seal("JBSWY3DPEHPK3PXP")
    middle = len(sealed) // 2
    changed = sealed[:middle] + ("A" if sealed[middle] != "A" else "B") + sealed[middle + 1 :]
    with pytest.raises(ConfigurationError):
        cipher.open(changed)
