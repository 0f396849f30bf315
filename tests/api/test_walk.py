"""Every route of the documentation, as nobody, with too low a role, with a narrow key, and with another team's ids."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.api.house import KNOWN, House, utc_now

from palier.api import openapi_document
from palier.app import entities as e
from palier.app.identity import new_id
from palier.app.roles import Permission, Role, permissions_of

READ, DIAGNOSE, MACHINES, DATASETS, TRAIN, ADMIN = Permission

#: What each route needs; None: nothing but to be signed in. A route that is not here fails the test.
NEEDS: dict[str, Permission | None] = {
    "POST /api/v1/recordings": DIAGNOSE,
    "GET /api/v1/recordings": READ,
    "GET /api/v1/recordings/{id}": READ,
    "PATCH /api/v1/recordings/{id}": DIAGNOSE,
    "DELETE /api/v1/recordings/{id}": MACHINES,
    "POST /api/v1/recordings/{id}/restore": MACHINES,
    "GET /api/v1/recordings/{id}/waveform": READ,
    "GET /api/v1/machines": READ,
    "POST /api/v1/machines": MACHINES,
    "GET /api/v1/machines/{id}": READ,
    "PUT /api/v1/machines/{id}": MACHINES,
    "DELETE /api/v1/machines/{id}": MACHINES,
    "POST /api/v1/machines/{id}/restore": MACHINES,
    "GET /api/v1/machines/{id}/history": READ,
    "POST /api/v1/machines/{id}/points": MACHINES,
    "GET /api/v1/points/{id}": READ,
    "PUT /api/v1/points/{id}": MACHINES,
    "DELETE /api/v1/points/{id}": MACHINES,
    "POST /api/v1/points/{id}/restore": MACHINES,
    "POST /api/v1/diagnoses": DIAGNOSE,
    "POST /api/v1/diagnoses/from-file": DIAGNOSE,
    "GET /api/v1/diagnoses": READ,
    "GET /api/v1/diagnoses/{id}": READ,
    "DELETE /api/v1/diagnoses/{id}": DIAGNOSE,
    "POST /api/v1/diagnoses/{id}/restore": DIAGNOSE,
    "PUT /api/v1/diagnoses/{id}/opinion": DIAGNOSE,
    "GET /api/v1/diagnoses/{id}/curves/{name}": READ,
    "GET /api/v1/diagnoses/{id}/spectrogram": READ,
    "GET /api/v1/diagnoses/{id}/report": READ,
    "GET /api/v1/jobs": READ,
    "GET /api/v1/jobs/workload": READ,
    "GET /api/v1/jobs/{id}": READ,
    "GET /api/v1/jobs/{id}/log": READ,
    "GET /api/v1/jobs/{id}/events": READ,
    "POST /api/v1/jobs/{id}/cancel": TRAIN,
    "POST /api/v1/jobs/{id}/retry": TRAIN,
    "GET /api/v1/datasets": READ,
    "POST /api/v1/datasets/estimate": DATASETS,
    "POST /api/v1/datasets/simulate": DATASETS,
    "POST /api/v1/datasets/import": DATASETS,
    "GET /api/v1/datasets/exports/{id}": DATASETS,
    "GET /api/v1/datasets/{id}": READ,
    "DELETE /api/v1/datasets/{id}": DATASETS,
    "POST /api/v1/datasets/{id}/restore": DATASETS,
    "POST /api/v1/datasets/{id}/audit": DATASETS,
    "POST /api/v1/datasets/{id}/export": DATASETS,
    "GET /api/v1/datasets/{id}/records/{row}": READ,
    "GET /api/v1/models": READ,
    "GET /api/v1/models/catalogue": READ,
    "POST /api/v1/models": TRAIN,
    "GET /api/v1/models/{id}": READ,
    "DELETE /api/v1/models/{id}": TRAIN,
    "POST /api/v1/models/{id}/restore": TRAIN,
    "GET /api/v1/models/{id}/evaluations": READ,
    "POST /api/v1/models/{id}/evaluations": TRAIN,
    "GET /api/v1/evaluations/{id}/report": READ,
    "GET /api/v1/me": None,
    "GET /api/v1/workspaces": None,
    "GET /api/v1/me/keys": None,
    "POST /api/v1/me/keys": None,
    "DELETE /api/v1/me/keys/{id}": None,
    "GET /api/v1/users": ADMIN,
    "POST /api/v1/users/invitations": ADMIN,
    "PUT /api/v1/users/{id}/role": ADMIN,
    "POST /api/v1/users/{id}/disable": ADMIN,
    "POST /api/v1/users/{id}/enable": ADMIN,
    "POST /api/v1/users/{id}/reset-link": ADMIN,
    "GET /api/v1/keys": ADMIN,
    "GET /api/v1/audit-log": ADMIN,
    "GET /api/v1/system": ADMIN,
    "GET /v2": None,
    "GET /v2/models/{name}": READ,
    "GET /v2/models/{name}/ready": READ,
    "POST /v2/models/{name}/infer": DIAGNOSE,
}
PUBLIC = {"GET /v2/health/live", "GET /v2/health/ready"}
SECRETS = ("password_hash", "secret_hash", "code_hash", "token_hash", "totp_secret", "argon2", "artefacts/")
FILE = b"a,b\n1,2\n"


@dataclass
class Things:
    """One of each kind, of the team at the mill."""

    ids: dict[str, str]

    def path(self, template: str) -> str:
        kind = template.split("/")[-1 if template.endswith("{id}") else 3] if "{id}" in template else ""
        kind = "exports" if "exports" in template else template.split("/")[3] if "{id}" in template else kind
        if template.startswith("/api/v1/me/keys"):
            kind = "keys"
        name = "spectrum" if "curves" in template else "trees"
        return template.replace("{id}", self.ids.get(kind, "0" * 32)).replace("{name}", name).replace("{row}", "0")


@pytest.fixture(scope="module")
def things(house: House, recording_file: Path) -> Things:
    me, now = house.actors["admin"], utc_now()
    with house.client() as client:
        machine = client.post("/api/v1/machines", json={"name": "Pump"}).json()
        point = client.post(f"/api/v1/machines/{machine['id']}/points", json={"name": "DE", "bearing": "6205"}).json()
        recording = client.post(
            "/api/v1/recordings", params={"file_name": "a.npy", "point_id": point["id"], **KNOWN},
            content=recording_file.read_bytes(),
        ).json()  # fmt: skip
        diagnosis = client.post("/api/v1/diagnoses", json={"recording_id": recording["id"]}).json()
    house.work()
    here = (me.workspace_id,)
    dataset = house.add(
        "datasets",
        e.Dataset(new_id(now), *here, "journal", "none", "0" * 64, 3, 9, True, "journal", me.user_id, now, {}, {}),
    )  # fmt: skip
    model = house.add(
        "models",
        e.Model(new_id(now), *here, "trees", "none", "0" * 64, "extra_trees", "journal", True, me.user_id, now, {}),
    )  # fmt: skip
    evaluation = house.add(
        "evaluations",
        e.Evaluation(new_id(now), *here, model.id, dataset.id, me.user_id, now, {}, "artefacts/none.html"),
    )  # fmt: skip
    export = house.job(
        kind="export_dataset", status=e.JobStatus.DONE, args_json={"dataset_id": dataset.id}, created_by=me.user_id,
        result_json={"dataset_id": dataset.id, "file": "artefacts/gone.zip", "file_name": "gone.zip"},
    )  # fmt: skip
    failed = house.job(status=e.JobStatus.FAILED, created_by=me.user_id)
    key = house.services.accounts.keys.make(me, name="spare", scopes=("read",), expires_at=None).key
    return Things(
        {
            "machines": machine["id"], "points": point["id"], "recordings": recording["id"], "datasets": dataset.id,
            "diagnoses": diagnosis["id"], "models": model.id, "evaluations": evaluation.id, "exports": export.id,
            "jobs": failed.id, "keys": key.id, "users": me.user_id,
        }
    )  # fmt: skip


@dataclass
class Request:
    route: str
    method: str
    template: str
    options: dict[str, Any]


def requests_of(house: House, things: Things) -> list[Request]:
    """Make a good request of every operation: its example, with ids that are there."""
    document = openapi_document(house.app)
    made = []
    for template, operations in document["paths"].items():
        for method, operation in operations.items():
            options: dict[str, Any] = {"headers": {}, "params": {}}
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" in content:
                reference = content["application/json"]["schema"]["$ref"].rsplit("/", 1)[-1]
                options["json"] = _with_ids(document["components"]["schemas"][reference]["examples"][0], things)
            elif content:
                options["content"] = FILE
                options["params"] = {"file_name": "x.csv", "point_id": things.ids["points"]}
            if any(p["name"] == "If-Match" for p in operation.get("parameters", ())):
                options["headers"]["If-Match"] = '"1"'
            made.append(Request(f"{method.upper()} {template}", method.upper(), template, options))
    return made


def _with_ids(example: dict[str, Any], things: Things) -> dict[str, Any]:
    there = {"recording_id": "recordings", "dataset_id": "datasets"}
    body = {k: things.ids[there[k]] if k in there else v for k, v in example.items()}
    if "recordings" in body:
        body["recordings"] = {things.ids["recordings"]: next(iter(body["recordings"].values()))}
    return body


def send(house: House, things: Things, request: Request, who: str | None) -> Any:
    path = things.path(request.template)
    if "If-Match" in request.options["headers"]:
        with house.client() as client:
            request.options["headers"]["If-Match"] = client.get(path).headers["etag"]
    with house.client(who) as client:
        return client.request(request.method, path, **request.options)


def test_every_route_is_in_the_table(house: House) -> None:
    routes = {f"{m.upper()} {p}" for p, operations in openapi_document(house.app)["paths"].items() for m in operations}
    assert routes == set(NEEDS) | PUBLIC


def test_nobody_gets_in(house: House, things: Things) -> None:
    for request in requests_of(house, things):
        answer = send(house, things, request, None)
        if request.route in PUBLIC:
            assert answer.status_code == 200, request.route
            continue
        assert answer.status_code == 401, request.route
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_body_is_not_read_from_somebody_who_is_not_signed_in(house: House) -> None:
    with house.client(None) as client:
        broken = client.post("/api/v1/machines", content=b"{", headers={"content-type": "application/json"})
    assert broken.status_code == 401


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ANALYST, Role.ENGINEER])
def test_a_role_that_is_too_low_is_refused(house: House, things: Things, role: Role) -> None:
    for request in requests_of(house, things):
        needed = NEEDS.get(request.route)
        if needed is None or needed in permissions_of(role):
            continue
        answer = send(house, things, request, role.value)
        assert answer.status_code == 403, (request.route, answer.text)
        assert "needs the role" in answer.json()["detail"], request.route


def test_a_viewer_may_read(house: House, things: Things) -> None:
    for request in requests_of(house, things):
        if NEEDS.get(request.route) is READ:
            answer = send(house, things, request, "viewer")
            assert answer.status_code in {200, 404, 409, 422}, (request.route, answer.text)


def test_a_narrow_key_is_refused(house: House, things: Things) -> None:
    reading = house.services.accounts.keys.make(house.actors["admin"], name="r", scopes=("read",), expires_at=None)
    house.keys["reader"] = reading.secret
    for request in requests_of(house, things):
        needed = NEEDS.get(request.route)
        if needed in {None, READ}:
            continue
        answer = send(house, things, request, "reader")
        assert answer.status_code == 403, (request.route, answer.text)
        assert "scope" in answer.json()["detail"]


def test_what_another_team_has_is_not_found(house: House, things: Things) -> None:
    for request in requests_of(house, things):
        about_it = "{" in request.template or any(
            place in str(request.options) for place in things.ids.values()
        )  # fmt: skip
        if not about_it:
            continue
        answer = send(house, things, request, "stranger")
        assert answer.status_code == 404, (request.route, answer.status_code, answer.text)


def test_lists_hold_nothing_of_another_team(house: House, things: Things) -> None:
    with house.client("stranger") as client:
        for route, needed in NEEDS.items():
            method, path = route.split()
            if method == "GET" and "{" not in path and needed is not None:
                text = client.get(path).text
                for id in things.ids.values():  # noqa: A001
                    assert id not in text, path


def test_no_answer_has_a_hash_a_path_or_a_secret(house: House, things: Things) -> None:
    root = str(house.application.settings.data_dir)
    for request in requests_of(house, things):
        if request.method != "GET":
            continue
        text = send(house, things, request, "admin").text
        for secret in (root, *SECRETS):
            assert secret not in text, (request.route, secret)
