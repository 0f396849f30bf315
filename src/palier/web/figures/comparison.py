"""Two curves over each other."""

from palier.app.views import CurveView
from palier.web.figures.style import Figure, axis, axis_title, curve, figure
from palier.web.i18n import t

__all__ = ["comparison_figure"]


def comparison_figure(first: CurveView, second: CurveView, *, names: tuple[str, str], y_title: str) -> Figure:
    """Draw two curves of one kind; the second is dashed as well as of another colour."""
    traces = [
        curve(first.x, first.high, name=names[0]),
        curve(second.x, second.high, name=names[1], colour="second"),
    ]
    traces[1]["line"]["dash"] = "4px,2px"
    return figure(
        traces,
        axis(axis_title(t("figures.frequency"), first.x_unit)),
        axis(
            axis_title(y_title, first.y_unit if first.y_unit != "modulation depth" else None),
            fixed=True,
            rangemode="tozero",
        ),
        showlegend=True,
    )
