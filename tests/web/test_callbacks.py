"""Every callback, called as the browser calls it."""

import json
from typing import Any

import pytest
from tests.web.walking import Caller, Visitor
from tests.web.world import World, samples

from palier.app.entities import JobStatus
from palier.app.roles import Role
from palier.web.app import dash_app
from palier.web.components.notice import notice

#: Callbacks that a test of this module has called; the last test compares.
CALLED: set[str] = set()
#: Modules whose callbacks are tested here.
OWN = ("app:", "pages.home", "pages.jobs", "pages.diagnose.", "pages.diagnosis.", "pages.machines.")


@pytest.fixture
def caller(own_world: World) -> Caller:
    return Caller(dash_app(own_world.services), own_world.actor(), CALLED)


@pytest.fixture(scope="module")
def looker(visitor: Visitor) -> Caller:
    """Changes nothing."""
    return Caller(visitor.app, visitor.world.actor(Role.VIEWER), CALLED)


def texts(node: Any) -> str:
    """Return all text in an answer."""
    if isinstance(node, dict):
        return " ".join(texts(v) for k, v in node.items() if k not in {"id", "className", "type", "namespace"})
    if isinstance(node, list):
        return " ".join(texts(v) for v in node)
    return node if isinstance(node, str) else ""


def notices(answer: Any) -> str:
    found = answer["response"].get("notices") or answer.get("sideUpdate", {}).get("notices") or {}
    return texts(found)


# ---------------------------------------------------------------------- frame


def test_the_router_shows_pages_and_says_what_is_not_there(looker: Caller) -> None:
    shown = looker.call("app:show", {"location.pathname": "/jobs", "location.search": "?status=done"})
    assert "Jobs" in texts(shown)
    missing = looker.call("app:show", {"location.pathname": "/nowhere"})
    assert "There is no page /nowhere" in texts(missing)
    assert "req-7" in texts(missing)


def test_a_page_that_follows_the_query_is_not_shown_anew(looker: Caller) -> None:
    given = {"location.search": "?recordings=x", "location.pathname": "/diagnose"}
    assert looker.call("app:show", given, triggered="location.search") is None
    assert looker.call("app:show", given | {"location.pathname": "/jobs"}, triggered="location.search") is not None


def test_the_language_and_the_colours_are_kept(caller: Caller, own_world: World) -> None:
    assert caller.call("app:speak", {"language.value": "fr"})["response"]["spoken"]["data"] == "fr"
    caller.call("app:colour", {"appearance.value": "dark"})
    me = own_world.services.accounts.profile.me(own_world.actor())
    assert (me.language, me.colour_scheme) == ("fr", "dark")
    again = caller.call("app:speak", {"language.value": "en"})  # it is spoken already
    assert again["response"] == {}


def test_the_first_answer_has_language_and_colours(caller: Caller, own_world: World) -> None:
    from tests.web.walking import environ

    own_world.services.accounts.profile.change_colour_scheme(own_world.actor(), "dark")
    client = caller.app.server.test_client()
    page = client.get("/jobs", environ_overrides=environ(own_world.actor(language="fr"))).text
    assert '<html lang="fr" data-failed="' in page
    assert "Chargement…" in page
    assert "Loading..." not in page
    nobody = client.get("/", environ_overrides=environ(None)).text
    assert '<html lang="en" data-failed="The page could not be loaded.' in nobody


# ---------------------------------------------------------------------- home, jobs


def test_home_is_asked_again_while_something_goes_on(looker: Caller, caller: Caller, own_world: World) -> None:
    answer = looker.call("home:refresh", {"home-tick.n_intervals": 1})["response"]
    assert "Feed pump 3" in texts(answer["home-state"])
    assert answer["home-tick"]["disabled"] is False
    for view in own_world.services.jobs.page(own_world.actor(), status=[JobStatus.QUEUED]):
        own_world.services.jobs.cancel(own_world.actor(), view.job.id)
    with own_world.store.writing() as t:
        t.jobs.remove(status=JobStatus.RUNNING)
    assert caller.call("home:refresh", {"home-tick.n_intervals": 1})["response"]["home-tick"]["disabled"] is True


def test_the_list_of_jobs_is_asked_again_while_one_is_open(looker: Caller) -> None:
    open_ones = looker.call("jobs:refresh", {"jobs-tick.n_intervals": 1, "jobs-shown.data": {"status": "open"}})
    assert "sweep.csv" in texts(open_ones)
    assert "42%" in texts(open_ones)
    assert open_ones["response"]["jobs-tick"]["disabled"] is False
    failed = looker.call("jobs:refresh", {"jobs-tick.n_intervals": 1, "jobs-shown.data": {"status": "failed"}})
    assert failed["response"]["jobs-tick"]["disabled"] is True


def test_a_job_is_cancelled_shown_and_tried_again(caller: Caller, own_world: World) -> None:
    job = next(v.job for v in own_world.services.jobs.page(own_world.actor()) if v.job.status is JobStatus.QUEUED)
    button = {"page": "jobs", "do": "cancel", "job": job.id}
    answer = caller.call("jobs:cancel", {pattern(button): 1})
    assert "Cancelling pump3" in notices(answer)
    assert answer["sideUpdate"]["jobs-tick"]["disabled"] is False
    one = caller.call("jobs:refresh_one", {"jobs-one-tick.n_intervals": 1, "jobs-shown.data": job.id})
    assert "Cancelled" in texts(one)
    assert one["response"]["jobs-one-tick"]["disabled"] is True
    again = caller.call("jobs:retry", {pattern(button | {"do": "retry"}): 1})
    assert "queued again" in notices(again)
    assert own_world.services.jobs.get(own_world.actor(), job.id).job.status is JobStatus.QUEUED


def pattern(button: dict[str, str], property_: str = "n_clicks") -> str:
    return json.dumps(button, sort_keys=True, separators=(",", ":")) + f".{property_}"


def test_buttons_that_have_only_appeared_do_nothing(caller: Caller, own_world: World) -> None:
    job = next(v.job for v in own_world.services.jobs.page(own_world.actor()) if v.job.status is JobStatus.QUEUED)
    assert caller.call("jobs:cancel", {pattern({"page": "jobs", "do": "cancel", "job": job.id}): None}) is None
    for name, button in (
        ("diagnose.page:run", "diagnose-run"),
        ("diagnose.page:run_all", "diagnose-run-all"),
        ("diagnose.page:save", "diagnose-save"),
        ("diagnose.page:remove", "diagnose-remove"),
        ("diagnose.page:restore", "diagnose-undo"),
        ("machines.listing:add", "machines-save"),
        ("machines.listing:restore", "machines-undo"),
        ("machines.page:change", "machine-save"),
        ("machines.page:remove", "machine-yes"),
        ("machines.page:save_point", "point-save"),
    ):
        assert caller.call(name, {f"{button}.n_clicks": None}) is None, name
    assert own_world.services.jobs.get(own_world.actor(), job.id).job.status is JobStatus.QUEUED


# ---------------------------------------------------------------------- diagnose


def fields(**given: Any) -> dict[str, Any]:
    """Return the fields of the form as they stand when nothing was touched."""
    return {"declare-alarm.value": 1} | {f"declare-{k}.value": v for k, v in given.items()}


def recording(world: World, name: str) -> str:
    return next(r.id for r in world.services.recordings.page(world.actor()) if r.file_name == name)


def test_what_is_declared_is_kept_and_the_diagnosis_runs(caller: Caller, own_world: World) -> None:
    unknown = recording(own_world, "unknown.npy")
    opened = {"diagnose-opened.data": {"open": unknown, "all": [unknown]}}
    form = fields(
        rate="12000", speed=1500, bearing="6205", unit="g", group="2", support="rigid", alarm=2, channel="unknown"
    )
    answer = caller.call("diagnose.page:run", {"diagnose-run.n_clicks": 1} | form | opened)
    address = answer["response"]["location"]["href"]
    assert address.startswith("/diagnoses/")
    own_world.work()
    view = own_world.services.diagnoses.get(own_world.actor(), address.split("/")[-1])
    assert view.diagnosis.verdict == "damage"
    assert view.diagnosis.zone is not None
    assert view.diagnosis.settings_json["false_alarm_rate"] == 0.02
    assert view.recording.declared_json == {
        "sampling_rate_hz": 12000.0,
        "unit": "g",
        "speed_hz": 25.0,
        "bearing": "6205",
    }
    assert view.recording.sampling_rate_hz == 12000


def test_several_are_diagnosed_with_the_same_settings(caller: Caller, own_world: World) -> None:
    ids = [recording(own_world, "unknown.npy"), recording(own_world, "fan12.npy")]
    opened = {"diagnose-opened.data": {"open": ids[0], "all": ids}}
    form = fields(rate=12000, low=1400, high=1600, bearing="6205")
    answer = caller.call("diagnose.page:run_all", {"diagnose-run-all.n_clicks": 1} | form | opened)
    assert answer["response"]["diagnose-tick"]["disabled"] is False
    latest = [own_world.services.diagnoses.page(own_world.actor(), recording_id=i, limit=1)[0] for i in ids]
    assert [v.job.status for v in latest if v.job] == [JobStatus.QUEUED] * 2
    assert latest[0].diagnosis.settings_json["speed_range_hz"] == pytest.approx([1400 / 60, 1600 / 60])


def test_saving_assigns_the_point_and_reads_the_file_again(caller: Caller, own_world: World) -> None:
    actor = own_world.actor()
    unknown = recording(own_world, "unknown.npy")
    point = own_world.services.machines.all(actor)[0].points[0]
    given = {"diagnose-save.n_clicks": 1, "diagnose-opened.data": {"open": unknown, "all": []}}
    answer = caller.call("diagnose.page:save", given | fields(point=point.id, rate=12000))
    assert "saved" in notices(answer)
    kept = own_world.services.recordings.get(actor, unknown)
    assert (kept.point_id, kept.state) == (point.id, "waiting")
    own_world.work()
    assert own_world.services.recordings.get(actor, unknown).sampling_rate_hz == 12000


def test_what_cannot_be_is_refused_in_words(caller: Caller, own_world: World) -> None:
    unknown = recording(own_world, "unknown.npy")
    given = {"diagnose-run.n_clicks": 1, "diagnose-opened.data": {"open": unknown, "all": [unknown]}}
    assert "not in the catalogue" in notices(caller.call("diagnose.page:run", given | fields(bearing="nonsense")))
    said = notices(caller.call("diagnose.page:run", given | fields(rate="twelve")))
    assert "twelve is not a number" in said
    assert "req-7" in said


def test_the_list_follows_the_address_and_the_jobs(caller: Caller, own_world: World) -> None:
    waiting = own_world.upload("new.npy", samples(seed=50), sampling_rate_hz=12_000.0)
    search = f"?recordings={waiting.id},{recording(own_world, 'fan12.npy')},gone&open={waiting.id}"
    given = {"diagnose-tick.n_intervals": 1, "location.search": search, "diagnose-state.data": "before"}
    before = caller.call("diagnose.page:refresh", given)["response"]
    assert "Being read" in texts(before)
    assert before["diagnose-tick"]["disabled"] is False
    assert "Reading the file" in texts(
        caller.call("diagnose.page:show", {"diagnose-state.data": "x", "location.search": search})
    )
    own_world.work()
    after = caller.call("diagnose.page:refresh", given | {"diagnose-state.data": before["diagnose-state"]["data"]})[
        "response"
    ]
    assert after["diagnose-state"]["data"] != before["diagnose-state"]["data"]
    assert after["diagnose-tick"]["disabled"] is True
    same = caller.call("diagnose.page:refresh", given | {"diagnose-state.data": after["diagnose-state"]["data"]})[
        "response"
    ]
    assert "diagnose-state" not in same
    shown = caller.call("diagnose.page:show", {"diagnose-state.data": "x", "location.search": search})
    assert "12\u00a0kHz (declared)" in texts(shown)
    look = caller.call(
        "diagnose.page:channel", {"declare-channel.value": "new", "diagnose-opened.data": {"open": waiting.id}}
    )
    assert look["response"]['{"plot":"look"}']["figure"]["data"][0]["name"] == "new"


def test_a_recording_is_removed_and_brought_back(caller: Caller, own_world: World) -> None:
    fan = recording(own_world, "fan12.npy")
    given = {"diagnose-remove.n_clicks": 1, "diagnose-opened.data": {"open": fan, "all": [fan]}}
    answer = caller.call("diagnose.page:remove", given)["response"]
    assert "fan12.npy was removed" in texts(answer)
    assert answer["diagnose-removed"]["data"] == fan
    caller.call("diagnose.page:restore", {"diagnose-undo.n_clicks": 1, "diagnose-removed.data": fan})
    assert own_world.services.recordings.get(own_world.actor(), fan).id == fan


# ---------------------------------------------------------------------- one diagnosis


def diagnosis(world: World, verdict: str | None = "damage") -> str:
    return next(v.diagnosis.id for v in world.services.diagnoses.page(world.actor()) if v.diagnosis.verdict == verdict)


@pytest.mark.parametrize(
    ("name", "axis", "span"),
    [("waveform", "t", [1.0, 1.01]), ("spectrum", "f", [100.0, 200.0]), ("envelope", "e", [80.0, 100.0])],
)
def test_plots_show_the_part_that_is_zoomed_to(
    looker: Caller, world: World, name: str, axis: str, span: list[float]
) -> None:
    given: dict[str, Any] = {
        f"zoom-{axis}.data": None,
        "diagnosis-shown.data": diagnosis(world),
        "spectrum-log.checked": True,
    }
    figure = looker.call(f"plots:{name}", given)["response"][json.dumps({"plot": name}, separators=(",", ":"))][
        "figure"
    ]
    zoomed = looker.call(f"plots:{name}", given | {f"zoom-{axis}.data": span})
    part = zoomed["response"][json.dumps({"plot": name}, separators=(",", ":"))]["figure"]
    assert part["layout"]["xaxis"]["range"] == span
    assert len(part["data"][0]["y"]["bdata"]) < len(figure["data"][0]["y"]["bdata"])
    if name == "spectrum":
        assert part["layout"]["yaxis"]["type"] == "log"


def test_the_spectrogram_starts_where_the_address_says(looker: Caller, world: World) -> None:
    given = {"diagnosis-shown.data": diagnosis(world), "zoom-t.data": [1.0, 2.0], "zoom-f.data": None}
    layout = looker.call("plots:spectrogram", given)["response"]['{"plot":"spectrogram"}']["figure"]["layout"]
    assert layout["xaxis"]["range"] == [1.0, 2.0]
    assert layout["yaxis"]["range"] == [0.0, 6000.0]


def test_a_plot_that_cannot_be_drawn_says_so_and_the_page_stays(looker: Caller, world: World) -> None:
    answer = looker.call("plots:spectrum", {"zoom-f.data": None, "diagnosis-shown.data": diagnosis(world, None)})
    assert "has no answer yet" in notices(answer)
    assert answer["response"] == {}


def test_a_diagnosis_is_shown_once_its_job_is_done(caller: Caller, own_world: World) -> None:
    fan = own_world.services.recordings.get(own_world.actor(), recording(own_world, "fan12.npy"))
    asked = own_world.diagnose(fan)
    given = {"diagnosis-tick.n_intervals": 1, "diagnosis-shown.data": asked}
    before = caller.call("diagnosis.page:refresh", given)["response"]
    assert "Being diagnosed" in texts(before)
    assert before["diagnosis-tick"]["disabled"] is False
    own_world.work()
    after = caller.call("diagnosis.page:refresh", given)["response"]
    assert "No bearing damage found" in texts(after)
    assert after["diagnosis-tick"]["disabled"] is True
    assert "Download the report" not in texts(before["diagnosis-actions"])
    assert "Download the report" in texts(after["diagnosis-actions"])


def test_a_diagnosis_is_cancelled_and_tried_again(caller: Caller, own_world: World) -> None:
    actor = own_world.actor()
    asked = own_world.diagnose(own_world.services.recordings.get(actor, recording(own_world, "fan12.npy")))
    job = own_world.services.diagnoses.get(actor, asked).job
    assert job is not None
    button = {"page": "diagnosis", "do": "cancel", "job": job.id}
    assert "Cancelling" in notices(caller.call("diagnosis.page:cancel", {pattern(button): 1}))
    shown = caller.call("diagnosis.page:refresh", {"diagnosis-tick.n_intervals": 1, "diagnosis-shown.data": asked})
    assert "No answer" in texts(shown)
    answer = caller.call("diagnosis.page:retry", {pattern(button | {"do": "retry"}): 1})
    assert answer["response"]["diagnosis-tick"]["disabled"] is False


def test_the_analyst_has_the_last_word(caller: Caller, own_world: World) -> None:
    given = {
        "opinion-save.n_clicks": 1,
        "diagnosis-shown.data": diagnosis(own_world),
        "opinion-note.value": "opened it",
    }
    answer = caller.call(
        "diagnosis.page:save", given | {"opinion-choice.value": "wrong", "opinion-fault.value": "cage"}
    )
    assert "wrong" in texts(answer)
    assert "cage defect" in texts(answer)
    kept = own_world.services.diagnoses.get(own_world.actor(), diagnosis(own_world)).diagnosis
    assert (kept.opinion, kept.opinion_fault, kept.opinion_note) == ("wrong", "cage", "opened it")
    nothing = caller.call("diagnosis.page:save", given | {"opinion-choice.value": None})
    assert "right, wrong or not certain" in notices(nothing)


# ---------------------------------------------------------------------- machines


def machine_form(**given: Any) -> dict[str, Any]:
    return {f"machine-{k}.value": given.get(k) for k in ("name", "location", "description", "group", "support")}


def point_form(**given: Any) -> dict[str, Any]:
    names = ("name", "kind", "bearing", "speed", "unit", "rate", "mounting", "direction")
    return {f"point-{k}.value": given.get(k) for k in names}


def test_a_machine_is_added_changed_removed_and_brought_back(caller: Caller, own_world: World) -> None:
    actor, machines = own_world.actor(), own_world.services.machines
    form = machine_form(name="Compressor", group="1", support="flexible", location="Hall")
    address = caller.call("listing:add", {"machines-save.n_clicks": 1} | form)["response"]["location"]["href"]
    machine_id = address.split("/")[-1]
    assert machines.get(actor, machine_id).machine.machine_group == "1"
    taken = caller.call("listing:add", {"machines-save.n_clicks": 1} | form)
    assert "choose another name" in notices(taken)
    shown = {"machine-shown.data": {"machine": machine_id, "version": 1}}
    caller.call("machines.page:change", {"machine-save.n_clicks": 1} | machine_form(name="Compressor 2") | shown)
    assert machines.get(actor, machine_id).machine.name == "Compressor 2"
    old = caller.call("machines.page:change", {"machine-save.n_clicks": 1} | machine_form(name="Old") | shown)
    assert "changed" in notices(old).lower()
    gone = caller.call("machines.page:remove", {"machine-yes.n_clicks": 1} | shown)
    assert gone["response"]["location"]["href"] == f"/machines?removed={machine_id}"
    back = caller.call("listing:restore", {"machines-undo.n_clicks": 1, "machines-removed.data": machine_id})
    assert "Compressor 2" in texts(back["response"]["machines-list"])


def test_a_point_is_added_changed_removed_and_brought_back(caller: Caller, own_world: World) -> None:
    actor, machines = own_world.actor(), own_world.services.machines
    machine_id = next(v.machine.id for v in machines.all(actor) if v.machine.name == "Press roll 1")
    shown = {"machine-shown.data": {"machine": machine_id, "version": 1}}
    add = pattern({"page": "machine", "do": "add-point", "point": ""})
    opened = caller.call("machines.page:edit_point", {add: 1})["response"]
    assert opened["point-dialog"]["opened"] is True
    assert opened["point-edited"]["data"] is None
    form = point_form(name="Drive side", kind="rolling", bearing="6203", speed="900", rate=20000, unit="mm/s")
    save = {"point-save.n_clicks": 1, "point-edited.data": None}
    saved = caller.call("machines.page:save_point", save | form | shown)
    assert "Drive side" in texts(saved)
    assert saved["response"]["point-dialog"]["opened"] is False
    point = machines.get(actor, machine_id).points[0]
    assert point.nominal_speed_hz == 15
    edit = pattern({"page": "machine", "do": "edit-point", "point": point.id})
    edited = caller.call("machines.page:edit_point", {edit: 1})["response"]["point-edited"]["data"]
    assert edited == {"id": point.id, "version": 1}
    caller.call(
        "machines.page:save_point",
        {"point-save.n_clicks": 1, "point-edited.data": edited} | point_form(name="DS", kind="journal") | shown,
    )
    assert machines.get_point(actor, point.id).kind == "journal"
    wrong = caller.call("machines.page:save_point", save | point_form(name="X", speed="fast") | shown)
    assert "fast is not a number" in notices(wrong)
    remove = {"page": "machine", "do": "remove-point", "point": point.id}
    assert "DS was removed" in texts(caller.call("machines.page:remove_point", {pattern(remove): 1} | shown))
    back = caller.call("machines.page:restore_point", {pattern(remove | {"do": "restore-point"}): 1} | shown)
    assert "DS" in texts(back)
    assert len(machines.get(actor, machine_id).points) == 1


def test_spectra_are_drawn_over_time_and_over_each_other(looker: Caller, world: World) -> None:
    machine = next(v.machine for v in world.services.machines.all(world.actor()) if v.machine.name == "Feed pump 3")
    history = world.services.machines.history(world.actor(), machine.id)
    ids = [e.diagnosis.id for e in history if e.diagnosis]
    slices = [[i, str(n)] for n, i in enumerate(ids)] + [["gone", "x"]]
    figure = looker.call("spectra:waterfall", {"machine-slices.data": slices})["response"]['{"plot":"waterfall"}'][
        "figure"
    ]
    assert [d["name"] for d in figure["data"]] == ["0", "1", "2", "3", "4"]
    assert looker.call("spectra:waterfall", {"machine-slices.data": []}) is None
    options = [{"value": ids[0], "label": "first"}, {"value": ids[-1], "label": "last"}]
    given = {
        "compare-first.value": ids[0],
        "compare-second.value": ids[-1],
        "compare-curve.value": "envelope_spectrum",
        "compare-first.data": options,
    }
    figure = looker.call("spectra:compare", given)["response"]['{"plot":"comparison"}']["figure"]
    assert [d["name"] for d in figure["data"]] == ["first", "last"]
    assert figure["layout"]["yaxis"]["title"]["text"] == "Modulation depth"


# ---------------------------------------------------------------------- who may, and what goes wrong


def test_the_service_refuses_what_a_viewer_does_by_hand(own_world: World) -> None:
    viewer = Caller(dash_app(own_world.services), own_world.actor(Role.VIEWER), set())
    fan = recording(own_world, "fan12.npy")
    given = {"diagnose-run.n_clicks": 1, "diagnose-opened.data": {"open": fan, "all": [fan]}}
    assert "needs the role" in notices(viewer.call("diagnose.page:run", given | fields()))
    assert "needs the role" in notices(
        viewer.call("listing:add", {"machines-save.n_clicks": 1} | machine_form(name="x"))
    )
    assert "needs the role" in notices(
        viewer.call(
            "diagnosis.page:save",
            {"opinion-save.n_clicks": 1, "diagnosis-shown.data": diagnosis(own_world), "opinion-choice.value": "wrong"},
        )
    )


def test_ids_of_another_workspace_are_not_found(own_world: World) -> None:
    stranger = Caller(dash_app(own_world.services), own_world.actor(workspace=own_world.empty), set())
    fan = recording(own_world, "fan12.npy")
    given = {"diagnose-remove.n_clicks": 1, "diagnose-opened.data": {"open": fan, "all": [fan]}}
    assert "Not found" in notices(stranger.call("diagnose.page:remove", given))
    shown = stranger.call("plots:waveform", {"zoom-t.data": None, "diagnosis-shown.data": diagnosis(own_world)})
    assert "Not found" in notices(shown)


def test_a_fault_of_ours_is_logged_and_says_so(own_world: World, caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        def page(self, *_: Any, **__: Any) -> Any:
            raise RuntimeError("secret detail")

    from dataclasses import replace

    app = dash_app(replace(own_world.services, jobs=Broken()))  # type: ignore[arg-type]  # it breaks
    caller = Caller(app, own_world.actor(), set())
    answer = caller.call("jobs:refresh", {"jobs-tick.n_intervals": 1, "jobs-shown.data": {"status": "open"}})
    assert "Something went wrong" in notices(answer)
    assert "secret detail" not in json.dumps(answer)
    page = caller.call("app:show", {"location.pathname": "/jobs"})
    assert "fault in palier" in texts(page)
    records = [r for r in caplog.records if r.name == "palier.web"]
    assert {r.request_id for r in records} == {"req-7"}  # type: ignore[attr-defined]  # set by us
    assert all(r.exc_info for r in records)


def test_the_same_message_is_shown_once_at_a_time() -> None:
    one, again, other = (notice(text)["id"] for text in ("gone", "gone", "back"))
    assert one == again != other


def test_without_a_session_callbacks_say_so(own_world: World) -> None:
    nobody = Caller(dash_app(own_world.services), None, set())
    assert "sign in again" in notices(nobody.call("home:refresh", {"home-tick.n_intervals": 1}))


def test_every_callback_was_called(visitor: Visitor) -> None:
    """Runs last in this module."""
    own = {n for n in Caller(visitor.app, None, set()).names() if n.startswith(OWN)}
    assert len(own) > 25
    assert own - CALLED == set()
