"""The report as HTML: one file, no network, light and dark, for the screen and for paper."""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any

from palier.core.faults import fault
from palier.core.recording import is_simulated
from palier.diagnosis.report.figures import report_figures
from palier.diagnosis.result import Diagnosis, PlotData, Verdict
from palier.viz.page import page_style

__all__ = ["render_html"]

_BADGES: dict[Verdict, tuple[str, str]] = {
    "no_damage_found": ("good", "No damage found"),
    "damage": ("bad", "Damage"),
    "damage_type_unclear": ("warn", "Damage, type unclear"),
    "not_enough_data": ("info", "Not enough data"),
}

#: The bar of zones ends at this many times the last limit; a value beyond stands at its end.
_BAR_END = 1.6

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def render_html(diagnosis: Diagnosis, plots: PlotData | None) -> str:
    """Return the report of one diagnosis.

    The same diagnosis gives the same bytes. Everything is inline; the page's own policy forbids any request.
    """
    template, style, script = _parts()
    badge, short = _BADGES[diagnosis.verdict]
    page = template.render(
        d=diagnosis,
        badge=badge,
        short=short,
        figures=report_figures(diagnosis, plots),
        evidence=[(key, list(lines)) for key, lines in groupby(diagnosis.evidence, key=lambda e: e.fault)],
        journal=bool(diagnosis.evidence) and diagnosis.evidence[0].quantity == "amplitude",
        simulated=is_simulated(diagnosis.recording.source),
        style=style,
        script=script,
        script_hash="sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        bar=_zone_bar(diagnosis),
    )
    return str(page).encode("utf-8", "backslashreplace").decode()  # a file's name need not be UTF-8


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
    environment.filters["p"] = _p_text
    template = environment.from_string((folder / "report.html.j2").read_text(encoding="utf-8"))
    style = page_style("palier.diagnosis.report")
    script = (folder / "report.js").read_text(encoding="utf-8")
    return template, Markup(style), Markup(script)  # noqa: S704 - both are files of this package, no user's text


def _p_text(p_value: float) -> str:
    if p_value < 1e-6:
        return "< 10⁻⁶"
    if p_value >= 1e-3:
        return f"{p_value:.2g}"
    mantissa, exponent = f"{p_value:.1e}".split("e")
    return f"{mantissa}·10{str(int(exponent)).translate(_SUPERSCRIPTS)}"


def _zone_bar(diagnosis: Diagnosis) -> dict[str, Any] | None:
    """Where the zone limits and the value lie on a bar, in per cent of its length."""
    severity = diagnosis.severity
    if severity.limits_mm_s is None or severity.velocity_rms_mm_s is None:
        return None
    end = _BAR_END * severity.limits_mm_s[2]
    edges = [0.0, *(100 * v / end for v in severity.limits_mm_s), 100.0]
    return {
        "zones": [(zone, edges[i + 1] - edges[i]) for i, zone in enumerate("ABCD")],
        "limits": list(zip(edges[1:4], severity.limits_mm_s, strict=True)),
        "value": min(100.0, 100 * severity.velocity_rms_mm_s / end),
        "beyond": severity.velocity_rms_mm_s > end,
    }
