"""Figures as plain values that plotly.js draws: one style, one form for both colour schemes.

Text, axes and grids take their colours from the style sheet; lines have colours that stand out from either paper.
Nothing here imports plotly, which checks each value slowly.
"""

from palier.web.figures.comparison import comparison_figure
from palier.web.figures.confusion import confusion_figure
from palier.web.figures.envelope_spectrum import ExpectedLine, envelope_spectrum_figure
from palier.web.figures.noise import noise_figure
from palier.web.figures.scores import Score, scores_figure
from palier.web.figures.spectrogram import spectrogram_figure
from palier.web.figures.spectrum import spectrum_figure
from palier.web.figures.style import CONFIG, Figure, packed
from palier.web.figures.trend import Limits, Series, trend_figure
from palier.web.figures.waterfall import Slice, waterfall_figure
from palier.web.figures.waveform import waveform_figure

__all__ = [
    "CONFIG",
    "ExpectedLine",
    "Figure",
    "Limits",
    "Score",
    "Series",
    "Slice",
    "comparison_figure",
    "confusion_figure",
    "envelope_spectrum_figure",
    "noise_figure",
    "packed",
    "scores_figure",
    "spectrogram_figure",
    "spectrum_figure",
    "trend_figure",
    "waterfall_figure",
    "waveform_figure",
]
