import numpy as np
import pytest

from palier.core.catalogue import find_bearing
from palier.diagnosis.families import FAMILIES, defect_hz, explained_hz, family_of

BEARING = find_bearing("6205")


def test_lines_lie_where_the_kinematics_put_them() -> None:
    inner = family_of("inner_race")
    f = inner.frequencies_hz(np.array([162.0]), shaft_hz=30.0, cage_hz=12.0)[0]
    named = dict(zip((inner.label(i) for i in range(len(f))), f, strict=True))
    assert named["BPFI"] == 162
    assert named["3×BPFI"] == 486
    assert named["BPFI − 1×"] == 132
    assert named["2×BPFI + 2×"] == 384


def test_a_rolling_element_has_cage_sidebands_and_its_labels_say_bsf() -> None:
    element = family_of("rolling_element")
    labels = [element.label(i) for i in range(len(element.weight))]
    assert labels[:4] == ["2×BSF", "4×BSF", "6×BSF", "BSF"]
    assert "2×BSF − 1×FTF" in labels
    assert labels[-3:] == ["FTF", "2×FTF", "3×FTF"]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.fault)
def test_many_places_equal_one_at_a_time(family) -> None:
    places = np.array([100.0, 107.3, 161.9])
    together = family.frequencies_hz(places, shaft_hz=29.9, cage_hz=11.9)
    for place, row in zip(places, together, strict=True):
        np.testing.assert_array_equal(row, family.frequencies_hz(np.array(place), shaft_hz=29.9, cage_hz=11.9))


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.fault)
def test_a_fault_explains_its_own_main_lines(family) -> None:
    defect = defect_hz(BEARING, family, shaft_hz=30.0)
    cage = BEARING.ftf_order * 30
    wide = explained_hz(family, defect_hz=defect, shaft_hz=30.0, cage_hz=cage, highest_hz=550.0)
    lines = family.frequencies_hz(np.array(defect), shaft_hz=30.0, cage_hz=cage)
    main = lines[np.array(family.weight) == 1]
    assert all(np.abs(wide - f).min() < 1e-9 for f in main[main <= 550])
    assert np.all(np.diff(wide) > 0)
    fewer = explained_hz(family, defect_hz=defect, shaft_hz=30.0, cage_hz=cage, highest_hz=550.0, shaft_sidebands=0)
    assert set(fewer.round(6)) <= set(wide.round(6))


def test_a_sideband_knows_its_harmonic() -> None:
    inner = family_of("inner_race")
    labels = [inner.label(i) for i in range(len(inner.weight))]
    parents = dict(zip(labels, inner.parents, strict=True))
    assert parents["BPFI"] == parents["3×BPFI"] == -1
    assert labels[parents["BPFI + 1×"]] == "BPFI"
    assert labels[parents["2×BPFI − 2×"]] == "2×BPFI"
    assert set(family_of("cage").parents) == {-1}
    element = family_of("rolling_element")
    assert element.parents[-3:] == (-1, -1, -1)  # the cage's own lines are no sidebands
