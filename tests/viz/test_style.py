import itertools
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


def test_a_figure_is_closed_behind_its_block_and_no_global_state_is_touched() -> None:
    import subprocess
    import sys

    with figure() as drawn:
        drawn.subplots().plot([0, 1], [0, 1])
        assert drawn.axes
    assert drawn.axes == []
    code = (
        "import sys; from palier.viz.style import figure\n"
        "with figure(): pass\n"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "False"


#: Full protanopia, deuteranopia and tritanopia (Machado, Oliveira and Fernandes 2009, doi:10.1109/TVCG.2009.113).
SIGHTS = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def cielab(colour: str, sight: list[list[float]]) -> np.ndarray:
    """CIELAB of a colour as somebody with that sight sees it."""
    c = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.clip(np.array(sight) @ np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4), 0, 1)
    to_xyz = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    ratio = np.array(to_xyz) @ linear / [0.95047, 1, 1.08883]
    f = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("sight", SIGHTS)
def test_faults_differ_for_people_who_see_fewer_colours(sight: str) -> None:
    seen = [cielab(c, SIGHTS[sight]) for c in FAULT_COLOURS.values()]
    # a difference of 2.3 is just noticeable; 15 is plain
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 15
