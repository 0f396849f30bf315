"""The JSON form of results and comparisons, its schema, and the way back."""

import json
import types
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from palier.core.json_form import json_form, json_schema_of
from palier.errors import ReadError
from palier.evaluation.compare import Comparison
from palier.evaluation.result import EVALUATION_SCHEMA, EvaluationResult

__all__ = ["comparison_json", "evaluation_json", "evaluation_schema", "read_evaluation"]

Value = TypeVar("Value")


def evaluation_json(result: EvaluationResult) -> str:
    """Return the JSON document of a result: the same result gives the same bytes."""
    return json.dumps(json_form(result), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def comparison_json(comparison: Comparison) -> str:
    """Return the JSON document of a comparison."""
    return json.dumps(json_form(comparison), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


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
    json_schema_of(EvaluationResult, definitions)
    whole = definitions.pop("EvaluationResult")
    whole["properties"]["schema_version"] = {"const": EVALUATION_SCHEMA}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "palier evaluation",
        **whole,
        "$defs": dict(sorted(definitions.items())),
    }


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
