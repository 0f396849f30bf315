"""What tells the classes of a set apart and has nothing to do with the machines: the way they were recorded."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb, erfc, log10, sqrt
from typing import Final

import numpy as np

from palier.data.audit.findings import Finding, FindingSeverity
from palier.data.audit.summary import RecordingSummary

__all__ = ["Separation", "compare_classes", "separation"]

#: The band in which anti-alias filters differ: the top twelfth below the lowest half sampling rate of the set.
_TOP_BAND: Final = 11 / 12
_FLOOR_QUANTILE: Final = 0.1
_SIGNIFICANT: Final = 0.01
#: Chance of one comparison above which ranges that do not overlap say nothing.
_REMARKABLE: Final = 0.1
#: Gap between a class and all others, dB, that matters even where too few recordings rule out chance …
_GAP_DB: Final = 3.0
#: … and the gap in level that points to another gain or unit.
_GAIN_GAP_DB: Final = 30.0
_LEAST_AUC: Final = 0.98


@dataclass(frozen=True, slots=True)
class Separation:
    """How far one quantity tells a class from all others."""

    auc: float
    """Chance that a recording of the class exceeds one of the others; 0 or 1 tells them apart without error."""
    gap: float
    """Distance between the ranges of both, in the quantity's unit; 0 or less where they overlap."""
    p_value: float
    """Two-sided Mann-Whitney: exact where the ranges do not overlap, normal approximation otherwise."""
    n_class: int
    n_others: int


def separation(inside: Sequence[float], outside: Sequence[float]) -> Separation:
    """Compare two groups of numbers without assuming a distribution.

    Parameters
    ----------
    inside, outside : sequence of float
        Neither empty.

    Returns
    -------
    Separation

    Examples
    --------
    >>> s = separation([5.0], [1.0, 2.0, 3.0])
    >>> s.auc, s.gap, s.p_value
    (1.0, 2.0, 0.5)
    """
    a, b = np.asarray(inside, np.float64), np.asarray(outside, np.float64)
    n, m = len(a), len(b)
    wins = float((a[:, None] > b).sum() + 0.5 * (a[:, None] == b).sum())
    gap = max(float(a.min() - b.max()), float(b.min() - a.max()))
    if gap > 0:
        p_value = min(1.0, 2 / comb(n + m, n))
    else:
        z = (abs(wins - n * m / 2) - 0.5) / sqrt(n * m * (n + m + 1) / 12)
        p_value = min(1.0, erfc(max(z, 0.0) / sqrt(2)))
    return Separation(wins / (n * m), gap, p_value, n, m)


@dataclass(frozen=True, slots=True)
class _Trait:
    key: str
    words: str
    unit: str
    remedy: str
    values: Callable[[Sequence[RecordingSummary]], list[float | None]]
    in_db: bool = True


def compare_classes(summaries: Sequence[RecordingSummary]) -> tuple[Finding, ...]:
    """Report properties of the recording chain that alone name a class.

    Each class is compared with all others by level, energy near the top of the common band, noise floor, offset and
    length, and by sampling rate, unit and step of the converter where those differ. Spectra are compared in Hz, up to
    half the lowest sampling rate of the set. P-values take the recordings as independent and are multiplied by the
    number of comparisons; several recordings of one machine are not independent, so read them as bounds.

    Parameters
    ----------
    summaries : sequence of RecordingSummary
        Those without a label are left out.

    Returns
    -------
    tuple of Finding
    """
    labelled = [s for s in summaries if s.label is not None]
    classes = sorted({str(s.label) for s in labelled})
    if len(classes) < 2:
        return ()
    top_hz = _common_nyquist_hz(labelled)
    findings = [*_few(labelled, classes), *_settings(labelled, classes)]
    for trait in _TRAITS:
        values = trait.values(labelled)
        for name in classes if len(classes) > 2 else classes[:1]:
            inside = [v for s, v in zip(labelled, values, strict=True) if s.label == name and v is not None]
            outside = [v for s, v in zip(labelled, values, strict=True) if s.label != name and v is not None]
            if inside and outside:
                finding = _trait_finding(trait, name, inside, outside, n_classes=len(classes), top_hz=top_hz)
                findings += [] if finding is None else [finding]
    return tuple(findings)


def _trait_finding(
    trait: _Trait, name: str, inside: list[float], outside: list[float], *, n_classes: int, top_hz: float
) -> Finding | None:
    found = separation(inside, outside)
    tests = len(_TRAITS) * (n_classes if n_classes > 2 else 1)
    p_value = min(1.0, tests * found.p_value)
    apart = found.gap > 0 and (found.p_value < _REMARKABLE or (trait.in_db and found.gap >= _GAP_DB))
    nearly = max(found.auc, 1 - found.auc) >= _LEAST_AUC and p_value < _SIGNIFICANT
    if not (apart or nearly):
        return None
    severity: FindingSeverity = "info"
    if p_value < _SIGNIFICANT or (trait.in_db and found.gap >= _GAP_DB):
        severity = "warning"
    if trait.key == "level_names_class" and found.gap >= _GAIN_GAP_DB:
        severity = "fatal"
    side = "above" if found.auc > 0.5 else "below"
    verb = "lie" if found.n_class > 1 else "lies"
    clear = f"{verb} {found.gap:.3g}{trait.unit} {side} all others" if found.gap > 0 else f"{verb} {side} most others"
    verdict = (
        f"chance would do so with p = {p_value:.1g}, {tests} comparisons counted"
        if p_value < _SIGNIFICANT
        else f"too few recordings to rule out chance (p = {found.p_value:.2g}, and {tests} comparisons were made)"
    )
    return Finding(
        trait.key,
        severity,
        f"class {name}",
        f"{trait.words.format(low_hz=_TOP_BAND * top_hz, high_hz=top_hz)} alone tells {name!r} from the rest: its "
        f"{found.n_class} recording{'s' if found.n_class > 1 else ''} "
        f"({_range(inside, trait.unit)}) {clear} ({found.n_others}, {_range(outside, trait.unit)}); {verdict}.",
        trait.remedy,
        {
            "auc": found.auc,
            "gap": found.gap,
            "p_value": p_value,
            "comparisons": tests,
            "n_class": found.n_class,
            "n_others": found.n_others,
            "class_range": (min(inside), max(inside)),
            "others_range": (min(outside), max(outside)),
        },
    )


def _range(values: list[float], unit: str) -> str:
    low, high = min(values), max(values)
    return f"{low:.3g}{unit}" if low == high else f"{low:.3g} to {high:.3g}{unit}"


def _few(labelled: Sequence[RecordingSummary], classes: Sequence[str]) -> list[Finding]:
    counts = Counter(str(s.label) for s in labelled)
    few = [name for name in classes if counts[name] < 3]
    if not few:
        return []
    shown = ", ".join(f"{name!r} ({counts[name]})" for name in few)
    return [
        Finding(
            "class_too_small",
            "warning",
            "set",
            f"Of {len(classes)} classes these have fewer than three recordings: {shown}. No split can show whether "
            "such a class is recognised or one recording.",
            "Record more machines of these classes, or leave the classes out of any score.",
            {"classes": tuple(few), "counts": tuple(float(counts[name]) for name in few)},
        )
    ]


def _settings(labelled: Sequence[RecordingSummary], classes: Sequence[str]) -> list[Finding]:
    findings = []
    for key, words, severity, remedy, value_of in _SETTINGS:
        values = {name: {value_of(s) for s in labelled if s.label == name} - {None} for name in classes}
        for name in classes:
            others = set().union(*(v for other, v in values.items() if other != name))
            if values[name] and others and not values[name] & others:
                shown = ", ".join(sorted(map(str, values[name])))
                findings.append(
                    Finding(
                        key,
                        severity,
                        f"class {name}",
                        f"{words} alone names {name!r}: it is {shown} there and {', '.join(sorted(map(str, others)))} "
                        "elsewhere.",
                        remedy,
                        {
                            "class_values": tuple(sorted(map(str, values[name]))),
                            "others": tuple(sorted(map(str, others))),
                        },
                    )
                )
                if len(classes) == 2:
                    break
    return findings


_SETTINGS: Final[tuple[tuple[str, str, FindingSeverity, str, Callable[[RecordingSummary], str | None]], ...]] = (
    (
        "rate_names_class",
        "The sampling rate (Hz)",
        "fatal",
        "Resample all recordings to the lowest rate with one and the same filter before anything is learnt.",
        lambda s: None if s.sampling_rate_hz is None else f"{s.sampling_rate_hz:g}",
    ),
    (
        "unit_names_class",
        "The unit",
        "fatal",
        "Convert all recordings to one unit.",
        lambda s: s.unit,
    ),
    (
        "step_names_class",
        "The step of the converter",
        "warning",
        "The classes were recorded with different gains or ranges: use no feature that sees single steps.",
        lambda s: None if s.step is None else f"{s.step:.2e}",
    ),
)


def _levels(summaries: Sequence[RecordingSummary]) -> list[float | None]:
    return [s.level_db if s.unit == summaries[0].unit else None for s in summaries]


def _common_nyquist_hz(summaries: Sequence[RecordingSummary]) -> float:
    return min((s.sampling_rate_hz / 2 for s in summaries if s.sampling_rate_hz and len(s.power)), default=0.0)


def _band(summary: RecordingSummary, nyquist_hz: float) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the frequencies and powers up to the common limit."""
    if not len(summary.power) or not summary.sampling_rate_hz:
        return None
    f = np.linspace(0, summary.sampling_rate_hz / 2, len(summary.power))
    inside = f <= nyquist_hz
    return f[inside], summary.power[inside]


def _top_bands(summaries: Sequence[RecordingSummary]) -> list[float | None]:
    nyquist_hz = _common_nyquist_hz(summaries)
    values: list[float | None] = []
    for summary in summaries:
        band = _band(summary, nyquist_hz)
        if band is None or not band[1].any():
            values.append(None)
            continue
        f, power = band
        top = f > _TOP_BAND * nyquist_hz
        values.append(10 * log10(max(float(power[top].sum() / power.sum()), 1e-20)) if top.any() else None)
    return values


def _floors(summaries: Sequence[RecordingSummary]) -> list[float | None]:
    nyquist_hz = _common_nyquist_hz(summaries)
    values: list[float | None] = []
    for summary in summaries:
        band = _band(summary, nyquist_hz)
        if band is None or not band[1].any():
            values.append(None)
            continue
        power = band[1]
        values.append(10 * log10(max(float(np.quantile(power, _FLOOR_QUANTILE) / power.mean()), 1e-20)))
    return values


_TRAITS: Final[tuple[_Trait, ...]] = (
    _Trait(
        "level_names_class",
        "Level",
        " dB",
        "Find out whether gain, unit or mounting differ. Until then use no feature that knows the level: scale every "
        "recording to unit variance.",
        _levels,
    ),
    _Trait(
        "rolloff_names_class",
        "The share of energy from {low_hz:.5g} to {high_hz:.5g} Hz",
        " dB",
        "The anti-alias filters or noise floors differ. Low-pass all recordings well below the lowest corner (2.56 "
        "times below the lowest sampling rate) before anything is learnt.",
        _top_bands,
    ),
    _Trait(
        "floor_names_class",
        "The noise floor below {high_hz:.5g} Hz, relative to the mean power,",
        " dB",
        "The chains or gains differ. Use no feature of the floor, such as spectral entropy or flatness.",
        _floors,
    ),
    _Trait(
        "offset_names_class",
        "The mean, in standard deviations,",
        "",
        "Remove the mean of every recording.",
        lambda summaries: [s.offset_ratio for s in summaries],
        in_db=False,
    ),
    _Trait(
        "length_names_class",
        "The number of samples",
        "",
        "Cut all recordings to one duration before anything is learnt.",
        lambda summaries: [float(s.n_samples) for s in summaries],
        in_db=False,
    ),
)
