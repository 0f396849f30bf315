"""The phrase book: sentences that the library writes in English, with their French.

A phrase has places in braces, which keep what stood there. It is no catalogue: what is not in it is shown in English.
"""

import re
import tomllib
from functools import cache
from importlib.resources import files

from palier.core.faults import JOURNAL_CLASSES, ROLLING_CLASSES
from palier.web.i18n.catalogue import spoken

__all__ = ["french"]

_PLACE = re.compile(r"\\\{(\w+)\\\}")


@cache
def _phrases() -> tuple[tuple[re.Pattern[str], str], ...]:
    text = (files("palier.web.i18n") / "phrases_fr.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)["phrase"]
    return tuple((_pattern(row["en"]), row["fr"]) for row in rows)


def _pattern(phrase: str) -> re.Pattern[str]:
    return re.compile(_PLACE.sub(r"(?P<\1>.+?)", re.escape(phrase).replace(r"\ ", " ")), re.DOTALL)


@cache
def _faults() -> dict[str, str]:
    return {f.name_en: f.name_fr for f in (*JOURNAL_CLASSES, *ROLLING_CLASSES)}


def french(text: str) -> str | None:
    """Return a sentence of the library in French, or None where the book does not have it.

    Examples
    --------
    >>> french("Gears, belts, other bearings and electrical faults.")
    'Engrenages, courroies, autres paliers et défauts électriques.'
    """
    for pattern, phrase in _phrases():
        found = pattern.fullmatch(text)
        if found is not None:
            return spoken(
                phrase.format(**{name: _faults().get(v) or _numbers(v) for name, v in found.groupdict().items()})
            )
    return None


def _numbers(text: str) -> str:
    """Write the numbers in a piece of a sentence as French does.

    Examples
    --------
    >>> _numbers("1× 0.0718 g, 158%, pump.2.wav").replace("\u00a0", " ")
    '1× 0,0718 g, 158 %, pump.2.wav'
    """
    text = re.sub(r"(?<![\w.])(\d+)\.(\d+)(?=[\s,;%)]|$)", r"\1,\2", text)
    return re.sub(r"(\d)\s?%", "\\1\u00a0%", text)
