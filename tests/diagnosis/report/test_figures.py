import re
import runpy
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from palier.diagnosis.report.figures import ReportFigure, report_figures
from palier.viz.style import COLOURS

_CASES = runpy.run_path(str(Path(__file__).with_name("cases.py")))
KINDS, diagnosed = _CASES["KINDS"], _CASES["diagnosed"]


@cache
def drawn(kind: str) -> tuple[ReportFigure, ...]:
    return report_figures(*diagnosed(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_every_figure_has_words_and_numbers_for_those_who_cannot_see_it(kind: str) -> None:
    figures = drawn(kind)
    keys = [f.key for f in figures]
    assert keys == (["envelope", "bands"] if kind != "not_enough_data" else []) + ["spectrum", "waveform"]
    for figure in figures:
        assert len(figure.words) > 30
        assert re.search(r"\d", figure.words)
        assert figure.words.endswith(".")
        assert figure.title


@pytest.mark.parametrize("kind", KINDS)
def test_colours_follow_the_theme_and_text_stays_text(kind: str) -> None:
    for figure in drawn(kind):
        bare = re.sub(r"var\(--fig-[a-z]+, #[0-9a-f]{6}\)", "", figure.svg)
        assert re.findall(r"#[0-9a-f]{6}\b(?![^<]*clip)", bare) == [], figure.key
        assert "var(--fig-series" in figure.svg or figure.key == "bands"
        assert "<text" in figure.svg
        ids = re.findall(r'\bid="([^"]+)"', figure.svg)
        assert all(i.startswith(f"{figure.key}-") for i in ids)


def test_the_named_fault_is_marked_and_labelled_where_it_was_found() -> None:
    diagnosis, _ = diagnosed("outer_race")
    envelope = drawn("outer_race")[0]
    harmonics = [e for e in diagnosis.evidence if e.fault == "outer_race" and "×" not in e.label.replace("×B", "")]
    assert harmonics
    found = [e for e in harmonics if e.found]
    for line in found:
        assert f"{line.label} at {line.found_hz:.1f} Hz" in envelope.words
        assert f">{line.label}<" in envelope.svg
    for label in ("BPFI", "2×BSF", "FTF"):
        assert f">{label}<" in envelope.svg
    assert all(f">{name}<" in envelope.svg for name in ("outer-race", "inner-race", "rolling-element", "cage"))


def test_lines_found_in_another_band_are_hollow_and_said_to_be() -> None:
    diagnosis, _ = diagnosed("type_unclear")
    chosen = next(b for b in diagnosis.bands if b.chosen)
    second = [e for e in diagnosis.evidence if e.fault == diagnosis.ranking[1].fault]
    assert (second[0].band_low_hz, second[0].band_high_hz) != (chosen.low_hz, chosen.high_hz)
    envelope = drawn("type_unclear")[0]
    assert "(hollow marks)" in envelope.words
    assert ">in another band<" in envelope.svg
    one = drawn("outer_race")[0]
    assert ">in another band<" not in one.svg


def test_labels_of_the_envelope_do_not_overlap() -> None:
    for kind in ("outer_race", "rolling_element", "cage", "type_unclear"):
        svg = drawn(kind)[0].svg
        labels = re.findall(
            r'<text style="font-size: 8px;[^"]*text-anchor: middle[^"]*" x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]+)<', svg
        )
        placed = [(float(x), float(y), len(t) * 4.4 / 2) for x, y, t in labels if re.search("BPF|BSF|FTF", t)]
        assert len(placed) >= 4
        for i, (x, y, half) in enumerate(placed):
            for other_x, other_y, other_half in placed[:i]:
                assert abs(x - other_x) >= half + other_half or abs(y - other_y) >= 8, kind


def test_an_undeclared_unit_is_said_on_the_axes() -> None:
    diagnosis, plots = diagnosed("not_enough_data")
    undeclared = replace(diagnosis, recording=replace(diagnosis.recording, unit=None))
    spectrum, waveform = report_figures(undeclared, plots)
    assert "unit undeclared" in spectrum.svg
    assert "unit undeclared" in waveform.svg
    assert "unit undeclared" in waveform.words


def test_the_chosen_band_is_shaded_in_the_spectrum() -> None:
    diagnosis, _ = diagnosed("outer_race")
    by_key = {f.key: f for f in drawn("outer_race")}
    chosen = next(b for b in diagnosis.bands if b.chosen)
    assert f"{chosen.low_hz:.0f} to {chosen.high_hz:.0f} Hz" in by_key["spectrum"].words
    assert "demodulated band" in by_key["spectrum"].svg
    assert f"chosen: {chosen.low_hz:.0f}–{chosen.high_hz:.0f} Hz" in by_key["bands"].svg
    assert COLOURS["inner"] in by_key["bands"].svg


def test_without_curves_nothing_is_drawn() -> None:
    assert report_figures(diagnosed("outer_race")[0], None) == ()
