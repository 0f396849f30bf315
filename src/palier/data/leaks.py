"""What a split, or anybody's lists of recordings, lets through from training to test."""

import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
from jaxtyping import Float32, Int

from palier.core.recording import Declared
from palier.core.split import Split
from palier.data.audit.findings import SEVERITIES, Finding
from palier.data.leak_search import Match, Prints, candidates, prints_of, prove
from palier.data.split_groups import Columns
from palier.errors import LeakError

if TYPE_CHECKING:
    from palier.data.store import Dataset

__all__ = [
    "Holding",
    "check_leaks",
    "check_split",
    "copies_across",
    "findings_json",
    "members_of_files",
    "refuse_copies",
]

_SIDES: Final = ("train", "validation", "test")
#: Pairs that are proved on their samples, those that share most first; more are counted.
_MOST_PROVED: Final = 200
_MOST_NAMED: Final = 50
_THREADS: Final = min(4, os.cpu_count() or 1)
_AT_ONCE: Final = 32
#: A copy in which gain and offset alone differ correlates so well.
_SAME: Final = 0.9999
_REMEDY: Final = "Keep one of the two, or put both on one side; then make the split again."
_GROUP_REMEDY: Final = "Make the split by {level}; keep this one only to show its score beside the honest one."

_Sides = Int[np.ndarray, "fold record"]


class Holding(Protocol):
    """One recording that somebody put on a side."""

    @property
    def name(self) -> str:
        """What messages call it."""

    def read(self) -> Float32[np.ndarray, "channel time"]:
        """Return its samples, each time it is asked."""


@dataclass(frozen=True, slots=True)
class _FileMember:
    name: str
    path: Path
    declared: Declared = field(default_factory=Declared)
    format: str | None = None

    def read(self) -> np.ndarray:
        from palier.data.read import read_recording

        channels: Any = "all" if self.declared.channel is None else "one"
        return read_recording(self.path, declared=self.declared, format=self.format, channels=channels).samples


@dataclass(frozen=True, slots=True, eq=False)
class _RecordMember:
    name: str
    dataset: "Dataset"
    row: int
    n_samples: int

    def read(self) -> np.ndarray:
        return self.dataset.window(self.row, 0, self.n_samples)


def members_of_files(
    paths: Sequence[Path],
    *,
    declared: Declared = Declared(),  # noqa: B008 - frozen
    format: str | None = None,  # noqa: A002 - the user's word
) -> list[Holding]:
    """Return files as what `check_leaks` takes; each is read when it is needed, and again when it is compared."""
    return [_FileMember(path.as_posix(), path, declared, format) for path in paths]


def check_leaks(
    train: Sequence[Holding],
    validation: Sequence[Holding],
    test: Sequence[Holding],
    *,
    on_done: Callable[[int, int], None] | None = None,
) -> tuple[Finding, ...]:
    """Find the same signal on two of three sides: copies, near copies and stretches that overlap.

    Exact copies agree in the SHA-256 of their samples. Copies at another gain, offset or number format, filtered ones,
    and recordings cut from one longer recording with overlap, share fingerprints, and are then compared sample by
    sample (see `palier.data.leak_search`). Not found: resampled and time-reversed copies, copies under noise stronger
    than what the recording itself holds beside its steady lines, overlaps below some 500 samples, and signals that
    repeat themselves exactly. Cuts of one recording that do not overlap share no samples: only a name of their group
    can tell.

    Parameters
    ----------
    train, validation, test : sequence of Holding
        Recordings, of any length, channels and rate; all channels are compared.
    on_done : callable, optional
        Called with the recordings read and their number.

    Returns
    -------
    tuple of Finding
        Gravest first: ``leak_copy``, ``leak_near_copy`` and ``leak_overlap``, each with its pair, all fatal.

    Examples
    --------
    >>> from dataclasses import make_dataclass
    >>> Held = make_dataclass("Held", ["name", "samples"], namespace={"read": lambda self: self.samples})
    >>> noise = np.random.default_rng(0).normal(size=(1, 30_000)).astype(np.float32)
    >>> a, b, c = Held("a", noise[:, :20_000]), Held("b", 2 * noise[:, 15_000:]), Held("c", noise[:, 20_000:])
    >>> [f.key for f in check_leaks([a], [], [b])], [f.key for f in check_leaks([a], [], [c])]
    (['leak_overlap'], [])
    """
    members = [*train, *validation, *test]
    sides = np.repeat([0, 1, 2], [len(train), len(validation), len(test)])[None]
    return _gravest_first(_signals(members, sides, ("",), on_done or _silent))


def check_split(
    dataset: "Dataset", split: Split, *, on_done: Callable[[int, int], None] | None = None
) -> tuple[Finding, ...]:
    """Check every fold of a split of a stored dataset: signals as `check_leaks` does, and names of groups and files.

    Parameters
    ----------
    dataset : Dataset
    split : Split
    on_done : callable, optional
        Called with the records read and their number.

    Returns
    -------
    tuple of Finding
        Gravest first; beside those of `check_leaks` also ``leak_windows``, ``leak_group`` and ``leak_source``.
    """
    if split.level == "window":
        return (_windows(split),)
    sides = _sides(len(dataset), split)
    used = np.flatnonzero((sides >= 0).any(axis=0))
    index = dataset.index
    names, lengths = index.column("record_id"), index.column("n_samples")
    members = [_RecordMember(names[i], dataset, int(i), int(lengths[i])) for i in used]
    folds = tuple(f.name if len(split.folds) > 1 else "" for f in split.folds)
    findings = [*_groups(index, split, sides), *_sources(index, sides)]
    findings += _signals(members, sides[:, used], folds, on_done or _silent)
    return _gravest_first(findings)


def refuse_copies(columns: Columns, split: Split) -> None:
    """Stop when records with exactly the same samples are on two sides; looks at their SHA-256 alone.

    Raises
    ------
    LeakError
        If there are any, unless the split is leaky on purpose.
    """
    pairs = copies_across(columns, split)
    if pairs and not split.leaky:
        a, b = pairs[0]
        raise LeakError(
            f"split {split.name!r}: {len(pairs)} pairs of records on two sides hold exactly the same samples, such as "
            f"{a} and {b}; remove one of each pair from the dataset, or give both the same bearing, or "
            "ask for the leaky split (--leaky)"
        )


def copies_across(columns: Columns, split: Split) -> list[tuple[str, str]]:
    """Return the names of pairs of records that lie on two sides of a fold and have one SHA-256."""
    if split.level == "window":
        return []
    sides = _sides(len(columns), split)
    digests, names = columns.column("sha256").tolist(), columns.column("record_id")
    return [(str(names[a]), str(names[b])) for a, b in _equal(digests) if _apart(sides, a, b).any()]


def findings_json(findings: Sequence[Finding]) -> str:
    """Return findings as JSON text; the same findings give the same bytes.

    Examples
    --------
    >>> findings_json(())
    '{\\n  "findings": []\\n}\\n'
    """
    made = [
        {name: getattr(f, name) for name in ("key", "severity", "source", "text", "remedy")}
        | {"values": {k: list(v) if isinstance(v, tuple) else v for k, v in sorted(f.values.items())}}
        for f in findings
    ]
    return json.dumps({"findings": made}, indent=2, ensure_ascii=False) + "\n"


# ---- signals ----


def _signals(
    members: Sequence[Holding], sides: _Sides, folds: tuple[str, ...], on_done: Callable[[int, int], None]
) -> list[Finding]:
    """Find pairs of members that hold the same signal and are on different sides of a fold."""
    from palier.data.audit.fingerprint import samples_sha256

    def of_one(member: Holding) -> list[tuple[Prints, str]]:
        samples = member.read()
        n = len(members) * len(samples)
        return [(prints_of(channel, n_records=n), samples_sha256(channel)) for channel in samples]

    prints: list[Prints] = []
    owner: list[int] = []
    digests: list[str] = []
    with ThreadPoolExecutor(_THREADS) as pool:  # the transforms leave Python's lock; few recordings are held at once
        for first in range(0, len(members), _AT_ONCE):
            for i, own in enumerate(pool.map(of_one, members[first : first + _AT_ONCE]), first):
                prints += [p for p, _ in own]
                digests += [d for _, d in own]
                owner += [i] * len(own)
                on_done(i + 1, len(members))
    who = np.array(owner, np.int64)
    findings: dict[tuple[int, int], Finding] = {}
    for a, b in _equal(digests):
        pair = (who[a], who[b])
        if pair[0] != pair[1] and pair not in findings and _apart(sides, *pair).any():
            findings[pair] = _finding(members, sides, folds, pair, None)
    n_more = n_proved = 0
    channel_of = np.arange(len(who)) - np.searchsorted(who, who)
    for a, b, lag, _ in candidates(prints, sides[:, who] if len(who) else None):
        pair = (who[a], who[b])
        if pair[0] == pair[1] or pair in findings:
            continue
        if n_proved >= _MOST_PROVED:
            n_more += 1
            continue
        n_proved += 1
        match = prove(members[pair[0]].read()[channel_of[a]], members[pair[1]].read()[channel_of[b]], lag=lag)
        if match is not None:
            findings[pair] = _finding(members, sides, folds, pair, match)
    made = list(findings.values())
    if n_more:
        made.append(
            Finding(
                "leak_more", "warning", "split", f"{n_more} more pairs on two sides share fingerprints; they were not "
                "compared sample by sample.", "Remedy the pairs that are named, then check again.", {"n_pairs": n_more}
            )
        )  # fmt: skip
    return made


def _equal(digests: list[str]) -> Iterator[tuple[int, int]]:
    """Give the pairs of equal digests, each with the first of its kind and with the one before."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for i, digest in enumerate(digests):
        places[digest].append(i)
    for same in places.values():
        for k in range(1, len(same)):
            for earlier in same[max(0, k - _MOST_NAMED) : k]:
                yield earlier, same[k]


def _apart(sides: _Sides, a: int, b: int) -> np.ndarray:
    return np.asarray((sides[:, a] != sides[:, b]) & (sides[:, a] >= 0) & (sides[:, b] >= 0))


def _finding(
    members: Sequence[Holding], sides: _Sides, folds: tuple[str, ...], pair: tuple[int, int], match: Match | None
) -> Finding:
    a, b = pair
    fold = int(np.flatnonzero(_apart(sides, a, b))[0])
    one, other = members[a].name, members[b].name
    where = f"{_SIDES[sides[fold, a]]} and {_SIDES[sides[fold, b]]}" + (f", fold {folds[fold]}" if folds[fold] else "")
    values: dict[str, Any] = {"other": other, "sides": (_SIDES[sides[fold, a]], _SIDES[sides[fold, b]])}
    if match is None:
        return Finding(
            "leak_copy", "fatal", one, f"{one} and {other} ({where}) hold exactly the same samples.", _REMEDY, values
        )
    values |= {
        "lag": match.lag, "n_shared": match.n_shared, "correlation": match.correlation, "coherent": match.coherent
    }  # fmt: skip
    if abs(match.correlation) >= _SAME:
        how = "but for gain and offset"
    else:
        how = f"but for a filter or noise (coherent at {match.coherent:.0%} of the frequencies)"
    if match.lag == 0:
        text = f"{one} and {other} ({where}) hold the same signal over {match.n_shared} samples, {how}."
        return Finding("leak_near_copy", "fatal", one, text, _REMEDY, values)
    text = (
        f"{one} and {other} ({where}) hold the same signal over {match.n_shared} samples: sample i of the first is "
        f"sample i {match.lag:+d} of the second, {how}."
    )
    return Finding("leak_overlap", "fatal", one, text, _REMEDY, values)


# ---- names ----


def _groups(index: Columns, split: Split, sides: _Sides) -> list[Finding]:
    findings = []
    for level in ("bearing", "rig", *(["condition"] if split.level == "condition" else [])):
        torn = _torn(index.column(level).tolist(), sides)
        if torn:
            grave = level == split.level or level == "bearing"
            findings.append(
                Finding(
                    "leak_group",
                    "fatal" if grave else "warning",
                    f"level {level}",
                    f"{len(torn)} names of the level {level} are on two sides: {_listed(torn)}.",
                    _GROUP_REMEDY.format(level=level),
                    {"level": level, "names": tuple(torn[:_MOST_NAMED]), "n_names": len(torn)},
                )
            )
    return findings


def _sources(index: Columns, sides: _Sides) -> list[Finding]:
    names = [None if s is None or s.startswith("simulated:") else s for s in index.column("source").tolist()]
    torn = _torn(names, sides)
    if not torn:
        return []
    return [
        Finding(
            "leak_source",
            "warning",
            "split",
            f"{len(torn)} files gave records to two sides: {_listed(torn)}. They were recorded together.",
            "Give all records of a file one bearing or condition when they are imported, and split by it.",
            {"names": tuple(torn[:_MOST_NAMED]), "n_names": len(torn)},
        )
    ]


def _torn(names: list[str | None], sides: _Sides) -> list[str]:
    """Return the names on two sides of a fold, unless all records have the same."""
    rows: defaultdict[str, list[int]] = defaultdict(list)
    for i, name in enumerate(names):
        if name is not None:
            rows[name].append(i)
    if len(rows) + (None in names) < 2:
        return []
    return sorted(name for name, own in rows.items() if any(len(set(s[s >= 0])) > 1 for s in sides[:, own]))


def _listed(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _windows(split: Split) -> Finding:
    return Finding(
        "leak_windows",
        "fatal",
        "split",
        f"every record is on training and on test: {split.window_test_share:.0%} of its windows are tested.",
        "Use it only to show its score beside that of a split by record or above.",
        {"window_test_share": split.window_test_share},
    )


def _sides(n: int, split: Split) -> _Sides:
    sides = np.full((len(split.folds), n), -1, np.int8)
    for k, fold in enumerate(split.folds):
        for number, side in enumerate(_SIDES):
            sides[k, getattr(fold, side)] = number
    return sides


def _gravest_first(findings: list[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda f: -SEVERITIES.index(f.severity)))


def _silent(_done: int, _total: int) -> None:
    """Say nothing."""
