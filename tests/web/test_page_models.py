"""The pages of models: every callback, with the real services and jobs."""

from typing import Any

import pytest
from tests.web.answers import notices, pattern, texts
from tests.web.laboratory import Laboratory
from tests.web.walking import Caller, Visitor, walk
from tests.web.world import World

from palier.app.entities import JobStatus
from palier.web.app import dash_app
from palier.web.figures import Score, confusion_figure, noise_figure, scores_figure
from palier.web.i18n import speaking
from palier.web.pages.models.judged import honest_words

CALLED: set[str] = set()
OWN = "pages.models."


@pytest.fixture
def caller(own_laboratory: World) -> Caller:
    return Caller(dash_app(own_laboratory.services), own_laboratory.actor(), CALLED)


@pytest.fixture
def looker(laboratory: Laboratory) -> Caller:
    return Caller(laboratory.app, laboratory.world.actor(), CALLED)


def test_levels_follow_the_dataset(looker: Caller, laboratory: Laboratory) -> None:
    bench = laboratory.ids()["Journal bench"]
    answer = looker.call("models.train:narrow", {"train-dataset.value": bench})["response"]
    levels = {row["value"]: row["disabled"] for row in answer["train-level"]["data"]}
    assert levels == {"rig": True, "bearing": False, "condition": True, "record": False}
    assert answer["train-level"]["value"] == "bearing"
    assert "24 records, Journal bearings. Simulated" in texts(answer)


def test_a_training_is_queued(caller: Caller, own_laboratory: World, laboratory: Laboratory) -> None:
    typed: dict[str, Any] = {
        "name": "Trees",
        "dataset": laboratory.ids()["Journal bench"],
        "model": "extra_trees",
        "level": "bearing",
        "seed": 3,
    }
    given = {"train-go.n_clicks": 1} | {f"train-{k}.value": v for k, v in typed.items()}
    answer = caller.call("models.train:train", given)
    job = own_laboratory.services.jobs.get(
        own_laboratory.actor(), answer["response"]["location"]["href"].removeprefix("/jobs/")
    ).job
    assert (job.kind, job.args_json["model"], job.args_json["by"], job.args_json["seed"]) == (
        "train_classical",
        "extra_trees",
        "bearing",
        3,
    )
    assert caller.call("models.train:train", given | {"train-go.n_clicks": None}) is None
    taken = caller.call("models.train:train", given | {"train-name.value": "First model"})
    assert "there is a model 'First model' already" in notices(taken)


def test_models_are_compared(looker: Caller, laboratory: Laboratory) -> None:
    ids = laboratory.ids()
    boxes = [{"page": "models", "compare": ids[n]} for n in ("First model", "Second model")]

    def given(chosen: int) -> dict[str, Any]:
        on = {pattern(b, "checked"): n < chosen for n, b in enumerate(boxes)}
        return {"models-compare.n_clicks": 1} | on | {pattern(b, "id"): b for b in boxes}

    assert "at least two" in notices(looker.call("models.page:compare_chosen", given(1)))
    answer = looker.call("models.page:compare_chosen", given(2))
    address = answer["response"]["location"]["href"]
    assert address == f"/models/compare?models={ids['First model']}%2C{ids['Second model']}"
    shown = str(laboratory.show(address))
    assert "must not be ranked" in shown
    alone = str(laboratory.show(f"/models/compare?models={ids['First model']}"))
    assert "must not be ranked" not in alone


def test_a_model_says_what_it_is_worth_and_where_it_may_be_used(laboratory: Laboratory) -> None:
    page = str(laboratory.show(laboratory.addresses()["model"]))
    assert "12 records" not in page
    assert "that it has never seen, the model names the right class in" in page
    assert "its answers on real machines were never validated" in page
    assert "Not measured here" in page  # noise
    evaluated = str(laboratory.show(laboratory.addresses()["model, evaluated"]))
    assert "/api/v1/evaluations/" in evaluated
    assert "Noise was laid over" in evaluated


def test_the_honest_sentence_has_every_number(laboratory: Laboratory) -> None:
    ids = laboratory.ids()
    model = laboratory.world.services.models.get(laboratory.world.actor(), ids["First model"])
    result = model.evaluation_json
    assert result is not None
    with speaking("en"):
        words = honest_words(result)
    assert words.startswith(f"On {result['n_records']} records of one bearing that it has never seen")
    assert "(95% interval: " in words
    assert "With a split that leaks" in words


def test_a_model_is_evaluated(caller: Caller, own_laboratory: World, laboratory: Laboratory) -> None:
    ids = laboratory.ids()
    given = {
        "model-evaluate.n_clicks": 1,
        "model-dataset.value": ids["Journal bench"],
        "model-of.data": ids["First model"],
    }
    answer = caller.call("models.one:evaluate", given)
    job = own_laboratory.services.jobs.get(
        own_laboratory.actor(), answer["response"]["location"]["href"].removeprefix("/jobs/")
    ).job
    assert job.kind == "evaluate"
    assert "No dataset is chosen" in notices(caller.call("models.one:evaluate", given | {"model-dataset.value": None}))


def test_a_model_is_removed_and_brought_back(caller: Caller, own_laboratory: World, laboratory: Laboratory) -> None:
    first = laboratory.ids()["First model"]
    gone = caller.call("models.one:remove", {"model-remove-yes.n_clicks": 1, "model-remove-chosen.data": first})
    address = gone["response"]["location"]["href"]
    assert "The model was removed" in str(Visitor(caller.app, own_laboratory).show(address))
    back = caller.call("models.page:undo", {"models-undo.n_clicks": 1, "models-removed.data": first})
    assert back["response"]["location"]["href"] == f"/models/{first}"


def test_the_list_is_read_anew_once_a_model_is_there(looker: Caller, caller: Caller, own_laboratory: World) -> None:
    same = looker.call("models.page:refresh", {"models-tick.n_intervals": 1, "models-count.data": 2})["response"]
    assert "Next model" in texts(same)
    assert "location" not in same
    more = looker.call("models.page:refresh", {"models-tick.n_intervals": 1, "models-count.data": 1})["response"]
    assert more["location"]["href"] == "/models"
    with own_laboratory.store.writing() as t:
        t.jobs.remove(status=JobStatus.RUNNING)
    done = caller.call("models.page:refresh", {"models-tick.n_intervals": 1, "models-count.data": 2})["response"]
    assert done["models-tick"]["disabled"] is True


def test_no_evaluation_of_another_model_is_shown(laboratory: Laboratory) -> None:
    from palier.errors import NotFoundError

    ids = laboratory.ids()
    with pytest.raises(NotFoundError):
        laboratory.show(f"/models/{ids['Second model']}?on={ids['evaluation']}")


def test_figures_say_what_they_are_given() -> None:
    with speaking("en"):
        confusion = confusion_figure([[3, 1], [0, 4]], ["healthy", "wear"])
        assert confusion["data"][0]["z"] == [[0.75, 0.25], [0.0, 1.0]]
        assert [a["text"] for a in confusion["layout"]["annotations"]] == ["3", "1", "·", "4"]
        empty = confusion_figure([[0, 0], [1, 1]], ["healthy", "wear"])
        assert empty["data"][0]["z"][0] == [0.0, 0.0]
        rows = [
            {"noise": "clean", "snr_db": None, "accuracy": {"value": 0.9, "low": 0.8, "high": 1.0}},
            {"noise": "pink:0dB", "snr_db": 0.0, "accuracy": {"value": 0.5, "low": 0.2, "high": 0.6}},
        ]
        noise = noise_figure(rows, majority=0.25)
        assert noise["data"][0]["x"] == ["none", "pink 0\u00a0dB"]
        assert noise["data"][0]["error_y"]["arrayminus"] == pytest.approx([10, 30])
        assert noise["data"][1]["y"] == [25, 25]
        scores = scores_figure([Score("A", 0.9, 0.5, 1.0, 0.25), Score("B", 0.8, 0.7, 0.9, None)])
        assert scores["data"][0]["y"] == ["A"]
        assert scores["data"][1]["x"] == [90, 80]


def test_every_kind_of_model_has_its_words(laboratory: Laboratory) -> None:
    page = laboratory.show(laboratory.addresses()["models, train"])
    labels = [c.label for c in walk(page) if type(c).__name__ == "Radio"]
    catalogue = laboratory.world.services.models.catalogue(laboratory.world.actor())
    assert len(labels) == len(catalogue)
    assert not set(labels) & {row["name"] for row in catalogue}


def test_every_callback_was_called(laboratory: Laboratory) -> None:
    """Runs last in this module."""
    own = {n for n in Caller(laboratory.app, None, set()).names() if n.startswith(OWN)}
    assert len(own) > 6
    assert own - CALLED == set()
