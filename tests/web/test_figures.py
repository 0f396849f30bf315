"""What figures show."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from palier.app.views import CurveView, MatrixView, WaveformView
from palier.web.figures import (
    ExpectedLine,
    Series,
    Slice,
    comparison_figure,
    envelope_spectrum_figure,
    packed,
    spectrogram_figure,
    spectrum_figure,
    trend_figure,
    waterfall_figure,
    waveform_figure,
)  # fmt: skip
from palier.web.figures.style import CONFIG, unpacked
from palier.web.i18n import speaking
from palier.web.theme import FIGURE_COLOURS, MANTINE


def waveform(*, exact: bool, rate: float | None = 1000.0) -> WaveformView:
    x = np.arange(6) / (rate or 1.0)
    low = np.array([0, -1, -2, -3, -4, -5], np.float32)
    return WaveformView(x, low, low if exact else -low, exact, rate, "m/s^2", 0.006, 6, "X")


def curve(name: str = "spectrum", unit: str | None = "g") -> CurveView:
    x = np.linspace(0, 100, 51)
    high = np.exp(-((x - 30) ** 2)).astype(np.float32)
    return CurveView(name, x, high * 0, high, False, "Hz", unit)


def test_an_exact_waveform_is_drawn_as_it_is() -> None:
    figure = waveform_figure(waveform(exact=True), span=(0.001, 0.004))
    (line,) = figure["data"]
    assert unpacked(line["x"]).tolist() == pytest.approx([0, 0.001, 0.002, 0.003, 0.004, 0.005])
    assert unpacked(line["y"]).tolist() == [0, -1, -2, -3, -4, -5]
    layout = figure["layout"]
    assert layout["xaxis"]["range"] == [0.001, 0.004]
    assert layout["xaxis"]["title"]["text"] == "Time (s)"
    assert layout["yaxis"]["title"]["text"] == "Amplitude (m/s²)"
    assert layout["yaxis"]["fixedrange"]
    assert not layout["xaxis"]["fixedrange"]


def test_a_long_waveform_keeps_its_extremes() -> None:
    (line,) = waveform_figure(waveform(exact=False))["data"]
    y = unpacked(line["y"])
    assert len(y) == 12
    assert (y.min(), y.max()) == (-5, 5)
    assert y[2:4].tolist() == [-1, 1]
    assert unpacked(line["x"])[2:4].tolist() == pytest.approx([0.001, 0.001])


def test_without_a_rate_samples_are_counted() -> None:
    assert waveform_figure(waveform(exact=True, rate=None))["layout"]["xaxis"]["title"]["text"] == "Sample"


def test_a_spectrum_keeps_its_highest_line() -> None:
    figure = spectrum_figure(curve())
    (line,) = figure["data"]
    assert unpacked(line["x"])[unpacked(line["y"]).argmax()] == 30
    assert figure["layout"]["yaxis"]["rangemode"] == "tozero"
    assert spectrum_figure(curve(), scale="log")["layout"]["yaxis"]["type"] == "log"


def lines() -> list[ExpectedLine]:
    return [
        ExpectedLine("outer_race", "outer-race defect", "BPFO", 30.1, 30.0, 0.9, True),
        ExpectedLine("outer_race", "outer-race defect", "2×BPFO", 60.2, 60.0, 0.1, False),
        ExpectedLine("cage", "cage defect", "3×FTF", 30.0, 30.05, 0.8, True),
        ExpectedLine("cage", "cage defect", "FTF", 10.0, 10.0, 0.01, False),
    ]


def test_expected_lines_are_marked_and_labelled() -> None:
    figure = envelope_spectrum_figure(curve(), curve(), lines())
    by_mode = [(d["name"], d["mode"]) for d in figure["data"]]
    assert by_mode == [
        ("Envelope spectrum", "lines"), ("Local background", "lines"), ("outer-race defect", "lines"),
        ("outer-race defect", "markers"), ("cage defect", "lines"), ("cage defect", "markers"),
    ]  # fmt: skip
    expected = figure["data"][2]
    assert expected["x"] == [30.1, 30.1, None, 60.2, 60.2, None]
    assert expected["line"]["dash"] == "dash"
    assert expected["opacity"] > figure["data"][4]["opacity"]
    dots = figure["data"][3]
    assert (dots["x"], dots["y"]) == ([30.0], [0.9])
    assert "BPFO" in dots["text"][0]
    (label,) = figure["layout"]["annotations"]
    assert label["text"] == "BPFO · 3×FTF"
    assert (label["x"], label["y"]) == (30.0, 0.9)
    low, high = figure["layout"]["yaxis"]["range"]
    assert low == 0
    assert high > 1


def test_lines_outside_the_part_that_is_shown_are_left_out() -> None:
    figure = envelope_spectrum_figure(curve(), None, lines(), span=(5.0, 20.0))
    assert [d["name"] for d in figure["data"]] == ["Envelope spectrum", "cage defect"]
    assert figure["layout"]["annotations"] == []


def test_a_spectrogram_has_rows_of_frequencies() -> None:
    level = np.arange(6, dtype=np.float32).reshape(2, 3) - 200
    figure = spectrogram_figure(MatrixView("spectrogram", np.array([0.5, 1.0, 1.5]), np.array([10.0, 20.0]), level))
    (picture,) = figure["data"]
    assert picture["z"]["shape"] == "2, 3"
    assert unpacked(picture["z"]).reshape(2, 3).tolist() == level.tolist()
    assert picture["z"]["dtype"] == "f4"  # so low that no byte holds it
    assert picture["zmax"] == -195
    assert figure["layout"]["xaxis"]["range"] == [0.0, 2.0]
    assert figure["layout"]["yaxis"]["range"] == [0.0, 20.0]


def test_levels_are_whole_decibels_in_a_byte_and_end_80_below_the_highest() -> None:
    level = np.array([[-10.4, -300.0], [12.3, 0.0]], np.float32)
    (picture,) = spectrogram_figure(MatrixView("s", np.array([1.0, 2.0]), np.array([1.0, 2.0]), level))["data"]
    assert picture["z"]["dtype"] == "i1"
    assert unpacked(picture["z"]).tolist() == [-10, -68, 12, 0]
    assert (picture["zmin"], picture["zmax"]) == (pytest.approx(-67.7), pytest.approx(12.3))


def test_zones_stand_behind_a_trend_with_their_letters() -> None:
    at = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=k) for k in range(3)]
    figure = trend_figure([Series("v", at, [1.0, 2.0, 3.5])], y_title="mm/s", limits=(1.4, 2.8, 4.5))
    layout = figure["layout"]
    assert [(s["y0"], s["y1"]) for s in layout["shapes"]][:2] == [(0.0, 1.4), (1.4, 2.8)]
    assert layout["shapes"][-1]["y1"] == pytest.approx(layout["yaxis"]["range"][1])
    assert [a["text"] for a in layout["annotations"]] == ["A", "B", "C"]
    assert figure["data"][0]["x"][0] == "2026-01-01T00:00:00Z"
    assert not layout["showlegend"]
    two = trend_figure([Series("a", at, [1, 2, 3]), Series("b", at, [0, 0, 0])], y_title="dB")
    assert two["layout"]["showlegend"]
    assert two["data"][0]["marker"]["symbol"] != two["data"][1]["marker"]["symbol"]
    assert trend_figure([Series("none", [], [])], y_title="")["layout"]["yaxis"]["range"][1] > 0


def test_a_waterfall_is_on_one_scale_with_the_last_told_apart() -> None:
    small = CurveView("spectrum", curve().x, curve().low, curve().high / 4, False, "Hz", "g")
    figure = waterfall_figure([Slice("1 May", small), Slice("2 May", curve())])
    first, last = (unpacked(d["y"]) for d in figure["data"])
    assert first.max() == pytest.approx(1.2, rel=1e-3)  # half the height, for a quarter of the amplitude
    assert last.max() == pytest.approx(3.4, rel=1e-3)
    assert figure["data"][0]["line"]["color"] != figure["data"][1]["line"]["color"]
    assert figure["layout"]["yaxis"]["ticktext"] == ["1 May", "2 May"]
    assert waterfall_figure([])["data"] == []


def test_two_curves_differ_by_more_than_colour() -> None:
    figure = comparison_figure(curve(), curve("spectrum"), names=("before", "after"), y_title="Amplitude")
    assert [d["name"] for d in figure["data"]] == ["before", "after"]
    assert "dash" not in figure["data"][0]["line"]
    assert figure["data"][1]["line"]["dash"]
    assert figure["layout"]["yaxis"]["title"]["text"] == "Amplitude (g)"


def test_figures_speak_french() -> None:
    with speaking("fr"):
        layout = waveform_figure(waveform(exact=True))["layout"]
    assert layout["xaxis"]["title"]["text"] == "Temps (s)"
    assert layout["separators"][0] == ","


def test_numbers_travel_in_32_bits() -> None:
    assert packed([1, 2])["dtype"] == "f4"
    assert unpacked(packed(np.arange(5))).tolist() == [0, 1, 2, 3, 4]


def test_no_tool_of_plotly_is_shown() -> None:
    assert CONFIG["displayModeBar"] is False


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, two: str) -> float:
    high, low = sorted((luminance(one), luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("paper", ["#ffffff", "#14181c"])
@pytest.mark.parametrize("name", [n for n in FIGURE_COLOURS if n != "ink"])
def test_lines_stand_out_from_either_paper(name: str, paper: str) -> None:
    assert contrast(FIGURE_COLOURS[name], paper) >= 3.0


def test_buttons_can_be_read() -> None:
    colours, shade = MANTINE["colors"], MANTINE["primaryShade"]
    for name in ("petrol", "crimson"):
        assert contrast(colours[name][shade["light"]], "#ffffff") >= 4.5
        assert contrast(colours[name][shade["dark"]], "#000000") >= 4.5
