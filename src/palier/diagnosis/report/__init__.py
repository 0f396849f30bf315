"""A diagnosis as one self-contained file to hand on."""

from palier.diagnosis.report.html import render_html
from palier.diagnosis.report.write import write_report

__all__ = ["render_html", "write_report"]
