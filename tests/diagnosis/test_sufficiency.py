from palier.core.catalogue import find_bearing
from palier.diagnosis.sufficiency import sufficiency

BEARING = find_bearing("6205")


def test_an_ordinary_recording_suffices() -> None:
    enough = sufficiency(BEARING, shaft_hz=30.0, sampling_rate_hz=12_000.0, duration_s=10.0)
    assert enough.needed == enough.unresolved == ()
    assert enough.highest_hz > 3 * BEARING.bpfi_order * 30


def test_what_is_said_to_suffice_does_suffice() -> None:
    short = sufficiency(BEARING, shaft_hz=10.0, sampling_rate_hz=12_000.0, duration_s=0.2)
    (text,) = short.needed
    seconds = float(text.split("at least ")[1].split(" s")[0])
    assert sufficiency(BEARING, shaft_hz=10.0, sampling_rate_hz=12_000.0, duration_s=seconds).needed == ()
    slow = sufficiency(BEARING, shaft_hz=30.0, sampling_rate_hz=1000.0, duration_s=10.0)
    (text,) = slow.needed
    rate = float(text.split("at least ")[1].split(" Hz")[0])
    assert sufficiency(BEARING, shaft_hz=30.0, sampling_rate_hz=rate, duration_s=10.0).needed == ()


def test_a_line_beside_a_shaft_harmonic_is_named() -> None:
    # 0.3 s at 30 Hz are 9 turns: 2×BSF at 4.71 lies 0.29 orders from 5×, the cage turns 3.6 times
    enough = sufficiency(BEARING, shaft_hz=30.0, sampling_rate_hz=12_000.0, duration_s=0.3)
    assert enough.unresolved == ("2×BSF", "FTF")
    assert enough.needed == ()
