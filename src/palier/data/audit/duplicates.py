"""The same signal in more than one recording of a set, whole or in part."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations
from typing import Final

from palier.data.audit.findings import Finding
from palier.data.audit.fingerprint import common_lag
from palier.data.audit.summary import RecordingSummary

__all__ = ["find_duplicates"]

#: Shapes that more recordings than this share are no sign of a copy.
_MOST_SHARING: Final = 16
_LEAST_SHARED: Final = 6
_REMEDY: Final = "Keep one of the two; never let both sides of a split hold parts of one signal."

_Place = tuple[int, int]


def find_duplicates(summaries: Sequence[RecordingSummary]) -> tuple[Finding, ...]:
    """Report recordings that hold the same samples, and pairs that share a stretch of signal.

    Identical samples are found by their SHA-256. Shared stretches are found by the shapes of single peaks, which
    survive another gain, offset, unit or number format, but no resampling or filtering: at least six peaks must agree
    at one lag.

    Parameters
    ----------
    summaries : sequence of RecordingSummary

    Returns
    -------
    tuple of Finding
        ``duplicate`` and ``overlap``: fatal between labels, warnings otherwise.
    """
    groups: defaultdict[str, list[_Place]] = defaultdict(list)
    for i, summary in enumerate(summaries):
        for c, digest in enumerate(summary.sha256):
            groups[digest].append((i, c))
    same = [places for places in groups.values() if len({i for i, _ in places}) > 1]
    identical = {frozenset((a[0], b[0])) for places in same for a, b in combinations(places, 2)}
    findings = [_identical(summaries, places) for places in same]
    reported = set(identical)
    for (i, c), (j, d) in _suspects(summaries):
        pair = frozenset((i, j))
        if pair in reported:
            continue
        match = common_lag(summaries[i].peaks[c], summaries[j].peaks[d])
        if match is not None:
            reported.add(pair)
            findings.append(_overlap(summaries[i], summaries[j], *match))
    return tuple(findings)


def _suspects(summaries: Sequence[RecordingSummary]) -> list[tuple[_Place, _Place]]:
    """Pair the channels of different recordings that share enough shapes."""
    holders: defaultdict[int, list[_Place]] = defaultdict(list)
    for i, summary in enumerate(summaries):
        for c, peaks in enumerate(summary.peaks):
            for value in peaks.hashes.tolist():
                holders[value].append((i, c))
    shared: Counter[tuple[_Place, _Place]] = Counter()
    for places in holders.values():
        if 1 < len(places) <= _MOST_SHARING:
            shared.update((a, b) for a, b in combinations(places, 2) if a[0] != b[0])
    return sorted(pair for pair, count in shared.items() if count >= _LEAST_SHARED)


def _identical(summaries: Sequence[RecordingSummary], places: list[_Place]) -> Finding:
    members = sorted({i for i, _ in places})
    labels = sorted({summaries[i].label or "" for i in members} - {""})
    names = [summaries[i].source for i in members]
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    return Finding(
        "duplicate",
        "fatal" if len(labels) > 1 else "warning",
        names[0],
        f"{shown} hold exactly the same samples"
        + (f" under different labels ({', '.join(labels)})." if len(labels) > 1 else "."),
        _REMEDY,
        {"recordings": tuple(names), "labels": tuple(labels)},
    )


def _overlap(a: RecordingSummary, b: RecordingSummary, lag: int, count: int) -> Finding:
    n_shared = max(0, min(a.n_samples, b.n_samples - lag) - max(0, -lag))
    other_label = a.label is not None and b.label is not None and a.label != b.label
    return Finding(
        "overlap",
        "fatal" if other_label else "warning",
        a.source,
        f"{a.source} and {b.source} hold the same signal over {n_shared} samples: sample i of the first is sample "
        f"i {lag:+d} of the second ({count} peaks agree)"
        + (f", under different labels ({a.label}, {b.label})." if other_label else "."),
        _REMEDY,
        {"other": b.source, "lag": lag, "n_shared": n_shared, "peaks": count},
    )
