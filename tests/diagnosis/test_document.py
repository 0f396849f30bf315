import json

import jsonschema
import numpy as np
import pytest

from palier.core.catalogue import find_bearing
from palier.diagnosis.document import Failure, document_json, json_schema
from palier.diagnosis.rolling import diagnose_rolling
from palier.simulate.rolling import RollingScenario, simulate_rolling

BEARING = find_bearing("6205")


def diagnosis(duration_s: float = 3.0, fault: str = "inner_race"):
    scenario = RollingScenario(BEARING, fault=fault, duration_s=duration_s)
    recording, _ = simulate_rolling(scenario, rng=np.random.default_rng(0))
    return diagnose_rolling(recording, bearing=BEARING)[0]


def test_the_document_fits_its_published_schema() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    text = document_json([diagnosis(), diagnosis(0.2), diagnosis(fault="healthy"), Failure("a", "ReadError", "no")])
    jsonschema.Draft202012Validator(schema).validate(json.loads(text))


def test_the_schema_refuses_what_is_not_a_diagnosis() -> None:
    document = json.loads(document_json([diagnosis()]))
    document["results"][0]["diagnosis"]["verdict"] = "fine"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(json_schema()).validate(document)


def test_the_same_inputs_give_the_same_bytes() -> None:
    assert document_json([diagnosis()]) == document_json([diagnosis()])


def test_numbers_have_six_digits_and_nothing_is_nan() -> None:
    text = document_json([diagnosis()])
    assert "NaN" not in text
    assert "Infinity" not in text
    numbers = []
    json.loads(text, parse_float=numbers.append)
    assert numbers
    assert all(len(n.lower().split("e")[0].replace("-", "").replace(".", "").strip("0")) <= 6 for n in numbers)
