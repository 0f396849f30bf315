import pytest

from palier.errors import ParameterError, ReadError
from palier.training import Recipe, read_recipe, recipe_from


def test_a_recipe_is_read_from_yaml(tmp_path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(
        "model: svm\nwindow_s: 1\naugment: [white:10dB]\nparameters: {C: 3}\nselect: mrmr\nn_features: 12\n"
    )
    recipe = read_recipe(path)
    assert recipe == Recipe("svm", None, 1, augment=("white:10dB",), parameters={"C": 3}, select="mrmr", n_features=12)
    assert recipe_from({k: v for k, v in recipe.as_json().items() if v is not None}) == recipe


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "'model' is missing"),
        ({"model": "svn"}, "did you mean svm"),
        ({"model": "svm", "window": 1}, "'window' is unknown; did you mean window_s"),
        ({"model": "svm", "window_s": "long"}, "'window_s' is 'long'"),
        ({"model": "svm", "window_s": -1}, "window_s is -1"),
        ({"model": "svm", "hop_s": 1}, "without window_s"),
        ({"model": "svm", "select": "mrmr"}, "belong together"),
        ({"model": "svm", "select": "best", "n_features": 3}, "select is 'best'"),
        ({"model": "svm", "augment": 3}, "'augment' is 3"),
        ({"model": "svm", "parameters": [1]}, "'parameters' is"),
        ({"model": "svm", "channel": True}, "'channel' is True"),
        ({"model": "svm", "channel": -1}, "channel is -1"),
        ({"model": "svm", "squash": "log"}, "squash is 'log'"),
        ({"model": "minirocket", "feature_set": "journal-1"}, "takes the waveform itself"),
    ],
)
def test_a_wrong_field_is_named(values, message) -> None:
    with pytest.raises(ParameterError, match=message):
        recipe_from(values)


@pytest.mark.parametrize("text", ["- a\n- b\n", "model: [svm\n", ""])
def test_a_file_that_is_no_table_is_refused(tmp_path, text) -> None:
    (tmp_path / "r.yaml").write_text(text)
    with pytest.raises(ReadError):
        read_recipe(tmp_path / "r.yaml")
    with pytest.raises(ReadError, match="cannot be read"):
        read_recipe(tmp_path / "none.yaml")
