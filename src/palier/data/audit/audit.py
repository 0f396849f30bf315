"""The acquisition audit of one recording and of a set."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from palier.core.recording import Recording
from palier.data.audit.classes import compare_classes
from palier.data.audit.declarations import check_declarations
from palier.data.audit.duplicates import find_duplicates
from palier.data.audit.faults_of_recording import check_clipping, check_constant, check_dropouts, copied_channels
from palier.data.audit.findings import SEVERITIES, Finding
from palier.data.audit.grid import find_grid
from palier.data.audit.levels import check_length, check_offset, check_resolution
from palier.data.audit.rate_proof import check_rate
from palier.data.audit.rate_ratio import compare_rates
from palier.data.audit.summary import RecordingSummary, summarise

__all__ = ["SetAudit", "Unreadable", "audit_recording", "audit_set"]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that could not be read, and why."""

    source: str
    error: str
    """Name of the error class."""
    message: str


@dataclass(frozen=True, slots=True)
class SetAudit:
    """What was found in a set of recordings."""

    n_recordings: int
    labels: Mapping[str, int]
    """Recordings per label."""
    n_unlabelled: int
    findings: tuple[Finding, ...]
    """Of the set first, then of its recordings; gravest first in each."""
    unreadable: tuple[Unreadable, ...] = ()
    """Only where files were audited."""


def audit_recording(recording: Recording) -> tuple[Finding, ...]:
    """Check one recording: declarations, length, sampling rate, and each channel for what the chain did to it.

    Parameters
    ----------
    recording : Recording
        All its channels are checked; the sampling rate is tested on the first that is not constant.

    Returns
    -------
    tuple of Finding
        Gravest first.

    Examples
    --------
    >>> import numpy as np
    >>> from palier.core.recording import Provenance
    >>> x = np.random.default_rng(0).normal(size=(1, 12_000)).astype(np.float32).clip(-2, 2)
    >>> r = Recording(x, Provenance("a.wav", "0" * 64), sampling_rate_hz=12_000.0, unit="g", speed_hz=30.0)
    >>> [(f.key, f.severity, f.values["n_clipped"]) for f in audit_recording(r)]
    [('clipping', 'fatal', 541)]
    """
    findings = [*check_declarations(recording), *copied_channels(recording)]
    length = check_length(recording)
    findings += [] if length is None else [length]
    rate_tested = False
    for i, name in enumerate(recording.channel_names):
        x, source = recording.samples[i], f"{recording.provenance.source}:{name}"
        constant = check_constant(x, source=source)
        if constant is not None:
            findings.append(constant)
            continue
        grid = find_grid(x)
        checks = (
            check_clipping(x, source=source, grid=grid),
            check_offset(x, source=source, unit=recording.unit),
            check_resolution(x, source=source, grid=grid),
            None if rate_tested else check_rate(recording, channel=i),
        )
        rate_tested = True
        findings += [f for f in checks if f is not None]
        findings += check_dropouts(x, source=source)
    return _gravest_first(findings)


def audit_set(
    recordings: Iterable[Recording], *, labels: Mapping[str, str] | Callable[[Recording], str | None] | None
) -> SetAudit:
    """Check a set: every recording on its own, then rates, duplicates and classes against each other.

    Recordings are read once, one at a time; of each only a summary of some 20 kB per channel is kept.

    Parameters
    ----------
    recordings : iterable of Recording
        Their first channels are compared; all channels are searched for duplicates.
    labels : mapping, callable or None
        From a recording's source to its class, or a function that tells the class of a recording.

    Returns
    -------
    SetAudit

    Examples
    --------
    >>> import numpy as np
    >>> from palier.core.recording import Provenance
    >>> x = np.random.default_rng(0).normal(size=(1, 12_000)).astype(np.float32)
    >>> a, b = (Recording(x, Provenance(n, "0" * 64), sampling_rate_hz=12e3, unit="g", speed_hz=30.0) for n in "ab")
    >>> [(f.key, f.severity) for f in audit_set([a, b], labels={"a": "good", "b": "bad"}).findings][:1]
    [('duplicate', 'fatal')]
    """
    findings: list[Finding] = []
    summaries: list[RecordingSummary] = []
    for recording in recordings:
        label = labels(recording) if callable(labels) else (labels or {}).get(recording.provenance.source)
        findings += audit_recording(recording)
        summaries.append(summarise(recording, label=label))
    across = [
        *_bearings(summaries),
        *compare_rates(summaries),
        *find_duplicates(summaries),
        *compare_classes(summaries),
    ]
    counts = Counter(s.label for s in summaries if s.label is not None)
    return SetAudit(
        n_recordings=len(summaries),
        labels=MappingProxyType(dict(sorted(counts.items()))),
        n_unlabelled=sum(s.label is None for s in summaries),
        findings=_gravest_first(across) + _gravest_first(findings),
    )


def _bearings(summaries: list[RecordingSummary]) -> list[Finding]:
    missing = [s.source for s in summaries if s.bearing_name is None]
    if not missing:
        return []
    return [
        Finding(
            "bearing_undeclared",
            "info",
            "set",
            f"{len(missing)} of {len(summaries)} recordings name no bearing: their defect lines cannot be computed.",
            "Give the bearing's name or geometry when they are diagnosed (--bearing).",
            {"n_missing": len(missing)},
        )
    ]


def _gravest_first(findings: list[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda f: -SEVERITIES.index(f.severity)))
