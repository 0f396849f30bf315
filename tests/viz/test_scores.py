"""The figures of an evaluation: what is drawn is what was given, in per cent."""

from pathlib import Path

import numpy as np
import pytest

from palier.viz.columns import draw_columns
from palier.viz.noise_curve import ScorePoint, draw_noise_curve
from palier.viz.per_class import ScoreBar, bars_height_in, draw_per_class
from palier.viz.reliability import draw_reliability
from palier.viz.risk_coverage import draw_risk_coverage
from palier.viz.roc_pr import ClassCurve, draw_precision_recall, draw_roc
from palier.viz.style import figure, save_figure, svg_text


def test_bars_have_their_value_interval_and_number() -> None:
    bars = [ScoreBar("wear", 0.8, 0.7, 0.9, 50), ScoreBar("oil whirl", 1.0, 0.93, 1.0, 40)]
    with figure() as drawn:
        ax = drawn.subplots()
        draw_per_class(ax, bars, label="found, %")
        assert [p.get_width() for p in ax.patches] == [80.0, 100.0]
        spans = [tuple(line.get_xdata()) for line in ax.lines if line.get_linestyle() == "-"]
        assert spans == [(70.0, 90.0), (93.0, 100.0)]
        assert [t.get_text() for t in ax.texts] == ["80.0  (n = 50)", "100.0  (n = 40)"]
        assert ax.get_ylim()[0] > ax.get_ylim()[1]
    assert bars_height_in(11) > bars_height_in(3)


def test_columns_differ_without_colour() -> None:
    kinds = ["honest", "leaky", "majority", "baseline"]
    with figure() as drawn:
        ax = drawn.subplots()
        draw_columns(ax, [(k, ScoreBar(k, 0.5, 0.4, 0.6, 10)) for k in kinds])
        hatches = [p.get_hatch() for p in ax.patches if p.get_hatch()]
        assert len(set(hatches)) == 2
        weights = [t.get_weight() for t in ax.texts]
        assert weights == ["bold", "normal", "normal", "normal"]


def test_reliability_shows_bins_and_gaps() -> None:
    bins = [(0.4, 0.5, 10, 0.45, 0.3), (0.9, 1.0, 30, 0.97, 0.99)]
    with figure() as drawn:
        ax, counts = drawn.subplots(2, 1)
        draw_reliability(ax, counts, bins)
        assert [p.get_height() for p in ax.patches] == pytest.approx([30.0, 99.0])
        assert [p.get_height() for p in counts.patches] == [10, 30]
        dots = [(line.get_xdata()[0], line.get_ydata()[0]) for line in ax.lines if line.get_marker() == "o"]
        assert np.allclose(dots, [(45, 30), (97, 99)])


def test_the_worst_classes_are_named_and_their_lines_differ_without_colour() -> None:
    curves = [ClassCurve(f"c{i}", (0.0, 0.2, 1.0), (0.0, 0.9, 1.0), area=0.9 + i / 100) for i in range(5)]
    for draw in (draw_roc, draw_precision_recall):
        with figure() as drawn:
            ax = drawn.subplots()
            draw(ax, curves)
            legend = ax.get_legend()
            assert [t.get_text() for t in legend.get_texts()] == [
                "c0, 0.900", "c1, 0.910", "c2, 0.920", "the other classes",
            ]  # fmt: skip
            named = [line for line in ax.lines if str(line.get_label()).startswith("c")]
            assert len({str(line._unscaled_dash_pattern) for line in named}) == 3
            assert list(named[0].get_xdata()) == [0, 20, 100]


def test_the_noise_curve_runs_from_clean_to_worse_and_sets_other_noises_apart() -> None:
    points = [
        ScorePoint("white:0dB", 0.0, 0.5, 0.4, 0.6),
        ScorePoint("clean", None, 0.99, 0.98, 1.0),
        ScorePoint("white:20dB", 20.0, 0.9, 0.85, 0.95),
        ScorePoint("dropouts", None, 0.7, 0.6, 0.8),
    ]
    with figure() as drawn:
        ax = drawn.subplots()
        draw_noise_curve(ax, {"m": points})
        line, apart = (c.lines[0] for c in ax.containers)
        assert list(line.get_ydata()) == [99, 90, 50]
        assert list(line.get_xdata()) == sorted(line.get_xdata(), reverse=True)
        assert list(apart.get_ydata()) == [70]
        assert ax.get_xlim()[0] > ax.get_xlim()[1]
        assert {t.get_text() for t in ax.get_xticklabels()} == {"clean", "20 dB", "0 dB", "dropouts"}
        assert ax.get_legend() is None
    with figure() as drawn:
        ax = drawn.subplots()
        draw_noise_curve(ax, {"a": points, "b": points})
        assert [t.get_text() for t in ax.get_legend().get_texts()] == ["a", "b"]
        looks = {(c.lines[0].get_marker(), str(c.lines[0]._unscaled_dash_pattern)) for c in ax.containers[::2]}
        assert len(looks) == 2
    with figure() as drawn:
        ax = drawn.subplots()
        draw_noise_curve(ax, {"m": points[1:2]})
        assert [t.get_text() for t in ax.get_xticklabels()] == ["clean"]


def test_risk_and_coverage_end_at_all_answered() -> None:
    with figure() as drawn:
        ax = drawn.subplots()
        draw_risk_coverage(ax, (0.2, 0.6, 1.0), (0.0, 0.05, 0.1))
        assert ax.texts[0].get_text() == "all answered: 10.0 % wrong"
        assert list(ax.lines[1].get_xdata()) == [20, 60, 100]
        draw_risk_coverage(ax, (1.0,), (0.0,))


@pytest.mark.parametrize("ending", [".png", ".svg", ".pdf"])
def test_each_kind_of_figure_is_saved_the_same_bytes_each_time(tmp_path: Path, ending: str) -> None:
    saved = []
    for name in ("a", "b"):
        with figure() as drawn:
            left, right = drawn.subplots(1, 2)
            draw_columns(left, [("honest", ScoreBar("x", 0.5, 0.4, 0.6, 10))])
            draw_noise_curve(right, {"m": [ScorePoint("clean", None, 0.9, 0.8, 1.0)]})
            save_figure(drawn, tmp_path / f"{name}{ending}")
        saved.append((tmp_path / f"{name}{ending}").read_bytes())
    assert saved[0] == saved[1]


def test_figures_carry_the_theme_and_no_colour_of_their_own() -> None:
    import re

    with figure() as drawn:
        a, b, c = drawn.subplots(3, 1)
        draw_columns(a, [(k, ScoreBar(k, 0.5, 0.4, 0.6, 10)) for k in ("honest", "leaky", "majority", "baseline")])
        draw_risk_coverage(b, (0.5, 1.0), (0.0, 0.1))
        draw_roc(c, [ClassCurve("x", (0, 1), (0, 1), 0.5)])
        text = svg_text(drawn, prefix="t")
    plain = re.sub(r"var\(--fig-\w+, #[0-9a-f]{6}\)", "", text)
    assert re.findall(r"(?:fill|stroke): #[0-9a-f]{3,6}", plain) == []
