"""The JSON form of results and comparisons, its schema, and the way back."""

import json
import types
from dataclasses import fields, is_dataclass
from math import isfinite
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

from palier.errors import ReadError
from palier.evaluation.compare import Comparison
from palier.evaluation.result import EVALUATION_SCHEMA, EvaluationResult

__all__ = ["comparison_json", "evaluation_json", "evaluation_schema", "read_evaluation"]

#: Significant digits of every number: more would differ between processors.
_DIGITS = 6

Value = TypeVar("Value")


def evaluation_json(result: EvaluationResult) -> str:
    """Return the JSON document of a result: the same result gives the same bytes."""
    return json.dumps(_plain(result), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def comparison_json(comparison: Comparison) -> str:
    """Return the JSON document of a comparison."""
    return json.dumps(_plain(comparison), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def read_evaluation(path: Path) -> EvaluationResult:
    """Read a result that `evaluation_json` wrote.

    Raises
    ------
    ReadError
        If the file is missing, is no such document, or of another major version.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ReadError(f"{path}: cannot be read ({error.strerror}); name a file of `palier evaluate`") from error
    except ValueError as error:
        raise ReadError(f"{path}: no JSON ({error}); name a file of `palier evaluate`") from error
    version = str(document.get("schema_version")) if isinstance(document, dict) else "none"
    if version.split(".")[0] != EVALUATION_SCHEMA.split(".")[0]:
        raise ReadError(f"{path}: schema version {version}, and this palier reads {EVALUATION_SCHEMA}; evaluate again")
    try:
        return _built(EvaluationResult, document)
    except (KeyError, TypeError, ValueError) as error:
        raise ReadError(f"{path}: no result of an evaluation ({error}); evaluate again") from error


def evaluation_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of `evaluation_json`, made from the values themselves."""
    definitions: dict[str, Any] = {}
    _schema(EvaluationResult, definitions)
    whole = definitions.pop("EvaluationResult")
    whole["properties"]["schema_version"] = {"const": EVALUATION_SCHEMA}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "palier evaluation",
        **whole,
        "$defs": dict(sorted(definitions.items())),
    }


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    if isinstance(value, float | np.floating):
        if not isfinite(value):
            raise ValueError(f"{value} has no JSON form")
        return float(f"{float(value):.{_DIGITS}g}")
    if value is None or isinstance(value, bool | str | int):
        return value
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _built(kind: type[Value], value: Any) -> Value:
    """Make a dataclass, with all that it holds, of JSON values."""
    hints = get_type_hints(kind)
    known = {f.name for f in fields(kind)}  # type: ignore[arg-type]
    if set(value) != known:
        raise ValueError(f"{kind.__name__} with {', '.join(sorted(set(value) ^ known))} missing or unknown")
    return kind(**{name: _value(hints[name], value[name]) for name in known})


def _value(kind: Any, value: Any) -> Any:
    origin, args = get_origin(kind), get_args(kind)
    if origin in {Union, types.UnionType}:
        if value is None and type(None) in args:
            return None
        return _value(next(a for a in args if a is not type(None)), value)
    if origin is tuple:
        return tuple(_value(args[0], v) for v in value)
    if isinstance(kind, type) and is_dataclass(kind):
        return _built(kind, value)
    if origin is Literal:
        if value not in args:
            raise ValueError(f"{value!r} is none of {', '.join(map(str, args))}")
        return value
    return float(value) if kind is float else value


def _schema(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    plain = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
    if kind in plain:
        return {"type": plain[kind]}
    origin, args = get_origin(kind), get_args(kind)
    if origin is Literal:
        return {"enum": list(args)}
    if origin in {Union, types.UnionType}:
        return {"anyOf": [_schema(a, definitions) for a in args]}
    if origin is tuple:
        return {"type": "array", "items": _schema(args[0], definitions)}
    if not (isinstance(kind, type) and is_dataclass(kind)):
        raise TypeError(f"{kind!r} has no JSON Schema here")
    if kind.__name__ not in definitions:
        definitions[kind.__name__] = {}
        hints = get_type_hints(kind)
        properties = {f.name: _schema(hints[f.name], definitions) for f in fields(kind)}
        definitions[kind.__name__] = {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }
    return {"$ref": f"#/$defs/{kind.__name__}"}
