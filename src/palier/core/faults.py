"""The one taxonomy of faults, for the generator, the detector, models, reports and pages.

A class index is a property of this table, never of the list of faults that somebody selected.
"""

from dataclasses import dataclass
from typing import Final, Literal

from palier.core.bearing import RollingBearing
from palier.errors import ParameterError

__all__ = [
    "JOURNAL_CLASSES",
    "ROLLING_CLASSES",
    "ROLLING_FAULTS",
    "BearingKind",
    "Fault",
    "Signature",
    "class_index",
    "classes_of",
    "fault",
    "line_order",
]

BearingKind = Literal["rolling", "journal"]


@dataclass(frozen=True, slots=True)
class Signature:
    """Where a fault shows: a family of lines, or a band, in orders of shaft speed or in Hz."""

    line: Literal["bpfo", "bpfi", "bsf2", "ftf", "shaft", "band_orders", "band_hz"]
    """A defect line of the bearing, a multiple of the shaft, or a band."""
    multiples: tuple[float, ...] = (1.0,)
    """Harmonics of `line` that carry the fault; for a band, its two edges."""
    sideband: Literal["shaft", "cage"] | None = None
    """What modulates the line, and so spaces its sidebands."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of the taxonomy."""

    key: str
    """Stable English key."""
    name_en: str
    name_fr: str
    kinds: tuple[BearingKind, ...]
    signatures: tuple[Signature, ...] = ()
    journal_class: int | None = None
    """Index among the eleven journal-bearing classes."""


_BAND: Final = "band_orders"
_FAULTS = (
    Fault("healthy", "healthy", "sain", ("journal", "rolling"), (), 0),
    Fault(
        "misalignment",
        "misalignment",
        "désalignement",
        ("journal", "rolling"),
        (Signature("shaft", (2.0, 3.0)),),
        1,
    ),
    Fault("imbalance", "imbalance", "déséquilibre", ("journal", "rolling"), (Signature("shaft", (1.0,)),), 2),
    Fault(
        "clearance",
        "excessive clearance",
        "jeu",
        ("journal",),
        (Signature(_BAND, (0.43, 0.48)), Signature("shaft", (1.0, 2.0))),
        3,
    ),
    Fault(
        "lubrication", "poor lubrication", "défaut de lubrification", ("journal",), (Signature("band_hz", (2, 5)),), 4
    ),
    Fault("cavitation", "cavitation", "cavitation", ("journal",), (Signature("band_hz", (1500, 2500)),), 5),
    Fault("wear", "wear", "usure", ("journal",), (Signature("shaft", (1.0, 2.0)),), 6),
    Fault("oil_whirl", "oil whirl", "tourbillon d'huile", ("journal",), (Signature(_BAND, (0.42, 0.48)),), 7),
    Fault(
        "misalignment_imbalance",
        "misalignment and imbalance",
        "désalignement et déséquilibre",
        ("journal",),
        (Signature("shaft", (1.0, 2.0, 3.0)),),
        8,
    ),
    Fault(
        "wear_lubrication",
        "wear and poor lubrication",
        "usure et défaut de lubrification",
        ("journal",),
        (Signature("shaft", (1.0, 2.0)), Signature("band_hz", (2, 5))),
        9,
    ),
    Fault(
        "cavitation_clearance",
        "cavitation and excessive clearance",
        "cavitation et jeu",
        ("journal",),
        (Signature("band_hz", (1500, 2500)), Signature(_BAND, (0.43, 0.48)), Signature("shaft", (1.0, 2.0))),
        10,
    ),
    Fault(
        "outer_race", "outer-race defect", "défaut de bague extérieure", ("rolling",), (Signature("bpfo", (1, 2, 3)),)
    ),
    Fault(
        "inner_race",
        "inner-race defect",
        "défaut de bague intérieure",
        ("rolling",),
        (Signature("bpfi", (1, 2, 3), "shaft"),),
    ),
    Fault(
        "rolling_element",
        "rolling-element defect",
        "défaut d'élément roulant",
        ("rolling",),
        (Signature("bsf2", (1, 2, 3), "cage"),),
    ),
    Fault("cage", "cage defect", "défaut de cage", ("rolling",), (Signature("ftf", (1, 2, 3)),)),
    Fault("looseness", "looseness", "desserrage", ("rolling",), (Signature("shaft", (1, 2, 3, 4, 5, 6)),)),
)

_BY_KEY = {f.key: f for f in _FAULTS}

#: The eleven journal-bearing classes, in class order.
JOURNAL_CLASSES: tuple[Fault, ...] = tuple(
    sorted((f for f in _FAULTS if f.journal_class is not None), key=lambda f: f.journal_class or 0)
)

#: The damage of a rolling bearing itself, in the order reports list it.
ROLLING_FAULTS: tuple[Fault, ...] = tuple(_BY_KEY[k] for k in ("outer_race", "inner_race", "rolling_element", "cage"))

#: The classes of a rolling-bearing dataset, in class order.
ROLLING_CLASSES: tuple[Fault, ...] = tuple(
    _BY_KEY[k]
    for k in (
        "healthy",
        "outer_race",
        "inner_race",
        "rolling_element",
        "cage",
        "imbalance",
        "misalignment",
        "looseness",
    )
)


def classes_of(kind: BearingKind) -> tuple[Fault, ...]:
    """Return the classes of a bearing kind, in class order.

    Examples
    --------
    >>> len(classes_of("journal")), len(classes_of("rolling"))
    (11, 8)
    """
    if kind not in ("journal", "rolling"):
        raise ParameterError(f"bearing kind is {kind!r}; allowed are journal, rolling")
    return JOURNAL_CLASSES if kind == "journal" else ROLLING_CLASSES


def class_index(key: str, *, kind: BearingKind) -> int:
    """Return the class index of a fault: a property of the taxonomy, whatever faults a dataset holds.

    Raises
    ------
    ParameterError
        If the kind of bearing has no such class.

    Examples
    --------
    >>> class_index("oil_whirl", kind="journal"), class_index("inner_race", kind="rolling")
    (7, 2)
    """
    keys = [f.key for f in classes_of(kind)]
    if key not in keys:
        raise ParameterError(f"no class {key!r} of {kind} bearings; there are {', '.join(keys)}")
    return keys.index(key)


def fault(key: str) -> Fault:
    """Return the fault with this key.

    Examples
    --------
    >>> fault("outer_race").name_fr
    'défaut de bague extérieure'
    """
    try:
        return _BY_KEY[key]
    except KeyError:
        raise ParameterError(f"no fault {key!r}; there are {', '.join(_BY_KEY)}") from None


def line_order(bearing: RollingBearing, line: str) -> float:
    """Return a defect line of `bearing` in orders of its shaft speed.

    Examples
    --------
    >>> b = RollingBearing(9, 7.94e-3, 39.04e-3, 0.0, provenance="CWRU drive end")
    >>> round(line_order(b, "bsf2"), 3)
    4.713
    """
    orders = {
        "bpfo": bearing.bpfo_order,
        "bpfi": bearing.bpfi_order,
        "bsf2": bearing.bsf2_order,
        "ftf": bearing.ftf_order,
        "shaft": 1.0,
    }
    if line not in orders:
        raise ParameterError(f"no line {line!r}; there are {', '.join(orders)}")
    return orders[line]
