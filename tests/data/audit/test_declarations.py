import pytest

from palier.data.audit.declarations import check_declarations


@pytest.mark.parametrize(
    ("missing", "key", "severity"),
    [
        ("sampling_rate_hz", "rate_undeclared", "fatal"),
        ("unit", "unit_undeclared", "warning"),
        ("speed_hz", "speed_undeclared", "warning"),
    ],
)
def test_what_nobody_states_is_named(rng, make, missing, key, severity):
    (found,) = check_declarations(make(rng.normal(size=1000), **{missing: None}))
    assert (found.key, found.severity) == (key, severity)


def test_everything_stated_is_no_finding(rng, make):
    assert check_declarations(make(rng.normal(size=1000), notes=("sampling rate 12000 Hz: header",))) == ()


def test_a_contradiction_noted_by_the_reader_is_passed_on(rng, make):
    note = "contradiction: the declared unit is g, the file says mm/s (header); the declared one is used"
    (found,) = check_declarations(make(rng.normal(size=1000), notes=(note,)))
    assert note in found.text
