"""The generated reference page of the REST interface, and its OpenAPI document."""

import json
from dataclasses import fields
from functools import cache
from typing import Any

from palier.api import api_app, openapi_document
from palier.app.services import Services

MARK = "<!-- made by scripts/generate_docs.py; edit that, not this -->\n"
#: What can go wrong with every operation.
ALWAYS = ("400", "401", "422", "429", "503")


@cache
def _document() -> dict[str, Any]:
    nobody: Any = {f.name: None for f in fields(Services)}
    return openapi_document(api_app(Services(**nobody)))


def openapi_json() -> str:
    """Return the OpenAPI document."""
    return json.dumps(_document(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def rest_page() -> str:
    """Return the page."""
    document = _document()
    parts = [
        (
            f"# REST interface\n\n{MARK}\n{document['info']['description']}\n"
            "The same as an OpenAPI document, for tools: `openapi.json` beside this page, and `GET /api/v1/openapi.json` of a "
            "running server. [How to use it](../how-to/use-the-api.md).\n"
        )
    ]
    for tag in document["tags"]:
        parts.append(f"## {tag['name']}\n\n{tag['description']}\n")
        for path, operations in document["paths"].items():
            parts += [
                _operation(method.upper(), path, operation)
                for method, operation in operations.items()
                if tag["name"] in operation["tags"]
            ]
    parts.append(_problems(document))
    parts.append("## Values\n\nFields with a star have to be given.\n")
    shown = {name: s for name, s in document["components"]["schemas"].items() if s.get("type") == "object"}
    parts += [_schema(name, schema) for name, schema in shown.items()]
    return "\n".join(parts)


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    parts = [f"### {operation['summary']}\n\n`{method} {path}`\n\n{operation['description'].strip()}\n"]
    parameters = operation.get("parameters", [])
    if parameters:
        rows = [
            f"| `{p['name']}`{'*' if p.get('required') else ''} | {p['in']} | {_type(p['schema'])} | "
            f"{_cell(p.get('description') or p['schema'].get('description', ''))} |"
            for p in parameters
        ]
        parts.append("| parameter | where | type | meaning |\n|---|---|---|---|\n" + "\n".join(rows) + "\n")
    body = operation.get("requestBody", {}).get("content", {})
    if body:
        kinds = ", ".join(f"`{kind}`" for kind in body)
        what = _type(body["application/json"]["schema"]) if "application/json" in body else "the file"
        parts.append(f"Body: {what} ({kinds}).\n")
    good = {s: a for s, a in operation["responses"].items() if s < "400"}
    told = []
    for status, answer in good.items():
        kinds = answer.get("content", {})
        what = ", or ".join(
            _type(c["schema"]) if kind == "application/json" else f"`{kind}`" for kind, c in kinds.items()
        )
        told.append(f"{status} {what or 'without content'}")
    refused = [s for s in operation["responses"] if s >= "400" and s not in ALWAYS]
    also = f"; refused with {', '.join(refused)}" if refused else ""
    parts.append(f"Answer: {'; '.join(told)}{also}.\n")
    return "\n".join(parts)


def _problems(document: dict[str, Any]) -> str:
    found = {name.removeprefix("Problem"): answer for name, answer in document["components"]["responses"].items()}
    rows = [f"| {status} | {answer['description']} |" for status, answer in found.items()]
    example = json.dumps(found["404"]["content"]["application/problem+json"]["example"], indent=2)
    return (
        f"## Errors\n\n{', '.join(ALWAYS)} can be the answer to everything; the others are named with each operation.\n\n"
        "| status | meaning |\n|---|---|\n" + "\n".join(rows) + f"\n\n```json\n{example}\n```\n"
    )


def _schema(name: str, schema: dict[str, Any]) -> str:
    needed = set(schema.get("required", ()))
    rows = [
        f"| `{field}`{'*' if field in needed and name.endswith('In') else ''} | {_type(inner)} | "
        f"{_cell(inner.get('description', ''))} |"
        for field, inner in schema.get("properties", {}).items()
    ]
    table = "| field | type | meaning |\n|---|---|---|\n" + "\n".join(rows) + "\n" if rows else ""
    words = " ".join(schema.get("description", "").split())
    example = json.dumps(schema["examples"][0], ensure_ascii=False, indent=2)
    return f"### {name}\n\n{words}\n\n{table}\n```json\n{example}\n```\n"


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})" if name not in {"Role", "Permission", "JobStatus"} else name
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_type(inner) for inner in schema["anyOf"]))
    if "enum" in schema:
        values = [str(v) for v in schema["enum"]]
        return " · ".join(values) if len(values) <= 12 else f"{', '.join(values[:3])} … ({len(values)} values)"
    if "const" in schema:
        return str(schema["const"])
    kind = str(schema.get("type", "any"))
    if kind == "array":
        return f"list of {_type(schema['items'])}"
    if kind == "string" and schema.get("format"):
        return {"date-time": "time", "binary": "bytes"}.get(schema["format"], schema["format"])
    words = {"string": "text", "integer": "whole number", "object": "object", "null": "null"}.get(kind, kind)
    return f"{words}{_bounds(schema)}"


def _bounds(schema: dict[str, Any]) -> str:
    low, high = (
        schema.get("minimum", schema.get("exclusiveMinimum")),
        schema.get("maximum", schema.get("exclusiveMaximum")),
    )
    if low is not None and high is not None:
        return f" {'above ' if 'exclusiveMinimum' in schema else ''}{low:.12g} to {high:.12g}"
    return f" up to {schema['maxLength']}" if "maxLength" in schema else ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
