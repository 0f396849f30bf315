"""Results as HTML: one file, no network, light and dark, for the screen and for paper."""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

from palier import __version__
from palier.evaluation.compare import Comparison
from palier.evaluation.intervals import Interval
from palier.evaluation.report.figures import comparison_figures, evaluation_figures
from palier.evaluation.report.names import class_name
from palier.evaluation.result import EvaluationResult
from palier.evaluation.words import comparison_sentence, percent, plural
from palier.viz.page import page_style

__all__ = ["render_comparison", "render_evaluation"]

#: Cautions that take a score's worth away, and those that limit it.
_FATAL = {"leaky_split", "above_ceiling"}
_GRAVE = {"few_groups", "not_better_than_majority", "unknown_classes"}


def render_evaluation(result: EvaluationResult) -> str:
    """Return the report of one result.

    The same result gives the same bytes. Everything is inline; the page's own policy forbids any request.
    """
    keys = {c.key for c in result.cautions}
    if keys & _FATAL:
        tone, short = "bad", "No score to rely on"
    elif keys & _GRAVE:
        tone, short = "warn", "Read with care"
    else:
        tone, short = "info", "Score on unseen records"
    return _page(
        "evaluation.html.j2", r=result, tone=tone, short=short, figures=evaluation_figures(result),
        title=f"{result.model.name} on {result.dataset.name}", synthetic=result.dataset.synthetic,
    )  # fmt: skip


def render_comparison(comparison: Comparison) -> str:
    """Return the report of one comparison.

    The same comparison gives the same bytes. Everything is inline; the page's own policy forbids any request.
    """
    first = comparison.results[0]
    fatal = bool({c.key for r in comparison.results for c in r.cautions} & _FATAL)
    return _page(
        "comparison.html.j2", c=comparison, tone="bad" if fatal else "info",
        short="No scores to rely on" if fatal else "Models on the same records",
        figures=comparison_figures(comparison), sentence=comparison_sentence(comparison),
        title=f"{len(comparison.names)} models on {first.dataset.name}", synthetic=first.dataset.synthetic,
    )  # fmt: skip


def _page(name: str, **values: Any) -> str:
    environment, style, script = _parts()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    page = environment.get_template(name).render(
        style=style, script=script, script_hash=f"sha256-{digest}", version=__version__, **values
    )
    return str(page).encode("utf-8", "backslashreplace").decode()


@cache
def _parts() -> tuple[Any, str, str]:
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup

    folder = files("palier.evaluation.report")
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(lambda name: (folder / name).read_text(encoding="utf-8")),
    )
    environment.filters["svg"] = Markup
    environment.filters["class_name"] = class_name
    environment.filters["percent"] = percent
    environment.filters["fixed"] = lambda value, digits=1: "–" if value is None else f"{value:.{digits}f}"
    environment.filters["share"] = lambda value: "–" if value is None else f"{100 * value:.1f}"
    environment.filters["interval"] = _interval
    environment.filters["points"] = lambda i: f"{100 * i.value:+.1f} ({100 * i.low:+.1f} to {100 * i.high:+.1f})"
    environment.filters["p"] = lambda value: "–" if value is None else "< 0.0001" if value < 1e-4 else f"{value:.2g}"
    environment.globals["plural"] = plural
    style = page_style("palier.evaluation.report")
    script = (folder / "report.js").read_text(encoding="utf-8")
    return environment, Markup(style), Markup(script)  # noqa: S704 - both are files of this package, no user's text


def _interval(interval: Interval | None) -> str:
    if interval is None:
        return "–"
    return f"{100 * interval.value:.1f} ({100 * interval.low:.1f} to {100 * interval.high:.1f})"
