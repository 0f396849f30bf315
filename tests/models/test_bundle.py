import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from palier.core.recording import Provenance, Recording
from palier.errors import BundleError, OutputError, UndeclaredError
from palier.models.bundle import open_bundle, write_bundle
from palier.models.inputs import FeatureInput


def recording(rate_hz=20_480.0, seconds=2.0, unit="g", speed_hz=60.0) -> Recording:
    x = np.random.default_rng(0).standard_normal((1, int(rate_hz * seconds)), dtype=np.float32)
    return Recording(x, Provenance("r.wav", "0" * 64), sampling_rate_hz=rate_hz, unit=unit, speed_hz=speed_hz)


def test_a_bundle_is_read_back_as_it_was_written(small_bundle, tmp_path) -> None:
    onnx = (small_bundle.path / "model.onnx").read_bytes()
    again = write_bundle(tmp_path / "copy", small_bundle.card, onnx)
    assert again.card == small_bundle.card
    assert again.sha256 == small_bundle.sha256
    assert sorted(p.name for p in again.path.iterdir()) == ["bundle.json", "checksums.sha256", "model.onnx"]
    assert [p for p in tmp_path.iterdir() if p.name != "copy"] == []


def test_a_bundle_says_where_it_comes_from(small_bundle, small_dataset) -> None:
    card = small_bundle.card
    assert card.dataset["content_hash"] == small_dataset.card.content_hash
    assert card.split["sha256"] == small_dataset.card.splits["by-machine"].sha256
    assert card.split["level"] == "bearing"
    assert card.synthetic
    assert {"palier", "scikit-learn", "skl2onnx"} <= set(card.versions)
    assert card.training["recipe"]["model"] == "extra_trees"
    assert card.metrics["columns"]["honest"]["accuracy"] >= 0.9
    assert card.calibration is not None
    assert sum(map(len, card.calibration.true_class_scores.values())) == len(
        small_dataset.split("by-machine").folds[0].validation
    )


def test_what_exists_is_never_overwritten(small_bundle) -> None:
    with pytest.raises(OutputError, match="exists already"):
        write_bundle(small_bundle.path, small_bundle.card, b"")


@pytest.mark.parametrize("name", ["model.onnx", "bundle.json"])
def test_a_damaged_bundle_is_refused(small_bundle, tmp_path, name) -> None:
    folder = tmp_path / "b"
    shutil.copytree(small_bundle.path, folder)
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(bytes(data))
    with pytest.raises(BundleError, match="checksums"):
        open_bundle(folder)


def rewritten(bundle, folder, change) -> None:
    from palier.models.bundle import _checksums

    shutil.copytree(bundle.path, folder)
    document = json.loads((folder / "bundle.json").read_text())
    change(document)
    (folder / "bundle.json").write_text(json.dumps(document))
    (folder / "checksums.sha256").write_text(_checksums(folder))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.update(schema=99), "newer palier"),
        (lambda d: d.pop("schema"), "schema version"),
        (lambda d: d["input"].update(kind="pixels"), "pixels"),
        (lambda d: d.update(classes=["healthy", "gremlins"]), "gremlins"),
        (lambda d: d.update(surprise=1), "cannot be understood"),
        (lambda d: d["input"].update(scale=[0.0]), "cannot be understood"),
    ],
)
def test_a_bundle_that_cannot_be_understood_is_refused(small_bundle, tmp_path, change, message) -> None:
    rewritten(small_bundle, tmp_path / "b", change)
    with pytest.raises(BundleError, match=message):
        open_bundle(tmp_path / "b")


def test_a_folder_that_is_no_bundle_is_refused(tmp_path) -> None:
    with pytest.raises(BundleError, match="is no model bundle"):
        open_bundle(tmp_path)
    with pytest.raises(BundleError, match="is no folder"):
        open_bundle(tmp_path / "nothing")


def test_a_recording_it_was_made_for_passes(small_bundle) -> None:
    small_bundle.check_recording(recording(), kind="journal")
    small_bundle.check_recording(recording(seconds=7.3), kind="journal")


@pytest.mark.parametrize(
    ("other", "kind", "error", "message"),
    [
        (recording(rate_hz=12_000.0), "journal", BundleError, "12000 Hz .* 20480 Hz"),
        (recording(seconds=0.5), "journal", BundleError, "needs windows of 2 s"),
        (recording(unit="mm/s"), "journal", BundleError, "in mm/s .* trained on g"),
        (recording(unit=None), "journal", UndeclaredError, "unit is not declared"),
        (recording(speed_hz=None), "journal", UndeclaredError, "speed is not declared"),
        (recording(), "rolling", BundleError, "journal bearings"),
    ],
)
def test_input_it_was_not_made_for_is_refused(small_bundle, other, kind, error, message) -> None:
    with pytest.raises(error, match=message):
        small_bundle.check_recording(other, kind=kind)


def test_another_version_of_the_features_is_refused(small_bundle) -> None:
    card = small_bundle.card
    assert isinstance(card.input, FeatureInput)
    with pytest.raises(BundleError, match="version"):
        replace(small_bundle, card=replace(card, input=replace(card.input, version="0"))).check_recording(recording())
