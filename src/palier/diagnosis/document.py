"""The JSON form of diagnoses: written the same for the same inputs, with a published schema."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from palier.core.json_form import json_form, json_schema_of, object_schema
from palier.diagnosis.result import SCHEMA_VERSION, Diagnosis

__all__ = ["Failure", "document_json", "json_schema"]


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
        {"status": "failed", "failure": r} if isinstance(r, Failure) else {"status": "diagnosed", "diagnosis": r}
        for r in results
    ]
    document = {"schema_version": SCHEMA_VERSION, "results": rows}
    return json.dumps(json_form(document), indent=2, ensure_ascii=False, allow_nan=False)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of `document_json`, made from the values themselves."""
    definitions: dict[str, Any] = {}
    diagnosis = json_schema_of(Diagnosis, definitions)
    failure = json_schema_of(Failure, definitions)
    diagnosed = object_schema({"status": {"const": "diagnosed"}, "diagnosis": diagnosis})
    failed = object_schema({"status": {"const": "failed"}, "failure": failure})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "palier diagnoses",
        **object_schema(
            {
                "schema_version": {"const": SCHEMA_VERSION},
                "results": {"type": "array", "items": {"oneOf": [diagnosed, failed]}},
            }
        ),
        "$defs": dict(sorted(definitions.items())),
    }
