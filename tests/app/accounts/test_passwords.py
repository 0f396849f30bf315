"""What a password must be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.app.accounts.passwords import check_password, normal_password
from palier.errors import ParameterError


@pytest.mark.parametrize(
    "password",
    ["correct horse battery staple", "nuage tracteur bouton", "R7#kq!v2ZpLw", "été à la montagne", "xxx8fjq2mvbtrz"],
)
def test_long_and_unguessed_ones_are_taken(password: str) -> None:
    assert check_password(password, about=("Ada Lovelace", "ada@example.com")) == normal_password(password)


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "allowed are 12 to 128"),
        ("elevenchars", "has 11 characters"),
        ("x8" * 65, "has 130 characters"),
        ("passwordpassword", "guessed"),
        ("Password2026!", "guessed"),
        ("P@ssw0rd12345", "guessed"),
        ("aaaaaaaaaaaaaaa", "guessed"),
        ("123456789012", "guessed"),
        ("qwertyuiop1234", "guessed"),
        ("azertyuiop1234", "guessed"),
        ("abcdefghijkl", "guessed"),
        ("0987654321098", "guessed"),
        ("lovelace1815!!", "guessed"),
        ("ada-lovelace-1", "guessed"),
        ("motdepasse2026", "guessed"),
        ("bearing-vibration", "guessed"),
        ("1234 5678 90 !!", "guessed"),
        ("copper lantern\0meadow", "cannot be typed"),
    ],
)
def test_others_are_refused_and_why_is_said(password: str, words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        check_password(password, about=("Ada Lovelace", "ada@example.com"))


@given(st.text(max_size=140), st.text(max_size=40))
def test_any_text_is_taken_or_refused(password: str, about: str) -> None:
    try:
        taken = check_password(password, about=(about,))
    except ParameterError:
        return
    assert 12 <= len(taken) <= 128
    assert check_password(taken, about=(about,)) == taken


def test_one_form_whatever_the_keyboard() -> None:
    decomposed = "e\u0301te\u0301 a\u0300 la montagne"
    assert check_password(decomposed) == check_password("\u00e9t\u00e9 \u00e0 la montagne")
