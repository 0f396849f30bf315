"""The OpenAPI document, completed with what FastAPI cannot know."""

from typing import Any

from palier.api.examples import example_of
from palier.api.problems import Complaint, Problem

__all__ = ["TAGS", "complete"]

TAGS = {
    "Recordings": "Upload, look at, declare and remove recordings.",
    "Machines": "What is watched, and where it is measured.",
    "Diagnoses": "What is wrong with a machine, as a recording tells.",
    "Jobs": "Long work: watch, cancel, retry.",
    "Datasets": "Labelled recordings to learn from and to judge with.",
    "Models": "What has learnt from datasets.",
    "Inference": "Ask a model, in the Open Inference Protocol (v2).",
    "Own account": "The person who asks, and their keys.",
    "People": "The people of the workspace. For admins.",
    "Administration": "Keys of others, audit log, state of the installation. For admins.",
}
_ABOUT = """\
Everything that the pages do. Send an API key (`Authorization: Bearer palier_…`); make one under *Account*.

* Errors are `application/problem+json` (RFC 9457); `request_id` names the request in the log.
* Lists come in pages: send `next` back as `cursor` until it is null.
* What makes something takes an `Idempotency-Key`; what changes something with a version needs `If-Match`.
* Long work is a job: the answer is 202, and the job says when it is done.
* Units are SI: Hz, seconds; speeds are in Hz (rpm / 60).
"""


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with how to sign in, the form of errors, and what the tags mean."""
    document["info"]["description"] = _ABOUT
    document["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    document["tags"] = [{"name": name, "description": words} for name, words in TAGS.items()]
    document["security"] = [{"key": []}, {"session": []}]
    components = document.setdefault("components", {})
    components["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "An API key: `palier_…`."},
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": "__Host-palier",
            "description": "The session of somebody who signed in on the pages.",
        },
    }
    schemas = components.setdefault("schemas", {})
    for kind in (Problem, Complaint):
        schema = kind.model_json_schema(ref_template="#/components/schemas/{model}")
        schema.pop("$defs", None)
        schemas[kind.__name__] = schema
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    components["schemas"] = dict(sorted(schemas.items()))
    for name, schema in components["schemas"].items():
        if schema.get("type") == "object":
            schema.setdefault("examples", [example_of(name, components["schemas"])])
    for path in document["paths"].values():
        for operation in path.values():
            _tidy(operation)
            _show(operation, components["schemas"])
            _share(operation["responses"], components.setdefault("responses", {}))
    components["responses"] = dict(sorted(components["responses"].items()))
    return document


def _share(answers: dict[str, Any], shared: dict[str, Any]) -> None:
    """Say of each kind of problem only once what it looks like."""
    for status, answer in answers.items():
        if "application/problem+json" in answer.get("content", {}):
            shared[f"Problem{status}"] = answer
            answers[status] = {"$ref": f"#/components/responses/Problem{status}"}


def _show(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Give each answer in JSON an example."""
    for answer in operation["responses"].values():
        content = answer.get("content", {}).get("application/json", {})
        if "$ref" in content.get("schema", {}):
            content.setdefault("example", schemas[content["schema"]["$ref"].rsplit("/", 1)[-1]]["examples"][0])


def _tidy(operation: dict[str, Any]) -> None:
    """Sort the answers and describe each; say that a change needs If-Match (428 without)."""
    for parameter in operation.get("parameters", ()):
        schema = parameter["schema"]
        if "anyOf" in schema:  # a parameter is left away, and never null
            kinds = [kind for kind in schema.pop("anyOf") if kind != {"type": "null"}]
            schema |= kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
        if parameter["name"] == "If-Match":
            parameter["required"] = True
    answers = operation["responses"]
    operation["responses"] = {status: answers[status] for status in sorted(answers)}
    for answer in answers.values():
        if answer.get("description") in {None, "", "Successful Response"}:
            answer["description"] = operation["summary"] + "."
