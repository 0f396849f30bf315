"""Where the measured recordings are, and what is true of them."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from palier.core.recording import Declared, Recording
from palier.data.read import read_recording

__all__ = ["Labelled", "folder", "labelled_recordings"]

_TRUTH = {"IR": "inner_race", "OR": "outer_race", "B": "rolling_element", "Normal": "healthy", "normal": "healthy"}


@dataclass(frozen=True, slots=True)
class Labelled:
    """One recording with what its publisher says of it."""

    recording: Recording
    data_set: str
    truth: str
    stratum: str


def folder() -> Path:
    """The folder of measured recordings."""
    named = os.environ.get("PALIER_REAL_DATA")
    path = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "data" / "real"
    if not (path / "cwru").is_dir():
        raise SystemExit(f"no measured recordings at {path}: set PALIER_REAL_DATA")
    return path


def labelled_recordings() -> Iterator[Labelled]:
    """CWRU drive-end and healthy records, then HIT-SM."""
    root = folder()
    for path in [*sorted((root / "cwru" / "12k_drive_end").glob("*.mat")), root / "cwru" / "normal_0_97.mat"]:
        kind = re.match(r"IR|OR|B|normal", path.name)
        assert kind is not None
        size = re.search(r"\d{3}", path.name)
        stratum = "healthy" if kind.group() == "normal" else f"{_TRUTH[kind.group()]} 0.{size.group()} in"  # type: ignore[union-attr]
        yield Labelled(read_recording(path), "CWRU", _TRUTH[kind.group()], stratum)
    for path in sorted((root / "hit_sm_mfs").glob("*.mat")):
        kind = re.match(r"IR|OR|Normal", path.name)
        assert kind is not None
        truth = _TRUTH[kind.group()]
        yield Labelled(read_recording(path, declared=Declared()), "HIT-SM", truth, truth)
