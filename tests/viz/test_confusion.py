import numpy as np

from palier.viz.confusion import draw_confusion
from palier.viz.style import COLOURS, figure


def test_each_count_stands_in_its_cell_and_mistakes_have_their_own_colour() -> None:
    counts = np.array([[5, 1, 0], [0, 3, 0], [2, 0, 0]])
    with figure() as drawn:
        ax = drawn.subplots()
        draw_confusion(ax, counts, names=["a", "b", "c"])
        written = {(round(t.get_position()[1]), round(t.get_position()[0])): int(t.get_text()) for t in ax.texts}
        assert written == {(0, 0): 5, (0, 1): 1, (1, 1): 3, (2, 0): 2}
        shades = {(round(p.get_y() + 0.5), round(p.get_x() + 0.5)): p for p in ax.patches}
        assert shades.keys() == written.keys()
        from matplotlib.colors import same_color

        for (row, column), patch in shades.items():
            wanted = COLOURS["series"] if row == column else COLOURS["outer"]
            assert same_color(patch.get_facecolor()[:3], wanted)
        # the shade is the share of the row, and never so dark that the number cannot be read
        assert shades[0, 1].get_alpha() < shades[0, 0].get_alpha() < shades[1, 1].get_alpha() <= 0.5
        assert [t.get_text() for t in ax.get_yticklabels()] == ["a (6)", "b (3)", "c (2)"]
        assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the first class on top


def test_many_long_names_are_turned_and_broken() -> None:
    names = ["cavitation and excessive clearance"] * 11
    with figure(height_in=5) as drawn:
        ax = drawn.subplots()
        draw_confusion(ax, np.eye(11, dtype=int), names=names)
        label = ax.get_xticklabels()[0]
        assert label.get_rotation() == 90
        assert label.get_text().count("\n") == 2
