"""Results and comparisons as one self-contained file to hand on."""

from palier.evaluation.report.html import render_comparison, render_evaluation
from palier.evaluation.report.write import write_comparison_report, write_evaluation_report

__all__ = ["render_comparison", "render_evaluation", "write_comparison_report", "write_evaluation_report"]
