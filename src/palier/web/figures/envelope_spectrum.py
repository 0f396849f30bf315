"""The spectrum of the envelope, with the lines that a damaged bearing would show where they are expected."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from palier.app.views import CurveView
from palier.web.figures.style import Figure, Span, axis, axis_title, curve, figure
from palier.web.i18n import number, t
from palier.web.theme import FIGURE_COLOURS

__all__ = ["ExpectedLine", "envelope_spectrum_figure"]

#: At most so many labels: more cannot be read.
_LABELS = 14


@dataclass(frozen=True, slots=True)
class ExpectedLine:
    """Where a fault would show."""

    fault: str
    fault_words: str
    label: str
    expected_hz: float
    found_hz: float
    amplitude: float
    found: bool


def envelope_spectrum_figure(
    view: CurveView, background: CurveView | None, lines: Sequence[ExpectedLine], *, span: Span = None
) -> Figure:
    """Draw the envelope spectrum and its background; each expected line is dashed, and has a dot where it was found.

    Lines come in the order of the faults, the strongest first; those of the others are fainter. What the colours mean
    stands beside the figure, where there is room for it on a phone.
    """
    inside = [n for n in lines if span is None or span[0] <= n.expected_hz <= span[1]]
    top = max([float(view.high.max(initial=0.0)), *(n.amplitude for n in inside if n.found), 1e-9]) * 1.12
    traces = [curve(view.x, view.high, name=t("figures.envelope"), hoverinfo="x+y")]
    if background is not None:
        traces.append(
            curve(background.x, background.high, name=t("figures.background"), colour="background", hoverinfo="skip")
        )
    first = lines[0].fault if lines else None
    for fault in dict.fromkeys(n.fault for n in inside):
        own = [n for n in inside if n.fault == fault]
        traces += [_expected(own, top, opacity=0.85 if fault == first else 0.4), *_found(own)]
    return figure(
        traces,
        axis(axis_title(t("figures.frequency"), view.x_unit), span=span),
        axis(t("figures.depth"), fixed=True, range=[0, top], tickformat="~p"),
        hovermode="closest",
        annotations=_labels(inside),
    )


def _colour(fault: str) -> str:
    return FIGURE_COLOURS.get(fault, FIGURE_COLOURS["shaft"])


def _expected(lines: Sequence[ExpectedLine], top: float, *, opacity: float) -> dict[str, Any]:
    x = [v for n in lines for v in (n.expected_hz, n.expected_hz, None)]
    y = [v for _ in lines for v in (0.0, top, None)]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "name": lines[0].fault_words,
        "line": {"color": _colour(lines[0].fault), "width": 1, "dash": "dash"},
        "opacity": opacity,
        "hoverinfo": "skip",
    }


def _found(lines: Sequence[ExpectedLine]) -> list[dict[str, Any]]:
    found = [n for n in lines if n.found]
    if not found:
        return []
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [n.found_hz for n in found],
            "y": [n.amplitude for n in found],
            "text": [t("figures.found_at", label=n.label, hz=number(n.found_hz, 5)) for n in found],
            "hoverinfo": "text",
            "marker": {"color": _colour(found[0].fault), "size": 8},
            "name": found[0].fault_words,
            "showlegend": False,
        }
    ]


def _labels(lines: Sequence[ExpectedLine]) -> list[dict[str, Any]]:
    """Label what was found, the strongest first; what lies in one place shares a label."""
    places: dict[float, list[ExpectedLine]] = {}
    for line in sorted((n for n in lines if n.found), key=lambda n: -n.amplitude):
        near = next((hz for hz in places if abs(hz - line.found_hz) < 0.004 * max(hz, 1.0)), line.found_hz)
        places.setdefault(near, []).append(line)
    return [
        {
            "x": hz, "y": own[0].amplitude, "text": " · ".join(dict.fromkeys(n.label for n in own)), "showarrow": False,
            "yshift": 12, "font": {"size": 11},
        }
        for hz, own in list(places.items())[:_LABELS]
    ]  # fmt: skip
