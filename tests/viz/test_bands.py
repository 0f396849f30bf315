from palier.viz.bands import draw_bands
from palier.viz.style import figure


def test_each_band_is_a_bar_at_the_height_of_its_evidence_and_the_chosen_one_is_named() -> None:
    bands = [(0.0, 6000.0, 3.0, False), (0.0, 750.0, 12.5, True), (750.0, 1500.0, -0.4, False)]
    with figure() as drawn:
        ax = drawn.subplots()
        draw_bands(ax, bands)
        bars = [(tuple(line.get_xdata()), line.get_ydata()[0]) for line in ax.get_lines()]
        assert bars == [((0.0, 6.0), 3.0), ((0.0, 0.75), 12.5), ((0.75, 1.5), -0.4)]
        assert [t.get_text() for t in ax.texts] == ["chosen: 0–750 Hz"]
        assert ax.texts[0].get_horizontalalignment() == "left"  # at the edge, a centred text would leave the axes
        assert ax.get_ylim()[0] < -0.4
