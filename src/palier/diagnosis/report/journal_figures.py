"""The figures that only a journal bearing's report has."""

from palier.core.faults import fault
from palier.diagnosis.result import Diagnosis, EvidenceLine, PlotData
from palier.viz.orders import OrderMark, draw_orders
from palier.viz.scores import draw_scores
from palier.viz.style import COLOURS, figure, svg_text

__all__ = ["orders_figure_parts", "scores_figure_parts"]

_HIGHEST_ORDER = 4.0


def orders_figure_parts(diagnosis: Diagnosis, plots: PlotData, shaft_hz: float) -> tuple[str, str]:
    """Draw the low end of the spectrum with the places that the taxonomy names; SVG and words."""
    rows = _places(diagnosis, shaft_hz)
    marks = [
        OrderMark(
            label=e.label,
            low=e.band_low_hz / shaft_hz,
            high=e.band_high_hz / shaft_hz,
            found=e.found_hz / shaft_hz if e.found else None,
            level=e.amplitude,
            colour=COLOURS["outer"] if e.found else COLOURS["muted"],
        )
        for e in rows
    ]
    with figure(height_in=2.9, margins="fixed") as fig:
        draw_orders(
            fig.subplots(), plots.samples, sampling_rate_hz=plots.sampling_rate_hz, shaft_hz=shaft_hz,
            unit=diagnosis.recording.unit, marks=marks, highest_order=_HIGHEST_ORDER,
        )  # fmt: skip
        svg = svg_text(fig, prefix="orders")
    seen = [f"{e.label} at {e.found_hz:.2f} Hz, {e.prominence_db:.0f} dB above its background" for e in rows if e.found]
    words = (
        f"Amplitude spectrum up to {_HIGHEST_ORDER:g} times the shaft speed of {shaft_hz:.2f} Hz. Shaded: where the "
        f"taxonomy says that faults show; red where a line stands out. "
        + ("Found: " + "; ".join(seen) + "." if seen else "Nothing stands out in these places.")
    )
    return svg, words


def scores_figure_parts(diagnosis: Diagnosis) -> tuple[str, str]:
    """Draw the model's scores, the classes of the set filled; SVG and words."""
    opinion = diagnosis.model
    assert opinion is not None
    rows = sorted(opinion.scores.items(), key=lambda item: -item[1])
    with figure(height_in=0.6 + 0.22 * len(rows)) as fig:
        draw_scores(fig.subplots(), [(fault(k).name_en, v, k in opinion.prediction_set) for k, v in rows])
        svg = svg_text(fig, prefix="scores")
    words = (
        f"Mean score of each class over {opinion.windows} window{'s' if opinion.windows > 1 else ''} of "
        f"{opinion.window_s:g} s: "
        + ", ".join(f"{fault(k).name_en} {v:.0%}" for k, v in rows[:3])
        + (". Filled: the classes that calibration records do not rule out" if opinion.coverage is not None else "")
        + ". A score is not a probability."
    )
    return svg, words


def _places(diagnosis: Diagnosis, shaft_hz: float) -> list[EvidenceLine]:
    """Return one row for each place; the two sub-synchronous bands nearly coincide, and the wider one is drawn."""
    rows: dict[str, EvidenceLine] = {}
    for e in sorted(diagnosis.evidence, key=lambda e: e.band_low_hz - e.band_high_hz):
        overlap = any(r.band_low_hz <= e.band_low_hz and e.band_high_hz <= r.band_high_hz for r in rows.values())
        if e.band_high_hz <= _HIGHEST_ORDER * shaft_hz and not overlap:
            rows[e.label] = e
    return sorted(rows.values(), key=lambda e: e.band_low_hz)
