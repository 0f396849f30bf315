"""The published form of a diagnosis, as the page reads it."""

from dataclasses import dataclass
from typing import Any

from palier.app.entities import Diagnosis
from palier.core.faults import fault
from palier.web.figures import ExpectedLine
from palier.web.i18n import current_language

__all__ = ["Result", "fault_words", "result_of"]


@dataclass(frozen=True, slots=True)
class Result:
    """A finished diagnosis. `whole` is the document of `palier.diagnosis.document`."""

    diagnosis: Diagnosis
    whole: dict[str, Any]

    def part(self, name: str) -> dict[str, Any]:
        """Return a part that is an object; empty where there is none."""
        return self.whole.get(name) or {}

    def rows(self, name: str) -> list[Any]:
        """Return a part that is a list."""
        return list(self.whole.get(name) or ())

    @property
    def lines(self) -> tuple[ExpectedLine, ...]:
        """Return what was looked for in the envelope spectrum, the strongest fault first."""
        order = [r["fault"] for r in self.rows("ranking")]
        rows = sorted(
            self.rows("evidence"), key=lambda e: order.index(e["fault"]) if e["fault"] in order else len(order)
        )
        return tuple(
            ExpectedLine(
                e["fault"], fault_words(e["fault"]), e["label"], e["expected_hz"], e["found_hz"], e["amplitude"],
                e["found"],
            )
            for e in rows
            if e.get("quantity", "modulation_depth") == "modulation_depth"
        )  # fmt: skip

    @property
    def rolling(self) -> bool:
        """Return whether lines of a rolling bearing were searched, so that there is an envelope spectrum."""
        return bool(self.rows("bands"))


def result_of(diagnosis: Diagnosis) -> Result:
    """Return the answer of a finished diagnosis."""
    document = diagnosis.result_json or {"results": [{}]}
    return Result(diagnosis, document["results"][0].get("diagnosis", {}))


def fault_words(key: str) -> str:
    """Return the name of a fault in the language spoken."""
    named = fault(key)
    return named.name_fr if current_language() == "fr" else named.name_en
