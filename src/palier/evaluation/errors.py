"""Which records are wrong, and how surely: counted in one pass, in memory that does not grow with the records."""

import heapq
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import final

import numpy as np

from palier.errors import ParameterError
from palier.evaluation.records import RecordScores

__all__ = ["ConfusedPair", "ErrorAnalysis", "ErrorCounter", "ErrorShare", "Mistake", "analyse_errors"]


@dataclass(frozen=True, slots=True)
class Mistake:
    """One record that was named wrongly."""

    record_id: str
    true_class: str
    predicted: str
    confidence: float
    true_score: float
    """Score of the class that it is."""
    group: str
    severity: str | None
    condition: str | None


@dataclass(frozen=True, slots=True)
class ConfusedPair:
    """How often one class is taken for another."""

    true_class: str
    predicted: str
    n: int
    share: float
    """Of the records of the true class."""


@dataclass(frozen=True, slots=True)
class ErrorShare:
    """How many records of a stratum are wrong."""

    name: str
    n_records: int
    n_wrong: int


@dataclass(frozen=True, slots=True)
class ErrorAnalysis:
    """Where a model fails."""

    n_records: int
    n_wrong: int
    confusions: tuple[ConfusedPair, ...]
    """The most frequent first."""
    confident: tuple[Mistake, ...]
    """The surest mistakes first: labels to check, or faults to look at."""
    by_severity: tuple[ErrorShare, ...]
    by_condition: tuple[ErrorShare, ...]


@final
class ErrorCounter:
    """Counts mistakes block by block.

    It holds counts for each class pair, severity and condition, and the surest mistakes; never the records.

    Parameters
    ----------
    top : int
        Mistakes and confused pairs to keep, at least 1.
    """

    __slots__ = ("_confusion", "_heap", "_strata", "_top", "classes")

    def __init__(self, *, top: int = 20) -> None:
        if top < 1:
            raise ParameterError(f"top is {top}; allowed are 1 and above")
        self._top = top
        self.classes: tuple[str, ...] = ()
        self._confusion = np.zeros((0, 0), np.int64)
        # a mistake loses against a surer one; among equally sure ones the later name goes
        self._heap: list[tuple[float, _Reversed, Mistake]] = []
        self._strata: dict[str, tuple[Counter[str], Counter[str]]] = {
            name: (Counter(), Counter()) for name in ("severity", "condition")
        }

    def add(self, block: RecordScores) -> None:
        """Count a block of records.

        Raises
        ------
        ParameterError
            If its classes differ from those of the first block.
        """
        if not self.classes:
            self.classes = block.classes
            self._confusion = np.zeros((len(self.classes),) * 2, np.int64)
        if block.classes != self.classes:
            raise ParameterError("blocks of one analysis need the same classes in the same order")
        predicted, correct = block.predicted, block.correct
        np.add.at(self._confusion, (block.true_class, predicted), 1)
        for name, (seen, wrong) in self._strata.items():
            values = getattr(block, name)
            known = np.array([v is not None for v in values], bool)
            seen.update(values[known].tolist())
            wrong.update(values[known & ~correct].tolist())
        confidence = block.confidence
        for i in np.flatnonzero(~correct):
            entry = (float(confidence[i]), _Reversed(str(block.record_id[i])))
            if len(self._heap) == self._top and not self._heap[0][:2] < entry:
                continue
            row = (*entry, self._mistake(block, int(i), int(predicted[i])))
            (heapq.heappush if len(self._heap) < self._top else heapq.heapreplace)(self._heap, row)

    def finish(self) -> ErrorAnalysis:
        """Return what was counted."""
        wrong = self._confusion.copy()
        np.fill_diagonal(wrong, 0)
        pairs = sorted(zip(*np.nonzero(wrong), strict=True), key=lambda p: (-wrong[p], p))[: self._top]
        total = self._confusion.sum(axis=1)
        return ErrorAnalysis(
            n_records=int(self._confusion.sum()),
            n_wrong=int(wrong.sum()),
            confusions=tuple(
                ConfusedPair(self.classes[t], self.classes[p], int(wrong[t, p]), float(wrong[t, p] / total[t]))
                for t, p in pairs
            ),
            confident=tuple(m for *_, m in sorted(self._heap, key=lambda row: row[:2], reverse=True)),
            by_severity=self._shares("severity"),
            by_condition=self._shares("condition"),
        )

    def _mistake(self, block: RecordScores, i: int, predicted: int) -> Mistake:
        true = int(block.true_class[i])
        return Mistake(
            record_id=str(block.record_id[i]),
            true_class=self.classes[true],
            predicted=self.classes[predicted],
            confidence=float(block.scores[i, predicted]),
            true_score=float(block.scores[i, true]),
            group=str(block.group[i]),
            severity=block.severity[i],
            condition=block.condition[i],
        )

    def _shares(self, name: str) -> tuple[ErrorShare, ...]:
        seen, wrong = self._strata[name]
        return tuple(ErrorShare(str(k), seen[k], wrong[k]) for k in sorted(seen))


@final
class _Reversed:
    """A text that sorts backwards."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __lt__(self, other: "_Reversed") -> bool:
        return self.text > other.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Reversed) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


def analyse_errors(blocks: Iterable[RecordScores], *, top: int = 20) -> ErrorAnalysis:
    """Return where a model fails, from blocks of records in any order.

    Parameters
    ----------
    blocks : iterable of RecordScores
        For example `read_score_blocks`, or ``scores.blocks(4096)``.
    top : int
        Mistakes and confused pairs to keep.

    Raises
    ------
    ParameterError
        If the classes differ between blocks.

    Examples
    --------
    >>> from palier.evaluation.records import ScoredRecord, collect_records
    >>> records = [ScoredRecord(n, 1, np.array([[p, 1 - p]]), group=n) for n, p in (("a", 0.9), ("b", 0.2))]
    >>> found = analyse_errors([collect_records(records, classes=("healthy", "wear"))])
    >>> found.n_wrong, found.confident[0].record_id, found.confusions[0].share
    (1, 'a', 0.5)
    """
    counter = ErrorCounter(top=top)
    for block in blocks:
        counter.add(block)
    return counter.finish()
