"""Scores of whole records, collected from windows that come in any order."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, final

import numpy as np
from jaxtyping import Bool, Float, Int

from palier.errors import ParameterError

__all__ = [
    "RecordAccumulator",
    "RecordFacts",
    "RecordScores",
    "ScoredRecord",
    "collect_records",
    "concatenate_scores",
    "spread_scores",
]

#: Scores are summed as whole multiples of 2⁻⁴⁰, so that the order of the windows changes no bit of a mean.
_STEPS: Final = float(2**40)

#: How far a row of scores may be from summing to one.
_SUM_TOLERANCE = 1e-3

Names = np.ndarray
"""Texts, dtype object; None where nobody knows."""


@dataclass(frozen=True, slots=True, eq=False)
class ScoredRecord:
    """What a model said of one record, with what is known of the record.

    Raises
    ------
    ParameterError
        If the scores are no table of windows and classes.
    """

    record_id: str
    true_class: int
    """Place of the true class among the classes."""
    scores: Float[np.ndarray, "window class"]
    """Probabilities of each window; a single row where the windows are combined already."""
    group: str
    """What records share that are not independent: the bearing, or the record itself."""
    severity: str | None = None
    condition: str | None = None
    has_signature: Bool[np.ndarray, " window"] | None = None
    """Whether a window holds any trace of its fault, where a generator knows it."""

    def __post_init__(self) -> None:
        if self.scores.ndim != 2 or not len(self.scores):
            raise ParameterError(
                f"scores of record {self.record_id} have shape {self.scores.shape}; allowed is (window, class) with at "
                "least one window"
            )


@dataclass(frozen=True, slots=True, eq=False)
class RecordFacts:
    """What is known of the records of a test side, a row for each.

    Raises
    ------
    ParameterError
        If columns differ in length, or two records have one name.
    """

    record_id: Names
    true_class: Int[np.ndarray, " record"]
    group: Names
    severity: Names
    condition: Names

    def __post_init__(self) -> None:
        n = len(self.record_id)
        for name in ("true_class", "group", "severity", "condition"):
            if len(getattr(self, name)) != n:
                raise ParameterError(f"{name} has {len(getattr(self, name))} rows; allowed are {n}, one per record")
        if len(set(self.record_id.tolist())) != n:
            raise ParameterError("two records have one record_id; give each its own")


@dataclass(frozen=True, slots=True, eq=False)
class RecordScores:
    """The scores of a test side, a row for each record: the mean of its windows.

    Raises
    ------
    ParameterError
        If columns differ in length, a true class is none of the classes, or scores are no probabilities.
    """

    classes: tuple[str, ...]
    record_id: Names
    true_class: Int[np.ndarray, " record"]
    scores: Float[np.ndarray, "record class"]
    """Mean of the windows' probabilities."""
    votes: Int[np.ndarray, "record class"]
    """Windows whose highest score is that class: descriptive only."""
    group: Names
    severity: Names
    condition: Names
    signature_share: Float[np.ndarray, " record"]
    """Share of the windows that hold any trace of the fault; NaN where unknown."""

    def __post_init__(self) -> None:
        n, k = len(self.record_id), len(self.classes)
        if self.scores.shape != (n, k) or self.votes.shape != (n, k):
            raise ParameterError(
                f"scores {self.scores.shape} and votes {self.votes.shape}; allowed is ({n}, {k}): records by classes"
            )
        for name in ("true_class", "group", "severity", "condition", "signature_share"):
            if len(getattr(self, name)) != n:
                raise ParameterError(f"{name} has {len(getattr(self, name))} rows; allowed are {n}, one per record")
        _check_classes(self.true_class, k)
        _check_scores(self.scores)

    def __len__(self) -> int:
        return len(self.record_id)

    @property
    def predicted(self) -> Int[np.ndarray, " record"]:
        """Class with the highest mean score; the first of them where several are equal."""
        return np.asarray(self.scores.argmax(axis=1))

    @property
    def confidence(self) -> Float[np.ndarray, " record"]:
        """Highest mean score."""
        return np.asarray(self.scores.max(axis=1))

    @property
    def correct(self) -> Bool[np.ndarray, " record"]:
        """Whether the predicted class is the true one."""
        return np.asarray(self.predicted == self.true_class)

    @property
    def n_windows(self) -> Int[np.ndarray, " record"]:
        """Windows of each record."""
        return np.asarray(self.votes.sum(axis=1))

    @property
    def group_codes(self) -> Int[np.ndarray, " record"]:
        """Number of each record's group, from 0."""
        return np.asarray(np.unique(self.group.astype(str), return_inverse=True)[1])

    def take(self, rows: Int[np.ndarray, " row"] | Bool[np.ndarray, " record"]) -> "RecordScores":
        """Return some of the records."""
        columns = (getattr(self, name)[rows] for name in _COLUMNS)
        return RecordScores(self.classes, *columns)

    def blocks(self, size: int) -> Iterator["RecordScores"]:
        """Yield the records `size` at a time."""
        for start in range(0, len(self), size):
            yield self.take(np.arange(start, min(len(self), start + size)))


_COLUMNS = ("record_id", "true_class", "scores", "votes", "group", "severity", "condition", "signature_share")


@final
class RecordAccumulator:
    """Adds windows up to records, in memory that grows with the records and not with the windows.

    The windows may come in any order and in any batches: the result is the same to the last bit, because scores are
    summed as whole multiples of 2⁻⁴⁰ (an error of at most 5e-13).

    Parameters
    ----------
    facts : RecordFacts
        The records that windows will come of.
    classes : sequence of str
        In the order of the scores.

    Raises
    ------
    ParameterError
        If a true class is none of the classes.

    Examples
    --------
    >>> ids = np.array(["a", "b"], dtype=object)
    >>> facts = RecordFacts(ids, np.array([0, 1]), ids, np.array([None] * 2), np.array([None] * 2))
    >>> totals = RecordAccumulator(facts, classes=("healthy", "wear"))
    >>> totals.add(np.array([1, 0, 1]), np.array([[0.5, 0.5], [0.9, 0.1], [0.1, 0.9]]))
    >>> done = totals.finish()
    >>> done.scores.round(3).tolist(), done.n_windows.tolist()
    ([[0.9, 0.1], [0.3, 0.7]], [1, 2])
    """

    __slots__ = ("_classes", "_facts", "_flagged", "_signatures", "_sums", "_votes")

    def __init__(self, facts: RecordFacts, *, classes: Sequence[str]) -> None:
        n, k = len(facts.record_id), len(classes)
        _check_classes(facts.true_class, k)
        self._facts = facts
        self._classes = tuple(classes)
        self._sums = np.zeros((n, k), np.int64)
        self._votes = np.zeros((n, k), np.int64)
        self._signatures = np.zeros(n, np.int64)
        self._flagged = np.zeros(n, np.int64)

    def add(
        self,
        records: Int[np.ndarray, " window"],
        scores: Float[np.ndarray, "window class"],
        *,
        has_signature: Bool[np.ndarray, " window"] | None = None,
    ) -> None:
        """Add windows.

        Parameters
        ----------
        records : int, shape (window,)
            Row of the facts that each window belongs to.
        scores : float, shape (window, class)
            Probabilities, 0 to 1, each row summing to one.
        has_signature : bool, shape (window,), optional
            Whether the window holds any trace of its record's fault.

        Raises
        ------
        ParameterError
            If shapes disagree, a row is none of the facts', or scores are no probabilities.
        """
        n, k = self._sums.shape
        if scores.shape != (len(records), k):
            raise ParameterError(
                f"scores of shape {scores.shape}; allowed is ({len(records)}, {k}), windows by classes"
            )
        if len(records) and not (records.min() >= 0 and records.max() < n):
            raise ParameterError(f"windows of rows {records.min()} to {records.max()}; allowed are 0 to {n - 1}")
        _check_scores(scores)
        np.add.at(self._sums, records, np.rint(np.asarray(scores, np.float64) * _STEPS).astype(np.int64))
        np.add.at(self._votes, (records, scores.argmax(axis=1)), 1)
        if has_signature is not None:
            if has_signature.shape != records.shape:
                raise ParameterError(f"has_signature has {len(has_signature)} rows; allowed are {len(records)}")
            np.add.at(self._flagged, records, 1)
            np.add.at(self._signatures, records, has_signature.astype(np.int64))

    def finish(self) -> RecordScores:
        """Return the mean score of each record.

        Raises
        ------
        ParameterError
            If a record had no window.
        """
        counts = self._votes.sum(axis=1)
        if not counts.all():
            missing = self._facts.record_id[counts == 0]
            raise ParameterError(
                f"{len(missing)} of {len(counts)} records have no window, the first is {missing[0]}; add windows, "
                "or leave the records out of the facts"
            )
        known = (self._flagged == counts) & (counts > 0)
        share = np.where(known, self._signatures / np.maximum(counts, 1), np.nan)
        facts = self._facts
        mean = self._sums / (counts[:, None] * _STEPS)
        return RecordScores(
            self._classes, facts.record_id, facts.true_class, mean, self._votes.copy(),
            facts.group, facts.severity, facts.condition, share,
        )  # fmt: skip


def collect_records(stream: Iterable[ScoredRecord], *, classes: Sequence[str]) -> RecordScores:
    """Return the mean scores of records that come one at a time, each with all its windows.

    Memory holds one record's windows and the means of all.

    Parameters
    ----------
    stream : iterable of ScoredRecord
    classes : sequence of str
        In the order of the scores.

    Raises
    ------
    ParameterError
        If there is none, a record comes twice, or its scores do not fit the classes.

    Examples
    --------
    >>> one = ScoredRecord("a", 1, np.array([[0.2, 0.8], [0.6, 0.4]]), group="bearing 1")
    >>> collect_records([one], classes=("healthy", "wear")).scores.round(3).tolist()
    [[0.4, 0.6]]
    """
    k = len(classes)
    facts: list[tuple[str, int, str, str | None, str | None]] = []
    means, votes, shares = [], [], []
    for record in stream:
        if record.scores.shape[1] != k:
            raise ParameterError(
                f"record {record.record_id} has scores of {record.scores.shape[1]} classes; allowed are {k}"
            )
        _check_scores(record.scores)
        steps = np.rint(np.asarray(record.scores, np.float64) * _STEPS).astype(np.int64)
        means.append(steps.sum(axis=0) / (len(steps) * _STEPS))
        votes.append(np.bincount(record.scores.argmax(axis=1), minlength=k))
        shares.append(float("nan") if record.has_signature is None else float(np.mean(record.has_signature)))
        facts.append((record.record_id, record.true_class, record.group, record.severity, record.condition))
    if not facts:
        raise ParameterError("no record came; give at least one")
    ids, true, groups, severities, conditions = zip(*facts, strict=True)
    table = RecordFacts(_names(ids), np.array(true, np.int64), _names(groups), _names(severities), _names(conditions))
    return RecordScores(
        tuple(classes), table.record_id, table.true_class, np.array(means), np.array(votes, np.int64),
        table.group, table.severity, table.condition, np.array(shares),
    )  # fmt: skip


def concatenate_scores(parts: Sequence[RecordScores]) -> RecordScores:
    """Join the test sides of several folds; each record is on the test side of one fold only.

    Raises
    ------
    ParameterError
        If there is no part, the classes differ, or a record is in two parts.

    Examples
    --------
    >>> a, b = (collect_records([ScoredRecord(n, 0, np.array([[1.0, 0.0]]), n)], classes="ab") for n in ("r1", "r2"))
    >>> concatenate_scores([a, b]).record_id.tolist()
    ['r1', 'r2']
    """
    if not parts or any(p.classes != parts[0].classes for p in parts):
        raise ParameterError("scores to join need the same classes in the same order, and at least one part")
    ids = [i for p in parts for i in p.record_id.tolist()]
    if len(set(ids)) != len(ids):
        raise ParameterError("a record is on the test side of two folds; score each record once")
    return RecordScores(parts[0].classes, *(np.concatenate([getattr(p, name) for p in parts]) for name in _COLUMNS))


def spread_scores(
    scores: Float[np.ndarray, "window class"], *, of: Sequence[str], onto: Sequence[str]
) -> Float[np.ndarray, "window other_class"]:
    """Lay a model's scores out over more classes than it knows: a class it does not know scores 0.

    A test record of such a class can only be judged wrong, and is.

    Parameters
    ----------
    scores : float, shape (window, class)
    of : sequence of str
        Classes of the scores, in their order.
    onto : sequence of str
        Classes of the result, all of `of` among them.

    Raises
    ------
    ParameterError
        If the model knows a class that is not among `onto`.

    Examples
    --------
    >>> spread_scores(np.array([[0.3, 0.7]]), of=("healthy", "wear"), onto=("healthy", "cavitation", "wear"))
    array([[0.3, 0. , 0.7]])
    """
    missing = [c for c in of if c not in onto]
    if missing:
        raise ParameterError(f"the model knows {', '.join(missing)}, which is none of {', '.join(onto)}; add it there")
    wide = np.zeros((len(scores), len(onto)))
    wide[:, [list(onto).index(c) for c in of]] = scores
    return wide


def _names(values: Sequence[str | None]) -> Names:
    made = np.empty(len(values), object)
    made[:] = values
    return made


def _check_classes(true_class: Int[np.ndarray, " record"], k: int) -> None:
    if len(true_class) and not (true_class.min() >= 0 and true_class.max() < k):
        raise ParameterError(
            f"true classes {true_class.min()} to {true_class.max()}; allowed are 0 to {k - 1}, places among the classes"
        )


def _check_scores(scores: Float[np.ndarray, "row class"]) -> None:
    if not len(scores):
        return
    off = float(np.abs(scores.sum(axis=1) - 1).max())
    if not (off <= _SUM_TOLERANCE and scores.min() >= -1e-9 and scores.max() <= 1 + 1e-6):
        raise ParameterError(
            f"scores from {scores.min():.4g} to {scores.max():.4g}, rows {off:.3g} away from a sum of one; allowed are "
            "probabilities (turn decision values into them first)"
        )
