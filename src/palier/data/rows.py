"""A labelled record as a row of a dataset's tables, and back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np

from palier.core.dataset import LabelledRecord
from palier.core.recording import Provenance, Recording
from palier.core.shapes import Samples
from palier.data.schema import canonical_json
from palier.errors import ParameterError

__all__ = ["RecordRow", "row_of", "samples_sha256"]


@dataclass(frozen=True, slots=True)
class RecordRow:
    """Everything about a record but its samples."""

    index: Mapping[str, Any]
    """By column of the index."""
    truth: str
    """Canonical JSON."""
    provenance: str
    """Canonical JSON."""

    def record(self, samples: Samples) -> LabelledRecord:
        """Return the record that this row and its samples make."""
        facts = self.index
        kept = json.loads(self.provenance)
        provenance = Provenance(
            facts["source"] or "",
            kept.get("sha256", ""),
            reader=kept.get("reader", "memory"),
            notes=tuple(kept.get("notes", ())),
            channels_available=tuple(kept.get("channels_available", ())),
            speed_origin=kept.get("speed_origin"),
        )
        recording = Recording(
            samples,
            provenance,
            sampling_rate_hz=facts["sampling_rate_hz"],
            unit=facts["unit"],
            channel_names=tuple(facts["channel_names"]),
            speed_hz=facts["speed_hz"],
            start_time=facts["start_time"],
            bearing_name=facts["bearing_name"],
        )
        same = ("record_id", "label", "kind", "severity", "severity_value", "condition", "bearing", "rig", "load")
        more = ("load_unit", "temperature_c", "source_split")
        return LabelledRecord(
            recording=recording, truth=json.loads(self.truth), **{name: facts[name] for name in (*same, *more)}
        )


def row_of(record: LabelledRecord) -> RecordRow:
    """Describe a record, checked once more: what a file holds must be right.

    Raises
    ------
    ParameterError
        If samples are not finite, or the truth has no JSON form.
    """
    r = record.recording
    if not np.isfinite(r.samples).all():
        raise ParameterError(
            f"record {record.record_id!r}: {np.count_nonzero(~np.isfinite(r.samples))} of {r.samples.size} samples are "
            "NaN or infinite; correct the source"
        )
    try:
        truth = canonical_json(record.truth)
    except ParameterError as error:
        raise ParameterError(f"record {record.record_id!r}: its truth is {error}") from error
    p = r.provenance
    provenance: dict[str, Any] = {"sha256": p.sha256, "reader": p.reader}
    provenance |= {"notes": list(p.notes)} if p.notes else {}
    provenance |= {"channels_available": list(p.channels_available)} if p.channels_available else {}
    provenance |= {"speed_origin": p.speed_origin} if p.speed_origin else {}
    index = {
        "record_id": record.record_id,
        "label": record.label,
        "class_index": record.class_index,
        "kind": record.kind,
        "severity": record.severity,
        "severity_value": _number(record.severity_value),
        "condition": record.condition,
        "bearing": record.bearing,
        "bearing_name": r.bearing_name,
        "rig": record.rig,
        "load": _number(record.load),
        "load_unit": record.load_unit,
        "temperature_c": _number(record.temperature_c),
        "speed_hz": _number(r.speed_hz),
        "sampling_rate_hz": _number(r.sampling_rate_hz),
        "n_samples": r.n_samples,
        "n_channels": len(r.channel_names),
        "channel_names": list(r.channel_names),
        "unit": r.unit,
        "source": p.source,
        "source_split": record.source_split,
        "start_time": r.start_time,
        "sha256": samples_sha256(r.samples),
    }
    return RecordRow(index, truth, canonical_json(provenance))


def samples_sha256(samples: Samples) -> str:
    """Return the hex digest of samples, their shape included: of ``CxN:<f4`` and their bytes, channel by channel.

    Examples
    --------
    >>> one, two = np.zeros((1, 4), np.float32), np.zeros((2, 2), np.float32)
    >>> samples_sha256(one) == samples_sha256(two)
    False
    """
    digest = sha256(f"{samples.shape[0]}x{samples.shape[1]}:<f4".encode())
    digest.update(np.ascontiguousarray(samples, "<f4").data)
    return digest.hexdigest()


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)
