"""The pages of datasets: every callback, with the real services and jobs."""

from typing import Any

import pytest
from dash import html
from tests.web.answers import notices, pattern, props_of, texts
from tests.web.laboratory import Laboratory
from tests.web.walking import Caller, Visitor, walk
from tests.web.world import World

from palier.app.entities import JobStatus
from palier.core.dataset import SEVERITY_LEVELS
from palier.errors import ParameterError
from palier.web.app import dash_app
from palier.web.i18n import speaking
from palier.web.pages.datasets.composition import composition
from palier.web.pages.datasets.findings import findings, findings_badge
from palier.web.pages.datasets.simulation_form import field_id, simulation_of

CALLED: set[str] = set()
OWN = "pages.datasets."
TYPED: dict[str, Any] = {
    "name": "Small", "records_per_class": 4, "duration_s": 0.5, "sampling_rate_hz": 8192, "speed_hz": 1800,
    "machines": "", "seed": 7, "speed_spread": 10, "evolving_share": 30, "transient_share": 25, "snr_db": "",
    "load_range.low": 30, "load_range.high": 100, "oil_temperature_range_c.low": 40,
    "oil_temperature_range_c.high": 80, "faults": ["healthy", "wear"], "severity": "balanced",
    "layers": ["sensor_noise", "converter"],
}  # fmt: skip


@pytest.fixture
def caller(own_laboratory: World) -> Caller:
    return Caller(dash_app(own_laboratory.services), own_laboratory.actor(), CALLED)


@pytest.fixture
def looker(laboratory: Laboratory) -> Caller:
    return Caller(laboratory.app, laboratory.world.actor(), CALLED)


def form(typed: dict[str, Any]) -> dict[str, Any]:
    fields = [pattern(field_id(name), "value") for name in typed]
    ids = {pattern(field_id(name), "id"): field_id(name) for name in typed}
    return dict(zip(fields, typed.values(), strict=True)) | ids


def test_what_is_typed_becomes_what_the_library_takes() -> None:
    spec = simulation_of("journal", TYPED, ["sensor_noise", "converter", "mains"])
    assert spec.spec["speed_hz"] == 30.0
    assert spec.spec["evolving_share"] == 0.3
    assert spec.spec["load_range"] == [0.3, 1.0]
    assert spec.spec["layers"] == {"sensor_noise": True, "converter": True, "mains": False}
    assert "machines" not in spec.spec
    assert "snr_db" not in spec.spec
    rolling = simulation_of("rolling", TYPED, ["mains"])
    assert not {"layers", "load_range", "evolving_share"} & rolling.spec.keys()
    shares = {f"share.{s}": n for s, n in zip(SEVERITY_LEVELS, (50, 50, 0, ""), strict=True)}
    spec = simulation_of("rolling", TYPED | shares | {"severity": "shares"}, [])
    assert spec.spec["severity"] == {"incipient": 0.5, "mild": 0.5, "moderate": 0.0, "severe": 0.0}


def test_the_form_begins_with_the_defaults_of_the_library(laboratory: Laboratory) -> None:
    science = laboratory.world.services.datasets.science
    for kind in ("rolling", "journal"):
        page = laboratory.show(f"/datasets/simulate?kind={kind}")
        typed = {
            c.id["field"]: getattr(c, "value", None)
            for c in walk(page)
            if isinstance(getattr(c, "id", None), dict) and "field" in c.id
        }
        layers = [v["name"] for v in science.choices()["layers"]]
        given = simulation_of(kind, typed, layers).spec
        chosen = {v["name"]: v["default"] for v in science.choices()["layers"]} if kind == "journal" else {}
        assert science.simulation(kind, given) == science.simulation(kind, {}) | {"layers": chosen}


def test_a_simulation_is_estimated_and_then_run(caller: Caller, own_laboratory: World) -> None:
    given = {"simulation-estimate.n_clicks": 1, "simulation-kind.data": "journal"} | form(TYPED)
    plan = caller.call("datasets.simulate:estimate", given)
    assert "8" in texts(plan)
    (store,) = [p for p in props_of(plan, "Store") if p["id"] == "simulation-planned"]
    run = {
        "simulation-run.n_clicks": 1,
        "simulation-planned.data": store["data"],
        pattern(field_id("name"), "value"): "Small",
    }
    answer = caller.call("datasets.simulate:run", run)
    job_id = answer["response"]["location"]["href"].removeprefix("/jobs/")
    own_laboratory.work()
    assert own_laboratory.services.datasets.get(own_laboratory.actor(), job_id).n_records == 8
    taken = caller.call("datasets.simulate:run", run)
    assert "there is a dataset 'Small' already" in notices(taken)


def test_a_spec_that_cannot_be_names_its_field(looker: Caller) -> None:
    given = {"simulation-estimate.n_clicks": 1, "simulation-kind.data": "journal"} | form(TYPED | {"duration_s": 0})
    assert "duration_s: 0" in notices(looker.call("datasets.simulate:estimate", given))


def rows(world: World) -> list[dict[str, str]]:
    ready = [r for r in world.services.recordings.page(world.actor()) if r.state == "ready"]
    return [{"form": "import", "row": r.id} for r in ready]


def checks(ids: list[dict[str, str]], chosen: int) -> dict[str, Any]:
    on = {pattern(i, "checked"): n < chosen for n, i in enumerate(ids)}
    return on | {pattern(i, "id"): i for i in ids}


def test_recordings_are_labelled_a_few_at_a_time_and_imported(caller: Caller, own_laboratory: World) -> None:
    ids = rows(own_laboratory)
    typed = {
        "import-fault.value": "outer_race",
        "import-severity.value": "mild",
        "import-bearing.value": " DE ",
        "import-rig.value": "",
    }
    press = {"import-label.n_clicks": 1, "import-labels.data": {}}
    answer = caller.call("datasets.importing:label", press | typed | checks(ids, 2))
    labels = answer["response"]["import-labels"]["data"]
    assert list(labels.values()) == [{"fault": "outer_race", "severity": "mild", "bearing": "DE"}] * 2
    unknown = caller.call(
        "datasets.importing:label", press | {"import-labels.data": labels, "import-fault.value": "-"} | checks(ids, 1)
    )
    labels = unknown["response"]["import-labels"]["data"]
    assert labels[ids[0]["row"]] == {}
    said = {pattern({"form": "import", "said": i["row"]}, "id"): {"form": "import", "said": i["row"]} for i in ids}
    shown = caller.call("datasets.importing:say", {"import-labels.data": labels} | said)
    assert "outer-race defect · mild · DE" in texts(shown)
    assert "2 recordings will be imported" in texts(shown)
    left = caller.call(
        "datasets.importing:clear", {"import-clear.n_clicks": 1, "import-labels.data": labels} | checks(ids, 1)
    )
    labels = left["response"]["import-labels"]["data"]
    assert list(labels) == [ids[1]["row"]]
    going = caller.call(
        "datasets.importing:start", {"import-go.n_clicks": 1, "import-name.value": "Two", "import-labels.data": labels}
    )
    job_id = going["response"]["location"]["href"].removeprefix("/jobs/")
    own_laboratory.work()
    assert own_laboratory.services.jobs.get(own_laboratory.actor(), job_id).job.status is JobStatus.DONE
    assert own_laboratory.services.datasets.get(own_laboratory.actor(), job_id).n_records == 1


def test_labelling_says_what_is_missing(looker: Caller, laboratory: Laboratory) -> None:
    ids = rows(laboratory.world)
    press = {"import-label.n_clicks": 1, "import-labels.data": {}, "import-fault.value": "outer_race"}
    assert "No recording is chosen" in notices(looker.call("datasets.importing:label", press | checks(ids, 0)))
    nothing = looker.call("datasets.importing:label", press | {"import-fault.value": None} | checks(ids, 1))
    assert "No class is chosen" in notices(nothing)
    none = looker.call(
        "datasets.importing:start", {"import-go.n_clicks": 1, "import-name.value": "x", "import-labels.data": {}}
    )
    assert "no recordings were chosen" in notices(none)


def test_any_record_is_shown(looker: Caller, laboratory: Laboratory) -> None:
    bench = laboratory.ids()["Journal bench"]
    answer = looker.call(
        "datasets.record:show", {"dataset-row.value": 23, "dataset-record-of.data": bench, "zoom-t.data": [0.1, 0.2]}
    )
    assert "imbalance" in texts(answer)
    (graph,) = props_of(answer, "Graph")
    assert graph["figure"]["layout"]["xaxis"]["range"] == [0.1, 0.2]
    beyond = looker.call("datasets.record:show", {"dataset-row.value": 24, "dataset-record-of.data": bench})
    assert "there are 0 to 23" in notices(beyond)
    cleared = looker.call("datasets.record:show", {"dataset-row.value": "", "dataset-record-of.data": bench})
    assert "healthy" in texts(cleared)


def test_a_row_in_the_address_is_kept_within_the_dataset(laboratory: Laboratory) -> None:
    bench = laboratory.ids()["Journal bench"]
    for given, shown in (("5", 5), ("999", 23), ("-1", 0), ("x", 0), ("9" * 400, 0)):
        (field,) = [
            c
            for c in walk(laboratory.show(f"/datasets/{bench}?row={given}"))
            if getattr(c, "id", None) == "dataset-row"
        ]
        assert field.value == shown


def test_a_dataset_is_audited_exported_and_fetched(
    caller: Caller, own_laboratory: World, laboratory: Laboratory
) -> None:
    bench = laboratory.ids()["Journal bench"]
    answer = caller.call("datasets.one:audit", {"dataset-audit.n_clicks": 1, "dataset-of.data": bench})
    assert answer["response"]["location"]["href"].startswith("/jobs/")
    given = {"dataset-export-go.n_clicks": 1, "dataset-export-format.value": "npz", "dataset-export-of.data": bench}
    going = caller.call("datasets.exports:export", given)["response"]
    assert going["dataset-export-tick"]["disabled"] is False
    own_laboratory.work()
    done = caller.call(
        "datasets.exports:refresh", {"dataset-export-tick.n_intervals": 1, "dataset-export-of.data": bench}
    )
    assert done["response"]["dataset-export-tick"]["disabled"] is True
    links = [p["href"] for p in props_of(done, "A")]
    assert len(links) == 2
    assert all(h.startswith("/api/v1/datasets/exports/") for h in links)


def test_a_dataset_is_removed_and_brought_back(caller: Caller, own_laboratory: World, laboratory: Laboratory) -> None:
    bench = laboratory.ids()["Journal bench"]
    gone = caller.call("datasets.one:remove", {"dataset-remove-yes.n_clicks": 1, "dataset-remove-chosen.data": bench})
    address = gone["response"]["location"]["href"]
    assert address == f"/datasets?removed={bench}"
    assert "The dataset was removed" in str(Visitor(caller.app, own_laboratory).show(address))
    back = caller.call("datasets.page:undo", {"datasets-undo.n_clicks": 1, "datasets-removed.data": bench})
    assert back["response"]["location"]["href"] == f"/datasets/{bench}"
    assert own_laboratory.services.datasets.get(own_laboratory.actor(), bench).deleted_at is None


def test_the_list_is_asked_again_while_something_is_made(looker: Caller, caller: Caller, own_laboratory: World) -> None:
    answer = looker.call("datasets.page:refresh", {"datasets-tick.n_intervals": 1})
    assert "Next bench" in texts(answer)
    assert answer["response"]["datasets-tick"]["disabled"] is False
    with own_laboratory.store.writing() as t:
        t.jobs.remove(status=JobStatus.RUNNING)
    assert caller.call("datasets.page:refresh", {"datasets-tick.n_intervals": 1})["response"]["datasets-tick"][
        "disabled"
    ]


def test_composition_and_findings_of_odd_datasets() -> None:
    with speaking("en"):
        odd = composition({"classes": {"-": {"-": 3}}, "severities": ["-"]})
        assert "not labelled" in str(odd)
        assert "nothing found" in str(findings_badge({"n_findings": {"info": 2}}))
        assert "not audited" in str(findings_badge({"n_findings": None}))
        assert "Nobody has audited" in str(findings({"findings": None}))
        assert "found nothing" in str(findings({"findings": []}))
        many = [{"severity": "fatal", "key": "k", "source": f"r{n}", "text": "T", "remedy": "R"} for n in range(9)]
        shown = findings({"findings": many, "n_findings": {"fatal": 300}})
        assert "r0, r1, r2 and 6 more" in str(shown)
        assert "gravest 9 of 300" in str(shown)
        assert len([c for c in walk(shown) if isinstance(c, html.Li)]) == 1


def test_the_service_refuses_what_the_form_cannot_ask(laboratory: Laboratory) -> None:
    from palier.app.specs import SimulationSpec

    with pytest.raises(ParameterError, match="kind"):
        laboratory.world.services.datasets.estimate(laboratory.world.actor(), SimulationSpec("x", "gear", {}))  # type: ignore[arg-type]


def test_every_callback_was_called(laboratory: Laboratory) -> None:
    """Runs last in this module."""
    own = {n for n in Caller(laboratory.app, None, set()).names() if n.startswith(OWN)}
    assert len(own) > 10
    assert own - CALLED == set()
