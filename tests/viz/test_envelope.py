import numpy as np
import pytest

from palier.viz.envelope import EnvelopeMark, draw_envelope
from palier.viz.style import COLOURS, figure


def mark(label: str, expected_hz: float, found_hz: float | None = None, amplitude: float = 0.5) -> EnvelopeMark:
    return EnvelopeMark(label, expected_hz, 2.0, found_hz, amplitude, COLOURS["outer"], main="+" not in label)


def test_tolerance_bands_are_shaded_and_found_lines_dotted_at_their_place() -> None:
    f = np.arange(5000) / 10
    amplitude = np.full(5000, 0.01)
    amplitude[895] = 0.5
    marks = [mark("BPFO", 90.0, 89.5), mark("2×BPFO", 180.0), mark("BPFO + 1×", 115.0, 114.8, 0.1)]
    with figure() as drawn:
        ax = drawn.subplots()
        draw_envelope(
            ax, f, amplitude, amplitude * 0 + 0.01, marks=marks, legend={"outer": COLOURS["outer"]}, shaft_hz=25.0,
            highest_hz=200.0,
        )  # fmt: skip
        spans = [(p.get_x(), p.get_width()) for p in ax.patches]
        assert spans == [(pytest.approx(88), pytest.approx(4)), (pytest.approx(178), pytest.approx(4))]
        points = [tuple(np.ravel(line.get_data())) for line in ax.get_lines() if line.get_marker() in {"o", "^"}]
        assert points == [(pytest.approx(89.5), pytest.approx(50)), (pytest.approx(114.8), pytest.approx(10))]
        assert sorted(t.get_text() for t in ax.texts) == ["2×BPFO", "BPFO"]
        assert ax.get_xlim() == (0, 200)
        assert ax.get_ylim()[1] > 50
        dotted = [line.get_xdata()[0] for line in ax.get_lines() if line.get_color() == COLOURS["shaft"]]
        assert dotted == [25.0 * k for k in range(1, 9)]
