import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.core.bearing import JournalBearing, RollingBearing
from palier.core.catalogue import find_bearing
from palier.errors import BearingError


def test_orders_of_the_cwru_bearings_are_the_published_ones() -> None:
    de, fe = find_bearing("6205-2RS"), find_bearing("6203-2RS")
    published = {  # Bearing Data Center: BPFI, BPFO, 2×BSF, FTF
        de.name: (de, 5.4152, 3.5848, 4.7135, 0.39828),
        fe.name: (fe, 4.9469, 3.0530, 3.9874, 0.3817),
    }
    for bearing, bpfi, bpfo, bsf2, ftf in published.values():
        assert bearing.bpfi_order == pytest.approx(bpfi, abs=2e-4)
        assert bearing.bpfo_order == pytest.approx(bpfo, abs=2e-4)
        assert bearing.bsf2_order == pytest.approx(bsf2, abs=1e-3)
        assert bearing.ftf_order == pytest.approx(ftf, abs=1e-4)


def test_lines_of_the_ims_bearing_at_2000_rpm_are_the_published_ones() -> None:
    b, hz = find_bearing("ZA-2115"), 2000 / 60
    assert b.bpfo_order * hz == pytest.approx(236.4, abs=0.1)
    assert b.bpfi_order * hz == pytest.approx(296.9, abs=0.1)
    assert b.bsf2_order * hz / 2 == pytest.approx(139.9, abs=0.1)
    assert b.ftf_order * hz == pytest.approx(14.8, abs=0.1)


def test_lines_of_mafaulda_and_of_the_er_16k_are_the_published_ones() -> None:
    b = find_bearing("MAFAULDA")
    assert (b.ftf_order, b.bpfo_order, b.bpfi_order, b.bsf2_order / 2) == pytest.approx(
        (0.375, 2.998, 5.002, 1.871), abs=2e-3
    )
    er16 = find_bearing("ER-16K")
    assert (er16.bpfo_order, er16.bpfi_order) == pytest.approx((3.57, 5.43), abs=5e-3)


@given(
    n=st.integers(4, 30),
    ratio=st.floats(0.02, 0.3),
    angle=st.floats(0, 1.4),
    pitch=st.floats(1e-3, 5),
)
def test_kinematic_identities(n: int, ratio: float, angle: float, pitch: float) -> None:
    if n * ratio > math.pi:
        return
    b = RollingBearing(n, ratio * pitch, pitch, angle, provenance="test")
    assert b.bpfo_order + b.bpfi_order == pytest.approx(n)
    assert b.bpfo_order == pytest.approx(n * b.ftf_order)
    assert 0 < b.ftf_order < 0.5
    outer = RollingBearing(n, ratio * pitch, pitch, angle, provenance="test", rotating_ring="outer")
    assert b.ftf_order + outer.ftf_order == pytest.approx(1)
    assert outer.bpfo_order == b.bpfo_order


@pytest.mark.parametrize(
    ("arguments", "word"),
    [((2, 1e-3, 1e-2, 0.0), "rolling elements"), ((9, 39e-3, 8e-3, 0.0), "exchanged"),
     ((9, 0.0, 8e-3, 0.0), "positive"), ((9, 8e-3, 39e-3, 1.6), "contact angle"),
     ((9, 8e-3, 39e-3, -0.1), "contact angle"), ((40, 8e-3, 39e-3, 0.0), "fit"),
     ((9, float("nan"), 39e-3, 0.0), "positive")],
)  # fmt: skip
def test_impossible_geometry_is_refused(arguments: tuple[int, float, float, float], word: str) -> None:
    with pytest.raises(BearingError, match=word):
        RollingBearing(*arguments, provenance="test")


def test_the_rotating_ring_and_whole_elements_are_checked() -> None:
    with pytest.raises(BearingError, match="inner and outer"):
        RollingBearing(9, 8e-3, 39e-3, 0.0, provenance="test", rotating_ring="Inner")  # type: ignore[arg-type]
    with pytest.raises(BearingError, match="whole number"):
        RollingBearing(9.5, 8e-3, 39e-3, 0.0, provenance="test")  # type: ignore[arg-type]


def test_journal_bearing_refuses_what_no_bearing_can_have() -> None:
    assert JournalBearing(0.1, 0.05, 1e-4, 0.02).length_ratio == pytest.approx(0.5)
    with pytest.raises(BearingError, match="viscosity"):
        JournalBearing(0.1, 0.05, 1e-4, 0.0)
    with pytest.raises(BearingError, match="clearance"):
        JournalBearing(0.1, 0.05, 0.06, 0.02)
