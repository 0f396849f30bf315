"""An example of every answer, made of an example of every field."""

from collections.abc import Mapping
from typing import Any

__all__ = ["example_of"]

_ID, _DIGEST = "0193a1b2c3d4e5f60718293a4b5c6d7e", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_BEGUN, _DONE = "2026-11-23T08:00:00Z", "2026-11-23T08:00:04Z"
_SENTENCE = "Bearing damage: outer-race defect (p < 0.000001, modulation depth 79%)."

#: By ``Schema.field``, then by the field's name alone.
_VALUES: dict[str, Any] = {
    "AuditRow.action": "recording.delete",
    "AuditRow.details": {"file": "pump 3.wav"},
    "AuditRow.subject_kind": "recording",
    "AuditFinding.key": "clipped",
    "AuditFinding.severity": "warning",
    "AuditFinding.text": "12 samples lie on the limit.",
    "AuditFinding.remedy": "Choose a wider range and measure again.",
    "CatalogueRow.input": "features",
    "CatalogueRow.name": "extra_trees",
    "CatalogueRow.text": "Extremely randomised trees.",
    "CurveOut.name": "envelope_spectrum",
    "CurveOut.x": [107.1, 107.6],
    "CurveOut.low": [0.002, 0.011],
    "CurveOut.high": [0.003, 0.34],
    "CurveOut.exact": False,
    "DatasetBrief.kind": "journal",
    "EvaluationOut.result": {"schema_version": "1.0"},
    "JobBrief.kind": "diagnose",
    "JobBrief.title": "pump 3.wav",
    "JobOut.result": {"diagnosis_id": _ID, "verdict": "damage", "sentence": _SENTENCE},
    "LogLine.text": "reading",
    "KeyOut.name": "nightly import",
    "LinkOut.link": "https://palier.example.com/invitation#…",
    "MatrixOut.name": "spectrogram",
    "MatrixOut.level_db": [[-61.2, -60.8], [-40.1, -39.7]],
    "MatrixOut.time_s": [0.021, 0.043],
    "MetadataOut.name": "trees",
    "MetadataOut.parameters": {"classes": ["healthy", "imbalance"], "window_s": 1.0},
    "ModelBrief.kind": "extra_trees",
    "ModelReadyOut.name": "trees",
    "PersonOut.name": "Ada Byron",
    "PointOut.name": "Drive end",
    "QueueOut.name": "analysis",
    "ServerOut.name": "palier",
    "ServerOut.version": "0.1.0",
    "SystemOut.version": "0.1.0",
    "TensorMetadata.name": "samples",
    "TensorMetadata.shape": [-1, 12000],
    "TensorMetadata.datatype": "FP32",
    "TensorOut.name": "probabilities",
    "TensorOut.shape": [1, 2],
    "TensorOut.data": [0.91, 0.09],
    "TensorOut.datatype": "FP64",
    "TensorOut.parameters": {"classes": ["healthy", "imbalance"]},
    "WaveformOut.exact": False,
    "WorkerOut.queues": "analysis,training",
    "WorkspaceOut.name": "Paper mill",
    "action": "recording.delete",
    "actor_name": "Ada Byron",
    "address": "192.0.2.7",
    "bearing": "6205",
    "bearing_kind": "journal",
    "bytes": 524288,
    "card": {"seed": 1, "schema_version": 3},
    "channel": "DE",
    "channels": ["DE", "FE"],
    "checks": {"database": "ok", "migrations": "ok", "workers": "ok", "limits": "ok"},
    "content_hash": _DIGEST,
    "created_by_name": "Ada Byron",
    "declared": {"unit": "g", "speed_hz": 29.95},
    "description": "Boiler feed, 90 kW",
    "direction": "vertical",
    "disk_free_bytes": 52_000_000_000,
    "duration_s": 2.0,
    "email": "ada@example.com",
    "error": None,
    "evaluation": {"schema_version": "1.0"},
    "extensions": [],
    "family": "trees",
    "fault": "outer_race",
    "file_name": "pump 3.wav",
    "frequency_hz": [0.0, 46.9],
    "high": [0.41, 0.38],
    "host": "mill-server",
    "kind_words": "Diagnose a recording",
    "language": "en",
    "level": "info",
    "link": f"/api/v1/diagnoses/{_ID}",
    "levels": {"rms": 0.17, "peak": 1.14, "crest_factor": 6.8, "kurtosis": 14.2},
    "location": "Boiler house",
    "low": [-0.4, -0.37],
    "machine_name": "Feed pump 3",
    "model_name": "trees",
    "model_version": "1",
    "mounting": "stud",
    "n_samples": 24000,
    "name": "Feed pump 3",
    "next": None,
    "nominal_speed_hz": 24.9,
    "note": "Seen when dismantled.",
    "notes": [],
    "opinion": "right",
    "owner_name": "Ada Byron",
    "parameters": {"n_estimators": 300},
    "pid": 4711,
    "platform": "onnx",
    "point_name": "Drive end",
    "prefix": "4f1c9a7e",
    "problem": None,
    "progress": 1.0,
    "progress_note": "report",
    "queue": "analysis",
    "ranges": {"n_estimators": [10, 2000]},
    "reader": "wav",
    "result": {"schema_version": "1.1", "results": []},
    "rms": 0.17,
    "sampling_rate_hz": 12000.0,
    "scopes": ["read", "diagnose"],
    "secret": "palier_4f1c9a7e_…",
    "sentence": _SENTENCE,
    "settings": {"bearing": "6205"},
    "severity": "mild",
    "source": "record-0009",
    "speed_hz": 29.95,
    "status": "done",
    "summary": {"n_findings": None},
    "time_s": [0.0, 0.001],
    "title": "pump 3.wav",
    "top_fault": "outer_race",
    "trend_db": 27.1,
    "unit": "g",
    "verdict": "damage",
    "version": 1,
    "versions": ["1"],
    "x_unit": "Hz",
    "y_unit": None,
    "zone": "B",
    "worst_zone": "B",
    "finished_at": _DONE,
    "expires_at": None,
    "revoked_at": None,
    "disabled_at": None,
    "last_used_at": _DONE,
    "last_seen_at": _DONE,
    "eta_at": None,
    "sha256": _DIGEST,
    "by": _ID,
    "state": "ready",
    "analyst": None,
    "queue_position": None,
}
_PLAIN: dict[str, Any] = {"string": "…", "integer": 3, "number": 1.5, "boolean": True, "object": {}, "null": None}


def example_of(name: str, schemas: Mapping[str, Any]) -> Any:
    """Return an example of a schema: its own, or one made of its fields."""
    schema = schemas[name]
    if schema.get("examples"):
        return schema["examples"][0]
    if "properties" not in schema:
        return _of_kind(schema, schemas, name)
    kinds = _kinds(name, schemas)
    return {
        field: _of_field(kinds, field, inner, schemas)
        for field, inner in schema["properties"].items()
        if field in schema.get("required", ()) or field in _VALUES
    }


def _kinds(name: str, schemas: Mapping[str, Any]) -> list[str]:
    """Return a schema and those of which it has all fields: what is said of theirs holds for it."""
    own = set(schemas[name].get("properties", ()))
    wider = [n for n, s in schemas.items() if n != name and n.endswith("Brief") and set(s["properties"]) <= own]
    return [name, *wider]


def _of_field(kinds: list[str], field: str, schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    for known in (f"{kind}.{field}" for kind in kinds):
        if known in _VALUES:
            return _VALUES[known]
    if "const" in schema or schema.get("examples"):
        return _of_kind(schema, schemas, field)
    if field in _VALUES:
        return _VALUES[field]
    if field == "id" or field.endswith("_id"):
        return _ID
    if schema.get("format") == "date-time" or field.endswith("_at") or field == "at":
        return _BEGUN
    return _of_kind(schema, schemas, field)


def _of_kind(schema: Mapping[str, Any], schemas: Mapping[str, Any], field: str) -> Any:
    if schema.get("examples"):
        return schema["examples"][0]
    if "$ref" in schema:
        return example_of(schema["$ref"].rsplit("/", 1)[-1], schemas)
    if "anyOf" in schema:
        return _of_kind(schema["anyOf"][0], schemas, field)
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    if schema.get("type") == "array":
        return [_of_kind(schema["items"], schemas, field)]
    return _PLAIN[schema.get("type", "object")]
