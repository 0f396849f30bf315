"""The report as HTML: one file, no network, light and dark, for the screen and for paper."""

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import Any

from palier.core.faults import fault
from palier.diagnosis.report.figures import report_figures
from palier.diagnosis.result import Diagnosis, PlotData, Verdict

__all__ = ["render_html"]

_BADGES: dict[Verdict, tuple[str, str]] = {
    "no_damage_found": ("good", "No damage found"),
    "damage": ("bad", "Damage"),
    "damage_type_unclear": ("warn", "Damage, type unclear"),
    "not_enough_data": ("info", "Not enough data"),
}


def render_html(diagnosis: Diagnosis, plots: PlotData | None) -> str:
    """Return the report of one diagnosis.

    The same diagnosis gives the same bytes. Everything is inline; the page's own policy forbids any request.
    """
    template, style, script = _parts()
    badge, short = _BADGES[diagnosis.verdict]
    return str(
        template.render(
            d=diagnosis,
            badge=badge,
            short=short,
            figures=report_figures(diagnosis, plots),
            simulated=diagnosis.recording.source.startswith("simulated:"),
            style=style,
            script=script,
            style_hash=_digest(style),
            script_hash=_digest(script),
            limits=_limits(diagnosis),
        )
    )


@cache
def _parts() -> tuple[Any, str, str]:
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    folder = files("palier.diagnosis.report")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["fault_name"] = lambda key: fault(key).name_en
    environment.filters["svg"] = Markup
    environment.filters["g"] = lambda value, digits=3: f"{value:.{digits}g}"
    environment.filters["f"] = lambda value, digits=2: f"{value:.{digits}f}"
    environment.filters["percent"] = lambda value, digits=0: f"{100 * value:.{digits}f} %"
    environment.filters["p"] = lambda value: "< 0.000001" if value < 1e-6 else f"{value:.2g}"
    template = environment.from_string((folder / "report.html.j2").read_text(encoding="utf-8"))
    style = (folder / "report.css").read_text(encoding="utf-8")
    script = (folder / "report.js").read_text(encoding="utf-8")
    return template, Markup(re.sub(r"\s*\n\s*", "\n", style)), Markup(script)


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _limits(diagnosis: Diagnosis) -> dict[str, float] | None:
    """Where the zone limits and the value lie on a bar, in per cent of its length."""
    severity = diagnosis.severity
    if severity.limits_mm_s is None or severity.velocity_rms_mm_s is None:
        return None
    end = max(severity.limits_mm_s[2] * 1.4, severity.velocity_rms_mm_s * 1.1)
    a, b, c = (100 * v / end for v in severity.limits_mm_s)
    return {"a": a, "b": b, "c": c, "value": 100 * severity.velocity_rms_mm_s / end}
