"""The figures of a report, as SVG with words for those who cannot see them."""

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from palier.errors import OutputError
from palier.evaluation.compare import Comparison
from palier.evaluation.report.names import class_name
from palier.evaluation.result import EvaluationResult, NoisePoint, Stratum
from palier.evaluation.words import percent
from palier.viz.columns import draw_columns
from palier.viz.confusion import draw_confusion
from palier.viz.noise_curve import ScorePoint, draw_noise_curve
from palier.viz.per_class import ScoreBar, bars_height_in, draw_per_class
from palier.viz.reliability import draw_reliability
from palier.viz.risk_coverage import draw_risk_coverage
from palier.viz.roc_pr import ClassCurve, draw_precision_recall, draw_roc
from palier.viz.style import figure, save_figure, svg_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["ReportFigure", "comparison_figures", "evaluation_figures", "save_evaluation_figures"]

#: Where figures are saved while they are drawn, and with which ending; nowhere for a report alone.
_SAVED: ContextVar[tuple[Path, str] | None] = ContextVar("saved", default=None)

_COLUMN_NAMES = {
    "honest": "this model, honest",
    "leaky": "this model, leaky split",
    "majority": "most frequent class",
    "baseline": "baseline",
}

#: A still picture of more bars than this cannot be read.
_MOST_BARS = 40


@dataclass(frozen=True, slots=True)
class ReportFigure:
    """One figure of the report."""

    key: str
    title: str
    svg: str
    words: str
    """What the figure shows, in words."""


def evaluation_figures(result: EvaluationResult) -> Mapping[str, ReportFigure]:
    """Draw what exists, each by its key."""
    drawn = [_columns(result), _classes(result), _confusion(result), _reliability(result), _risk(result)]
    if result.curves:
        drawn.append(_curves(result))
    if result.noise:
        drawn.append(_noise({result.model.name: result.noise}))
    for key, title, strata in (
        ("severity", "By severity", result.by_severity),
        ("condition", "By operating condition", result.by_condition),
        ("group", f"By {result.group_level}", result.by_group),
    ):
        if strata:
            drawn.append(_strata(key, title, strata))
    return {f.key: f for f in drawn}


def save_evaluation_figures(
    result: EvaluationResult, folder: Path, *, ending: Literal["png", "svg", "pdf"]
) -> list[Path]:
    """Save every figure of a result, in the one style, by its key.

    Raises
    ------
    OutputError
        If the folder cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        token = _SAVED.set((folder, ending))
        try:
            keys = list(evaluation_figures(result))
        finally:
            _SAVED.reset(token)
    except OSError as error:
        raise OutputError(
            f"figures cannot be written to {folder} ({error.strerror}); choose a folder that exists and is yours"
        ) from error
    return [folder / f"{key}.{ending}" for key in keys]


def _text(drawn: "Figure", *, prefix: str) -> str:
    place = _SAVED.get()
    if place is not None:
        save_figure(drawn, place[0] / f"{prefix}.{place[1]}")
    return svg_text(drawn, prefix=prefix)


def comparison_figures(comparison: Comparison) -> Mapping[str, ReportFigure]:
    """Draw the models' scores, and their noise curves where several have one."""
    bars = [
        ScoreBar(n, r.figures.accuracy.value, r.figures.accuracy.low, r.figures.accuracy.high, r.n_records)
        for n, r in zip(comparison.names, comparison.results, strict=True)
    ]
    words = "; ".join(f"{b.name} {percent(b.value)} ({percent(b.low)} to {percent(b.high)})" for b in bars) + "."
    drawn = [_bars("models", "Records right, model by model", bars, "records right, %", words)]
    lines = {n: r.noise for n, r in zip(comparison.names, comparison.results, strict=True) if r.noise}
    if lines:
        drawn.append(_noise(lines))
    return {f.key: f for f in drawn}


def _columns(result: EvaluationResult) -> ReportFigure:
    bars = [
        (c.name, ScoreBar(_COLUMN_NAMES[c.name], c.accuracy.value, c.accuracy.low, c.accuracy.high, c.n_records))
        for c in result.columns
    ]
    with figure(height_in=bars_height_in(len(bars)) + 0.1) as fig:
        draw_columns(fig.subplots(), bars)
        svg = _text(fig, prefix="columns")
    words = "Share of records named rightly: " + "; ".join(
        f"{b.name} {percent(b.value)}, interval {percent(b.low)} to {percent(b.high)}" for _, b in bars
    )
    return ReportFigure("columns", "The score beside others", svg, words + ".")


def _classes(result: EvaluationResult) -> ReportFigure:
    bars = [
        ScoreBar(class_name(c.key), c.recall.value, c.recall.low, c.recall.high, c.support)
        for c in result.per_class
        if c.recall is not None
    ]
    worst = min(bars, key=lambda b: b.value)
    words = (
        f"Share of each class's records that was found. Least: {worst.name}, {percent(worst.value)} of {worst.n}. "
        "Lines are intervals."
    )
    return _bars("classes", "What is found, class by class", bars, "found (recall), %", words)


def _strata(key: str, title: str, strata: Sequence[Stratum]) -> ReportFigure:
    bars = [ScoreBar(s.name, s.accuracy.value, s.accuracy.low, s.accuracy.high, s.n_records) for s in strata]
    shown = bars[:_MOST_BARS]
    words = "; ".join(f"{b.name}: {percent(b.value)} of {b.n}" for b in shown) + "."
    if len(bars) > len(shown):
        words = f"The first {len(shown)} of {len(bars)}. " + words
    return _bars(key, title, shown, "records right, %", words)


def _bars(key: str, title: str, bars: Sequence[ScoreBar], label: str, words: str) -> ReportFigure:
    with figure(height_in=bars_height_in(len(bars))) as fig:
        draw_per_class(fig.subplots(), bars, label=label)
        svg = _text(fig, prefix=key)
    return ReportFigure(key, title, svg, words)


def _confusion(result: EvaluationResult) -> ReportFigure:
    counts = np.array(result.confusion)
    names = [class_name(c) for c in result.classes]
    with figure(height_in=1.6 + 0.31 * len(names)) as fig:
        draw_confusion(fig.subplots(), counts, names=names)
        svg = _text(fig, prefix="confusion")
    pairs = result.errors.confusions[:3]
    text = "; ".join(f"{class_name(p.true_class)} taken for {class_name(p.predicted)} {p.n} times" for p in pairs)
    words = (
        f"{result.errors.n_wrong} of {result.n_records} records are wrong. {f'Most often: {text}. ' if text else ''}"
    )
    return ReportFigure("confusion", "Who is taken for whom", svg, words + "All numbers are records.")


def _curves(result: EvaluationResult) -> ReportFigure:
    known = {c.key: c for c in result.per_class}
    with figure(height_in=3.1) as fig:
        left, right = fig.subplots(1, 2)
        draw_roc(left, [
            ClassCurve(class_name(c.key), c.false_positive_rate, c.true_positive_rate, known[c.key].roc_auc or 0.0)
            for c in result.curves
        ])  # fmt: skip
        draw_precision_recall(right, [
            ClassCurve(class_name(c.key), c.recall, c.precision, known[c.key].pr_auc or 0.0) for c in result.curves
        ])  # fmt: skip
        svg = _text(fig, prefix="curves")
    figures = result.figures
    words = (
        f"Each class against the rest. Area under the ROC curve {figures.roc_auc:.3f}, average precision "
        f"{figures.pr_auc:.3f}, both means over the classes."
    )
    return ReportFigure("curves", "Ranking of the scores", svg, words)


def _reliability(result: EvaluationResult) -> ReportFigure:
    c = result.calibration
    with figure(height_in=3.2) as fig:
        top, bottom = fig.subplots(2, 1, height_ratios=(3, 1))
        draw_reliability(top, bottom, [(b.low, b.high, b.n, b.confidence, b.accuracy) for b in c.bins])
        svg = _text(fig, prefix="reliability")
    over = sum(b.n * (b.confidence - b.accuracy) for b in c.bins) / result.n_records
    mean = sum(b.n * b.confidence for b in c.bins) / result.n_records
    tendency = "too sure" if over > 0.02 else "too modest" if over < -0.02 else "about as sure as it may be"
    words = (
        f"The model is on average {percent(mean)} sure and right in {percent(result.figures.accuracy.value)}: "
        f"{tendency}. Expected calibration error {c.ece:.3f}."
    )
    return ReportFigure("reliability", "Is confidence deserved", svg, words)


def _risk(result: EvaluationResult) -> ReportFigure:
    c = result.calibration
    with figure(height_in=2.2) as fig:
        draw_risk_coverage(fig.subplots(), c.coverage, c.risk)
        svg = _text(fig, prefix="risk")
    half = next((r for x, r in zip(c.coverage, c.risk, strict=True) if x >= 0.5), c.risk[-1])
    words = (
        f"If only the surest half of the records were answered, {percent(half)} of the answers would be wrong; "
        f"if all are, {percent(c.risk[-1])}."
    )
    return ReportFigure("risk", "Answering only when sure", svg, words)


def _noise(curves: Mapping[str, Sequence[NoisePoint]]) -> ReportFigure:
    lines = _lines_by_kind(curves)
    points = {
        name: [ScorePoint(p.noise, p.snr_db, p.accuracy.value, p.accuracy.low, p.accuracy.high) for p in line]
        for name, line in lines.items()
    }
    with figure(height_in=2.6) as fig:
        draw_noise_curve(fig.subplots(), points)
        svg = _text(fig, prefix="noise")
    words = " ".join(
        f"{name}: {', '.join(f'{p.noise} {percent(p.accuracy.value)}' for p in line)}." for name, line in curves.items()
    )
    return ReportFigure("noise", "Under noise", svg, words)


def _lines_by_kind(curves: Mapping[str, Sequence[NoisePoint]]) -> Mapping[str, Sequence[NoisePoint]]:
    """Part each curve by the kind of its noise: a line joins points of one kind, from clean on."""
    kinds = list(dict.fromkeys(_kind(p) for line in curves.values() for p in line if p.snr_db is not None))
    if len(kinds) < 2:
        return curves
    lines = {}
    for name, line in curves.items():
        for i, kind in enumerate(kinds):
            # what has no ratio stands beside the first line
            own = [p for p in line if p.noise == "clean" or _kind(p) == kind or (i == 0 and p.snr_db is None)]
            lines[kind if len(curves) == 1 else f"{name}, {kind}"] = own
    return lines


def _kind(point: NoisePoint) -> str:
    return point.noise.split(":", 1)[0]
