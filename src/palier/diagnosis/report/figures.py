"""The figures of a report, as SVG with words for those who cannot see them."""

from dataclasses import dataclass

from palier.core.faults import fault
from palier.diagnosis.result import Diagnosis, PlotData
from palier.viz.bands import draw_bands
from palier.viz.envelope import EnvelopeMark, draw_envelope
from palier.viz.spectrum import draw_spectrum
from palier.viz.style import FAULT_COLOURS, figure, svg_text
from palier.viz.waveform import draw_waveform

__all__ = ["ReportFigure", "report_figures"]


@dataclass(frozen=True, slots=True)
class ReportFigure:
    """One figure of the report."""

    key: str
    title: str
    svg: str
    words: str
    """What the figure shows, for a screen reader."""


def report_figures(diagnosis: Diagnosis, plots: PlotData | None) -> tuple[ReportFigure, ...]:
    """Draw what exists: the envelope first, because the answer rests on it."""
    if plots is None:
        return ()
    unit = diagnosis.recording.unit
    chosen = next(((b.low_hz, b.high_hz) for b in diagnosis.bands if b.chosen), None)
    drawn = []
    if len(plots.envelope_frequency_hz) and diagnosis.speed is not None:
        drawn.append(_envelope(diagnosis, plots))
    if diagnosis.bands:
        with figure(height_in=2.0) as fig:
            draw_bands(fig.subplots(), [(b.low_hz, b.high_hz, b.evidence, b.chosen) for b in diagnosis.bands])
            svg = svg_text(fig, prefix="bands")
        words = (
            f"{len(diagnosis.bands)} demodulation bands at the height of their evidence for the strongest fault; the chosen "
            f"one runs from {chosen[0]:.0f} to {chosen[1]:.0f} Hz."
            if chosen
            else ""
        )
        drawn.append(ReportFigure("bands", "Which band was demodulated", svg, words))
    with figure() as fig:
        draw_spectrum(fig.subplots(), plots.samples, sampling_rate_hz=plots.sampling_rate_hz, unit=unit, band_hz=chosen)
        svg = svg_text(fig, prefix="spectrum")
    words = "Amplitude spectrum of the recording in decibels"
    drawn.append(
        ReportFigure("spectrum", "Spectrum", svg, words + (", the demodulated band shaded." if chosen else "."))
    )
    with figure(height_in=1.9) as fig:
        draw_waveform(fig.subplots(), plots.samples, sampling_rate_hz=plots.sampling_rate_hz, unit=unit)
        svg = svg_text(fig, prefix="waveform")
    level = diagnosis.level
    words = f"Waveform of {diagnosis.recording.duration_s:.3g} seconds; r.m.s. {level.rms:.3g}, peak {level.peak:.3g}."
    drawn.append(ReportFigure("waveform", "Waveform", svg, words))
    return tuple(drawn)


def _envelope(diagnosis: Diagnosis, plots: PlotData) -> ReportFigure:
    assert diagnosis.speed is not None
    first = diagnosis.ranking[0].fault
    shown = {first, *(e.fault for e in diagnosis.evidence if e.found and _main(e.label))}
    marks = [
        EnvelopeMark(
            label=e.label,
            expected_hz=e.expected_hz,
            tolerance_hz=e.tolerance_hz,
            found_hz=e.found_hz if e.found and e.fault == first else None,
            amplitude=e.amplitude,
            colour=FAULT_COLOURS[e.fault],
            main=_main(e.label),
        )
        for e in diagnosis.evidence
        if e.fault in shown and (e.fault == first or e.label in {"BPFO", "BPFI", "2×BSF", "FTF"})
    ]
    own = [e.expected_hz for e in diagnosis.evidence if e.fault == first and _main(e.label)]
    highest_hz = min(float(plots.envelope_frequency_hz[-1]), 1.12 * max(own))
    with figure(height_in=3.0) as fig:
        draw_envelope(
            fig.subplots(),
            plots.envelope_frequency_hz,
            plots.envelope_amplitude,
            plots.envelope_background,
            marks=marks,
            shaft_hz=diagnosis.speed.hz,
            highest_hz=highest_hz,
        )
        svg = svg_text(fig, prefix="envelope")
    found = [f"{e.label} at {e.found_hz:.1f} Hz" for e in diagnosis.evidence if e.fault == first and e.found]
    words = (
        f"Squared envelope spectrum up to {highest_hz:.0f} Hz. Lines of the {fault(first).name_en} found: "
        f"{', '.join(found) or 'none'}. Shaded: where lines were expected. Dashed: local background."
    )
    return ReportFigure("envelope", "Squared envelope spectrum", svg, words)


def _main(label: str) -> bool:
    return "+" not in label and "−" not in label
