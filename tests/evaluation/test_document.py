import json
import runpy
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from palier.errors import ReadError
from palier.evaluation.compare import Judged, compare_results
from palier.evaluation.document import comparison_json, evaluation_json, evaluation_schema, read_evaluation
from palier.evaluation.result import EvaluationResult

CASES = runpy.run_path(str(Path(__file__).with_name("cases.py")))
full_result, bearing_result, made_scores = (CASES[n] for n in ("full_result", "bearing_result", "made_scores"))


@pytest.mark.parametrize("made", [full_result, bearing_result])
def test_a_document_fits_its_schema_and_comes_back_as_the_same_bytes(tmp_path: Path, made: Any) -> None:
    text = evaluation_json(made())
    assert text == evaluation_json(made())
    jsonschema.validate(json.loads(text), evaluation_schema())
    path = tmp_path / "evaluation.json"
    path.write_text(text, encoding="utf-8")
    again = read_evaluation(path)
    assert isinstance(again, EvaluationResult)
    assert evaluation_json(again) == text
    assert again.classes == made().classes


def test_the_schema_is_one_and_refuses_what_is_not_in_it() -> None:
    schema = evaluation_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    document = json.loads(evaluation_json(bearing_result()))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, "accuracy_percent": 93}, schema)
    del document["figures"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema)


def shares(value: Any, path: str = "") -> list[tuple[str, float]]:
    if is_dataclass(value):
        return [x for f in fields(value) for x in shares(getattr(value, f.name), f"{path}.{f.name}")]
    if isinstance(value, tuple):
        return [x for v in value for x in shares(v, path)]
    return [(path, value)] if isinstance(value, float) else []


def test_every_share_is_a_fraction_and_never_a_per_cent() -> None:
    free = ("log_loss", "brier", "snr_db")  # nats, 0 to 2, and dB
    found = [(p, v) for p, v in shares(full_result()) if not p.endswith(free)]
    assert len(found) > 300
    assert [(p, v) for p, v in found if not 0 <= v <= 1] == []


def test_every_field_of_the_document_is_in_the_reference() -> None:
    page = (Path(__file__).parents[2] / "docs/reference/evaluation.md").read_text(encoding="utf-8")
    schema = evaluation_schema()
    names = set(schema["properties"]) | {n for d in schema["$defs"].values() for n in d["properties"]}
    assert sorted(n for n in names if f"`{n}`" not in page) == []


def test_a_comparison_has_a_document() -> None:
    entries = [Judged(n, full_result(s), made_scores(400, seed=s, strength=2.5)) for n, s in (("a", 0), ("b", 1))]
    document = json.loads(comparison_json(compare_results(entries, rng=np.random.default_rng(0))))
    assert document["pairs"][0]["mcnemar"].keys() == {"only_a", "only_b", "p_value"}
    assert [r["schema_version"] for r in document["results"]] == ["1.0", "1.0"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "no JSON"),
        ("[]", "schema version none"),
        ('{"schema_version": "2.0"}', "schema version 2.0"),
        ('{"schema_version": "1.0"}', "missing or unknown"),
    ],
)
def test_other_documents_are_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "e.json"
    path.write_text(text)
    with pytest.raises(ReadError, match=said):
        read_evaluation(path)
    with pytest.raises(ReadError, match="cannot be read"):
        read_evaluation(tmp_path / "none.json")
