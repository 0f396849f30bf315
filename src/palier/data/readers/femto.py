"""The FEMTO (PRONOSTIA) run-to-failure snapshots of the IEEE PHM 2012 challenge.

``acc_00001.csv`` and so on: hour, minute, second, microsecond, horizontal and vertical acceleration in g, 25.6 kHz,
without a header. The four time columns are rounded to 1 µs or coarser and are not used. The speed is a matter of the
operating condition, which only the folder name tells. P. Nectoux et al., IEEE PHM'12, Denver (2012), hal-00719503.
"""

import re
from dataclasses import replace

from palier.data.candidates import Candidates, Channel
from palier.data.facts import Facts, Stated
from palier.data.source import Source

__all__ = ["refine"]

_NAME = re.compile(r"acc_\d{5}", re.IGNORECASE)
_FOLDER = re.compile(r"bearing([123])_\d", re.IGNORECASE)
#: Nominal speed of the three operating conditions, rpm.
_CONDITION_RPM = {"1": 1800, "2": 1650, "3": 1500}
_TIME_LIMITS = (24, 60, 60, 1_000_000)


def refine(source: Source, found: Candidates, *, forced: bool) -> Candidates | None:
    """Return what is known of a FEMTO snapshot; ``None`` where its marks are missing."""
    first_row = [value for name, value in found.scalars if name.startswith("first row")]
    if len(first_row) != 6 or not _is_time_of_day(first_row[:4]):
        return None
    if not forced and not _NAME.fullmatch(source.name.split(".")[0]):
        return None
    facts = Facts(
        sampling_rate_hz=Stated(25_600.0, "published for the FEMTO set"),
        unit=Stated("g", "published for the FEMTO set"),
        bearing_name=Stated("PRONOSTIA", "published for the FEMTO set"),
    )
    folder = _FOLDER.search(source.path.absolute().parent.name)
    if folder is not None:
        rpm = _CONDITION_RPM[folder[1]]
        why = f"nominal, operating condition {folder[1]} from the folder name {folder[0]}"
        facts = replace(facts, speed_hz=Stated(rpm / 60, why))
    return replace(
        found,
        reader="femto",
        channels=(
            Channel("horizontal", None, column=4, aliases=("h",)),
            Channel("vertical", None, column=5, aliases=("v",)),
        ),
        facts=facts.over(found.facts),
        notes=(*found.notes, "the time columns (hour to microsecond) were not used"),
        rejected=(),
        preferred=Stated("horizontal", "the direction of the load in the FEMTO set; declare a channel to take another"),
        time_axis=None,
    )


def _is_time_of_day(fields: list[object]) -> bool:
    try:
        values = [float(str(f).replace(",", ".")) for f in fields]
    except ValueError:
        return False
    return all(0 <= v < limit for v, limit in zip(values, _TIME_LIMITS, strict=True)) and all(
        v == int(v) for v in values
    )
