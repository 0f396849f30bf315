import numpy as np
import pytest

from palier.viz.spectrum import draw_spectrum
from palier.viz.style import figure


@pytest.mark.parametrize("n", [500, 8192, 40_000])
def test_a_sine_stands_at_its_frequency_with_its_amplitude(n: int) -> None:
    rate_hz = 10_000.0
    hz = round(1000 / (rate_hz / min(n, 8192))) * rate_hz / min(n, 8192)  # on a bin: nothing lost between two
    x = 5.0 + 2.0 * np.sin(2 * np.pi * hz * np.arange(n) / rate_hz)
    with figure() as drawn:
        ax = drawn.subplots()
        draw_spectrum(ax, x, sampling_rate_hz=rate_hz, unit="g", band_hz=(3000.0, 5000.0))
        f_khz, level_db = ax.get_lines()[0].get_data()
        assert level_db.max() == pytest.approx(20 * np.log10(2.0), abs=0.01)
        assert f_khz[np.argmax(level_db)] * 1e3 == pytest.approx(hz, abs=2 * rate_hz / min(n, 8192))
        assert ax.get_ylabel() == "level, dB re 1 g"
        assert [p for p in ax.patches if p.get_x() == 3.0]


def test_a_recording_of_one_value_is_drawn_too() -> None:
    with figure() as drawn:
        ax = drawn.subplots()
        draw_spectrum(ax, np.full(1000, 4.0), sampling_rate_hz=1000.0, unit=None, band_hz=None)
        assert np.all(np.isfinite(ax.get_lines()[0].get_ydata()))
