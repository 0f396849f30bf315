import pytest

from palier.core.catalogue import find_bearing
from palier.core.faults import JOURNAL_CLASSES, ROLLING_FAULTS, fault, line_order
from palier.errors import ParameterError


def test_the_eleven_journal_classes_keep_their_order() -> None:
    assert [f.key for f in JOURNAL_CLASSES] == [
        "healthy", "misalignment", "imbalance", "clearance", "lubrication", "cavitation", "wear", "oil_whirl",
        "misalignment_imbalance", "wear_lubrication", "cavitation_clearance",
    ]  # fmt: skip
    assert [f.journal_class for f in JOURNAL_CLASSES] == list(range(11))


def test_every_fault_has_both_names_and_a_kind() -> None:
    for f in (*JOURNAL_CLASSES, *ROLLING_FAULTS):
        assert f.name_en
        assert f.name_fr
        assert f.kinds


def test_only_the_races_and_elements_sidebands_follow_physics() -> None:
    assert fault("inner_race").signatures[0].sideband == "shaft"
    assert fault("rolling_element").signatures[0].sideband == "cage"
    assert fault("outer_race").signatures[0].sideband is None


def test_unknown_faults_and_lines_are_refused_with_the_known_ones() -> None:
    with pytest.raises(ParameterError, match="outer_race"):
        fault("outer")
    with pytest.raises(ParameterError, match="bpfo"):
        line_order(find_bearing("6205"), "bpf")
    assert line_order(find_bearing("6205"), "shaft") == 1
