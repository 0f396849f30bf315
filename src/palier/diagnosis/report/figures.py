"""The figures of a report, as SVG with words for those who cannot see them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from palier.core.faults import fault
from palier.diagnosis.report.journal_figures import orders_figure_parts, scores_figure_parts
from palier.diagnosis.report.zoom import zoom_json
from palier.diagnosis.result import BandResult, Diagnosis, EvidenceLine, PlotData
from palier.viz.bands import draw_bands
from palier.viz.envelope import EnvelopeMark, draw_envelope
from palier.viz.spectrum import draw_spectrum
from palier.viz.style import FAULT_COLOURS, figure, svg_text
from palier.viz.waveform import draw_waveform, peak_excerpt_s

__all__ = ["ReportFigure", "report_figures"]

#: Of a fault that is not named, only the line that carries its name is drawn.
_OWN_LINE = {"outer_race": "BPFO", "inner_race": "BPFI", "rolling_element": "2×BSF", "cage": "FTF"}

#: The excerpt of the waveform shows this many revolutions, or this long where no speed is known.
_EXCERPT_REVOLUTIONS = 6
_EXCERPT_S = 0.2


@dataclass(frozen=True, slots=True)
class ReportFigure:
    """One figure of the report."""

    key: str
    title: str
    svg: str
    words: str
    """What the figure shows, in words."""
    zoom: str = ""
    """What the page's script needs to zoom into it, as JSON; empty where it cannot."""


def report_figures(diagnosis: Diagnosis, plots: PlotData | None) -> tuple[ReportFigure, ...]:
    """Draw what exists: the envelope first, because the answer rests on it."""
    if plots is None:
        return ()
    drawn: list[ReportFigure] = []
    chosen = next((b for b in diagnosis.bands if b.chosen), None)
    if diagnosis.model is not None:
        svg, words = scores_figure_parts(diagnosis)
        drawn.append(ReportFigure("scores", "What the model says", svg, words))
    if diagnosis.evidence and diagnosis.evidence[0].quantity == "amplitude" and diagnosis.speed is not None:
        svg, words = orders_figure_parts(diagnosis, plots, diagnosis.speed.hz)
        drawn.append(ReportFigure("orders", "Multiples of the shaft speed", svg, words))
    if chosen is not None and diagnosis.speed is not None and diagnosis.ranking:
        drawn += [_envelope(diagnosis, plots, chosen, diagnosis.speed.hz), _bands(diagnosis.bands, chosen)]
    return (*drawn, _spectrum(diagnosis, plots, chosen), _waveform(diagnosis, plots))


def _envelope(diagnosis: Diagnosis, plots: PlotData, chosen: BandResult, shaft_hz: float) -> ReportFigure:
    named = _named(diagnosis)
    marks = [
        _mark(e, seen=e.found and e.fault in named, plots=plots, chosen=chosen)
        for e in diagnosis.evidence
        if e.fault in named or e.label == _OWN_LINE[e.fault]
    ]
    first = diagnosis.ranking[0].fault
    wanted = [
        e.expected_hz for e in diagnosis.evidence if _main(e) and (e.fault == first or e.label == _OWN_LINE[e.fault])
    ]
    highest_hz = min(float(plots.envelope_frequency_hz[-1]), 1.08 * max(wanted, default=6 * shaft_hz))
    faults = {e.fault for e in diagnosis.evidence}
    with figure(height_in=3.3, margins="fixed") as fig:
        ax = fig.subplots()
        draw_envelope(
            ax,
            plots.envelope_frequency_hz,
            plots.envelope_amplitude,
            plots.envelope_background,
            marks=marks,
            legend={fault(f).name_en.removesuffix(" defect"): c for f, c in FAULT_COLOURS.items() if f in faults},
            shaft_hz=shaft_hz,
            highest_hz=highest_hz,
        )
        svg = svg_text(fig, prefix="envelope")
        box = (ax.get_position().x0, ax.get_position().x1)
    shown = int(np.searchsorted(plots.envelope_frequency_hz, highest_hz, side="right"))
    zoom = zoom_json(
        plots.envelope_amplitude[:shown] * 100,
        step=float(plots.envelope_frequency_hz[1] - plots.envelope_frequency_hz[0]),
        end=highest_hz,
        unit="Hz",
        y_label="modulation depth, %",
        box=box,
        from_zero=True,
        spacing=shaft_hz,
        marks=marks,
    )
    words = (
        f"Squared envelope spectrum of the band {chosen.low_hz:.0f} to {chosen.high_hz:.0f} Hz, up to "
        f"{highest_hz:.0f} Hz. {' '.join(_lines_in_words(diagnosis, f, chosen) for f in named)} "
        "Shaded: where lines were expected, with their tolerance; the colour names the fault."
    )
    return ReportFigure("envelope", "Squared envelope spectrum", svg, words, zoom)


def _named(diagnosis: Diagnosis) -> tuple[str, ...]:
    """Return the faults whose lines are marked: the first, its rival where the type is unclear, and the band's own."""
    unclear = diagnosis.verdict == "damage_type_unclear"
    listed = [r.fault for r in diagnosis.ranking[: 2 if unclear else 1]]
    return tuple(dict.fromkeys([*listed, *(e.fault for e in diagnosis.evidence[:1])]))


def _mark(line: EvidenceLine, *, seen: bool, plots: PlotData, chosen: BandResult) -> EnvelopeMark:
    elsewhere = seen and not _in_band(line, chosen)
    place = int(np.abs(plots.envelope_frequency_hz - line.found_hz).argmin())
    return EnvelopeMark(
        label=line.label,
        expected_hz=line.expected_hz,
        tolerance_hz=line.tolerance_hz,
        found_hz=line.found_hz if seen else None,
        amplitude=float(plots.envelope_amplitude[place]) if elsewhere else line.amplitude,
        colour=FAULT_COLOURS[line.fault],
        main=_main(line),
        elsewhere=elsewhere,
    )


def _lines_in_words(diagnosis: Diagnosis, key: str, chosen: BandResult) -> str:
    own = [e for e in diagnosis.evidence if e.fault == key]
    harmonics = [f"{e.label} at {e.found_hz:.1f} Hz" for e in own if e.found and _main(e)]
    sidebands = [e.found for e in own if not _main(e)]
    text = f"Lines of the {fault(key).name_en} found: {', '.join(harmonics) or 'no harmonic'}"
    if sidebands:
        text += f" and {sum(sidebands)} of {len(sidebands)} sidebands"
    if own and not _in_band(own[0], chosen):
        text += f", in the band {own[0].band_low_hz:.0f} to {own[0].band_high_hz:.0f} Hz (hollow marks)"
    return text + "."


def _main(line: EvidenceLine) -> bool:
    return "+" not in line.label and "−" not in line.label


def _in_band(line: EvidenceLine, band: BandResult) -> bool:
    return (line.band_low_hz, line.band_high_hz) == (band.low_hz, band.high_hz)


def _bands(bands: Sequence[BandResult], chosen: BandResult) -> ReportFigure:
    with figure(height_in=2.0, margins="fixed") as fig:
        draw_bands(fig.subplots(), [(b.low_hz, b.high_hz, b.evidence, b.chosen) for b in bands])
        svg = svg_text(fig, prefix="bands")
    by = {"whole": "the whole spectrum", "fixed": "one of the fixed bands", "kurtogram": "the kurtogram's choice"}
    words = (
        f"{len(bands)} demodulation bands at the height of their evidence for the strongest fault (0: noise). "
        f"The chosen one runs from {chosen.low_hz:.0f} to {chosen.high_hz:.0f} Hz ({by[chosen.origin]})."
    )
    return ReportFigure("bands", "Which band was demodulated", svg, words)


def _spectrum(diagnosis: Diagnosis, plots: PlotData, chosen: BandResult | None) -> ReportFigure:
    band_hz = None if chosen is None else (chosen.low_hz, chosen.high_hz)
    with figure(margins="fixed") as fig:
        draw_spectrum(
            fig.subplots(),
            plots.samples,
            sampling_rate_hz=plots.sampling_rate_hz,
            unit=diagnosis.recording.unit,
            band_hz=band_hz,
        )
        svg = svg_text(fig, prefix="spectrum")
    shaded = "" if band_hz is None else f"; shaded: the demodulated band, {band_hz[0]:.0f} to {band_hz[1]:.0f} Hz"
    words = f"Averaged amplitude spectrum of the recording up to {plots.sampling_rate_hz / 2:.0f} Hz{shaded}."
    return ReportFigure("spectrum", "Spectrum", svg, words)


def _waveform(diagnosis: Diagnosis, plots: PlotData) -> ReportFigure:
    rate_hz, unit = plots.sampling_rate_hz, diagnosis.recording.unit
    length_s = _EXCERPT_S if diagnosis.speed is None else _EXCERPT_REVOLUTIONS / diagnosis.speed.hz
    window_s = peak_excerpt_s(plots.samples, sampling_rate_hz=rate_hz, length_s=length_s)
    with figure(height_in=1.9, margins="fixed") as fig:
        whole, excerpt = fig.subplots(1, 2, sharey=True, width_ratios=(3, 2), gridspec_kw={"wspace": 0.09})
        draw_waveform(whole, plots.samples, sampling_rate_hz=rate_hz, unit=unit)
        draw_waveform(excerpt, plots.samples, sampling_rate_hz=rate_hz, unit=unit, window_s=window_s)
        excerpt.set_ylabel("")
        svg = svg_text(fig, prefix="waveform")
        box = (whole.get_position().x0, whole.get_position().x1)
    zoom = zoom_json(
        plots.samples,
        step=1 / rate_hz,
        end=len(plots.samples) / rate_hz,
        unit="s",
        y_label=f"amplitude, {unit or 'unit undeclared'}",
        box=box,
    )
    level = diagnosis.level
    words = (
        f"Left, the whole recording, {diagnosis.recording.duration_s:.3g} s: r.m.s. {level.rms:.3g}, peak "
        f"{level.peak:.3g} {unit or '(unit undeclared)'}. Right, {np.diff(window_s)[0]:.2g} s around the highest peak"
        + (f" ({_EXCERPT_REVOLUTIONS} revolutions)." if diagnosis.speed is not None else ".")
    )
    return ReportFigure("waveform", "Waveform", svg, words, zoom)
