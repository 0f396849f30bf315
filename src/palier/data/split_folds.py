"""Splits of several folds: in k parts, or with one group left out at a time."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from palier.core.split import Fold, Split
from palier.data.split_deal import Dealing, deal, violations_of_folds, violations_of_sides
from palier.data.split_work import TEST, TRAIN, VALIDATION, SplitWork, classes_of_labels, too_few
from palier.errors import ParameterError

__all__ = ["kfold", "leave_one_out"]

_MOST_FOLDS: Final = 200


def kfold(work: SplitWork) -> Split:
    """Part the groups into k parts and test each in turn.

    Raises
    ------
    ParameterError
        If there are fewer groups than folds, or a class lies in one part alone.
    """
    k = work.request.folds
    if work.n_groups < k:
        raise ParameterError(f"{k} folds of {work.n_groups} groups by {work.level}; allowed are up to {work.n_groups}")
    names, number = classes_of_labels(work.label)
    everywhere = np.ones(len(work.rows), bool)
    strata, classes = work.counts(work.stratum, everywhere), work.counts(number, everywhere)
    dealing = Dealing(
        np.broadcast_to(strata, (k, *strata.shape)),
        np.broadcast_to(classes, (k, *classes.shape)),
        np.full((work.n_groups, k), 1 / k),
    )
    part, kept = deal(dealing, violations_of_folds)
    if not kept:
        raise ParameterError(too_few(work, names, np.ones((3, len(work.rows)), bool)))
    folds = [_fold_without(work, part[work.group] == i, str(i)) for i in range(k)]
    return work.split(folds, f"{k} folds by {work.level}{_about_validation(folds)}")


def leave_one_out(work: SplitWork) -> Split:
    """Test each group in turn; folds bear the names of what they leave out.

    Raises
    ------
    ParameterError
        If there are fewer than 2 groups or more than 200, or a class has one alone.
    """
    if not 2 <= work.n_groups <= _MOST_FOLDS:
        raise ParameterError(
            f"leaving out one {work.level} at a time: there are {work.n_groups} groups, allowed are 2 to {_MOST_FOLDS};"
            " ask for another level, or for folds (--kind kfold)"
        )
    column = work.columns.column("record_id" if work.level == "record" else work.level)[work.rows]
    names, _ = classes_of_labels(work.label)
    folds = []
    for g in range(work.n_groups):
        own = work.group == g
        name = "+".join(sorted({str(v) for v in column[own] if v is not None}))
        lacking = [c for c in names if c not in set(work.label[~own])]
        if lacking:
            why = too_few(work, lacking, np.ones((3, len(own)), bool))
            raise ParameterError(f"leaving out {work.level} {name}: {why}")
        folds.append(_fold_without(work, own, name))
    folds.sort(key=lambda fold: fold.name)
    return work.split(folds, f"one {work.level} left out at a time{_about_validation(folds)}")


def _fold_without(work: SplitWork, test: np.ndarray, name: str) -> Fold:
    """Train on all but `test`, and validate on some of that where every class can spare a group and keep two."""
    side = np.where(test, TEST, TRAIN)
    train, validation, _ = work.request.shares
    names, number = classes_of_labels(work.label)
    if validation > 0 and all(work.groups_of(c, ~test) >= 3 for c in names):
        inside = (work.counts(number, ~test) > 0).any(axis=1)
        strata, classes = work.counts(work.stratum, ~test)[inside], work.counts(number, ~test)[inside]
        shares = np.tile(np.array([train, validation]) / (train + validation), (len(strata), 1))
        both = Dealing(np.stack([strata, strata]), np.stack([classes, classes]), shares)
        dealt, kept = deal(both, violations_of_sides(np.array([[True], [False]]) & np.ones((2, len(names)), bool)))
        if kept:
            place = np.zeros(work.n_groups, np.int64)
            place[inside] = np.where(dealt == 1, VALIDATION, TRAIN)
            side = np.where(test, TEST, place[work.group])
    return work.fold(side, name)


def _about_validation(folds: Sequence[Fold]) -> str:
    with_some = sum(len(f.validation) > 0 for f in folds)
    if with_some == len(folds):
        return ""
    return f"; {with_some or 'none'} of {len(folds)} with a validation side, for want of groups"
