import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.core import catalogue as module
from palier.core.catalogue import catalogue, find_bearing, parse_bearing
from palier.errors import BearingError


def test_every_name_and_alias_is_found_whatever_its_case_and_dashes() -> None:
    for bearing, aliases in module._rows():
        for name in (bearing.name, *aliases):
            for spelling in (name, name.lower(), name.upper(), name.replace("-", ""), name.replace("-", " ")):
                assert find_bearing(spelling).name == bearing.name, spelling


def test_every_bearing_names_its_source_and_how_sure_it_is() -> None:
    assert len(catalogue()) >= 10
    assert len({b.name for b in catalogue()}) == len(catalogue())
    for bearing in catalogue():
        assert len(bearing.provenance) > 30
        assert bearing.provenance.endswith(("(published geometry)", "(secondary source)"))


@pytest.mark.parametrize(
    ("typed", "meant"), [("6250", "6205-2RS"), ("6502", "6205-2RS"), ("ER16", "ER-16K"), ("ZA2116", "ZA-2115")]
)
def test_a_near_miss_is_suggested(typed: str, meant: str) -> None:
    with pytest.raises(BearingError, match=meant):
        find_bearing(typed)


def test_an_unknown_bearing_says_how_to_give_its_geometry() -> None:
    with pytest.raises(BearingError, match=r"catalogue; give its geometry, such as n=9,d=7\.94mm"):
        find_bearing("zzz")


@pytest.mark.parametrize(
    "text",
    ["n=9,d=7.94mm,D=39.04mm,phi=0", "n=9, d=0.794cm, D=3.904cm", "n=9,d=0.00794m,D=0.03904m,phi=0rad",
     "D=39.04mm,n=9,d=7.94mm,phi=0deg", "n=9,d=.3125984in,D=1.5370079in"],
)  # fmt: skip
def test_typed_geometry_in_any_unit_is_the_same(text: str) -> None:
    bearing = parse_bearing(text)
    assert bearing.element_diameter_m == pytest.approx(7.94e-3)
    assert bearing.pitch_diameter_m == pytest.approx(39.04e-3)
    assert bearing.n_elements == 9
    assert "typed" in bearing.provenance


def test_angles_are_degrees_unless_said_otherwise() -> None:
    assert parse_bearing("n=9,d=8mm,D=39mm,phi=15").contact_angle_rad == pytest.approx(math.radians(15))
    assert parse_bearing("n=9,d=8mm,D=39mm,phi=0.2rad").contact_angle_rad == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("text", "word"),
    [("n=9,d=8,D=39mm", "mm, cm, m, in"), ("n=9,d=8mm", "D missing"), ("n=9.5,d=8mm,D=39mm", "whole number"),
     ("n=9,d=39mm,D=8mm", "exchanged"), ("n=9,d=8mm,D=39mm,x=1", "not understood"), ("n=9,n=9,d=8mm,D=39mm", "twice"),
     ("n=9,d=8furlong,D=39mm", "not understood"), ("n=9,d=1e400mm,D=39mm", "finite"),
     ("n=9,d=8mm,D=39mm,phi=95", "angle")],
)  # fmt: skip
def test_each_mistake_has_its_own_message(text: str, word: str) -> None:
    with pytest.raises(BearingError, match=word):
        parse_bearing(text)


@given(st.one_of(st.text(max_size=40), st.text(alphabet="ndDphi=,.0123456789minrad e-+", max_size=40)))
def test_nothing_but_a_bearing_error_ever_comes_out(text: str) -> None:
    with contextlib.suppress(BearingError):
        parse_bearing(text)
