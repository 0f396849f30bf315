"""Rendering pages as a request would, walking through what they show, and calling their callbacks."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from dash import _callback_context  # noqa: F401 - loads dash.ctx
from dash.development.base_component import Component
from tests.web.world import World

from palier.app.roles import Actor, Role
from palier.web.i18n import speaking
from palier.web.routing import PalierDash

__all__ = ["Caller", "Visitor", "strings", "walk"]


def walk(node: Any) -> Iterator[Component]:
    """Yield every component below a value, wherever it stands."""
    if isinstance(node, Component):
        yield node
        for name in node._prop_names:
            yield from walk(getattr(node, name, None))
        for name in node.available_wildcard_properties:
            for own in [k for k in node.__dict__ if k.startswith(name)]:
                yield from walk(getattr(node, own))
    elif isinstance(node, list | tuple):
        for item in node:
            yield from walk(item)
    elif isinstance(node, dict):
        for item in node.values():
            yield from walk(item)


def props(component: Component) -> dict[str, Any]:
    """Return the properties that were given, wildcard ones as well."""
    return dict(component.to_plotly_json()["props"])


def strings(node: Any, invisible: frozenset[str], *, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every string that people may see, and where it stands."""
    if isinstance(node, Component):
        kind = type(node).__name__
        for name, value in props(node).items():
            if name not in invisible and f"{kind}.{name}" not in invisible:
                yield from strings(value, invisible, path=f"{path}/{kind}.{name}")
    elif isinstance(node, str):
        yield path, node
    elif isinstance(node, list | tuple):
        for item in node:
            yield from strings(item, invisible, path=path)
    elif isinstance(node, dict):
        for name, value in node.items():
            if name not in invisible:
                yield from strings(value, invisible, path=f"{path}[{name}]")


def environ(actor: Actor | None) -> dict[str, Any]:
    """Return what the guard puts beside a request."""
    scope: dict[str, Any] = {"palier.request_id": "req-7"}
    if actor is not None:
        scope["palier.actor"] = actor
    return {"asgi.scope": scope}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Looks at pages."""

    app: PalierDash
    world: World

    def addresses(self) -> dict[str, str]:
        """Return addresses that show every state of every page of this package, by what they show."""
        actor, services = self.world.actor(), self.world.services
        diagnoses = services.diagnoses.page(actor)
        finished = {v.diagnosis.verdict: v.diagnosis.id for v in diagnoses if v.diagnosis.finished_at}
        failed = next(v.diagnosis.id for v in diagnoses if v.diagnosis.finished_at is None)
        recordings = services.recordings.page(actor)
        by_name = {r.file_name: r.id for r in recordings}
        machines = {v.machine.name: v for v in services.machines.all(actor)}
        pump = machines["Feed pump 3"]
        jobs = {v.job.status.value: v.job.id for v in services.jobs.page(actor)}
        some = ",".join(r.id for r in recordings[:4])
        return {
            "home": "/",
            "diagnose, nothing chosen": "/diagnose",
            "diagnose, ready": f"/diagnose?recordings={some}&open={by_name['fan12.npy']}",
            "diagnose, undeclared": f"/diagnose?recordings={by_name['unknown.npy']}",
            "diagnose, unreadable": f"/diagnose?recordings={by_name['notes.txt']}",
            "diagnose, for a point": f"/diagnose?point={pump.points[0].id}",
            "diagnosis, damage": f"/diagnoses/{finished['damage']}?t=1,2&f=100,900&e=10,200",
            "diagnosis, no damage": f"/diagnoses/{finished['no_damage_found']}",
            "diagnosis, failed": f"/diagnoses/{failed}",
            "machines": "/machines",
            "machines, adding": "/machines?add=1",
            "machines, removed": f"/machines?removed={pump.machine.id}",
            "machine": f"/machines/{pump.machine.id}",
            "machine, one point": f"/machines/{pump.machine.id}?point={pump.points[0].id}",
            "machine, no points": f"/machines/{machines['Press roll 1'].machine.id}",
            "jobs": "/jobs",
            **{f"jobs, {status}": f"/jobs?status={status}" for status in ("open", "done", "failed", "all")},
            **{f"job, {status}": f"/jobs/{job_id}" for status, job_id in jobs.items()},
        }

    @contextmanager
    def request(self, actor: Actor | None, path: str = "/") -> Iterator[None]:
        """Be in a request of somebody."""
        with self.app.server.test_request_context(path, environ_overrides=environ(actor)):
            yield

    def show(self, address: str, actor: Actor | None = None, **language: Any) -> Component:
        """Return what a page shows to somebody."""
        who = actor or self.world.actor(Role.ADMIN)
        path, _, search = address.partition("?")
        found = self.app.find_page(path, f"?{search}")
        assert found is not None, address
        with self.request(who, address), speaking(**({"language": "en"} | language)):
            return found[0].layout(found[1])

    def frame(self, actor: Actor, **language: Any) -> Component:
        """Return what is around the pages."""
        with self.request(actor), speaking(**({"language": "en"} | language)):
            made: Component = self.app.layout()  # type: ignore[operator]  # it is a function
            return made


@dataclass(slots=True)
class Caller:
    """Calls callbacks as the browser does."""

    app: PalierDash
    actor: Actor | None
    called: set[str]

    def names(self) -> dict[str, str]:
        """Return the callbacks that run on the server: module and name of the function, and the output."""
        made = [(name_of(c["callback"]), output) for output, c in self.app.callback_map.items() if "callback" in c]
        assert len(dict(made)) == len(made), "two callbacks of one module have the same name"
        return dict(made)

    def call(self, function: str, given: dict[str, Any], *, triggered: str | None = None) -> Any:
        """Call a callback by the end of its name, such as ``jobs:refresh``.

        `given` has values by ``id.property``; what is not there is None. A pattern is given by the ids it matched,
        such as ``{"do":"cancel","job":"7","page":"jobs"}.n_clicks``.
        """
        names = self.names()
        full = next(n for n in names if n == function or n.endswith(function))
        self.called.add(full)
        output = names[full]
        spec = next(c for c in self.app._callback_list if c["output"] == output)
        first = triggered or next(iter(given))
        body = {
            "output": output,
            "outputs": _outputs(output),
            "inputs": [_dependency(d, given) for d in spec["inputs"]],
            "state": [_dependency(d, given) for d in spec["state"]],
            "changedPropIds": [first],
        }
        client = self.app.server.test_client()
        answer = client.post("/_dash-update-component", json=body, environ_overrides=environ(self.actor))
        assert answer.status_code in {200, 204}, answer.text
        return json.loads(answer.text) if answer.status_code == 200 else None


def name_of(function: Any) -> str:
    """Return module and name of a callback, without what they have in common."""
    return f"{function.__module__.removeprefix('palier.web.')}:{function.__name__}"


def _outputs(output: str) -> Any:
    """Return the outputs as the browser sends them."""
    names = output[2:-2].split("...") if output.startswith("..") else [output]
    made = [_one(n.split("@")[0]) for n in names if "." in n]
    return made if output.startswith("..") else (made[0] if made else [])


def _one(name: str) -> dict[str, Any]:
    found, _, property_ = name.rpartition(".")
    return {"id": json.loads(found) if found.startswith("{") else found, "property": property_}


def _dependency(d: dict[str, str], given: dict[str, Any]) -> Any:
    """Return an input: one value, or for a pattern every id that was given and fits."""
    if not d["id"].startswith("{"):
        name = f"{d['id']}.{d['property']}"
        return {**d, "value": given.get(name)}
    pattern = json.loads(d["id"])
    if not any(isinstance(v, list) for v in pattern.values()):
        name = json.dumps(pattern, sort_keys=True, separators=(",", ":"))
        return {"id": pattern, "property": d["property"], "value": given.get(f"{name}.{d['property']}")}
    found = []
    for name, value in given.items():
        own, _, property_ = name.rpartition(".")
        if own.startswith("{") and property_ == d["property"]:
            made = json.loads(own)
            if made.keys() == pattern.keys() and all(v in (made[k], ["ALL"]) for k, v in pattern.items()):
                found.append({"id": made, "property": property_, "value": value})
    return found
