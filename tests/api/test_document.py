"""The OpenAPI document says everything, and what it says is true."""

import re
from typing import Any

import jsonschema
import pytest
from tests.api.house import House

from palier.api import openapi_document
from palier.api.document import TAGS


@pytest.fixture(scope="module")
def document(house: House) -> dict[str, Any]:
    return openapi_document(house.app)


def operations(document: dict[str, Any]):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_it_is_served_to_who_is_signed_in_or_not(house: House, document: dict[str, Any]) -> None:
    with house.client(None) as client:
        assert client.get("/api/v1/openapi.json").json() == document


def test_every_operation_is_described(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        assert len(operation["description"]) > 10, name
        assert operation["summary"], name
        assert set(operation["tags"]) <= set(TAGS), name
        assert set(operation["tags"]), name
    assert {tag["name"] for tag in document["tags"]} == set(TAGS)
    ids = [operation["operationId"] for _, operation in operations(document)]
    assert len(ids) == len(set(ids))


def test_every_operation_says_what_can_go_wrong(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        if operation.get("security") == []:
            continue
        assert {"401", "422", "429", "503"} <= set(operation["responses"]), name
        if "{id}" in name:
            assert "404" in operation["responses"], name
        for status, answer in operation["responses"].items():
            if status >= "400":
                assert answer == {"$ref": f"#/components/responses/Problem{status}"}, name
                content = document["components"]["responses"][f"Problem{status}"]["content"]["application/problem+json"]
                assert content["schema"] == {"$ref": "#/components/schemas/Problem"}, name
                assert content["example"]["status"] == int(status)


def test_every_schema_and_every_answer_has_an_example_that_is_valid(document: dict[str, Any]) -> None:
    def valid(example: Any, schema: dict[str, Any], where: str) -> None:
        full = {**schema, "components": document["components"]}
        wrong.extend(f"{where}: {p.message}" for p in jsonschema.Draft202012Validator(full).iter_errors(example))

    wrong: list[str] = []
    for name, schema in document["components"]["schemas"].items():
        if schema.get("type") == "object":
            for example in schema["examples"]:
                valid(example, schema, name)
    shared = {"responses": document["components"]["responses"]}
    for name, operation in [*operations(document), ("shared", shared)]:
        for answer in operation["responses"].values():
            for kind, content in answer.get("content", {}).items():
                if kind not in {"text/html", "application/zip", "application/octet-stream"}:
                    valid(content["example"], content["schema"], name)
    assert wrong == []


def test_every_number_and_text_that_comes_in_is_bounded(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    coming = {n for n in schemas if n.endswith("In") and n != "Problem"} | {
        "DeclarationIn", "SimulationFields", "Labels", "TensorIn", "RecordingChange",
    }  # fmt: skip
    for name in sorted(coming):
        assert schemas[name].get("additionalProperties") is False, name
        for field, schema in schemas[name]["properties"].items():
            assert_bounded(schema, f"{name}.{field}")
    for name, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            assert_bounded(parameter["schema"], f"{name} {parameter['name']}")


def assert_bounded(schema: dict[str, Any], where: str) -> None:
    for inner in schema.get("anyOf", ()):
        assert_bounded(inner, where)
    kind = schema.get("type")
    if kind in {"number", "integer"}:
        assert {"minimum", "exclusiveMinimum"} & set(schema), where
        assert {"maximum", "exclusiveMaximum"} & set(schema), where
    elif kind == "string":
        bounded = {"maxLength", "enum", "const", "format"} & set(schema)
        assert bounded or re.search(r"\{\d+(,\d+)?\}|\?\]?\$$|\)\$$", schema.get("pattern", "")), where
    elif kind == "array":
        assert "maxItems" in schema, where
        assert_bounded(schema["items"], where)


def test_signing_in_is_described(document: dict[str, Any]) -> None:
    assert set(document["components"]["securitySchemes"]) == {"key", "session"}
    assert document["security"] == [{"key": []}, {"session": []}]
    open_to_all = {name for name, operation in operations(document) if operation.get("security") == []}
    assert open_to_all == {"GET /v2/health/live", "GET /v2/health/ready"}
