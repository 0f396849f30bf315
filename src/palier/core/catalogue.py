"""Bearings whose geometry is published, and geometry typed in by hand."""

import csv
import difflib
import math
import re
from functools import cache
from importlib.resources import files

from palier.core.bearing import RollingBearing
from palier.errors import BearingError

__all__ = ["catalogue", "find_bearing", "parse_bearing"]

_LENGTHS_M = {"mm": 1e-3, "cm": 1e-2, "m": 1.0, "in": 25.4e-3}
_ANGLES_RAD = {"": math.pi / 180, "deg": math.pi / 180, "°": math.pi / 180, "rad": 1.0}
_NUMBER = re.compile(r"^([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)\s*([a-zµ°]*)$", re.IGNORECASE)
_EXAMPLE = "n=9,d=7.94mm,D=39.04mm,phi=0"


@cache
def _rows() -> tuple[tuple[RollingBearing, tuple[str, ...]], ...]:
    text = (files("palier.core") / "bearings.csv").read_text(encoding="utf-8")
    rows = []
    for row in csv.DictReader(text.splitlines()):
        bearing = RollingBearing(
            n_elements=int(row["n_elements"]),
            element_diameter_m=float(row["element_diameter_mm"]) * 1e-3,
            pitch_diameter_m=float(row["pitch_diameter_mm"]) * 1e-3,
            contact_angle_rad=math.radians(float(row["contact_angle_deg"])),
            provenance=f"{row['source']} ({row['confidence']})",
            name=row["name"],
        )
        rows.append((bearing, tuple(a for a in row["aliases"].split("|") if a)))
    return tuple(rows)


def catalogue() -> tuple[RollingBearing, ...]:
    """Return every bearing of the catalogue.

    Examples
    --------
    >>> [b.name for b in catalogue()][:2]
    ['6205-2RS', '6203-2RS']
    """
    return tuple(bearing for bearing, _ in _rows())


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def find_bearing(name: str) -> RollingBearing:
    """Return the bearing with this name; case, blanks and dashes do not matter.

    Raises
    ------
    BearingError
        If there is none, with the nearest names.

    Examples
    --------
    >>> find_bearing("6205 2rs").name
    '6205-2RS'
    >>> find_bearing("er16")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    palier.errors.BearingError: bearing 'er16' is not in the catalogue; did you mean ER-16K ...?...
    """
    known = {_folded(n): bearing for bearing, aliases in reversed(_rows()) for n in (*aliases, bearing.name)}
    key = _folded(name)
    if key in known:
        return known[key]
    near = difflib.get_close_matches(key, known, n=6, cutoff=0.5)
    names = list(dict.fromkeys(known[n].name for n in near))[:3]
    hint = f"did you mean {' or '.join(names)}? Otherwise give" if names else "give"
    raise BearingError(
        f"bearing {name!r} is not in the catalogue; {hint} its geometry, such as {_EXAMPLE} "
        "(elements, element diameter, pitch diameter, contact angle)"
    )


def parse_bearing(text: str) -> RollingBearing:
    """Return a bearing from a catalogue name or from typed geometry.

    Parameters
    ----------
    text : str
        A name, or ``n=…,d=…,D=…,phi=…``: number of elements, element and pitch diameter (mm, cm, m, in), contact
        angle (degrees, or with ``rad``; 0 if left out).

    Raises
    ------
    BearingError
        If the name is not known, or the geometry is incomplete or impossible.

    Examples
    --------
    >>> round(parse_bearing("n=9,d=0.3126in,D=1.537in").bpfi_order, 4)
    5.4152
    """
    if "=" not in text:
        return find_bearing(text)
    values: dict[str, str] = {}
    for part in text.split(","):
        key, sign, value = part.partition("=")
        key = key.strip()
        if not sign or key not in {"n", "d", "D", "phi"}:
            raise BearingError(f"bearing geometry: {part.strip()!r} is not understood; write it like {_EXAMPLE}")
        if key in values:
            raise BearingError(f"bearing geometry: {key} is given twice; write it like {_EXAMPLE}")
        values[key] = value.strip()
    missing = [k for k in ("n", "d", "D") if k not in values]
    if missing:
        raise BearingError(f"bearing geometry: {', '.join(missing)} missing; write it like {_EXAMPLE}")
    count = _quantity("n", values["n"], {"": 1.0})
    if count != int(count):
        raise BearingError(f"bearing geometry: n is {values['n']}; allowed is a whole number of elements")
    return RollingBearing(
        n_elements=int(count),
        element_diameter_m=_quantity("d", values["d"], _LENGTHS_M),
        pitch_diameter_m=_quantity("D", values["D"], _LENGTHS_M),
        contact_angle_rad=_quantity("phi", values.get("phi", "0"), _ANGLES_RAD),
        provenance="geometry as typed in by the user",
        name=text.replace(" ", ""),
    )


def _quantity(key: str, text: str, units: dict[str, float]) -> float:
    match = _NUMBER.match(text)
    if match is None or match.group(2).lower() not in units:
        allowed = ", ".join(u for u in units if u)
        with_unit = f" with one of {allowed}" if allowed else ""
        raise BearingError(f"bearing geometry: {key}={text} is not understood; allowed is a number{with_unit}")
    value = float(match.group(1)) * units[match.group(2).lower()]
    if not math.isfinite(value):
        raise BearingError(f"bearing geometry: {key}={text} is not a finite number")
    return value
