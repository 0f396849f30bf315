import numpy as np
import pytest

from palier.viz.style import figure
from palier.viz.waveform import draw_waveform, peak_excerpt_s


@pytest.mark.parametrize("peak", [0, 40, 500, 980, 999])
@pytest.mark.parametrize("sign", [1, -1])
def test_the_excerpt_holds_the_highest_peak_and_stays_inside(peak: int, sign: int) -> None:
    x = np.full(1000, 3.0)
    x[peak] += sign * 2
    x[(peak + 300) % 1000] -= sign
    low, high = peak_excerpt_s(x, sampling_rate_hz=100.0, length_s=1.0)
    assert 0 <= low <= peak / 100 < high <= 10
    assert high - low == pytest.approx(1.0)


def test_a_window_shows_its_own_samples_at_their_own_time() -> None:
    x = np.arange(1000.0)
    with figure() as drawn:
        ax = drawn.subplots()
        draw_waveform(ax, x, sampling_rate_hz=100.0, unit=None, window_s=(2.0, 3.0))
        t_s, y = ax.get_lines()[0].get_data()
        assert np.array_equal(y, x[200:300])
        assert np.allclose(t_s, np.arange(200, 300) / 100)
        assert ax.get_xlim() == (2.0, 3.0)
        assert "unit undeclared" in ax.get_ylabel()
