"""Frozen values as JSON, and the schema of what comes out; made from the values themselves."""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from math import isfinite
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

__all__ = ["json_form", "json_schema_of", "object_schema"]

#: Significant digits of every number: more would differ between processors.
_DIGITS = 6

_PLAIN = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}


def json_form(value: Any) -> Any:
    """Return dataclasses, mappings, tuples and lists as JSON values, numbers to six significant digits.

    Raises
    ------
    TypeError
        If a value has no JSON form.
    ValueError
        If a number is NaN or infinite: what does not exist is None.

    Examples
    --------
    >>> json_form({"a": (1.23456789, None)})
    {'a': [1.23457, None]}
    """
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, float):  # NumPy's double is one
        if not isfinite(value):
            raise ValueError(f"{value} has no JSON form")
        return float(f"{float(value):.{_DIGITS}g}")
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: json_form(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {k: json_form(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return [json_form(v) for v in value]
    raise TypeError(f"{type(value).__name__} has no JSON form")


def object_schema(properties: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an object with exactly these properties.

    Examples
    --------
    >>> object_schema({"a": {"type": "null"}})["required"]
    ['a']
    """
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def json_schema_of(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a type; dataclasses go into `definitions` and are referred to.

    Raises
    ------
    TypeError
        If the type has no schema here.

    Examples
    --------
    >>> json_schema_of(tuple[int, ...] | None, {})
    {'anyOf': [{'type': 'array', 'items': {'type': 'integer'}}, {'type': 'null'}]}
    """
    if kind in _PLAIN:
        return {"type": _PLAIN[kind]}
    origin, args = get_origin(kind), get_args(kind)
    if origin is Literal:
        return {"enum": list(args)}
    if origin in {Union, types.UnionType}:
        return {"anyOf": [json_schema_of(a, definitions) for a in args]}
    if origin is tuple and args[-1] is Ellipsis:
        return {"type": "array", "items": json_schema_of(args[0], definitions)}
    if origin is tuple:
        items = [json_schema_of(a, definitions) for a in args]
        return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}
    if origin is dict:
        return {"type": "object", "additionalProperties": json_schema_of(args[1], definitions)}
    if not (isinstance(kind, type) and is_dataclass(kind)):
        raise TypeError(f"{kind!r} has no JSON Schema here")
    if kind.__name__ not in definitions:
        definitions[kind.__name__] = {}
        hints = get_type_hints(kind)
        definitions[kind.__name__] = object_schema(
            {f.name: json_schema_of(hints[f.name], definitions) for f in fields(kind)}
        )
    return {"$ref": f"#/$defs/{kind.__name__}"}
