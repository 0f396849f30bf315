import json

import numpy as np

from palier.data.audit import audit_set
from palier.data.audit.document import audit_json


def test_the_same_set_gives_the_same_bytes(make, rng):
    x = np.clip(rng.normal(size=(4, 24_000)), -2, 2)
    made = [make(row, source=str(i)) for i, row in enumerate(x)]
    labels = {"0": "a", "1": "a", "2": "b", "3": "b"}
    first, second = (audit_json(audit_set(iter(made), labels=labels)) for _ in range(2))
    assert first == second
    document = json.loads(first)
    assert document["labels"] == {"a": 2, "b": 2}
    clipped = [f for f in document["findings"] if f["key"] == "clipping"]
    assert len(clipped) == 4
    assert isinstance(clipped[0]["values"]["n_clipped"], int)
    assert set(clipped[0]) == {"key", "severity", "source", "text", "remedy", "values"}
