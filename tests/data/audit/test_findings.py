import pytest

from palier.data.audit.findings import Finding, worst
from palier.errors import ParameterError


def finding(severity):
    return Finding("k", severity, "s", "t", "r", {"n": 1})


def test_the_gravest_severity_wins():
    assert worst([finding("info"), finding("fatal"), finding("warning")]) == "fatal"
    assert worst([finding("info"), finding("warning")]) == "warning"
    assert worst([]) is None


def test_a_finding_cannot_be_changed():
    with pytest.raises(TypeError):
        finding("info").values["n"] = 2
    with pytest.raises(AttributeError):
        finding("info").text = "x"


def test_an_unknown_severity_or_an_empty_text_is_refused():
    with pytest.raises(ParameterError, match="info, warning, fatal"):
        finding("grave")
    with pytest.raises(ParameterError, match="remedy"):
        Finding("k", "info", "s", "t", "")
