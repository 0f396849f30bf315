"""What the acquisition audit says: findings, each with its severity and its remedy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal, get_args

from palier.errors import ParameterError

__all__ = ["SEVERITIES", "Finding", "FindingSeverity", "worst"]

FindingSeverity = Literal["info", "warning", "fatal"]

#: From harmless to fatal. ``fatal``: nothing should be learnt or concluded from the recording before it is remedied.
SEVERITIES: Final[tuple[FindingSeverity, ...]] = get_args(FindingSeverity)

_Value = float | int | str | bool | None | tuple[str, ...] | tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about an acquisition that somebody should know before they trust its numbers.

    Parameters
    ----------
    key : str
        Stable name of the kind of finding, such as ``clipping``.
    severity : {"info", "warning", "fatal"}
    source : str
        The recording, its channel (``file:channel``), or the set, the class or the pair of recordings.
    text : str
        What was found, with its numbers.
    remedy : str
        What to do.
    values : mapping
        The numbers behind the text; made read-only.

    Raises
    ------
    ParameterError
        If the severity is none of the three, or a text is empty.

    Examples
    --------
    >>> f = Finding("clipping", "warning", "a.wav", "12 samples are cut off.", "Lower the gain.", {"n_clipped": 12})
    >>> f.values["n_clipped"]
    12
    """

    key: str
    severity: FindingSeverity
    source: str
    text: str
    remedy: str
    values: Mapping[str, _Value] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if self.severity not in SEVERITIES:
            raise ParameterError(f"severity is {self.severity!r}; allowed are {', '.join(SEVERITIES)}")
        if not (self.key and self.text and self.remedy):
            raise ParameterError(f"finding {self.key!r} of {self.source!r} needs a key, a text and a remedy")
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))


def worst(findings: Iterable[Finding]) -> FindingSeverity | None:
    """Return the gravest severity among `findings`, or None if there are none.

    Examples
    --------
    >>> worst([]) is None
    True
    """
    return max((f.severity for f in findings), key=SEVERITIES.index, default=None)
