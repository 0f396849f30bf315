"""The catalogue: one folder per language, one file per page or part of the shell, the same keys in each.

``t("jobs.title")`` is the entry ``title`` of ``jobs.toml``. An entry with ``one`` and ``other`` is chosen by ``n``.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from typing import Final, Literal, cast, get_args

__all__ = [
    "LANGUAGES",
    "Entry",
    "Language",
    "catalogue",
    "current_language",
    "has",
    "speaking",
    "spoken",
    "t",
    "use_language",
]

Language = Literal["en", "fr"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)

#: A text, or the texts for one and for any other number.
Entry = str | Mapping[str, str]

_language: ContextVar[Language] = ContextVar("palier_language", default="en")
_wrap: ContextVar[Callable[[str], str] | None] = ContextVar("palier_wrap", default=None)


@cache
def catalogue(language: Language) -> Mapping[str, Entry]:
    """Return every entry of a language by its key.

    Examples
    --------
    >>> catalogue("fr")["shell.sign_out"]
    'Se déconnecter'
    """
    found: dict[str, Entry] = {}
    for file in (files("palier.web.i18n") / language).iterdir():
        if file.name.endswith(".toml"):
            entries = tomllib.loads(file.read_text(encoding="utf-8"))
            found |= {f"{file.name.removesuffix('.toml')}.{key}": entry for key, entry in entries.items()}
    return found


def use_language(language: str) -> None:
    """Speak this language until told otherwise, in this thread or task; English where it is not known."""
    _language.set(language if language in LANGUAGES else "en")


def current_language() -> Language:
    """Return the language spoken now."""
    return _language.get()


@contextmanager
def speaking(language: Language, *, wrap: Callable[[str], str] | None = None) -> Iterator[None]:
    """Speak a language within the block; `wrap` is applied to every text, which shows those that escape it.

    Examples
    --------
    >>> with speaking("fr"):
    ...     t("shell.sign_out")
    'Se déconnecter'
    """
    tokens = _language.set(language), _wrap.set(wrap)
    try:
        yield
    finally:
        _language.reset(tokens[0])
        _wrap.reset(tokens[1])


def has(key: str) -> bool:
    """Return whether there is such an entry: for words of stored values that may be new."""
    return key in catalogue("en")


def t(key: str, /, **values: object) -> str:
    """Return a text in the language spoken now, with values in their places.

    Parameters
    ----------
    key : str
        ``file.entry``.
    **values
        Whole numbers, and what is formatted already; ``n`` also chooses between ``one`` and ``other``.

    Raises
    ------
    KeyError
        If there is no such entry, or a value is missing.

    Examples
    --------
    >>> t("shell.recordings", n=1), t("shell.recordings", n=3)
    ('1 recording', '3 recordings')
    """
    entry = catalogue(_language.get())[key]
    if isinstance(entry, str):
        text = entry
    else:
        n = cast("int", values["n"])
        text = entry["one" if (n == 1 or (n == 0 and _language.get() == "fr")) else "other"]
    return spoken(
        text.format(**{k: _grouped(v) if type(v) is int else v for k, v in values.items()}) if values else text
    )


def spoken(text: str) -> str:
    """Return a text that is in the language spoken, marked where `speaking` was told to."""
    wrap = _wrap.get()
    return text if wrap is None else wrap(text)


def _grouped(value: int) -> str:
    return f"{value:,d}".replace(",", "\u202f" if _language.get() == "fr" else ",")
