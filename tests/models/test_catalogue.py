"""One contract for every model: built, fitted, exported, compared, written, opened, asked."""

import numpy as np
import pytest

from palier.errors import MissingToolError, ParameterError
from palier.evaluation.dataset_scores import score_dataset
from palier.models.bundle import open_bundle
from palier.models.catalogue import MODELS, build_model, model_entry
from palier.models.onnx_predictor import OnnxPredictor
from palier.research.trial import run_trial
from palier.training import recipe_from

#: A network that is stopped early in a test has not converged, and need not.
pytestmark = pytest.mark.filterwarnings("ignore:Stochastic Optimizer")

FAST = {
    "random_forest": {"n_estimators": 40},
    "extra_trees": {"n_estimators": 40},
    "gradient_boosting": {"max_iter": 20},
    "mlp": {"hidden": 32, "max_iter": 60},
    "minirocket": {"n_kernels": 252, "max_dilations": 6, "rate_hz": 5120.0, "C": 0.01},
}


@pytest.mark.parametrize("name", MODELS)
def test_every_model_trains_exports_and_predicts(name, small_dataset, tmp_path) -> None:
    split = small_dataset.split("by-machine")
    fold = split.folds[0]
    recipe = recipe_from({"model": name, "parameters": FAST.get(name, {})})
    trial = run_trial(recipe, small_dataset, split, fold=fold, seed=3)
    assert trial.parity.share_same_class == 1.0
    assert trial.parity.largest_difference < 1e-3
    opened = open_bundle(trial.write(tmp_path / name).path)
    served = score_dataset(OnnxPredictor.of(opened), small_dataset, fold.test)
    assert served.scores.correct.mean() >= 0.6  # chance is 0.25
    assert opened.card.model == name
    assert opened.card.classes == ("healthy", "imbalance", "cavitation", "oil_whirl")


@pytest.mark.parametrize("name", [n for n in MODELS if n != "minirocket"])
def test_graphs_agree_for_any_batch_and_two_classes(name) -> None:
    from palier.export import to_onnx
    from palier.models.bundle import BundleCard
    from palier.models.inputs import WaveformInput

    rng = np.random.default_rng(0)
    for n_classes in (2, 3):
        y = np.arange(90) % n_classes
        x = (rng.normal(size=(90, 7)) + 2 * np.eye(7)[y]).astype(np.float32)
        model = build_model(name, seed=0, parameters=FAST.get(name, {})).fit(x, y)
        classes = ("healthy", "misalignment", "imbalance")[:n_classes]
        card = BundleCard(
            "t", name, "journal", classes, 7.0, 1.0, 1.0, None, WaveformInput(7.0, 7), True, {}, {}, {}, {}
        )
        served = OnnxPredictor(card, to_onnx(model, width=7))
        for batch in (1, 2, 90):
            np.testing.assert_allclose(served.scores_of(x[:batch]), model.predict_proba(x[:batch]), atol=1e-5)


@pytest.mark.parametrize("name", MODELS)
def test_the_same_seed_gives_the_same_model(name) -> None:
    rng = np.random.default_rng(1)
    y = np.arange(60) % 3
    x = (rng.normal(size=(60, 64)) + np.eye(64)[y]).astype(np.float32)
    told = [build_model(name, seed=4, parameters=FAST.get(name, {})).fit(x, y).predict_proba(x) for _ in range(2)]
    np.testing.assert_array_equal(told[0], told[1])


@pytest.mark.parametrize("name", MODELS)
def test_every_model_says_what_it_is(name) -> None:
    entry = model_entry(name)
    assert len(entry.text) > 30
    assert entry.reference
    assert set(entry.ranges) <= set(entry.parameters)
    assert (entry.feature_sets is None) == (entry.input == "waveform")


def test_a_wrong_name_or_parameter_is_refused() -> None:
    with pytest.raises(ParameterError, match="did you mean svm"):
        model_entry("smv")
    with pytest.raises(ParameterError, match="no parameter 'depth'"):
        build_model("svm", seed=0, parameters={"depth": 3})
    with pytest.raises(ParameterError, match="n_neighbors of knn is 0; allowed are 1 to 200"):
        build_model("knn", seed=0, parameters={"n_neighbors": 0})
    with pytest.raises(ParameterError, match="whole numbers"):
        build_model("knn", seed=0, parameters={"n_neighbors": 2.5})
    with pytest.raises(ParameterError, match="'scale' and numbers"):
        build_model("svm", seed=0, parameters={"gamma": "wide"})


@pytest.mark.parametrize(("missing", "extra"), [("aeon", "train,rocket"), ("sklearn", "train,rocket")])
def test_a_missing_package_is_said_before_any_work(small_dataset, monkeypatch, missing, extra) -> None:
    from palier.models import catalogue
    from palier.training import Recipe, fit

    found = catalogue.find_spec
    monkeypatch.setattr(catalogue, "find_spec", lambda name: None if name == missing else found(name))
    split = small_dataset.split("by-machine")
    seen = []
    with pytest.raises(MissingToolError, match=f"{missing}, which is not installed.*{extra}"):
        fit(
            Recipe("minirocket"),
            small_dataset,
            split,
            fold=split.folds[0],
            seed=0,
            on_progress=lambda *n: seen.append(n),
        )
    assert seen == []
