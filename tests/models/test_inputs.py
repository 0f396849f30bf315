from dataclasses import replace

import numpy as np
import pytest

from palier.errors import BundleError, ParameterError
from palier.models.inputs import FeatureInput, WaveformInput, input_from_json, input_to_json
from palier.models.predictor import Windows

RATE_HZ = 20_480.0


def windows(n=3, seconds=0.5, rate_hz=RATE_HZ) -> Windows:
    x = np.random.default_rng(0).standard_normal((n, int(seconds * rate_hz)), dtype=np.float32)
    return Windows(x, rate_hz, np.full(n, 60.0))


def chosen(**changes) -> FeatureInput:
    plain = FeatureInput("standard-1", "1", ("kurtosis", "rms"), centre=(3.0, 1.0), scale=(2.0, 0.5))
    return replace(plain, **changes)


def test_features_are_chosen_centred_scaled_and_squashed() -> None:
    from palier.features import extract, feature_set

    w = windows()
    raw = extract(w.samples, sampling_rate_hz=RATE_HZ, speed_hz=60.0, feature_set="standard-1")
    names = feature_set("standard-1").names
    kurtosis, rms = raw[:, names.index("kurtosis")], raw[:, names.index("rms")]
    expected = np.arcsinh(np.stack([(kurtosis - 3) / 2, (rms - 1) / 0.5], axis=1))
    np.testing.assert_allclose(chosen().prepare(w), expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(chosen(squash="none").prepare(w), np.sinh(expected), rtol=1e-5, atol=1e-6)
    assert chosen().prepare(w).dtype == np.float32


def test_a_waveform_is_resampled_and_centred() -> None:
    w = windows(rate_hz=8000.0, seconds=1.0)
    offset = Windows(w.samples + 5, 8000.0, w.speed_hz)
    spec = WaveformInput(2000.0, 2000)
    assert spec.prepare(offset).shape == (3, 2000)
    np.testing.assert_allclose(spec.prepare(offset), spec.prepare(w), atol=1e-4)
    with pytest.raises(ParameterError, match="give longer windows"):
        WaveformInput(2000.0, 2001).prepare(w)


@pytest.mark.parametrize("spec", [chosen(), chosen(squash="none", speed="estimate"), WaveformInput(5120.0, 100)])
def test_an_input_survives_json(spec) -> None:
    import json

    assert input_from_json(json.loads(json.dumps(input_to_json(spec)))) == spec


def test_wrong_inputs_are_refused() -> None:
    with pytest.raises(ParameterError, match="one of each"):
        chosen(scale=(1.0,))
    with pytest.raises(ParameterError, match="scale"):
        chosen(scale=(1.0, 0.0))
    with pytest.raises(BundleError, match="not in the set"):
        chosen(columns=("kurtosis", "rmz")).prepare(windows())
    with pytest.raises(ParameterError, match="no numbers"):
        chosen().prepare(Windows(np.zeros((1, 4096), np.float32), RATE_HZ, np.full(1, 60.0)))
    with pytest.raises(ParameterError, match="one speed for each"):
        Windows(np.zeros((2, 8), np.float32), RATE_HZ, np.zeros(1))
