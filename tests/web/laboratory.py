"""The mill with a laboratory: datasets, a model with its evaluation, exports, people, keys and sign-ins."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from tests.web.walking import Visitor
from tests.web.world import World, utc_now

from palier.app import entities as e
from palier.app.identity import new_id
from palier.app.roles import Role
from palier.app.specs import EvaluationSpec, ExportSpec, ImportSpec, SimulationSpec, TrainingSpec

SPEC: dict[str, Any] = {
    "records_per_class": 12, "duration_s": 0.5, "sampling_rate_hz": 8192.0, "speed_hz": 30.0, "seed": 5, "machines": 6,
    "faults": ["healthy", "imbalance"],
}  # fmt: skip
GRACE = "g" * 32
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1"


def fill_laboratory(world: World) -> None:
    """Let real jobs make everything, and enter people who were there before."""
    with world.store.writing() as t:  # these are shown, and never run
        for job in t.jobs.all(status=e.JobStatus.QUEUED):
            t.jobs.put(replace(job, not_before=utc_now() + timedelta(days=300)))
    _people(world)
    actor, services = world.actor(), world.services
    bench = services.datasets.simulate(actor, SimulationSpec("Journal bench", "journal", SPEC))
    world.work()
    recordings = [r for r in services.recordings.page(actor) if r.state == "ready" and r.file_name != "unknown.npy"]
    labels = {r.id: {"fault": "healthy" if k % 2 else "outer_race"} for k, r in enumerate(recordings)}
    services.datasets.import_(actor, ImportSpec("Pump history", tuple(labels), labels))
    model = services.models.train(actor, TrainingSpec("First model", bench.id, "logistic_log_spectrum"))
    services.datasets.export(actor, ExportSpec(bench.id, "csv"))
    world.work()
    services.models.evaluate(actor, EvaluationSpec(model.id, bench.id))
    services.datasets.audit(actor, bench.id)
    world.work()
    now = utc_now()
    with world.store.writing() as t:
        first = t.models.get(model.id)
        split = dict(first.card_json["split"], sha256="0" * 64)
        t.models.add(replace(first, id=new_id(now), name="Second model", card_json=first.card_json | {"split": split}))
    for kind, title in (("simulate_dataset", "Next bench"), ("train_classical", "Next model")):
        world.job(kind=kind, title=title, status=e.JobStatus.RUNNING, started_at=now, attempt=1, owner="test:1",
                  lease_until=now + timedelta(days=300), progress=0.3)  # fmt: skip


def _people(world: World) -> None:
    now = utc_now()
    with world.store.writing() as t:
        t.users.add(e.User(GRACE, "grace@example.org", "Grace Hopper", now, totp_secret="-", totp_confirmed_at=now))
        t.memberships.add(e.Membership(new_id(now), world.workspace.id, GRACE, Role.ANALYST, now))
        for id, agent, address in (("s", CHROME, "192.0.2.7"), ("s2", SAFARI, "198.51.100.4")):  # noqa: A001
            until = now + timedelta(days=300)
            t.sessions.add(e.Session(id, "u" * 32, world.workspace.id, now, now, until, now, "full", address, agent))
        t.passkeys.add(e.Passkey(new_id(now), "u" * 32, "AAAA", "AAAA", 0, "Blue key", now))
    keys = world.services.accounts.keys
    keys.make(world.actor(), name="Press gateway", scopes=("read", "diagnose"), expires_at=now + timedelta(days=30))
    old = keys.make(world.actor(), name="Old script", scopes=("read",), expires_at=None)
    keys.revoke(world.actor(), old.key.id)


@dataclass(frozen=True, slots=True)
class Laboratory(Visitor):
    """Looks at the pages of datasets, models, administration and the account."""

    def ids(self) -> Mapping[str, str]:
        """Return ids by names."""
        actor, services = self.world.actor(), self.world.services
        models = {m.name: m.id for m in services.models.all(actor)}
        (evaluation,) = services.models.evaluations(actor, models["First model"])
        return {d.name: d.id for d in services.datasets.all(actor)} | models | {"evaluation": evaluation.id}

    def addresses(self) -> dict[str, str]:
        """Return addresses that show every state of every page."""
        ids = self.ids()
        bench, first, second = ids["Journal bench"], ids["First model"], ids["Second model"]
        return {
            "account": "/account",
            "admin": "/admin",
            **{f"admin, {part}": f"/admin?part={part}" for part in ("policy", "keys", "audit", "system")},
            "admin, audit, filtered": "/admin?part=audit&kind=dataset&days=7",
            "admin, audit, empty": "/admin?part=audit&kind=installation",
            "admin, person": f"/admin/people/{GRACE}",
            "datasets": "/datasets",
            "datasets, removed": f"/datasets?removed={bench}",
            "datasets, simulate rolling": "/datasets/simulate",
            "datasets, simulate journal": "/datasets/simulate?kind=journal",
            "datasets, import": "/datasets/import",
            "dataset": f"/datasets/{bench}?row=3",
            "dataset, imported": f"/datasets/{ids['Pump history']}",
            "models": "/models",
            "models, removed": f"/models?removed={first}",
            "models, train": f"/models/train?dataset={bench}",
            "models, compare": f"/models/compare?models={first},{second}",
            "model": f"/models/{first}",
            "model, evaluated": f"/models/{first}?on={ids['evaluation']}",
        }
