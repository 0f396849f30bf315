"""What a model says of the records of a dataset, block by block."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Bool, Float, Int

from palier.core.faults import classes_of
from palier.core.split import Level, Split
from palier.errors import ParameterError
from palier.evaluation.records import RecordAccumulator, RecordFacts, RecordScores, spread_scores
from palier.models.inputs import FeatureInput
from palier.models.onnx_predictor import OnnxPredictor
from palier.models.window_table import FeatureSource, WaveformSource, WindowPlan, blocks, count_windows

if TYPE_CHECKING:
    from palier.data.cache import DerivedCache
    from palier.data.store import Dataset

__all__ = ["DatasetScores", "group_level_of", "score_dataset"]


@dataclass(frozen=True, slots=True, eq=False)
class DatasetScores:
    """Scores of records, and what the model was fed for them."""

    scores: RecordScores
    rows: Int[np.ndarray, " record"]
    """Of the dataset's index, in the order of the scores."""
    unknown: int
    """Records of a class that the model does not know: they can only be judged wrong, and are."""
    centres: Float[np.ndarray, "record number"] | None
    """Mean prepared features of each record, for a model on features."""


def group_level_of(split: Split | None) -> Level:
    """Return what is resampled for intervals: the level that the split keeps whole, and records at the least."""
    if split is None or split.level == "window":
        return "record"
    return split.level


def score_dataset(
    predictor: OnnxPredictor,
    dataset: "Dataset",
    records: Int[np.ndarray, " record"],
    *,
    group_level: Level = "record",
    noise: str = "clean",
    noise_seed: int = 0,
    channel: int = 0,
    split: Split | None = None,
    signatures: bool = False,
    cache: "DerivedCache | None" = None,
    workers: int = 1,
    on_progress: Callable[[int], None] | None = None,
) -> DatasetScores:
    """Score the windows of records and combine them record by record, in memory that does not grow with the windows.

    Parameters
    ----------
    predictor : OnnxPredictor
    dataset : Dataset
    records : int, shape (record,)
        Rows of the index; those without a label are left out. A record whose class the model does not know is judged
        wrong: leaving it out would flatter the model.
    group_level : {"record", "condition", "bearing", "rig"}
        What becomes the records' group.
    noise : str
        A noise variant laid over each record, or ``clean``.
    noise_seed : int
    channel : int
    split : Split, optional
        Of the level ``window``: only its test windows are scored.
    signatures : bool
        Whether to look up in the truth which windows hold any trace of the fault.
    cache : DerivedCache, optional
    workers : int
    on_progress : callable, optional
        Called with the number of records just done.

    Raises
    ------
    ParameterError
        If a record is at another rate than the model's, shorter than its window, or none is left.
    """
    card, index = predictor.card, dataset.index
    labels = index.column("label")[records]
    rows = np.unique(np.asarray(records)[np.array([label is not None for label in labels], bool)])
    if split is not None and split.level == "window":
        rows = _with_test_windows(dataset, rows, split, WindowPlan(card.window_samples, card.hop_samples))
    present = {str(label) for label in index.column("label")[rows]}
    if not present & set(card.classes):
        raise ParameterError(
            f"none of {len(records)} records has a label that {card.name} knows ({', '.join(card.classes)}); "
            f"theirs: {', '.join(sorted(present)) or 'none'}"
        )
    classes = tuple(
        f.key for f in classes_of(card.kind) if f.key in present or f.key in card.classes
    )  # the taxonomy's order
    if set(classes) != present | set(card.classes):
        other = ", ".join(sorted((present | set(card.classes)) - set(classes)))
        raise ParameterError(f"{card.name} is of {card.kind} bearings, and there are records of {other}")
    _check_rates(dataset, rows, card.sampling_rate_hz, card.name)
    units = {str(u) if u is not None else "undeclared" for u in index.column("unit")[rows]}
    if card.unit is not None and units != {card.unit}:
        raise ParameterError(
            f"records in {', '.join(sorted(units))}, and {card.name} was trained on {card.unit}; convert them, declare "
            "their unit, or train with the level removed (`level: remove` in the recipe)"
        )
    facts = _facts(dataset, rows, classes, group_level)
    total = RecordAccumulator(facts, classes=classes)
    plan = WindowPlan(card.window_samples, card.hop_samples, channel, noise, noise_seed if noise != "clean" else 0)
    spec = card.input
    source = (
        FeatureSource.of(spec)
        if isinstance(spec, FeatureInput)
        else WaveformSource(spec.rate_hz, spec.samples, spec.level)
    )
    place = np.full(len(index), -1, np.int64)
    place[rows] = np.arange(len(rows))
    centres = np.zeros((len(rows), spec.width)) if isinstance(spec, FeatureInput) else None
    for block in blocks(dataset, rows, plan=plan, source=source, cache=cache, workers=workers, on_progress=on_progress):
        keep = np.ones(len(block.records), bool)
        if split is not None and split.level == "window":
            ids = index.column("record_id")
            for row in np.unique(block.records):
                own = block.records == row
                keep[own] = split.is_test_window(str(ids[row]), int(own.sum()))
        prepared = block.numbers[keep]
        if isinstance(spec, FeatureInput):
            prepared = spec.scaled(prepared)
        at = place[block.records[keep]]
        flags = _flags(dataset, block.records[keep], block.places[keep], plan, card.sampling_rate_hz, signatures)
        scores = spread_scores(predictor.scores_of(prepared), of=card.classes, onto=classes)
        total.add(at, scores, has_signature=flags)
        if centres is not None:
            np.add.at(centres, at, prepared)
    done = total.finish()
    if centres is not None:
        centres /= done.n_windows[:, None]
    unknown = sum(label not in card.classes for label in index.column("label")[rows])
    return DatasetScores(done, rows, unknown, centres)


def _with_test_windows(
    dataset: "Dataset", rows: Int[np.ndarray, " record"], split: Split, plan: WindowPlan
) -> Int[np.ndarray, " record"]:
    """Return the records of which at least one window is on the test side."""
    ids, lengths = dataset.index.column("record_id"), dataset.index.column("n_samples")
    kept = [r for r in rows if split.is_test_window(str(ids[r]), count_windows(int(lengths[r]), plan)).any()]
    return np.array(kept, np.int64)


def _check_rates(dataset: "Dataset", rows: Int[np.ndarray, " record"], rate_hz: float, name: str) -> None:
    rates = dataset.index.column("sampling_rate_hz")[rows]
    off = ~(np.abs(rates / rate_hz - 1) < 1e-3)
    if off.any():
        raise ParameterError(
            f"{int(off.sum())} of {len(rows)} records are not sampled at {rate_hz:g} Hz, the rate of {name} "
            f"(the first at {rates[off][0]:g} Hz); resample them, or train at their rate"
        )


def _facts(dataset: "Dataset", rows: Int[np.ndarray, " record"], classes: tuple[str, ...], level: Level) -> RecordFacts:
    index = dataset.index
    ids = index.column("record_id")[rows].astype(object)
    group = ids if level == "record" else index.column(level)[rows].astype(object)
    group = np.array([i if g is None else g for g, i in zip(group, ids, strict=True)], object)
    return RecordFacts(
        record_id=ids,
        true_class=np.array([classes.index(label) for label in index.column("label")[rows]], np.int64),
        group=group,
        severity=index.column("severity")[rows].astype(object),
        condition=index.column("condition")[rows].astype(object),
    )


def _flags(
    dataset: "Dataset",
    records: Int[np.ndarray, " window"],
    places: Int[np.ndarray, " window"],
    plan: WindowPlan,
    rate_hz: float,
    wanted: bool,  # noqa: FBT001 - private
) -> Bool[np.ndarray, " window"] | None:
    if not wanted:
        return None
    flags = np.zeros(len(records), bool)
    for row in np.unique(records):
        truth: dict[str, Any] = dict(dataset.truth(int(row)))
        cells, cell_s = truth.get("signature_in_window"), truth.get("window_s")
        if cells is None or cell_s is None:
            return None
        own = np.flatnonzero(records == row)
        for w in own:
            first_s = places[w] * plan.hop / rate_hz
            first, last = int(first_s / cell_s), int(np.ceil((first_s + plan.window / rate_hz) / cell_s))
            flags[w] = any(cells[first : max(last, first + 1)])
    return flags
