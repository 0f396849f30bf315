"""Whether one model is better than another: paired tests on records, and over training seeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, Int

from palier.errors import ParameterError

__all__ = [
    "SEEDS_FOR_A_CLAIM",
    "McNemar",
    "SeedSpread",
    "Wilcoxon",
    "holm",
    "mcnemar_exact",
    "seed_spread",
    "wilcoxon_signed_rank",
]

#: Fewer training seeds than this carry no claim that one way of training beats another.
SEEDS_FOR_A_CLAIM: Final = 10

#: The signed-rank distribution is counted out up to this many differences.
_EXACT_SEEDS = 60


@dataclass(frozen=True, slots=True)
class McNemar:
    """Records on which exactly one of two models is right."""

    only_a: int
    only_b: int
    p_value: float
    """Two-sided."""


def mcnemar_exact(correct_a: Bool[np.ndarray, " record"], correct_b: Bool[np.ndarray, " record"]) -> McNemar:
    """Test whether two models are right equally often, on the records where they differ.

    It takes records as independent: where several are of one bearing its p-value is too small, and the bootstrap
    difference by bearing is to be read instead.

    Parameters
    ----------
    correct_a, correct_b : bool, shape (record,)

    Raises
    ------
    ParameterError
        If lengths differ.

    References
    ----------
    McNemar (1947), doi:10.1007/BF02295996; the exact binomial form.

    Examples
    --------
    >>> a, b = np.array([True] * 8 + [False]), np.array([False] * 8 + [True])
    >>> mcnemar_exact(a, b)
    McNemar(only_a=8, only_b=1, p_value=0.0390625)
    """
    from scipy.special import bdtr

    if len(correct_a) != len(correct_b):
        raise ParameterError(f"{len(correct_a)} and {len(correct_b)} records; allowed are the same ones")
    only_a, only_b = int((correct_a & ~correct_b).sum()), int((correct_b & ~correct_a).sum())
    n, least = only_a + only_b, min(only_a, only_b)
    p = 1.0 if n == 0 else min(1.0, 2 * float(bdtr(least, n, 0.5)))
    return McNemar(only_a, only_b, p)


@dataclass(frozen=True, slots=True)
class Wilcoxon:
    """The signed-rank test over training seeds."""

    n: int
    """Pairs of seeds."""
    n_nonzero: int
    """Pairs that differ; the others are left out."""
    statistic: float
    """Sum of the ranks of the positive differences."""
    p_value: float
    """Two-sided."""
    exact: bool
    claim_possible: bool
    """False with fewer than ten seeds, whatever the p-value."""
    text: str


def wilcoxon_signed_rank(differences: Float[np.ndarray, " seed"]) -> Wilcoxon:
    """Test whether paired differences, one for each training seed, lie around zero.

    Ranks of equal differences are averaged, and the distribution is counted out exactly with those very ranks up to 60
    pairs; above that a normal approximation with the tie correction is used.

    Parameters
    ----------
    differences : float, shape (seed,)
        Figure of A minus figure of B, trained with the same seed.

    Raises
    ------
    ParameterError
        If a difference is not finite.

    References
    ----------
    Wilcoxon (1945), doi:10.2307/3001968.

    Examples
    --------
    >>> w = wilcoxon_signed_rank(np.array([0.02, 0.01, 0.03]))
    >>> w.p_value, w.claim_possible
    (0.25, False)
    """
    from scipy.special import ndtr

    if not np.isfinite(differences).all():
        raise ParameterError("a difference between seeds is not finite; leave that seed out on both sides")
    n, moved = len(differences), differences[differences != 0]
    m = len(moved)
    _, place, count = np.unique(np.abs(moved), return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[place] if m else np.zeros(0)
    statistic = float(rank[moved > 0].sum())
    exact = m <= _EXACT_SEEDS
    if m == 0:
        p = 1.0
    elif exact:
        p = _exact_signed_rank(np.rint(2 * rank).astype(np.int64), round(2 * statistic))
    else:
        variance = float((rank**2).sum()) / 4
        p = min(1.0, 2 * float(ndtr(-abs(statistic - rank.sum() / 2) / np.sqrt(variance))))
    enough = n >= SEEDS_FOR_A_CLAIM
    text = (
        f"{n} seeds, p = {p:.3g}"
        if enough
        else f"{n} seeds: no claim can be made with fewer than {SEEDS_FOR_A_CLAIM}, whatever the p-value ({p:.3g})"
    )
    return Wilcoxon(n, m, statistic, p, exact, enough, text)


def holm(p_values: Sequence[float] | Float[np.ndarray, " test"]) -> Float[np.ndarray, " test"]:
    r"""Adjust p-values of several tests so that the chance of any false claim stays at the level.

    .. math:: \tilde p_{(i)} = \max_{j \le i} \min\bigl(1, (m - j + 1)\,p_{(j)}\bigr)

    Parameters
    ----------
    p_values : float, shape (test,)

    Raises
    ------
    ParameterError
        If one is outside 0 to 1.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6, 65-70, https://www.jstor.org/stable/4615733.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p_values, np.float64)
    if len(p) and not (np.all(p >= 0) and np.all(p <= 1)):
        raise ParameterError(f"p-values from {p.min()} to {p.max()}; allowed are 0 to 1")
    order = np.argsort(p, kind="stable")
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))) if len(p) else p
    return adjusted


@dataclass(frozen=True, slots=True)
class SeedSpread:
    """How much a figure moves when only the training seed changes."""

    n: int
    mean: float
    standard_deviation: float | None
    """Of a sample (n - 1); None with one seed."""
    lowest: float
    highest: float

    @property
    def spread(self) -> float:
        """Highest less lowest."""
        return self.highest - self.lowest


def seed_spread(values: Sequence[float] | Float[np.ndarray, " seed"]) -> SeedSpread:
    """Return mean, standard deviation and range of a figure over seeds.

    Raises
    ------
    ParameterError
        If there is none.

    Examples
    --------
    >>> s = seed_spread([0.98, 0.99, 1.0])
    >>> round(s.mean, 3), round(s.spread, 3)
    (0.99, 0.02)
    """
    v = np.asarray(values, np.float64)
    if not len(v):
        raise ParameterError("the spread of no seed; give the figure of at least one")
    deviation = float(v.std(ddof=1)) if len(v) > 1 else None
    return SeedSpread(len(v), float(v.mean()), deviation, float(v.min()), float(v.max()))


def _exact_signed_rank(doubled: Int[np.ndarray, " pair"], statistic: int) -> float:
    """Two-sided p-value by counting the sign patterns whose doubled rank sum is as far from the middle."""
    total = int(doubled.sum())
    ways = np.zeros(total + 1)
    ways[0] = 1.0
    for r in doubled:
        moved = np.zeros_like(ways)
        moved[r:] = ways[: total + 1 - r]
        ways = (ways + moved) / 2
    far = np.abs(2 * np.arange(total + 1) - total) >= abs(2 * statistic - total)
    return float(min(1.0, ways[far].sum()))
