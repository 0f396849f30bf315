"""What a password must be: long, and none that everybody tries. No rules of composition."""

import re
import unicodedata
from functools import cache
from importlib.resources import files

from palier.errors import ParameterError

__all__ = ["LONGEST", "SHORTEST", "check_password", "normal_password"]

SHORTEST, LONGEST = 12, 128

_ROWS = (
    "1234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "qsdfghjklm",
    "zxcvbnm",
    "yxcvbnm",
    "wxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "qazwsxedcrfvtgbyhnujm",
)
_LEET = str.maketrans({"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"})


def normal_password(password: str) -> str:
    """Return the form in which a password is hashed: the same whatever keyboard or system it was typed on.

    Examples
    --------
    >>> normal_password("e\u0301te\u0301") == normal_password("\u00e9t\u00e9")
    True
    """
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, *, about: tuple[str, ...] = ()) -> str:
    """Return a password in its normal form, or say what is wrong with it.

    Parameters
    ----------
    password : str
    about : tuple of str
        The person's name and address, which are no secrets.

    Raises
    ------
    ParameterError
        If it is too short, too long, or one that is guessed first.

    Examples
    --------
    >>> check_password("correct horse battery staple")
    'correct horse battery staple'
    >>> check_password("Password2026!")
    Traceback (most recent call last):
    palier.errors.ParameterError: this password is among the first that are guessed; take several unrelated words
    """
    text = normal_password(password)
    if not SHORTEST <= len(text) <= LONGEST:
        raise ParameterError(f"the password has {len(text)} characters; allowed are {SHORTEST} to {LONGEST}")
    if "\0" in text:
        raise ParameterError("the password holds a character that cannot be typed")
    if _guessable(text.casefold(), about):
        raise ParameterError("this password is among the first that are guessed; take several unrelated words")
    return text


@cache
def _words() -> frozenset[str]:
    """Return what most guessed long passwords are made of: the words that lists of leaked passwords agree on."""
    return frozenset(files("palier.app.accounts").joinpath("common_words.txt").read_text("utf-8").split())


def _guessable(text: str, about: tuple[str, ...]) -> bool:
    if len(set(text)) < 5 or _of_rows(text):
        return True
    own = {w for a in about for w in re.split(r"[^\w]+", a.casefold()) if len(w) > 2}
    bare = re.sub(r"[\W\d_]+$", "", text)  # what follows the word stands for no letters
    forms = {text, text.translate(_LEET), bare.translate(_LEET)}
    return any(_common(re.sub(r"[\W\d_]+", " ", form).split(), own) for form in forms)


def _common(parts: list[str], own: set[str]) -> bool:
    """Whether what is left without digits and signs is one common word, perhaps repeated, or nothing of length."""
    letters = "".join(parts)
    if len(letters) < 5:
        return True
    known = _words() | own
    if len(set(parts)) == 1 and parts[0] in known:
        return True
    return _made_of(letters, known, most=2)


def _made_of(letters: str, known: "frozenset[str] | set[str]", *, most: int) -> bool:
    """Whether letters are at most so many known words in a row, or one of them repeated."""
    if not letters:
        return True
    for word in known:
        if letters.startswith(word):
            rest = letters[len(word) :]
            if not rest.replace(word, ""):
                return True
            if most > 1 and _made_of(rest, known, most=most - 1):
                return True
    return False


def _of_rows(text: str) -> bool:
    """Whether it is a walk along keys or the alphabet, forwards or backwards, perhaps several in a row."""
    left = text
    while left:
        runs = [_run(left, row) for r in _ROWS for row in (r + r, r[::-1] + r[::-1])]
        longest = max(runs)
        if longest < 4:
            return len(left) < 3 and left != text
        left = left[longest:]
    return True


def _run(text: str, row: str) -> int:
    n = 0
    while n < len(text) and text[: n + 1] in row:
        n += 1
    return n
