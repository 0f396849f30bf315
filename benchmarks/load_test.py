"""Load on a served installation: 1, 10 and 50 people at once, the client on the same cores.

    python -m benchmarks.load_test [--seconds 10]

Three kinds of request, each with the session of a person: the callback that shows the home page (a machine, a recording
and a diagnosis are there), ``GET /api/v1/machines``, and ``POST /api/v1/diagnoses``, which makes a job. Everybody waits
for the answer and asks again at once, so that 50 people here ask far more than 50 people at a screen. Writes
docs/reference/load.md.
"""

import argparse
import asyncio
import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import numpy as np
from tests.served import Served, start

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "load.md"
PASSWORD = "kite bottle orbit"


def signed_in(served: Served) -> httpx.Client:
    client = httpx.Client(base_url=served.url, headers={"origin": served.url}, timeout=60)
    form = {"token": served.set_up_link.partition("#")[2], "name": "Ada", "email": "ada@example.com",
            "password": PASSWORD, "workspace": "Mill"}  # fmt: skip
    assert client.post("/set-up", data=form).status_code == 303
    return client


def home_callback(client: httpx.Client) -> dict:
    """Return the request that the browser sends to show the home page."""
    for entry in client.get("/_dash-dependencies").json():
        if entry["output"].startswith("page.children") and any(i["id"] == "location" for i in entry["inputs"]):
            values = {"pathname": "/", "search": ""}
            return {
                "output": entry["output"],
                "outputs": {"id": "page", "property": "children"},
                "inputs": [{**i, "value": values[i["property"]]} for i in entry["inputs"]],
                "changedPropIds": ["location.pathname"],
            }
    raise SystemExit("the callback that shows pages was not found")


def prepared(client: httpx.Client) -> str:
    """Upload a recording and diagnose it; returns its id."""
    x = np.random.default_rng(0).standard_normal(20_000).astype(np.float32)
    with tempfile.NamedTemporaryFile(suffix=".npz") as file:
        np.savez(file, acceleration=x, sampling_rate_hz=20_000.0, unit="g", speed_hz=25.0)
        file.flush()
        body = Path(file.name).read_bytes()
    answer = client.post(
        "/api/v1/recordings?file_name=SIMULATED-noise.npz", content=body,
        headers={"content-type": "application/octet-stream"},
    )  # fmt: skip
    answer.raise_for_status()
    client.post("/api/v1/machines", json={"name": "Pump 1"}).raise_for_status()
    return str(answer.json()["id"])


async def pressed(
    request, *, users: int, seconds: float, pause_s: float, cookies, served: Served
) -> tuple[list[float], int]:
    times, errors, end = [], 0, time.perf_counter() + seconds
    limits = httpx.Limits(max_connections=users)
    headers = {"origin": served.url}
    async with httpx.AsyncClient(
        base_url=served.url, cookies=cookies, headers=headers, timeout=60, limits=limits
    ) as client:

        async def person() -> None:
            nonlocal errors
            await asyncio.sleep(pause_s * np.random.default_rng().uniform())
            while time.perf_counter() < end:
                began = time.perf_counter()
                answer = await client.request(**request)
                times.append(time.perf_counter() - began)
                errors += answer.status_code >= 400
                await asyncio.sleep(max(0.0, began + pause_s - time.perf_counter()))

        await asyncio.gather(*(person() for _ in range(users)))
    return times, errors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as folder:
        environment = {"PALIER_REQUESTS_PER_MINUTE": "1000000", "PALIER_LOG_LEVEL": "error"}
        served = start(Path(folder) / "data", "--workers", "0", environment=environment)
        client = signed_in(served)
        recording = prepared(client)
        requests = {
            "page callback (home)": {"method": "POST", "url": "/_dash-update-component", "json": home_callback(client)},
            "GET /api/v1/machines": {"method": "GET", "url": "/api/v1/machines"},
            "POST /api/v1/diagnoses": {
                "method": "POST", "url": "/api/v1/diagnoses",
                "json": {"recording_id": recording, "bearing": "6205", "speed_hz": 25.0},
            },
        }  # fmt: skip
        rows = []
        for name, request in requests.items():
            check = client.request(**request)
            assert check.status_code < 300, (name, check.status_code, check.text[:500])
            for users, pause_s in ((1, 0.0), (10, 0.0), (50, 0.0), (50, 1.0)):
                times, errors = asyncio.run(
                    pressed(
                        request, users=users, seconds=seconds, pause_s=pause_s, cookies=dict(client.cookies),
                        served=served,
                    )
                )  # fmt: skip
                p50, p95, p99 = (1000 * float(np.quantile(times, q)) for q in (0.5, 0.95, 0.99))
                rows.append(
                    f"| {name} | {users} | {'once a second' if pause_s else 'at once again'} | {len(times) / seconds:.0f} | {p50:.0f} | {p95:.0f} | {p99:.0f} | {errors} |"
                )
                print(rows[-1], flush=True)
        client.close()
        served.stop()
    PAGE.write_text(
        "# Load\n\n"
        f"Made with `python -m benchmarks.load_test` on {datetime.now(UTC).date()}: one web process on SQLite, "
        f"{os.cpu_count()} cores that the client shares. Where everybody asks again as soon as the answer is "
        "there, the rate is the most that the process gives, and the times are those of a queue.\n\n"
        "| request | people | each asks | answers per s | p50 ms | p95 ms | p99 ms | errors |\n|---|---|---|---|---|---|---|---|\n"
        + "\n".join(rows)
        + "\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
