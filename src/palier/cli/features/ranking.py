"""Features ranked on the training side of a split, and shown."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from palier.cli.features.tables import Job
from palier.core.split import Fold, Split
from palier.errors import ParameterError
from palier.features.sets import feature_set

__all__ = ["Answer", "Question", "rank_training_side", "show_ranking"]


@dataclass(frozen=True, slots=True)
class Question:
    """Which training side, and by which method."""

    data: Path
    split: str | None
    fold: str | None
    method: str
    seed: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The features in order, and on what they were judged."""

    split: str
    fold: str
    windows: int
    classes: int
    names: tuple[str, ...]
    """Best first."""
    scores: tuple[float, ...]
    left_out: tuple[str, ...]
    """Features that are undefined or constant on these windows."""


def rank_training_side(question: Question, *, job: Job) -> Answer:
    """Compute the features of the training records and rank them."""
    from palier.cli.model_options import read_split_of
    from palier.data.store import open_dataset
    from palier.features.select import rank_features

    dataset = open_dataset(question.data)
    split = dataset.split(read_split_of(dataset, question.split))
    fold = _fold(split, question.fold)
    classes = dataset.index.column("class_index")
    records = [int(i) for i in fold.train if classes[i] >= 0]
    if not records:
        raise ParameterError(f"no training record of split {split.name!r} has a label; there is nothing to tell apart")
    assert job.window_s is not None
    values, y = [], []
    for block in dataset.iterate(records, window_s=job.window_s, hop_s=job.hop_s):
        columns = job.features(block.samples, sampling_rate_hz=block.sampling_rate_hz, speed_hz=block.speed_hz)
        values.append(np.stack(list(columns.values()), axis=-1))
        y.append(classes[block.record])
    x, labels = np.concatenate(values), np.concatenate(y).astype(np.int64)
    names = np.array(feature_set(job.feature_set).names)
    usable = np.isfinite(x).all(axis=0)
    usable[usable] = np.ptp(x[:, usable], axis=0) > 0
    if not usable.any():
        raise ParameterError(f"no feature of {job.feature_set} is defined and varies on these windows")
    ranking = rank_features(x[:, usable], labels, method=question.method, seed=question.seed)  # type: ignore[arg-type]  # one of the command's choices
    order = list(ranking.order)
    return Answer(
        split=split.name,
        fold=fold.name,
        windows=len(x),
        classes=np.unique(labels).size,
        names=tuple(names[usable][order].tolist()),
        scores=tuple(ranking.score[i] for i in order),
        left_out=tuple(names[~usable].tolist()),
    )


def _fold(split: Split, name: str | None) -> Fold:
    if name is None:
        return split.folds[0]
    for fold in split.folds:
        if fold.name == name:
            return fold
    raise ParameterError(
        f"split {split.name!r} has no fold {name!r}; there are {', '.join(f.name for f in split.folds)}"
    )


def show_ranking(answer: Answer, *, as_json: bool) -> None:
    """Print the ranking as a table, or as JSON."""
    if as_json:
        document = {
            "split": answer.split, "fold": answer.fold, "windows": answer.windows, "classes": answer.classes,
            "ranking": [{"feature": n, "score": s} for n, s in zip(answer.names, answer.scores, strict=True)],
            "left_out": list(answer.left_out),
        }  # fmt: skip
        click.echo(json.dumps(document, indent=1))
        return
    from rich.console import Console
    from rich.table import Table

    from palier.features.registry import find_feature

    table = Table("", "feature", "score", "what it is", box=None, pad_edge=False)
    for place, (name, score) in enumerate(zip(answer.names, answer.scores, strict=True), start=1):
        table.add_row(str(place), name, f"{score:.4g}", find_feature(name).summary)
    Console(width=None if sys.stdout.isatty() else 160).print(table)
    click.echo(
        f"{answer.windows} training windows of {answer.classes} classes, split {answer.split}, fold {answer.fold}"
    )
    if answer.left_out:
        click.echo(f"left out, undefined or constant here: {', '.join(answer.left_out)}")
