"""The API as it is served: behind the real guard, with a real key."""

from pathlib import Path

import httpx
from tests.api.house import KNOWN, open_house, served

from palier.web.guard import Guard


def test_keys_limits_and_uploads_behind_the_guard(migrated_sqlite: Path, tmp_path: Path, recording_file: Path) -> None:
    options = {"upload_limit_bytes": 8 * 1024**2, "key_requests_per_minute": 20, "allowed_hosts": ("127.0.0.1",)}
    with open_house(tmp_path / "house", migrated_sqlite, **options) as house:
        guard = Guard(
            house.app,
            accounts=house.services.accounts,
            limiter=house.application.limiter,
            settings=house.application.settings,
        )
        with served(guard) as url:
            signed_in = {"Authorization": f"Bearer {house.keys['analyst']}"}
            with httpx.Client(base_url=url, verify=False) as client:
                nobody = client.get("/api/v1/machines")
                assert (nobody.status_code, nobody.headers["content-type"]) == (401, "application/problem+json")
                wrong = client.get("/api/v1/machines", headers={"Authorization": "Bearer palier_wrong"})
                assert wrong.status_code == 401
                client.headers.update(signed_in)

                assert client.get("/v2").json()["name"] == "palier"
                missing = client.get("/api/v1/machines/" + "0" * 32)
                assert missing.status_code == 404
                assert missing.json()["request_id"] == missing.headers["x-request-id"]

                params = {"file_name": "pump.npy", **KNOWN}
                asked = client.post("/api/v1/diagnoses/from-file", params=params, content=recording_file.read_bytes())
                assert asked.status_code == 202, asked.text
                large = b"x" * (5 * 1024**2)  # more than other bodies may have
                for where in ("/api/v1/recordings", "/api/v1/diagnoses/from-file"):
                    taken = client.post(where, params={"file_name": "a.csv"}, content=iter([large]))
                    assert taken.status_code in {201, 202}, taken.text
                    refused = client.post(where, params={"file_name": "a.csv"}, content=iter([large, large]))
                    assert refused.status_code == 413, refused.text
                    assert refused.headers["content-type"] == "application/problem+json"
                json_body = {"name": "x", "description": "y" * 5_000_000}
                assert client.post("/api/v1/machines", json=json_body).status_code == 413

                many = [client.get("/api/v1/jobs") for _ in range(20)]
                assert many[-1].status_code == 429
                assert int(many[-1].headers["retry-after"]) > 0
