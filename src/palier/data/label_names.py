"""From what people call a class to its key in the taxonomy; an unknown name is refused, never guessed."""

import re
import unicodedata
from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from palier.core.dataset import SEVERITY_LEVELS, SeverityLevel
from palier.core.faults import BearingKind, classes_of
from palier.errors import ParameterError

__all__ = ["label_key", "parse_map", "severity_level"]

#: What is often meant by a name that is no name of the taxonomy: suggested, never taken.
_OFTEN_MEANT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "normal": "healthy", "good": "healthy", "ok": "healthy", "baseline": "healthy", "unbalance": "imbalance",
        "ir": "inner_race", "inner": "inner_race", "or": "outer_race", "outer": "outer_race", "b": "rolling_element",
        "ball": "rolling_element", "roller": "rolling_element", "whirl": "oil_whirl", "lube": "lubrication",
    }
)  # fmt: skip


def label_key(name: str | int, *, kind: BearingKind, mapping: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return the key of the class that `name` means.

    Parameters
    ----------
    name : str or int
        A key, an English or French name (capitals, accents and blanks aside), or the index of a class.
    kind : {"journal", "rolling"}
    mapping : mapping
        From names that people use to any of the above; looked up first.

    Raises
    ------
    ParameterError
        If the kind of bearing has no such class; the message lists those it has, and what may be meant.

    Examples
    --------
    >>> label_key("Tourbillon d'huile", kind="journal"), label_key(2, kind="journal")
    ('oil_whirl', 'imbalance')
    >>> label_key("IR", kind="rolling", mapping={"IR": "inner_race"})
    'inner_race'
    >>> label_key("IR", kind="rolling")
    Traceback (most recent call last):
    palier.errors.ParameterError: label 'IR' is no class of rolling bearings; allowed are healthy, outer_race,
    inner_race, rolling_element, cage, imbalance, misalignment, looseness: is it inner_race? Then state
    --label-map IR=inner_race
    """
    meant = mapping.get(str(name), name)
    classes = classes_of(kind)
    text = str(meant).strip()
    if text.isdecimal():
        if int(text) < len(classes):
            return classes[int(text)].key
    else:
        names = {_plain(n): c.key for c in classes for n in (c.key, c.name_en, c.name_fr)}
        names |= {n.removeprefix("defaut_de_").removeprefix("defaut_d_"): key for n, key in names.items()}
        if _plain(text) in names:
            return names[_plain(text)]
    keys = [c.key for c in classes]
    raise ParameterError(
        f"label {text!r} is no class of {kind} bearings; allowed are {', '.join(keys)}{_suggestion(text, keys)}"
    )


def _suggestion(text: str, keys: list[str]) -> str:
    meant = _OFTEN_MEANT.get(_plain(text)) or next(iter(get_close_matches(_plain(text), keys, 1)), None)
    if meant not in keys:
        return f"; state which one is meant: --label-map {text}=CLASS"
    return f": is it {meant}? Then state --label-map {text}={meant}"


def _plain(name: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", ascii_only.lower()).strip("_")


def severity_level(name: str, *, mapping: Mapping[str, str] = MappingProxyType({})) -> SeverityLevel | None:
    """Return the level of severity that `name` means; None for an empty name and for ``none``.

    Raises
    ------
    ParameterError
        If there is none of that name.

    Examples
    --------
    >>> severity_level("Mild"), severity_level("0", mapping={"0": "incipient"}), severity_level("none")
    ('mild', 'incipient', None)
    """
    text = mapping.get(name, name).strip().lower()
    if text in ("", "none"):
        return None
    for level in SEVERITY_LEVELS:
        if text == level:
            return level
    raise ParameterError(
        f"severity {name!r} is no level; allowed are {', '.join(SEVERITY_LEVELS)} and none: state which one is meant: "
        f"--severity-map {name}=LEVEL"
    )


def parse_map(entries: tuple[str, ...], *, option: str) -> dict[str, str]:
    """Read entries ``old=key``.

    Raises
    ------
    ParameterError
        If an entry has another form, or two contradict each other.

    Examples
    --------
    >>> parse_map(("IR=inner_race", "B=rolling_element"), option="--label-map")
    {'IR': 'inner_race', 'B': 'rolling_element'}
    """
    made: dict[str, str] = {}
    for entry in entries:
        old, sign, key = entry.rpartition("=")
        if not (old and sign and key):
            raise ParameterError(f"{option} {entry!r}; allowed is OLD=KEY, such as IR=inner_race")
        if made.setdefault(old, key) != key:
            raise ParameterError(f"{option}: {old} is mapped to {made[old]} and to {key}; choose one")
    return made
