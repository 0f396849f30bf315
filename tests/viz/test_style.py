import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.errors import ParameterError
from palier.viz.style import COLOURS, FAULT_COLOURS, decimated, figure, save_figure, svg_text


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two colours."""

    def luminance(colour: str) -> float:
        rgb = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("path", ["curve.png", "curve.svg", "curve.pdf"])
def test_a_figure_is_saved_by_its_ending_the_same_bytes_each_time(tmp_path: Path, path: str) -> None:
    heads = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}
    saved = []
    for folder in ("a", "b"):
        target = tmp_path / folder / path
        target.parent.mkdir()
        with figure() as drawn:
            drawn.subplots().plot([0, 1], [1, 2], color=COLOURS["series"])
            save_figure(drawn, target)
        saved.append(target.read_bytes())
    assert saved[0].startswith(heads[Path(path).suffix])
    assert saved[0] == saved[1]


def test_a_png_has_the_width_of_a_page_at_300_dots_per_inch(tmp_path: Path) -> None:
    with figure(height_in=2.0) as drawn:
        drawn.subplots().plot([0, 1], [1, 2])
        save_figure(drawn, tmp_path / "f.png")
    head = (tmp_path / "f.png").read_bytes()[16:24]
    assert (int.from_bytes(head[:4], "big"), int.from_bytes(head[4:], "big")) == (2220, 600)


@pytest.mark.parametrize("name", ["f.jpg", "f", "f.png.bak"])
def test_other_endings_are_refused(tmp_path: Path, name: str) -> None:
    with figure() as drawn, pytest.raises(ParameterError, match=re.escape(".png, .svg and .pdf")):
        save_figure(drawn, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_an_svg_for_a_page_scales_and_carries_the_theme() -> None:
    def drawn_svg(prefix: str) -> str:
        with figure() as drawn:
            ax = drawn.subplots()
            ax.plot([0, 1], [1, 2], color=COLOURS["outer"])
            ax.set_xlabel("price in $ and <b>")
            return svg_text(drawn, prefix=prefix)

    text = drawn_svg("one")
    assert text == drawn_svg("one")
    assert text.startswith("<svg ")
    head = text[: text.index(">")]
    assert "viewBox" in head
    assert not re.search(r"\b(width|height)=", head)
    assert "var(--fig-outer, #d1495b)" in text
    assert ">price in $ and &lt;b&gt;<" in text
    assert set(re.findall(r'\bid="([^"]+)"', text)).isdisjoint(re.findall(r'\bid="([^"]+)"', drawn_svg("two")))


def test_colours_are_distinct_and_readable_on_paper() -> None:
    assert len(set(COLOURS.values())) == len(COLOURS)
    for colour in FAULT_COLOURS.values():
        assert contrast(colour, "#ffffff") >= 3  # WCAG 1.4.11: parts of graphics
    assert contrast(COLOURS["ink"], "#ffffff") >= 7
    assert contrast(COLOURS["muted"], "#ffffff") >= 4.5


@given(n=st.integers(1, 5000), columns=st.integers(1, 300), seed=st.integers(0, 99))
def test_decimation_keeps_the_highest_and_the_lowest_value_and_stays_in_place(n: int, columns: int, seed: int) -> None:
    y = np.random.default_rng(seed).standard_normal(n)
    x = np.arange(n) / 7.0
    px, py = decimated(x, y, columns=columns)
    assert len(px) == len(py) <= max(2 * columns, 1)
    assert py.max() == y.max()
    assert py.min() == y.min()
    assert set(py) <= set(y)
    assert np.all(np.diff(px) >= 0)
    width = -(-n // columns) / 7.0
    assert abs(px[py.argmax()] - x[y.argmax()]) <= width
