"""Draw docs/images/journal-classes.png: the eleven classes, as spectra in orders and as waveforms (simulated)."""

from pathlib import Path

import numpy as np

from palier.core.faults import JOURNAL_CLASSES
from palier.simulate import DatasetSpec, simulate_journal
from palier.viz.style import COLOURS, decimated, figure, save_figure

TARGET = Path(__file__).resolve().parents[1] / "docs" / "images" / "journal-classes.png"
SPEC = DatasetSpec(records_per_class=4, seed=21, severity="severe", evolving_share=0.0, transient_share=0.0)


def main() -> None:
    with figure(height_in=9.0) as fig:
        axes = fig.subplots(11, 2, sharex="col", width_ratios=(3, 2))
        for i, (fault, (left, right)) in enumerate(zip(JOURNAL_CLASSES, axes, strict=True)):
            record = simulate_journal(SPEC, 4 * i + 1)
            x = record.recording.samples[0].astype(float)
            n = len(x)
            window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)
            level = 20 * np.log10(np.abs(np.fft.rfft((x - x.mean()) * window)) * 2 / window.sum() + 1e-9)
            order = np.fft.rfftfreq(n, 1 / SPEC.sampling_rate_hz) / record.point.speed_hz
            shown = order <= 4
            left.plot(*decimated(order[shown], level[shown]), color=COLOURS["series"], linewidth=0.7)
            left.set_ylim(-95, 5)
            left.set_yticks([-80, -40, 0])
            left.text(3.95, 2, fault.name_en, ha="right", va="top", fontsize=8, color=COLOURS["ink"])
            t_s = np.arange(n) / SPEC.sampling_rate_hz
            part = t_s < 0.5
            right.plot(*decimated(t_s[part], x[part]), color=COLOURS["series"], linewidth=0.6)
            right.set_ylim(-1.1, 1.1)
            right.set_yticks([-1, 0, 1])
        axes[-1][0].set_xlabel("multiples of the shaft speed")
        axes[-1][1].set_xlabel("time, s")
        axes[5][0].set_ylabel("level, dB re 1 g")
        axes[5][1].set_ylabel("g")
        save_figure(fig, TARGET)


if __name__ == "__main__":
    main()
