"""The JSON form of diagnoses: written the same for the same inputs, with a published schema."""

import json
import types
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from palier.diagnosis.result import SCHEMA_VERSION, Diagnosis

__all__ = ["Failure", "document_json", "json_schema"]

#: Significant digits of every number: more would differ between processors.
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Failure:
    """An input that could not be diagnosed, and why."""

    source: str
    error: str
    """Name of the error class."""
    message: str


def document_json(results: Sequence[Diagnosis | Failure]) -> str:
    """Return the JSON document of one call: every input in its order, as a diagnosis or as a failure.

    The same inputs give the same bytes: no date, no host, numbers to six significant digits.

    Examples
    --------
    >>> print(document_json([Failure("a.mat", "ReadError", "a.mat: no such file")]))
    {
      "schema_version": "1.1",
      "results": [
        {
          "status": "failed",
          "failure": {
            "source": "a.mat",
            "error": "ReadError",
            "message": "a.mat: no such file"
          }
        }
      ]
    }
    """
    rows = [
        {"status": "failed", "failure": asdict(r)}
        if isinstance(r, Failure)
        else {"status": "diagnosed", "diagnosis": asdict(r)}
        for r in results
    ]
    document = {"schema_version": SCHEMA_VERSION, "results": rows}
    return json.dumps(_rounded(document), indent=2, ensure_ascii=False, allow_nan=False)


def _rounded(value: Any) -> Any:
    if isinstance(value, bool) or value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}")
    if isinstance(value, dict):
        return {k: _rounded(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(v) for v in value]
    raise TypeError(f"{type(value).__name__} has no JSON form")


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of `document_json`, made from the values themselves."""
    definitions: dict[str, Any] = {}
    diagnosis = _schema_of(Diagnosis, definitions)
    failure = _schema_of(Failure, definitions)
    diagnosed = _object({"status": {"const": "diagnosed"}, "diagnosis": diagnosis})
    failed = _object({"status": {"const": "failed"}, "failure": failure})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "palier diagnoses",
        **_object(
            {
                "schema_version": {"const": SCHEMA_VERSION},
                "results": {"type": "array", "items": {"oneOf": [diagnosed, failed]}},
            }
        ),
        "$defs": dict(sorted(definitions.items())),
    }


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _schema_of(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    plain = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
    if kind in plain:
        return {"type": plain[kind]}
    origin, args = get_origin(kind), get_args(kind)
    if origin is Literal:
        return {"enum": list(args)}
    if origin in {Union, types.UnionType}:
        return {"anyOf": [_schema_of(a, definitions) for a in args]}
    if origin is tuple and args[-1] is Ellipsis:
        return {"type": "array", "items": _schema_of(args[0], definitions)}
    if origin is tuple:
        items = [_schema_of(a, definitions) for a in args]
        return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema_of(args[1], definitions)}
    if is_dataclass(kind) and isinstance(kind, type):
        if kind.__name__ not in definitions:
            definitions[kind.__name__] = {}
            hints = get_type_hints(kind)
            definitions[kind.__name__] = _object({f.name: _schema_of(hints[f.name], definitions) for f in fields(kind)})
        return {"$ref": f"#/$defs/{kind.__name__}"}
    raise TypeError(f"{kind!r} has no JSON Schema here")
