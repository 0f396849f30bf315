"""The HIT-SM bearing records (Harbin Institute of Technology, SpectraQuest rig).

One column vector per file under a name that says nothing; the file name says class and nominal speed. Published with
the set (github.com/hitwzc/Bearing-datasets): 51.2 kHz, bearing 6205. The unit is not published, and the healthy files
are some hundred times smaller than the faulty ones: levels cannot be compared.
"""

import re
from dataclasses import replace

from palier.data.candidates import Candidates
from palier.data.facts import Facts, Stated
from palier.data.source import Source

__all__ = ["refine"]

_NAME = re.compile(r"(?:Normal|IR\d+|OR\d+)_(\d{3,4})", re.IGNORECASE)
_N_SAMPLES = 262_144


def refine(source: Source, found: Candidates, *, forced: bool) -> Candidates | None:
    """Return what is known of a HIT-SM record; ``None`` where neither its marks are there nor the user says so."""
    named = _NAME.fullmatch(source.path.stem)
    one = len(found.channels) == 1
    if not (one and (forced or (named is not None and found.channels[0].n_samples == _N_SAMPLES))):
        return None
    facts = Facts(
        sampling_rate_hz=Stated(51_200.0, "published for the HIT-SM set"),
        bearing_name=Stated("6205", "published for the HIT-SM set"),
    )
    notes = [
        "unit undeclared: it is not published, and healthy and faulty files differ in scale; do not compare levels"
    ]
    if named is not None:
        rpm = int(named[1])
        facts = replace(facts, speed_hz=Stated(rpm / 60, f"nominal, from the file name {source.name}"))
    return replace(found, reader="hit_sm_mfs", facts=facts.over(found.facts), notes=(*found.notes, *notes))
